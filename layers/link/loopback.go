package link

import (
	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

const loopbackLength = 4

// Loopback is what BSD systems and macOS put before a packet that does not leave the computer: the number of its address
// family (LINKTYPE_NULL and LINKTYPE_LOOP of draft-ietf-opsawg-pcaplinktype).
type Loopback struct {
	header
	values gopackets.Loopback
}

func (d *Decoder) readLoopback() {
	h := &d.loopback
	var b []byte
	b, h.header = d.whole(loopbackLength)
	known := h.values.DecodeFromBytes(b, feedback) == nil
	if len(h.bytes) < loopbackLength {
		d.truncated("loopback.truncated", loopbackLength)
		d.envelope("loopback", loopbackLength, h)
		return
	}
	d.envelope("loopback", loopbackLength, h)
	if !known {
		d.note("loopback.not-explained", layers.A("family", layers.Bytes(b)))
		return
	}
	switch familyName(uint8(h.values.Family)) {
	case "IPv4":
		d.carry(TypeIPv4)
	case "IPv6":
		d.carry(TypeIPv6)
	default:
		d.note("loopback.not-explained", layers.A("family", layers.Uint(uint8(h.values.Family))))
	}
}

// familyName is the name of an address family. IPv6 has another number on nearly every system.
func familyName(family uint8) string {
	switch family {
	case 2:
		return "IPv4"
	case 10, 23, 24, 26, 28, 30:
		return "IPv6"
	}
	return ""
}

// AppendSummary adds the family.
func (h *Loopback) AppendSummary(dst []byte) []byte {
	family := uint8(h.values.Family)
	dst = layers.Uint(family).Append(append(dst, "family "...))
	if name := familyName(family); name != "" {
		dst = append(append(dst, ' '), name...)
	}
	return dst
}

// AppendFields lists the family.
func (h *Loopback) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	family := uint8(h.values.Family)
	l.Add("family", 0, 4, layers.Uint(family).Named(familyName(family)))
	return l.Fields
}

// Raw stands for the link layer of a capture that kept none of it.
type Raw struct{}

func (d *Decoder) readRaw() {
	d.envelope("raw", 0, &d.raw)
	rest := d.rest()
	switch {
	case len(rest) == 0:
		return
	case rest[0]>>4 == 4:
		d.carry(TypeIPv4)
	case rest[0]>>4 == 6:
		d.carry(TypeIPv6)
	case d.frame.Interface.LinkType == layers.LinkTypeIPv4:
		d.carry(TypeIPv4)
	case d.frame.Interface.LinkType == layers.LinkTypeIPv6:
		d.carry(TypeIPv6)
	default:
		d.note("raw.not-ip", layers.A("version", layers.Uint(rest[0]>>4)))
	}
}

// AppendSummary adds nothing.
func (*Raw) AppendSummary(dst []byte) []byte { return dst }

// AppendFields adds nothing.
func (*Raw) AppendFields(dst []layers.Field) []layers.Field { return dst }
