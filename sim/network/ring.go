package network

// A ring is a queue that uses its memory again.
type ring[T any] struct {
	items        []T // its length is a power of two
	head, length int
}

func (r *ring[T]) at(i int) *T { return &r.items[(r.head+i)&(len(r.items)-1)] }

// first and last are in place; the ring is not empty.
func (r *ring[T]) first() *T { return r.at(0) }
func (r *ring[T]) last() *T  { return r.at(r.length - 1) }

func (r *ring[T]) push(item T) {
	if r.length == len(r.items) {
		grown := make([]T, max(4, 2*len(r.items)))
		for i := range r.length {
			grown[i] = *r.at(i)
		}
		r.items, r.head = grown, 0
	}
	r.length++
	*r.last() = item
}

func (r *ring[T]) pop() T {
	var none T
	item := *r.first()
	*r.first() = none
	r.head = (r.head + 1) & (len(r.items) - 1)
	r.length--
	return item
}
