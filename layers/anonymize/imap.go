package anonymize

import (
	"bytes"
	"regexp"
	"strings"

	"mailwire/layers"
)

// imap replaces one message of IMAP. before is what its side said before it.
func (a *Anonymizer) imap(side *direction, m *message, b, before []byte) {
	switch {
	case m.kind == "data":
		a.imapLiteral(side, m, b, before)
	case m.kind == "auth":
		a.authLine(m, b)
	case m.kind == "continuation" && m.from == layers.Client:
		if lower(bytes.TrimRight(b, "\r\n")) != "done" {
			a.authLine(m, b)
		}
	case m.from == layers.Client:
		a.imapCommand(b)
	default:
		a.imapReply(b)
	}
}

// imapTag replaces a tag that is more than a number with a letter or two before it.
func (a *Anonymizer) imapTag(tag []byte) {
	if t := string(tag); t != "*" && t != "+" && !counter.MatchString(t) {
		a.identify(tag, other)
	}
}

var counter = regexp.MustCompile(`^[A-Za-z]{0,4}[0-9.]{1,8}$`)

// split cuts a line behind its first word.
func split(line []byte) (word, rest []byte) {
	i := bytes.IndexByte(line, ' ')
	if i < 0 {
		return line, nil
	}
	return line[:i], line[i+1:]
}

// imapCommand replaces what a command says (RFC 9051 §6).
func (a *Anonymizer) imapCommand(b []byte) {
	tag, rest := split(bytes.TrimRight(b, "\r\n"))
	a.imapTag(tag)
	verb, arguments := split(rest)
	switch lower(verb) {
	case "authenticate":
		a.authCommand(arguments)
	case "login":
		name, password := a.string(arguments)
		a.identify(name, user)
		if !literal.Match(password) {
			hush(password)
		}
	default:
		a.imapWords(rest)
	}
}

// string cuts an argument, a quoted one or an atom, off a line.
func (a *Anonymizer) string(b []byte) (first, rest []byte) {
	if len(b) > 0 && b[0] == '"' {
		n := quotedEnd(b)
		return b[:n], b[n:]
	}
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		i = len(b)
	}
	return b[:i], b[i:]
}

// quotedEnd is the end of the quoted string at the start of b (RFC 9051 §4.3).
func quotedEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// literal is the announcement of one at the end of a line (RFC 9051 §4.3, RFC 7888 §4, RFC 3516 §4.4).
var literal = regexp.MustCompile(`~?\{[0-9]{1,10}\+?\}$`)

// conditions begin a response whose end is a sentence (RFC 9051 §7.1).
var conditions = set("ok no bad bye preauth")

// imapReply replaces what a response says (RFC 9051 §7).
func (a *Anonymizer) imapReply(b []byte) {
	line := bytes.TrimRight(b, "\r\n")
	tag, rest := split(line)
	a.imapTag(tag)
	word, sentence := split(rest)
	if string(tag) == "+" {
		a.say(rest)
		return
	}
	if !conditions.has(lower(word)) {
		a.imapWords(rest)
		return
	}
	if end := bytes.IndexByte(sentence, ']'); len(sentence) > 0 && sentence[0] == '[' && end > 0 {
		a.imapWords(sentence[:end])
		sentence = sentence[end:]
	}
	a.say(sentence)
}

// sequence is a set of numbers (RFC 9051 §4.1.1), bodyPart the beginning of a section.
var (
	sequence = regexp.MustCompile(`^([0-9]{1,10}|\*)([:,.]([0-9]{1,10}|\*))*$`)
	date     = regexp.MustCompile(`(?i)^"?[ 0-9]{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-[0-9]{4}( [0-9:]{8} [+-][0-9]{4})?"?$`)
)

// imapWords replaces all atoms and strings but the protocol's own.
func (a *Anonymizer) imapWords(b []byte) {
	for at := 0; at < len(b); {
		switch c := b[at]; {
		case c == '"':
			n := quotedEnd(b[at:])
			a.imapString(b[at : at+n])
			at += n
		case strings.IndexByte(" ()[]<>\r\n", c) >= 0:
			at++
		case c == '{' || c == '~':
			n := bytes.IndexByte(b[at:min(len(b), at+16)], '}') + 1
			if n == 0 || !literal.Match(b[at:at+n]) {
				n = 1
			}
			at += n
		default:
			end := at
			for end < len(b) && strings.IndexByte(" ()[]<>\"\r\n{", b[end]) < 0 {
				end++
			}
			a.imapAtom(b[at:end])
			at = max(end, at+1)
		}
	}
}

func (a *Anonymizer) imapAtom(w []byte) {
	key := lower(w)
	if imapWords.has(key) || headerNames.has(key) || len(w) <= 200 && sequence.Match(w) || date.Match(w) {
		return
	}
	if name, value, ok := strings.Cut(key, "="); ok && name == "auth" && mechanisms.has(value) {
		return
	}
	a.identify(w, user)
}

// imapString replaces what stands between quotation marks.
func (a *Anonymizer) imapString(q []byte) {
	inner := bytes.Trim(q, `"`)
	key := lower(inner)
	switch {
	case mimeWords.has(key), imapWords.has(key), date.Match(q), isDate(inner):
	case bytes.Contains(inner, []byte("=?")):
		fillText(inner)
	case bytes.IndexByte(inner, ' ') >= 0 && bytes.IndexByte(inner, '@') < 0:
		fill(inner)
	default:
		a.identify(inner, user)
	}
}

// section is what a literal is said to be.
var (
	bodyPart = regexp.MustCompile(`(?i)BODY(\.PEEK)?\[(TEXT|[0-9.]+(\.TEXT)?)\](<[0-9.]+>)? ~?\{[0-9]+\+?\}$`)
	wholeOne = regexp.MustCompile(`(?i)(BODY(\.PEEK)?\[[^\]]*\](<[0-9.]+>)?|RFC822(\.HEADER)?|\bAPPEND\b.*) ?~?\{[0-9]+\+?\}$`)
	textOnly = regexp.MustCompile(`(?i)RFC822\.TEXT ~?\{[0-9]+\+?\}$`)
	login    = regexp.MustCompile(`(?i)\bLOGIN\b.*\{[0-9]+\+?\}$`)
)

// imapLiteral replaces a literal, and the rest of the line that it stands in.
func (a *Anonymizer) imapLiteral(side *direction, m *message, b, before []byte) {
	line := bytes.TrimRight(before, "\r\n")
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	n := 0
	if at := literal.FindIndex(line); at != nil {
		for _, c := range line[at[0]:] {
			if isDigit(c) {
				n = min(n*10+int(c-'0'), len(b))
			}
		}
	} else {
		n = len(b) // its announcement was not seen
	}
	content, rest := b[:n], b[n:]
	switch {
	case m.secret:
		hush(content)
	case bodyPart.Match(line), textOnly.Match(line):
		lines(content, fillBody)
	case wholeOne.Match(line):
		side.mail = mail{}
		side.mail.rewrite(a, content)
	case m.from == layers.Client && login.Match(line):
		a.identify(content, user)
	case m.from == layers.Server && len(content) < 256:
		a.identify(content, user) // a part of an ENVELOPE or a mailbox's name
	default:
		fill(content)
	}
	a.imapWords(rest)
}
