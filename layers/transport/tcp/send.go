package tcp

import "time"

// minSendMSS bounds from below what a peer's MSS option can make us send: with less, a peer could have us send a
// header for every few bytes.
const minSendMSS = 48

// A sendSide is the send sequence space (RFC 9293 §3.3.1, figure 3) with the bytes in it.
type sendSide struct {
	iss       Seq
	una       Seq // SND.UNA, the oldest number not acknowledged
	nxt       Seq // the next number to send: SND.NXT, or less while what was lost is sent again
	max       Seq // behind the highest number ever sent: SND.NXT
	window    int // SND.WND, scaled
	maxWindow int // the largest it ever was
	wl1, wl2  Seq // SND.WL1, SND.WL2: the segment that told the window
	shift     uint8
	scaled    bool // both sides offered window scale
	mss       int  // most bytes of data in a segment, options already taken off
	// optionSize is how many bytes of options each segment carries.
	optionSize int

	queue  byteQueue // from start on
	start  Seq       // number of the queue's first byte
	fin    bool      // a FIN stands behind the queue
	wanted bool      // the program waits for room
}

// dataEnd is the number behind the last byte written: that of the FIN, if there is one.
func (s *sendSide) dataEnd() Seq { return s.start.Add(s.queue.len()) }

// end is the number behind everything there is to send.
func (s *sendSide) end() Seq {
	if s.fin {
		return s.dataEnd() + 1
	}
	return s.dataEnd()
}

func (s *sendSide) unsent() int { return max(0, s.dataEnd().Sub(later(s.max, s.start))) }

// rightEdge is the number behind what the peer's window lets in.
func (s *sendSide) rightEdge() Seq { return s.una.Add(s.window) }

// acceptable is the number for a segment without data: as high as was sent, but not beyond the window, where the peer
// would not look at it (a probe, or a window that shrank, may have put SND.NXT there).
func (s *sendSide) acceptable() Seq {
	return later(s.una, earlier(s.max, s.rightEdge()))
}

// NextSegment fills s with the next segment that may be sent now; false: there is none. Whoever drives a connection
// asks until then after each Receive, Expire or call of the program. The payload is valid until the next call of any
// method. Ports are filled in; the addresses are those of Local and Remote.
func (c *Conn) NextSegment(now time.Time, s *Segment) bool {
	at := instantOf(now)
	*s = Segment{SourcePort: c.local.Port(), DestinationPort: c.remote.Port()}
	switch c.state {
	case Closed:
		return c.sendReset(s)
	case SynSent, SynReceived:
		if c.send.nxt == c.send.iss {
			c.sendSYN(at, s)
			return true
		}
		return c.sendAcknowledgement(at, s)
	case FinWait2:
		if c.closed && c.timers.wait == 0 {
			c.timers.wait = at.after(c.config.FinWait2)
		}
	}
	// Each segment that came out of order is answered by one of its own, for the peer counts them (RFC 5681 §3.2).
	if c.receive.owed > 0 && !c.reassembly.empty() {
		return c.sendAcknowledgement(at, s)
	}
	return c.sendData(at, s) || c.sendAcknowledgement(at, s)
}

func (c *Conn) sendReset(s *Segment) bool {
	if !c.resetOwed {
		return false
	}
	c.resetOwed = false
	s.Flags, s.Seq, s.Ack = RST|ACK, c.resetSeq, c.receive.nxt
	return true
}

// sendSYN sends SYN, or SYN and ACK, with what this host offers (RFC 9293 §3.5, §3.7.1).
func (c *Conn) sendSYN(at instant, s *Segment) {
	answer := c.state == SynReceived
	s.Seq, s.Flags = c.send.iss, SYN
	s.Options.HasMSS, s.Options.MSS = true, uint16(c.receive.mss)
	// RFC 7323 §2.2, RFC 2018 §2: an answer has only what the SYN had.
	s.Options.HasWindowScale, s.Options.WindowShift = c.receive.offerScale, c.receive.shift
	s.Options.SACKPermitted = c.sack
	if answer {
		s.Flags |= ACK
		s.Ack = c.receive.nxt
	}
	s.Window = c.receive.announce(true)
	c.stamp(at, s)
	c.send.nxt = c.send.iss + 1
	if c.send.max == c.send.iss {
		c.rtt.start(at, c.send.nxt)
	}
	c.send.max = c.send.nxt
	c.receive.acknowledged()
	c.timers.ack = 0
	c.armRetransmit(at)
}

// sendAcknowledgement sends a segment without data, if one is owed.
func (c *Conn) sendAcknowledgement(at instant, s *Segment) bool {
	switch {
	case c.receive.owed > 0:
		c.receive.owed--
		s.Seq = c.send.acceptable()
	case c.keepAliveOwed:
		// RFC 9293 §3.8.4: a number that was acknowledged already calls for an answer.
		c.keepAliveOwed = false
		c.timers.keepAlive = at.after(c.config.KeepAlive.Interval)
		s.Seq = c.send.una - 1
		c.report(Event{Kind: Probed, Seq: s.Seq})
	default:
		return false
	}
	owed := c.receive.owed
	c.finishSegment(at, s)
	c.receive.owed = owed
	return true
}

// finishSegment fills in what every segment of an open connection carries: acknowledgement, window, options.
func (c *Conn) finishSegment(at instant, s *Segment) {
	s.Flags |= ACK
	s.Ack = c.receive.nxt
	s.Window = c.receive.announce(false)
	c.stamp(at, s)
	if blocks := c.blocksOwed(); blocks > 0 {
		c.reassembly.report(&s.Options, blocks)
	}
	c.receive.acknowledged()
	c.timers.ack = 0
}

// blocksOwed is how many blocks of selective acknowledgement a segment sent now carries.
func (c *Conn) blocksOwed() int {
	if !c.sack {
		return 0
	}
	most := MaxSACKBlocks
	if c.stamps.on {
		most--
	}
	return min(most, len(c.reassembly.islands))
}

// segmentMax is the most data that a segment sent now can carry. RFC 6691 §3: options that a segment carries shorten its
// data, and so the blocks do while there are any.
func (c *Conn) segmentMax() int {
	n := c.send.mss
	if blocks := c.blocksOwed(); blocks > 0 {
		n -= 4 + 8*blocks
	}
	return max(n, minSendMSS)
}

// sendData sends what is lost, then what was sent before a timeout, then what is new, as the windows allow.
func (c *Conn) sendData(at instant, s *Segment) bool {
	d := &c.send
	if c.probeOwed {
		return c.sendProbe(at, s)
	}
	if c.recovery.resend {
		c.recovery.resend = false
		if k := firstOf(Block{d.una, d.max}, c.segmentMax()); k.Len() > 0 {
			if hole, ok := c.scoreboard.hole(k.Left, k.Right); ok {
				k = hole
			}
			c.recovery.retransmitted = later(c.recovery.retransmitted, k.Right)
			c.timers.retransmit = 0 // RFC 6582 §3.2 step 3, RFC 6675 §5 (4.3): it starts anew
			c.emit(at, s, k)
			return true
		}
	}
	if d.una == d.end() {
		return false
	}
	selective := c.recovery.active && c.sack
	room := c.allowed() - c.pipe()
	if selective && room >= d.mss {
		if k, ok := c.lostSegment(false); ok {
			c.emit(at, s, k)
			return true
		}
	}
	if k, ok := c.freshSegment(at, room); ok {
		c.restartWhenIdle(at)
		c.emit(at, s, k)
		d.nxt = k.Right
		return true
	}
	if selective && room >= d.mss && d.nxt == d.max {
		if k, ok := c.lostSegment(true); ok {
			c.emit(at, s, k)
			return true
		}
	}
	return false
}

// freshSegment is the segment at nxt, if windows, Nagle and silly-window avoidance let it out. room is what the
// congestion window leaves.
func (c *Conn) freshSegment(at instant, room int) (Block, bool) {
	d := &c.send
	again := d.nxt.Less(d.max)
	if again && !c.scoreboard.empty() {
		k, ok := c.scoreboard.hole(d.nxt, d.max)
		if !ok {
			k.Left = d.max
		}
		d.nxt = k.Left
		again = ok
	}
	k := Block{d.nxt, earlier(d.end(), d.rightEdge())}
	if n := k.Len(); n <= 0 {
		if d.nxt.Less(d.end()) && d.una == d.nxt {
			c.persist(at)
		}
		return k, false
	}
	full := c.segmentMax()
	k = firstOf(k, full)
	if k.Right == d.dataEnd() && d.fin && d.dataEnd().Less(d.rightEdge()) {
		k.Right++ // the FIN goes with the last byte and has no share in the MSS
	}
	n, underWay := k.Len(), d.nxt != d.una
	switch {
	case n > room && underWay:
		return k, false // an acknowledgement will make room
	case n >= full || again || k.Right == d.end() && (d.fin || c.config.NoDelay || !underWay):
		// RFC 9293 §3.8.6.2.1 (1) and (2), §3.7.4
		return k, true
	case n >= d.maxWindow/2 && (c.config.NoDelay || !underWay):
		return k, true // RFC 9293 §3.8.6.2.1 (3)
	}
	if !underWay {
		c.persist(at) // RFC 9293 §3.8.6.2.1 (4): what is held back too long is sent after all
	}
	return k, false
}

// restartWhenIdle lowers the congestion window after a pause (RFC 5681 §4.1).
func (c *Conn) restartWhenIdle(at instant) {
	if c.send.una == c.send.max && c.lastSent != 0 && at > c.lastSent.after(c.rtt.rto(c.config)) {
		c.congestion.Idle(at.time())
	}
}

// sendProbe sends what the peer's window does not let in, one byte of it at least, so that the answer tells the window
// (RFC 9293 §3.8.6.1).
func (c *Conn) sendProbe(at instant, s *Segment) bool {
	d := &c.send
	c.probeOwed = false
	n := min(max(1, d.window), c.segmentMax(), d.end().Sub(d.una))
	if n <= 0 {
		return false
	}
	window := d.window
	c.report(Event{Kind: Probed, Seq: d.una, Len: n})
	c.emit(at, s, Block{d.una, d.una.Add(n)})
	c.rtt.cancel()
	if window == 0 {
		c.timers.retransmit = 0
		c.timers.persist = at.after(backedOff(c.rtt.timeout, c.probes, c.config.MaximumRTO))
		return true
	}
	d.nxt = d.una.Add(n)
	c.stopPersist()
	return true
}

// emit makes s the segment of the numbers in k.
func (c *Conn) emit(at instant, s *Segment, k Block) {
	d := &c.send
	s.Seq = k.Left
	n := earlier(k.Right, d.dataEnd()).Sub(k.Left)
	if n > 0 {
		s.Payload = d.queue.at(k.Left.Sub(d.start), n)
	}
	if d.fin && k.Right == d.dataEnd()+1 {
		s.Flags |= FIN
	}
	if n > 0 && k.Left.Add(n) == d.dataEnd() {
		s.Flags |= PSH // RFC 9293 §3.9.1.2: the last of what was written
	}
	if d.max.Less(k.Right) {
		if k.Left == d.max {
			c.rtt.start(at, k.Right)
		}
		d.max = k.Right
	} else if c.rtt.timing && k.Left.Less(c.rtt.timed) {
		c.rtt.cancel()
	}
	c.lastSent = at
	c.finishSegment(at, s)
	c.receive.owed = 0
	c.armRetransmit(at)
}
