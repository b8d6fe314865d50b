package message

import "strings"

// identifiersMax bounds how many identifiers of a field are read.
const identifiersMax = 10000

// ParseIdentifiers reads the message identifiers of a Message-ID, In-Reply-To or References field, unfolded, without < and
// > (RFC 5322 §3.6.4). What stands between them is passed over: words once were allowed there (§4.5.4).
func ParseIdentifiers(s string) []string {
	var ids []string
	for l := (lexer{s: s}); l.peek() != 0 && len(ids) < identifiersMax; {
		switch l.peek() {
		case '<':
			l.pos++
			if id := l.identifier(); id != "" {
				ids = append(ids, id)
			}
		case '"':
			l.quoted()
		default:
			l.pos++
		}
	}
	return ids
}

// identifier reads up to ">". Blanks in it come from folding within it, which some programs do.
func (l *lexer) identifier() string {
	rest := l.s[l.pos:]
	end := strings.IndexAny(rest, "<>")
	if end < 0 || rest[end] == '<' {
		l.pos += max(end, 0)
		if end < 0 {
			l.pos = len(l.s)
		}
		return ""
	}
	l.pos += end + 1
	return strings.Join(strings.Fields(rest[:end]), "")
}
