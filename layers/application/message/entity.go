package message

import (
	"bytes"
)

// An entity is a part that is to be written: a leaf with content, or a multipart.
type entity struct {
	kind     string // "text/plain"
	params   Params
	encoding Encoding
	fields   []ExtraField // further Content-… fields, their values ready to be written
	content  []byte       // encoded, with CRLF line ends
	boundary string       // of a multipart
	parts    []*entity
}

// textEntity is text in the encoding that fits it, when none is wished.
func textEntity(subtype, text string, encoding Encoding) *entity {
	b := CRLF([]byte(text))
	if len(b) > 0 && !bytes.HasSuffix(b, []byte("\n")) {
		b = append(b, "\r\n"...)
	}
	charset := "utf-8"
	if isASCII(b) {
		charset = "us-ascii"
	}
	if encoding == "" {
		encoding = textEncoding(b)
	}
	return &entity{kind: "text/" + subtype, params: Params{{"charset", charset}}, encoding: encoding, content: encoding.Encode(b)}
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

func (a Attachment) entity() *entity {
	e := &entity{kind: a.Type, encoding: a.Encoding}
	if e.kind == "" {
		e.kind = "application/octet-stream"
	}
	if e.encoding == "" {
		e.encoding = Base64
		if ParseContentType(e.kind).IsMessage() {
			e.encoding = Bit7
			if !isASCII(a.Bytes) {
				e.encoding = Bit8
			}
		}
	}
	e.content = e.encoding.Encode(a.Bytes)
	disposition := "attachment"
	if a.Inline {
		disposition = "inline"
	}
	if a.Name != "" {
		disposition = string(appendParam([]byte(disposition), "filename", a.Name))
	}
	e.fields = []ExtraField{{"Content-Disposition", disposition}}
	if a.ContentID != "" {
		e.fields = append(e.fields, ExtraField{"Content-ID", "<" + a.ContentID + ">"})
	}
	return e
}

// setBoundaries gives every multipart a boundary that no line of its parts begins with (RFC 2046 §5.1.1).
func (e *entity) setBoundaries(stem string) {
	for n, free := 0, false; !free; n++ {
		e.boundary = stem
		if n > 0 {
			e.boundary = string(appendInt([]byte(stem+"."), n))
		}
		free = true
		for _, p := range e.parts {
			free = free && !p.holdsLine("--"+e.boundary)
		}
	}
	for i, p := range e.parts {
		if len(p.parts) > 0 {
			p.setBoundaries(string(appendInt([]byte(stem+"-"), i+1)))
		}
	}
}

func (e *entity) holdsLine(start string) bool {
	if bytes.HasPrefix(e.content, []byte(start)) || bytes.Contains(e.content, []byte("\n"+start)) {
		return true
	}
	for _, p := range e.parts {
		if p.holdsLine(start) {
			return true
		}
	}
	return false
}

// append adds the entity's fields, the empty line and the body.
func (e *entity) append(dst []byte) []byte {
	if len(e.parts) > 0 {
		e.params = Params{{"boundary", e.boundary}}
	}
	dst = append(append(dst, "Content-Type: "...), e.kind...)
	for _, p := range e.params {
		// Short and alone: on the same line.
		if param := p.Name + "=" + p.Value; len(e.params) == 1 && len(e.kind)+len(param) < 60 && isToken(p.Value) {
			dst = append(append(dst, "; "...), param...)
		} else {
			dst = appendParam(dst, p.Name, p.Value)
		}
	}
	dst = append(dst, "\r\n"...)
	if len(e.parts) == 0 {
		dst = append(append(append(dst, "Content-Transfer-Encoding: "...), e.encoding...), "\r\n"...)
	}
	for _, f := range e.fields {
		dst = append(append(append(append(dst, f.Name...), ": "...), f.Value...), "\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	if len(e.parts) == 0 {
		return append(dst, e.content...)
	}
	for _, p := range e.parts {
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
