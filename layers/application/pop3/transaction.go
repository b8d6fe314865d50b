package pop3

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// stat obeys STAT: what is marked does not count (RFC 1939 §5).
func (s *Server) stat() {
	n, octets := s.kept()
	s.ok(strconv.Itoa(n) + " " + strconv.FormatInt(octets, 10))
}

// kept counts what is not marked.
func (s *Server) kept() (n int, octets int64) {
	for i := 1; i < len(s.marked); i++ {
		if !s.marked[i] {
			n++
			octets += s.drop.Size(i)
		}
	}
	return n, octets
}

// described is what a maildrop holds, in words.
func described(n int, octets int64) string {
	return counted(n) + " (" + strconv.FormatInt(octets, 10) + " octets)"
}

func counted(n int) string {
	if n == 1 {
		return "1 message"
	}
	return strconv.Itoa(n) + " messages"
}

func (s *Server) scanSize(n int) string { return strconv.FormatInt(s.drop.Size(n), 10) }

// listing answers LIST and UIDL, with or without a message number.
func (s *Server) listing(line []byte, c Command, value func(n int) string) {
	if len(c.Args) == 1 {
		if n, ok := s.message(line, c.Args[0]); ok {
			s.ok(strconv.Itoa(n) + " " + value(n))
		}
		return
	}
	n, octets := s.kept()
	s.ok(described(n, octets))
	at := 1
	s.job = func() (more bool) {
		for ; at < len(s.marked) && len(s.out) < outputMax; at++ {
			if !s.marked[at] {
				s.out = append(strconv.AppendInt(s.out, int64(at), 10), ' ')
				s.out = append(append(s.out, value(at)...), "\r\n"...)
			}
		}
		if at < len(s.marked) {
			return true
		}
		s.out = append(s.out, ".\r\n"...)
		return false
	}
}

// message reads a message number. A marked message may not be referred to any more (RFC 1939 §5).
func (s *Server) message(line []byte, arg string) (int, bool) {
	n, ok := number(arg)
	switch {
	case !ok || n < 1 || n >= len(s.marked):
		s.fail(line, "", "no such message", "RFC 1939 §5")
	case s.marked[n]:
		s.fail(line, "", "message "+strconv.Itoa(n)+" is marked as deleted", "RFC 1939 §5")
	default:
		return n, true
	}
	return 0, false
}

// give obeys RETR and TOP. The mail goes out in pieces, as the layer below takes them.
func (s *Server) give(line []byte, c Command) {
	n, ok := s.message(line, c.Args[0])
	if !ok {
		return
	}
	whole, lines := c.Verb == "RETR", 0
	if !whole {
		if lines, ok = number(c.Args[1]); !ok {
			s.fail(line, "", "TOP needs a number of lines", "RFC 1939 §7")
			return
		}
	}
	mail, err := s.drop.Message(n)
	if err != nil {
		code, _ := refusal(err)
		s.err(code, "message "+strconv.Itoa(n)+" can't be read")
		return
	}
	if s.options.UTF8 && !s.utf8 && international(mail) {
		s.fail(line, "UTF8", "the header holds UTF-8, and UTF8 was not said", "RFC 6856 §5")
		return
	}
	octets := s.drop.Size(n)
	if !whole {
		mail = top(mail, lines)
		octets = int64(len(mail))
	}
	s.ok(strconv.FormatInt(octets, 10) + " octets")
	body := stuffer{rest: mail}
	s.job = func() (more bool) {
		if s.out, more = body.next(s.out, outputMax); !more {
			s.event(Retrieved{n, s.drop.UID(n), whole})
		}
		return more
	}
}

// international says whether a mail's header holds UTF-8 that is not ASCII. Other bytes above 127 are a mistake of whoever wrote
// them, and of old.
func international(mail []byte) bool {
	header := top(mail, 0)
	return utf8.Valid(header) && bytes.ContainsFunc(header, func(r rune) bool { return r >= utf8.RuneSelf })
}

// mark obeys DELE.
func (s *Server) mark(line []byte, c Command) {
	if n, ok := s.message(line, c.Args[0]); ok {
		s.marked[n] = true
		s.ok("message " + strconv.Itoa(n) + " is marked as deleted")
		s.event(Marked{n, s.drop.UID(n)})
	}
}

// unmark obeys RSET.
func (s *Server) unmark() {
	count := 0
	for i, m := range s.marked {
		if m {
			count++
			s.marked[i] = false
		}
	}
	n, octets := s.kept()
	s.ok(described(n, octets))
	s.event(Unmarked{count})
}

// quit ends the session; after a login the UPDATE state removes what is marked (RFC 1939 §6).
func (s *Server) quit(rule Rule) {
	s.move(rule)
	if s.drop == nil {
		s.ok("bye")
		s.close()
		return
	}
	var numbers []int
	var uids []string
	for i, m := range s.marked {
		if m {
			numbers = append(numbers, i)
			uids = append(uids, s.drop.UID(i))
		}
	}
	var err error
	if len(numbers) > 0 {
		err = s.drop.Commit(numbers)
	}
	// RFC 1939 §6: whether the removal was successful or not, the server then releases any exclusive-access lock
	s.close()
	if err != nil {
		s.err("SYS/TEMP", "not every marked message was removed")
		s.event(Updated{nil, err})
		return
	}
	s.ok("bye, " + counted(len(numbers)) + " removed")
	s.event(Updated{uids, nil})
}
