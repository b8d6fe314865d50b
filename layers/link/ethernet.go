package link

import (
	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

const ethernetLength = 14

// Ethernet is the header of an Ethernet frame (IEEE 802.3 §3.1.1): to whom, from whom, and what is inside or how long it
// is.
type Ethernet struct {
	header
	values gopackets.Ethernet
	field  EtherType // type or length, as it stands there
}

// header is where a header lies.
type header struct {
	start int    // offset of its first byte in the frame
	bytes []byte // as much of it as is there
}

func (h *header) list(dst []layers.Field) layers.FieldList {
	return layers.FieldList{Fields: dst, Start: h.start, Have: len(h.bytes)}
}

// whole returns the first length bytes of the rest as a header; where fewer are there, zeros follow them.
func (d *Decoder) whole(length int) (b []byte, h header) {
	rest := d.rest()
	h = header{start: d.out.Range.Offset, bytes: rest[:min(length, len(rest))]}
	if len(rest) >= length {
		return rest[:length], h
	}
	padded := make([]byte, length)
	copy(padded, rest)
	return padded, h
}

func (d *Decoder) readEthernet() { d.readEthernetInto(&d.ethernet) }

func (d *Decoder) readEthernetInto(e *Ethernet) {
	var b []byte
	b, e.header = d.whole(ethernetLength)
	e.values.DecodeFromBytes(b, feedback)
	e.field = EtherType(b[12])<<8 | EtherType(b[13])
	if len(e.bytes) < ethernetLength {
		d.truncated("ethernet.truncated", ethernetLength)
		d.envelope("ethernet", ethernetLength, e)
		return
	}
	d.envelope("ethernet", ethernetLength, e)
	d.out.From, d.out.To = e.values.SrcMAC, e.values.DstMAC
	switch {
	case isBroadcast(e.values.DstMAC):
		d.note("ethernet.broadcast")
	case e.values.DstMAC[0]&1 == 1:
		d.note("ethernet.multicast", layers.A("address", layers.HardwareAddr(e.values.DstMAC)))
	}
	d.follow(e.field)
}

func isBroadcast(address []byte) bool {
	for _, b := range address {
		if b != 0xff {
			return false
		}
	}
	return true
}

// AppendSummary adds the addresses and the type or length.
func (e *Ethernet) AppendSummary(dst []byte) []byte {
	dst = layers.HardwareAddr(e.values.SrcMAC).Append(dst)
	dst = append(dst, " > "...)
	dst = layers.HardwareAddr(e.values.DstMAC).Append(dst)
	if e.field < firstType {
		return layers.Uint(e.field).Append(append(dst, " length "...))
	}
	return appendType(append(dst, ' '), e.field)
}

// Octets are those of the header.
func (e *Ethernet) Octets() []byte { return e.bytes }

// AppendFields lists destination, source and type (or length).
func (e *Ethernet) AppendFields(dst []layers.Field) []layers.Field {
	l := e.list(dst)
	l.Add("destination", 0, 6, layers.HardwareAddr(e.values.DstMAC))
	l.Add("source", 6, 6, layers.HardwareAddr(e.values.SrcMAC))
	if e.field < firstType {
		l.Add("length", 12, 2, layers.Uint(e.field))
	} else {
		l.Add("type", 12, 2, e.field.Value())
	}
	return l.Fields
}

// appendType adds an EtherType as its number and name.
func appendType(dst []byte, t EtherType) []byte {
	dst = t.Value().Append(dst)
	if name := t.String(); name != "" {
		dst = append(append(dst, ' '), name...)
	}
	return dst
}
