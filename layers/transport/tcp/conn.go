package tcp

import (
	"io"
	"net/netip"
	"time"
)

// A Conn is one end of a connection (the transmission control block of RFC 9293 §3.3.1). A [Stack] makes it. It is not
// safe for use by several goroutines.
type Conn struct {
	// Owner is for whoever drives the connection; the engine never looks at it.
	Owner any

	local, remote netip.AddrPort
	config        *Config
	stack         *Stack
	listener      *Listener // whose child it is; nil after an active open
	place         place     // in the lists of the stack

	state       State
	reason      Reason
	closed      bool // the program has closed it wholly: nobody will read
	unreachable bool // the network said so; told when the connection is given up
	lostSYN     bool

	send       sendSide
	receive    receiveSide
	reassembly reassembly
	scoreboard scoreboard
	recovery   recovery
	congestion Congestion
	rtt        roundTrip
	timers     timers
	stamps     timestamps
	challenges challenges
	sack       bool // both sides offered it

	retries       int   // timeouts in a row
	probes        uint8 // of a closed window, in a row
	probeOwed     bool
	keepAlives    int
	keepAliveOwed bool
	resetOwed     bool
	resetSeq      Seq
	lastSent      instant // when data was sent last

	events     []Event
	eventsRead int
}

// State is where the connection stands.
func (c *Conn) State() State { return c.state }

// Reason is how the connection ended; NotFinished while it has not.
func (c *Conn) Reason() Reason { return c.reason }

// Local is this end's address and port.
func (c *Conn) Local() netip.AddrPort { return c.local }

// Remote is the peer's address and port.
func (c *Conn) Remote() netip.AddrPort { return c.remote }

// Listener is the listener that took the connection; nil when this side opened it.
func (c *Conn) Listener() *Listener { return c.listener }

// Write takes as much of b as the send buffer has room for (RFC 9293 §3.10.2). When that is less than all of it, an
// event WriteReady follows once there is room. Bytes may be written before the connection is open.
func (c *Conn) Write(b []byte) (n int, err error) {
	switch {
	case c.state == Closed && c.reason.Err() != nil:
		return 0, c.reason.Err()
	case c.state == Closed:
		return 0, ErrNotOpen
	case c.send.fin:
		return 0, ErrClosing
	}
	n = min(len(b), max(0, c.config.SendBuffer-c.send.queue.len()))
	c.send.queue.add(b[:n], &c.stack.memory)
	c.send.wanted = n < len(b)
	if n > 0 {
		c.wake()
	}
	return n, nil
}

// Read takes up to len(b) bytes that arrived (RFC 9293 §3.10.3). 0 and nil: none are here yet, an event DataReady
// follows. io.EOF: the peer has sent its last byte, and it was read.
func (c *Conn) Read(b []byte) (n int, err error) {
	n = copy(b, c.Peek())
	if n > 0 {
		c.Discard(n)
		return n, nil
	}
	switch {
	case len(b) == 0 && c.receive.queue.len() > 0:
		return 0, nil
	case c.receive.finished:
		return 0, io.EOF
	case c.state == Closed && c.reason.Err() != nil:
		return 0, c.reason.Err()
	case c.state == Closed:
		return 0, ErrNotOpen
	}
	return 0, nil
}

// Readable is how many bytes Read can give now.
func (c *Conn) Readable() int { return c.receive.queue.len() }

// Peek is the bytes that Read would give, in place; they are valid until the next call.
func (c *Conn) Peek() []byte { return c.receive.queue.at(0, c.receive.queue.len()) }

// Discard takes n bytes, at most Readable, as Read does, without copying them.
func (c *Conn) Discard(n int) {
	c.receive.queue.drop(n, !c.reassembly.empty(), &c.stack.memory)
	if c.state.mayReceive() && c.receive.worthTelling() {
		c.receive.owe()
		c.wake()
	}
}

// CloseWrite says that this side has no more to send (half-close). What was written is still delivered, then a FIN
// follows; the peer may go on sending. Calling it again changes nothing.
func (c *Conn) CloseWrite() {
	switch c.state {
	case Closed:
		return
	case SynSent: // RFC 9293 §3.10.4: nothing was agreed on, so there is nothing to end
		if c.send.queue.len() == 0 {
			c.finish(Orderly, "RFC 9293 §3.10.4")
			return
		}
	}
	if c.send.fin {
		return
	}
	c.send.fin = true
	switch c.state {
	case Established:
		c.move(FinWait1, "RFC 9293 §3.10.4")
	case CloseWait:
		c.move(LastAck, "RFC 9293 §3.10.4")
	}
	c.wake() // in SYN-SENT and SYN-RECEIVED the FIN waits for the handshake
}

// Close says that the program is done with the connection in both directions: CloseWrite, and nobody will read. If
// bytes wait that were not read, or arrive later, the connection is reset, so that the peer does not take them for
// read (RFC 9293 §3.6.1, RFC 2525 §2.17).
func (c *Conn) Close() {
	if c.receive.queue.len() > 0 && c.state != Closed {
		c.Abort()
		return
	}
	c.closed = true
	c.CloseWrite()
	c.wake() // FIN-WAIT-2 is bounded from now on
}

// Abort ends the connection at once with a reset (RFC 9293 §3.10.5).
func (c *Conn) Abort() { c.abort(Aborted, "RFC 9293 §3.10.5") }

func (c *Conn) abort(reason Reason, ref string) {
	if c.state == Closed {
		return
	}
	if c.state.synchronized() && c.state != TimeWait || c.state == SynReceived {
		c.resetOwed, c.resetSeq = true, c.send.acceptable()
	}
	c.finish(reason, ref)
}

// move changes the state and says by which rule.
func (c *Conn) move(to State, ref string) {
	from := c.state
	c.state = to
	c.report(Event{Kind: StateChanged, From: from, To: to, Ref: ref})
	if c.listener != nil && from == SynReceived {
		c.listener.settled(c, to)
	}
}

// finish ends the connection. What arrived in order before can still be read.
func (c *Conn) finish(reason Reason, ref string) {
	if c.state == Closed {
		return
	}
	c.reason = reason
	c.move(Closed, ref)
	c.timers = timers{}
	c.probeOwed, c.keepAliveOwed = false, false
	c.receive.owed = 0
	c.send.queue.drop(c.send.queue.len(), false, &c.stack.memory)
	c.reassembly = reassembly{}
	c.scoreboard.clear()
	c.report(Event{Kind: Finished, Reason: reason})
}

// NetworkUnreachable tells that the network cannot deliver to the peer (an ICMP error). While opening, that ends the
// connection; later it only gives a reason should nobody answer (RFC 9293 §3.9.2.2, RFC 5927 §5).
func (c *Conn) NetworkUnreachable() {
	switch c.state {
	case SynSent, SynReceived:
		c.finish(Unreachable, "RFC 9293 §3.9.2.2")
	default:
		c.unreachable = true
	}
}

// LowerMSS bounds the data in a segment, options not counted: a router said how long a packet may be (RFC 1191,
// RFC 8201). What was sent longer is sent again at once.
func (c *Conn) LowerMSS(mss int) {
	s := &c.send
	mss = max(mss-s.optionSize, minSendMSS)
	if s.mss == 0 || mss >= s.mss {
		return
	}
	s.mss = mss
	if c.state.synchronized() && s.una.Less(s.max) {
		c.recovery.timedOut(s.max)
		c.scoreboard.clear()
		c.rtt.cancel()
		s.nxt = s.una
		c.wake()
	}
}

// An Info is a snapshot of a connection, for display. Sizes are in bytes; a segment counts without its header.
type Info struct {
	State                   State
	CongestionControl       string
	CongestionWindow        int
	SlowStartThreshold      int // 0: none yet
	InFlight                int // sent and not acknowledged
	SendWindow              int // what the peer lets in
	ReceiveWindow           int // what this side lets in
	SendMSS, ReceiveMSS     int
	Unsent                  int // written and never sent
	Unread                  int // arrived in order and not read
	OutOfOrder              int // pieces that wait for what is missing before them
	SmoothedRTT, RTTVar     time.Duration
	RTO                     time.Duration // with its back-off
	Retries                 int           // timeouts in a row
	DuplicateACKs           int
	Recovering              bool
	SACK, Scaled, Timestamp bool // agreed on
}

// Info returns the snapshot.
func (c *Conn) Info() Info {
	i := Info{
		State: c.state, InFlight: c.send.max.Sub(c.send.una), SendWindow: c.send.window,
		ReceiveWindow: c.receive.edge.Sub(c.receive.nxt), SendMSS: c.send.mss, ReceiveMSS: c.receive.mss,
		Unsent: c.send.unsent(), Unread: c.receive.queue.len(), OutOfOrder: len(c.reassembly.islands),
		SmoothedRTT: c.rtt.smoothed, RTTVar: c.rtt.variation, RTO: c.rtt.rto(c.config), Retries: c.retries,
		DuplicateACKs: c.recovery.duplicates, Recovering: c.recovery.active,
		SACK: c.sack, Scaled: c.send.scaled, Timestamp: c.stamps.on,
	}
	if c.congestion != nil {
		i.CongestionControl = c.congestion.Name()
		i.CongestionWindow = c.congestion.Window()
		if t := c.congestion.Threshold(); t < noThreshold {
			i.SlowStartThreshold = t
		}
	}
	return i
}
