// Package story tells at the end of a trace what happened: who sent what to whom over which servers, which mailbox was read
// how, what stayed where, what was lost, what others could read, and where the time went.
//
// A [Book] takes down what the follower of package trace sees: segments, messages, gaps, ends. It says only what the
// dialogue proves: a mail counts as handed over when the final 250 was seen, marked mails as removed when the QUIT
// behind them was answered +OK. What was not seen is told as not seen. docs/story.md lists what proves what.
//
// Bounded: of an open connection a small record is kept; of what is over the first [Told] of each kind are told singly,
// the rest is in the sums. No password is kept; user names are.
//
// NOT modelled: what lies inside TLS that nobody has deciphered; what a person did; what servers do with a mail when it is
// theirs; sessions of other protocols than SMTP, POP3 and IMAP, of which only the name look-ups count.
package story

import (
	"time"

	"mailwire/layers"
)

// Told is how many things of each kind a story tells singly.
const Told = 100

// A Story is what a whole trace comes to. Its lists are in the order in which things began, at most [Told] long.
type Story struct {
	Mails     []Point // each with the servers that it passed
	Mailboxes []Point // each with how it was read and what stayed in it
	Lost      []Point
	Exposed   []Point // what others could read, and what they could not
	Sessions  []Session
	Total     Times // of all sessions, those that are not listed included
	More      More
}

// More counts what the lists have no room for.
type More struct{ Mails, Mailboxes, Lost, Exposed, Sessions int }

// Empty tells whether there is nothing to tell: no mail protocol was spoken.
func (s *Story) Empty() bool {
	return len(s.Mails)+len(s.Mailboxes)+len(s.Lost)+len(s.Exposed)+len(s.Sessions) == 0
}

// A Point is one thing that a story tells, with what belongs to it.
type Point struct {
	Note    layers.Note
	Details []layers.Note
	Stream  int // number of the first TCP connection that shows it; -1 where there is none
	Packet  int // number of that connection's first frame; 0 where there is none
}

// A Session is one TCP connection of a mail protocol.
type Session struct {
	Stream         int
	Packet         int    // number of its first frame
	Protocol       string // smtp, pop3, imap; tls where nothing else was seen
	Way            string // how a mailbox was read: "pop3.delete", "imap.headers" …, a note "story.way." of the lexicon; "" for none
	Encrypted      bool   // by TLS, from the start or from STARTTLS on
	Client, Server string // names or addresses
	Begin          time.Time
	Times
}

// Times are what one session cost, or the sum of several. Sessions at the same time count each.
type Times struct {
	Packets    int   // as one interface saw them
	Bytes      int64 // of whole frames
	RoundTrips int   // client data answered by server data; the handshake is one
	Repeated   int   // segments that were sent again
	Parts      [len(Parts)]time.Duration
}

// Duration is the sum of the parts: from the first packet to the last, and the look-up before.
func (t *Times) Duration() (d time.Duration) {
	for _, part := range t.Parts {
		d += part
	}
	return d
}

// Add adds what something else cost.
func (t *Times) Add(o *Times) {
	t.Packets += o.Packets
	t.Bytes += o.Bytes
	t.RoundTrips += o.RoundTrips
	t.Repeated += o.Repeated
	for i := range t.Parts {
		t.Parts[i] += o.Parts[i]
	}
}

// A Part is what a moment of a session was spent on. Each moment belongs to one part.
type Part int

// The parts. A pause counts for whoever spoke next, or was to speak.
const (
	Lookup     Part = iota // asking for the server's address
	Connecting             // until the handshake is complete
	Waiting                // for the server: its turn, until its first byte
	Transfer               // one side sends and has more to send
	Resending              // until bytes were sent again that had been lost
	Thinking               // the client's turn: the program, or the person before it
	Closing                // from the first FIN or RST on
)

// Parts lists the names of the parts: the keys in JSON.
var Parts = [...]string{"lookup", "connecting", "waiting", "transfer", "resending", "thinking", "closing"}
