package internet

import (
	"encoding/binary"
	"net/netip"

	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

const (
	ipv6Length    = 40
	extensionsMax = 16
)

// IPv6 is the fixed header of an IPv6 packet (RFC 8200 §3).
type IPv6 struct {
	header
	values gopackets.IPv6
}

// readIPv6 reads the headers at the start of the rest. The frame lacks missing bytes at its end.
func (d *Decoder) readIPv6(missing int) {
	h := &d.ipv6
	if d.depth > 0 {
		h = d.innerIPv6.Next()
	}
	rest := d.rest()
	var b []byte
	b, h.header = whole(rest, d.packet.Rest.Offset, ipv6Length)
	// gopacket gets the fixed header alone: it misreads hop-by-hop options, and its errors are about what follows.
	h.values.DecodeFromBytes(b, feedback)
	if b[0]>>4 != 6 {
		d.note("ipv6.wrong-version", layers.A("version", layers.Uint(b[0]>>4)))
	}
	d.envelope("ipv6", ipv6Length, h)
	if len(rest) < ipv6Length {
		d.truncated("ipv6.truncated", len(rest), ipv6Length)
		return
	}
	d.datagram = Datagram{
		Version:     6,
		Source:      netip.AddrFrom16([16]byte(b[8:24])),
		Destination: netip.AddrFrom16([16]byte(b[24:40])),
		TTL:         b[7],
		Protocol:    Protocol(b[6]),
		Data:        d.data,
		Missing:     d.boundIPv6(h, missing),
	}
	d.packet.Datagram = &d.datagram
	if b[7] <= 1 && b[24] != 0xff {
		d.note("ipv6.hop-limit-ends", layers.A("limit", layers.Uint(b[7])))
	}
	if d.readExtensions() {
		d.deliver()
	}
}

// boundIPv6 applies the payload length to the rest and returns how many bytes of the payload are missing.
func (d *Decoder) boundIPv6(h *IPv6, missing int) int {
	length := int(h.values.Length)
	have := d.packet.Rest.Length
	if length == 0 && have > 0 && Protocol(h.values.NextHeader) != NoNextHeader {
		// A jumbogram (RFC 2675), or a segment that the network card is to cut: the frame says how much there is.
		d.note("ipv6.payload-length-zero", layers.A("bytes", layers.Int(have)))
		return missing
	}
	if length > have+missing {
		d.note("ipv6.payload-length-beyond-frame", layers.A("length", layers.Int(length)), layers.A("have", layers.Int(have+missing)))
	}
	d.bound(length)
	return max(0, length-have)
}

// An Extension is an extension header of IPv6 (RFC 8200 §4; RFC 4302 for the authentication header).
type Extension struct {
	header
	kind Protocol
}

// readExtensions walks the chain of extension headers. It says whether the payload behind them was reached.
func (d *Decoder) readExtensions() bool {
	dg := &d.datagram
	for n := 0; isExtension(dg.Protocol); n++ {
		if n == extensionsMax {
			d.note("ipv6.too-many-extensions", layers.A("limit", layers.Int(extensionsMax)))
			return false
		}
		e := &d.extensions[n]
		if d.depth > 0 {
			e = d.innerExtensions.Next()
		}
		rest := d.rest()
		b, h := whole(rest, d.packet.Rest.Offset, 8)
		length := extensionLength(dg.Protocol, b[1])
		h.bytes = rest[:min(length, len(rest))]
		*e = Extension{header: h, kind: dg.Protocol}
		d.envelope("ipv6-extension", length, e)
		if len(rest) < length {
			d.truncated("ipv6-extension.truncated", len(rest), length)
			return false
		}
		if dg.Protocol == FragmentHeader {
			place := binary.BigEndian.Uint16(b[2:])
			dg.Fragment = Fragment{ID: binary.BigEndian.Uint32(b[4:]), Offset: int(place &^ 7), More: place&1 == 1, Is: true}
			dg.Protocol = Protocol(b[0])
			return true // what follows is a piece of something, maybe of more extension headers
		}
		dg.Protocol = Protocol(b[0])
	}
	return true
}

// skipExtensions passes over the extension headers that came out of fragments. They have no place in a frame.
func skipExtensions(dg *Datagram) {
	for isExtension(dg.Protocol) && dg.Protocol != FragmentHeader {
		b := dg.Bytes()
		if len(b) < 8 || len(b) < extensionLength(dg.Protocol, b[1]) {
			return
		}
		length := extensionLength(dg.Protocol, b[1])
		dg.Protocol = Protocol(b[0])
		dg.Payload.Offset += length
		dg.Payload.Length -= length
	}
}

func isExtension(p Protocol) bool {
	switch p {
	case HopByHop, RoutingHeader, FragmentHeader, Authentication, DestinationOptions, 135, 139, 140:
		return true
	}
	return false
}

// extensionLength is the length of an extension header in bytes, from its length field.
func extensionLength(kind Protocol, field byte) int {
	switch kind {
	case FragmentHeader:
		return 8 // RFC 8200 §4.5: the field is reserved
	case Authentication:
		return 4 * (int(field) + 2) // RFC 4302 §2.2: in 4-byte units, minus 2
	}
	return 8 * (int(field) + 1)
}

// AppendSummary adds addresses, what follows and the hop limit.
func (h *IPv6) AppendSummary(dst []byte) []byte {
	v := &h.values
	dst = layers.Addr(v.SrcIP).Append(dst)
	dst = layers.Addr(v.DstIP).Append(append(dst, " > "...))
	dst = appendProtocol(append(dst, ' '), Protocol(v.NextHeader))
	return layers.Uint(v.HopLimit).Append(append(dst, " hop-limit "...))
}

// AppendFields lists the fields of RFC 8200 §3.
func (h *IPv6) AppendFields(dst []layers.Field) []layers.Field {
	v := &h.values
	l := h.list(dst)
	l.AddBits("version", 0, 4, layers.Bits{First: 0, Count: 4}, layers.Uint(v.Version))
	l.AddBits("dscp", 0, 4, layers.Bits{First: 4, Count: 6}, dscp(v.TrafficClass>>2))
	l.AddBits("ecn", 0, 4, layers.Bits{First: 10, Count: 2}, ecn(v.TrafficClass&3))
	l.AddBits("flow-label", 0, 4, layers.Bits{First: 12, Count: 20}, layers.HexUint(v.FlowLabel, 5))
	l.Add("payload-length", 4, 2, layers.Uint(v.Length))
	l.Add("next-header", 6, 1, Protocol(v.NextHeader).Value())
	l.Add("hop-limit", 7, 1, layers.Uint(v.HopLimit))
	l.Add("source", 8, 16, layers.Addr(v.SrcIP))
	l.Add("destination", 24, 16, layers.Addr(v.DstIP))
	return l.Fields
}

// fragment reads the place of a fragment header that is all there.
func (e *Extension) fragment() (id uint32, offset int, more bool) {
	place := binary.BigEndian.Uint16(e.bytes[2:])
	return binary.BigEndian.Uint32(e.bytes[4:]), int(place &^ 7), place&1 == 1
}

// AppendSummary adds the kind of header and what follows it.
func (e *Extension) AppendSummary(dst []byte) []byte {
	dst = appendProtocol(dst, e.kind)
	if e.kind == FragmentHeader && len(e.bytes) == 8 {
		id, offset, more := e.fragment()
		dst = layers.HexUint(id, 8).Append(append(dst, " of "...))
		dst = layers.Int(offset).Append(append(dst, " from byte "...))
		if more {
			dst = append(dst, " more follow"...)
		}
	}
	if len(e.bytes) > 0 {
		dst = appendProtocol(append(dst, ", then "...), Protocol(e.bytes[0]))
	}
	return dst
}

// AppendFields lists the fields of RFC 8200 §4.3 to §4.6.
func (e *Extension) AppendFields(dst []layers.Field) []layers.Field {
	l := e.list(dst)
	if len(e.bytes) < 2 {
		return l.Fields
	}
	l.Add("next-header", 0, 1, Protocol(e.bytes[0]).Value())
	if e.kind == FragmentHeader {
		if len(e.bytes) == 8 {
			id, offset, more := e.fragment()
			l.AddBits("fragment-offset", 2, 2, layers.Bits{First: 0, Count: 13}, layers.Int(offset))
			l.AddBits("more-fragments", 2, 2, layers.Bits{First: 15, Count: 1}, layers.Bool(more))
			l.Add("identification", 4, 4, layers.HexUint(id, 8))
		}
		return l.Fields
	}
	l.Add("length", 1, 1, layers.Int(extensionLength(e.kind, e.bytes[1])))
	at := 2
	if e.kind == Authentication && len(e.bytes) >= 12 {
		l.Add("spi", 4, 4, layers.HexUint(binary.BigEndian.Uint32(e.bytes[4:]), 8))
		l.Add("sequence", 8, 4, layers.Uint(binary.BigEndian.Uint32(e.bytes[8:])))
		l.Add("check-value", 12, len(e.bytes)-12, layers.Bytes(e.bytes[12:]))
		return l.Fields
	}
	if e.kind == RoutingHeader && len(e.bytes) >= 4 {
		l.Add("routing-type", 2, 1, layers.Uint(e.bytes[2]))
		l.Add("segments-left", 3, 1, layers.Uint(e.bytes[3]))
		at = 4
	}
	l.Add("data", at, len(e.bytes)-at, layers.Bytes(e.bytes[at:]))
	return l.Fields
}
