package smtp

import (
	"fmt"
	"slices"
	"time"
)

// transact begins to hand over a mail.
func (c *Client) transact(now time.Time, mail *Outgoing) {
	t := newTransaction(mail)
	line, err := c.mailLine(t)
	if err == nil {
		err = c.checkRecipients(mail)
	}
	if err != nil {
		c.tell(t.result(nil, err))
		c.rest(now)
		return
	}
	c.current = t
	c.beginRound(now, line)
}

// beginRound sends MAIL and what follows it.
func (c *Client) beginRound(now time.Time, line string) {
	t := c.current
	if !c.config.NoPipelining && c.offers.Has("PIPELINING") {
		c.transactInOneGo(now, t, line)
		return
	}
	c.command(now, line, func(now time.Time, r *Reply) {
		if t.sender = r; r.Class() != 2 {
			c.abandon(now, r)
			return
		}
		c.nextRecipient(now)
	})
}

// transactInOneGo sends MAIL, all RCPTs and DATA without waiting between (RFC 2920 §3.1).
func (c *Client) transactInOneGo(now time.Time, t *transaction, line string) {
	c.command(now, line, func(_ time.Time, r *Reply) { t.sender = r })
	for k, i := range t.round {
		c.command(now, c.rcptLine(&t.mail.To[i]), func(now time.Time, r *Reply) {
			t.answers[i] = r
			if k == len(t.round)-1 && c.chunking(t) {
				c.endRecipients(now)
			}
		})
	}
	if !c.chunking(t) {
		c.command(now, "DATA", c.mayContent)
	}
}

func (c *Client) nextRecipient(now time.Time) {
	t := c.current
	if t.sent == len(t.round) {
		c.endRecipients(now)
		return
	}
	i := t.round[t.sent]
	t.sent++
	c.command(now, c.rcptLine(&t.mail.To[i]), func(now time.Time, r *Reply) {
		t.answers[i] = r
		c.nextRecipient(now)
	})
}

// endRecipients goes on to the content when anybody is to get it.
func (c *Client) endRecipients(now time.Time) {
	switch {
	case !c.current.accepted():
		c.abandon(now, c.current.lastRefusal())
	case c.chunking(c.current):
		c.nextChunk(now)
	default:
		c.command(now, "DATA", c.mayContent)
	}
}

// mayContent takes the answer to DATA.
func (c *Client) mayContent(now time.Time, r *Reply) {
	t := c.current
	if r.Code != 354 {
		if refusal := t.lastRefusal(); !t.accepted() && refusal != nil {
			r = refusal
		}
		c.abandon(now, r)
		return
	}
	if !t.accepted() {
		// RFC 2920 §3.1: all recipients were refused and the server wants a mail all the same: it gets an empty one.
		c.source = source{dot: true}
		c.expect(now, ".", func(now time.Time, r *Reply) { c.finish(now, r, t.lastRefusal()) })
		return
	}
	c.source = source{rest: t.data, raw: t.mail.Raw, dot: true}
	c.expect(now, ".", c.decided)
}

// decided takes the answer that says who is responsible now.
func (c *Client) decided(now time.Time, r *Reply) {
	if !c.source.done() {
		// The answer came before the mail's end: what the server would take the rest for, nobody knows.
		c.tell(c.current.result(r, r))
		c.current = nil
		c.end(r)
		return
	}
	if r.Class() != 2 {
		c.finish(now, r, r)
		return
	}
	c.finish(now, r, nil)
}

// finish ends a round: with another one for the recipients who were too many in this one, or with the mail.
func (c *Client) finish(now time.Time, final *Reply, why error) {
	if t := c.current; why == nil && t.again(final) {
		line, err := c.mailLine(t)
		if err == nil {
			c.beginRound(now, line)
			return
		}
	}
	c.tell(c.current.result(final, why))
	c.current = nil
	c.rest(now)
}

// abandon ends a transaction that the server refused, so that another can follow.
func (c *Client) abandon(now time.Time, r *Reply) {
	c.tell(c.current.result(r, r))
	c.current = nil
	if len(c.tasks) > 0 && c.tasks[0].mail == nil {
		c.rest(now)
		return
	}
	c.command(now, "RSET", func(now time.Time, _ *Reply) { c.rest(now) })
}

// chunking says whether the mail goes by BDAT.
func (c *Client) chunking(t *transaction) bool {
	return t.mail.Binary || c.config.ChunkSize > 0 && c.offers.Has("CHUNKING")
}

// nextChunk sends one chunk with BDAT (RFC 3030 §2).
func (c *Client) nextChunk(now time.Time) {
	t := c.current
	size := c.config.ChunkSize
	if size <= 0 {
		size = blockSize
	}
	n := min(size, len(t.data)-t.from)
	chunk, last := t.data[t.from:t.from+n], t.from+n == len(t.data)
	t.from += n
	line := fmt.Sprintf("BDAT %d", n)
	if last {
		line += " LAST"
	}
	c.command(now, line, func(now time.Time, r *Reply) {
		switch {
		case last:
			c.decided(now, r)
		case r.Class() != 2:
			c.abandon(now, r)
		default:
			c.nextChunk(now)
		}
	})
	c.source = source{rest: chunk, raw: true}
}

// blockSize is how much of a mail Output makes at a time.
const blockSize = 64 << 10

// A source makes the bytes of a mail as they go over the wire, block by block.
type source struct {
	rest    []byte
	raw     bool
	dot     bool // CRLF.CRLF is still to come
	stuffer Stuffer
	last    byte
}

func (s *source) done() bool { return len(s.rest) == 0 && !s.dot }

func (s *source) next(dst []byte) []byte {
	block := s.rest[:min(len(s.rest), blockSize)]
	s.rest = s.rest[len(block):]
	dst = slices.Grow(dst, len(block)+len(block)/16+len("\r\n.\r\n"))
	if s.raw {
		dst = append(dst, block...)
	} else {
		dst = s.stuffer.Append(dst, block)
	}
	if len(block) > 0 {
		s.last = block[len(block)-1]
	}
	if len(s.rest) > 0 || !s.dot {
		return dst
	}
	s.dot = false
	if s.raw && s.last != 0 && s.last != '\n' {
		dst = append(dst, "\r\n"...)
	}
	if s.raw {
		return append(dst, ".\r\n"...)
	}
	return s.stuffer.End(dst)
}
