package imap

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// IdleRenewal is how long a client stays in IDLE before it begins anew, so that the server's autologout of 30 minutes
// never strikes (RFC 2177 §3).
const IdleRenewal = 29 * time.Minute

// A ClientConfig says what a client does by itself.
type ClientConfig struct {
	Timeout     time.Duration // how long the server may be silent while a command is in progress; 0: for ever
	ResponseMax int64         // bytes of one response with its literals; 0: 256 MiB
	TagPrefix   string        // "A" without it
	Secured     bool          // the connection is encrypted from its first byte
}

// A Client is one session, seen from the client. Its command methods ([Client.Login], [Client.Fetch] …) return the tag of
// the command at once; what comes of it arrives as events: [Told] for each untagged response, [Done] when the command is
// complete. Several commands may be in progress; one with a literal that has to wait holds back those behind it.
type Client struct {
	config       ClientConfig
	framer       framer
	events       application.Queue[ClientEvent]
	out          []byte
	now          time.Time
	waitingSince time.Time
	lastTag      int

	greeted      bool
	state        State
	capabilities []string
	modSeqs      modSeqs
	enabled      []string // extensions that the server has turned on (RFC 5161)
	learned      int      // how often capabilities have been told
	selected     Selection
	queue        []*request // not complete, in the order they were asked for
	idling       bool       // the server has said "+" to IDLE
	idleSince    time.Time
	held         bool // STARTTLS: what follows is not ours until Secured
	closing      bool
	broken       bool
}

// A request is a command on its way.
type request struct {
	tag, name string
	parts     [][]byte     // still to be sent, each after a "+" but the first
	learned   int          // Client.learned when the first part was sent
	begun     bool         // the first part has been sent
	barrier   bool         // nothing is sent behind it before it is complete
	mailbox   string       // of SELECT and EXAMINE
	done      bool         // of IDLE: DONE is to be sent as soon as may be
	auth      *sasl.Client // of AUTHENTICATE: answers each "+"
	renew     bool         // of IDLE: begin anew when it is complete
	series    *series      // what it is a step of; may be nil
}

// A Selection is what the client knows of its selected mailbox.
type Selection struct {
	Name                              string // "" while none is selected
	ReadOnly                          bool
	Exists, Recent                    uint32
	UIDValidity, UIDNext, FirstUnseen uint32
	HighestModSeq                     uint64 // up to which the server has told of all changes; 0 without mod-sequences
	Flags, PermanentFlags             []string
}

// A ClientEvent is something that a [Client] learned: *Told, *Done, *Idling, *ServerError.
type ClientEvent interface{ clientEvent() }

// Told is an untagged response or the greeting: the data a command asked for, or news. IMAP does not say which: a client
// must be ready for any data at any time (RFC 3501 §2.2.2).
type Told struct{ *Response }

// Done says that a command is complete.
type Done struct {
	Tag, Command string
	Status       string // OK, NO or BAD
	Code         *Code  // may be nil
	Text         string
}

// Idling says that the server has taken IDLE and will tell news at once.
type Idling struct{ Tag string }

// ServerError says that the server broke the protocol. Closed says that the session can't go on.
type ServerError struct {
	Line   string // at most its first 200 bytes: untrusted
	Why    error
	Closed bool
}

func (Told) clientEvent()        {}
func (Done) clientEvent()        {}
func (Idling) clientEvent()      {}
func (ServerError) clientEvent() {}

// OK says whether the command succeeded.
func (d Done) OK() bool { return d.Status == "OK" }

// NewClient returns a client that waits for the greeting.
func NewClient(now time.Time, config ClientConfig) *Client {
	if config.ResponseMax == 0 {
		config.ResponseMax = 256 << 20
	}
	if config.TagPrefix == "" {
		config.TagPrefix = "A"
	}
	return &Client{
		config: config, now: now, waitingSince: now, state: NotAuthenticated,
		framer: framer{lineMax: 16 << 20, isText: isTextLine},
	}
}

// State is the state of the session as the client knows it.
func (c *Client) State() State { return c.state }

// Selection is what is known of the selected mailbox.
func (c *Client) Selection() Selection { return c.selected }

// Enabled says whether the server has turned on an extension that [Client.Enable] has asked for.
func (c *Client) Enabled(extension string) bool { return HasFlag(c.enabled, extension) }

// Can says whether the server has told of a capability, such as "MOVE".
func (c *Client) Can(capability string) bool { return HasFlag(c.capabilities, capability) }

// Capabilities lists what the server has told that it can do, in its present state; nil when it has not told: who has
// logged in, or has begun TLS, asks by Capability then.
func (c *Client) Capabilities() []string { return c.capabilities }

// Receive takes bytes from the layer below, however they were cut.
func (c *Client) Receive(now time.Time, b []byte) {
	if c.now, c.waitingSince = now, now; c.broken || c.held {
		return
	}
	c.framer.feed(b)
	for !c.broken {
		found, ok := c.framer.next()
		if !ok {
			if int64(c.framer.size()) > c.config.ResponseMax {
				c.fail("", errors.New("imap: response too long"))
			}
			return
		}
		switch {
		case found.tooLong != nil:
			c.fail("", found.tooLong)
		case found.marker != nil:
			if found.marker.Length > c.config.ResponseMax {
				c.fail("", errors.New("imap: literal too long"))
			}
		default:
			c.response(found.text)
		}
	}
}

// Secured tells that the connection is encrypted now, after the Done of STARTTLS with OK.
func (c *Client) Secured(now time.Time) { c.now, c.held, c.config.Secured = now, false, true }

// Output takes the bytes owed to the layer below.
func (c *Client) Output() []byte {
	c.send()
	b := c.out
	c.out = nil
	return b
}

// Next returns the next thing that was learned.
func (c *Client) Next() (ClientEvent, bool) { return c.events.Pop() }

// Deadline is when Expire wants to be called; zero for never.
func (c *Client) Deadline() time.Time {
	switch {
	case c.broken || c.closing:
		return time.Time{}
	case c.idling:
		return c.idleSince.Add(IdleRenewal)
	case c.config.Timeout > 0 && (!c.greeted || len(c.queue) > 0):
		return c.waitingSince.Add(c.config.Timeout)
	}
	return time.Time{}
}

// Expire begins IDLE anew, or gives up a server that is silent.
func (c *Client) Expire(now time.Time) {
	c.now = now
	if due := c.Deadline(); due.IsZero() || now.Before(due) {
		return
	}
	if c.idling {
		c.queue[0].renew = true
		c.EndIdle()
		return
	}
	c.fail("", fmt.Errorf("imap: no answer within %v", c.config.Timeout))
}

// Closing says that the connection is to be closed: after LOGOUT or BYE, or because the server can't be understood.
func (c *Client) Closing() bool { return c.closing || c.broken }

// InProgress is how many commands are not complete.
func (c *Client) InProgress() int { return len(c.queue) }

func (c *Client) event(e ClientEvent) { c.events.Push(&e) }

func (c *Client) fail(line string, why error) {
	c.broken = true
	c.event(&ServerError{Line: line[:min(len(line), 200)], Why: why, Closed: true})
}

// send sends what may be sent.
func (c *Client) send() {
	if !c.greeted || c.broken || c.held {
		return
	}
	for i, r := range c.queue {
		if !r.begun {
			r.begun, r.learned = true, c.learned
			c.waitingSince = c.now
			if r.mailbox != "" && i == 0 {
				c.selected = Selection{} // a server without [CLOSED] tells all anew
			}
			c.out = append(c.out, r.parts[0]...)
			r.parts = r.parts[1:]
		}
		if len(r.parts) > 0 || r.barrier {
			return
		}
	}
}

// response takes one response of the server.
func (c *Client) response(line []byte) {
	var r Response
	d := NewDecoder(line)
	d.utf8 = c.speaksUTF8()
	if !d.Response(&r) {
		c.event(&ServerError{Line: string(line[:min(len(line), 200)]), Why: d.Err()})
		return
	}
	switch r.Tag {
	case "+":
		c.goOn(r.Text)
	case "*":
		c.told(&r)
	default:
		c.completed(&r)
	}
}

// goOn sends the next part of the command that waits for it.
func (c *Client) goOn(challenge string) {
	for _, r := range c.queue {
		if !r.begun {
			break
		}
		if len(r.parts) > 0 {
			c.out = append(c.out, r.parts[0]...)
			r.parts = r.parts[1:]
			return
		}
		if r.auth != nil {
			c.answer(r, challenge)
			return
		}
		if r.name == "IDLE" && !c.idling {
			c.idling, c.idleSince = true, c.now
			c.event(&Idling{r.tag})
			if r.done {
				c.EndIdle()
			}
			return
		}
	}
	c.event(&ServerError{Line: "+", Why: errors.New("imap: nothing waits for a continuation (RFC 3501 §7.5)")})
}

// issue takes a command that is written but for its line end.
func (c *Client) issue(name string, e *Encoder) *request {
	r := &request{tag: c.tag(), name: name}
	whole := append([]byte(r.tag+" "), e.CRLF().Bytes()...)
	from, shift := 0, len(r.tag)+1
	for _, at := range e.waits {
		r.parts = append(r.parts, whole[from:at+shift])
		from = at + shift
	}
	r.parts = append(r.parts, whole[from:])
	c.queue = append(c.queue, r)
	return r
}

func (c *Client) tag() string {
	c.lastTag++
	return c.config.TagPrefix + fmt.Sprintf("%03d", c.lastTag)
}

// literalMinus is how long a literal may be that does not wait, at a server that says LITERAL- (RFC 7888 §5).
const literalMinus = 4096

// encoder returns an encoder of a command that begins with its name.
func (c *Client) encoder(name string) *Encoder {
	plus := -1
	switch {
	case c.Can("LITERAL+"):
		plus = math.MaxInt
	case c.Can("LITERAL-"), c.Can("IMAP4rev2"):
		plus = literalMinus
	}
	e := newCommandEncoder(plus)
	e.utf8 = c.speaksUTF8()
	return e.Atom(strings.ToUpper(name))
}

// speaksUTF8 says whether names of mailboxes are in UTF-8, because the client has asked for it (RFC 9051 §5.1).
func (c *Client) speaksUTF8() bool { return c.Enabled("UTF8=ACCEPT") || c.Enabled("IMAP4rev2") }
