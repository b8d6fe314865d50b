package tcp

import "math/bits"

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

// at is n bytes from offset on, in place.
func (q *byteQueue) at(offset, n int) []byte {
	from := q.head + offset
	return q.b[from : from+n : from+n]
}

// room makes sure that n bytes fit behind the tail.
func (q *byteQueue) room(n int, m *memory) {
	if q.tail+n <= len(q.b) {
		return
	}
	need := q.len() + n
	// Moving down what is there is cheap when half as much was taken since it was moved last; so a new block has half
	// as much again as is needed.
	old := q.b
	if q.head < need/2 || need > len(q.b) {
		q.b = m.take(need + need/2)
	}
	copy(q.b, old[q.head:])
	if &q.b[0] != firstByte(old) {
		m.giveBack(old)
	}
	q.tail -= q.head
	q.head = 0
}

func firstByte(b []byte) *byte {
	if len(b) == 0 {
		return nil
	}
	return &b[0]
}

// add puts p behind the queue.
func (q *byteQueue) add(p []byte, m *memory) {
	if len(p) == 0 {
		return
	}
	q.room(len(p), m)
	q.tail += copy(q.b[q.tail:], p)
}

// placeAhead puts p down at offset behind the tail, without making it part of the queue.
func (q *byteQueue) placeAhead(offset int, p []byte, m *memory) {
	if len(p) == 0 {
		return
	}
	q.room(offset+len(p), m)
	copy(q.b[q.tail+offset:], p)
}

// extend makes the next n bytes, placed ahead before, part of the queue.
func (q *byteQueue) extend(n int) { q.tail += n }

// drop takes n bytes from the front. If nothing is left, and nothing lies ahead, the memory is given back.
func (q *byteQueue) drop(n int, ahead bool, m *memory) {
	q.head += n
	if q.head < q.tail || ahead {
		return
	}
	q.head, q.tail = 0, 0
	if len(q.b) > keptBytes {
		m.giveBack(q.b)
		q.b = nil
	}
}

// A memory keeps blocks that queues have given back, for the next one that grows: a bulk transfer fills and empties its
// queues all the time. What is kept is bounded.
type memory struct {
	blocks [21][][]byte // by size, as a power of two of keptBytes/4
	kept   int
}

// maxKept bounds the memory that waits for use, in bytes.
const maxKept = 4 << 20

func (m *memory) take(n int) []byte {
	class := blockClass(n)
	size := keptBytes / 4 << class
	if class >= len(m.blocks) {
		return make([]byte, size)
	}
	spare := m.blocks[class]
	if len(spare) == 0 {
		return make([]byte, size)
	}
	b := spare[len(spare)-1]
	m.blocks[class] = spare[:len(spare)-1]
	m.kept -= size
	return b
}

func (m *memory) giveBack(b []byte) {
	if class := blockClass(len(b)); len(b) > 0 && class < len(m.blocks) && m.kept+len(b) <= maxKept {
		m.blocks[class] = append(m.blocks[class], b)
		m.kept += len(b)
	}
}

// blockClass is the smallest power of two of keptBytes/4 that holds n bytes.
func blockClass(n int) int {
	return max(0, bits.Len(uint(n-1))-bits.Len(keptBytes/4-1))
}
