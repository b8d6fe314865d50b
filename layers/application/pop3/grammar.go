package pop3

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A Command is a line from a client (RFC 2449 §3).
type Command struct {
	Verb string         // in upper case
	Args []string       // PASS has one, with every space that it holds (RFC 1939 §7)
	At   layers.Range   // of the verb, counted from the start of the line
	Each []layers.Range // of each argument

	slip bool // the line is none of POP3: the argument is all behind the word that gives it away, and secret
	hush bool // the line is no command and may be a password as a whole
}

// ParseCommand reads a line, without its line end. It accepts any line; whether the command exists is for the Rules.
func ParseCommand(line []byte) Command { return parseCommand(string(line)) }

func parseCommand(line string) Command {
	verb, _, spaced := strings.Cut(line, " ")
	end := len(verb)
	c := Command{Verb: application.Upper(verb), At: layers.Range{Length: end}}
	if !spaced {
		return c
	}
	if c.Verb == "PASS" {
		// RFC 1939 §7: a server may treat spaces in the argument as part of the password
		c.add(line, end+1, len(line))
		return c
	}
	for at := end + 1; at < len(line); {
		next := strings.IndexByte(line[at:], ' ')
		if next < 0 {
			next = len(line) - at
		}
		if next > 0 {
			c.add(line, at, at+next)
		}
		at += next + 1
	}
	return c
}

// add takes an argument that stands in the line.
func (c *Command) add(line string, from, to int) {
	c.Args = append(c.Args, line[from:to])
	c.Each = append(c.Each, layers.Range{Offset: from, Length: to - from})
}

// Append adds the command as a line with CRLF.
func (c Command) Append(dst []byte) []byte {
	dst = append(dst, c.Verb...)
	for _, a := range c.Args {
		dst = append(append(dst, ' '), a...)
	}
	return append(dst, "\r\n"...)
}

// multiLine says whether a +OK to the command is followed by lines up to a lone dot (RFC 1939 §3). AUTH without
// a mechanism, which is no part of any RFC, gets the list of mechanisms from some servers.
func (c Command) multiLine() bool {
	switch c.Verb {
	case "XTND":
		return len(c.Args) > 0 && strings.EqualFold(c.Args[0], "XLST") // RFC 1082
	case "LIST", "UIDL", "AUTH", "LANG":
		return len(c.Args) == 0 && !c.slip
	case "RETR", "TOP", "CAPA":
		return true
	}
	return false
}

// carriesMail says whether these lines are a mail.
func (c Command) carriesMail() bool { return c.Verb == "RETR" || c.Verb == "TOP" }

// The statuses of replies, and what a server puts before a challenge of AUTH.
const (
	OK       = "+OK"
	Err      = "-ERR"
	Continue = "+"
)

// A Reply is the first line of a server's answer (RFC 1939 §3).
type Reply struct {
	Status string // OK, Err, Continue, or "" when the line has none of them
	Code   string // the response code in brackets, "IN-USE" (RFC 2449 §8); only behind -ERR
	Text   string // the rest
	At     int    // where Text starts in the line
}

// ParseReply reads a line, without its line end.
func ParseReply(line []byte) Reply {
	s := string(line)
	word, rest, spaced := strings.Cut(s, " ")
	r := Reply{Text: s}
	switch {
	case strings.EqualFold(word, OK):
		r.Status = OK
	case strings.EqualFold(word, Err):
		r.Status = Err
	case word == Continue:
		r.Status = Continue
	default:
		return r
	}
	r.Text, r.At = rest, len(word)
	if spaced {
		r.At++
	}
	if r.Status == Err && strings.HasPrefix(rest, "[") {
		if code, after, ok := strings.Cut(rest[1:], "]"); ok {
			r.Code = application.Upper(code)
			r.Text = strings.TrimPrefix(after, " ")
			r.At = len(s) - len(r.Text)
		}
	}
	return r
}

// Timestamp is the part of a greeting that APOP needs, with its angle brackets; "" when the server offers no APOP
// (RFC 1939 §7).
func Timestamp(greeting string) string {
	from := strings.IndexByte(greeting, '<')
	if from < 0 {
		return ""
	}
	to := strings.IndexByte(greeting[from:], '>')
	if at := strings.IndexByte(greeting[from:], '@'); to < 0 || at < 0 || at > to {
		return ""
	}
	return greeting[from : from+to+1]
}

// Digest is what APOP proves the password with: MD5 over the timestamp and the password, in hexadecimal (RFC 1939 §7).
func Digest(timestamp, password string) string {
	sum := md5.Sum([]byte(timestamp + password))
	return hex.EncodeToString(sum[:])
}

// number reads a message number or a count of lines: digits alone.
func number(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err == nil && s[0] != '+'
}
