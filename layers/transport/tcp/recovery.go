package tcp

// A recovery is what a sender does between noticing a loss by duplicate acknowledgements and having everything
// acknowledged that was under way then: NewReno (RFC 6582) without SACK, the procedure of RFC 6675 §5 with it.
type recovery struct {
	active     bool
	duplicates int // duplicate acknowledgements in a row
	point      Seq // everything before it was sent when the loss was noticed: "recover", RecoveryPoint

	resend    bool // the first unacknowledged segment is due, whatever the window says
	inflation int  // NewReno: bytes that duplicate acknowledgements show to have left the network

	retransmitted Seq  // SACK: behind the last retransmission, HighRxt
	rescued       bool // SACK: the single rescue retransmission was made
}

// begin enters recovery. max is the number behind everything sent.
func (r *recovery) begin(una, max Seq, mss int, sack bool) {
	r.active, r.point, r.resend = true, max, true
	r.retransmitted, r.rescued, r.inflation = una, false, 0
	if !sack {
		r.inflation = dupThresh * mss // RFC 6582 §3.2 step 2, RFC 5681 §3.2 step 3
	}
}

// partial is an acknowledgement of bytes that does not reach the recovery point, without SACK: the next hole begins
// where it ends (RFC 6582 §3.2 step 3).
func (r *recovery) partial(bytes, mss int) {
	r.resend = true
	r.inflation = max(0, r.inflation-bytes)
	if bytes >= mss {
		r.inflation += mss
	}
}

// leave ends recovery; una is the first number not acknowledged.
func (r *recovery) leave(una Seq) {
	*r = recovery{point: later(r.point, una)}
}

// timedOut ends recovery. Duplicate acknowledgements of what was sent before max are no sign of a new loss
// (RFC 6582 §3.2 step 4, RFC 6675 §5.1).
func (r *recovery) timedOut(max Seq) { *r = recovery{point: max} }

// duplicate works in one duplicate acknowledgement, or with SACK one that reported news.
func (c *Conn) duplicate(at instant) {
	r, s := &c.recovery, &c.send
	r.duplicates++
	if r.active {
		if !c.sack {
			r.inflation += s.mss // RFC 5681 §3.2 step 4
		}
		return
	}
	lost := r.duplicates >= dupThresh
	if c.sack && !lost {
		lost = s.una.Less(c.scoreboard.lostBefore(s.una, s.mss)) // RFC 6675 §5 (1)
	}
	// After a timeout, or a recovery just over, repeated acknowledgements come from segments sent twice.
	if !lost || s.una.Less(r.point) || s.nxt != s.max {
		return
	}
	r.begin(s.una, s.max, s.mss, c.sack)
	c.congestion.Lost(at.time(), s.max.Sub(s.una))
	c.rtt.cancel()
	c.report(Event{Kind: FastRetransmitted, Seq: s.una, Len: min(s.mss, s.max.Sub(s.una))})
}

// progress works in an acknowledgement of bytes of new data. flight is what was under way before it.
func (c *Conn) progress(at instant, bytes, flight int) {
	r, s := &c.recovery, &c.send
	r.duplicates = 0
	switch {
	case r.active && r.point.LessEq(s.una):
		r.leave(s.una)
		c.congestion.Recovered(at.time(), s.max.Sub(s.una))
		c.report(Event{Kind: Recovered, Seq: s.una})
	case r.active && !c.sack:
		r.partial(bytes, s.mss)
	case r.active:
		r.retransmitted = later(r.retransmitted, s.una)
	default:
		w := c.congestion.Window()
		limited := flight+s.mss > w
		if w < c.congestion.Threshold() {
			limited = 2*flight >= w
		}
		c.congestion.Acknowledged(at.time(), bytes, limited, c.rtt.latest)
	}
}

// pipe is an estimate of the bytes that are in the network (RFC 6675 §4, SetPipe): what was sent, less what was
// acknowledged or reported, less what counts as lost, plus what was sent again.
func (c *Conn) pipe() int {
	r, s, b := &c.recovery, &c.send, &c.scoreboard
	if !r.active || !c.sack {
		if len(b.blocks) == 0 {
			return s.nxt.Sub(s.una)
		}
		return s.nxt.Sub(s.una) - b.below(s.nxt)
	}
	lost := b.lostBefore(s.una, s.mss)
	pipe := s.max.Sub(lost) - (b.bytes - b.below(lost))
	again := earlier(r.retransmitted, s.max)
	return pipe + again.Sub(s.una) - b.below(again)
}

// allowed is how many bytes may be in the network now.
func (c *Conn) allowed() int {
	w := c.congestion.Window() + c.recovery.inflation
	if !c.recovery.active && !c.sack && s3042(c.recovery.duplicates) {
		w += c.recovery.duplicates * c.send.mss // RFC 3042 §2; with SACK the reports themselves make room
	}
	return w
}

// s3042 says whether limited transmit lets a segment out for each of n duplicate acknowledgements.
func s3042(n int) bool { return n > 0 && n < dupThresh }

// lostSegment is what to send again now under RFC 6675 §4, NextSeg, rules 1, 3 and 4. Rule 2, new data, stands between
// them: fallback asks for the rules behind it.
func (c *Conn) lostSegment(fallback bool) (Block, bool) {
	r, s, b := &c.recovery, &c.send, &c.scoreboard
	from := later(r.retransmitted, s.una)
	if !fallback {
		return r.again(b, from, b.lostBefore(s.una, s.mss), c.segmentMax())
	}
	if k, ok := r.again(b, from, b.highest(s.una), c.segmentMax()); ok {
		return k, true
	}
	if r.rescued || r.point.LessEq(s.una) {
		return Block{}, false
	}
	r.rescued = true
	last := later(b.highest(s.una), s.max.Add(-c.segmentMax()))
	k := Block{later(last, s.una), s.max}
	return k, k.Len() > 0
}

// again is the first segment from from on and before limit that was not reported; the next one begins behind it.
func (r *recovery) again(b *scoreboard, from, limit Seq, mss int) (Block, bool) {
	k, ok := b.hole(from, limit)
	if !ok {
		return k, false
	}
	k = firstOf(k, mss)
	r.retransmitted = k.Right
	return k, true
}

func firstOf(k Block, n int) Block {
	if k.Len() > n {
		k.Right = k.Left.Add(n)
	}
	return k
}
