package tcp

import "time"

// timestamps is what a connection remembers for the timestamps option (RFC 7323 §3 to §5). Its clock ticks each
// millisecond.
type timestamps struct {
	offer, on bool
	offset    uint32  // so that the values tell nothing about the host (RFC 7323 §7.1)
	recent    uint32  // TS.Recent, to be echoed
	heard     instant // when TS.Recent was taken
	now       instant // when the segment that is being received arrived
}

// stampsExpire is how long TS.Recent can be compared (RFC 7323 §5.5).
const stampsExpire = 24 * 24 * time.Hour

func (t *timestamps) clock(at instant) uint32 {
	return t.offset + uint32(at/instant(time.Millisecond))
}

// agree takes the option of the peer's SYN.
func (t *timestamps) agree(s *Segment) {
	t.on = t.offer && s.Options.HasTimestamps
	t.offer = t.on
	if t.on {
		t.recent, t.heard = s.Options.TSValue, t.now
	}
}

// stamp puts the option into a segment of ours.
func (c *Conn) stamp(at instant, s *Segment) {
	t := &c.stamps
	if !t.on && !(t.offer && s.Flags.Has(SYN)) {
		return
	}
	s.Options.HasTimestamps, s.Options.TSValue = true, t.clock(at)
	if s.Flags.Has(ACK) {
		s.Options.TSReply = t.recent
	}
}

// old says whether the segment is older than one that was taken before (PAWS, RFC 7323 §5.3 R1), or lacks the option
// that was agreed on (§3.2).
func (t *timestamps) old(s *Segment) bool {
	if !t.on {
		return false
	}
	if !s.Options.HasTimestamps {
		return true
	}
	return int32(s.Options.TSValue-t.recent) < 0 && t.now < t.heard.after(stampsExpire)
}

// remember is RFC 7323 §4.3: the value to echo is that of the segment that the last acknowledgement waited for.
func (t *timestamps) remember(s *Segment, seq Seq, r *receiveSide) {
	if t.on && int32(s.Options.TSValue-t.recent) >= 0 && seq.LessEq(r.lastAcknowledged) {
		t.recent, t.heard = s.Options.TSValue, t.now
	}
}

// measure takes a round-trip time from an echoed value (RFC 7323 §4.1). It is asked for when no segment was timed, for
// our own timing is finer; so one measurement a round trip is kept, as RFC 6298 assumes.
func (t *timestamps) measure(at instant, s *Segment, c *Conn) {
	if !t.on || s.Options.TSReply == 0 || c.rtt.timing {
		return
	}
	if ticks := t.clock(at) - s.Options.TSReply; ticks < 1<<31 {
		c.rtt.sample(max(time.Duration(ticks)*time.Millisecond, time.Millisecond), c.config)
	}
}
