package tls

import (
	"mailwire/layers"
	"mailwire/layers/application"
)

// A reader takes values from the front of b (RFC 8446 §3). When there are too few bytes it gives zeros and is short.
type reader struct {
	b     []byte
	at    int // of b[0] in the message
	short bool
}

func (r *reader) more() bool { return len(r.b) > 0 && !r.short }

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.at += len(r.b)
		r.b, r.short = nil, true
		return nil
	}
	taken := r.b[:n]
	r.b, r.at = r.b[n:], r.at+n
	return taken
}

func (r *reader) skip(n int) { r.take(n) }

func (r *reader) number(size int) (n int) {
	for _, b := range r.take(size) {
		n = n<<8 | int(b)
	}
	return n
}

func (r *reader) uint8() uint8   { return uint8(r.number(1)) }
func (r *reader) uint16() uint16 { return uint16(r.number(2)) }
func (r *reader) uint32() uint32 { return uint32(r.number(4)) }

// A vector is bytes behind their number.
func (r *reader) vector8() []byte  { return r.take(r.number(1)) }
func (r *reader) vector16() []byte { return r.take(r.number(2)) }
func (r *reader) vector24() []byte { return r.take(r.number(3)) }

// within reads a vector whose length has size bytes with a reader of its own.
func (r *reader) within(size int) reader {
	n := r.number(size)
	at := r.at
	return reader{b: r.take(n), at: at, short: r.short}
}

// A report is a handshake message that is being told.
type report struct {
	*application.Message
	reader
}

// field adds a field of the bytes from at up to where the reader is now.
func (r *report) field(name string, at int, v layers.Value) {
	r.span(name, at, r.at-at, v)
}

// span adds a field of length bytes from at on.
func (r *report) span(name string, at, length int, v layers.Value) {
	r.Fields = append(r.Fields, layers.Field{Name: name, Range: layers.Range{Offset: at, Length: length}, Value: v})
}

func (r *report) note(id string, args ...layers.Arg) {
	r.Notes = append(r.Notes, layers.N(id, args...))
}

// octets is a copy of b as a value: what a message was put together from is used again.
func octets(b []byte) layers.Value { return layers.Bytes(append([]byte(nil), b...)) }
