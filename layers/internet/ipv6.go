package internet

import (
	"net/netip"

	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

const ipv6Length = 40

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

// AppendSummary adds addresses, what follows and the hop limit.
func (h *IPv6) AppendSummary(dst []byte) []byte {
	v := &h.values
	dst = layers.Addr(v.SrcIP).Append(dst)
	dst = layers.Addr(v.DstIP).Append(append(dst, " > "...))
	dst = appendProtocol(append(dst, ' '), Protocol(v.NextHeader))
	return layers.Uint(v.HopLimit).Append(append(dst, " hop-limit "...))
}

// Octets are those of the header.
func (h *IPv6) Octets() []byte { return h.bytes }

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
