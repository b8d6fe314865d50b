package observe

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
)

// An Observer follows all connections of one trace.
type Observer struct {
	options     Options
	streams     map[key]*Stream
	recent      recentStreams
	newest      *Stream // the connections in the order of their last segment
	oldest      *Stream
	next        int          // number of the next stream
	held        int          // what all halves hold together
	weight      int          // what Weigh was told of all connections
	closed      []*Stream    // those that are over and still known
	firstClosed int          // the place of the oldest among them, once they are closedKept
	spare       layers.Spare // for half.recent
	seen        Observation
	rest        []Delivery // of Finish
}

// New returns an observer without connections.
func New(options Options) *Observer {
	options.Held = cmp.Or(options.Held, DefaultHeld)
	options.HeldTotal = cmp.Or(options.HeldTotal, DefaultHeldTotal)
	options.Streams = cmp.Or(options.Streams, DefaultStreams)
	options.Weight = cmp.Or(options.Weight, DefaultWeight)
	if options.Service == nil {
		options.Service = func(port uint16) bool { return port < 1024 }
	}
	return &Observer{options: options, streams: map[key]*Stream{}}
}

// A capture takes what a host sends and what it receives from different queues, so an acknowledgement may overtake the
// bytes that it is about: they have so long to appear before they are given up.
const overtaking = 20 * time.Millisecond

// late tells whether bytes that were acknowledged a moment ago are still missing here.
func (h *half) late(now time.Time) bool {
	return h.acked > h.next && now.Sub(h.ackedAt) <= overtaking
}

// Streams is how many connections have been seen.
func (o *Observer) Streams() int { return o.next }

// Reserve takes the number of a connection that is not seen in segments, so that it has one of its own.
func (o *Observer) Reserve() int {
	o.next++
	return o.next - 1
}

// Observe takes the next segment, in the order of time. What it returns is valid until the next call.
func (o *Observer) Observe(g *Segment) *Observation {
	o.seen.reset()
	s := o.find(g)
	from := s.side(g)
	o.seen.Stream, o.seen.From = s, from
	mine, theirs := &s.halves[from], &s.halves[from.Other()]
	if s.tapOf(g.Interface).sides[from].isDamaged(g) {
		o.observeDamaged(s, from, g)
		return &o.seen
	}
	mine.begin(s, from, g, theirs)
	o.judge(s, from, g)
	o.number(s, from, g)
	o.milestones(s, from, g)

	if g.any(tcp.ACK) {
		theirs.acknowledge(g.Acknowledgment, g.Time)
	}
	if g.Length > 0 || g.any(tcp.FIN) {
		// The answer to bytes that are missing here must not be read before it is known that they are missing. While nothing behind
		// them has been seen they may only be late.
		if len(theirs.held) > 0 || len(theirs.doubtful) > 0 || !theirs.late(g.Time) {
			o.skipAcknowledged(s, from.Other(), g)
		}
		mine.waits = theirs.late(g.Time)
	}
	if g.Length > 0 && !g.any(tcp.RST) && !mine.ended {
		o.take(s, from, g, o.seen.Offset)
	}
	for side := range s.halves {
		if h := &s.halves[side]; h.acked > h.next && g.Time.Sub(h.ackedAt) > overtaking {
			o.skipAcknowledged(s, layers.Side(side), g)
		}
	}
	for side := range s.halves {
		if h := &s.halves[side]; h.waits && !s.halves[1-side].late(g.Time) {
			h.waits = false
			o.release(layers.Side(side), h)
		}
	}
	o.end(from, mine, g)
	o.end(from.Other(), theirs, g)
	if g.any(tcp.RST) && s.over && !s.refused && !mine.ended {
		o.skipHeld(from, mine, g.Frame, g.Time)
		o.last(from, mine, g.Frame, g.Time)
	}
	if !s.finished && s.halves[0].ended && s.halves[1].ended {
		s.finished = true
		o.retire(s)
	}
	return &o.seen
}

// find returns the stream of g, a new one where it opens one.
func (o *Observer) find(g *Segment) *Stream {
	slot := o.recent.place(g)
	s := *slot
	if s == nil || s.gone || !s.joins(g) {
		s = o.streams[keyOf(g.Source, g.Destination, g.Network)]
	}
	if s != nil && s.reopenedBy(g) {
		o.say(PortReuse)
		o.drop(s)
		s = nil
	}
	if s == nil {
		s = o.open(keyOf(g.Source, g.Destination, g.Network), g)
	}
	*slot = s
	o.touch(s)
	for o.weight > o.options.Weight && o.oldest != s {
		o.forget(o.oldest)
	}
	return s
}

// Find returns the open connection between two ends in a network, nil when there is none.
func (o *Observer) Find(source, destination netip.AddrPort, network uint64) *Stream {
	return o.streams[keyOf(source, destination, network)]
}

// reopenedBy tells whether g is the SYN of another connection between the same ports: it begins to count elsewhere.
func (s *Stream) reopenedBy(g *Segment) bool {
	if g.Flags&(tcp.SYN|tcp.ACK|tcp.RST) != tcp.SYN {
		return false
	}
	h := &s.halves[s.side(g)]
	return h.known && h.first != g.Sequence+1
}

func (o *Observer) open(k key, g *Segment) *Stream {
	s := &Stream{Number: o.next, Network: g.Network, key: k, tap: tap{index: g.Interface}}
	o.next++
	client := layers.Client
	switch {
	case g.Flags.Has(tcp.SYN | tcp.ACK):
		client = layers.Server
	case g.any(tcp.SYN):
	default:
		s.MidStream = true
		o.say(MidStream)
		from, to := g.Source.Port(), g.Destination.Port()
		if knownFrom, knownTo := o.options.Service(from), o.options.Service(to); knownFrom != knownTo {
			if knownFrom {
				client = layers.Server
			}
		} else if from < to && from < 1024 {
			client = layers.Server
		}
	}
	s.Ends[client], s.Ends[client.Other()] = g.Source, g.Destination
	for i := range s.halves {
		s.halves[i].fin, s.halves[i].scale = -1, -1
	}
	o.seen.Opened = true
	if len(o.streams) >= o.options.Streams {
		o.forget(o.oldest)
	}
	o.streams[k] = s
	return s
}

// drop lets a connection go: another one takes its ports, or its place.
func (o *Observer) drop(s *Stream) {
	o.remove(s)
	o.seen.Dropped = append(o.seen.Dropped, s)
}

// forget makes room: a connection that is over goes without a word.
func (o *Observer) forget(s *Stream) {
	if s.finished {
		o.remove(s)
		return
	}
	o.drop(s)
}

func (o *Observer) remove(s *Stream) {
	delete(o.streams, s.key)
	s.gone = true
	o.unlink(s)
	o.weight -= s.weight
	s.weight = 0
}

// Weigh tells how many bytes, about, the caller keeps for a connection. With what the observer itself keeps to compare they
// count for Options.Weight: before more is kept, the connections are let go that were silent longest.
func (o *Observer) Weigh(s *Stream, kept int) {
	if s.gone {
		return
	}
	for side := range s.halves {
		h := &s.halves[side]
		kept += cap(h.recent) + len(h.doubtful)*recentBytes
	}
	o.weight += kept - s.weight
	s.weight = kept
}

// closedKept is how many connections that are over are still known, so that late copies of their segments are recognised.
const closedKept = 4096

// retire takes note that s is over, and forgets the one that was over before all others if there are too many.
func (o *Observer) retire(s *Stream) {
	if len(o.closed) < closedKept {
		o.closed = append(o.closed, s)
		return
	}
	first := o.closed[o.firstClosed]
	o.closed[o.firstClosed] = s
	o.firstClosed = (o.firstClosed + 1) % closedKept
	if !first.gone {
		o.remove(first)
	}
}

// touch makes s the newest.
func (o *Observer) touch(s *Stream) {
	if o.newest == s {
		return
	}
	o.unlink(s)
	s.older = o.newest
	if o.newest != nil {
		o.newest.newer = s
	} else {
		o.oldest = s
	}
	o.newest = s
}

func (o *Observer) unlink(s *Stream) {
	if s.newer != nil {
		s.newer.older = s.older
	} else if o.newest == s {
		o.newest = s.older
	}
	if s.older != nil {
		s.older.newer = s.newer
	} else if o.oldest == s {
		o.oldest = s.newer
	}
	s.newer, s.older = nil, nil
}

// begin sets where a half starts to count, when g is the first to tell.
func (h *half) begin(s *Stream, from layers.Side, g *Segment, theirs *half) {
	h.segments = true
	switch {
	case g.any(tcp.SYN):
		if !h.known || !s.synSeen[from] && h.high == 0 && h.next == 0 {
			h.known, h.first = true, g.Sequence+1
		}
		if h.first == g.Sequence+1 {
			s.synSeen[from] = true
			// RFC 7323 §2.2: the option counts only when both SYN segments carry it.
			h.scale = g.WindowScale
			if h.scale > 14 {
				h.scale = 14
			}
			if s.synSeen[from.Other()] && (h.scale < 0 || theirs.scale < 0) {
				h.scale, theirs.scale = 0, 0
			}
		}
	case !h.known:
		h.known, h.first = true, g.Sequence
	}
	if g.any(tcp.ACK) && !theirs.known {
		theirs.known, theirs.first = true, g.Acknowledgment
	} else if !theirs.segments && g.any(tcp.ACK) && g.Acknowledgment.Less(theirs.first) {
		theirs.first = g.Acknowledgment
	}
}

// number fills in what is counted from the start of the streams.
func (o *Observer) number(s *Stream, from layers.Side, g *Segment) {
	mine, theirs := &s.halves[from], &s.halves[from.Other()]
	o.seen.Sequence = mine.relative(g.Sequence)
	if g.any(tcp.ACK) {
		o.seen.Acknowledge = theirs.relative(g.Acknowledgment)
	}
	payload := g.Sequence
	if g.any(tcp.SYN) {
		payload++
	}
	o.seen.Offset = mine.offset(payload)
	o.seen.Window = int64(g.Window)
	if g.any(tcp.SYN) {
		// RFC 7323 §2.2: the window of a SYN is never scaled.
		o.seen.Scaled = true
	} else if mine.scale >= 0 && theirs.scale >= 0 {
		o.seen.Window, o.seen.Scaled = int64(g.Window)<<uint(mine.scale), true
	}
	mine.window = o.seen.Window
	if g.any(tcp.FIN) && mine.fin < 0 {
		if fin := o.seen.Offset + int64(g.Length); fin >= mine.next && fin-mine.next < farthest {
			mine.fin = fin
		}
	}
}

// acknowledge notes that the bytes before a number were received.
func (h *half) acknowledge(number tcp.Seq, now time.Time) {
	if !h.known || !h.segments {
		return
	}
	to := h.offset(number)
	if h.fin >= 0 && to == h.fin+1 {
		h.finAcked = true
		to = h.fin
	}
	beyond := to - max(h.high, h.next)
	switch {
	case beyond > 1<<24:
		// Nobody had so much on its way unseen: the number is not this connection's.
	case beyond == 1 && h.fin < 0:
		// One more than was seen may be a byte or a FIN that is missing here: what comes next will tell.
	case to > h.acked:
		h.acked, h.ackedAt = to, now
	}
}

// milestones notes the steps in the life of the connection that g completes.
func (o *Observer) milestones(s *Stream, from layers.Side, g *Segment) {
	mine, theirs := &s.halves[from], &s.halves[from.Other()]
	reach := func(m Milestone) { o.seen.Milestones = append(o.seen.Milestones, m) }
	if s.refused && g.Flags.Has(tcp.SYN|tcp.ACK) {
		s.refused, s.over = false, false // the refusal was somebody else's, or the server has come up
	}
	if s.over {
		return
	}
	if g.any(tcp.RST) {
		switch {
		case s.synSeen[from.Other()] && !s.synSeen[from] && !s.handshake:
			s.over, s.refused = true, true
			reach(Refused)
		case near(mine.offset(g.Sequence)-mine.next, theirs.window):
			s.over = true
			reach(Reset)
		}
		return
	}
	if !s.handshake && s.synSeen[0] && s.synSeen[1] && from == layers.Client && g.any(tcp.ACK) && !g.any(tcp.SYN) &&
		theirs.relative(g.Acknowledgment) >= 1 {
		s.handshake = true
		reach(HandshakeComplete)
	}
	if g.any(tcp.ACK) && theirs.fin >= 0 && theirs.offset(g.Acknowledgment) == theirs.fin+1 {
		switch {
		case mine.fin >= 0 && mine.finAcked:
			s.over = true
			reach(Closed)
		case mine.fin < 0 && !s.halfClosed:
			s.halfClosed = true
			reach(HalfClosed)
		}
	}
}

// near tells whether a reset stands within the window, or what it may be when it is not known (RFC 9293 §3.5.3).
func near(distance, window int64) bool {
	return distance >= -farther && distance <= max(window, farther)
}

const farther = 1 << 17

// skipHeld delivers all that is held, behind the gaps before it.
func (o *Observer) skipHeld(from layers.Side, h *half, frame int, at time.Time) {
	h.waits = false
	for len(h.held) > 0 || len(h.doubtful) > 0 {
		if !o.trust(from, h, math.MaxInt64) && (len(h.held) > 0 || len(h.doubtful) > 0) {
			o.skip(from, h, h.nextKnown(math.MaxInt64), frame, at)
		}
	}
}

// Finish ends a stream: what was held is delivered behind the gaps before it, then both ends. What it returns is valid
// until the next call of Finish; an observation is not touched.
func (o *Observer) Finish(s *Stream) []Delivery {
	observed := o.seen.Deliveries
	o.seen.Deliveries = o.rest[:0]
	for _, side := range [...]layers.Side{layers.Client, layers.Server} {
		if h := &s.halves[side]; !h.ended {
			o.skipHeld(side, h, 0, time.Time{})
			o.last(side, h, 0, time.Time{})
		}
	}
	s.finished = true
	o.rest, o.seen.Deliveries = o.seen.Deliveries, observed
	return o.rest
}

// Open lists the connections whose ends have not been delivered, by number.
func (o *Observer) Open() []*Stream {
	var open []*Stream
	for s := o.oldest; s != nil; s = s.newer {
		if !s.finished {
			open = append(open, s)
		}
	}
	slices.SortFunc(open, func(a, b *Stream) int { return a.Number - b.Number })
	return open
}
