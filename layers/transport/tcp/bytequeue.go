package tcp

// keptBytes is how much memory an empty queue keeps for what comes next.
const keptBytes = 2048

// A byteQueue is bytes in order, from which the front is taken and to which more is added behind. Bytes may also be
// put down ahead of their turn (placeAhead) and joined later (extend): so segments out of order lie where they will
// be read, and filling a gap copies nothing. Memory is taken as bytes come and given back when the queue is empty.
type byteQueue struct {
	b          []byte // b[head:tail] is the queue; b[tail:] may hold bytes ahead of their turn
	head, tail int
}

func (q *byteQueue) len() int { return q.tail - q.head }

// at is up to n bytes from offset on, in place.
func (q *byteQueue) at(offset, n int) []byte {
	from := q.head + offset
	return q.b[from : from+n : from+n]
}

// room makes sure that n bytes fit behind the tail.
func (q *byteQueue) room(n int) {
	if q.tail+n <= len(q.b) {
		return
	}
	used := len(q.b) - q.head // with what lies ahead
	need := q.len() + n
	// Moving down what is there is cheap when at least as much was taken since it was moved last.
	if q.head >= need {
		copy(q.b, q.b[q.head:])
	} else {
		size := max(512, need+need/2)
		if q.len() == 0 && need <= keptBytes {
			size = keptBytes
		}
		bigger := make([]byte, max(size, used))
		copy(bigger, q.b[q.head:])
		q.b = bigger
	}
	q.tail -= q.head
	q.head = 0
}

// add puts p behind the queue.
func (q *byteQueue) add(p []byte) {
	q.room(len(p))
	q.tail += copy(q.b[q.tail:], p)
}

// placeAhead puts p down at offset behind the tail, without making it part of the queue.
func (q *byteQueue) placeAhead(offset int, p []byte) {
	q.room(offset + len(p))
	copy(q.b[q.tail+offset:], p)
}

// extend makes the next n bytes, placed ahead before, part of the queue.
func (q *byteQueue) extend(n int) { q.tail += n }

// drop takes n bytes from the front. Nothing may lie ahead (ahead false) for memory to be given back.
func (q *byteQueue) drop(n int, ahead bool) {
	q.head += n
	if q.head < q.tail || ahead {
		return
	}
	q.head, q.tail = 0, 0
	if len(q.b) > keptBytes {
		q.b = nil
	}
}
