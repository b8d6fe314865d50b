package message

import "strings"

// The lengths of lines, without CRLF.
const (
	lineMax    = 998 // RFC 5322 §2.1.1: no line is longer
	lineWanted = 78  // RFC 5322 §2.1.1: and none should be longer than this
	wordMax    = 75  // RFC 2047 §2: an encoded word is not longer; a line that holds one has at most 76
)

// appendFolded adds the field name with a body made of words that must stay whole, parted by one blank each, folded at
// 78 characters (RFC 5322 §2.2.3).
func appendFolded(dst []byte, name string, words []string) []byte {
	dst = append(append(dst, name...), ':')
	column := len(name) + 1
	for _, w := range words {
		if column+1+len(w) > lineWanted && column > len(name)+1 {
			dst = append(dst, "\r\n"...)
			column = 0
		}
		dst = append(append(dst, ' '), w...)
		column += 1 + len(w)
	}
	return append(dst, "\r\n"...)
}

// appendParam adds "; name=value" on a line of its own: a token or quoted string, and for what is not ASCII or too long
// the form of RFC 2231, in pieces of one line each.
func appendParam(dst []byte, name, value string) []byte {
	const start = ";\r\n\t"
	if plain := strings.ReplaceAll(value, " ", ""); isPlain(plain) && len(name)+len(value) < lineWanted-10 {
		dst = append(append(append(dst, start...), name...), '=')
		if value != "" && strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+") == "" {
			return append(dst, value...)
		}
		return append(dst, quote(value)...)
	}
	pieces := percentPieces(value, lineWanted-len(name)-20)
	for i, piece := range pieces {
		dst = append(append(dst, start...), name...)
		if len(pieces) > 1 {
			dst = append(dst, '*')
			dst = appendInt(dst, i)
		}
		dst = append(dst, "*="...)
		if i == 0 {
			dst = append(dst, "utf-8''"...)
		}
		dst = append(dst, piece...)
	}
	return dst
}

// percentPieces encodes s as RFC 2231 §4 wants it and cuts it into pieces of at most n characters.
func percentPieces(s string, n int) []string {
	const digits = "0123456789ABCDEF"
	pieces := []string{""}
	for i := range len(s) {
		c := string(s[i])
		if b := s[i]; !isTokenChar(b) || strings.IndexByte("*'%", b) >= 0 {
			c = string([]byte{'%', digits[b>>4], digits[b&15]})
		}
		last := len(pieces) - 1
		if len(pieces[last])+len(c) > n {
			pieces = append(pieces, c)
			continue
		}
		pieces[last] += c
	}
	return pieces
}
