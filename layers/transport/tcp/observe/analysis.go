package observe

import (
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
)

// A tap is what one interface has shown of a connection.
type tap struct {
	index   int
	sides   [2]sight
	synTime int64 // when it saw the SYN, in nanoseconds; 0: not yet
	rtt     int64 // from the SYN to the end of the handshake: how long order may be disturbed without a loss
}

// A sight is what one interface has shown of one side.
type sight struct {
	seen      bool
	next      tcp.Seq // the number behind the highest byte
	nextTime  int64   // when it was seen, in nanoseconds
	acked     bool    // ack is set
	ack       tcp.Seq // the last acknowledgment number
	ackTime   int64
	window    uint16 // the last window, as in the header
	repeats   int    // how often ack was repeated as a duplicate ACK
	probe     bool   // its last segment was a zero-window probe
	keepAlive bool   // its last segment was a keep-alive
	fin       bool
	sound     int // segments whose checksum was right
	wrong     int // … and wrong
}

const (
	// Without a measured round trip, how late a segment may be and still count as out of order, not as sent again.
	reorderDefault = int64(3 * time.Millisecond)
	// A segment sent again so soon after the third duplicate ACK answers them and not the timer.
	fastWithin = int64(20 * time.Millisecond)
)

// after tells whether sequence number a stands after b (RFC 9293 §3.4).
func after(a, b tcp.Seq) bool { return b.Less(a) }

// judge says what g means beside the segments that its interface showed before.
func (o *Observer) judge(s *Stream, from layers.Side, g *Segment) {
	t := s.tapOf(g.Interface)
	mine, theirs := &t.sides[from], &t.sides[from.Other()]
	now := g.Time.UnixNano()
	length := g.Length
	control := g.any(tcp.SYN | tcp.FIN | tcp.RST)
	occupies := length > 0 || g.any(tcp.SYN|tcp.FIN)
	probe, keepAlive := false, false

	switch {
	case !mine.seen || control:
	case length == 1 && g.Sequence == mine.next && theirs.acked && theirs.window == 0:
		probe = true
		o.say(ZeroWindowProbe)
	case length <= 1 && g.Sequence == mine.next-1 && !mine.fin:
		keepAlive = true
		o.say(KeepAlive)
	}
	if mine.seen && after(g.Sequence, mine.next) && !g.any(tcp.RST) {
		o.say(Gap)
		o.seen.Missing = int64(g.Sequence - mine.next)
	}
	if g.Window == 0 && !control {
		o.say(ZeroWindow)
	}
	if length > 0 && !control && o.fills(s, from, g, theirs) {
		o.say(WindowFull)
	}
	if g.any(tcp.ACK) {
		o.judgeAcknowledgment(mine, theirs, g, keepAlive)
	}
	if occupies && mine.seen && after(mine.next, g.Sequence) && !keepAlive && !probe {
		o.judgeRepeated(t, mine, theirs, g, now)
	}

	if g.any(tcp.RST) && !mine.seen {
		return // RFC 9293 §3.5.2: the answer to a SYN that nobody wants has no number of its own
	}
	end := g.Sequence.Add(length)
	if g.any(tcp.SYN | tcp.FIN) {
		end++
	}
	// A probe's byte was not asked for: what follows it begins with the same byte again.
	if !mine.seen || after(end, mine.next) && !probe && !g.any(tcp.RST) {
		mine.next, mine.nextTime = end, now
	}
	mine.seen = true
	mine.fin = mine.fin || g.any(tcp.FIN)
	mine.probe, mine.keepAlive = probe, keepAlive
	mine.window = g.Window
	if g.any(tcp.ACK) {
		if mine.ack != g.Acknowledgment || !mine.acked {
			mine.repeats = 0
		}
		mine.acked, mine.ack, mine.ackTime = true, g.Acknowledgment, now
	}
	if g.any(tcp.SYN) && t.synTime == 0 {
		t.synTime = now
	} else if t.rtt == 0 && t.synTime != 0 && !g.any(tcp.SYN) && from == layers.Client && theirs.seen {
		t.rtt = max(now-t.synTime, 1)
	}
}

// judgeAcknowledgment looks at what g acknowledges.
func (o *Observer) judgeAcknowledgment(mine, theirs *sight, g *Segment, keepAlive bool) {
	if theirs.seen && after(g.Acknowledgment, theirs.next) && !g.any(tcp.RST) && (!mine.acked || after(g.Acknowledgment, mine.ack)) {
		o.say(UnseenAcknowledged)
		o.seen.Unseen = int64(g.Acknowledgment - theirs.next)
	}
	bare := g.Length == 0 && !g.any(tcp.SYN|tcp.FIN|tcp.RST)
	if !bare || !mine.acked || g.Acknowledgment != mine.ack || g.Sequence != mine.next || keepAlive {
		return
	}
	switch {
	case theirs.probe && g.Window == 0 && mine.window == 0:
		o.say(ZeroWindowProbeAck)
	case g.Window != 0 && g.Window != mine.window:
		o.say(WindowUpdate)
	case g.Window == 0:
	case theirs.keepAlive:
		o.say(KeepAliveAck)
	default:
		// RFC 5681 §2: the same acknowledgment number and window, no data, and data outstanding.
		mine.repeats++
		o.seen.Duplicate = mine.repeats
		o.say(DuplicateAck)
	}
}

// judgeRepeated looks at a segment that begins before the highest byte seen: is it late, or sent again, and why?
func (o *Observer) judgeRepeated(t *tap, mine, theirs *sight, g *Segment, now int64) {
	end := g.Sequence.Add(g.Length)
	afterProbe := g.Length > 1 && mine.next-1 == g.Sequence
	within := t.rtt
	if within == 0 {
		within = reorderDefault
	}
	switch {
	case g.Length > 0 && theirs.acked && !after(end, theirs.ack):
		o.say(SpuriousRetransmission)
	case afterProbe:
	case theirs.repeats >= 2 && theirs.ack == g.Sequence && now-theirs.ackTime < fastWithin:
		o.say(FastRetransmission)
	case now-mine.nextTime < within && end != mine.next:
		o.say(OutOfOrder)
	default:
		o.say(Retransmission)
	}
}

// fills tells whether g ends exactly where the window that the other side offered on this interface ends.
func (o *Observer) fills(s *Stream, from layers.Side, g *Segment, theirs *sight) bool {
	scale := s.halves[from.Other()].scale
	if !theirs.acked || scale < 0 || theirs.window == 0 {
		return false
	}
	return g.Sequence.Add(g.Length) == theirs.ack.Add(int(theirs.window)<<uint(scale))
}

func (o *Observer) say(w Word) { o.seen.Analysis = append(o.seen.Analysis, w) }
