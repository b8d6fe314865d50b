package message

import (
	"bytes"
	"strings"

	"mailwire/layers"
)

// A Field is one field of a header (RFC 5322 §2.2). Its ranges count from the first byte of the message.
type Field struct {
	Name  string       // as it was written; "" for a line that has no name and colon
	Range layers.Range // all its bytes, folded lines and the line end included
	raw   []byte       // the bytes of Range
	value int          // offset in raw of the first byte behind the colon
}

// Is says whether the field is called name, in any case (RFC 5322 §1.2.2).
func (f *Field) Is(name string) bool {
	return len(f.Name) == len(name) && f.Name != "" && strings.EqualFold(f.Name, name)
}

// Bytes is the whole field as it was sent.
func (f Field) Bytes() []byte { return f.raw }

// Value is the range of the field's body: what stands behind the colon, without the line end that closes the field.
func (f Field) Value() layers.Range {
	return layers.Range{Offset: f.Range.Offset + f.value, Length: len(trimLineEnd(f.raw)) - f.value}
}

// Unfolded is the field's body with its lines joined (RFC 5322 §2.2.3), without blanks at its ends, otherwise as sent.
func (f Field) Unfolded() string {
	b := bytes.Trim(trimLineEnd(f.raw)[f.value:], " \t")
	if bytes.IndexByte(b, '\n') < 0 {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	for i := range b {
		switch {
		case b[i] == '\n', b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
		default:
			out = append(out, b[i])
		}
	}
	return string(bytes.Trim(out, " \t"))
}

// Decoded is the unfolded body with its encoded words (RFC 2047) turned into the characters they stand for.
func (f Field) Decoded() string { return DecodeWords(f.Unfolded()) }

// A Header is the fields of a header, in their order.
type Header []Field

// ParseHeader reads the header that b begins with. Length is that of the header with its empty line; all of b when no
// empty line was found.
func ParseHeader(b []byte) (h Header, length int) {
	p := parser{b: b}
	h = p.header()
	return h, p.pos
}

// Get returns the first field called name.
func (h Header) Get(name string) (f Field, ok bool) {
	for i := range h {
		if h[i].Is(name) {
			return h[i], true
		}
	}
	return Field{}, false
}

// All returns every field called name.
func (h Header) All(name string) Header {
	var all Header
	for i := range h {
		if h[i].Is(name) {
			all = append(all, h[i])
		}
	}
	return all
}

// Unfolded is the unfolded body of the first field called name; Present is false when there is none.
func (h Header) Unfolded(name string) Optional {
	f, ok := h.Get(name)
	if !ok {
		return Optional{}
	}
	return Optional{Value: f.Unfolded(), Present: true}
}

// Decoded is the decoded body of the first field called name, or "".
func (h Header) Decoded(name string) string {
	f, ok := h.Get(name)
	if !ok {
		return ""
	}
	return f.Decoded()
}

// Hops counts the Received fields: one for each transfer agent that took the mail (RFC 5321 §6.3).
func (h Header) Hops() int {
	hops := 0
	for i := range h {
		if h[i].Is("Received") {
			hops++
		}
	}
	return hops
}

// An Optional is a text that may be absent, which is not the same as empty: IMAP says NIL for the one, "" for the
// other.
type Optional struct {
	Value   string
	Present bool
}

// Text is the present text s.
func Text(s string) Optional { return Optional{Value: s, Present: true} }

func trimLineEnd(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
		if n := len(b); n > 0 && b[n-1] == '\r' {
			b = b[:n-1]
		}
	}
	return b
}

func countLines(b []byte) int { return bytes.Count(b, []byte{'\n'}) }
