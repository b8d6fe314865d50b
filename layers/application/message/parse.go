package message

import (
	"bytes"
	"strings"

	"mailwire/layers"
)

// Parse reads a mail. It keeps b and changes nothing in it.
func Parse(b []byte) *Message {
	p := parser{b: b}
	return &Message{Bytes: b, Root: p.part(ContentType{Type: "text", Subtype: "plain"}, 0)}
}

// A parser walks over the mail once, from the first byte to the last. All parts that are open end where a delimiter of
// one of the multiparts around them stands.
type parser struct {
	b          []byte
	pos        int
	boundaries []string // of the open multiparts, the innermost last
	parts      int
	floor      int       // no body ends before: behind the last header or the last delimiter that opened a part
	hit        delimiter // the delimiter at pos; zero when pos is the end
}

// A delimiter is a line that ends a part (RFC 2046 §5.1.1).
type delimiter struct {
	found   bool
	level   int  // index of its boundary in parser.boundaries
	closing bool // "--" stands behind the boundary: no more parts follow
	next    int  // offset of the line behind it
}

// part reads a header and the body that follows, up to the delimiter that ends it or the end of the mail. Depth is how
// many parts are around it; without a Content-Type field it is of type def.
func (p *parser) part(def ContentType, depth int) *Part {
	p.parts++
	start := p.pos
	part := &Part{Fields: p.header()}
	part.Header = layers.Range{Offset: start, Length: p.pos - start}
	p.floor = p.pos
	part.Type = contentType(part.Fields, def)
	part.Encoding = contentEncoding(part.Fields)
	body := p.pos
	switch boundary := part.Type.boundary(); {
	case p.hit.found: // the header itself was cut short
	case depth >= MaxDepth || p.parts >= MaxParts:
		p.skip()
	case part.Type.Is("multipart") && boundary != "":
		p.multipart(part, boundary, depth)
	case part.Type.IsMessage():
		part.Message = p.part(ContentType{Type: "text", Subtype: "plain"}, depth+1)
	default:
		p.skip()
	}
	part.Body = layers.Range{Offset: body, Length: p.bodyEnd() - body}
	return part
}

// multipart reads preamble, parts and epilogue.
func (p *parser) multipart(part *Part, boundary string, depth int) {
	level := len(p.boundaries)
	p.boundaries = append(p.boundaries, boundary)
	def := ContentType{Type: "text", Subtype: "plain"}
	if part.Type.Is("multipart/digest") {
		// RFC 2046 §5.1.5: in a digest, the default is message/rfc822.
		def = ContentType{Type: "message", Subtype: "rfc822"}
	}
	p.skip()
	for p.hit.found && p.hit.level == level && !p.hit.closing && p.parts < MaxParts {
		p.pos, p.hit = p.hit.next, delimiter{}
		part.Parts = append(part.Parts, p.part(def, depth+1))
	}
	p.boundaries = p.boundaries[:level]
	if p.hit.found && p.hit.level == level { // the closing delimiter, or one part too many: go on to the outer one
		part.Closed = p.hit.closing
		p.pos, p.hit = p.hit.next, delimiter{}
		p.skip()
	}
}

// bodyEnd is where a body that was read up to pos ends.
func (p *parser) bodyEnd() int {
	if !p.hit.found {
		return p.pos
	}
	// RFC 2046 §5.1.1: the CRLF before the delimiter line belongs to the delimiter.
	return max(p.floor, len(trimLineEnd(p.b[:p.pos])))
}

// skip goes on to the next delimiter of an open multipart, or to the end. It looks at the line at pos first.
func (p *parser) skip() {
	if p.hit.found {
		return
	}
	for len(p.boundaries) > 0 && p.pos < len(p.b) {
		if p.delimiter() {
			return
		}
		i := bytes.Index(p.b[p.pos:], []byte("\n--"))
		if i < 0 {
			break
		}
		p.pos += i + 1
	}
	p.pos = len(p.b)
}

// delimiter says whether the line at pos is a delimiter of an open multipart, and keeps it in hit.
func (p *parser) delimiter() bool {
	if len(p.boundaries) == 0 || !bytes.HasPrefix(p.b[p.pos:], []byte("--")) {
		return false
	}
	line := p.b[p.pos : p.pos+lineLength(p.b[p.pos:])]
	level, closing, found := delimiterIn(line, p.boundaries)
	if found {
		p.hit = delimiter{found: true, level: level, closing: closing, next: p.pos + len(line)}
	}
	return found
}

// delimiterIn tells whether a line is a delimiter of one of the open multiparts, the innermost being the last, and
// whether it closes it.
func delimiterIn(line []byte, boundaries []string) (level int, closing, found bool) {
	if !bytes.HasPrefix(line, []byte("--")) {
		return 0, false, false
	}
	text := bytes.TrimRight(line[2:], " \t\r\n")
	for level := len(boundaries) - 1; level >= 0; level-- {
		rest, found := bytes.CutPrefix(text, []byte(boundaries[level]))
		if rest = bytes.TrimLeft(rest, " \t"); found && (len(rest) == 0 || string(rest) == "--") {
			return level, len(rest) > 0, true
		}
	}
	return 0, false, false
}

// header reads fields up to and over the empty line, or up to a delimiter or the end.
func (p *parser) header() Header {
	h := make(Header, 0, min(16, 1+countLines(p.b[p.pos:min(len(p.b), p.pos+1024)])))
	for p.pos < len(p.b) && !p.delimiter() {
		line := p.b[p.pos : p.pos+lineLength(p.b[p.pos:])]
		text := trimLineEnd(line)
		start := p.pos
		p.pos += len(line)
		switch {
		case len(text) == 0 && len(line) > 0 && line[len(line)-1] == '\n':
			return h
		case (text[0] == ' ' || text[0] == '\t') && len(h) > 0:
			// RFC 5322 §2.2.3: a line that begins with a blank goes on with the field above it.
			f := &h[len(h)-1]
			f.Range.Length += len(line)
			f.raw = cut(p.b, f.Range)
		default:
			f := Field{Range: layers.Range{Offset: start, Length: len(line)}}
			f.raw = cut(p.b, f.Range)
			if colon := bytes.IndexByte(text, ':'); colon > 0 {
				// RFC 5322 §4.5: blanks before the colon are obsolete, but were allowed once.
				if name := bytes.TrimRight(text[:colon], " \t"); isFieldName(name) {
					f.Name, f.value = fieldName(name), colon+1
				}
			}
			h = append(h, f)
		}
	}
	return h
}

// usualNames are the names that most mails have, written as most write them: no string is made for them.
var usualNames = func() map[string]string {
	names := map[string]string{}
	for _, name := range []string{"Received", "Return-Path", "Delivered-To", "Date", "From", "To", "Cc", "Subject", "Sender", "Reply-To", "Message-ID",
		"Message-Id", "In-Reply-To", "References", "MIME-Version", "Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition",
		"Content-ID", "User-Agent", "X-Mailer", "X-Priority", "List-Id", "DKIM-Signature"} {
		names[name] = name
	}
	return names
}()

func fieldName(name []byte) string {
	if usual, ok := usualNames[string(name)]; ok {
		return usual
	}
	return string(name)
}

// isFieldName obeys RFC 5322 §3.6.8: printable ASCII without the colon.
func isFieldName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f || c == ':' {
			return false
		}
	}
	return len(name) > 0
}

func lineLength(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

func contentType(h Header, def ContentType) ContentType {
	f, ok := h.Get("Content-Type")
	if !ok {
		return def
	}
	return ParseContentType(f.Unfolded())
}

func contentEncoding(h Header) Encoding {
	f, ok := h.Get("Content-Transfer-Encoding")
	if !ok {
		return Bit7
	}
	l := lexer{s: f.Unfolded()}
	name := l.token()
	for more := l.token(); more != ""; more = l.token() { // "7 bit": one word is meant
		name += more
	}
	if name == "" {
		return Bit7
	}
	return Encoding(strings.ToLower(name))
}
