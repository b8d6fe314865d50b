package pop3

import (
	"slices"
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/message"
)

// A session is what an observer knows of one: enough to say what a message means.
type session struct {
	state  State // "" when the beginning was not seen
	secure bool  // inside TLS
	user   string
	marked []string // numbers that DELE marked; bounded by maxMarks
	marks  int
}

const maxMarks = 4096

// commandNotes explains a command. pipelined says that an earlier one has no answer yet.
func (s *session) commandNotes(c Command, pipelined bool) []layers.Note {
	if slices.Contains(furtherVerbs, c.Verb) {
		return []layers.Note{layers.N("pop3." + strings.ToLower(c.Verb))}
	}
	if !heard(c.Verb) {
		return []layers.Note{layers.N("pop3.unknown", c.verb())}
	}
	if _, ok := RuleFor(s.state, c.Verb); !ok && s.state != "" && !pipelined {
		return []layers.Note{layers.N("pop3.wrong-state", layers.A("verb", layers.String(c.Verb)), layers.A("state", layers.String(string(s.state))))}
	}
	notes := []layers.Note{s.commandNote(c)}
	if !s.secure && c.Verb == "PASS" {
		notes = append(notes, layers.N("pop3.cleartext"))
	}
	if pipelined {
		notes = append(notes, layers.N("pop3.pipelined"))
	}
	return notes
}

// verb is the verb for a note about a line that is no command.
func (c Command) verb() layers.Arg {
	if c.hush {
		return layers.Hidden("verb", layers.String(c.Verb))
	}
	return layers.A("verb", layers.String(c.Verb))
}

func (s *session) commandNote(c Command) layers.Note {
	id := "pop3." + strings.ToLower(c.Verb)
	switch c.Verb {
	case "USER":
		if len(c.Args) > 0 {
			s.user = c.Args[0]
		}
		return layers.N(id)
	case "LIST", "UIDL":
		if len(c.Args) > 0 {
			return layers.N(id+".one", c.arg("message", 0))
		}
	case "RETR", "DELE":
		return layers.N(id, c.arg("message", 0))
	case "TOP":
		return layers.N(id, c.arg("message", 0), c.arg("lines", 1))
	case "QUIT":
		switch {
		case s.state == Authorization:
			return layers.N("pop3.quit.authorization")
		case s.marks > 0:
			return layers.N("pop3.quit.update", layers.A("count", layers.Int(s.marks)))
		}
	}
	return layers.N(id)
}

// arg is the command's argument i as an argument of a note; "?" where it is missing.
func (c Command) arg(name string, i int) layers.Arg {
	if i < len(c.Args) {
		return layers.A(name, layers.String(c.Args[i]))
	}
	return layers.A(name, layers.String("?"))
}

func greetingNotes(r Reply) []layers.Note {
	if r.Status == Err {
		return []layers.Note{layers.N("pop3.greeting.refused")}
	}
	if stamp := Timestamp(r.Text); stamp != "" {
		return []layers.Note{layers.N("pop3.greeting.apop", layers.A("timestamp", layers.String(stamp)))}
	}
	return []layers.Note{layers.N("pop3.greeting")}
}

// replyNotes explains a reply of one line, and keeps the session in step.
func (s *session) replyNotes(c Command, r Reply, known bool) []layers.Note {
	if !known {
		if r.Status == OK {
			return []layers.Note{layers.N("pop3.+ok")}
		}
		return append([]layers.Note{layers.N("pop3.err")}, codeNotes(r)...)
	}
	if r.Status == OK {
		return []layers.Note{s.okNote(c, r)}
	}
	return append([]layers.Note{s.errNote(c)}, codeNotes(r)...)
}

func (s *session) okNote(c Command, r Reply) layers.Note {
	number := c.arg("message", 0)
	switch c.Verb {
	case "USER":
		return layers.N("pop3.reply.user")
	case "PASS", "APOP", "AUTH":
		s.state = Transaction
		return layers.N("pop3.reply.login")
	case "STAT":
		if count, octets, ok := (Result{OK: true, Text: r.Text}).Stat(); ok {
			id := "pop3.reply.stat"
			if s.marks > 0 {
				id = "pop3.reply.stat.marked"
			}
			return layers.N(id, layers.A("count", layers.Int(count)), layers.A("octets", layers.Int(octets)), layers.A("marked", layers.Int(s.marks)))
		}
	case "LIST":
		if l := (Result{Verb: "LIST", Number: 1, Text: r.Text}).Listing(); len(l) == 1 {
			return layers.N("pop3.reply.list.one", number, layers.A("octets", layers.Int(l[0].Size)))
		}
	case "UIDL":
		if l := (Result{Verb: "UIDL", Number: 1, Text: r.Text}).Listing(); len(l) == 1 {
			return layers.N("pop3.reply.uidl.one", number, layers.A("unique-id", layers.String(l[0].UID)))
		}
	case "RETR", "TOP":
		return layers.N("pop3.reply.retr", number)
	case "DELE":
		s.mark(c)
		return layers.N("pop3.reply.dele", number)
	case "RSET":
		count := s.marks
		s.marks, s.marked = 0, nil
		return layers.N("pop3.reply.rset", layers.A("count", layers.Int(count)))
	case "STLS":
		return layers.N("pop3.reply.stls")
	case "QUIT":
		return s.goodbye()
	}
	return layers.N("pop3.+ok")
}

// mark counts a message that DELE marked, once.
func (s *session) mark(c Command) {
	if len(c.Args) == 0 || len(s.marked) == maxMarks {
		return
	}
	for _, m := range s.marked {
		if m == c.Args[0] {
			return
		}
	}
	s.marked = append(s.marked, c.Args[0])
	s.marks++
}

func (s *session) goodbye() layers.Note {
	before, marks := s.state, s.marks
	s.state, s.marks, s.marked = Closed, 0, nil
	switch {
	case before == Authorization:
		return layers.N("pop3.reply.bye")
	case marks == 0:
		return layers.N("pop3.reply.quit.nothing")
	}
	return layers.N("pop3.reply.quit", layers.A("count", layers.Int(marks)))
}

func (s *session) errNote(c Command) layers.Note {
	switch c.Verb {
	case "USER", "PASS", "APOP", "AUTH":
		return layers.N("pop3.err.login")
	case "LIST", "UIDL", "RETR", "DELE", "TOP":
		return layers.N("pop3.err.message")
	case "QUIT":
		s.state = Closed
		return layers.N("pop3.err.quit")
	}
	if !heard(c.Verb) {
		return layers.N("pop3.err.unknown", c.verb())
	}
	return layers.N("pop3.err")
}

// codeNotes explains the response code of a refusal (RFC 2449 §8).
func codeNotes(r Reply) []layers.Note {
	switch r.Code {
	case "LOGIN-DELAY", "IN-USE", "SYS/TEMP", "SYS/PERM", "AUTH", "UTF8":
		return []layers.Note{layers.N("pop3.code." + strings.ToLower(strings.ReplaceAll(r.Code, "/", "-")))}
	}
	return nil
}

// listNotes explains a reply of several lines.
func (s *session) listNotes(verb string, lines []byte) []layers.Note {
	items := listItems(lines)
	count := layers.A("count", layers.Int(len(items)))
	switch verb {
	case "LIST":
		var octets int64
		for _, item := range items {
			if _, size, ok := strings.Cut(item, " "); ok {
				n, _ := strconv.ParseInt(strings.TrimSpace(size), 10, 48)
				octets += max(n, 0)
			}
		}
		if s.marks > 0 {
			return []layers.Note{layers.N("pop3.reply.list.marked", count, layers.A("marked", layers.Int(s.marks)))}
		}
		return []layers.Note{layers.N("pop3.reply.list", count, layers.A("octets", layers.Int(octets)))}
	case "UIDL":
		return []layers.Note{layers.N("pop3.reply.uidl", count)}
	case "CAPA":
		return append([]layers.Note{layers.N("pop3.reply.capa", count)}, capabilityNotes(items)...)
	}
	if verb != "AUTH" {
		return []layers.Note{layers.N("pop3.+ok")}
	}
	return []layers.Note{layers.N("pop3.reply.mechanisms", count)}
}

// capabilityNotes explains what a server offers, line by line.
func capabilityNotes(lines []string) []layers.Note {
	var notes []layers.Note
	for _, line := range lines[:min(len(lines), capabilitiesMax)] {
		word, _, _ := strings.Cut(application.Upper(line), " ")
		if slices.Contains(notedCapabilities, word) {
			notes = append(notes, layers.N("pop3.cap."+strings.ToLower(word)))
		} else if word != "." {
			notes = append(notes, layers.N("pop3.cap.other", layers.A("capability", layers.String(word[:min(len(word), 64)]))))
		}
	}
	return notes
}

// capabilitiesMax bounds the capabilities that are explained.
const capabilitiesMax = 50

// notedCapabilities are the words of CAPA with a note of their own.
var notedCapabilities = []string{"TOP", "USER", "SASL", "RESP-CODES", "LOGIN-DELAY", "PIPELINING", "EXPIRE", "UIDL", "IMPLEMENTATION", "STLS",
	"AUTH-RESP-CODE", "UTF8", "LANG"}

// mailNotes explains the bytes of a mail.
func mailNotes(verb string, m application.Message, stuffed int, p *message.Passing) []layers.Note {
	id := "pop3.data"
	if verb == "TOP" {
		id = "pop3.data.top"
	}
	octets := m.Length
	if m.Complete {
		octets -= int64(len(".\r\n")) + int64(stuffed)
	}
	notes := []layers.Note{layers.N(id, layers.A("octets", layers.Int(octets)))}
	if !m.Complete {
		notes = []layers.Note{layers.N("pop3.data.incomplete", layers.A("octets", layers.Int(octets)))}
	}
	whole := verb != "TOP" && m.Complete // else there is more of it than what is here
	if whole {
		notes = append(notes, p.TreeNotes()...)
	}
	notes = append(notes, p.HeadNotes(whole)...)
	if stuffed > 0 {
		notes = append(notes, layers.N("pop3.data.stuffed", layers.A("count", layers.Int(stuffed))))
	}
	return notes
}
