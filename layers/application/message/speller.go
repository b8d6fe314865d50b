package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// A speller cuts what people wrote into words of a header. Its zero value writes ASCII, with encoded words of UTF-8 for
// what is not.
type speller struct {
	charset string // of encoded words, where it has all characters; "" is utf-8
	utf8    bool   // RFC 6532: characters stand as they are
}

// text cuts unstructured text into words for appendFolded. From its first to its last word that cannot stand as it is it
// becomes encoded words. Column is where the text begins in its line.
func (c speller) text(s string, column int) []string {
	words := strings.Split(s, " ")
	first, last := len(words), -1
	for i, w := range words {
		if w == "" || !c.plain(w) || strings.Contains(w, "=?") || len(w) > lineMax-2 {
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
	out = append(out, c.encodedWords(strings.Join(words[first:last+1], " "), column%lineWanted)...)
	return append(out, words[last+1:]...)
}

// encodedWords turns text into encoded words (RFC 2047 §2, §5), each whole in its characters. Column is where
// the first begins in its line: it is made short enough to fit where there is room for a useful one.
func (c speller) encodedWords(s string, column int) []string {
	charset := c.charset
	if _, ok := encodeCharset(charset, s); charset == "" || !ok {
		charset = "utf-8"
	}
	encode, start := encodeQ, "=?"+charset+"?q?"
	if whole, _ := encodeCharset(charset, s); !isReadable(whole) {
		encode, start = base64.StdEncoding.EncodeToString, "=?"+charset+"?b?"
	}
	const end = "?="
	room := wordMax + 1 - column
	if room < 30 {
		room = wordMax
	}
	var words []string
	for s != "" {
		n, word := 0, ""
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			// The longest piece of text that a word can hold is far below 60 bytes, so this stays linear.
			b, _ := encodeCharset(charset, s[:n+size])
			longer := start + encode(b) + end
			if n > 0 && len(longer) > min(room, wordMax) {
				break
			}
			n, word = n+size, longer
		}
		words = append(words, word)
		s, room = s[n:], wordMax
	}
	return words
}

// EncodeWords writes text as it stands in a header, its words that are not ASCII as encoded words in a charset (RFC 2047),
// parted by one blank each; where the charset is not known or lacks a character, in UTF-8.
func EncodeWords(charset, text string) string {
	return strings.Join(speller{charset: charset}.text(text, 0), " ")
}

// encodeQ is the "Q" encoding as RFC 2047 §5 (3) wants it in a phrase; so it fits everywhere.
func encodeQ(s []byte) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, 3*len(s))
	for _, c := range s {
		switch {
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

// plain says whether s may stand as it is: printable, without blanks.
func (c speller) plain(s string) bool { return isPlain(s) || c.utf8 && isPlainUTF8(s) }

// isPlain says whether s is printable ASCII without blanks.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// isPlainUTF8 says whether s is UTF-8 without blanks and controls of ASCII (RFC 6532 §3.1).
func isPlainUTF8(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return utf8.ValidString(s)
}

// phrase cuts a display name into words: atoms, one quoted string, or encoded words (RFC 5322 §3.2.5).
func (c speller) phrase(s string, column int) []string {
	words := strings.Split(s, " ")
	atoms, plain := true, true
	for _, w := range words {
		atoms = atoms && w != "" && c.plain(w) && strings.IndexFunc(w, c.notAtom) < 0 && !strings.Contains(w, "=?")
		plain = plain && (w == "" || c.plain(w))
	}
	switch {
	case atoms:
		return words
	case plain && len(s) < lineWanted-10 && !strings.Contains(s, "=?"):
		return []string{quote(s)}
	}
	return c.encodedWords(s, column)
}

func (c speller) notAtom(r rune) bool {
	if r >= utf8.RuneSelf {
		return !c.utf8
	}
	return !isAtomChar(byte(r))
}

// addresses cuts an address list into words. A group's members stand between its marks.
func (c speller) addresses(list []Address, column int) []string {
	var words []string
	for i, a := range list {
		comma := ","
		if i == len(list)-1 || list[i+1].Group == GroupEnd {
			comma = ""
		}
		switch a.Group {
		case GroupStart:
			words = append(words, c.phrase(a.Mailbox, column)...)
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
			words = append(words, c.phrase(a.Name, column)...)
			words = append(words, "<"+a.String()+">"+comma)
		}
		column = 1
	}
	return words
}
