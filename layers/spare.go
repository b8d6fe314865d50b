package layers

// A Spare keeps the buffers of what is over for what begins: conversations come and go by the thousand, and each needs one for
// its last bytes. The zero value is empty.
type Spare struct{ buffers [][]byte }

// spareMax is how many buffers are kept at most.
const spareMax = 64

// Take returns an empty buffer, nil where none is left.
func (s *Spare) Take() []byte {
	last := len(s.buffers) - 1
	if last < 0 {
		return nil
	}
	b := s.buffers[last]
	s.buffers = s.buffers[:last]
	return b[:0]
}

// Give takes a buffer that nobody uses any more.
func (s *Spare) Give(b []byte) {
	if cap(b) > 0 && len(s.buffers) < spareMax {
		s.buffers = append(s.buffers, b)
	}
}
