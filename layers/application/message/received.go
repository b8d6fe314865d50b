package message

import (
	"bytes"
	"strings"
	"time"
)

// A Received is what a transfer agent writes on top of a mail that it took (RFC 5321 §4.4): a stamp of the journey.
// The fields hold what stands behind the words of the same name; "" leaves a word out.
type Received struct {
	From   string // what the client called itself in EHLO
	Source string // what the server saw itself: "ana.example.net [192.0.2.5]" or "[192.0.2.5]"
	By     string // the server
	Via    string // a link other than TCP
	With   string // SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA … (RFC 3848)
	ID     string // the server's own name for the mail
	For    string // the recipient, without < and >, when there was only one
	Date   time.Time
}

// Append adds the whole field to dst, folded as people are used to read it.
func (r Received) Append(dst []byte) []byte {
	dst = append(dst, "Received:"...)
	line := []string{}
	add := func(word, value string) {
		if value != "" {
			line = append(line, word+" "+value)
		}
	}
	flush := func() {
		if len(line) == 0 {
			return
		}
		start := "\r\n\t"
		if dst[len(dst)-1] == ':' {
			start = " "
		}
		dst = append(append(dst, start...), strings.Join(line, " ")...)
		line = line[:0]
	}
	add("from", r.From)
	if r.Source != "" {
		line = append(line, "("+r.Source+")")
	}
	flush()
	add("by", r.By)
	add("via", r.Via)
	add("with", r.With)
	add("id", r.ID)
	flush()
	if r.For != "" {
		add("for", "<"+r.For+">")
		flush()
	}
	dst = append(dst, ";\r\n\t"...)
	return append(append(dst, r.Date.Format(DateLayout)...), "\r\n"...)
}

// ParseReceived reads the body of a Received field, unfolded. What it does not find stays empty: many servers write
// their own way.
func ParseReceived(s string) Received {
	var r Received
	clauses, date := cutDate(s)
	r.Date, _ = ParseDate(date)
	r.parse(clauses)
	return r
}

// cutDate takes the date off the body of a Received field.
func cutDate(s string) (clauses, date string) {
	if i := strings.LastIndexByte(s, ';'); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// parse reads the clauses before the date.
func (r *Received) parse(clauses string) {
	l := lexer{s: clauses}
	for l.peek() != 0 {
		word := strings.ToLower(l.run(notBlank))
		l.space()
		l.comment = ""
		value := l.run(notBlank)
		switch word {
		case "from":
			r.From = value
			l.space()
			r.Source = l.comment
		case "by":
			r.By = value
		case "via":
			r.Via = value
		case "with":
			r.With = value
		case "id":
			r.ID = value
		case "for":
			r.For = strings.Trim(value, "<>")
		}
	}
}

func notBlank(c byte) bool { return strings.IndexByte(" \t\r\n(", c) < 0 }

// AppendReturnPath adds the field that the last server writes on top of a mail: the envelope's sender, without < and >
// (RFC 5321 §4.4). "" is the null path of a failure report.
func AppendReturnPath(dst []byte, reversePath string) []byte {
	return append(append(append(dst, "Return-Path: <"...), reversePath...), ">\r\n"...)
}

// Headed is a mail on top of which fields can be put: one that begins with no field gets the empty line that a header ends with
// (RFC 5322 §2.1), or its first lines would be taken for a part of that header. Any other is returned as it is.
func Headed(mail []byte) []byte {
	first, _, _ := bytes.Cut(mail, []byte("\n"))
	header, _ := ParseHeader(append(bytes.Clone(first), '\n'))
	if len(header) == 0 || header[0].Name != "" || bytes.HasPrefix(first, []byte("From ")) { // as a mailbox file begins a mail
		return mail
	}
	return append([]byte("\r\n"), mail...)
}
