package message

import "strings"

// A lexer reads the words of a structured field body (RFC 5322 §3.2), unfolded. It skips comments and blanks before
// each word and takes what it cannot read for an end.
type lexer struct {
	s       string
	pos     int
	comment string // the text of the last comment that was skipped
}

// space skips blanks and comments (CFWS, RFC 5322 §3.2.2).
func (l *lexer) space() {
	for l.pos < len(l.s) {
		switch l.s[l.pos] {
		case ' ', '\t', '\r', '\n':
			l.pos++
		case '(':
			l.skipComment()
		default:
			return
		}
	}
}

func (l *lexer) skipComment() {
	start, depth := l.pos+1, 0
	for ; l.pos < len(l.s); l.pos++ {
		switch l.s[l.pos] {
		case '\\':
			l.pos++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.comment = strings.TrimSpace(l.s[start:l.pos])
				l.pos++
				return
			}
		}
	}
	l.pos = len(l.s)
	l.comment = strings.TrimSpace(l.s[min(start, len(l.s)):])
}

// peek is the next character that is neither blank nor in a comment; 0 at the end.
func (l *lexer) peek() byte {
	l.space()
	if l.pos < len(l.s) {
		return l.s[l.pos]
	}
	return 0
}

// accept skips the character c if it is the next one.
func (l *lexer) accept(c byte) bool {
	if l.peek() != c || c == 0 {
		return false
	}
	l.pos++
	return true
}

// until reads up to, not including, the first of the characters stops that stands outside quotes.
func (l *lexer) until(stops string) string {
	l.space()
	start := l.pos
	for l.pos < len(l.s) && strings.IndexByte(stops, l.s[l.pos]) < 0 {
		if l.s[l.pos] == '"' {
			l.quoted()
		} else {
			l.pos++
		}
	}
	return l.s[start:l.pos]
}

// token reads a token of MIME (RFC 2045 §5.1), and in it also what RFC 2045 would want quoted but many programs do not
// quote: "/", "?", "=" and bytes above ASCII are up to the caller.
func (l *lexer) token() string { return l.run(isTokenChar) }

// run reads the longest word of characters that belong.
func (l *lexer) run(belongs func(c byte) bool) string {
	l.space()
	start := l.pos
	for l.pos < len(l.s) && belongs(l.s[l.pos]) {
		l.pos++
	}
	return l.s[start:l.pos]
}

// quoted reads a quoted string that begins here (RFC 5322 §3.2.4) and returns its content without quoting. One that is
// not closed ends with the field.
func (l *lexer) quoted() string {
	l.pos++
	start := l.pos
	plain := true
	for ; l.pos < len(l.s) && l.s[l.pos] != '"'; l.pos++ {
		if l.s[l.pos] == '\\' && l.pos+1 < len(l.s) {
			plain = false
			l.pos++
		}
	}
	content := l.s[start:min(l.pos, len(l.s))]
	if l.pos < len(l.s) {
		l.pos++
	}
	if plain {
		return content
	}
	return unquote(content)
}

// unquote takes the backslash off quoted pairs.
func unquote(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		out = append(out, s[i])
	}
	return string(out)
}

func isTokenChar(c byte) bool {
	return c > ' ' && c < 0x7f && strings.IndexByte(`()<>@,;:\"/[]?=`, c) < 0
}

// isAtomChar obeys RFC 5322 §3.2.3, and takes bytes above ASCII as RFC 6532 does.
func isAtomChar(c byte) bool {
	return c > ' ' && c != 0x7f && strings.IndexByte(`()<>[]:;@\,."`, c) < 0
}
