package link

import (
	"encoding/binary"

	"mailwire/layers"
)

// The addresses of Cisco's framing, where PPP has 0xff.
const (
	ciscoUnicast   = 0x0f
	ciscoMulticast = 0x8f
	ciscoLength    = 4
	ciscoSLARP     = 0x8035 // the number that RARP has on Ethernet
	slarpKeepalive = 2      // the others ask for an address, or tell it
)

// CiscoHDLC is the header of a frame on a serial line as Cisco's routers make it without PPP: an address, a zero, an
// EtherType (LINKTYPE_C_HDLC; RFC 1547 §4.3.1 tells of it).
type CiscoHDLC struct {
	header
	address byte
	control byte
	typ     EtherType
}

func (d *Decoder) readCiscoHDLC() {
	h := d.more.cisco.Next()
	b, place := d.whole(ciscoLength)
	*h = CiscoHDLC{header: place, address: b[0], control: b[1], typ: EtherType(binary.BigEndian.Uint16(b[2:]))}
	if len(h.bytes) < ciscoLength {
		d.short("Cisco HDLC", ciscoLength)
		d.envelope("chdlc", ciscoLength, h)
		return
	}
	d.envelope("chdlc", ciscoLength, h)
	switch {
	case h.typ == ciscoSLARP:
		if rest := d.rest(); len(rest) >= 4 && binary.BigEndian.Uint32(rest) == slarpKeepalive {
			d.note("chdlc.keepalive")
		}
	case h.typ < firstType:
		d.carry(h.typ)
	default:
		d.follow(h.typ)
	}
}

func (h *CiscoHDLC) addressValue() layers.Value {
	v := layers.HexUint(h.address, 2)
	switch h.address {
	case ciscoUnicast:
		return v.Named("unicast")
	case ciscoMulticast:
		return v.Named("multicast")
	}
	return v
}

func (h *CiscoHDLC) typeValue() layers.Value {
	if h.typ == ciscoSLARP {
		return layers.HexUint(h.typ, 4).Named("SLARP")
	}
	return h.typ.Value()
}

// AppendSummary adds the type.
func (h *CiscoHDLC) AppendSummary(dst []byte) []byte {
	v := h.typeValue()
	dst = v.Append(dst)
	if name := v.Name(); name != "" {
		dst = append(append(dst, ' '), name...)
	}
	return dst
}

// AppendFields lists address, control and type.
func (h *CiscoHDLC) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	l.Add("address", 0, 1, h.addressValue())
	l.Add("control", 1, 1, layers.HexUint(h.control, 2))
	l.Add("type", 2, 2, h.typeValue())
	return l.Fields
}
