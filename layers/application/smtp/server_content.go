package smtp

import (
	"errors"
	"fmt"
	"time"
)

// A content is a mail on its way in.
type content struct {
	data     []byte
	unstuff  Unstuffer
	tooLarge bool

	chunk bool // inside a BDAT chunk
	left  int64
	last  bool
	deny  *Reply // the chunk is read, then refused
}

// receiveContent takes what belongs to the mail behind DATA off b.
func (s *Server) receiveContent(now time.Time, b []byte) (rest []byte) {
	c := &s.content
	var n int
	var done bool
	if c.tooLarge {
		n, done = c.unstuff.Skip(b)
	} else {
		c.data, n, done = c.unstuff.Append(c.data, b)
		s.limitContent()
	}
	if done {
		s.deliver(now, ".")
	}
	return b[n:]
}

// limitContent lets go of a mail that is too large; its rest is read and not kept.
func (s *Server) limitContent() {
	if int64(len(s.content.data)) > s.config.Limits.Size {
		s.content.tooLarge, s.content.data = true, nil
	}
}

// deliver ends a transaction: the backend takes responsibility, or the client keeps it (RFC 5321 §4.2.5, §6.1).
func (s *Server) deliver(now time.Time, verb string) {
	envelope, c := s.envelope, s.content
	envelope.At = now
	if c.unstuff.Lookalikes > 0 {
		s.fault(nil, errors.New("smtp: a lone dot between bare line feeds ends no mail (RFC 5321 §2.3.8, §4.1.1.4)"))
	}
	s.reset()
	// RFC 5321 §4.1.1.4: whatever the answer, the buffers are cleared.
	if rule, ok := FindRule(s.state, verb); ok {
		s.move(rule)
	}
	if c.tooLarge {
		s.send(552, "5.3.4", fmt.Sprintf("Message size exceeds the limit of %d bytes", s.config.Limits.Size))
		return
	}
	if s.answer(s.backend.Deliver(&envelope, c.data), 250, "2.0.0", "OK: the mail is accepted") {
		s.tell(&Taken{Envelope: &envelope, Size: len(c.data)})
	}
}

// bdat begins a chunk. Its bytes follow whatever the answer will be, so it is read even when it will be refused
// (RFC 3030 §2).
func (s *Server) bdat(c Command) {
	s.content.chunk, s.content.left, s.content.last, s.content.deny = true, c.Size, c.Last, nil
	if _, inOrder := FindRule(s.state, "BDAT"); !inOrder {
		s.content.deny = NewReply(503, "5.5.1", "BDAT comes behind an accepted RCPT")
	}
	if c.Size == 0 {
		s.endChunk(s.deadline.Add(-s.config.Limits.Timeout))
	}
}

// receiveChunk takes what belongs to a chunk off b.
func (s *Server) receiveChunk(now time.Time, b []byte) (rest []byte) {
	c := &s.content
	n := int(min(c.left, int64(len(b))))
	c.left -= int64(n)
	if c.deny == nil && !c.tooLarge {
		c.data = append(c.data, b[:n]...)
		s.limitContent()
	}
	if c.left == 0 {
		s.endChunk(now)
	}
	return b[n:]
}

func (s *Server) endChunk(now time.Time) {
	c := &s.content
	c.chunk = false
	switch {
	case c.deny != nil:
		s.sendReply(c.deny)
		s.countError()
	case c.last:
		s.deliver(now, "LAST")
	default:
		rule, _ := FindRule(s.state, "BDAT")
		s.send(250, "2.0.0", "Chunk received")
		s.move(rule)
	}
}
