package message

import "strings"

// A BodyStructure is the tree of a mail's parts as IMAP's BODYSTRUCTURE tells it (RFC 9051 §7.5.2): everything a client
// needs to choose which parts to fetch.
type BodyStructure struct {
	Type, Subtype   string // as they were written; "text" and "plain" where nothing was
	Params          Params // of Content-Type, as they were written; of a text always with a charset
	ID, Description Optional
	Encoding        Encoding // "7bit" where nothing was written
	Octets          int      // of the body as it was sent, still encoded
	Lines           int      // of a text or message/rfc822 part
	MD5             Optional
	Disposition     Optional // "inline", "attachment"
	DispositionOf   Params   // parameters of the disposition
	Language        []string
	Location        Optional

	Parts    []*BodyStructure // of a multipart: at least one
	Envelope *Envelope        // of a message/rfc822
	Message  *BodyStructure   // of a message/rfc822
}

// IsText says whether the part is text, so that IMAP tells its lines.
func (s *BodyStructure) IsText() bool { return ContentType{Type: s.Type}.Is("text") }

// BodyStructure reads the structure of the whole message.
func (m *Message) BodyStructure() *BodyStructure { return m.structure(m.Root) }

func (m *Message) structure(p *Part) *BodyStructure {
	h := p.Fields
	s := &BodyStructure{
		Type: p.Type.Type, Subtype: p.Type.Subtype, Params: p.Type.Params,
		ID: h.Unfolded("Content-ID"), Description: h.Unfolded("Content-Description"),
		Encoding: p.Encoding, Octets: p.Body.Length,
		MD5: h.Unfolded("Content-MD5"), Location: h.Unfolded("Content-Location"),
	}
	if word, params := p.disposition(); word != "" {
		s.Disposition, s.DispositionOf = Text(word), params
	}
	if f, ok := h.Get("Content-Language"); ok {
		s.Language = languages(f.Unfolded())
	}
	switch {
	case p.Type.Is("multipart"):
		for _, child := range p.Parts {
			s.Parts = append(s.Parts, m.structure(child))
		}
		if len(s.Parts) == 0 {
			// A multipart without a delimiter. IMAP's grammar wants a part at least: an empty text.
			s.Parts = []*BodyStructure{{Type: "text", Subtype: "plain", Params: withCharset(nil), Encoding: Bit7}}
		}
	case p.Message != nil:
		s.Lines, s.Envelope, s.Message = m.Lines(p), p.Message.envelope(), m.structure(p.Message)
	case p.Type.IsMessage(): // nested too deep to be read
		s.Type, s.Subtype = "application", "octet-stream"
	case s.IsText():
		s.Lines = m.Lines(p)
		s.Params = withCharset(s.Params)
	}
	return s
}

// withCharset adds what is meant where a text names no charset (RFC 2046 §4.1.2).
func withCharset(ps Params) Params {
	for _, p := range ps {
		if strings.EqualFold(p.Name, "charset") || strings.HasPrefix(strings.ToLower(p.Name), "charset*") {
			return ps
		}
	}
	return append(ps[:len(ps):len(ps)], Param{Name: "charset", Value: "us-ascii"})
}

// languages reads a list of language tags (RFC 3282).
func languages(s string) []string {
	var tags []string
	for l := (lexer{s: s}); ; {
		if tag := l.token(); tag != "" {
			tags = append(tags, tag)
		}
		if !l.accept(',') {
			return tags
		}
	}
}
