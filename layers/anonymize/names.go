package anonymize

import (
	"strconv"
	"strings"
)

// A role says what a word was when it was first met; its replacement tells.
type role string

const (
	user  role = "user"
	host  role = "host"
	other role = "name"
)

// names replaces words, each by one of the same length, always the same. They are numbered in the order of their
// appearance, so that a replacement says nothing of its original but its length.
type names struct {
	given map[string]string // by the original in lower case
	count map[role]int
	taken map[string]bool // what a replacement must not be: words of the capture, and replacements
}

func newNames() *names {
	return &names{given: map[string]string{}, count: map[role]int{}, taken: map[string]bool{}}
}

// avoid keeps the words of b from becoming replacements.
func (n *names) avoid(b []byte) {
	const longest = 40
	for at := 0; at < len(b); {
		end := wordEnd(b, at)
		if end > at && end-at <= longest {
			n.taken[lower(b[at:end])] = true
		}
		at = max(end, at+1)
	}
}

// word replaces a word, in upper or lower case as it stands.
func (n *names) word(w []byte, r role) string {
	key := lower(w)
	given, ok := n.given[key]
	if !ok {
		given = n.choose(key, r)
		n.given[key], n.taken[given] = given, true
	}
	switch {
	case key == string(w):
		return given
	case strings.ToUpper(key) == string(w):
		return strings.ToUpper(given)
	}
	return strings.ToUpper(given[:1]) + given[1:]
}

// choose finds a replacement that nothing else has, or, where so short a word has none left, any.
func (n *names) choose(key string, r role) string {
	digits := strings.Trim(key, "0123456789") == ""
	tries := 300 // then all words that are as short have been given
	for {
		n.count[r]++
		w := numbered(r, n.count[r], len(key), digits)
		if tries--; w != key && (!n.taken[w] || tries <= 0) {
			return w
		}
	}
}

// numbered is a word of a length with a number: user007, us7, 7, or 0007.
func numbered(r role, n, length int, digits bool) string {
	s, before := strconv.Itoa(n), string(r)
	if digits {
		before = ""
	}
	if short := length < len(before)+len(s); short && !digits {
		s = strconv.FormatInt(int64(n), 36)
		before = before[:min(len(before), max(0, length-len(s)))]
	}
	if len(s) > length {
		return s[len(s)-length:]
	}
	return before + strings.Repeat("0", length-len(before)-len(s)) + s
}

// lower is b in lower case, its other bytes as they are.
func lower(b []byte) string {
	c := make([]byte, len(b))
	for i := range b {
		c[i] = b[i]
		if b[i] >= 'A' && b[i] <= 'Z' {
			c[i] += 'a' - 'A'
		}
	}
	return string(c)
}

// wordEnd is the end of the word that begins at a place: of letters, digits and bytes beyond ASCII.
func wordEnd(b []byte, at int) int {
	for at < len(b) && isWord(b[at]) {
		at++
	}
	return at
}

func isWord(c byte) bool { return isLetter(c) || isDigit(c) || c >= 0x80 }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
