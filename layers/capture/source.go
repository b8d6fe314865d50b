package capture

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"

	"mailwire/layers"
)

// bufferSize is how many bytes are read at a time. Records that fit are handed out where they lie.
const bufferSize = 128 << 10

// A source is the bytes of the file, unpacked if they are packed, with their offsets.
type source struct {
	r      *bufio.Reader
	offset int64 // of the next byte that nobody has taken
	held   int   // bytes at the start of the buffer that were handed out and can be discarded now
	large  []byte
	packed bool
}

// take returns the next n bytes, valid until the next call of take or skip. With fewer it returns those and the error.
func (s *source) take(n int) ([]byte, error) {
	s.release()
	if n > bufferSize {
		return s.takeLarge(n)
	}
	b, err := s.r.Peek(n)
	s.held = len(b)
	s.offset += int64(len(b))
	return b, err
}

// takeLarge collects a record that is longer than the buffer. The space grows with the bytes that really come, whatever
// the file claims.
func (s *source) takeLarge(n int) ([]byte, error) {
	s.large = s.large[:0]
	for len(s.large) < n {
		piece, err := s.r.Peek(min(n-len(s.large), bufferSize))
		s.large = append(s.large, piece...)
		s.offset += int64(len(piece))
		s.r.Discard(len(piece)) // cannot fail: the bytes are buffered
		if err != nil {
			return s.large, err
		}
	}
	return s.large, nil
}

// skip passes over n bytes.
func (s *source) skip(n int64) error {
	s.release()
	for n > 0 {
		passed, err := s.r.Discard(int(min(n, 1<<30)))
		s.offset += int64(passed)
		n -= int64(passed)
		if err != nil {
			return err
		}
	}
	return nil
}

// back gives back the last n bytes that take returned, which must have fitted into the buffer.
func (s *source) back(n int) {
	s.held -= n
	s.offset -= int64(n)
}

func (s *source) release() {
	s.r.Discard(s.held) // cannot fail: the bytes are buffered
	s.held = 0
}

// ended turns the error that ended a record, begun at offset start and missing bytes short, into what Next returns:
// io.EOF between two records, a *DamageError within one, or the error of the reader itself.
func (s *source) ended(err error, start, missing int64) error {
	switch {
	case s.packed && isGzipDamage(err):
		return &DamageError{Offset: s.offset, Note: layers.N("capture.packed-broken", layers.A("offset", layers.Int(s.offset)))}
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return err
	case s.offset == start:
		return io.EOF
	}
	return &DamageError{Offset: s.offset, Note: layers.N("capture.cut",
		layers.A("offset", layers.Int(s.offset)), layers.A("start", layers.Int(start)), layers.A("missing", layers.Int(missing)))}
}

func isGzipDamage(err error) bool {
	var corrupt flate.CorruptInputError
	return err == io.ErrUnexpectedEOF || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.As(err, &corrupt)
}

// A gunzip unpacks the members of a gzip file one after the other (RFC 1952 §2.2). Zeros behind the last one, as tapes and some
// copies leave them, are its end, as they are for gzip itself.
type gunzip struct {
	packed *bufio.Reader
	member *gzip.Reader
}

func newGunzip(packed *bufio.Reader) (*gunzip, error) {
	member, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	member.Multistream(false)
	return &gunzip{packed, member}, nil
}

// Read returns what the present member holds, and at its end goes on to the next.
func (g *gunzip) Read(b []byte) (int, error) {
	for {
		n, err := g.member.Read(b)
		if err != io.EOF || n > 0 {
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
		if err := g.next(); err != nil {
			return 0, err
		}
	}
}

// next begins the next member; io.EOF says that there is none.
func (g *gunzip) next() error {
	for {
		b, err := g.packed.Peek(1)
		if err != nil {
			return err
		}
		if b[0] != 0 {
			break
		}
		g.packed.Discard(1) // cannot fail: the byte is buffered
	}
	err := g.member.Reset(g.packed)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	g.member.Multistream(false)
	return err
}
