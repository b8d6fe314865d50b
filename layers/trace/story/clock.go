package story

import (
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
	"mailwire/layers/transport/tcp/observe"
)

// A clock cuts the time of a connection into parts. Whatever makes progress ends a span, and says what the span was for;
// a bare acknowledgement makes none.
type clock struct {
	begun bool
	first time.Time
	mark  time.Duration // since first: up to here the time is in parts
	last  time.Duration
	phase phase
	spoke bool
	voice layers.Side // who spoke last
	parts [len(Parts)]time.Duration
}

type phase uint8

const (
	opening phase = iota
	talking
	closing
)

// segment takes a segment of a side at a time. Clocks of captures may step back; a span is never negative.
//
// owed says that the side which spoke last is known to have more to say, or not known not to.
func (c *clock) segment(from layers.Side, g *observe.Segment, kind segmentKind, owed bool) {
	if !c.begun {
		c.begun, c.first = true, g.Time
		if g.Flags&tcp.SYN == 0 {
			c.phase = talking
		}
	}
	c.last = max(c.last, g.Time.Sub(c.first))
	switch {
	case kind == repeated:
		c.spend(Resending)
	case c.phase == opening:
		c.open(from, g, kind)
	case kind == fresh:
		c.speak(from, owed)
	case c.phase == closing:
		c.spend(Closing)
	}
	if g.Flags&(tcp.FIN|tcp.RST) != 0 && c.phase != closing {
		c.spend(c.turn())
		c.phase = closing
	}
}

// open takes a segment before the handshake is complete.
func (c *clock) open(from layers.Side, g *observe.Segment, kind segmentKind) {
	if g.Flags&(tcp.SYN|tcp.FIN|tcp.RST) != 0 || kind != idle {
		c.spend(Connecting)
	}
	if kind == handshake || kind == fresh && g.Flags&tcp.SYN == 0 {
		c.phase = talking
		c.spoke, c.voice = g.Length > 0, from
	}
}

// speak takes new bytes of a side.
func (c *clock) speak(from layers.Side, owed bool) {
	switch {
	case c.phase == closing:
		c.spend(Closing)
	case c.spoke && c.voice == from && from == layers.Server && !owed:
		c.spend(Thinking) // news that nobody asked for just now
	case c.spoke && c.voice == from:
		c.spend(Transfer)
	case from == layers.Server:
		c.spend(Waiting)
	default:
		c.spend(Thinking)
	}
	c.spoke, c.voice = true, from
}

// turn is what the time is for while nobody speaks: whoever did not speak last is to speak; at the start, the server.
func (c *clock) turn() Part {
	switch {
	case c.phase == opening:
		return Connecting
	case c.phase == closing:
		return Closing
	case c.spoke && c.voice == layers.Server:
		return Thinking
	}
	return Waiting
}

func (c *clock) spend(p Part) {
	c.parts[p] += c.last - c.mark
	c.mark = c.last
}

// total is the parts of all time up to the last segment.
func (c *clock) total() [len(Parts)]time.Duration {
	c.spend(c.turn())
	return c.parts
}

// A segmentKind is what a segment does for the progress of its connection.
type segmentKind uint8

const (
	idle      segmentKind = iota // nothing: an acknowledgement, a keep-alive, a probe
	fresh                        // brings new bytes
	handshake                    // completes the handshake
	repeated                     // brings what was sent before
)

// kindOf tells what g does, and whether it was sent again. What was sent again without need (its acknowledgement had been
// seen) cost no time.
func kindOf(seen *observe.Observation, g *observe.Segment) (kind segmentKind, again bool) {
	for _, w := range seen.Analysis {
		switch w {
		case observe.Retransmission, observe.FastRetransmission:
			return repeated, true
		case observe.SpuriousRetransmission:
			return idle, true
		case observe.KeepAlive, observe.ZeroWindowProbe, observe.Damaged:
			return idle, false
		}
	}
	for _, m := range seen.Milestones {
		if m == observe.HandshakeComplete {
			return handshake, false
		}
	}
	if g.Length > 0 {
		return fresh, false
	}
	return idle, false
}
