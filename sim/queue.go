package sim

// A queue is a heap of what will happen, the earliest first and, at one instant, in the order of scheduling. Each node
// has four children: half the levels of a binary heap, and the four lie in one or two cache lines. The entries hold no
// pointers, so that moving them costs the garbage collector nothing; the events stand in slots that are used again.
type queue struct {
	entries []entry
	slots   []slot
	free    int32 // the first free slot, counted from 1; 0 for none
}

// An entry is when, in which turn, and which slot holds what.
type entry struct {
	at    Instant
	order uint64
	slot  int32
}

// A slot holds an event, or, when free, the number of the next free slot.
type slot struct {
	event Event
	next  int32
}

func (a entry) before(b entry) bool {
	return a.at < b.at || a.at == b.at && a.order < b.order
}

func (q *queue) push(at Instant, order uint64, e Event) {
	q.entries = append(q.entries, entry{})
	q.up(len(q.entries)-1, entry{at, order, q.take(e)})
}

func (q *queue) pop() (Instant, uint64, Event) {
	first, last := q.entries[0], len(q.entries)-1
	moved := q.entries[last]
	q.entries = q.entries[:last]
	if last > 0 {
		q.down(0, moved)
	}
	return first.at, first.order, q.give(first.slot)
}

// up puts e at node i or, while it is before its parent, above.
func (q *queue) up(i int, e entry) {
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(q.entries[parent]) {
			break
		}
		q.entries[i] = q.entries[parent]
		i = parent
	}
	q.entries[i] = e
}

// down puts e at node i or, while one of its children is before it, below.
func (q *queue) down(i int, e entry) {
	for {
		first := 4*i + 1
		if first >= len(q.entries) {
			break
		}
		least := first
		for child := first + 1; child < min(first+4, len(q.entries)); child++ {
			if q.entries[child].before(q.entries[least]) {
				least = child
			}
		}
		if !q.entries[least].before(e) {
			break
		}
		q.entries[i] = q.entries[least]
		i = least
	}
	q.entries[i] = e
}

func (q *queue) take(e Event) int32 {
	if q.free == 0 {
		q.slots = append(q.slots, slot{event: e})
		return int32(len(q.slots) - 1)
	}
	i := q.free - 1
	q.free = q.slots[i].next
	q.slots[i] = slot{event: e}
	return i
}

func (q *queue) give(i int32) Event {
	e := q.slots[i].event
	q.slots[i] = slot{next: q.free}
	q.free = i + 1
	return e
}

// keep removes every entry that wanted refuses, and puts the others in order again.
func (q *queue) keep(wanted func(entry, Event) bool) {
	kept := q.entries[:0]
	for _, e := range q.entries {
		if wanted(e, q.slots[e.slot].event) {
			kept = append(kept, e)
		} else {
			q.give(e.slot)
		}
	}
	q.entries = kept
	for i := (len(kept) - 2) / 4; i >= 0 && len(kept) > 1; i-- {
		q.down(i, kept[i])
	}
}
