package pop3

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// A Client is one session, seen from the client. Its commands are queued; each ends in one Result, in the same order.
type Client struct {
	// Pipelining sends commands without waiting for the answers to those before them. Only for a server that announces
	// PIPELINING (RFC 2449 §6.6).
	Pipelining bool
	// Patience is how long a silent server is waited for; zero for ever.
	Patience time.Duration

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
	events   []Event
	deadline time.Time
	tickets  int
	stamp    string
}

// A Ticket is the number of a queued command; its Result carries it.
type Ticket int

type request struct {
	ticket    Ticket
	command   Command
	responses []string // what to say to the challenges of AUTH, before base64
	password  string   // of CRAM-MD5, whose response depends on the challenge
}

// Greeted is the server's first line.
type Greeted struct {
	OK        bool
	Text      string
	Timestamp string // for APOP; "" when it is not offered
}

func (e Greeted) String() string { return "greeted: " + e.Text }

// A Result is how a command ended.
type Result struct {
	Ticket Ticket
	Verb   string
	Number int  // the message that the command named; 0 for none
	OK     bool // the server said +OK
	Lost   bool // the connection ended before the answer was whole
	Unsent bool // an argument holds a line end: it would be another command, so nothing was sent
	Code   string
	Text   string
	Body   []byte // of a multi-line answer: its lines with their CRLF, dots as they were
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

// maxBody is how long a mail may be before the client gives the server up.
const maxBody = 256 << 20

// NewClient returns a session that waits for the server's greeting.
func NewClient(now time.Time) *Client { return &Client{now: now} }

// User, Pass and the other methods queue the command of their name and return the ticket of its result. A number of zero asks
// List and Uidl about all messages.
func (c *Client) User(name string) Ticket     { return c.queued("USER", name) }
func (c *Client) Pass(password string) Ticket { return c.queued("PASS", password) }
func (c *Client) Stat() Ticket                { return c.queued("STAT") }
func (c *Client) Retr(n int) Ticket           { return c.queued("RETR", strconv.Itoa(n)) }
func (c *Client) Dele(n int) Ticket           { return c.queued("DELE", strconv.Itoa(n)) }
func (c *Client) Noop() Ticket                { return c.queued("NOOP") }
func (c *Client) Rset() Ticket                { return c.queued("RSET") }
func (c *Client) Capa() Ticket                { return c.queued("CAPA") }
func (c *Client) Quit() Ticket                { return c.queued("QUIT") }

// List asks for the size of message n, or of all.
func (c *Client) List(n int) Ticket { return c.queued("LIST", oneOrAll(n)...) }

// Uidl asks for the unique id of message n, or of all.
func (c *Client) Uidl(n int) Ticket { return c.queued("UIDL", oneOrAll(n)...) }

// Top asks for the header of message n and the first lines of its body.
func (c *Client) Top(n, lines int) Ticket {
	return c.queued("TOP", strconv.Itoa(n), strconv.Itoa(lines))
}

// Stls asks to go on in TLS. After a Result that is OK the owner starts it and calls Secured; until then nothing is sent.
func (c *Client) Stls() Ticket { return c.queued("STLS") }

// Apop logs in with a digest. It is queued after the greeting, whose timestamp it needs.
func (c *Client) Apop(user, password string) Ticket {
	return c.queued("APOP", user, Digest(c.stamp, password))
}

// AuthPlain logs in with AUTH PLAIN, the response beside the command (RFC 4616, RFC 5034 §4).
func (c *Client) AuthPlain(user, password string) Ticket {
	response := "\x00" + user + "\x00" + password
	r := &request{command: Command{Verb: "AUTH", Args: []string{"PLAIN", base64.StdEncoding.EncodeToString([]byte(response))}}}
	if len(r.command.Append(nil)) > MaxCommand {
		// RFC 5034 §4: a response that would make the line too long waits for the server's empty challenge
		r.command.Args, r.responses = r.command.Args[:1], []string{response}
	}
	return c.ask(r)
}

// AuthLogin logs in with AUTH LOGIN.
func (c *Client) AuthLogin(user, password string) Ticket {
	return c.ask(&request{command: Command{Verb: "AUTH", Args: []string{"LOGIN"}}, responses: []string{user, password}})
}

// AuthCRAM logs in with AUTH CRAM-MD5.
func (c *Client) AuthCRAM(user, password string) Ticket {
	return c.ask(&request{command: Command{Verb: "AUTH", Args: []string{"CRAM-MD5"}}, responses: []string{user}, password: password})
}

// ask queues a command, and sends it when its turn is now.
func (c *Client) ask(r *request) Ticket {
	c.add(r)
	c.flush()
	return r.ticket
}

func oneOrAll(n int) []string {
	if n == 0 {
		return nil
	}
	return []string{strconv.Itoa(n)}
}

func (c *Client) queued(verb string, args ...string) Ticket {
	return c.ask(&request{command: Command{Verb: verb, Args: args}})
}

func (c *Client) add(r *request) {
	c.tickets++
	r.ticket = Ticket(c.tickets)
	for _, a := range r.command.Args {
		if strings.ContainsAny(a, "\r\n") {
			c.events = append(c.events, c.result(r, Result{Unsent: true}))
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
			if !c.Pipelining || before == "AUTH" || before == "STLS" || before == "QUIT" {
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
		case len(c.in) > maxAuth:
			c.broken(string(c.in[:80]), "a line without end")
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
		c.events = append(c.events, Greeted{r.Status == OK, r.Text, c.stamp})
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

// respond answers a challenge of AUTH; a challenge too many is answered with the line that cancels (RFC 5034 §4).
func (c *Client) respond(challenge string) {
	r := c.queue[0]
	if len(r.responses) == 0 {
		c.out = append(c.out, "*\r\n"...)
		return
	}
	response := r.responses[0]
	r.responses = r.responses[1:]
	if r.password != "" {
		words, _ := base64.StdEncoding.DecodeString(challenge)
		response += " " + keyed(string(words), r.password)
	}
	c.out = append(base64.StdEncoding.AppendEncode(c.out, []byte(response)), "\r\n"...)
}

// finish ends the first command of the queue.
func (c *Client) finish(body []byte) {
	r := c.queue[0]
	c.queue = c.queue[1:]
	c.sent--
	c.inBody, c.body = false, nil
	c.events = append(c.events, c.result(r, Result{OK: c.reply.Status == OK, Code: c.reply.Code, Text: c.reply.Text, Body: body}))
	switch {
	case r.command.Verb == "QUIT":
		c.Hangup()
	case r.command.Verb == "STLS" && c.reply.Status == OK:
		c.paused = true
		return
	}
	c.flush()
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
	c.paused = false
	c.flush()
}

func (c *Client) broken(line, why string) {
	c.events = append(c.events, PeerError{Line: line, Why: why, Ref: "RFC 1939 §3"})
	c.Hangup()
}

// Hangup tells that the connection is gone, or is to be given up: what was not answered is lost.
func (c *Client) Hangup() {
	c.over = true
	c.deadline = time.Time{}
	c.lose()
}

func (c *Client) lose() {
	for _, r := range c.queue {
		c.events = append(c.events, c.result(r, Result{Lost: true}))
	}
	c.queue, c.sent, c.inBody, c.body = nil, 0, false, nil
}

// Output drains the bytes owed to the layer below.
func (c *Client) Output() []byte { b := c.out; c.out = nil; return b }

// Next drains one event.
func (c *Client) Next() (Event, bool) {
	if len(c.events) == 0 {
		return nil, false
	}
	e := c.events[0]
	c.events = c.events[1:]
	return e, true
}

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
