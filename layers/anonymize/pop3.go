package anonymize

import (
	"bytes"

	"mailwire/layers"
)

// pop3 replaces one message of POP3.
func (a *Anonymizer) pop3(side *direction, m *message, b []byte) {
	switch {
	case m.kind == "data":
		side.mail = mail{}
		side.mail.rewrite(a, b)
	case m.kind == "auth" || m.kind == "continuation":
		a.authLine(m, b)
	case m.from == layers.Client:
		a.pop3Command(b)
	default:
		first := true
		lines(b, func(line []byte) {
			a.pop3Line(line, first)
			first = false
		})
	}
}

// pop3Command replaces what stands behind a command (RFC 1939 §5 to §7).
func (a *Anonymizer) pop3Command(b []byte) {
	line := bytes.TrimRight(b, "\r\n")
	end := wordEnd(line, 0)
	verb, rest := lower(line[:end]), line[end:]
	switch {
	case !verbs.has(verb):
		a.identify(line, other)
	case verb == "pass":
		hush(rest)
	case verb == "apop":
		name, digest, _ := bytes.Cut(bytes.TrimLeft(rest, " "), []byte(" "))
		a.identify(name, user)
		hush(digest)
	case verb == "auth":
		a.authCommand(rest)
	case verb == "list" || verb == "retr" || verb == "dele" || verb == "top" || verb == "uidl":
		a.numbersOr(rest, other)
	default:
		a.identify(rest, user)
	}
}

// pop3Line replaces a line of a reply. Numbers stay where a reply counts: at its beginning, and before what is counted.
func (a *Anonymizer) pop3Line(line []byte, first bool) {
	counting := true
	words := fields(line)
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = lower(words[i+1])
		}
		number := bytes.Trim(w, "(),.")
		switch {
		case i == 0 && first && (string(w) == "+OK" || string(w) == "-ERR"):
		case i == 0 && first && string(w) == "+":
		case allDigits(number, 8) && (counting && i <= 2 || len(next) > 3 && (next[:4] == "octe" || next[:4] == "mess" || next[:4] == "byte")):
		case counting && !first && i == 1:
			a.identify(w, other) // a unique-id (RFC 1939 §7)
			counting = false
		default:
			counting = false
			a.sayToken(w)
		}
	}
}
