package pop3

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// A TLSPolicy says when a [Collector] uses STLS.
type TLSPolicy uint8

// The policies.
const (
	NoTLS   TLSPolicy = iota
	TryTLS            // where it is offered
	NeedTLS           // always, or not at all
)

// A Plan says who a [Collector] logs in as, how, and what it does.
type Plan struct {
	User, Password string
	Auth           sasl.Policy // see [Client.Login]
	TLS            TLSPolicy
	Secure         bool          // the connection is inside TLS from its first byte (port 995)
	Patience       time.Duration // see [Client]
	Strategy       Strategy
}

// A Collector is one session of a client, from the greeting to QUIT: it logs in, lists the maildrop, does with each message what
// its strategy says, and says QUIT. It makes the best of servers without CAPA, UIDL or TOP.
type Collector struct {
	client  *Client
	plan    Plan
	now     time.Time
	then    map[Ticket]func(Result)
	events  application.Queue[Event]
	offers  []string // lines of CAPA
	count   int
	uids    map[int]string
	sizes   map[int]int64
	waiting []planned // to be fetched
	asked   int       // fetches without an answer
	untaken []planned // fetched, and the owner has not said that it has them
	noTop   bool      // the server does not know TOP
	chosen  bool      // what is to be done is known
	leaving bool      // QUIT has been said
	removed []string  // marked: unique ids
	failure error
	over    bool
}

type planned struct {
	Listed
	Choice
}

// A Surveyed event says what the maildrop holds. UIDs is nil where the server does not know UIDL.
type Surveyed struct {
	Count  int
	Octets int64
	UIDs   []string
}

func (e Surveyed) String() string { return fmt.Sprintf("surveyed: %s", described(e.Count, e.Octets)) }

// A Fetched event brings a message, or the top of one. The owner keeps it and then calls Taken.
type Fetched struct {
	Listed
	Whole bool
	Body  []byte // lines with their ends, as they came
}

func (e Fetched) String() string {
	return fmt.Sprintf("fetched: message %d, %d octets", e.Number, len(e.Body))
}

// A Skipped event says that the server did not give a message.
type Skipped struct {
	Listed
	Why Result
}

func (e Skipped) String() string {
	return fmt.Sprintf("skipped: message %d: %s", e.Number, e.Why.Text)
}

// A Finished event ends the session. Removed are the unique ids that QUIT has removed. With Err the session did not get as far as
// that, and nothing is removed, or not everything.
type Finished struct {
	Removed []string
	Err     error
}

func (e Finished) String() string {
	return fmt.Sprintf("finished: %d removed, error %v", len(e.Removed), e.Err)
}

// A Refused error is -ERR to a command without which the session can't go on.
type Refused struct{ Result Result }

func (e *Refused) Error() string {
	text := e.Result.Text
	if e.Result.Code != "" {
		text = "[" + e.Result.Code + "] " + text
	}
	return "pop3: " + e.Result.Verb + " is refused: " + text
}

var (
	errNoSTLS = errors.New("pop3: the server does not offer STLS and this client goes nowhere without (RFC 2595 §2.1)")
	errLost   = errors.New("pop3: the connection ended before QUIT was answered; nothing is certain (RFC 1939 §6)")
)

// fetchesAhead is how many messages are asked for before the first of them is here, where the server takes commands so.
const fetchesAhead = 8

// NewCollector begins a session on a connection that was just opened.
func NewCollector(now time.Time, p Plan) *Collector {
	c := &Collector{client: NewClient(now), plan: p, now: now, then: map[Ticket]func(Result){}, uids: map[int]string{}, sizes: map[int]int64{}}
	c.client.Patience, c.client.Secure = p.Patience, p.Secure
	return c
}

// Receive takes bytes from the layer below, however they were cut.
func (c *Collector) Receive(now time.Time, b []byte) {
	c.now = now
	c.client.Receive(now, b)
	c.step()
}

// Output drains the bytes owed to the layer below.
func (c *Collector) Output() []byte { return c.client.Output() }

// Next drains one event: StartTLS, Surveyed, Fetched, Skipped, PeerError, Finished.
func (c *Collector) Next() (Event, bool) { return c.events.Pop() }

func (c *Collector) tell(e Event) { c.events.Push(&e) }

// Deadline is when Expire wants to be called; zero when nothing is waited for.
func (c *Collector) Deadline() time.Time { return c.client.Deadline() }

// Expire gives up a server that has been silent for too long.
func (c *Collector) Expire(now time.Time) {
	c.client.Expire(now)
	c.step()
}

// Closing says that the connection is to be closed once Output is drained.
func (c *Collector) Closing() bool { return c.client.Closing() }

// Hangup tells that the connection is gone.
func (c *Collector) Hangup() {
	c.client.Hangup()
	c.step()
}

// Secured tells that TLS is up, after StartTLS. What the server said before is forgotten (RFC 2595 §4).
func (c *Collector) Secured() {
	c.client.Secured()
	c.ask(c.client.Capa(), c.capable)
	c.step()
}

// Taken tells that the owner has a fetched message safely; with why it has not, and the message stays on the server.
func (c *Collector) Taken(m Fetched, why error) {
	i := slices.IndexFunc(c.untaken, func(p planned) bool { return p.Number == m.Number })
	if i < 0 {
		return
	}
	p := c.untaken[i]
	c.untaken = slices.Delete(c.untaken, i, i+1)
	if why == nil && p.Remove && m.Whole {
		c.remove(p.Listed)
	}
	c.goOn()
	c.step()
}
