package anonymize

import (
	"encoding/binary"
	"net/netip"

	"mailwire/layers"
	"mailwire/layers/internet"
)

// packet is the bytes of a frame with all replaced.
func (a *Anonymizer) packet(f *layers.Frame) []byte {
	p := a.decoder.Decode(f)
	a.buffer = append(a.buffer[:0], f.Data...)
	b := a.buffer
	at := 0 // bytes before it have been replaced
	for i := range p.PDUs {
		u := &p.PDUs[i]
		if u.Offset < at || u.Offset > len(b) {
			break
		}
		if u.Protocol == "ipv4" || u.Protocol == "ipv6" {
			clear(b[at:u.Offset])
			r := rewriter{a: a, frame: f.Number}
			if place, ok := a.places[f.Number]; ok {
				place.payload.Offset -= u.Offset
				r.place = &place
			}
			r.packet(b[u.Offset:], 0, 0)
			return b
		}
		if u.Layer != layers.Link {
			break
		}
		clear(b[at:u.Offset])
		at = min(len(b), u.Offset+u.Length)
		a.header(b[u.Offset:at], f.Data, u)
	}
	clear(b[at:])
	return b
}

// header replaces the addresses of a header of the link layer. What none of its fields is becomes zeros, and so does what
// is bytes or text; numbers stay.
func (a *Anonymizer) header(b, original []byte, u *layers.PDU) {
	clear(b)
	for _, field := range u.Header.AppendFields(nil) {
		r := field.Range
		if r.Length == 0 || r.Offset < u.Offset || r.End() > u.Offset+len(b) {
			continue
		}
		to := b[r.Offset-u.Offset : r.End()-u.Offset]
		switch field.Value.Kind() {
		case layers.Number, layers.Hex, layers.Boolean, layers.List:
			copy(to, original[r.Offset:])
		case layers.Address, layers.MAC:
			copy(to, original[r.Offset:])
			a.addresses.bytes(to)
		}
	}
}

// A rewriter works through the IP packet of one frame and the packets within it.
type rewriter struct {
	a      *Anonymizer
	frame  int
	place  *place // of the payload, counted from the outermost packet, or nil
	quoted bool   // the packet stands in an ICMP message
}

// deepest is how many packets may stand within each other.
const deepest = 8

// packet replaces the IP packet at the start of b; what stands behind it becomes zeros. base is where it begins in the
// outermost packet.
func (r *rewriter) packet(b []byte, base, depth int) {
	switch {
	case depth > deepest || len(b) == 0:
		clear(b)
	case b[0]>>4 == 4:
		r.ip4(b, base, depth)
	case b[0]>>4 == 6:
		r.ip6(b, base, depth)
	default:
		clear(b)
	}
}

// ip4 replaces an IPv4 packet (RFC 791 §3.1).
func (r *rewriter) ip4(b []byte, base, depth int) {
	const fixed = 20
	header := int(b[0]&15) * 4
	if len(b) < fixed || header < fixed || header > len(b) {
		clear(b[min(1, len(b)):])
		return
	}
	be := binary.BigEndian
	was := append([]byte(nil), b[:header]...)
	total := int(be.Uint16(b[2:]))
	end := total
	if total < header { // a wrong length, or 0 of a segment that the network card is to cut
		end = len(b)
	}
	missing := end > len(b)
	end = min(end, len(b))
	r.a.addresses.bytes(b[12:16])
	r.a.addresses.bytes(b[16:20])
	clearOptions(b[fixed:header])
	replaceSum(b[:header], was, 10, 0, 0)
	fragment := be.Uint16(b[6:])&0x3fff != 0
	payload := b[header:end]
	source, destination := netip.AddrFrom4([4]byte(was[12:])), netip.AddrFrom4([4]byte(was[16:]))
	if fragment {
		r.fragment(payload, int(be.Uint16(was[6:])&0x1fff)*8, depth)
	} else {
		r.transport(internet.Protocol(b[9]), payload, source, destination, base+header, depth, missing)
	}
	clear(b[end:])
}

// ip6 replaces an IPv6 packet (RFC 8200 §3).
func (r *rewriter) ip6(b []byte, base, depth int) {
	const fixed = 40
	if len(b) < fixed {
		clear(b[min(4, len(b)):])
		return
	}
	be := binary.BigEndian
	source, destination := netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	length := int(be.Uint16(b[4:]))
	end := fixed + length
	if length == 0 {
		end = len(b)
	}
	missing := end > len(b)
	end = min(end, len(b))
	r.a.addresses.bytes(b[8:24])
	r.a.addresses.bytes(b[24:40])
	clear(b[end:])
	next, at := internet.Protocol(b[6]), fixed
	for at < end {
		rest := b[at:end]
		var size int
		switch next {
		case internet.HopByHop, internet.DestinationOptions:
			if len(rest) < 8 {
				clear(rest)
				return
			}
			if size = 8 * (int(rest[1]) + 1); size > len(rest) {
				clear(rest[2:])
				return
			}
			clearExtensionOptions(rest[2:size])
		case internet.RoutingHeader:
			if len(rest) < 8 {
				clear(rest)
				return
			}
			size = min(8*(int(rest[1])+1), len(rest))
			clear(rest[4:8])
			for i := 8; i+16 <= size; i += 16 {
				r.a.addresses.bytes(rest[i : i+16])
			}
		case internet.FragmentHeader:
			if len(rest) < 8 {
				clear(rest)
				return
			}
			place := be.Uint16(rest[2:])
			if place&^6 != 0 {
				r.fragment(rest[8:], int(place&^7), depth)
				return
			}
			size = 8
		default:
			r.transport(next, rest, source, destination, base+at, depth, missing)
			return
		}
		next, at = internet.Protocol(rest[0]), at+size
	}
}

// clearOptions takes the data out of the options of IPv4 (RFC 791 §3.1) or TCP; their kinds and lengths stay.
func clearOptions(b []byte, keep ...byte) {
	for at := 0; at < len(b); {
		if b[at] <= 1 { // the end, or nothing
			at++
			continue
		}
		if at+1 >= len(b) || b[at+1] < 2 || at+int(b[at+1]) > len(b) {
			clear(b[at+1:])
			return
		}
		kept := false
		for _, k := range keep {
			kept = kept || b[at] == k
		}
		if !kept {
			clear(b[at+2 : at+int(b[at+1])])
		}
		at += int(b[at+1])
	}
}

// clearExtensionOptions does so for the options of extension headers (RFC 8200 §4.2). A router alert stays.
func clearExtensionOptions(b []byte) {
	const routerAlert = 5
	for at := 0; at < len(b); {
		if b[at] == 0 {
			at++
			continue
		}
		if at+1 >= len(b) || at+2+int(b[at+1]) > len(b) {
			clear(b[at+1:])
			return
		}
		if b[at] != routerAlert {
			clear(b[at+2 : at+2+int(b[at+1])])
		}
		at += 2 + int(b[at+1])
	}
}

// fragment replaces a piece of a datagram by the piece of the datagram replaced, if all of it was there.
func (r *rewriter) fragment(b []byte, offset, depth int) {
	d := r.a.whole[r.frame]
	if d == nil || r.quoted || offset+len(b) > len(d.data) {
		clear(b)
		return
	}
	if !d.replaced {
		d.replaced = true
		whole := rewriter{a: r.a, frame: r.frame}
		whole.transport(d.protocol, d.data, d.source, d.destination, 0, depth, false)
	}
	copy(b, d.data[offset:])
}
