// Package observe watches TCP connections from outside, as a capture shows them: it tells connections apart, numbers
// their bytes, puts each side's bytes in order once, and says what a segment means beside those before it (a
// retransmission, a duplicate ACK, a closed window, a gap).
//
// One connection may be seen on several interfaces. Its bytes are followed once, from the first frame that showed each
// of them; loss and order are judged for each interface by itself, because a segment that was lost behind one tap was
// still there at the tap before.
//
// Modelled: sequence numbers that wrap, segments that come late, twice or overlapping (with other contents too), streams
// that begin in the middle or are seen from one side only, keep-alives, zero windows and their probes, ports that are
// used again, bytes that a capture cut off, bytes that never come, segments that were damaged on the way. Bounded: the bytes kept for what is missing, the
// connections kept in all.
//
// NOT modelled: what the ends believe (their timers, congestion windows, selective acknowledgements); whether a segment
// was acceptable to its receiver by the rules of RFC 9293 §3.10.7.4, other than a reset whose number is far from the window;
// urgent data, which stay in the stream.
package observe

import (
	"net/netip"
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
)

// A Segment is one TCP segment as a frame shows it.
type Segment struct {
	Source, Destination netip.AddrPort
	Network             uint64 // what tells networks with equal addresses apart, such as VLAN ids; 0 where nothing does
	Interface           int    // where the frame was seen
	Frame               int    // its number
	Time                time.Time
	Sequence            tcp.Seq
	Acknowledgment      tcp.Seq // looked at when ACK is set
	Flags               tcp.Flags
	Window              uint16 // as it stands in the header
	WindowScale         int8   // shift count of the window scale option (RFC 7323 §2); -1 when the segment has none
	Payload             []byte // as much of it as the capture kept
	ChecksumWrong       bool   // the checksum in the header is not that of the bytes, all of which are here
	Length              int    // bytes of payload on the cable: len(Payload) or more
}

// any tells whether at least one of the flags is set.
func (g *Segment) any(flags tcp.Flags) bool { return g.Flags&flags != 0 }

// A Word is what the observer says about a segment: an element of the field "analysis" and, with "tcp." before it, a
// note of the lexicon.
type Word = string

// The words about a segment, seen on its interface.
const (
	Retransmission         Word = "retransmission"          // bytes that were seen before
	FastRetransmission     Word = "fast-retransmission"     // … sent because of duplicate ACKs (RFC 5681 §3.2)
	SpuriousRetransmission Word = "spurious-retransmission" // … that had been acknowledged already
	OutOfOrder             Word = "out-of-order"            // bytes that come after bytes that follow them
	DuplicateAck           Word = "duplicate-ack"           // nothing new but the same number asked for again (RFC 5681 §2)
	ZeroWindow             Word = "zero-window"             // "send nothing now"
	WindowUpdate           Word = "window-update"           // nothing new but another window
	WindowFull             Word = "window-full"             // fills the window that the other side has offered
	ZeroWindowProbe        Word = "zero-window-probe"       // one byte to ask whether the window is still closed
	ZeroWindowProbeAck     Word = "zero-window-probe-ack"
	KeepAlive              Word = "keep-alive" // asks whether the other side is still there (RFC 9293 §3.8.4)
	KeepAliveAck           Word = "keep-alive-ack"
	Gap                    Word = "gap"               // bytes before these have not been seen here
	UnseenAcknowledged     Word = "ack-of-unseen"     // acknowledges bytes that have not been seen here
	DifferentOverlap       Word = "different-overlap" // bytes that were seen before with another content
	PortReuse              Word = "port-reuse"        // opens a new connection between the same ports
	Damaged                Word = "damaged"           // a wrong checksum among right ones: the receiver throws it away
	MidStream              Word = "mid-stream"        // the first segment seen of a connection that was open already
)

// A Milestone is a step in the life of a connection that a segment completes.
type Milestone = string

// The milestones. With "tcp." before them they are notes of the lexicon.
const (
	HandshakeComplete Milestone = "handshake.complete"
	HalfClosed        Milestone = "fin.half-closed"    // one side has said its last byte
	Closed            Milestone = "fin.close-complete" // both sides have, and both know it
	Refused           Milestone = "rst.refused"        // a SYN was answered by RST
	Reset             Milestone = "rst.reset"          // an open connection was broken off
)

// A Delivery is the next piece of a side's stream.
type Delivery struct {
	From   layers.Side
	Offset int64  // of its first byte in the stream; SYN is not counted
	Bytes  []byte // valid until the next call of Observe
	Gap    int64  // bytes missing here, when Bytes is nil
	Cut    bool   // the gap's bytes were on the cable; the capture did not keep them
	Last   bool   // nothing more will come from this side; Bytes and Gap are empty
	Frame  int    // the frame that first showed the bytes (or, of a gap, that made it certain)
	Time   time.Time
}

// An Observation is what there is to say about one segment.
type Observation struct {
	Stream      *Stream
	From        layers.Side
	Opened      bool   // the segment is the first of its stream
	Sequence    uint32 // relative: the SYN, or the byte before the first one seen, is 0
	Acknowledge uint32 // relative to the other side's; 0 without ACK
	Window      int64  // in bytes, scaled when the handshake was seen
	Scaled      bool   // the scale is known
	Offset      int64  // of the payload's first byte in its side's stream; meaningless for an empty payload
	Analysis    []Word
	Milestones  []Milestone
	Missing     int64      // bytes that the word Gap is about
	Unseen      int64      // bytes that the word UnseenAcknowledged is about
	Overlap     Overlap    // what the word DifferentOverlap is about
	Duplicate   int        // how many times the word DuplicateAck has now been said of the same number
	Deliveries  []Delivery // what can now be read, of both sides, in order
	Dropped     []*Stream  // connections that were let go to keep memory bounded; Finish delivers their ends
}

// reset makes room for what there is to say about the next segment.
func (o *Observation) reset() {
	analysis, milestones, deliveries, dropped := o.Analysis[:0], o.Milestones[:0], o.Deliveries[:0], o.Dropped[:0]
	*o = Observation{}
	o.Analysis, o.Milestones, o.Deliveries, o.Dropped = analysis, milestones, deliveries, dropped
}

// An Overlap is a place of a stream that has come with two contents.
type Overlap struct {
	Offset     int64  // of the first byte that differs
	First, Now []byte // both versions from there on, at most 32 bytes, of one length; valid until the next call of Observe
}

// Says tells whether w was said of the segment.
func (o *Observation) Says(w Word) bool {
	for _, a := range o.Analysis {
		if a == w {
			return true
		}
	}
	return false
}

// Options are the bounds of an observer. A zero value means the default.
type Options struct {
	Held      int                    // bytes kept for one side of a connection while bytes before them are missing; default 1 MiB
	HeldTotal int                    // bytes kept so for all connections together, with what keeping them costs; default 32 MiB
	Streams   int                    // connections followed at the same time; default 32,768
	Weight    int                    // bytes kept for connections, as Weigh is told; default 64 MiB
	Service   func(port uint16) bool // whether servers wait at the port: decides the sides where no SYN was seen
}

// Defaults of [Options].
const (
	DefaultHeld      = 1 << 20
	DefaultHeldTotal = 32 << 20
	DefaultStreams   = 1 << 15
	DefaultWeight    = 64 << 20
)
