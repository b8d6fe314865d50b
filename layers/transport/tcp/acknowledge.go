package tcp

import "time"

// receiveACK is RFC 9293 §3.10.7.4, fifth. It says whether the rest of the segment is to be looked at.
func (c *Conn) receiveACK(at instant, seq Seq, s *Segment) bool {
	const ref = "RFC 9293 §3.10.7.4"
	d := &c.send
	if c.state == SynReceived {
		if !d.una.Less(s.Ack) || d.max.Less(s.Ack) {
			c.stack.refuse(c.local, c.remote, s)
			return false
		}
		c.synAcknowledged(at, s)
		d.window = int(s.Window) << d.shift
		d.maxWindow = d.window
		d.wl1, d.wl2 = seq, s.Ack
		c.establish(at, ref)
	}
	switch {
	case d.max.Less(s.Ack):
		c.answer(at) // something that was never sent is acknowledged
		return false
	case s.Ack.Less(d.una.Add(-max(d.maxWindow, 1))):
		c.challenge(at) // RFC 5961 §5.2: too old to be the peer's
		return false
	}
	news := false
	if c.sack && s.Options.Blocks > 0 {
		news = c.scoreboard.update(&s.Options, d.una, d.max)
	}
	switch {
	case d.una.Less(s.Ack):
		c.receiveNewACK(at, seq, s)
	case s.Ack == d.una && d.una.Less(d.max):
		// RFC 5681 §2, duplicate acknowledgement; RFC 6675 §2: with SACK, one that reports something new.
		if c.sack && news || !c.sack && len(s.Payload) == 0 && !s.Flags.Has(FIN) && int(s.Window)<<d.shift == d.window {
			c.duplicate(at)
		}
	}
	c.updateWindow(at, seq, s)
	return c.finAcknowledged(at)
}

// receiveNewACK takes an acknowledgement of something new.
func (c *Conn) receiveNewACK(at instant, seq Seq, s *Segment) {
	d := &c.send
	flight := d.max.Sub(d.una)
	bytes := s.Ack.Sub(d.una)
	if !c.rtt.acknowledged(at, s.Ack, c.config) {
		c.stamps.measure(at, s, c)
	}
	d.una = s.Ack
	d.nxt = later(d.nxt, d.una)
	if n := earlier(d.una, d.dataEnd()).Sub(d.start); n > 0 {
		d.queue.drop(n, false, &c.stack.memory)
		d.start = d.start.Add(n)
	}
	c.scoreboard.acknowledged(d.una)
	c.retries = 0
	c.unreachable = false
	c.timers.giveUp, c.timers.retransmit = 0, 0
	c.progress(at, bytes, flight)
	// RFC 6298 §5.2, §5.3: the timer stops, or starts anew for what is still under way.
	if d.una.Less(d.max) && d.una != d.nxt {
		c.armRetransmit(at)
	}
	if d.wanted && d.queue.len() <= c.config.SendBuffer-min(c.config.SendBuffer/3, 2*d.mss) {
		d.wanted = false
		c.report(Event{Kind: WriteReady})
	}
}

// updateWindow is the rest of RFC 9293 §3.10.7.4, fifth: the window of an older segment does not replace that of a
// newer one.
func (c *Conn) updateWindow(at instant, seq Seq, s *Segment) {
	d := &c.send
	if s.Ack.Less(d.una) || seq.Less(d.wl1) || seq == d.wl1 && s.Ack.Less(d.wl2) {
		return
	}
	d.window = int(s.Window) << d.shift
	d.maxWindow = max(d.maxWindow, d.window)
	d.wl1, d.wl2 = seq, s.Ack
	if c.timers.persist == 0 && c.probes == 0 {
		return
	}
	// The peer answers: it is not to be given up (RFC 9293 §3.8.6.1).
	c.timers.giveUp = 0
	if d.window > 0 {
		c.stopPersist()
	}
}

// finAcknowledged lets the states advance whose FIN the peer has now. It says whether the rest of the segment is to be
// looked at.
func (c *Conn) finAcknowledged(at instant) bool {
	const ref = "RFC 9293 §3.10.7.4"
	d := &c.send
	if !d.fin || d.una != d.end() {
		return true
	}
	switch c.state {
	case FinWait1:
		c.move(FinWait2, ref)
	case Closing:
		c.enterTimeWait(at, ref)
	case LastAck:
		c.finish(Orderly, ref)
		return false
	}
	return true
}

// challenges limits how often a segment that may be forged is answered (RFC 5961 §7).
type challenges struct {
	since instant
	sent  int
}

// RFC 5961 §7 proposes ten in five seconds.
const (
	challengeLimit = 10
	challengeTime  = 5 * time.Second
)

// challenge answers a reset or SYN that could be forged with an acknowledgement: a true peer in doubt will answer that
// with a reset that has the exact number (RFC 5961 §3.2, §4.2).
func (c *Conn) challenge(at instant) {
	if c.answer(at) {
		c.report(Event{Kind: Challenged})
	}
}

// answer acknowledges a segment without data that makes no sense here, unless that happened too often: two ends that
// disagree about their numbers, or an attacker between them, could keep each other busy for ever.
func (c *Conn) answer(at instant) bool {
	h := &c.challenges
	if h.since == 0 || at > h.since.after(challengeTime) {
		h.since, h.sent = at, 0
	}
	if h.sent >= challengeLimit {
		return false
	}
	h.sent++
	c.receive.owe()
	return true
}
