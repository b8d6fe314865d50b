package capture

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"

	"mailwire/layers"
)

// bufferSize is how many bytes are read at a time.
const bufferSize = 128 << 10

// A source is the bytes of the file, unpacked if they are packed, with their offsets. Records are handed out where they lie
// in its window, which holds what was read and nobody has taken, and the record taken last.
type source struct {
	r      io.Reader
	window []byte // a power of two times bufferSize, at most twice the longest record
	at     int    // in the window: the next byte that nobody has taken
	end    int    // in the window: behind the last byte that was read
	offset int64  // in the file: the next byte that nobody has taken
	packed bool
}

func newSource(r io.Reader) source { return source{r: r, window: make([]byte, bufferSize)} }

// take returns the next n bytes, at most recordMax, valid until the next call. With fewer it returns those and the error.
func (s *source) take(n int) ([]byte, error) {
	b, err := s.peek(n)
	s.at += len(b)
	s.offset += int64(len(b))
	return b, err
}

// back gives back the last n bytes that the last call of take returned.
func (s *source) back(n int) {
	s.at -= n
	s.offset -= int64(n)
}

// peek is take without taking. It waits for no more than these bytes.
func (s *source) peek(n int) ([]byte, error) {
	for s.end-s.at < n {
		if err := s.fill(); err != nil {
			return s.buffered(), err
		}
	}
	return s.window[s.at : s.at+n], nil
}

// buffered is what was read and nobody has taken.
func (s *source) buffered() []byte { return s.window[s.at:s.end] }

// fill reads once. The window moves when half of it has been taken, so that each byte is moved once, and else doubles when
// it is full: it grows with the bytes that really come, whatever the file claims.
func (s *source) fill() error {
	if s.end == len(s.window) {
		window := s.window
		if s.at < len(window)/2 {
			window = make([]byte, 2*len(window))
		}
		s.end = copy(window, s.buffered())
		s.at, s.window = 0, window
	}
	n, err := io.ReadAtLeast(s.r, s.window[s.end:], 1)
	s.end += n
	return err
}

// skip passes over n bytes.
func (s *source) skip(n int64) error {
	for {
		passed := min(n, int64(s.end-s.at))
		s.at += int(passed)
		s.offset += passed
		if n -= passed; n == 0 {
			return nil
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
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
