// Package filter decides which packets and messages of a trace are shown, by an expression such as
//
//	host ana and port 25 and not verb RCPT
//
// An expression is made of conditions, joined by "and", "or", "not" and parentheses ("and" binds tighter than "or"). A
// condition is a word and its value, or several values between commas, of which one must fit; the name of a protocol is a
// condition by itself. docs/filter.md is the page for people.
//
// A packet is judged with each message that it completed, and shown when one of them and the packet fit together; so the
// packet that brings the last byte of a RCPT is shown by "verb RCPT", and the message behind it. A condition that asks
// for something that a packet does not have (a verb, a port) is false for it. What is shown keeps its number and its time.
//
// Not modelled: the bytes and the fields of a packet. For these Wireshark's display filters are the tool, on the file that
// --write makes.
package filter

import (
	"net/netip"
	"time"

	"mailwire/layers/application"
	"mailwire/layers/trace"
)

// A Filter is an expression that has been read.
type Filter struct{ root condition }

// A condition is a node of an expression.
type condition interface{ holds(*sight) bool }

// A sight is what an expression is asked about: a packet, a message, or both; of other events the time and the host.
type sight struct {
	packet  *trace.Packet  // nil for a message that no packet completed
	message *trace.Message // nil for a packet that completed none
	whole   bool           // the packet itself is judged, its bytes included, not the message alone
	time    time.Time
	host    string    // of an event that is neither
	number  int       // of the packet that such an event is about
	start   time.Time // of the first packet
	names   map[netip.Addr]string
}

// A Face shows those events that a filter lets through on another face. Titles, acts, damage, comparisons, names and the
// summary pass always: they say where one is.
type Face struct {
	filter *Filter
	next   trace.Face
	start  time.Time
	packet *trace.Packet         // that the messages now coming belong to
	behind int                   // how many of them are still to come
	names  map[netip.Addr]string // as far as a capture tells them
	shown  trace.Filtered
}

// namesKept bounds the names: a capture may tell any number.
const namesKept = 1 << 16

// New returns a face that shows on next what fits the filter.
func New(f *Filter, next trace.Face) *Face {
	return &Face{filter: f, next: next, names: map[netip.Addr]string{}}
}

// Show hands the event on, or not.
func (f *Face) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.Packet:
		return f.showPacket(e)
	case *trace.Message:
		return f.showMessage(e)
	case *trace.Contact:
		// It is there for what its session says, and fits where that would whatever it is.
		m := trace.Message{Message: application.Message{Protocol: e.Protocol}, Stream: e.Stream, Names: e.Names, Ends: e.Ends, Time: e.Time}
		if !f.filter.root.holds(&sight{message: &m, time: e.Time, start: f.start, names: f.names}) {
			return nil
		}
	case *trace.State:
		if !f.filter.root.holds(&sight{time: e.Time, host: e.Host, start: f.start}) {
			return nil
		}
	case *trace.Drop:
		if !f.filter.root.holds(&sight{time: e.Time, host: e.From, number: e.Packet, start: f.start}) {
			return nil
		}
	case trace.Names:
		for _, n := range e {
			if len(f.names) < namesKept {
				f.names[n.Addr] = n.Name
			}
		}
	case *trace.Summary:
		filtered := *e
		filtered.Filtered = &f.shown
		return f.next.Show(&filtered)
	}
	return f.next.Show(e)
}

func (f *Face) showPacket(p *trace.Packet) error {
	f.packet, f.behind = p, len(p.Messages)
	first := f.start.IsZero()
	if first {
		f.start = p.Frame.Time
	}
	switch fits := f.fits(p); {
	case !fits && first:
		return f.next.Show(&trace.Start{Time: f.start})
	case !fits:
		return nil
	}
	f.shown.Packets++
	return f.next.Show(p)
}

// fits tells whether a packet fits with one of its messages; alone, where it has none.
func (f *Face) fits(p *trace.Packet) bool {
	s := sight{packet: p, whole: true, time: p.Frame.Time, start: f.start}
	for i := range p.Messages {
		if s.message = &p.Messages[i]; f.filter.root.holds(&s) {
			return true
		}
	}
	return len(p.Messages) == 0 && f.filter.root.holds(&s)
}

func (f *Face) showMessage(m *trace.Message) error {
	s := sight{message: m, time: m.Time, start: f.start, names: f.names}
	if f.behind > 0 {
		f.behind--
		s.packet = f.packet
	}
	if !f.filter.root.holds(&s) {
		return nil
	}
	f.shown.Messages++
	return f.next.Show(m)
}
