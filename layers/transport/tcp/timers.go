package tcp

import "time"

// An instant is a time.Time in nanoseconds since 1970: eight bytes, compared by one instruction. Zero is no time.
type instant int64

func instantOf(t time.Time) instant { return instant(t.UnixNano()) }

func (i instant) time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(i)).UTC()
}

func (i instant) after(d time.Duration) instant { return i + instant(d) }

// due says whether the timer i was set and has run out.
func (i instant) due(now instant) bool { return i != 0 && i <= now }

// timers are when something is to happen if nothing else does before (RFC 9293 §3.10.8).
type timers struct {
	retransmit instant // the oldest unacknowledged segment is sent again
	persist    instant // a closed window is probed
	ack        instant // a delayed acknowledgement is sent
	giveUp     instant // the user timeout
	keepAlive  instant // a silent peer is probed
	wait       instant // TIME-WAIT ends, or FIN-WAIT-2 without a program
}

func (t *timers) next() instant {
	var first instant
	for _, i := range [...]instant{t.retransmit, t.persist, t.ack, t.giveUp, t.keepAlive, t.wait} {
		if i != 0 && (first == 0 || i < first) {
			first = i
		}
	}
	return first
}

// Deadline is when Expire is to be called if nothing else happens before; zero: never.
func (c *Conn) Deadline() time.Time { return c.timers.next().time() }

// Expire lets the timers that have run out do their work. It may be called early or often.
func (c *Conn) Expire(now time.Time) {
	at := instantOf(now)
	t := &c.timers
	if t.wait.due(at) {
		t.wait = 0
		c.linger()
		return
	}
	if t.giveUp.due(at) {
		c.abandon()
		return
	}
	if t.retransmit.due(at) {
		t.retransmit = 0
		c.retransmissionTimeout(at)
	}
	if t.persist.due(at) {
		t.persist = 0
		c.persistTimeout()
	}
	if t.ack.due(at) {
		t.ack = 0
		c.receive.owe()
	}
	if t.keepAlive.due(at) {
		t.keepAlive = 0
		c.keepAliveTimeout()
	}
	c.wake()
}

// linger ends TIME-WAIT, and FIN-WAIT-2 when no program waits for the peer's FIN.
func (c *Conn) linger() {
	if c.state == TimeWait {
		c.finish(Orderly, "RFC 9293 §3.10.8")
		return
	}
	c.abort(GaveUp, "RFC 9293 §3.10.4")
}

// abandon gives the connection up. RFC 9293 §3.10.8, user timeout: "flush all queues, signal the user".
func (c *Conn) abandon() {
	reason := GaveUp
	if c.unreachable {
		reason = Unreachable
	}
	c.finish(reason, "RFC 9293 §3.8.3")
}

// retransmissionTimeout is RFC 6298 §5.4 to §5.7.
func (c *Conn) retransmissionTimeout(at instant) {
	s := &c.send
	if c.config.Retries > 0 && c.retries >= c.config.Retries {
		c.abandon()
		return
	}
	again := c.retries > 0
	c.retries++
	c.rtt.cancel()
	c.rtt.backOff()
	if !c.state.synchronized() {
		c.lostSYN = true
		s.nxt = s.iss
		c.report(Event{Kind: TimedOut, Seq: s.iss, Len: 0})
		return
	}
	if s.window == 0 {
		// The peer closed its window over what is under way: it is alive, and its window is what has to be asked for.
		s.nxt = s.una
		c.recovery.leave(s.una)
		c.scoreboard.clear()
		c.persist(at)
		return
	}
	c.congestion.TimedOut(at.time(), s.max.Sub(s.una), again)
	// RFC 2018 §8: after a timeout the reports count for nothing, for the receiver may have thrown away what it held.
	c.scoreboard.clear()
	c.recovery.timedOut(s.max)
	s.nxt = s.una // everything is sent again, by slow start
	c.report(Event{Kind: TimedOut, Seq: s.una, Len: min(s.mss, s.max.Sub(s.una))})
}

// armRetransmit starts the timer if it is not running (RFC 6298 §5.1).
func (c *Conn) armRetransmit(at instant) {
	if c.timers.retransmit == 0 {
		c.timers.retransmit = at.after(c.rtt.rto(c.config))
	}
	if c.timers.giveUp == 0 {
		limit := c.config.UserTimeout
		if !c.state.synchronized() {
			limit = c.config.OpenTimeout
		}
		c.timers.giveUp = at.after(limit)
	}
}

// persist starts to probe a window that lets nothing out though there is data to send and nothing under way
// (RFC 9293 §3.8.6.1). The first probe waits for one retransmission timeout, each further one twice as long.
func (c *Conn) persist(at instant) {
	if c.timers.persist != 0 || c.probeOwed {
		return
	}
	if c.probes == 0 && c.send.window == 0 {
		c.report(Event{Kind: WindowClosed, Seq: c.send.una})
	}
	c.timers.retransmit = 0
	c.timers.persist = at.after(backedOff(c.rtt.timeout, c.probes, c.config.MaximumRTO))
}

func (c *Conn) persistTimeout() {
	if c.probes < 30 {
		c.probes++
	}
	c.probeOwed = true
}

// stopPersist ends probing: the window is open.
func (c *Conn) stopPersist() {
	c.timers.persist, c.probes, c.probeOwed = 0, 0, false
}

// watch restarts the wait for the keep-alive: something was heard.
func (c *Conn) watch(at instant) {
	c.keepAlives, c.keepAliveOwed = 0, false
	if k := c.config.KeepAlive; k.Idle > 0 && (c.state == Established || c.state == CloseWait || c.state == FinWait2) {
		c.timers.keepAlive = at.after(k.Idle)
	} else {
		c.timers.keepAlive = 0
	}
}

// keepAliveTimeout is RFC 9293 §3.8.4.
func (c *Conn) keepAliveTimeout() {
	if c.keepAlives >= c.config.KeepAlive.Probes {
		c.abort(GaveUp, "RFC 9293 §3.8.4")
		return
	}
	c.keepAlives++
	c.keepAliveOwed = true
}
