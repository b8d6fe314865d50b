// Package internet reads the internet layer: IPv4 and IPv6 with options, extension headers and fragments, ICMP and
// ICMPv6 with neighbour discovery.
//
// [Decoder] is the one road for everything below the transport layer: it calls package link for what lies outside.
// The values of the fixed IPv4, IPv6 and ICMP headers come from gopacket, which reads them soundly; IPv6 extension headers,
// options, lengths that lie, the insides of ICMP messages and fragments are read here.
//
// Packets inside packets (IP in IP, GRE, MPLS, EtherIP) are opened up to a bound; the innermost IP datagram is the one that is
// followed. What IPsec has encrypted is named and left as bytes.
//
// Not modelled: IGMP, SCTP, OSPF and whatever else stands beside TCP and UDP, tunnels over UDP, checking the keys of
// authentication headers. They are named and left as bytes.
package internet

import (
	"net/netip"

	"github.com/google/gopacket"

	"mailwire/layers"
	"mailwire/layers/link"
)

// A Decoder reads frames up to the internet layer, one at a time, and puts fragments together again. What it returned is
// valid until the next call of Decode. It allocates nothing per frame once it is warm, fragments and faults aside. It
// must not be copied.
type Decoder struct {
	link       link.Decoder
	reassembly *Reassembly

	ipv4       IPv4
	ipv6       IPv6
	extensions [extensionsMax]Extension
	icmp       ICMPMessage
	datagram   Datagram
	packet     Packet
	space      layers.ArgSpace
	frame      *layers.Frame
	data       []byte // Frame.Data, or what came out of fragments

	// Of packets inside packets.
	depth           int
	frames          []int    // of the fragments that made data; nil where it is Frame.Data
	carrier         Datagram // the packet around the one that is read
	fragment        Datagram // when data came out of fragments: the last of them, which lies in the frame
	fragmentRest    layers.Range
	innerIPv4       layers.Shelf[IPv4]
	innerIPv6       layers.Shelf[IPv6]
	innerExtensions layers.Shelf[Extension]
	gre             layers.Shelf[GREHeader]
	authentications layers.Shelf[Extension]
	esp             ESPHeader
}

// NewDecoder returns a decoder that keeps fragments within the limits of [NewReassembly].
func NewDecoder() *Decoder { return &Decoder{reassembly: NewReassembly()} }

// A Packet is a frame as far as the internet layer.
type Packet struct {
	PDUs     []layers.PDU  // the caller may append the PDUs that follow: the space is used again
	Notes    []layers.Note // likewise
	Link     link.Payload
	Datagram *Datagram    // the innermost IP datagram or fragment in this frame; nil when there is none
	Whole    *Datagram    // what goes to the transport layer: Datagram, or the one that this fragment completed; or nil
	Rest     layers.Range // bytes of Frame.Data that no PDU above accounts for: data, or what Whole carries
	Quoted   Flow         // of the packet that an ICMP error quotes
	Joined   bool         // Whole lies within a packet that came out of fragments: its PDUs lie in Whole.Data, not in the frame
	Trailer  layers.Range // bytes of Frame.Data behind the datagram: padding of a short frame, or a trailer
}

// A Datagram is an IP datagram or a fragment of one.
type Datagram struct {
	Version             uint8 // 4 or 6
	Source, Destination netip.Addr
	TTL                 uint8        // the hop limit in IPv6
	Protocol            Protocol     // of the payload, behind all extension headers
	Data                []byte       // Frame.Data; for one made of fragments, its payload alone
	Payload             layers.Range // in Data, without padding and trailer; as much as is there
	Missing             int          // bytes of the payload that the headers promise and Data does not hold
	Fragment            Fragment
	Frames              []int // the numbers of the frames whose fragments made it; nil for one that was never cut
}

// A Fragment is a datagram's place in the one it was cut from. The zero value is a whole datagram.
type Fragment struct {
	ID     uint32
	Offset int  // of the first byte, in bytes
	More   bool // others follow
	Is     bool // an IPv6 fragment header was there, or Offset or More say so
}

// Bytes is the payload.
func (d *Datagram) Bytes() []byte { return d.Data[d.Payload.Offset:d.Payload.End()] }

// Decode reads f. ICMP and ICMPv6 are read to their end here; Whole then still has them as its payload.
//
// A note that explains an envelope as such has the protocol's name as its id ("ipv4"); it is left to the caller, who
// knows whether it is new.
func (d *Decoder) Decode(f *layers.Frame) *Packet {
	p := &d.packet
	d.space.Reset()
	d.frame, d.data = f, f.Data
	if d.depth > 0 {
		d.surface()
	}
	pdus, notes := p.PDUs[:0], p.Notes[:0]
	*p = Packet{}
	p.Link, p.PDUs, p.Notes = d.link.Decode(f, pdus, notes)
	p.Rest = p.Link.Range
	if d.reassembly.Waits() {
		p.Notes = append(p.Notes, d.reassembly.Expire(f.Time)...)
	}
	d.readNetwork(p.Link.Type, p.Link.Missing)
	if p.Joined {
		d.leave()
	}
	d.findTrailer()
	return p
}

// readNetwork reads the packet at the start of the rest, which lacks missing bytes at its end.
func (d *Decoder) readNetwork(t link.EtherType, missing int) {
	switch t {
	case link.TypeIPv4:
		d.readIPv4(missing)
	case link.TypeIPv6:
		d.readIPv6(missing)
	}
}

// findTrailer notes the bytes behind what a frame carries. An Ethernet frame has 46 bytes of content at least
// (IEEE 802.3 §4.2.3.3), so what is shorter is padded: 60 bytes without the frame check sequence.
func (d *Decoder) findTrailer() {
	p := &d.packet
	if p.Link.Done && !d.packet.Joined {
		p.Trailer, p.Rest.Length = layers.Range{Offset: p.Rest.Offset, Length: p.Rest.Length + p.Trailer.Length}, 0
	}
	switch {
	case p.Trailer.Length == 0:
	case d.frame.Interface.LinkType == layers.LinkTypeEthernet && d.frame.Length == ethernetMin:
		d.note("ethernet.padding", layers.A("bytes", layers.Int(p.Trailer.Length)))
	default:
		d.note("ethernet.trailer", layers.A("bytes", layers.Int(p.Trailer.Length)))
	}
}

const ethernetMin = 60

func (d *Decoder) note(id string, args ...layers.Arg) {
	d.packet.Notes = append(d.packet.Notes, d.space.N(id, args...))
}

// rest is the bytes of the frame that no envelope read so far accounts for.
func (d *Decoder) rest() []byte { return d.data[d.packet.Rest.Offset:d.packet.Rest.End()] }

// envelope appends a PDU of length bytes at the start of the rest and leaves what is behind it as the rest.
func (d *Decoder) envelope(protocol string, length int, h layers.Header) {
	r := &d.packet.Rest
	length = min(length, r.Length)
	d.packet.PDUs, _ = layers.Add(d.packet.PDUs, layers.Internet, protocol, r.Offset, length, h)
	r.Offset += length
	r.Length -= length
}

// bound cuts the rest to length bytes, because a header says so. What is behind is the trailer.
func (d *Decoder) bound(length int) {
	r := &d.packet.Rest
	if r.Length > length {
		if !d.packet.Joined { // the trailer of a packet that came out of fragments lies in no frame
			d.packet.Trailer = layers.Range{Offset: r.Offset + length, Length: r.Length - length + d.packet.Trailer.Length}
		}
		r.Length = length
	}
}

// truncated notes that a header of want bytes is not all there.
func (d *Decoder) truncated(id string, have, want int) {
	d.note(id, layers.A("have", layers.Int(have)), layers.A("want", layers.Int(want)))
}

// deliver hands the datagram that was read to what is inside it, by way of reassembly if it is a fragment.
func (d *Decoder) deliver() {
	p, dg := &d.packet, &d.datagram
	dg.Data, dg.Payload, dg.Frames = d.data, p.Rest, d.frames
	p.Datagram = dg
	if !dg.Fragment.Is {
		p.Whole = dg
		d.readInside(dg)
		return
	}
	d.noteFragment(dg)
	whole, faults := d.reassembly.Add(d.frame, p.Link.VLAN, dg)
	p.Notes = append(p.Notes, faults...)
	if whole == nil {
		return
	}
	p.Whole = whole
	if whole.Version == 6 {
		skipExtensions(whole)
	}
	if len(whole.Frames) > 1 {
		d.note("fragment.reassembled", layers.A("fragments", layers.Int(len(whole.Frames))), layers.A("bytes", layers.Int(whole.Payload.Length)))
	}
	d.readInside(whole)
}

func (d *Decoder) noteFragment(dg *Datagram) {
	end := dg.Fragment.Offset + dg.Payload.Length + dg.Missing
	switch {
	case dg.Fragment.Offset == 0 && !dg.Fragment.More:
		d.note("fragment.atomic")
	case dg.Fragment.Offset == 0:
		d.note("fragment.first", layers.A("bytes", layers.Int(end)))
		if end < leastHeader(dg.Protocol) {
			d.note("fragment.tiny", layers.A("bytes", layers.Int(end)), layers.A("protocol", dg.Protocol.Value()))
		}
	default:
		d.note("fragment.later", layers.A("from", layers.Int(dg.Fragment.Offset)), layers.A("to", layers.Int(max(end-1, 0))))
	}
}

// leastHeader is the length of the shortest header of a protocol, as far as it must stand in the first fragment: what judges a
// packet by its ports and flags needs it there (RFC 1858 §3, RFC 7112 §5).
func leastHeader(p Protocol) int {
	switch {
	case p == TCP:
		return 20
	case p == UDP, p == ICMP, p == ICMPv6, isExtension(p):
		return 8
	}
	return 0
}

// readInside reads what belongs to the internet layer itself and names what nobody reads.
func (d *Decoder) readInside(dg *Datagram) {
	switch dg.Protocol {
	case TCP, UDP:
	case NoNextHeader:
		d.note("ipv6.no-next-header")
	case ICMP:
		d.readICMP(dg)
	case ICMPv6:
		d.readICMPv6(dg)
	default:
		if d.readTunnel(dg) {
			return
		}
		d.note("ipv4.protocol-not-explained", layers.A("protocol", dg.Protocol.Value()))
	}
}

// surface comes back to the frame after packets inside packets.
func (d *Decoder) surface() {
	d.depth, d.frames = 0, nil
	d.innerIPv4.Reset()
	d.innerIPv6.Reset()
	d.innerExtensions.Reset()
	d.gre.Reset()
	d.authentications.Reset()
}

// place appends the PDU of a header with which dg's payload begins, in the frame or in what came out of fragments.
func (d *Decoder) place(dg *Datagram, protocol string, length int, h layers.Header) {
	if dg == &d.datagram {
		d.envelope(protocol, length, h)
		return
	}
	d.packet.PDUs, _ = layers.Add(d.packet.PDUs, layers.Internet, protocol, dg.Payload.Offset, length, h)
}

// header is where a header lies.
type header struct {
	start int    // offset of its first byte in the frame
	bytes []byte // as much of it as is there
}

func (h *header) list(dst []layers.Field) layers.FieldList {
	return layers.FieldList{Fields: dst, Start: h.start, Have: len(h.bytes)}
}

// whole returns the first length bytes of b as a header that begins at start; where fewer are there, zeros follow them.
func whole(b []byte, start, length int) ([]byte, header) {
	h := header{start: start, bytes: b[:min(length, len(b))]}
	if len(b) >= length {
		return b[:length], h
	}
	padded := make([]byte, length)
	copy(padded, b)
	return padded, h
}

// lookup is the feedback that gopacket wants; we look at lengths ourselves.
type lookup struct{}

func (lookup) SetTruncated() {}

var feedback gopacket.DecodeFeedback = lookup{}
