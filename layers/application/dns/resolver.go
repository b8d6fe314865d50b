package dns

import (
	"mailwire/layers/application"
	"slices"
	"time"
)

// A Resolver asks one name server, again when no answer comes, and keeps what it learns for as long as the records allow.
// It is a machine of datagrams and events: whoever owns it sends what Output gives to the server's port 53 and hands
// over what comes back from there.
type Resolver struct {
	id      func() uint16
	pending []*inquiry
	out     [][]byte
	events  application.Queue[Event]
	cache   cache
	tickets int
}

// Tries is how often a question is sent, and Patience how long an answer to each try is waited for. RFC 1035 §4.2.1 leaves
// both to the resolver; many use 5 seconds.
const (
	Tries    = 3
	Patience = 5 * time.Second
)

// A Ticket is the number under which a question's answer will come.
type Ticket int

// An Event of a Resolver: [Answered] or [Retried].
type Event interface{ event() }

// Answered is the end of a question; each Ask has one.
type Answered struct {
	Ticket Ticket
	Answer Answer
}

// Retried says that a question was sent again because nothing came back.
type Retried struct {
	Question Question
	Try      int // this one, from 2
}

func (Answered) event() {}
func (Retried) event()  {}

// An Answer is what a question led to.
type Answer struct {
	Question   Question
	Code       Code     // NoError also for a name that exists but has no such record
	Records    []Record // of the answer section: the records asked for, behind the CNAME records that led to them
	Cached     bool     // no question was sent: an earlier answer still holds, its TTLs counted down
	Unanswered bool     // the server did not answer any try
	Truncated  bool     // the answer did not fit into a datagram; Records is empty
	Invalid    bool     // the name can't be one: nothing was asked
}

// Failed says that nothing is known: the caller should try later. A "no" (NameError, or no records) is an answer.
func (a Answer) Failed() bool {
	return a.Unanswered || a.Truncated || !a.Invalid && a.Code != NoError && a.Code != NameError
}

// Addresses is the addresses among the records.
func (a Answer) Addresses() []Address {
	var all []Address
	for _, r := range a.Records {
		if d, ok := r.Data.(Address); ok {
			all = append(all, d)
		}
	}
	return all
}

// An inquiry is a question that waits for its answer.
type inquiry struct {
	question Question
	tickets  []Ticket
	message  []byte
	id       uint16
	try      int
	deadline time.Time
}

// NewResolver returns a resolver with an empty cache. id gives the number of each new query; one that can't be guessed keeps
// forged answers out (RFC 5452 §9.1).
func NewResolver(id func() uint16) *Resolver { return &Resolver{id: id} }

// Ask asks for the records of a type at a name. The answer comes as an Answered event with the ticket, at once when the cache
// holds it. Two who ask the same at the same time share one query.
func (r *Resolver) Ask(now time.Time, name Name, t Type) Ticket {
	r.tickets++
	ticket := Ticket(r.tickets)
	q := Question{Name: name, Type: t, Class: ClassIN}
	if a, ok := r.cache.answer(now, q); ok {
		r.tell(Answered{ticket, a})
		return ticket
	}
	for _, p := range r.pending {
		if p.question.Same(q) {
			p.tickets = append(p.tickets, ticket)
			return ticket
		}
	}
	p := &inquiry{question: q, tickets: []Ticket{ticket}, id: r.freeID()}
	query := Message{ID: p.id, RecursionDesired: true, Questions: []Question{q}}
	var err error
	if p.message, err = query.Append(nil); err != nil {
		r.tell(Answered{ticket, Answer{Question: q, Code: NameError, Invalid: true}})
		return ticket
	}
	r.pending = append(r.pending, p)
	r.send(now, p)
	return ticket
}

// freeID is a number that no waiting question has.
func (r *Resolver) freeID() uint16 {
	id := r.id()
	for slices.ContainsFunc(r.pending, func(p *inquiry) bool { return p.id == id }) {
		id++
	}
	return id
}

func (r *Resolver) send(now time.Time, p *inquiry) {
	p.try++
	p.deadline = now.Add(Patience)
	r.out = append(r.out, p.message)
}

// Receive takes a datagram that came from the server's address and port. What is no answer to a waiting question is dropped:
// the number and the question must both be ours (RFC 5452 §9.1).
func (r *Resolver) Receive(now time.Time, datagram []byte) {
	m, err := Parse(slices.Clone(datagram)) // the cache keeps parts of it
	if err != nil || !m.Response || len(m.Questions) != 1 {
		return
	}
	at := slices.IndexFunc(r.pending, func(p *inquiry) bool { return p.id == m.ID && p.question.Same(m.Questions[0]) })
	if at < 0 {
		return
	}
	p := r.pending[at]
	a := Answer{Question: p.question, Code: m.Code}
	if m.Truncated {
		a.Truncated = true // RFC 2181 §9: what a truncated answer holds is not used
	} else {
		a.Records = m.Answers
		r.cache.keep(now, p.question, m)
	}
	r.finish(at, a)
}

func (r *Resolver) finish(at int, a Answer) {
	for _, t := range r.pending[at].tickets {
		r.tell(Answered{t, a})
	}
	r.pending = slices.Delete(r.pending, at, at+1)
}

// Output drains the next datagram to be sent to the server; nil when there is none.
func (r *Resolver) Output() []byte {
	if len(r.out) == 0 {
		return nil
	}
	b := r.out[0]
	r.out = r.out[1:]
	return b
}

// Next drains one event.
func (r *Resolver) Next() (Event, bool) { return r.events.Pop() }

func (r *Resolver) tell(e Event) { r.events.Push(&e) }

// Deadline is when Expire wants to be called; zero when no question waits.
func (r *Resolver) Deadline() time.Time {
	var first time.Time
	for _, p := range r.pending {
		if first.IsZero() || p.deadline.Before(first) {
			first = p.deadline
		}
	}
	return first
}

// Expire sends again what has waited too long, or gives it up.
func (r *Resolver) Expire(now time.Time) {
	for i := 0; i < len(r.pending); {
		p := r.pending[i]
		switch {
		case p.deadline.After(now):
			i++
		case p.try < Tries:
			r.send(now, p)
			r.tell(Retried{p.question, p.try})
			i++
		default:
			r.finish(i, Answer{Question: p.question, Unanswered: true})
		}
	}
}

// Forget empties the cache, as switching the device off does.
func (r *Resolver) Forget() { r.cache = cache{} }

// Cached is the questions whose answers are still kept at now, in the order in which they were learnt.
func (r *Resolver) Cached(now time.Time) []Question { return r.cache.questions(now) }
