package application

import (
	"slices"
	"strings"

	"mailwire/layers"
)

// loginWords begin the commands that carry a password or what stands for one: PASS and APOP of POP3 (RFC 1939 §7), AUTH of
// SMTP and POP3 (RFC 4954 §4, RFC 5034 §4), LOGIN and AUTHENTICATE of IMAP (RFC 3501 §6.2). The longer goes before its
// own beginning.
var loginWords = []string{"AUTHENTICATE", "AUTH", "APOP", "LOGIN", "PASS"}

// A Slip is a line by which somebody meant to log in and that no grammar accepts: typed by hand with a blank before it, a
// tab within it, without its tag, in one word, or with one letter wrong. The server refuses it, and yet whoever listens has
// read the password.
type Slip struct {
	Verb   string       // the word that gives it away, upper case; as it was typed where a letter is wrong
	At     layers.Range // of that word, in the line
	Tag    layers.Range // of the word before it; Length 0 for none
	Secret layers.Range // all behind the word, without the blanks around it; Length 0 for nothing
}

// FindSlip looks for a slip in a client's line that the grammar of its protocol refuses, whole or not. It does not ask which
// protocol is spoken: a password that was meant for another one is a password. It would rather hide too much.
func FindSlip(line string) (Slip, bool) {
	at := skipBlanks(line, 0)
	if s, ok := slipAt(line, at); ok {
		return s, true
	}
	end := at
	for end < len(line) && !blank(line[end]) {
		end++
	}
	s, ok := slipAt(line, skipBlanks(line, end))
	s.Tag = layers.Range{Offset: at, Length: end - at}
	return s, ok
}

// LoginsWithin finds what may be secret in lines of a client's that no dialogue has read, such as those smuggled in before a
// TLS handshake: all behind the first word of a login.
func LoginsWithin(lines string) []layers.Range {
	at := 0
	for line := range strings.Lines(lines) {
		if s, ok := FindSlip(line); ok {
			from := at + s.Secret.Offset
			return []layers.Range{{Offset: from, Length: len(lines) - from}}
		}
		at += len(line)
	}
	return nil
}

// slipAt is the slip whose word begins at a place of the line.
func slipAt(line string, at int) (Slip, bool) {
	to := len(line)
	for to > at && blank(line[to-1]) {
		to--
	}
	for _, word := range loginWords {
		end := at + len(word)
		if end > len(line) || Upper(line[at:end]) != word {
			continue
		}
		from := skipBlanks(line, end)
		to := max(to, from)
		return Slip{Verb: word, At: layers.Range{Offset: at, Length: len(word)}, Secret: layers.Range{Offset: from, Length: to - from}}, true
	}
	end := at
	for end < len(line) && !blank(line[end]) {
		end++
	}
	typed := Upper(line[at:end])
	if end >= to || !typable(line) || !slices.ContainsFunc(loginWords, func(word string) bool { return mistyped(typed, word) }) {
		return Slip{}, false
	}
	from := skipBlanks(line, end)
	return Slip{Verb: typed, At: layers.Range{Offset: at, Length: end - at}, Secret: layers.Range{Offset: from, Length: to - from}}, true
}

// typable tells whether somebody can have typed the line: it is ASCII, with no control character but tabs, line ends and what
// takes a character back. In noise any word may stand.
func typable(line string) bool {
	return !strings.ContainsFunc(line, func(r rune) bool { return r > 0x7f || r < ' ' && !strings.ContainsRune("\b\t\r\n", r) })
}

// mistyped tells whether a word was meant and one letter of it is wrong, missing or too many, or two have changed places.
func mistyped(typed, word string) bool {
	for typed != "" && word != "" && typed[0] == word[0] {
		typed, word = typed[1:], word[1:]
	}
	for typed != "" && word != "" && typed[len(typed)-1] == word[len(word)-1] {
		typed, word = typed[:len(typed)-1], word[:len(word)-1]
	}
	swapped := len(typed) == 2 && len(word) == 2 && typed[0] == word[1] && typed[1] == word[0]
	return swapped || len(typed) < 2 && len(word) < 2
}

// Apart tells whether the word stands for itself in the line, as a lenient server would read it.
func (s Slip) Apart(line string) bool { return s.At.End() == len(line) || blank(line[s.At.End()]) }

func skipBlanks(line string, at int) int {
	for at < len(line) && blank(line[at]) {
		at++
	}
	return at
}

// blank tells whether c leaves no mark on a terminal. Bytes above ASCII count: Telnet sends options in them (RFC 854).
func blank(c byte) bool { return c <= ' ' || c >= 0x7f }

// IsMechanism tells whether name can be the name of a SASL mechanism (RFC 4422 §3.1), in any case. What cannot may be a
// response that has lost the space before it.
func IsMechanism(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return name != "" && len(name) <= 20
}

// Upper is s with its ASCII letters in upper case. The other bytes stay as they were on the wire, whether or not they are
// valid UTF-8.
func Upper(s string) string {
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' }
	first := 0
	for first < len(s) && !lower(s[first]) {
		first++
	}
	if first == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:first])
	for i := first; i < len(s); i++ {
		c := s[i]
		if lower(c) {
			c -= 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}
