package internet

import (
	"net/netip"

	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

const ipv4Fixed = 20

// IPv4 is the header of an IPv4 datagram (RFC 791 §3.1).
type IPv4 struct {
	header
	values      gopackets.IPv4
	totalLength int // as it stands there: gopacket puts another in place of 0
	inside      int // bytes of the payload that are there, for the summary
}

// readIPv4 reads the header at the start of the rest. The frame lacks missing bytes at its end.
func (d *Decoder) readIPv4(missing int) {
	h := &d.ipv4
	if d.depth > 0 {
		h = d.innerIPv4.Next()
	}
	rest := d.rest()
	var b []byte
	b, h.header = whole(rest, d.packet.Rest.Offset, ipv4Fixed)
	h.values.DecodeFromBytes(b, feedback) // its errors are about lengths, which are judged below
	h.totalLength = int(b[2])<<8 | int(b[3])
	length := 4 * int(b[0]&15)
	h.bytes = rest[:min(max(length, ipv4Fixed), len(rest))]
	if b[0]>>4 != 4 {
		d.note("ipv4.wrong-version", layers.A("version", layers.Uint(b[0]>>4)))
	}
	if length < ipv4Fixed || len(rest) < length {
		d.envelope("ipv4", max(length, ipv4Fixed), h)
		if length < ipv4Fixed && len(rest) >= ipv4Fixed {
			d.note("ipv4.header-too-short", layers.A("length", layers.Int(length)))
		} else {
			d.truncated("ipv4.truncated", len(rest), max(length, ipv4Fixed))
		}
		d.packet.Datagram = d.startIPv4(h, b, len(rest))
		return
	}
	missing = d.boundIPv4(h, length, missing)
	d.envelope("ipv4", length, h)
	h.inside = d.packet.Rest.Length
	d.checkIPv4(h)
	d.startIPv4(h, b, len(rest))
	d.datagram.Missing = missing
	d.deliver()
}

// startIPv4 fills the datagram from the fixed header; nil when not all of that is there.
func (d *Decoder) startIPv4(h *IPv4, b []byte, have int) *Datagram {
	if have < ipv4Fixed {
		return nil
	}
	v := &h.values
	dg := &d.datagram
	*dg = Datagram{}
	dg.Version, dg.TTL, dg.Protocol, dg.Data = 4, v.TTL, Protocol(v.Protocol), d.data
	dg.Source, dg.Destination = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	f := &dg.Fragment
	f.ID, f.Offset, f.More = uint32(v.Id), 8*int(v.FragOffset), v.Flags&gopackets.IPv4MoreFragments != 0
	f.Is = f.Offset > 0 || f.More
	return dg
}

// boundIPv4 applies the total length to the rest, which begins with the header, and returns how many bytes of the
// payload are missing.
func (d *Decoder) boundIPv4(h *IPv4, length, missing int) int {
	have := d.packet.Rest.Length
	total := h.totalLength
	switch {
	case total == 0:
		// A network card that cuts large segments itself leaves the field to the card.
		d.note("ipv4.total-length-zero", layers.A("bytes", layers.Int(have)))
		return missing
	case total < length:
		d.note("ipv4.total-length-too-short", layers.A("length", layers.Int(total)), layers.A("header", layers.Int(length)))
		d.bound(length)
		return 0
	case total > have+missing:
		d.note("ipv4.total-length-beyond-frame", layers.A("length", layers.Int(total)), layers.A("have", layers.Int(have+missing)))
	}
	d.bound(total)
	return max(0, total-have)
}

// checkIPv4 notes what is worth it in a header that is all there.
func (d *Decoder) checkIPv4(h *IPv4) {
	// RFC 791 §3.1: the checksum is over the header alone.
	if Checksum(Sum(0, h.bytes)) != 0 {
		found := h.values.Checksum
		right := Checksum(Sum(0, h.bytes) + uint64(^found)) // taking found out of the sum
		if found == 0 {
			d.note("ipv4.checksum-zero", layers.A("right", layers.HexUint(right, 4)))
		} else {
			d.note("ipv4.checksum-wrong", layers.A("found", layers.HexUint(found, 4)), layers.A("right", layers.HexUint(right, 4)))
		}
	}
	if len(h.bytes) > ipv4Fixed {
		d.noteOptions(h.bytes[ipv4Fixed:])
	}
	multicast := h.bytes[16]>>4 == 14
	if h.values.TTL <= 1 && !multicast {
		d.note("ipv4.ttl-ends", layers.A("ttl", layers.Uint(h.values.TTL)))
	}
}

// AppendSummary adds addresses, protocol, TTL and, for a fragment, its place.
func (h *IPv4) AppendSummary(dst []byte) []byte {
	v := &h.values
	dst = layers.Addr(v.SrcIP).Append(dst)
	dst = layers.Addr(v.DstIP).Append(append(dst, " > "...))
	dst = appendProtocol(append(dst, ' '), Protocol(v.Protocol))
	dst = layers.Uint(v.TTL).Append(append(dst, " ttl "...))
	if v.FragOffset > 0 || v.Flags&gopackets.IPv4MoreFragments != 0 {
		dst = appendFragment(dst, uint32(v.Id), 8*int(v.FragOffset), h.inside, v.Flags&gopackets.IPv4MoreFragments != 0)
	}
	return dst
}

// appendFragment adds which bytes of which datagram a fragment holds.
func appendFragment(dst []byte, id uint32, offset, length int, more bool) []byte {
	dst = layers.HexUint(id, 4).Append(append(dst, " fragment of "...))
	dst = layers.Int(offset).Append(append(dst, " bytes "...))
	dst = layers.Int(max(offset, offset+length-1)).Append(append(dst, '-'))
	if more {
		dst = append(dst, " more follow"...)
	}
	return dst
}

// AppendFields lists the fields of RFC 791 §3.1; the type of service as RFC 2474 and RFC 3168 divide it.
func (h *IPv4) AppendFields(dst []layers.Field) []layers.Field {
	v := &h.values
	l := h.list(dst)
	l.AddBits("version", 0, 1, layers.Bits{First: 0, Count: 4}, layers.Uint(v.Version))
	l.AddBits("header-length", 0, 1, layers.Bits{First: 4, Count: 4}, layers.Int(4*int(v.IHL)))
	l.AddBits("dscp", 1, 1, layers.Bits{First: 0, Count: 6}, dscp(v.TOS>>2))
	l.AddBits("ecn", 1, 1, layers.Bits{First: 6, Count: 2}, ecn(v.TOS&3))
	l.Add("total-length", 2, 2, layers.Int(h.totalLength))
	l.Add("identification", 4, 2, layers.HexUint(v.Id, 4))
	l.AddBits("flags", 6, 2, layers.Bits{First: 0, Count: 3}, layers.Words(ipv4Flags[v.Flags&7]))
	l.AddBits("fragment-offset", 6, 2, layers.Bits{First: 3, Count: 13}, layers.Int(8*int(v.FragOffset)))
	l.Add("ttl", 8, 1, layers.Uint(v.TTL))
	l.Add("protocol", 9, 1, Protocol(v.Protocol).Value())
	l.Add("checksum", 10, 2, layers.HexUint(v.Checksum, 4))
	l.Add("source", 12, 4, layers.Addr(v.SrcIP))
	l.Add("destination", 16, 4, layers.Addr(v.DstIP))
	if len(h.bytes) > ipv4Fixed {
		listOptions(&l, h.bytes[ipv4Fixed:], ipv4Fixed)
	}
	return l.Fields
}

// ipv4Flags are the words for each value of the three flags, the most significant first: reserved, DF, MF.
var ipv4Flags = [8][]string{{}, {"MF"}, {"DF"}, {"DF", "MF"}, {"reserved"}, {"reserved", "MF"}, {"reserved", "DF"}, {"reserved", "DF", "MF"}}

// dscp is a differentiated services codepoint with its name (RFC 2474, 2597, 3246, 5865, 8622).
func dscp(n uint8) layers.Value { return layers.Uint(n).Named(dscpNames[n]) }

var dscpNames = [64]string{
	0: "CS0", 8: "CS1", 16: "CS2", 24: "CS3", 32: "CS4", 40: "CS5", 48: "CS6", 56: "CS7",
	10: "AF11", 12: "AF12", 14: "AF13", 18: "AF21", 20: "AF22", 22: "AF23",
	26: "AF31", 28: "AF32", 30: "AF33", 34: "AF41", 36: "AF42", 38: "AF43",
	1: "LE", 44: "VOICE-ADMIT", 46: "EF",
}

// ecn is the explicit congestion notification field with its name (RFC 3168 §5).
func ecn(n uint8) layers.Value {
	return layers.Uint(n).Named([...]string{"Not-ECT", "ECT(1)", "ECT(0)", "CE"}[n])
}
