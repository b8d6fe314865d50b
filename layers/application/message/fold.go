package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

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

// textWords cuts unstructured text into words for appendFolded. From its first to its last word that is not plain
// ASCII it becomes encoded words. Column is where the text begins in its line.
func textWords(s string, column int) []string {
	words := strings.Split(s, " ")
	first, last := len(words), -1
	for i, w := range words {
		if w == "" || !isPlain(w) || strings.Contains(w, "=?") || len(w) > lineMax-2 {
			first, last = min(first, i), i
		}
	}
	if last < 0 {
		return words
	}
	for _, w := range words[:first] {
		column += len(w) + 1
	}
	// A blank beside an encoded word is not part of its text: so blanks at the edge of the encoded text go inside.
	if words[first] == "" && first > 0 {
		first--
	}
	if words[last] == "" && last < len(words)-1 {
		last++
	}
	out := append([]string{}, words[:first]...)
	out = append(out, encodedWords(strings.Join(words[first:last+1], " "), column%lineWanted)...)
	return append(out, words[last+1:]...)
}

// encodedWords turns text into encoded words of UTF-8 (RFC 2047 §2, §5), each whole in its characters. Column is where
// the first begins in its line: it is made short enough to fit where there is room for a useful one.
func encodedWords(s string, column int) []string {
	encode, start := encodeQ, "=?utf-8?q?"
	if !isReadable([]byte(s)) {
		encode, start = encodeB, "=?utf-8?b?"
	}
	const end = "?="
	room := wordMax + 1 - column
	if room < 30 {
		room = wordMax
	}
	var words []string
	for s != "" {
		n := 0
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			// The longest piece of text that a word can hold is far below 60 bytes, so this stays linear.
			if n > 0 && len(start)+len(encode(s[:n+size]))+len(end) > min(room, wordMax) {
				break
			}
			n += size
		}
		words = append(words, start+encode(s[:n])+end)
		s, room = s[n:], wordMax
	}
	return words
}

func encodeB(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// encodeQ is the "Q" encoding as RFC 2047 §5 (3) wants it in a phrase; so it fits everywhere.
func encodeQ(s string) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, 3*len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			out = append(out, '_')
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("!*+-/", c) >= 0:
			out = append(out, c)
		default:
			out = append(out, '=', digits[c>>4], digits[c&15])
		}
	}
	return string(out)
}

// isPlain says whether s is printable ASCII without blanks.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// phraseWords cuts a display name into words: atoms, one quoted string, or encoded words (RFC 5322 §3.2.5).
func phraseWords(s string, column int) []string {
	words := strings.Split(s, " ")
	atoms, ascii := true, true
	for _, w := range words {
		atoms = atoms && w != "" && isPlain(w) && strings.IndexFunc(w, notAtom) < 0 && !strings.Contains(w, "=?")
		ascii = ascii && (w == "" || isPlain(w))
	}
	switch {
	case atoms:
		return words
	case ascii && len(s) < lineWanted-10 && !strings.Contains(s, "=?"):
		return []string{quote(s)}
	}
	return encodedWords(s, column)
}

func notAtom(r rune) bool { return r >= utf8.RuneSelf || !isAtomChar(byte(r)) }

// addressWords cuts an address list into words. A group's members stand between its marks.
func addressWords(list []Address, column int) []string {
	var words []string
	for i, a := range list {
		comma := ","
		if i == len(list)-1 || list[i+1].Group == GroupEnd {
			comma = ""
		}
		switch a.Group {
		case GroupStart:
			words = append(words, phraseWords(a.Mailbox, column)...)
			words[len(words)-1] += ":"
		case GroupEnd:
			if i < len(list)-1 {
				comma = ","
			}
			words = append(words, ";"+comma)
		default:
			if a.Name == "" {
				words = append(words, a.String()+comma)
				break
			}
			words = append(words, phraseWords(a.Name, column)...)
			words = append(words, "<"+a.String()+">"+comma)
		}
		column = 1
	}
	return words
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
