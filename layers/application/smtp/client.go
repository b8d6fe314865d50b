package smtp

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// A ClientConfig says who a client is and how it wants to speak.
type ClientConfig struct {
	Hostname     string      // said behind EHLO: a domain or an address literal; "" is [127.0.0.1]
	User         string      // logs in when not ""
	Password     string      //
	Auth         sasl.Policy // how it may log in
	TLS          TLSPolicy   // what to do about STARTTLS
	Encrypted    bool        // TLS was running from the first byte (port 465)
	OnlyHELO     bool        // a client from before 1993
	NoPipelining bool        // each command waits for the answer to the one before
	ChunkSize    int         // use BDAT where CHUNKING is offered, with chunks of so many bytes; 0: DATA
}

// A TLSPolicy says when a client uses STARTTLS.
type TLSPolicy uint8

// The policies.
const (
	NoTLS   TLSPolicy = iota
	TryTLS            // where it is offered, as servers do among each other (RFC 7435)
	NeedTLS           // always, or not at all
)

// An Outgoing is a mail that a client is to hand over.
type Outgoing struct {
	From   Path
	To     []Recipient // at least one
	Return Return      // what a report of failure should carry; said where DSN is offered
	ID     string      // the envelope's own name; said where DSN is offered
	Params []Param     // of MAIL, beside SIZE, BODY, SMTPUTF8, RET and ENVID, which the client adds where they are offered and needed
	UTF8   bool        // it came by SMTPUTF8 and must go on by it (RFC 6531 §3.2)
	Binary bool        // Data is no text of lines: it goes with BINARYMIME, or not at all (RFC 3030 §3)
	Data   []byte      // header and body, not dot-stuffed; must not change until it is delivered
	Raw    bool        // send Data as it is, without dot stuffing or care for line ends: for lessons on what that does
}

// A Client is one session on the client's side. It introduces itself as soon as it is greeted, and then does what it is
// asked for, in order: see Send, Do and Quit.
type Client struct {
	config ClientConfig
	phase  phase
	offers Extensions

	in     []byte // of a line
	reply  *Reply // of which the last line has not come
	size   int    // of the reply so far
	out    []byte
	source source
	events application.Queue[Event]

	tasks    []task
	expected []expectation // answers that are owed, oldest first
	current  *transaction
	auth     *sasl.Client
	deadline time.Time
}

type phase uint8

const (
	greeting phase = iota
	introducing
	securing
	loggingIn
	idle
	working // on a task
	closed
)

// A task is what the owner asked for: a mail, a command line, or QUIT.
type task struct {
	mail *Outgoing
	line string
}

// An expectation is an answer that the server owes.
type expectation struct {
	line string // the command; "" the greeting, "." the mail's end
	then func(now time.Time, r *Reply)
}

// NewClient begins a session on a connection that was just opened.
func NewClient(now time.Time, config ClientConfig) *Client {
	if config.Hostname == "" {
		config.Hostname = "[127.0.0.1]"
	}
	c := &Client{config: config}
	c.expect(now, "", c.greeted)
	return c
}

// Send asks the client to hand over a mail. *Delivered tells what became of it.
func (c *Client) Send(now time.Time, mail *Outgoing) { c.ask(now, task{mail: mail}) }

// Do asks the client to send one command line as it is. *Answered tells the answer.
func (c *Client) Do(now time.Time, line string) { c.ask(now, task{line: line}) }

// Quit asks the client to say QUIT when all else is done.
func (c *Client) Quit(now time.Time) { c.ask(now, task{line: "QUIT"}) }

// Content sends a mail's bytes after Do(now, "DATA") was answered 354; raw leaves the dots and line ends alone.
func (c *Client) Content(now time.Time, data []byte, raw bool) {
	if c.phase == closed {
		return
	}
	c.phase = working
	c.source = source{rest: data, raw: raw, dot: true}
	c.expect(now, ".", func(now time.Time, r *Reply) { c.rest(now) })
}

func (c *Client) ask(now time.Time, t task) {
	if c.phase == closed {
		if t.mail != nil {
			c.tell(newTransaction(t.mail).result(nil, errEnded))
		}
		return
	}
	c.tasks = append(c.tasks, t)
	if c.phase == idle {
		c.rest(now)
	}
}

var errEnded = errors.New("smtp: the session is over")

// Offers is what the server's answer to EHLO offered last.
func (c *Client) Offers() Extensions { return c.offers }

// Output returns the next bytes owed to the server, at most 64 KiB of a mail at a time; nil when there are none now.
func (c *Client) Output() []byte {
	out := c.out
	c.out = nil
	if len(out) == 0 && !c.source.done() {
		out = c.source.next(out)
	}
	return out
}

// Next returns what happened next.
func (c *Client) Next() (Event, bool) { return c.events.Pop() }

// Closing says that the connection is to be closed.
func (c *Client) Closing() bool { return c.phase == closed }

// Deadline is when Expire wants to be called; zero: never.
func (c *Client) Deadline() time.Time {
	if c.phase == closed || len(c.expected) == 0 {
		return time.Time{}
	}
	return c.deadline
}

// Expire gives up when the server has been silent for too long (RFC 5321 §4.5.3.2).
func (c *Client) Expire(now time.Time) {
	if d := c.Deadline(); !d.IsZero() && !now.Before(d) {
		c.end(fmt.Errorf("smtp: no answer to %q in time (RFC 5321 §4.5.3.2)", c.expected[0].line))
	}
}

// End tells that the connection is gone; why is nil for an orderly close by the server.
func (c *Client) End(now time.Time, why error) {
	if c.phase == closed {
		return
	}
	if why == nil {
		why = errors.New("smtp: the server closed the connection")
	}
	c.end(why)
}

// Secured tells that TLS is running. What the server said before is forgotten (RFC 3207 §4.2).
func (c *Client) Secured(now time.Time) {
	c.config.Encrypted, c.in, c.reply = true, nil, nil
	c.offers = Extensions{}
	c.introduce(now)
}

// Receive takes the server's next bytes.
func (c *Client) Receive(now time.Time, b []byte) {
	for len(b) > 0 && c.phase != closed && c.phase != securing {
		part, rest, ended := bytes.Cut(b, []byte("\n"))
		b = rest
		c.in = append(c.in, part...)
		if c.size += len(part); c.size > replyMax {
			c.end(errors.New("smtp: the server's answer has no end"))
			return
		}
		if ended {
			line := string(bytes.TrimSuffix(c.in, []byte("\r")))
			c.in = c.in[:0]
			c.receiveLine(now, line)
		}
	}
}

// replyMax is how long an answer may be: far more than RFC 5321 §4.5.3.1.5 asks for.
const replyMax = 64 << 10

func (c *Client) receiveLine(now time.Time, line string) {
	l, err := ParseReplyLine(line)
	if err != nil {
		c.tell(&PeerError{Line: line[:min(len(line), 512)], Why: err})
		c.end(err)
		return
	}
	switch {
	case c.reply == nil:
		c.reply = &Reply{Code: l.Code, Enhanced: l.Enhanced}
	case c.reply.Code != l.Code:
		// RFC 5321 §4.2.1: all lines have one code. Who cares for it in the last line alone, as some do, goes by that one.
		c.tell(&PeerError{Line: line[:min(len(line), 512)], Why: errCodes})
		c.reply.Code, c.reply.Enhanced = l.Code, l.Enhanced
	}
	c.reply.Lines = append(c.reply.Lines, l.Text)
	if l.More {
		return
	}
	r := c.reply
	c.reply, c.size = nil, 0
	c.answered(now, r)
}

var errCodes = errors.New("smtp: the lines of an answer differ in their code (RFC 5321 §4.2.1)")

// answered pairs an answer with the oldest command that lacks one.
func (c *Client) answered(now time.Time, r *Reply) {
	if len(c.expected) == 0 {
		// RFC 5321 §3.8: a 421 may come unasked.
		c.tell(&Answered{Reply: r})
		c.end(r)
		return
	}
	e := c.expected[0]
	c.expected = c.expected[1:]
	c.tell(&Answered{Command: e.line, Reply: r})
	if len(c.expected) > 0 {
		c.deadline = now.Add(c.patience(c.expected[0].line))
	}
	if r.Code == 421 {
		c.end(r)
		return
	}
	e.then(now, r)
}

// command sends a line; then is called with the answer.
func (c *Client) command(now time.Time, line string, then func(time.Time, *Reply)) {
	c.out = append(append(c.out, line...), '\r', '\n')
	c.tell(&Sent{Line: line})
	c.expect(now, line, then)
}

func (c *Client) expect(now time.Time, line string, then func(time.Time, *Reply)) {
	c.expected = append(c.expected, expectation{line, then})
	if len(c.expected) == 1 {
		c.deadline = now.Add(c.patience(line))
	}
}

// patience is how long the client waits for an answer (RFC 5321 §4.5.3.2.1 to §4.5.3.2.6).
func (c *Client) patience(line string) time.Duration {
	switch {
	case line == "DATA":
		return 2 * time.Minute
	case line == ".":
		// Three minutes for each block of the mail, ten for the answer.
		return 10*time.Minute + time.Duration(len(c.source.rest)/blockSize+1)*3*time.Minute
	}
	return 5 * time.Minute
}

func (c *Client) tell(e Event) { c.events.Push(&e) }

// rest goes on with the next task, or waits for one.
func (c *Client) rest(now time.Time) {
	if c.phase == closed {
		return
	}
	c.phase = idle
	if len(c.tasks) == 0 {
		return
	}
	t := c.tasks[0]
	c.tasks = c.tasks[1:]
	c.phase = working
	switch {
	case t.mail != nil:
		c.transact(now, t.mail)
	case t.line == "QUIT":
		c.quit(now, nil)
	default:
		c.command(now, t.line, func(now time.Time, r *Reply) { c.rest(now) })
	}
}

// quit says QUIT and closes when it is answered; why is what made the client leave, or nil.
func (c *Client) quit(now time.Time, why error) {
	c.command(now, "QUIT", func(time.Time, *Reply) { c.end(why) })
}

// giveUp leaves in good manners because of a refusal that concerns the whole session.
func (c *Client) giveUp(now time.Time, why error) {
	c.failAll(why)
	c.quit(now, why)
}

// failAll tells of all mails that they were not sent.
func (c *Client) failAll(why error) {
	if c.current != nil {
		c.tell(c.current.result(nil, why))
		c.current = nil
	}
	for _, t := range c.tasks {
		if t.mail != nil {
			c.tell(newTransaction(t.mail).result(nil, why))
		}
	}
	c.tasks = nil
}

func (c *Client) end(why error) {
	if c.phase == closed {
		return
	}
	c.phase = closed
	c.source, c.in, c.expected = source{}, nil, nil
	if why == nil {
		c.failAll(errEnded)
	} else {
		c.failAll(why)
	}
	c.tell(&Ended{Why: why})
}
