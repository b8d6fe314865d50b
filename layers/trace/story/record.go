package story

import (
	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/transport/tcp"
	"mailwire/layers/transport/tcp/observe"
)

// A Record is what is kept of one TCP connection until it is over. The zero value, but for what [Book.Open] sets, is right.
type Record struct {
	Client, Server string // names or addresses

	stream    int
	packet    int // the number of the first frame
	protocol  string
	clock     clock
	times     Times
	taps      [2]tap // the interface that counts, by side
	debt      debt
	asked     bool // the client has said something that the server has not answered
	midStream bool
	seen      [2]bool // segments of the side
	fin       [2]bool
	refused   bool
	reset     bool
	resetBy   layers.Side
	syn       int      // how often it was sent
	missing   [2]int64 // bytes not seen, by side
	cut       int64    // bytes that the capture did not keep
	holes     int

	service      string // what its port is for: smtp, pop3, imap or ""
	transactions int    // told so far
	teller       teller // nil until a mail protocol is spoken
	login        login
	tls          tlsTalk
	proxy        proxyTalk
	starttls     bool // it was in the clear first
	behind       bool // words were seen behind STARTTLS
	over         bool
	way          string // how the mailbox was read
}

// A tap is the interface whose frames of a side count: that which showed the connection first if it shows the side.
type tap struct {
	known bool
	index int
}

// A teller understands one mail protocol.
type teller interface {
	// message takes the next message of the dialogue.
	message(b *Book, r *Record, m *application.Message)
	// end takes it down that nothing will follow.
	end(b *Book, r *Record)
}

// Segment takes a segment, sent by a side in a frame of length bytes.
func (r *Record) Segment(from layers.Side, seen *observe.Observation, g *observe.Segment, length int) {
	if r.over || !r.counts(from, g.Interface) {
		return
	}
	kind, again := kindOf(seen, g)
	r.clock.segment(from, g, kind, r.owed(g))
	r.times.Packets++
	r.times.Bytes += int64(length)
	r.seen[from] = true
	switch {
	case again:
		r.times.Repeated++
	case kind == fresh || g.Length > 0 && kind == handshake:
		r.answered(from)
	}
	if g.Flags&(tcp.SYN|tcp.FIN|tcp.RST) != 0 {
		r.control(from, g)
	}
	for _, m := range seen.Milestones {
		switch m {
		case observe.HandshakeComplete:
			r.times.RoundTrips++
		case observe.Refused:
			r.refused = true
		case observe.Reset:
			r.reset, r.resetBy = true, from
		}
	}
}

// answered counts a round trip where the server answers what the client has said.
func (r *Record) answered(from layers.Side) {
	if from == layers.Client {
		r.asked = true
	} else if r.asked {
		r.asked = false
		r.times.RoundTrips++
	}
}

func (r *Record) control(from layers.Side, g *observe.Segment) {
	if g.Flags&tcp.FIN != 0 {
		r.fin[from] = true
	}
	if g.Flags&(tcp.SYN|tcp.ACK) == tcp.SYN {
		r.syn++
	}
}

// counts tells whether a frame of a side from an interface counts: each segment once, where several interfaces show it.
func (r *Record) counts(from layers.Side, index int) bool {
	mine, first := &r.taps[from], &r.taps[from.Other()]
	switch {
	case !mine.known:
		*mine = tap{true, index}
	case mine.index == index:
	case first.known && first.index == index && r.syn > 0 && from == layers.Server:
		mine.index = index // the interface of the client shows the server too
	default:
		return false
	}
	return true
}

// Gap takes it down that n bytes of a side are missing; cut: they were on the cable, but the capture did not keep them.
func (r *Record) Gap(from layers.Side, n int64, cut bool) {
	r.holes++
	if cut {
		r.cut += n
		return
	}
	r.missing[from] += n
}

// silent tells whether the capture shows one side alone.
func (r *Record) silent() bool { return !r.seen[0] || !r.seen[1] }

// session is the row of the table of times.
func (r *Record) session() Session {
	t := r.times
	for i, d := range r.clock.total() {
		t.Parts[i] += d
	}
	return Session{Stream: r.stream, Packet: r.packet, Protocol: r.protocol, Way: r.way, Encrypted: r.tls.begun, Client: r.Client, Server: r.Server,
		Begin: r.clock.first, Times: t}
}
