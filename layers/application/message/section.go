package message

import (
	"bytes"

	"mailwire/layers"
)

// A Specifier says which part of a message or part a section names (RFC 9051 §6.4.5.1).
type Specifier string

// The section specifiers of IMAP.
const (
	Everything      Specifier = ""                  // a whole message, or the body of a part
	HeaderOnly      Specifier = "HEADER"            // of a message: its header
	HeaderFields    Specifier = "HEADER.FIELDS"     // of a message: the fields that are named
	HeaderFieldsNot Specifier = "HEADER.FIELDS.NOT" // of a message: all fields but those that are named
	TextOnly        Specifier = "TEXT"              // of a message: its body
	MIMEHeader      Specifier = "MIME"              // of a part: its own header
)

// A Section names bytes of a mail as IMAP does between the brackets of BODY[…]: "1.2.HEADER.FIELDS (From)".
type Section struct {
	Path      []int     // part numbers, from 1; empty for the whole message
	Specifier Specifier // upper case
	Fields    []string  // of HeaderFields and HeaderFieldsNot, in any case
}

// Section returns the bytes that s names; ok is false when the mail has no such part. They are a piece of m.Bytes,
// except for a choice of fields, which is put together anew and ends with an empty line (where the header has one).
func (m *Message) Section(s Section) (b []byte, ok bool) {
	p, ok := m.Part(s.Path)
	if !ok {
		return nil, false
	}
	whole := len(s.Path) == 0
	switch s.Specifier {
	case Everything:
		if whole {
			return m.Bytes, true
		}
		return m.BodyBytes(p), true
	case MIMEHeader:
		// RFC 9051 §6.4.5.1: MIME needs a part number before it.
		return m.HeaderBytes(p), !whole
	}
	if !whole {
		// RFC 9051 §6.4.5.1: HEADER and TEXT behind a number are of the message that this part holds.
		if p = p.Message; p == nil {
			return nil, false
		}
	}
	switch s.Specifier {
	case HeaderOnly:
		return m.HeaderBytes(p), true
	case TextOnly:
		return m.BodyBytes(p), true
	case HeaderFields, HeaderFieldsNot:
		return m.choose(p, s.Fields, s.Specifier == HeaderFields), true
	}
	return nil, false
}

// Part finds a part by its number in the tree. The part of an empty path is the whole message.
func (m *Message) Part(path []int) (*Part, bool) {
	p, message := m.Root, true // message: the numbers count what is in p; else p is a part that was counted
	for _, n := range path {
		if !message && p.Message != nil {
			p, message = p.Message, true
		}
		switch {
		case n >= 1 && n <= len(p.Parts):
			p = p.Parts[n-1]
		case n == 1 && p.Type.Is("multipart"):
			p = emptyPart(p.Body.End()) // as BodyStructure tells it
		case n == 1 && message && !p.Type.Is("multipart"):
			// RFC 9051 §6.4.5.1: a message that is not a multipart has one part, 1: its body.
		default:
			return nil, false
		}
		message = false
	}
	return p, true
}

// emptyPart stands for the part of a multipart that has none.
func emptyPart(at int) *Part {
	nothing := layers.Range{Offset: at}
	return &Part{Header: nothing, Body: nothing, Type: ContentType{Type: "text", Subtype: "plain"}, Encoding: Bit7}
}

// choose puts together the fields that are named, or all others.
func (m *Message) choose(p *Part, names []string, named bool) []byte {
	out := []byte{}
	for _, f := range p.Fields {
		if f.isOneOf(names) == named {
			out = append(out, f.Bytes()...)
		}
	}
	return append(out, emptyLine(m.HeaderBytes(p))...)
}

func (f Field) isOneOf(names []string) bool {
	for _, n := range names {
		if f.Is(n) {
			return true
		}
	}
	return false
}

// emptyLine is the line that ends a header, "" where the mail ends with its last field.
func emptyLine(header []byte) string {
	switch {
	case bytes.Equal(header, []byte("\r\n")), bytes.HasSuffix(header, []byte("\n\r\n")):
		return "\r\n"
	case bytes.Equal(header, []byte("\n")), bytes.HasSuffix(header, []byte("\n\n")):
		return "\n"
	}
	return ""
}

// Top returns the header of a mail, its empty line, and the first lines lines of its body (RFC 1939 §7, TOP).
func Top(b []byte, lines int) []byte {
	_, end := ParseHeader(b)
	for ; lines > 0 && end < len(b); lines-- {
		end += lineLength(b[end:])
	}
	return b[:end:end]
}
