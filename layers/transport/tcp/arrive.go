package tcp

import "time"

// Receive takes a segment that arrived for this connection (RFC 9293 §3.10.7). Its checksum was found right; its
// payload is copied. Broken or forged segments are answered or ignored as the RFC says.
func (c *Conn) Receive(now time.Time, s *Segment) {
	at := instantOf(now)
	c.stamps.now = at
	switch c.state {
	case Closed:
		return // the stack answers for connections that do not exist
	case SynSent:
		c.receiveInSynSent(at, s)
	default:
		c.receiveSynchronized(at, s)
	}
	c.wake()
}

// receiveInSynSent is RFC 9293 §3.10.7.3.
func (c *Conn) receiveInSynSent(at instant, s *Segment) {
	const ref = "RFC 9293 §3.10.7.3"
	d := &c.send
	acknowledges := s.Flags.Has(ACK)
	// First, check the ACK bit.
	if acknowledges && (s.Ack.LessEq(d.iss) || d.max.Less(s.Ack)) {
		if !s.Flags.Has(RST) {
			c.stack.refuse(c.local, c.remote, s)
		}
		return
	}
	// Second, check the RST bit.
	if s.Flags.Has(RST) {
		if acknowledges {
			c.finish(Refused, ref)
		}
		return
	}
	// Fourth, check the SYN bit.
	if !s.Flags.Has(SYN) {
		return
	}
	c.agree(at, s)
	if !acknowledges {
		// Simultaneous open: our SYN is sent again, with an acknowledgement.
		d.nxt = d.iss
		c.rtt.cancel()
		c.timers.retransmit = 0
		d.window = int(s.Window)
		c.move(SynReceived, ref)
		return
	}
	c.synAcknowledged(at, s)
	d.window, d.maxWindow = int(s.Window), int(s.Window) // never scaled on a SYN, RFC 7323 §2.2
	d.wl1, d.wl2 = s.Seq, s.Ack
	c.receive.owe()
	c.establish(at, ref)
}

// agree takes the peer's SYN: its numbers and what it offers (RFC 9293 §3.7.1, RFC 7323 §2, RFC 2018 §2).
func (c *Conn) agree(at instant, s *Segment) {
	r, d := &c.receive, &c.send
	r.irs, r.nxt = s.Seq, s.Seq+1
	r.edge = r.nxt.Add(min(r.space(), 0xffff)) // what our SYN announced, or will
	d.scaled = r.offerScale && s.Options.HasWindowScale
	r.offerScale = d.scaled
	if d.scaled {
		d.shift = min(s.Options.WindowShift, 14) // RFC 7323 §2.3
	} else {
		r.shift = 0
	}
	c.sack = c.sack && s.Options.SACKPermitted
	c.stamps.agree(s)
	d.mss = defaultMSS(c.remote.Addr()) // RFC 9293 §3.7.1: without the option
	if s.Options.HasMSS {
		d.mss = int(s.Options.MSS)
	}
	// RFC 9293 §3.7.1, RFC 6691: the options of each segment come out of its MSS.
	if c.stamps.on {
		d.optionSize = 12
	}
	d.mss = max(min(d.mss, r.mss)-d.optionSize, minSendMSS)
}

// synAcknowledged notes that the peer has our SYN.
func (c *Conn) synAcknowledged(at instant, s *Segment) {
	d := &c.send
	c.rtt.acknowledged(at, s.Ack, c.config)
	d.una = s.Ack
	d.nxt = later(d.nxt, d.una)
	c.timers.retransmit, c.timers.giveUp = 0, 0
	c.retries = 0
	c.rtt.backoff = 0
	if c.lostSYN && c.rtt.smoothed == 0 {
		// RFC 6298 §5.7: the first guess was too short.
		c.rtt.timeout = max(c.rtt.timeout, 3*time.Second)
	}
}

// establish completes the handshake.
func (c *Conn) establish(at instant, ref string) {
	d := &c.send
	c.congestion.Start(d.mss, initialWindow(d.mss, c.config.InitialWindow, c.lostSYN))
	c.recovery.point = d.una
	c.move(Established, ref)
	if c.state != Established {
		return // the listener has closed meanwhile
	}
	c.report(Event{Kind: Opened})
	c.watch(at)
	if d.fin {
		c.move(FinWait1, "RFC 9293 §3.10.4")
	}
}

// receiveSynchronized is RFC 9293 §3.10.7.4, for SYN-RECEIVED and all states behind it.
func (c *Conn) receiveSynchronized(at instant, s *Segment) {
	r := &c.receive
	seq, flags, payload := s.Seq, s.Flags, s.Payload
	if c.state == SynReceived && flags.Has(SYN) && seq == r.irs {
		if !flags.Has(ACK) {
			// The peer sent its SYN again, so it has not seen our answer; only that helps it.
			c.send.nxt = c.send.iss
			c.rtt.cancel()
			return
		}
		// Simultaneous open: the SYN was counted when it came without an acknowledgement.
		seq, flags = seq+1, flags&^SYN
	}
	if c.stamps.old(s) && !flags.Has(RST) {
		c.answer(at) // RFC 7323 §5.3, R1: protection against wrapped sequence numbers
		return
	}
	length := len(payload)
	if flags.Has(FIN) {
		length++
	}
	if flags.Has(SYN) {
		length++
	}
	// First, check the sequence number.
	if !r.acceptable(seq, length) {
		c.receiveUnacceptable(at, seq, flags, s)
		return
	}
	c.stamps.remember(s, seq, r)
	// Second, check the RST bit.
	if flags.Has(RST) {
		c.receiveReset(at, seq)
		return
	}
	// Fourth, check the SYN bit: RFC 5961 §4.2, whatever its number.
	if flags.Has(SYN) {
		if c.state == SynReceived && c.listener != nil {
			c.finish(ResetByPeer, "RFC 9293 §3.10.7.4") // a new beginning: back to LISTEN
			return
		}
		c.challenge(at)
		return
	}
	// Fifth, check the ACK bit.
	if !flags.Has(ACK) || !c.receiveACK(at, seq, s) {
		return
	}
	c.watch(at)
	// Seventh, take the data; eighth, the FIN.
	if c.state.mayReceive() {
		if c.closed && len(payload) > 0 && r.nxt.Less(seq.Add(len(payload))) {
			c.abort(Aborted, "RFC 9293 §3.6.1") // nobody will read it
			return
		}
		c.take(at, seq, payload, flags.Has(FIN))
		return
	}
	if length > 0 {
		r.owe()
	}
}

// receiveUnacceptable answers a segment from outside the window. RFC 9293 §3.10.7.4: "an acknowledgment should be sent
// in reply (unless the RST bit is set)".
func (c *Conn) receiveUnacceptable(at instant, seq Seq, flags Flags, s *Segment) {
	if flags.Has(RST) {
		return
	}
	if flags.Has(SYN) {
		c.challenge(at) // RFC 5961 §4.2
		return
	}
	if c.state == TimeWait && flags.Has(FIN) {
		c.timers.wait = at.after(c.config.TimeWait) // our last acknowledgement was lost: the wait begins anew
	}
	if s.Len() > 0 {
		c.receive.owe()
	} else {
		c.answer(at)
	}
	// RFC 9293 §3.10.7.4: with a closed window, acknowledgements that come at the right number still count.
	if c.receive.size() == 0 && seq == c.receive.nxt && flags.Has(ACK) && c.state.synchronized() {
		c.receiveACK(at, seq, s)
	}
}

// receiveReset is RFC 9293 §3.10.7.4, second, with RFC 5961 §3.2: only the exact next number ends the connection.
func (c *Conn) receiveReset(at instant, seq Seq) {
	const ref = "RFC 9293 §3.10.7.4"
	if seq != c.receive.nxt {
		c.challenge(at)
		return
	}
	switch c.state {
	case SynReceived:
		if c.listener == nil {
			c.finish(Refused, ref)
			return
		}
	case Closing, LastAck, TimeWait:
		if c.send.dataEnd().LessEq(c.send.una) {
			c.finish(Orderly, ref) // both sides had closed, and all data arrived
			return
		}
	}
	c.finish(ResetByPeer, ref)
}
