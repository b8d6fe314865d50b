package trace

import (
	"hash/crc32"
	"net/netip"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/layers/internet"
)

// A Viewpoint decides which of the frames that all taps saw are shown, so that each packet is shown once, as a capture
// on the host that opened its conversation would have it.
//
// Without names it shows a conversation (a TCP connection, an exchange over UDP) at the interface that saw its first
// frame, and every other frame where it first occurs. A frame that a switch or router passes on is found again by what
// passing on does not change: of IP datagrams the addresses, the identification and the payload (a router changes the
// hop limit, the checksum and the frame around it), of other frames all bytes. An equal frame on the same interface, or
// after [CopyWithin], is another one: a host may well ask the same question twice.
//
// It keeps a bounded number of conversations and frames; the oldest are forgotten first.
type Viewpoint struct {
	all     bool
	only    []string
	decoder *internet.Decoder

	conversations latest[conversationKey, place]
	others        latest[otherKey, place]
}

// CopyWithin is how long a frame may be on its way through switches and routers and still count as the same.
const CopyWithin = 2 * time.Second

const (
	conversationsKept = 1 << 16
	othersKept        = 1 << 12
)

// A place is where something was seen first.
type place struct {
	index int // of the interface
	time  time.Time
	first uint32 // sequence number of the SYN that opened a connection
}

// A conversationKey names a conversation by its ends, the lower one first.
type conversationKey struct {
	low, high netip.AddrPort
	protocol  internet.Protocol
	network   uint32
}

// An otherKey names a frame that belongs to no conversation.
type otherKey struct {
	sum, length         uint32
	identification      uint32
	source, destination netip.Addr
}

// NewViewpoint returns the viewpoint that shows the interfaces named; "all" shows every frame of every interface, no
// name the choice described above. Whoever knows a host names its interfaces.
func NewViewpoint(at ...string) *Viewpoint {
	return &Viewpoint{
		all:           slices.Contains(at, "all"),
		only:          at,
		decoder:       internet.NewDecoder(),
		conversations: newLatest[conversationKey, place](conversationsKept),
		others:        newLatest[otherKey, place](othersKept),
	}
}

// Shows tells whether f is shown. It must be asked about every frame of every tap, in the order of time.
func (v *Viewpoint) Shows(f *layers.Frame) bool {
	if v.all {
		return true
	}
	if len(v.only) > 0 {
		return slices.Contains(v.only, f.Interface.Name)
	}
	p := v.decoder.Decode(f)
	dg := p.Datagram
	if dg == nil || dg.Fragment.Is || dg.Payload.Length < 4 || dg.Protocol != internet.TCP && dg.Protocol != internet.UDP {
		return v.showsOther(f, p)
	}
	b := dg.Bytes()
	source := netip.AddrPortFrom(dg.Source, uint16(b[0])<<8|uint16(b[1]))
	destination := netip.AddrPortFrom(dg.Destination, uint16(b[2])<<8|uint16(b[3]))
	k := conversationKey{source, destination, dg.Protocol, p.Link.VLAN}
	if source.Compare(destination) > 0 {
		k.low, k.high = destination, source
	}
	seen, known := v.conversations.get(k)
	first, opens := opensWith(dg.Protocol, b)
	if !known || opens && first != seen.first {
		seen = place{index: f.Interface.Index, first: first}
		v.conversations.put(k, seen)
	}
	return seen.index == f.Interface.Index
}

// opensWith tells whether a segment is a SYN that opens a connection, and with which number (RFC 9293 §3.1).
func opensWith(protocol internet.Protocol, b []byte) (number uint32, ok bool) {
	const syn, ack = 0x02, 0x10
	if protocol != internet.TCP || len(b) < 14 || b[13]&(syn|ack) != syn {
		return 0, false
	}
	return uint32(b[4])<<24 | uint32(b[5])<<16 | uint32(b[6])<<8 | uint32(b[7]), true
}

// showsOther shows a frame of no conversation where it first occurs.
func (v *Viewpoint) showsOther(f *layers.Frame, p *internet.Packet) bool {
	content := f.Data
	var k otherKey
	if dg := p.Datagram; dg != nil {
		content = dg.Bytes()
		k = otherKey{identification: dg.Fragment.ID, source: dg.Source, destination: dg.Destination}
		k.length = uint32(dg.Fragment.Offset) // pieces of one datagram have the same identification
	}
	k.sum = crc32.Checksum(content, castagnoli)
	k.length += uint32(len(content)) << 16
	seen, known := v.others.get(k)
	if known && seen.index != f.Interface.Index && f.Time.Sub(seen.time) <= CopyWithin {
		return false
	}
	v.others.put(k, place{index: f.Interface.Index, time: f.Time})
	return true
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A latest is a map that holds the keys put last, up to a bound.
type latest[K comparable, V any] struct {
	values map[K]V
	order  []K
	next   int
	bound  int
}

func newLatest[K comparable, V any](bound int) latest[K, V] {
	return latest[K, V]{values: map[K]V{}, bound: bound}
}

func (l *latest[K, V]) get(k K) (V, bool) {
	v, ok := l.values[k]
	return v, ok
}

// put sets the value of k. A new key takes the place of the oldest.
func (l *latest[K, V]) put(k K, v V) {
	if _, known := l.values[k]; !known {
		if len(l.order) < l.bound {
			l.order = append(l.order, k)
		} else {
			delete(l.values, l.order[l.next])
			l.order[l.next] = k
			l.next = (l.next + 1) % l.bound
		}
	}
	l.values[k] = v
}
