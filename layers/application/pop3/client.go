package pop3

import (
	"bytes"
	"encoding/base64"
	"strings"
	"time"

	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// A Client is one session, seen from the client. Its commands are queued; each ends in one Result, in the same order.
type Client struct {
	// Pipelining sends commands without waiting for the answers to those before them. Only for a server that announces
	// PIPELINING (RFC 2449 §6.6).
	Pipelining bool
	// Patience is how long a silent server is waited for; zero for ever.
	Patience time.Duration
	// Secure says that the connection is inside TLS. Secured sets it.
	Secure bool

	now      time.Time
	greeted  bool
	paused   bool // between the +OK to STLS and Secured
	over     bool
	queue    []*request // asked for, not answered; the first sent of them have gone out
	sent     int
	in       []byte
	scanner  scanner
	body     []byte
	reply    Reply
	inBody   bool
	out      []byte
	events   application.Queue[Event]
	deadline time.Time
	tickets  int
	stamp    string
}

// A Ticket is the number of a queued command; its Result carries it.
type Ticket int

type request struct {
	ticket  Ticket
	command Command
	depends bool         // not sent when the command before it has failed
	auth    *sasl.Client // of AUTH
	gaveUp  error        // why the client cancelled AUTH
}

// Greeted is the server's first line.
type Greeted struct {
	OK        bool
	Text      string
	Timestamp string // for APOP; "" when it is not offered
}

func (e Greeted) String() string { return "greeted: " + e.Text }

// maxBody is how long a mail may be before the client gives the server up.
const maxBody = 256 << 20

// NewClient returns a session that waits for the server's greeting.
func NewClient(now time.Time) *Client { return &Client{now: now} }

// ask queues a command, and sends it when its turn is now.
func (c *Client) ask(r *request) Ticket {
	c.add(r)
	c.flush()
	return r.ticket
}

func (c *Client) queued(verb string, args ...string) Ticket {
	return c.ask(&request{command: Command{Verb: verb, Args: args}})
}

func (c *Client) add(r *request) {
	c.tickets++
	r.ticket = Ticket(c.tickets)
	for _, a := range r.command.Args {
		if strings.ContainsAny(a, "\r\n") {
			c.tell(c.result(r, Result{Unsent: true}))
			return
		}
	}
	c.queue = append(c.queue, r)
	if c.over {
		c.lose()
	}
}

// flush sends what may be sent now.
func (c *Client) flush() {
	for c.greeted && !c.paused && !c.over && c.sent < len(c.queue) {
		if c.sent > 0 {
			before := c.queue[c.sent-1].command.Verb
			// What follows AUTH and STLS depends on their outcome, and behind QUIT comes nothing (RFC 2449 §6.6)
			if !c.Pipelining || c.queue[c.sent].depends || before == "AUTH" || before == "STLS" || before == "QUIT" {
				return
			}
		}
		c.out = c.queue[c.sent].command.Append(c.out)
		c.sent++
		c.wait()
	}
}

func (c *Client) wait() {
	if c.Patience > 0 {
		c.deadline = c.now.Add(c.Patience)
	}
}

// Receive takes bytes from the layer below, however they were cut.
func (c *Client) Receive(now time.Time, b []byte) {
	c.now = now
	c.wait()
	for len(b) > 0 && !c.over && !c.paused { // what comes in the clear behind the +OK to STLS could be anybody's
		if c.inBody {
			var n int
			var done bool
			c.body, n, done = c.scanner.scan(c.body, b)
			b = b[n:]
			switch {
			case done:
				c.finish(c.body)
			case len(c.body) > maxBody:
				c.broken("", "a reply without end")
			}
			continue
		}
		end := bytes.IndexByte(b, '\n') + 1
		if end == 0 {
			end = len(b)
		}
		c.in = append(c.in, b[:end]...)
		b = b[end:]
		switch {
		case c.in[len(c.in)-1] == '\n':
			line := bytes.TrimRight(c.in, "\r\n")
			c.in = c.in[:0]
			c.line(line)
		case len(c.in) > authLineMax:
			line := string(c.in[:80])
			c.in = c.in[:0]
			c.broken(line, "a line without end")
		}
	}
}

// line takes one line that is no part of a multi-line reply.
func (c *Client) line(line []byte) {
	r := ParseReply(line)
	switch {
	case r.Status == "":
		c.broken(string(line[:min(80, len(line))]), "neither +OK nor -ERR")
	case !c.greeted:
		c.greeted = true
		c.stamp = Timestamp(r.Text)
		c.tell(Greeted{r.Status == OK, r.Text, c.stamp})
		if r.Status != OK {
			c.Hangup()
		}
		c.flush()
	case c.sent == 0:
		c.broken(string(line[:min(80, len(line))]), "an answer that nobody asked for")
	case r.Status == Continue:
		c.respond(r.Text)
	default:
		c.reply = r
		c.inBody = r.Status == OK && c.queue[0].command.multiLine()
		if !c.inBody {
			c.finish(nil)
		}
	}
}

// respond answers a challenge of AUTH, or cancels (RFC 5034 §4).
func (c *Client) respond(challenge string) {
	r := c.queue[0]
	if r.auth == nil {
		c.broken(challenge[:min(80, len(challenge))], "a challenge that nobody asked for")
		return
	}
	text, err := sasl.Decode(challenge)
	var response []byte
	if err == nil {
		response, err = r.auth.Step(text)
	}
	line := base64.StdEncoding.EncodeToString(response)
	if err != nil {
		r.gaveUp, line = err, "*"
	}
	c.out = append(append(c.out, line...), "\r\n"...)
}

// finish ends the first command of the queue.
func (c *Client) finish(body []byte) {
	r := c.queue[0]
	ok := c.reply.Status == OK
	if ok && r.auth != nil {
		if err := r.auth.Finish(); err != nil {
			c.broken("", err.Error())
			return
		}
	}
	c.queue = c.queue[1:]
	c.sent--
	c.inBody, c.body = false, nil
	c.tell(c.result(r, Result{OK: ok, Code: c.reply.Code, Text: c.reply.Text, Body: body, Why: r.gaveUp}))
	switch {
	case r.command.Verb == "QUIT":
		c.Hangup()
	case r.command.Verb == "STLS" && ok:
		c.paused = true
		return
	case !ok:
		c.drop()
	}
	c.flush()
}

// drop takes back the commands that depend on the one that has just failed.
func (c *Client) drop() {
	for c.sent < len(c.queue) && c.queue[c.sent].depends {
		r := c.queue[c.sent]
		c.queue = append(c.queue[:c.sent], c.queue[c.sent+1:]...)
		c.tell(c.result(r, Result{Unsent: true}))
	}
}

func (c *Client) result(r *request, e Result) Result {
	e.Ticket, e.Verb = r.ticket, r.command.Verb
	switch e.Verb {
	case "LIST", "UIDL", "RETR", "DELE", "TOP":
		if len(r.command.Args) > 0 {
			e.Number, _ = number(r.command.Args[0])
		}
	}
	return e
}

// Secured tells that TLS is up after STLS.
func (c *Client) Secured() {
	c.paused, c.Secure = false, true
	c.flush()
}

func (c *Client) broken(line, why string) {
	c.tell(PeerError{Line: line, Why: why, Ref: "RFC 1939 §3"})
	c.Hangup()
}

// Hangup tells that the connection is gone, or is to be given up: what was not answered is lost.
func (c *Client) Hangup() {
	if !c.over {
		c.tellUnended()
	}
	c.over = true
	c.deadline = time.Time{}
	c.lose()
}

// tellUnended tells of a server that ends the connection within its last line: the end of a mail, perhaps, but who knows.
func (c *Client) tellUnended() {
	switch {
	case c.inBody && (c.scanner.place == afterDot || c.scanner.place == afterDotCR):
		c.tell(PeerError{Line: ".", Why: "the dot that may be the end of the reply has no CRLF", Ref: "RFC 1939 §3"})
	case !c.inBody && len(c.in) > 0:
		c.tell(PeerError{Line: string(c.in[:min(80, len(c.in))]), Why: "the last line has no CRLF", Ref: "RFC 1939 §3"})
	}
}

func (c *Client) lose() {
	for i, r := range c.queue {
		e := Result{Lost: true}
		if i == 0 && c.inBody {
			e.Body = c.body
		}
		c.tell(c.result(r, e))
	}
	c.queue, c.sent, c.inBody, c.body = nil, 0, false, nil
}

// Output drains the bytes owed to the layer below.
func (c *Client) Output() []byte { b := c.out; c.out = nil; return b }

// Next drains one event.
func (c *Client) Next() (Event, bool) { return c.events.Pop() }

func (c *Client) tell(e Event) { c.events.Push(&e) }

// Deadline is when Expire wants to be called; zero when nothing is waited for.
func (c *Client) Deadline() time.Time {
	switch {
	case c.over || c.Patience <= 0 || c.greeted && c.sent == 0:
		return time.Time{}
	case c.deadline.IsZero():
		return c.now.Add(c.Patience) // since NewClient
	}
	return c.deadline
}

// Expire gives up a server that has been silent for longer than Patience.
func (c *Client) Expire(now time.Time) {
	if d := c.Deadline(); !d.IsZero() && !now.Before(d) {
		c.Hangup()
	}
}

// Closing says that the connection is to be closed once Output is drained.
func (c *Client) Closing() bool { return c.over }

// Waiting is how many commands have no result yet.
func (c *Client) Waiting() int { return len(c.queue) }

// Receiving is the command whose multi-line answer is being received, and how many octets of it are here; "" for none.
func (c *Client) Receiving() (verb string, octets int) {
	if !c.inBody {
		return "", 0
	}
	return c.queue[0].command.Verb, len(c.body)
}
