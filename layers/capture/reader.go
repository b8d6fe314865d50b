package capture

import (
	"io"

	"mailwire/layers"
)

// A Reader hands out the frames of a capture file one by one.
type Reader struct {
	frame   layers.Frame
	names   []Name
	secrets []Secrets
}

// Open reads the first bytes of r and recognises what they are. It returns a *FormatError for what is no capture, a
// *DamageError for one whose very header is cut, and the error of r if it fails.
func Open(r io.Reader) (*Reader, error) { return &Reader{}, nil }

// Next returns the next frame, valid until the call after; its Interface stays. At the end of a sound file the error is
// io.EOF. A *DamageError may be followed by more calls of Next, which go on behind the damage where the file tells how
// far it goes, and else return io.EOF. Any other error is the error of the underlying reader.
func (r *Reader) Next() (*layers.Frame, error) { return &r.frame, io.EOF }

// Names returns, once each, the names that stood in the file before the frame that Next returned last. The slice is
// valid until the next call of Next.
func (r *Reader) Names() []Name { return r.names }

// Secrets returns, once each, the secrets that stood before the frame that Next returned last, as Names does.
func (r *Reader) Secrets() []Secrets { return r.secrets }
