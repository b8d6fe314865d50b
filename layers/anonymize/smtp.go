package anonymize

import (
	"bytes"

	"mailwire/layers"
)

// smtpCommand replaces what stands behind a command, and the command itself where it is none (RFC 5321 §4.1).
func (a *Anonymizer) smtpCommand(b []byte) {
	line := bytes.TrimRight(b, "\r\n")
	end := wordEnd(line, 0)
	verb, rest := lower(line[:end]), line[end:]
	if !verbs.has(verb) {
		a.identify(line, other)
		return
	}
	switch verb {
	case "mail", "rcpt", "send", "soml", "saml":
		a.smtpPath(rest)
	case "auth":
		a.authCommand(rest)
	case "bdat":
		a.numbersOr(rest, host)
	default:
		a.identify(rest, host)
	}
}

// smtpPath replaces FROM:<path> or TO:<path> and the parameters behind it.
func (a *Anonymizer) smtpPath(rest []byte) {
	colon := bytes.IndexByte(rest, ':')
	if word := lower(bytes.TrimSpace(rest[:max(colon, 0)])); word != "from" && word != "to" {
		a.identify(rest, user)
		return
	}
	rest = rest[colon+1:]
	end := bytes.IndexByte(rest, '>') + 1
	if end == 0 {
		skip := len(rest) - len(bytes.TrimLeft(rest, " "))
		if end = skip + bytes.IndexByte(rest[skip:], ' '); end < skip {
			end = len(rest)
		}
	}
	a.identify(rest[:end], user)
	for _, p := range bytes.Fields(rest[end:]) {
		key, value, _ := bytes.Cut(p, []byte("="))
		if !parameters.has(lower(key)) {
			a.identify(p, other)
			continue
		}
		switch lower(key) {
		case "size", "by", "holdfor", "mt-priority":
			a.numbersOr(value, other)
		case "body", "ret", "notify":
			a.words(value, parameters)
		case "orcpt":
			kind, address, ok := bytes.Cut(value, []byte(";"))
			a.words(kind, parameters)
			if ok {
				a.identify(address, user)
			}
		default:
			a.identify(value, user)
		}
	}
}

// numbersOr lets numbers and LAST stay and replaces all else.
func (a *Anonymizer) numbersOr(b []byte, r role) {
	for _, w := range bytes.Fields(b) {
		if !allDigits(w, 10) && lower(w) != "last" {
			a.identify(w, r)
		}
	}
}

// smtpReply replaces what a reply says; its codes stay (RFC 5321 §4.2, RFC 3463 §2).
func (a *Anonymizer) smtpReply(b []byte) {
	lines(b, func(line []byte) {
		if len(line) < 3 || !allDigits(line[:3], 3) {
			a.say(line)
			return
		}
		rest := line[3:]
		if len(rest) > 0 && (rest[0] == ' ' || rest[0] == '-') {
			rest = rest[1:]
		}
		if string(line[:3]) == "334" {
			a.authBlob(bytes.TrimRight(rest, "\r\n"), false)
			return
		}
		if w := fields(rest); len(w) > 0 {
			if isEnhanced(w[0]) {
				rest = rest[bytes.Index(rest, w[0])+len(w[0]):]
			} else if key := lower(w[0]); key == "size" || key == "deliverby" || key == "limits" {
				a.numbersOr(rest[bytes.Index(rest, w[0])+len(w[0]):], other)
				return
			} else if key == "auth" || bytes.HasPrefix([]byte(key), []byte("auth=")) {
				for _, m := range bytes.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == '=' || r == '\r' || r == '\n' }) {
					if !mechanisms.has(lower(m)) && lower(m) != "auth" {
						a.identify(m, other)
					}
				}
				return
			}
		}
		a.say(rest)
	})
}

// isEnhanced tells an enhanced status code.
func isEnhanced(w []byte) bool {
	parts := bytes.Split(w, []byte("."))
	return len(parts) == 3 && allDigits(parts[0], 1) && allDigits(parts[1], 3) && allDigits(parts[2], 3)
}

// smtp replaces one message of SMTP.
func (a *Anonymizer) smtp(side *direction, m *message, b []byte) {
	switch {
	case m.kind == "data":
		noise := noiseAt(b)
		side.mail.rewrite(a, b)
		if noise >= 0 {
			b[noise] = 0
		}
		return
	case m.kind == "auth" && m.from == layers.Client:
		a.authLine(m, b)
		return
	case m.from == layers.Client:
		a.smtpCommand(b)
	default:
		a.smtpReply(b)
	}
	if m.verb != "BDAT" {
		side.mail = mail{}
	}
}

// noiseAt finds the byte by which the first word of a line is no word, -1 where it is one. What is no command for its sake must
// not become one.
func noiseAt(b []byte) int {
	word, _, _ := bytes.Cut(b, []byte(" "))
	return bytes.IndexFunc(word, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' || r >= 0x7f })
}
