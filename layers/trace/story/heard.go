package story

import (
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp/observe"
)

// Heard takes n bytes of a side of a connection whose frames are not seen: that of a program's socket.
func (r *Record) Heard(at time.Time, from layers.Side, n int) {
	if r.over {
		return
	}
	r.clock.heard(at)
	r.clock.speak(from, r.owed(&observe.Segment{Time: at}))
	r.times.Bytes += int64(n)
	r.seen[from] = true
	r.answered(from)
}

// Ended takes it that a side of such a connection has said its last byte.
func (r *Record) Ended(at time.Time, from layers.Side) {
	if r.over {
		return
	}
	r.seen[from] = true // it could have spoken
	r.fin[from] = true
	if r.clock.heard(at); r.clock.phase != closing {
		r.clock.spend(r.clock.turn())
		r.clock.phase = closing
	}
}

// heard goes on to at. There was no handshake to be seen.
func (c *clock) heard(at time.Time) {
	if !c.begun {
		c.begun, c.first, c.phase = true, at, talking
	}
	c.last = max(c.last, at.Sub(c.first))
}
