// Package terminal knows what a terminal can show: how wide it is, whether it has colours, and which characters are
// safe to send to it.
package terminal

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe returns s with everything that a terminal could obey, or that could hide or reorder text, written as an escape:
// control characters (\x1b), bidirectional controls and other invisible format characters (\u202e), bytes that are not
// UTF-8 (\xff). The result is one line.
func Safe(s string) string {
	if clean(s) {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case r == '\t':
			b.WriteByte(' ')
		case r < 0x80 && unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case !shown(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

func clean(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func shown(r rune) bool {
	return unicode.IsPrint(r) || unicode.In(r, unicode.Zs) || unicode.Is(unicode.Mn, r)
}
