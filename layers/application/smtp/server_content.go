package smtp

import (
	"bytes"
	"errors"
)

// A content is a mail on its way in.
type content struct {
	data     []byte
	unstuff  Unstuffer
	tooLarge bool
	declared int64 // by SIZE
	binary   bool  // by BODY=BINARYMIME
	progress int   // bytes since the client was given its time

	chunk bool // inside a BDAT chunk
	left  int64
	last  bool
	deny  *Reply // the chunk is read, then refused
}

// receiveContent takes what belongs to the mail behind DATA off b.
func (s *Server) receiveContent(b []byte) (rest []byte) {
	c := &s.content
	var n int
	var done bool
	if c.tooLarge {
		n, done = c.unstuff.Skip(b)
	} else {
		c.makeRoom(len(b))
		c.data, n, done = c.unstuff.Append(c.data, b)
		s.limitContent()
	}
	if done {
		s.touch()
		s.deliver(".")
	} else {
		s.proceeded(n)
	}
	return b[n:]
}

// proceeded gives the client its time anew when enough of a mail has come: by single bytes it never does.
func (s *Server) proceeded(n int) {
	c := &s.content
	if c.progress += n; c.progress >= s.config.Limits.Progress {
		c.progress = 0
		s.touch()
	}
}

// roomMax bounds what is put aside for a mail because its client says that it will be so large.
const roomMax = 1 << 20

// makeRoom puts space aside for a mail that begins with n bytes, as much as the client has declared.
func (c *content) makeRoom(n int) {
	if c.data == nil {
		c.data = make([]byte, 0, max(n, int(min(c.declared, roomMax))+2))
	}
}

// limitContent lets go of a mail that is too large; its rest is read and not kept.
func (s *Server) limitContent() {
	if int64(len(s.content.data)) > s.config.Limits.Size {
		s.content.tooLarge, s.content.data = true, nil
	}
}

// deliver ends a transaction: the backend takes responsibility, or the client keeps it (RFC 5321 §4.2.5, §6.1).
func (s *Server) deliver(verb string) {
	e, c := s.envelope, s.content
	e.At = s.now
	if c.unstuff.Lookalikes > 0 {
		s.fault(nil, errors.New("smtp: a lone dot between bare line feeds ends no mail (RFC 5321 §2.3.8, §4.1.1.4)"))
	}
	// RFC 5321 §4.1.1.4: whatever the answer, the buffers are cleared.
	s.reset()
	s.move(ruleFor(s.state, verb))
	var outcome error
	switch {
	case c.tooLarge:
		outcome = s.tooLarge()
	case s.config.RefuseBare && !c.binary && hasBare(c.data):
		// RFC 5321 §2.3.8: a CR or LF alone must not be sent.
		outcome = NewReply(554, "5.6.0", "A CR or LF stands alone in the mail")
	default:
		outcome = s.backend.Deliver(&e, c.data)
	}
	if s.answerAll(&e, outcome) {
		s.tell(&Taken{Envelope: &e, Size: len(c.data)})
	}
}

// answerAll says what became of a mail: by SMTP once, by LMTP for each recipient (RFC 2033 §4.2); taken says whether anybody
// gets it.
func (s *Server) answerAll(e *Envelope, outcome error) (taken bool) {
	each, differ := outcome.(Outcomes)
	if !e.Session.Local {
		if differ {
			outcome = each.one()
		}
		return s.answer(outcome, 250, "2.0.0", "OK: the mail is accepted")
	}
	for i, r := range e.To {
		of := outcome
		if of = outcome; differ {
			of = nil
			if i < len(each) {
				of = each[i]
			}
		}
		taken = s.answer(of, 250, "2.1.5", "OK: delivered to <"+printable(r.Mailbox.String())+">") || taken
	}
	return taken
}

// hasBare says whether a CR or an LF stands alone.
func hasBare(data []byte) bool {
	lines := bytes.Count(data, []byte("\r\n"))
	return bytes.Count(data, []byte{'\n'}) != lines || bytes.Count(data, []byte{'\r'}) != lines
}

// bdat begins a chunk. Its bytes follow whatever the answer will be, so it is read even when it will be refused
// (RFC 3030 §2).
func (s *Server) bdat(c Command) {
	s.content.chunk, s.content.left, s.content.last, s.content.deny = true, c.Size, c.Last, nil
	if ruleFor(s.state, "BDAT") < 0 {
		s.content.deny = NewReply(503, "5.5.1", "BDAT comes behind an accepted RCPT")
	}
	if c.Size == 0 {
		s.endChunk()
	}
}

// receiveChunk takes what belongs to a chunk off b.
func (s *Server) receiveChunk(b []byte) (rest []byte) {
	c := &s.content
	n := int(min(c.left, int64(len(b))))
	c.left -= int64(n)
	if c.deny == nil && !c.tooLarge {
		c.makeRoom(n)
		c.data = append(c.data, b[:n]...)
		s.limitContent()
	}
	if c.left == 0 {
		s.touch()
		s.endChunk()
	} else {
		s.proceeded(n)
	}
	return b[n:]
}

func (s *Server) endChunk() {
	c := &s.content
	c.chunk = false
	switch {
	case c.deny != nil:
		s.sendReply(c.deny)
		s.countError()
	case c.last:
		s.deliver("LAST")
	case c.tooLarge:
		// RFC 3030 §2: a chunk that is refused ends the mail; chunks that are under way behind it are read and refused.
		s.reset()
		s.state = Ready
		s.sendReply(s.tooLarge())
	default:
		s.send(250, "2.0.0", "Chunk received")
		s.move(ruleFor(s.state, "BDAT"))
	}
}
