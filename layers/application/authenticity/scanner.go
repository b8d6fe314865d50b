package authenticity

import "strings"

// A scanner reads the words of a field that is made like those of MIME: blanks and comments between words, quoted strings.
type scanner struct {
	s   string
	pos int
}

// next is the next character that is neither blank nor in a comment; 0 at the end.
func (w *scanner) next() byte {
	depth := 0
	for ; w.pos < len(w.s); w.pos++ {
		switch c := w.s[w.pos]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == '\\' && depth > 0:
			w.pos++
		case depth > 0, strings.IndexByte(blanks, c) >= 0:
		default:
			return c
		}
	}
	w.pos = len(w.s)
	return 0
}

// accept skips the character c if it is the next one.
func (w *scanner) accept(c byte) bool {
	if w.next() != c {
		return false
	}
	w.pos++
	return true
}

// word reads a token of MIME.
func (w *scanner) word() string { return w.run(`()<>@,;:\"/[]?=`) }

// run reads printable ASCII, and UTF-8, up to one of the characters stops.
func (w *scanner) run(stops string) string {
	w.next()
	start := w.pos
	for w.pos < len(w.s) && w.s[w.pos] > ' ' && w.s[w.pos] != 0x7f && strings.IndexByte(stops, w.s[w.pos]) < 0 {
		w.pos++
	}
	return w.s[start:w.pos]
}

// value reads a quoted string, or what stands there up to a blank or a semicolon: an address, base64.
func (w *scanner) value() string {
	if w.next() != '"' {
		return w.run(`();"`)
	}
	var b strings.Builder
	for w.pos++; w.pos < len(w.s) && w.s[w.pos] != '"'; w.pos++ {
		if w.s[w.pos] == '\\' && w.pos+1 < len(w.s) {
			w.pos++
		}
		b.WriteByte(w.s[w.pos])
	}
	w.pos = min(w.pos+1, len(w.s))
	return b.String()
}
