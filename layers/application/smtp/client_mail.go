package smtp

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// A transaction is a mail on its way out.
type transaction struct {
	mail    *Outgoing
	data    []byte // as it goes over the wire, without doubled dots
	sender  *Reply
	answers []*Reply
	sent    int // RCPTs sent
	from    int // bytes of data sent in chunks
}

func newTransaction(mail *Outgoing) *transaction {
	return &transaction{mail: mail, data: mail.Data, answers: make([]*Reply, len(mail.To))}
}

func (t *transaction) result(final *Reply, why error) *Delivered {
	return &Delivered{Mail: t.mail, Sender: t.sender, Recipients: t.answers, Final: final, Why: why}
}

// accepted says whether anybody is to get the mail.
func (t *transaction) accepted() bool {
	return slices.ContainsFunc(t.answers, func(r *Reply) bool { return r != nil && r.Class() == 2 })
}

// lastRefusal is why nobody will get the mail: the answer to MAIL, or that to the last recipient.
func (t *transaction) lastRefusal() *Reply {
	if t.sender != nil && t.sender.Class() != 2 {
		return t.sender
	}
	for _, r := range slices.Backward(t.answers) {
		if r != nil {
			return r
		}
	}
	return t.sender
}

// transact begins to hand over a mail.
func (c *Client) transact(now time.Time, mail *Outgoing) {
	t := newTransaction(mail)
	if !mail.Raw && !mail.Binary {
		t.data = lines(mail.Data)
	}
	line, err := c.mailLine(t)
	if err != nil || len(mail.To) == 0 {
		c.tell(t.result(nil, errors.Join(err, noRecipient(mail))))
		c.rest(now)
		return
	}
	c.current = t
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

func noRecipient(mail *Outgoing) error {
	if len(mail.To) == 0 {
		return errors.New("smtp: a mail needs a recipient (RFC 5321 §3.3)")
	}
	return nil
}

// transactInOneGo sends MAIL, all RCPTs and DATA without waiting between (RFC 2920 §3.1).
func (c *Client) transactInOneGo(now time.Time, t *transaction, line string) {
	c.command(now, line, func(_ time.Time, r *Reply) { t.sender = r })
	for i := range t.mail.To {
		c.command(now, c.rcptLine(&t.mail.To[i]), func(now time.Time, r *Reply) {
			t.answers[i] = r
			if i == len(t.mail.To)-1 && c.chunking(t) {
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
	if t.sent == len(t.mail.To) {
		c.endRecipients(now)
		return
	}
	i := t.sent
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

func (c *Client) finish(now time.Time, final *Reply, why error) {
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
