package message

import "strings"

// Text is the text of p as characters: its encoding undone, its charset turned into UTF-8. Of a part that is not text
// it is "".
func (m *Message) Text(p *Part) string {
	if !p.Type.Is("text") {
		return ""
	}
	charset := p.Type.Params.Get("charset")
	return decodeCharset(charset, m.Content(p))
}

// Content is the body of p with its encoding undone: the bytes of the attachment.
func (m *Message) Content(p *Part) []byte { return p.Encoding.Decode(m.BodyBytes(p)) }

// FileName is the name that the sender gave to an attachment, decoded; "" when there is none. It is not safe to be
// used as a path.
func (p *Part) FileName() string {
	_, params := p.disposition()
	if name := params.Get("filename"); name != "" {
		return name
	}
	return strings.TrimSpace(p.Type.Params.Get("name"))
}

// IsAttachment tells whether p, a part of a mail, is a file of its own rather than text to be read with the mail: it says
// so, it has a file name, or it is neither text nor a multipart.
func (p *Part) IsAttachment() bool {
	if len(p.Parts) > 0 {
		return false
	}
	word, _ := p.disposition()
	return strings.EqualFold(word, "attachment") || p.FileName() != "" || !p.Type.Is("text") && !p.Type.Is("multipart")
}

// disposition reads Content-Disposition (RFC 2183 §2): its word and its parameters.
func (p *Part) disposition() (word string, params Params) {
	f, ok := p.Fields.Get("Content-Disposition")
	if !ok {
		return "", nil
	}
	l := lexer{s: f.Unfolded()}
	return l.token(), l.params()
}
