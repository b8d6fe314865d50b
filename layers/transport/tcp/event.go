package tcp

import (
	"errors"

	"mailwire/layers"
)

// An EventKind says what an [Event] tells.
type EventKind uint8

// The kinds of events.
const (
	StateChanged      EventKind = iota + 1 // From, To, Ref
	Opened                                 // the handshake is done: data may flow
	DataReady                              // Read has bytes for the program
	PeerClosed                             // the peer's FIN arrived: Read will end with io.EOF
	WriteReady                             // Write, which took less than it was given, has room again
	Finished                               // the connection is over; Reason says how. Always the last event
	TimedOut                               // the retransmission timer ran out; Seq, Len are sent again
	FastRetransmitted                      // duplicate acknowledgements showed a loss; Seq, Len are sent again
	Recovered                              // everything sent before the loss is acknowledged
	WindowClosed                           // the peer's window is zero and there is data to send
	Probed                                 // a zero window or an idle peer was asked whether it is still there
	Challenged                             // a reset or SYN that could be forged was answered, not obeyed (RFC 5961)
)

// String is the kind's name as in the note "tcp.event.<name>".
func (k EventKind) String() string {
	switch k {
	case StateChanged:
		return "state-changed"
	case Opened:
		return "opened"
	case DataReady:
		return "data-ready"
	case PeerClosed:
		return "peer-closed"
	case WriteReady:
		return "write-ready"
	case Finished:
		return "finished"
	case TimedOut:
		return "timed-out"
	case FastRetransmitted:
		return "fast-retransmitted"
	case Recovered:
		return "recovered"
	case WindowClosed:
		return "window-closed"
	case Probed:
		return "probed"
	case Challenged:
		return "challenged"
	}
	return "?"
}

// An Event is something that happened to a connection. Which fields hold depends on Kind.
type Event struct {
	Kind     EventKind
	From, To State  // StateChanged
	Ref      string // StateChanged: the rule that was obeyed
	Reason   Reason // Finished
	Seq      Seq    // raw number of the first byte concerned
	Len      int    // bytes concerned
}

// Note is the event as a note that the lexicon explains; ok is false for events that say nothing to people.
func (e Event) Note() (n layers.Note, ok bool) {
	switch e.Kind {
	case StateChanged:
		return layers.N("tcp.event.state-changed", layers.A("from", layers.String(e.From.String())), layers.A("to", layers.String(e.To.String()))), true
	case TimedOut, FastRetransmitted:
		return layers.N("tcp.event."+e.Kind.String(), layers.A("count", layers.Int(e.Len))), true
	case Finished:
		return layers.N("tcp.reason." + e.Reason.String()), true
	case Recovered, WindowClosed, Probed, Challenged:
		return layers.N("tcp.event." + e.Kind.String()), true
	}
	return layers.Note{}, false
}

// A Reason says how a connection ended.
type Reason uint8

// The reasons.
const (
	NotFinished Reason = iota
	Orderly            // both sides said FIN and know that the other knows
	Refused            // the peer answered the SYN with a reset
	ResetByPeer        // a reset arrived
	Aborted            // this side reset it
	GaveUp             // the peer did not answer for as long as the settings allow
	Unreachable        // the network said that the peer cannot be reached
)

// String is the reason's name as in the note "tcp.reason.<name>".
func (r Reason) String() string {
	switch r {
	case Orderly:
		return "orderly"
	case Refused:
		return "refused"
	case ResetByPeer:
		return "reset-by-peer"
	case Aborted:
		return "aborted"
	case GaveUp:
		return "gave-up"
	case Unreachable:
		return "unreachable"
	}
	return "none"
}

// What Read and Write may return. They stand for the error answers of the user calls in RFC 9293 §3.10.
var (
	ErrNotOpen   = errors.New("tcp: the connection is not open (RFC 9293 §3.10)")
	ErrClosing   = errors.New("tcp: this side has closed already (RFC 9293 §3.10.2)")
	ErrRefused   = errors.New("tcp: connection refused (RFC 9293 §3.10.7.3)")
	ErrReset     = errors.New("tcp: connection reset (RFC 9293 §3.10.7.4)")
	ErrAborted   = errors.New("tcp: connection aborted by this side (RFC 9293 §3.10.5)")
	ErrTimeout   = errors.New("tcp: connection timed out (RFC 9293 §3.8.3)")
	ErrNoRoute   = errors.New("tcp: peer unreachable (RFC 9293 §3.9.2.2)")
	ErrPortInUse = errors.New("tcp: the port is in use (RFC 9293 §3.10.1)")
	ErrNoPort    = errors.New("tcp: no free port (RFC 6056 §3.3)")
)

// Err is the error that Read and Write return after a connection ended so; nil for an orderly end.
func (r Reason) Err() error {
	switch r {
	case Refused:
		return ErrRefused
	case ResetByPeer:
		return ErrReset
	case Aborted:
		return ErrAborted
	case GaveUp:
		return ErrTimeout
	case Unreachable:
		return ErrNoRoute
	}
	return nil
}

// maxEvents bounds the events that wait for Next. Beyond it those that only inform are dropped; those that a program
// depends on occur a fixed number of times in the life of a connection, or wait only once.
const maxEvents = 64

func (c *Conn) report(e Event) {
	switch e.Kind {
	case DataReady, WriteReady:
		for _, w := range c.events[c.eventsRead:] {
			if w.Kind == e.Kind {
				return
			}
		}
	case StateChanged, Opened, PeerClosed, Finished:
	default:
		if len(c.events)-c.eventsRead >= maxEvents {
			return
		}
	}
	c.events = append(c.events, e)
	c.wake()
}

// Next returns what happened next, in order; ok is false when nothing more did. Whoever drives a Conn asks until then
// after each Receive, Expire or call of the program.
func (c *Conn) Next() (e Event, ok bool) {
	if c.eventsRead == len(c.events) {
		c.events, c.eventsRead = c.events[:0], 0
		if cap(c.events) > 8 {
			c.events = nil
		}
		return Event{}, false
	}
	e = c.events[c.eventsRead]
	c.eventsRead++
	return e, true
}
