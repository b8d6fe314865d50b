package layers

// An ArgSpace holds the arguments of the notes on one frame, so that a decoder that uses it again for the next frame need
// not allocate for each note.
type ArgSpace struct{ args []Arg }

// NewArgSpace returns a space with room for n arguments to begin with.
func NewArgSpace(n int) ArgSpace { return ArgSpace{make([]Arg, 0, n)} }

// Reset frees the space. Notes made before must not be used any more.
func (s *ArgSpace) Reset() { s.args = s.args[:0] }

// N returns the note id with args, which it copies into the space.
func (s *ArgSpace) N(id string, args ...Arg) Note {
	if len(s.args)+len(args) > cap(s.args) {
		s.args = make([]Arg, 0, max(16, 2*cap(s.args), len(args))) // the notes made before keep theirs
	}
	start := len(s.args)
	s.args = append(s.args, args...)
	return Note{ID: id, Args: s.args[start:len(s.args):len(s.args)]}
}
