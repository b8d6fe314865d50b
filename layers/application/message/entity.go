package message

import (
	"bytes"
	"fmt"
	"strings"
)

// An Entity is a part of a mail that is to be written (RFC 2045 §2.4): a leaf with content, or a multipart of others. What
// each kind needs, the functions that make one know.
type Entity struct {
	Type     string       // "image/png"; "" writes no Content-Type: the default of where it stands
	Params   Params       // of Content-Type; a multipart gets its boundary by itself
	Encoding Encoding     // "" is base64 for what has bytes of its own, none for what is a message
	Fields   []ExtraField // further fields, ready to be written: "Content-ID", "<1@x>"
	Body     []byte       // of a leaf, not yet encoded
	Parts    []*Entity    // of a multipart

	boundary string
	bare     bool   // no Content-Transfer-Encoding is written (RFC 7578 §4.7)
	content  []byte // Body encoded
}

// check says why the entity cannot be sent, and encodes its content.
func (e *Entity) check(depth int) error {
	kind, subtype, _ := strings.Cut(e.Type, "/")
	multipart := strings.EqualFold(kind, "multipart")
	switch {
	case depth > MaxDepth:
		return fmt.Errorf("message: parts within parts more than %d deep", MaxDepth)
	case e.Type != "" && !(isToken(kind) && isToken(subtype)):
		return fmt.Errorf("message: %q is no type and subtype (RFC 2045 §5.1)", e.Type)
	case multipart != (len(e.Parts) > 0) || multipart && len(e.Body) > 0:
		return fmt.Errorf("message: %q: a multipart holds parts, and nothing else does (RFC 2046 §5.1)", e.Type)
	}
	for _, f := range e.Fields {
		if !isFieldName([]byte(f.Name)) || strings.ContainsAny(unfold(f.Value), "\r\n\x00") {
			return fmt.Errorf("message: %q: a field holds no line end and no NUL (RFC 5322 §2.2)", f.Name)
		}
	}
	for _, p := range e.Params {
		if !isToken(p.Name) || strings.ContainsAny(p.Value, "\r\n\x00") {
			return fmt.Errorf("message: %q is no parameter (RFC 2045 §5.1)", p.Name)
		}
	}
	for _, p := range e.Parts {
		if err := p.check(depth + 1); err != nil {
			return err
		}
	}
	if multipart {
		return nil
	}
	return e.encode(strings.EqualFold(kind, "message"), strings.ToLower(subtype))
}

// encode chooses an encoding where none is wished, and refuses one that the type forbids.
func (e *Entity) encode(message bool, subtype string) error {
	identity := e.Encoding == Bit7 || e.Encoding == Bit8 || e.Encoding == Binary
	switch {
	case e.Encoding == "" && (message || e.Type == ""):
		e.Encoding = Bit7
		if !isASCII(e.Body) {
			e.Encoding = Bit8
		}
	case e.Encoding == "":
		e.Encoding = Base64
	case message && !identity && (subtype == "rfc822" || subtype == "partial" || subtype == "external-body"):
		// RFC 2046 §5.2.1, §5.2.2, §5.2.3: so that nothing is encoded twice.
		return fmt.Errorf("message: %s is not allowed for %q (RFC 2046 §5.2)", e.Encoding, e.Type)
	}
	if message && e.Encoding != Bit7 && (subtype == "partial" || subtype == "external-body") {
		return fmt.Errorf("message: %q must be 7bit (RFC 2046 §5.2.2, §5.2.3)", e.Type)
	}
	e.content = e.Encoding.Encode(e.Body)
	return nil
}

// unfold joins the lines of a field's value where they are folded.
func unfold(value string) string {
	return strings.NewReplacer("\r\n\t", "\t", "\r\n ", " ").Replace(value)
}

// textEntity is text in the charset and the encoding that fit it, when none are wished.
func textEntity(subtype, text, charset string, encoding Encoding) *Entity {
	b := CRLF([]byte(text))
	if len(b) > 0 && !bytes.HasSuffix(b, []byte("\n")) {
		b = append(b, "\r\n"...)
	}
	switch spelled, ok := encodeCharset(charset, string(b)); {
	case isASCII(b):
		charset = "us-ascii"
	case charset == "" || !ok:
		charset = "utf-8"
	default:
		b = spelled
	}
	if encoding == "" {
		encoding = textEncoding(b)
	}
	return &Entity{Type: "text/" + subtype, Params: Params{{"charset", charset}}, Encoding: encoding, Body: b}
}

// textEncoding chooses for text that has to pass any server: as it is where that is allowed, else quoted-printable
// where that can still be read, else base64.
func textEncoding(b []byte) Encoding {
	if isASCII(b) && longestLine(b) <= lineMax && bytes.IndexByte(b, 0) < 0 {
		return Bit7
	}
	if isReadable(b) {
		return QuotedPrintable
	}
	return Base64
}

// isReadable says whether at least half of b is ASCII: then people can read it with the rest as hexadecimal digits.
func isReadable(b []byte) bool {
	ascii := 0
	for _, c := range b {
		if c < 0x80 {
			ascii++
		}
	}
	return 2*ascii >= len(b)
}

func (a Attachment) entity() *Entity {
	e := &Entity{Type: a.Type, Encoding: a.Encoding, Body: a.Bytes}
	if e.Type == "" {
		e.Type = "application/octet-stream"
	}
	disposition := "attachment"
	if a.Inline {
		disposition = "inline"
	}
	if a.Name != "" {
		disposition = string(appendParam([]byte(disposition), "filename", a.Name))
	}
	e.Fields = []ExtraField{{"Content-Disposition", disposition}}
	if a.ContentID != "" {
		e.Fields = append(e.Fields, ExtraField{"Content-ID", "<" + a.ContentID + ">"})
	}
	return e
}

// setBoundaries gives every multipart a boundary that no line of its parts begins with (RFC 2046 §5.1.1).
func (e *Entity) setBoundaries(stem string) {
	for n, free := 0, false; !free; n++ {
		e.boundary = stem
		if n > 0 {
			e.boundary = string(appendInt([]byte(stem+"."), n))
		}
		free = true
		for _, p := range e.Parts {
			free = free && !p.holdsLine("--"+e.boundary)
		}
	}
	for i, p := range e.Parts {
		if len(p.Parts) > 0 {
			p.setBoundaries(string(appendInt([]byte(stem+"-"), i+1)))
		}
	}
}

func (e *Entity) holdsLine(start string) bool {
	if bytes.HasPrefix(e.content, []byte(start)) || bytes.Contains(e.content, []byte("\n"+start)) {
		return true
	}
	for _, p := range e.Parts {
		if p.holdsLine(start) {
			return true
		}
	}
	return false
}

// append adds the entity's fields, the empty line and the body.
func (e *Entity) append(dst []byte) []byte {
	params := e.Params
	if len(e.Parts) > 0 {
		params = append(Params{}, params...)
		params = append(params, Param{"boundary", e.boundary})
	}
	if e.Type != "" {
		dst = append(append(dst, "Content-Type: "...), e.Type...)
		for _, p := range params {
			// Short and alone: on the same line.
			if param := p.Name + "=" + p.Value; len(params) == 1 && len(e.Type)+len(param) < 60 && isToken(p.Value) {
				dst = append(append(dst, "; "...), param...)
			} else {
				dst = appendParam(dst, p.Name, p.Value)
			}
		}
		dst = append(dst, "\r\n"...)
	}
	if len(e.Parts) == 0 && !e.bare && !(e.Type == "" && e.Encoding == Bit7) {
		dst = append(append(append(dst, "Content-Transfer-Encoding: "...), e.Encoding...), "\r\n"...)
	}
	for _, f := range e.Fields {
		dst = append(append(append(append(dst, f.Name...), ": "...), f.Value...), "\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	if len(e.Parts) == 0 {
		return append(dst, e.content...)
	}
	for _, p := range e.Parts {
		dst = append(append(append(dst, "--"...), e.boundary...), "\r\n"...)
		// RFC 2046 §5.1.1: the CRLF before a delimiter belongs to it, so the part keeps its own last one.
		dst = append(p.append(dst), "\r\n"...)
	}
	return append(append(append(dst, "--"...), e.boundary...), "--\r\n"...)
}

func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenChar(s[i]) {
			return false
		}
	}
	return s != ""
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func longestLine(b []byte) int {
	longest := 0
	for len(b) > 0 {
		n := lineLength(b)
		longest = max(longest, len(trimLineEnd(b[:n])))
		b = b[n:]
	}
	return longest
}
