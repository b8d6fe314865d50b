package application

// A Queue hands out what was put into it, the oldest first, and uses its space again. The zero value is empty.
type Queue[T any] struct {
	items []T
	first int
}

// queueKeeps is for how many items an empty queue keeps space.
const queueKeeps = 16

// Len is how many items wait.
func (q *Queue[T]) Len() int { return len(q.items) - q.first }

// Push adds a copy of an item at the end.
func (q *Queue[T]) Push(item *T) {
	if len(q.items) == cap(q.items) && q.first > len(q.items)/2 {
		waiting := copy(q.items, q.items[q.first:])
		clear(q.items[waiting:])
		q.items, q.first = q.items[:waiting], 0
	}
	q.items = append(q.items, *item)
}

// Pop takes the oldest item; ok is false when there is none.
func (q *Queue[T]) Pop() (item T, ok bool) {
	if q.first == len(q.items) {
		return item, false
	}
	var none T
	item, q.items[q.first] = q.items[q.first], none
	if q.first++; q.first == len(q.items) {
		if q.items, q.first = q.items[:0], 0; cap(q.items) > queueKeeps {
			q.items = nil
		}
	}
	return item, true
}
