package message

import (
	"strconv"
	"strings"
)

// TextEntity is plain text, or with the subtype "html" a page, in the charset and encoding that fit it.
func TextEntity(subtype, text string) *Entity { return textEntity(subtype, text, "", "") }

// Multipart puts parts behind each other (RFC 2046 §5.1): "mixed", "alternative" with the best form last, "parallel".
func Multipart(subtype string, parts ...*Entity) *Entity {
	return &Entity{Type: "multipart/" + subtype, Parts: parts}
}

// Related is a root, such as an HTML page, with the parts that it names by their Content-ID (RFC 2387).
func Related(root *Entity, parts ...*Entity) *Entity {
	e := Multipart("related", append([]*Entity{root}, parts...)...)
	e.Params = Params{{"type", root.Type}}
	return e
}

// Enclosed is a whole mail as a part: message/rfc822, or message/global where its header is not ASCII (RFC 6532 §3.7).
func Enclosed(mail []byte) *Entity {
	_, header := ParseHeader(mail)
	if !isASCII(mail[:header]) {
		return &Entity{Type: "message/global", Body: mail}
	}
	return &Entity{Type: "message/rfc822", Body: mail}
}

// Digest is a collection of mails (RFC 2046 §5.1.5): each part is a mail without having to say so.
func Digest(mails ...[]byte) *Entity {
	e := Multipart("digest")
	for _, mail := range mails {
		e.Parts = append(e.Parts, &Entity{Body: mail})
	}
	return e
}

// A FormField is what a page's form sends for one of its controls (RFC 7578 §4.2).
type FormField struct {
	Name, Value string
	File        *Attachment // instead of Value: a file with its Name, Type and Bytes
}

// Form is what a page's form sends (RFC 7578).
func Form(fields ...FormField) *Entity {
	// RFC 7578 §2, §4.2: names stand in UTF-8, with percent signs for what would end them.
	escape := strings.NewReplacer("\"", "%22", "\r", "%0D", "\n", "%0A")
	e := Multipart("form-data")
	for _, f := range fields {
		disposition := `form-data; name="` + escape.Replace(f.Name) + `"`
		part := &Entity{Encoding: Binary, Body: []byte(f.Value), bare: true}
		if f.File != nil {
			disposition += `; filename="` + escape.Replace(f.File.Name) + `"`
			part.Body, part.Type = f.File.Bytes, f.File.Type
			if part.Type == "" {
				part.Type = "application/octet-stream"
			}
		}
		part.Fields = []ExtraField{{"Content-Disposition", disposition}}
		e.Parts = append(e.Parts, part)
	}
	return e
}

// An External is a part that lies elsewhere (RFC 2046 §5.2.3): how to get it, and the header that it will have.
type External struct {
	Access string // "URL" (RFC 2017), "anon-ftp", "mail-server" …
	Params Params // "URL", "site", "name", "expiration", "size" …
	Header Header // of the part that is meant, its Content-ID among them
}

// ExternalBody points at a part that lies elsewhere. The fields describe it, its Content-ID among them.
func ExternalBody(access string, params Params, fields ...ExtraField) *Entity {
	var header []byte
	for _, f := range fields {
		header = append(append(append(append(header, f.Name...), ": "...), f.Value...), "\r\n"...)
	}
	return &Entity{Type: "message/external-body", Params: append(Params{{"access-type", access}}, params...), Encoding: Bit7, Body: append(header, "\r\n"...)}
}

// External reads a part of the type message/external-body; ok is false when p is none.
func (m *Message) External(p *Part) (x External, ok bool) {
	if !p.Type.Is("message/external-body") {
		return External{}, false
	}
	x = External{Access: p.Type.Params.Get("access-type"), Params: p.Type.Params}
	x.Header, _ = ParseHeader(m.BodyBytes(p))
	return x, true
}

// Number is a parameter that is a number; 0 where it is absent or none.
func (ps Params) Number(name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(ps.Get(name)))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
