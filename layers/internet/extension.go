package internet

import (
	"encoding/binary"

	"mailwire/layers"
)

// extensionsMax is how many extension headers of one packet are read.
const extensionsMax = 16

// An Extension is an extension header of IPv6: RFC 8200 §4; RFC 4302 for authentication, RFC 6275 for mobility, RFC 7401 for HIP,
// RFC 5533 for shim6.
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
		if e.kind == HopByHop && n > 0 {
			d.note("ipv6-extension.not-first")
		}
		d.noteExtension(e)
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
	case HopByHop, RoutingHeader, FragmentHeader, Authentication, DestinationOptions, MobilityHeader, HIP, Shim6:
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
	if e.kind == RoutingHeader && len(e.bytes) >= 4 {
		dst = layers.Uint(e.bytes[2]).Append(append(dst, " type "...))
		dst = layers.Uint(e.bytes[3]).Append(append(dst, " left "...))
	}
	if len(e.bytes) > 0 {
		dst = appendProtocol(append(dst, ", then "...), Protocol(e.bytes[0]))
	}
	return dst
}

// AppendFields lists the fields of the kind.
func (e *Extension) AppendFields(dst []layers.Field) []layers.Field {
	l := e.list(dst)
	b := e.bytes
	if len(b) < 2 {
		return l.Fields
	}
	l.Add("next-header", 0, 1, Protocol(b[0]).Value())
	if e.kind != FragmentHeader {
		l.Add("length", 1, 1, layers.Int(extensionLength(e.kind, b[1])))
	}
	if len(b) < 8 || e.kind == Authentication && len(b) < 12 {
		return l.Fields
	}
	switch e.kind {
	case FragmentHeader:
		id, offset, more := e.fragment()
		l.AddBits("fragment-offset", 2, 2, layers.Bits{First: 0, Count: 13}, layers.Int(offset))
		l.AddBits("more-fragments", 2, 2, layers.Bits{First: 15, Count: 1}, layers.Bool(more))
		l.Add("identification", 4, 4, layers.HexUint(id, 8))
	case Authentication:
		l.Add("spi", 4, 4, layers.HexUint(binary.BigEndian.Uint32(b[4:]), 8))
		l.Add("sequence", 8, 4, layers.Uint(binary.BigEndian.Uint32(b[8:])))
		l.Add("check-value", 12, len(b)-12, layers.Bytes(b[12:]))
	case HopByHop, DestinationOptions:
		e.listOptions(&l)
	case RoutingHeader:
		e.listRoute(&l)
	case MobilityHeader:
		l.Add("mobility-type", 2, 1, mobilityType(b[2]))
		l.Add("checksum", 4, 2, layers.HexUint(binary.BigEndian.Uint16(b[4:]), 4))
		l.Add("data", 6, len(b)-6, layers.Bytes(b[6:]))
	case HIP:
		l.Add("hip-type", 2, 1, hipType(b[2]&0x7f))
		l.Add("checksum", 4, 2, layers.HexUint(binary.BigEndian.Uint16(b[4:]), 4))
		if len(b) >= 40 {
			l.Add("sender-identity", 8, 16, layers.Addr(b[8:24]))
			l.Add("receiver-identity", 24, 16, layers.Addr(b[24:40]))
			l.Add("data", 40, len(b)-40, layers.Bytes(b[40:]))
		}
	case Shim6:
		// RFC 5533 §5.1: the first bit says whether a packet follows, the others are the context.
		l.Add("context", 2, 6, layers.Bytes(b[2:8]))
		l.Add("data", 8, len(b)-8, layers.Bytes(b[8:]))
	}
	return l.Fields
}
