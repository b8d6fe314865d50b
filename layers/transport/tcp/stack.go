package tcp

import (
	"net/netip"
	"time"
)

// A Stack is the TCP of one host: its connections and listeners. Whoever owns it carries its segments in IP packets,
// gives it those that arrive, and the time. After each call, and after each call of a connection's methods, the owner
// asks Next for events and NextSegment for segments until there are none, then Deadline.
//
// It is not safe for use by several goroutines.
type Stack struct {
	config *Config
	secret Secret
	random func() uint64

	conns     map[pair]*Conn
	listeners map[netip.AddrPort]*Listener
	now       instant

	ready    fifo // connections that may have something to send
	eventful fifo // connections that have events
	resets   []Outgoing
	timers   timerHeap
	memory   memory
}

// pair names a connection (RFC 9293 §3.3.1).
type pair struct{ local, remote netip.AddrPort }

// An Outgoing is a segment with the addresses between which it goes.
type Outgoing struct {
	From, To netip.Addr
	Segment  Segment
}

// maxResets bounds the resets that wait to be sent. More segments for nobody are not answered.
const maxResets = 64

// NewStack returns the TCP of a host. Secret is for its initial sequence numbers; random, the owner's generator, chooses
// ports.
func NewStack(config Config, secret Secret, random func() uint64) *Stack {
	return &Stack{
		config: config.withDefaults(), secret: secret, random: random,
		conns: map[pair]*Conn{}, listeners: map[netip.AddrPort]*Listener{},
	}
}

// Listen takes connections to local, whose address may be unspecified (0.0.0.0 or ::) for all of its family. Backlog is
// how many may wait for Accept; at least 1. The error is ErrPortInUse.
func (t *Stack) Listen(local netip.AddrPort, backlog int) (*Listener, error) {
	if t.listeners[local] != nil {
		return nil, ErrPortInUse
	}
	l := &Listener{stack: t, local: local, backlog: max(1, backlog)}
	t.listeners[local] = l
	return l, nil
}

// Connect opens a connection (active open, RFC 9293 §3.10.1). A local port of 0 lets the stack choose one. Config, where
// not nil, stands in for that of the stack. The error is ErrPortInUse or ErrNoPort.
func (t *Stack) Connect(now time.Time, local, remote netip.AddrPort, config *Config) (*Conn, error) {
	t.now = instantOf(now)
	if local.Port() == 0 {
		port, ok := t.freePort(local.Addr(), remote)
		if !ok {
			return nil, ErrNoPort
		}
		local = netip.AddrPortFrom(local.Addr(), port)
	}
	if t.taken(pair{local, remote}) {
		return nil, ErrPortInUse
	}
	settings := t.config
	if config != nil {
		settings = config.withDefaults()
	}
	c := t.newConn(settings, local, remote)
	c.move(SynSent, "RFC 9293 §3.10.1")
	return c, nil
}

// taken says whether the pair belongs to a connection that is still there. One that is over has no claim to it.
func (t *Stack) taken(p pair) bool {
	c := t.conns[p]
	return c != nil && c.state != Closed
}

// The ports from which one is chosen (RFC 6335 §6).
const (
	firstEphemeral = 49152
	ephemeralCount = 65536 - firstEphemeral
)

// freePort chooses a port at random, or the next free one behind it (RFC 6056 §3.3.1).
func (t *Stack) freePort(local netip.Addr, remote netip.AddrPort) (uint16, bool) {
	start := int(t.random() % ephemeralCount)
	for i := range ephemeralCount {
		port := uint16(firstEphemeral + (start+i)%ephemeralCount)
		at := netip.AddrPortFrom(local, port)
		if !t.taken(pair{at, remote}) && t.listener(at) == nil {
			return port, true
		}
	}
	return 0, false
}

// newConn makes a connection in CLOSED.
func (t *Stack) newConn(f *Config, local, remote netip.AddrPort) *Conn {
	c := &Conn{local: local, remote: remote, config: f, stack: t, congestion: f.Congestion()}
	sequence, stamp := t.secret.hash(local, remote)
	c.send.setISS(initialSeq(t.now, sequence))
	c.stamps.offer, c.stamps.offset = f.Timestamps, stamp
	c.sack = f.SACK
	c.rtt.timeout = f.InitialRTO
	c.receive.configure(f, local.Addr())
	c.place.timer = -1
	t.conns[pair{local, remote}] = c
	return c
}

func (s *sendSide) setISS(iss Seq) {
	s.iss, s.una, s.nxt, s.max, s.start = iss, iss, iss, iss, iss+1
}

// configure sets what the settings decide.
func (r *receiveSide) configure(f *Config, local netip.Addr) {
	r.buffer = f.ReceiveBuffer
	r.mss = orElse(f.MSS, 1460)
	if f.MSS == 0 && !local.Is4() && !local.Is4In6() {
		r.mss = 1440
	}
	r.mss = min(r.mss, 0xffff)
	r.offerScale = f.WindowScaling
	for r.offerScale && r.shift < 14 && r.buffer>>r.shift > 0xffff {
		r.shift++
	}
}

// defaultMSS is what a peer takes that did not say (RFC 9293 §3.7.1).
func defaultMSS(peer netip.Addr) int {
	if peer.Is4() || peer.Is4In6() {
		return 536
	}
	return 1220
}

// Lookup returns the connection between local and remote; nil if there is none.
func (t *Stack) Lookup(local, remote netip.AddrPort) *Conn { return t.conns[pair{local, remote}] }

// Len is how many connections the stack remembers, those in TIME-WAIT included.
func (t *Stack) Len() int { return len(t.conns) }

// Receive takes a segment that arrived from one host for an address of this one. Its checksum was found right; its
// payload is copied.
func (t *Stack) Receive(now time.Time, from, to netip.Addr, s *Segment) {
	t.now = instantOf(now)
	local, remote := netip.AddrPortFrom(to, s.DestinationPort), netip.AddrPortFrom(from, s.SourcePort)
	c := t.conns[pair{local, remote}]
	if c != nil && c.state == TimeWait && c.reusable(s) && t.listener(local) != nil {
		previous := c.send.max
		c.finish(Orderly, "RFC 9293 §3.6.1")
		t.receiveInListen(t.listener(local), local, remote, s, previous)
		return
	}
	if c != nil && c.state != Closed {
		c.Receive(now, s)
		return
	}
	if l := t.listener(local); l != nil {
		t.receiveInListen(l, local, remote, s, 0)
		return
	}
	t.refuse(local, remote, s) // RFC 9293 §3.10.7.1
}

func (t *Stack) listener(local netip.AddrPort) *Listener {
	if l := t.listeners[local]; l != nil {
		return l
	}
	any := netip.IPv6Unspecified()
	if local.Addr().Is4() {
		any = netip.IPv4Unspecified()
	}
	return t.listeners[netip.AddrPortFrom(any, local.Port())]
}

// reusable says whether a SYN for a connection in TIME-WAIT may open a new one: it lies behind everything that the old
// one can still have on the way (RFC 9293 §3.6.1, RFC 6191 §2).
func (c *Conn) reusable(s *Segment) bool {
	if !s.Flags.Has(SYN) || s.Flags&(ACK|RST|FIN) != 0 {
		return false
	}
	if c.stamps.on && s.Options.HasTimestamps && int32(s.Options.TSValue-c.stamps.recent) > 0 {
		return true
	}
	return c.receive.nxt.Less(s.Seq)
}

// receiveInListen is RFC 9293 §3.10.7.2. previous is the number behind what an earlier connection of the pair has sent,
// zero without one.
func (t *Stack) receiveInListen(l *Listener, local, remote netip.AddrPort, s *Segment, previous Seq) {
	switch {
	case s.Flags.Has(RST):
		return
	case s.Flags.Has(ACK):
		t.refuse(local, remote, s)
		return
	case !s.Flags.Has(SYN) || l.full():
		return
	}
	c := t.newConn(t.config, local, remote)
	c.listener = l
	l.opening++
	if previous != 0 && c.send.iss.LessEq(previous) {
		c.send.setISS(previous.Add(64000)) // RFC 9293 §3.6.1: larger than any number of the earlier one
	}
	c.stamps.now = t.now
	c.agree(t.now, s)
	c.send.window = int(s.Window)
	c.state = Listen
	c.move(SynReceived, "RFC 9293 §3.10.7.2")
}

// refuse answers a segment that belongs to no connection, or that a connection cannot have asked for, with a reset that
// its sender will believe (RFC 9293 §3.10.7.1). A reset is never answered.
func (t *Stack) refuse(local, remote netip.AddrPort, s *Segment) {
	if s.Flags.Has(RST) || len(t.resets) >= maxResets {
		return
	}
	r := Segment{SourcePort: local.Port(), DestinationPort: remote.Port(), Flags: RST}
	if s.Flags.Has(ACK) {
		r.Seq = s.Ack
	} else {
		r.Flags |= ACK
		r.Ack = s.End()
	}
	t.resets = append(t.resets, Outgoing{local.Addr(), remote.Addr(), r})
}

// NextSegment fills out with the next segment to be sent; false: there is none now. Its payload is valid until the next
// call of the stack or of one of its connections.
func (t *Stack) NextSegment(now time.Time, out *Outgoing) bool {
	t.now = instantOf(now)
	if len(t.resets) > 0 {
		*out = t.resets[0]
		t.resets = append(t.resets[:0], t.resets[1:]...)
		return true
	}
	for {
		c := t.ready.first()
		if c == nil {
			return false
		}
		if c.NextSegment(now, &out.Segment) {
			out.From, out.To = c.local.Addr(), c.remote.Addr()
			return true
		}
		t.ready.take()
		c.place.ready = false
		t.settle(c)
	}
}

// settle notes when a connection wants to be woken, or forgets it when it is over.
func (t *Stack) settle(c *Conn) {
	if c.state != Closed {
		t.timers.set(c, c.timers.next())
		return
	}
	t.timers.remove(c)
	if p := (pair{c.local, c.remote}); t.conns[p] == c {
		delete(t.conns, p)
	}
}

// Next returns what happened next, and to which connection; false: nothing more did. After the event Finished the stack
// knows the connection no more; what arrived can still be read.
func (t *Stack) Next() (*Conn, Event, bool) {
	for {
		c := t.eventful.first()
		if c == nil {
			return nil, Event{}, false
		}
		if e, ok := c.Next(); ok {
			return c, e, true
		}
		t.eventful.take()
		c.place.eventful = false
	}
}

// Deadline is when Expire is to be called if nothing else happens before; zero: never. It may be earlier than needed.
func (t *Stack) Deadline() time.Time { return t.timers.first().time() }

// Expire lets the timers that have run out do their work. It may be called early or often.
func (t *Stack) Expire(now time.Time) {
	t.now = instantOf(now)
	for t.timers.first().due(t.now) {
		c := t.timers.take()
		c.Expire(now)
		t.wake(c)
	}
}

// wake puts the connection on the list of those that may have something to send, or to tell.
func (c *Conn) wake() { c.stack.wake(c) }

func (t *Stack) wake(c *Conn) {
	if !c.place.ready {
		c.place.ready = true
		t.ready.put(c)
	}
	if !c.place.eventful && c.eventsRead < len(c.events) {
		c.place.eventful = true
		t.eventful.put(c)
	}
}
