package anonymize

import (
	"bytes"
	"strings"
)

// A mail is the state of reading one, line by line, however it comes in pieces.
type mail struct {
	body       bool     // the header is over
	field      string   // the field that a folded line goes on with, in lower case
	boundaries []string // as they stand in the original
}

// boundariesMax bounds how many are remembered.
const boundariesMax = 64

// rewrite replaces what a mail says, in place.
func (m *mail) rewrite(a *Anonymizer, b []byte) {
	lines(b, func(line []byte) {
		switch {
		case m.isBoundary(line):
			a.identify(line, other)
			m.body, m.field = false, ""
		case m.body:
			fillBody(line)
		case len(bytes.TrimRight(line, "\r\n")) == 0:
			m.body, m.field = true, ""
		default:
			m.header(a, line)
		}
	})
}

// fillBody fills a line of a body.
func fillBody(line []byte) {
	if looks64(line) {
		fill64(line)
		return
	}
	fill(line)
}

// isBoundary tells a line that ends a part (RFC 2046 §5.1.1).
func (m *mail) isBoundary(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("--")) {
		return false
	}
	t := string(bytes.TrimRight(line[2:], " \t\r\n"))
	for _, boundary := range m.boundaries {
		if t == boundary || t == boundary+"--" {
			return true
		}
	}
	return false
}

// header replaces a line of a header: the name of a field that is not known, and what stands in it.
func (m *mail) header(a *Anonymizer, line []byte) {
	value := line
	if line[0] != ' ' && line[0] != '\t' {
		name, rest, ok := bytes.Cut(line, []byte(":"))
		name = bytes.TrimRight(name, " \t")
		if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t") {
			m.field = ""
			fill(line) // no field
			return
		}
		m.field = lower(name)
		if !headerNames.has(m.field) {
			if strings.HasPrefix(m.field, "x-") {
				name = name[2:]
			}
			a.identify(name, other)
		}
		value = rest
	}
	m.learnBoundary(value)
	a.fieldValue(m.field, value)
}

// learnBoundary remembers a boundary, before it is replaced (RFC 2046 §5.1.1).
func (m *mail) learnBoundary(value []byte) {
	if !strings.HasPrefix(m.field, "content-type") {
		return
	}
	at := strings.Index(lower(value), "boundary=")
	if at < 0 || len(m.boundaries) >= boundariesMax {
		return
	}
	rest := string(value[at+len("boundary="):])
	if strings.HasPrefix(rest, `"`) {
		rest, _, _ = strings.Cut(rest[1:], `"`)
	} else if i := strings.IndexAny(rest, "; \t\r\n"); i >= 0 {
		rest = rest[:i]
	}
	if rest != "" {
		m.boundaries = append(m.boundaries, rest)
	}
}

// fieldValue replaces the value of a field, or a line of it.
func (a *Anonymizer) fieldValue(field string, value []byte) {
	switch field {
	case "from", "to", "cc", "bcc", "sender", "reply-to", "return-path", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-envelope-from",
		"resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc", "errors-to", "disposition-notification-to", "return-receipt-to",
		"x-sender", "x-forwarded-to", "x-forwarded-for":
		a.mailboxes(value)
	case "message-id", "in-reply-to", "references", "resent-message-id", "content-id", "x-originating-ip", "list-id":
		a.identify(value, other)
	case "date", "resent-date", "delivery-date":
		if !isDate(bytes.TrimSpace(value)) {
			fill(value)
		}
	case "received", "x-received":
		a.received(value)
	case "mime-version", "content-type", "content-transfer-encoding", "content-disposition":
		a.words(value, mimeWords)
	default:
		fillText(value)
	}
}

// mailboxes replaces the addresses of a field; display names and comments are filled.
func (a *Anonymizer) mailboxes(value []byte) {
	for at := 0; at < len(value); {
		end := at
		for end < len(value) && !strings.ContainsRune(" \t\r\n,;", rune(value[end])) {
			end++
		}
		if end == at {
			at++
			continue
		}
		if token := value[at:end]; bytes.IndexByte(token, '@') >= 0 || token[0] == '<' {
			a.identify(token, user)
		} else {
			fillText(token)
		}
		at = end
	}
}

// received replaces the names and addresses of a trace line; the date behind its semicolon stays (RFC 5321 §4.4).
func (a *Anonymizer) received(value []byte) {
	before, date := value, []byte(nil)
	if i := bytes.LastIndexByte(value, ';'); i >= 0 {
		before, date = value[:i], value[i+1:]
	} else if isDate(bytes.TrimSpace(value)) {
		return
	}
	a.words(before, receivedWords)
	if !isDate(bytes.TrimSpace(date)) {
		fill(date)
	}
}

// words replaces all words but those of a vocabulary. Numbers of one digit stay.
func (a *Anonymizer) words(b []byte, keep wordSet) {
	for at := 0; at < len(b); {
		end := at
		for end < len(b) && !strings.ContainsRune(" \t\r\n,;()<>[]\"'=/", rune(b[end])) {
			end++
		}
		if end == at {
			at++
			continue
		}
		if w := b[at:end]; !keep.has(lower(w)) && !allDigits(w, 1) {
			a.identify(w, other)
		}
		at = end
	}
}

// fillText fills the text of a field. Encoded words (RFC 2047 §2) stay encoded words.
func fillText(b []byte) {
	for {
		start := bytes.Index(b, []byte("=?"))
		if start < 0 {
			fill(b)
			return
		}
		parts := bytes.SplitN(b[start+2:], []byte("?"), 4)
		if len(parts) < 4 || len(parts[1]) != 1 || len(parts[3]) == 0 || parts[3][0] != '=' || !mimeWords.has(lower(parts[0])) {
			fill(b[:start+2])
			b = b[start+2:]
			continue
		}
		fill(b[:start])
		if parts[1][0]|0x20 == 'b' {
			fill64(parts[2])
		} else {
			fill(parts[2])
		}
		b = b[start+2+len(parts[0])+1+1+1+len(parts[2])+2:]
	}
}
