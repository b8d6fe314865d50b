package host

import (
	"encoding/binary"
	"net/netip"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
	"mailwire/sim"
)

// A stack is the TCP of a host: the engine with what it lacks, a network below and programs above.
type stack struct {
	host      *Host
	engine    *tcp.Stack
	listeners map[*tcp.Listener]*Listener
	timer     sim.Timer

	segment tcp.Segment  // the one that arrived
	out     tcp.Outgoing // the one that leaves
	scratch []byte       // what a program is given to read
	pumping bool         // programs are being called
	kicked  bool         // they will be called at this instant
	resumed []*Conn      // want to read again
	failed  []*Conn      // could not even be dialled
}

// receiveBuffer is how many bytes a host holds for a program that does not read, unless its options say otherwise: the
// most that a window without scaling tells, and no whole number of full segments. So a sender that waits for the window
// does not fill it to the last byte, which analysers take for a receiver that cannot keep up.
const receiveBuffer = 0xffff

func (s *stack) init(h *Host) {
	s.host = h
	s.listeners = map[*tcp.Listener]*Listener{}
	s.timer.Init(h.world, s)
	// The secret and the ports have a sequence of their own, so that ICMP or DNS traffic does not change them.
	chance := h.world.Rand("tcp " + h.config.Name)
	var secret tcp.Secret
	binary.BigEndian.PutUint64(secret[0:], chance.Uint64())
	binary.BigEndian.PutUint64(secret[8:], chance.Uint64())
	options := tcp.Defaults()
	options.ReceiveBuffer = receiveBuffer
	if h.config.TCP != nil {
		options = *h.config.TCP
	}
	s.engine = tcp.NewStack(options, secret, chance.Uint64)
}

// receive takes a segment. It returns the id of what is wrong with it, or "".
func (s *stack) receive(p ipv4) string {
	// RFC 9293 §3.9.2.3: segments from or to a group or everyone are silently discarded.
	if s.host.broadcast(p.to) || !p.from.IsGlobalUnicast() && !p.from.IsLoopback() {
		return "host.drop.tcp-address"
	}
	if len(p.data) < tcp.MinHeader {
		return "host.drop.tcp-length"
	}
	// RFC 9293 §3.1: the receiver MUST check the checksum.
	if !tcp.Verify(p.from, p.to, p.data) {
		return "host.drop.tcp-checksum"
	}
	if s.segment.Decode(p.data) != nil {
		return "host.drop.tcp-length"
	}
	s.engine.Receive(s.host.world.Now(), p.from, p.to, &s.segment)
	s.pump()
	return ""
}

// undelivered tells the connection whose segment did not arrive.
func (s *stack) undelivered(local, remote netip.AddrPort, e *ICMPError) {
	c := s.engine.Lookup(local, remote)
	if c == nil {
		return
	}
	if e.Type == icmpUnreachable && e.Code == codeFragment {
		// RFC 1191 §3: an estimate is never lowered below 68 bytes. §5: an old router does not say how much would fit; 576
		// bytes always should.
		mtu := e.MTU
		if mtu == 0 {
			mtu = 576
		}
		c.LowerMSS(max(mtu, 68) - ipv4Header - tcp.MinHeader)
	} else {
		c.NetworkUnreachable()
	}
	s.kick()
}

// Happen is the moment when a timer of a connection runs out.
func (s *stack) Happen(sim.Instant) {
	s.engine.Expire(s.host.world.Now())
	s.pump()
}

// kick makes the programs be called at this instant, but not before the caller has returned.
func (s *stack) kick() {
	if !s.pumping && !s.kicked {
		s.kicked = true
		s.host.world.Schedule(s.host.world.Instant(), (*kick)(s))
	}
}

type kick stack

func (k *kick) Happen(sim.Instant) {
	k.kicked = false
	(*stack)(k).pump()
}

// pump tells the programs what happened, sends what is to be sent, and sets the timer. Programs are told first, so
// that what they answer and the acknowledgement leave in one segment.
func (s *stack) pump() {
	if s.pumping {
		return
	}
	s.pumping = true
	for more := true; more; {
		more = false
		for c, e, ok := s.engine.Next(); ok; c, e, ok = s.engine.Next() {
			more = true
			s.handle(c, e)
		}
		for len(s.resumed) > 0 {
			c := s.resumed[0]
			s.resumed = s.resumed[1:]
			c.deliver()
			more = true
		}
		for len(s.failed) > 0 {
			c := s.failed[0]
			s.failed = s.failed[1:]
			c.finish(c.err)
			more = true
		}
		s.transmit()
	}
	s.pumping = false
	if deadline := s.engine.Deadline(); deadline.IsZero() {
		s.timer.Stop()
	} else {
		s.timer.Set(s.host.world.InstantOf(deadline))
	}
}

// transmit sends what the connections have to send.
func (s *stack) transmit() {
	h := s.host
	for s.engine.NextSegment(h.world.Now(), &s.out) {
		out := &s.out
		f := h.newPacket()
		f.Data = out.Segment.Append(f.Data, out.From, out.To)
		err := h.output(f, protoTCP, 0, h.config.TTL, out.From, out.To)
		if err == nil {
			continue
		}
		local := netip.AddrPortFrom(out.From, out.Segment.SourcePort)
		c := s.engine.Lookup(local, netip.AddrPortFrom(out.To, out.Segment.DestinationPort))
		if c == nil {
			continue
		}
		if big, ok := err.(*TooBigError); ok {
			c.LowerMSS(big.MTU - ipv4Header - tcp.MinHeader)
		} else {
			c.NetworkUnreachable()
		}
	}
}

// handle tells a program what happened to its connection.
func (s *stack) handle(engine *tcp.Conn, e tcp.Event) {
	s.tell(engine, e)
	if e.Kind == tcp.Opened && engine.Listener() != nil {
		s.accept(engine.Listener())
	}
	c, ok := engine.Owner.(*Conn)
	if !ok {
		return
	}
	switch e.Kind {
	case tcp.Opened:
		if engine.Listener() == nil && c.Connected != nil {
			c.Connected()
		}
	case tcp.DataReady, tcp.PeerClosed:
		c.deliver()
	case tcp.WriteReady:
		c.flush()
	case tcp.StateChanged:
		if e.To == tcp.TimeWait {
			c.finish(nil)
		}
	case tcp.Finished:
		c.finish(e.Reason.Err())
	}
}

func (s *stack) accept(l *tcp.Listener) {
	for {
		engine, ok := l.Accept()
		if !ok {
			return
		}
		c := &Conn{stack: s, engine: engine}
		engine.Owner = c
		s.listeners[l].accept(c)
	}
}

// tell tells the observer what the engine believes now.
func (s *stack) tell(c *tcp.Conn, e tcp.Event) {
	if s.host.config.State == nil {
		return
	}
	if n, ok := e.Note(); ok {
		s.host.tell(State{Kind: "tcp", Note: n, Values: []layers.Arg{
			layers.A("local", layers.String(c.Local().String())),
			layers.A("remote", layers.String(c.Remote().String())),
			layers.A("state", layers.String(c.State().String())),
		}})
	}
}

// Connection is a snapshot of the connection between two ends; ok is false when the host has none.
func (h *Host) Connection(local, remote netip.AddrPort) (info tcp.Info, ok bool) {
	c := h.stack.engine.Lookup(local, remote)
	if c == nil {
		return tcp.Info{}, false
	}
	return c.Info(), true
}
