package pop3

import (
	"bytes"
	"strconv"
	"strings"
)

// A Result is how a command ended.
type Result struct {
	Ticket Ticket
	Verb   string
	Number int  // the message that the command named; 0 for none
	OK     bool // the server said +OK
	Lost   bool // the connection ended before the answer was whole; Body is what has come of it
	Unsent bool // it was not sent: an argument holds a line end and would be another command, or USER before PASS was refused
	Code   string
	Text   string
	Body   []byte // of a multi-line answer: its lines with their ends, dots as they were
	Why    error  // why the client cancelled AUTH; nil where it did not
}

// BareLF is how many lines of Body end in LF alone, which no server should send (RFC 1939 §3).
func (e Result) BareLF() int {
	return bytes.Count(e.Body, []byte("\n")) - bytes.Count(e.Body, []byte("\r\n"))
}

func (e Result) String() string {
	status := Err
	switch {
	case e.Lost:
		status = "lost"
	case e.Unsent:
		status = "unsent"
	case e.OK:
		status = OK
	}
	return e.Verb + ": " + status + " " + e.Text
}

// A Listed is a line of LIST or UIDL.
type Listed struct {
	Number int
	Size   int64  // of LIST
	UID    string // of UIDL
}

// Listing reads the answer to LIST or UIDL, with or without a message number. Lines of another form are left out.
func (e Result) Listing() []Listed {
	text := string(e.Body)
	if e.Number > 0 {
		text = e.Text
	}
	var all []Listed
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		n, ok := number(words[0])
		if !ok {
			continue
		}
		l := Listed{Number: n, UID: words[1]}
		if e.Verb == "LIST" {
			size, err := strconv.ParseInt(words[1], 10, 64)
			if err != nil || size < 0 {
				continue
			}
			l = Listed{Number: n, Size: size}
		}
		all = append(all, l)
	}
	return all
}

// Stat reads the answer to STAT: how many messages, and how many octets they have.
func (e Result) Stat() (count int, octets int64, ok bool) {
	words := strings.Fields(e.Text)
	if !e.OK || len(words) < 2 {
		return 0, 0, false
	}
	count, ok = number(words[0])
	octets, err := strconv.ParseInt(words[1], 10, 64)
	return count, octets, ok && err == nil && octets >= 0
}

// Capabilities reads the answer to CAPA: the lines.
func (e Result) Capabilities() []string { return strings.FieldsFunc(string(e.Body), isLineEnd) }

func isLineEnd(r rune) bool { return r == '\r' || r == '\n' }
