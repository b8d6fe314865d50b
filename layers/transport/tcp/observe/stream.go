package observe

import (
	"bytes"
	"net/netip"
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
)

// A Stream is one TCP connection.
type Stream struct {
	Number    int               // in order of first appearance, from 0
	Ends      [2]netip.AddrPort // by layers.Side
	Network   uint64
	MidStream bool // its SYN was not seen
	Owner     any  // what the caller keeps for it; the observer does not look at it

	key        key
	halves     [2]half
	tap        tap   // the interface that showed the first segment
	taps       []tap // further interfaces
	synSeen    [2]bool
	handshake  bool // the milestone was reached
	halfClosed bool
	over       bool // closed or reset: no milestone is left to reach
	refused    bool // over because nobody listened
	finished   bool // its ends have been delivered
	gone       bool // it has been let go
	weight     int  // what Weigh was told
	newer      *Stream
	older      *Stream
}

// Finished tells whether the ends of both sides have been delivered.
func (s *Stream) Finished() bool { return s.finished }

// Seen tells whether any segment from side has been seen.
func (s *Stream) Seen(side layers.Side) bool { return s.halves[side].known && s.halves[side].segments }

// Duplex tells whether segments of both sides have been seen.
func (s *Stream) Duplex() bool { return s.halves[0].segments && s.halves[1].segments }

// A key finds the stream of a segment: the ends in the order of their addresses, and the network they are in. It is looked
// up with each segment, so it is small and its bytes are hashed in one piece.
type key struct {
	low, high [16]byte
	ports     uint32 // that of low in the upper half
	six       uint32 // 1 for IPv6, of which an address may hold one of IPv4
	network   uint64
}

func keyOf(source, destination netip.AddrPort, network uint64) key {
	from, to := source.Port(), destination.Port()
	k := key{low: source.Addr().As16(), high: destination.Addr().As16(), network: network}
	if order := bytes.Compare(k.low[:], k.high[:]); order > 0 || order == 0 && from > to {
		k.low, k.high, from, to = k.high, k.low, to, from
	}
	k.ports = uint32(from)<<16 | uint32(to)
	if source.Addr().Is6() {
		k.six = 1
	}
	return k
}

// recentStreams holds the streams of the last segments, so that most segments need no look-up among all.
type recentStreams [512]*Stream

// place is where the stream of g stands if it is among them, whichever side sent g.
func (l *recentStreams) place(g *Segment) **Stream {
	at := uint(g.Source.Port()^g.Destination.Port()) ^ lowest(g.Source.Addr()) ^ lowest(g.Destination.Addr())
	return &l[at%uint(len(l))]
}

// lowest is a number from the last bytes of an address, in which neighbours differ.
func lowest(a netip.Addr) uint {
	if a.Is4() {
		b := a.As4()
		return uint(b[3]) ^ uint(b[2])<<3 ^ uint(b[1])<<6
	}
	b := a.As16()
	return uint(b[15]) ^ uint(b[14])<<3 ^ uint(b[13])<<6
}

// joins tells whether g goes between the ends of s.
func (s *Stream) joins(g *Segment) bool {
	ends := &s.Ends
	return s.Network == g.Network &&
		(g.Source == ends[0] && g.Destination == ends[1] || g.Source == ends[1] && g.Destination == ends[0])
}

// side tells which side sent g.
func (s *Stream) side(g *Segment) layers.Side {
	if g.Source == s.Ends[layers.Client] {
		return layers.Client
	}
	return layers.Server
}

// tapOf returns what is known from one interface.
func (s *Stream) tapOf(index int) *tap {
	if s.tap.index == index {
		return &s.tap
	}
	for i := range s.taps {
		if s.taps[i].index == index {
			return &s.taps[i]
		}
	}
	s.taps = append(s.taps, tap{index: index})
	return &s.taps[len(s.taps)-1]
}

// A half is the stream of bytes of one side. Offsets count its bytes, without SYN and FIN.
type half struct {
	known    bool      // first is set
	segments bool      // a segment of this side has been seen
	first    tcp.Seq   // sequence number of the byte at offset 0
	next     int64     // the bytes before it have been delivered
	acked    int64     // the other side has acknowledged the bytes before it
	ackedAt  time.Time // when the last of them were
	high     int64     // end of the highest segment
	fin      int64     // offset at which FIN stands; -1 while unknown
	finAcked bool
	ended    bool // Last has been delivered
	scale    int8 // of the windows it offers; -1 while unknown
	window   int64
	waits    bool    // what it holds answers bytes of the other side that are late
	held     []chunk // beyond next, in order, without overlap
	heldSize int
	doubtful []chunk // of damaged segments, beyond next, in the order of their coming
	recent   []byte  // the last bytes delivered, to compare repeated ones with
}

// A chunk is bytes that wait for those before them.
type chunk struct {
	offset int64
	length int64
	bytes  []byte // nil when the capture cut them off
	frame  int
	time   time.Time
}

func (c *chunk) end() int64 { return c.offset + c.length }

// offset is the place of a sequence number in the stream, the one that is nearest to the bytes awaited (RFC 9293 §3.4:
// sequence numbers are compared modulo 2**32).
func (h *half) offset(sequence tcp.Seq) int64 {
	return h.next + int64(sequence.Sub(h.first+tcp.Seq(uint32(h.next))))
}

// relative is the sequence number counted so that the SYN is 0.
func (h *half) relative(sequence tcp.Seq) uint32 {
	if !h.known {
		return uint32(sequence)
	}
	return uint32(sequence - h.first + 1)
}
