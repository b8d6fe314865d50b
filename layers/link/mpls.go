package link

import (
	"encoding/binary"

	"mailwire/layers"
)

const (
	labelLength = 4
	labelsMax   = 16
)

// MPLS is one entry of the label stack that a provider's routers pass packets on by (RFC 3032 §2.1).
type MPLS struct {
	header
	label        uint32
	trafficClass uint8 // RFC 5462
	bottom       bool  // no other entry follows
	ttl          uint8
}

// readMPLS reads the stack of labels and what is under it. The stack does not say what that is: an IP packet shows itself
// by its version, and RFC 4385 §3 keeps the other protocols from beginning like one.
func (d *Decoder) readMPLS() {
	for n := 0; ; n++ {
		if n == labelsMax {
			d.note("mpls.too-many", layers.A("limit", layers.Int(labelsMax)))
			d.seal()
			return
		}
		h := d.more.labels.Next()
		b, place := d.whole(labelLength)
		entry := binary.BigEndian.Uint32(b)
		*h = MPLS{header: place, label: entry >> 12, trafficClass: uint8(entry >> 9 & 7), bottom: entry>>8&1 == 1, ttl: uint8(entry)}
		if len(h.bytes) < labelLength {
			d.short("MPLS", labelLength)
			d.envelope("mpls", labelLength, h)
			return
		}
		d.envelope("mpls", labelLength, h)
		if h.bottom {
			break
		}
	}
	d.readUnderLabels()
}

// controlWord is what may stand before a frame under labels, so that it is not taken for an IP packet (RFC 4385 §3).
const controlWord = 4

func (d *Decoder) readUnderLabels() {
	rest := d.rest()
	switch {
	case len(rest) == 0:
	case rest[0]>>4 == 4:
		d.carry(TypeIPv4)
	case rest[0]>>4 == 6:
		d.carry(TypeIPv6)
	case looksLikeEthernet(rest):
		d.readInnerEthernet()
	case rest[0]>>4 == 0 && looksLikeEthernet(rest[min(controlWord, len(rest)):]):
		d.takeControlWord()
		d.readInnerEthernet()
	default:
		d.note("mpls.not-explained")
		d.seal()
	}
}

// looksLikeEthernet tells whether b begins with an Ethernet header of a kind that is known here.
func looksLikeEthernet(b []byte) bool {
	if len(b) < ethernetLength {
		return false
	}
	t := EtherType(binary.BigEndian.Uint16(b[12:]))
	return t.String() != "" || t < firstType && int(t) == len(b)-ethernetLength
}

// takeControlWord makes the control word part of the last label's envelope.
func (d *Decoder) takeControlWord() {
	last := &d.pdus[len(d.pdus)-1]
	h := last.Header.(*MPLS)
	h.bytes = d.data[h.start : h.start+labelLength+controlWord]
	last.Length += controlWord
	d.out.Range.Offset += controlWord
	d.out.Range.Length -= controlWord
}

// labelValue is a label with the name that the reserved ones have (RFC 3032 §2.1, RFC 5586, RFC 6790).
func labelValue(label uint32) layers.Value {
	v := layers.Uint(label)
	switch label {
	case 0:
		return v.Named("IPv4 explicit null")
	case 1:
		return v.Named("router alert")
	case 2:
		return v.Named("IPv6 explicit null")
	case 3:
		return v.Named("implicit null")
	case 7:
		return v.Named("entropy label indicator")
	case 13:
		return v.Named("generic associated channel")
	case 14:
		return v.Named("OAM alert")
	case 15:
		return v.Named("extension")
	}
	return v
}

// AppendSummary adds the label and its time to live.
func (h *MPLS) AppendSummary(dst []byte) []byte {
	v := labelValue(h.label)
	dst = v.Append(append(dst, "label "...))
	if name := v.Name(); name != "" {
		dst = append(append(dst, ' '), name...)
	}
	dst = layers.Uint(h.ttl).Append(append(dst, " ttl "...))
	if h.bottom {
		dst = append(dst, " bottom"...)
	}
	return dst
}

// AppendFields lists the parts of the entry.
func (h *MPLS) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	l.AddBits("label", 0, 3, layers.Bits{First: 0, Count: 20}, labelValue(h.label))
	l.AddBits("traffic-class", 2, 1, layers.Bits{First: 4, Count: 3}, layers.Uint(h.trafficClass))
	l.AddBits("bottom", 2, 1, layers.Bits{First: 7, Count: 1}, layers.Bool(h.bottom))
	l.Add("ttl", 3, 1, layers.Uint(h.ttl))
	if len(h.bytes) == labelLength+controlWord {
		l.Add("control-word", labelLength, controlWord, layers.Bytes(h.bytes[labelLength:]))
	}
	return l.Fields
}
