package observe

import (
	"bytes"
	"slices"
	"time"

	"mailwire/layers"
)

const (
	heldChunks  = 4096    // at most so many pieces wait in one half, so that finding a place stays cheap
	recentBytes = 1536    // at least so many delivered bytes are remembered for comparing, when there were as many
	farthest    = 1 << 30 // a number farther from the bytes awaited cannot be meant (RFC 7323 §2.3: the largest window)
)

// take puts the payload of g in its place.
func (o *Observer) take(s *Stream, from layers.Side, g *Segment, offset int64) {
	h := &s.halves[from]
	if distance := offset - h.next; distance > farthest || distance < -farthest {
		return
	}
	end := offset + int64(g.Length)
	h.high = max(h.high, end)
	if offset < h.next {
		o.compareRecent(h, offset, g.Payload)
	}
	if offset+int64(len(g.Payload)) > h.next {
		c := chunk{offset: offset, length: int64(len(g.Payload)), bytes: g.Payload, frame: g.Frame, time: g.Time}
		o.place(s, from, c)
	}
	if cut := offset + int64(len(g.Payload)); end > max(cut, h.next) {
		o.place(s, from, chunk{offset: cut, length: end - cut, frame: g.Frame, time: g.Time})
	}
}

// place delivers what of c is awaited and holds what is early.
func (o *Observer) place(s *Stream, from layers.Side, c chunk) {
	h := &s.halves[from]
	c = c.after(h.next)
	if c.length == 0 {
		return
	}
	if c.offset == h.next && len(h.held) == 0 && !h.waits {
		o.deliver(from, h, &c)
		return
	}
	o.hold(h, c)
	o.release(from, h)
	for len(h.held) > 0 {
		if limit := o.heldLimit(s, from); limit > 0 && h.heldSize <= limit && len(h.held) <= heldChunks {
			break
		}
		o.skip(from, h, h.held[0].offset, c.frame, c.time)
	}
}

// heldLimit is how many bytes may wait in a half. What is missing in a connection that is seen from one side only will never
// be known to be lost, so there less is waited for. The more waits in all connections together, the less may wait in each:
// so a capture full of gaps takes no more than Options.HeldTotal, and a new connection finds room all the same.
func (o *Observer) heldLimit(s *Stream, from layers.Side) int {
	limit := min(o.options.Held, max(0, o.options.HeldTotal-o.held)/4)
	if !s.halves[from.Other()].segments {
		return limit / 16
	}
	return limit
}

// after returns c without the bytes before offset.
func (c chunk) after(offset int64) chunk {
	if n := min(offset-c.offset, c.length); n > 0 {
		c.offset, c.length = c.offset+n, c.length-n
		if c.bytes != nil {
			c.bytes = c.bytes[n:]
		}
	}
	return c
}

// hold keeps a copy of what of c is not held yet: of bytes that come twice the first ones count, as they do for most
// receivers.
func (o *Observer) hold(h *half, c chunk) {
	at, _ := slices.BinarySearchFunc(h.held, c.offset, func(held chunk, offset int64) int {
		if held.end() <= offset {
			return -1
		}
		return 1
	})
	for c.length > 0 {
		if at == len(h.held) || c.end() <= h.held[at].offset {
			o.insert(h, at, c)
			return
		}
		there := h.held[at]
		if before := there.offset - c.offset; before > 0 {
			first := c
			first.length = before
			if first.bytes != nil {
				first.bytes = first.bytes[:before]
			}
			o.insert(h, at, first)
			at++
		}
		c = c.after(there.offset)
		if n := min(c.length, there.end()-c.offset); c.bytes != nil && there.bytes != nil {
			start := c.offset - there.offset
			o.compare(c.offset, there.bytes[start:start+n], c.bytes[:n])
		}
		c = c.after(there.end())
		at++
	}
}

func (o *Observer) insert(h *half, at int, c chunk) {
	c.bytes = bytes.Clone(c.bytes)
	h.held = slices.Insert(h.held, at, c)
	o.count(h, len(c.bytes), 1)
}

// chunkCost is about how much memory a chunk takes beside its bytes.
const chunkCost = 128

// count notes that so many more bytes in so many more chunks are held; fewer, where the numbers are negative.
func (o *Observer) count(h *half, size, chunks int) {
	h.heldSize += size
	o.held += size + chunks*chunkCost
}

// release delivers what is held and no longer early.
func (o *Observer) release(from layers.Side, h *half) {
	if h.waits {
		return
	}
	ready := 0
	for ready < len(h.held) && h.held[ready].offset <= h.next {
		c := h.held[ready]
		o.count(h, -len(c.bytes), -1)
		if c = c.after(h.next); c.length > 0 {
			o.deliver(from, h, &c)
		}
		ready++
	}
	h.held = slices.Delete(h.held, 0, ready)
	if len(h.held) == 0 {
		h.held = nil
	}
}

// deliver hands over c, which begins with the byte awaited.
func (o *Observer) deliver(from layers.Side, h *half, c *chunk) {
	o.seen.Deliveries = append(o.seen.Deliveries, Delivery{})
	d := &o.seen.Deliveries[len(o.seen.Deliveries)-1]
	d.From, d.Offset, d.Bytes, d.Frame, d.Time = from, c.offset, c.bytes, c.frame, c.time
	if c.bytes == nil {
		d.Gap, d.Cut = c.length, true
		h.recent = h.recent[:0]
	}
	o.remember(h, c.bytes)
	h.next = c.end()
}

// skip gives up the bytes before offset and delivers what follows them.
func (o *Observer) skip(from layers.Side, h *half, offset int64, frame int, at time.Time) {
	h.waits = false
	if offset > h.next {
		o.seen.Deliveries = append(o.seen.Deliveries,
			Delivery{From: from, Offset: h.next, Gap: offset - h.next, Frame: frame, Time: at})
		h.next = offset
		h.recent = h.recent[:0]
	}
	o.release(from, h)
}

// skipAcknowledged gives up what is missing although the other side has acknowledged it: it was received, but the
// capture does not have it.
func (o *Observer) skipAcknowledged(s *Stream, from layers.Side, g *Segment) {
	h := &s.halves[from]
	if h.next >= h.acked {
		return
	}
	if h.waits {
		h.waits = false
		o.skipAcknowledged(s, from.Other(), g)
	}
	for h.next < h.acked {
		if len(h.doubtful) == 0 || !o.trust(from, h, h.acked) {
			o.skip(from, h, h.nextKnown(h.acked), g.Frame, g.Time)
		}
	}
}

// remember keeps the last bytes delivered.
func (o *Observer) remember(h *half, b []byte) {
	if h.recent == nil {
		h.recent = o.spare.Take()
	}
	if len(b) >= recentBytes {
		h.recent = append(h.recent[:0], b[len(b)-recentBytes:]...)
		return
	}
	if len(h.recent)+len(b) > 2*recentBytes {
		h.recent = append(h.recent[:0], h.recent[len(h.recent)+len(b)-recentBytes:]...)
	}
	h.recent = append(h.recent, b...)
}

// compareRecent looks at bytes that come again: those of the place that are still remembered, and those that come now.
func (o *Observer) compareRecent(h *half, offset int64, b []byte) {
	start := h.next - int64(len(h.recent))
	if low, high := max(start, offset), min(h.next, offset+int64(len(b))); low < high {
		o.compare(low, h.recent[low-start:high-start], b[low-offset:high-offset])
	}
}

// compare says of two versions of a place whether they differ, and where first. Both have one length.
func (o *Observer) compare(offset int64, first, now []byte) {
	const shown = 32
	if bytes.Equal(first, now) || o.seen.Says(DifferentOverlap) {
		return
	}
	at := 0
	for first[at] == now[at] {
		at++
	}
	end := min(at+shown, len(now))
	o.say(DifferentOverlap)
	o.seen.Overlap = Overlap{Offset: offset + int64(at), First: bytes.Clone(first[at:end]), Now: bytes.Clone(now[at:end])}
}

// end says that a side's stream is over when all its bytes before FIN are there.
func (o *Observer) end(from layers.Side, h *half, g *Segment) {
	if h.fin >= 0 && h.next >= h.fin && !h.ended && !h.waits {
		o.last(from, h, g.Frame, g.Time)
	}
}

func (o *Observer) last(from layers.Side, h *half, frame int, at time.Time) {
	h.ended = true
	o.count(h, -h.heldSize, -len(h.held))
	o.spare.Give(h.recent)
	h.recent, h.held, h.doubtful = nil, nil, nil
	o.seen.Deliveries = append(o.seen.Deliveries, Delivery{From: from, Offset: h.next, Last: true, Frame: frame, Time: at})
}
