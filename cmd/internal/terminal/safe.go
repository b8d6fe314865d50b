package terminal

import (
	"encoding/binary"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Safe returns s with everything that a terminal could obey, or that could hide or reorder text, written as an escape:
// control characters (\x1b), bidirectional controls and other invisible format characters (\u202e), bytes that are not
// UTF-8 (\xff). The result is one line.
func Safe(s string) string {
	if Plain(s) {
		return s
	}
	return string(AppendSafe(nil, s))
}

// AppendSafe adds Safe(s) to dst.
func AppendSafe(dst []byte, s string) []byte {
	if Plain(s) {
		return append(dst, s...)
	}
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			dst = fmt.Appendf(dst, `\x%02x`, s[0])
		case r == '\t':
			dst = append(dst, ' ')
		case r < 0x80 && unicode.IsControl(r):
			dst = fmt.Appendf(dst, `\x%02x`, r)
		case !shown(r):
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = append(dst, s[:size]...)
		}
		s = s[size:]
	}
	return dst
}

// MakeSafe makes safe what stands in b from index start on.
func MakeSafe(b []byte, start int) []byte {
	if Plain(b[start:]) {
		return b
	}
	return AppendSafe(b[:start], string(b[start:]))
}

// Plain says that s holds printable ASCII characters and nothing else: it is safe, and takes a column a byte.
func Plain[T string | []byte](s T) bool {
	for len(s) >= 8 {
		if !plain8([]byte(s[:8])) {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// plain8 is Plain for eight bytes at once. Taking ' ' from each sets the high bit of those below it, adding one that of
// '~'+1; those above have it.
func plain8(b []byte) bool {
	const each = 0x0101010101010101
	w := binary.LittleEndian.Uint64(b)
	return (w|(w-' '*each)|(w+each))&(0x80*each) == 0
}

func shown(r rune) bool {
	return unicode.IsPrint(r) || unicode.In(r, unicode.Zs) || unicode.Is(unicode.Mn, r)
}
