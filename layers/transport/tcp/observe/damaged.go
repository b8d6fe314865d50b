package observe

import (
	"bytes"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
)

const (
	doubtfulMax = 64 << 10 // bytes of damaged segments that are kept for one side
	nearby      = 1 << 20  // a number in a damaged header is believed when it is as near as this to what is awaited
)

// A wrong checksum means one of three things. The computer that captured its own sending leaves the checksum to its network card:
// then most of what it sends looks wrong, and nothing is. Or the segment was damaged on the way: then its receiver throws it
// away, and what it said must not be taken for said. Or somebody has changed the bytes in the file later: then the receiver
// goes on as if nothing were wrong with them. So a wrong checksum among right ones makes the bytes doubtful. A sound copy
// takes their place; when the receiver acknowledges them without one, they were what it got.

// isDamaged tells whether a wrong checksum is an exception among what this side has sent on this interface.
func (t *sight) isDamaged(g *Segment) bool {
	if !g.ChecksumWrong {
		t.sound++
		return false
	}
	t.wrong++
	return t.sound > 0 && t.sound >= t.wrong
}

// observeDamaged takes a segment whose receiver throws it away: its flags open and close nothing, its bytes are doubtful.
func (o *Observer) observeDamaged(s *Stream, from layers.Side, g *Segment) {
	mine, theirs := &s.halves[from], &s.halves[from.Other()]
	o.say(Damaged)
	o.seen.Sequence = mine.relative(g.Sequence)
	o.seen.Offset = mine.offset(g.Sequence)
	o.seen.Window = mine.window
	if g.any(tcp.ACK) {
		o.seen.Acknowledge = theirs.relative(g.Acknowledgment)
	}
	if distance := o.seen.Offset - mine.next; distance > nearby || distance < -nearby || g.any(tcp.SYN|tcp.RST) {
		return
	}
	if g.any(tcp.ACK) {
		if acked := theirs.offset(g.Acknowledgment); acked > theirs.high+1 || acked < theirs.acked {
			return
		}
		if !g.any(tcp.FIN) {
			o.judge(s, from, g)
		}
		theirs.acknowledge(g.Acknowledgment, g.Time)
		if g.Length > 0 {
			o.skipAcknowledged(s, from.Other(), g)
		}
	}
	if len(g.Payload) > 0 && !mine.ended {
		mine.doubt(chunk{offset: o.seen.Offset, length: int64(len(g.Payload)), bytes: bytes.Clone(g.Payload), frame: g.Frame, time: g.Time})
	}
}

// doubt keeps bytes of a damaged segment; the oldest go first when there are too many.
func (h *half) doubt(c chunk) {
	if c.end() <= h.next {
		return
	}
	h.high = max(h.high, c.end())
	h.doubtful = append(h.doubtful, c)
	size := 0
	for i := len(h.doubtful) - 1; i >= 0; i-- {
		if size += len(h.doubtful[i].bytes); size > doubtfulMax {
			h.doubtful = append(h.doubtful[:0], h.doubtful[i+1:]...)
			return
		}
	}
}

// trust delivers doubtful bytes at the place awaited, up to limit, where there are any.
func (o *Observer) trust(from layers.Side, h *half, limit int64) bool {
	h.forgetDoubtful()
	for i := range h.doubtful {
		c := h.doubtful[i]
		if c.offset > h.next {
			continue
		}
		c = c.after(h.next)
		end := min(c.end(), limit)
		if len(h.held) > 0 {
			end = min(end, h.held[0].offset)
		}
		if end <= c.offset {
			continue
		}
		c.length, c.bytes = end-c.offset, c.bytes[:end-c.offset]
		o.deliver(from, h, &c)
		o.release(from, h)
		return true
	}
	return false
}

// forgetDoubtful lets go of what is there in a sound copy, or was delivered.
func (h *half) forgetDoubtful() {
	kept := h.doubtful[:0]
	for _, c := range h.doubtful {
		if c.end() > h.next {
			kept = append(kept, c)
		}
	}
	if h.doubtful = kept; len(kept) == 0 {
		h.doubtful = nil
	}
}

// nextKnown is where the next bytes begin that are held, sound or doubtful; limit when there are none before it.
func (h *half) nextKnown(limit int64) int64 {
	if len(h.held) > 0 {
		limit = min(limit, h.held[0].offset)
	}
	for i := range h.doubtful {
		if at := h.doubtful[i].offset; at > h.next {
			limit = min(limit, at)
		}
	}
	return limit
}
