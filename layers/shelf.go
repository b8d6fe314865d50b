package layers

// A Shelf holds values of one kind whose space is used again for the next frame: the headers of which a frame may have
// several. The zero value is empty.
type Shelf[T any] struct {
	all  []*T
	used int
}

// Next returns a value that is not in use. It holds what it held when it was used last.
func (s *Shelf[T]) Next() *T {
	if s.used == len(s.all) {
		s.all = append(s.all, new(T))
	}
	s.used++
	return s.all[s.used-1]
}

// Reset frees all of them.
func (s *Shelf[T]) Reset() { s.used = 0 }
