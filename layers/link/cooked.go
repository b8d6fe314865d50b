package link

import (
	"encoding/binary"

	"mailwire/layers"
)

const (
	cookedLength  = 16
	cookedLength2 = 20
)

// Cooked is what Linux gives a program that captures on "any" interface in place of the real link header (LINKTYPE_LINUX_SLL
// and LINKTYPE_LINUX_SLL2 of draft-ietf-opsawg-pcaplinktype).
type Cooked struct {
	header
	version    int
	protocol   EtherType
	packetType uint16
	hardware   uint16 // an ARPHRD_ number
	index      uint32 // of the interface; version 2
	addressLen int    // as it stands there; no more than eight bytes are kept
	address    []byte
}

func (d *Decoder) readCooked(version int) {
	c := &d.cooked
	length := cookedLength
	if version == 2 {
		length = cookedLength2
	}
	var b []byte
	b, c.header = d.whole(length)
	c.read(version, b)
	if len(c.bytes) < length {
		d.truncated("sll.truncated", length)
		d.envelope("sll", length, c)
		return
	}
	d.envelope("sll", length, c)
	if len(c.address) > 0 {
		d.out.From = c.address
	}
	// Small numbers are no EtherTypes here: 4 is a frame that begins with an 802.2 header.
	switch {
	case c.protocol == 4:
		d.readLLC()
	case c.protocol < firstType:
		d.carry(c.protocol)
	default:
		d.follow(c.protocol)
	}
}

func (c *Cooked) read(version int, b []byte) {
	c.version = version
	be := binary.BigEndian
	if version == 1 {
		c.packetType, c.hardware, c.addressLen = be.Uint16(b), be.Uint16(b[2:]), int(be.Uint16(b[4:]))
		c.address, c.protocol = b[6:14], EtherType(be.Uint16(b[14:]))
	} else {
		c.protocol, c.index, c.hardware = EtherType(be.Uint16(b)), be.Uint32(b[4:]), be.Uint16(b[8:])
		c.packetType, c.addressLen, c.address = uint16(b[10]), int(b[11]), b[12:20]
	}
	c.address = c.address[:min(c.addressLen, 8)]
}

// packetTypeName says for whom a frame was, seen from the machine that captured it.
func packetTypeName(t uint16) string {
	switch t {
	case 0:
		return "to us"
	case 1:
		return "broadcast"
	case 2:
		return "multicast"
	case 3:
		return "to another"
	case 4:
		return "from us"
	}
	return ""
}

// AppendSummary adds for whom the frame was, the sender's address and the type.
func (c *Cooked) AppendSummary(dst []byte) []byte {
	if name := packetTypeName(c.packetType); name != "" {
		dst = append(append(dst, name...), ' ')
	}
	if len(c.address) > 0 {
		dst = append(layers.HardwareAddr(c.address).Append(dst), ' ')
	}
	return appendType(dst, c.protocol)
}

// AppendFields lists the fields in the order of the version.
func (c *Cooked) AppendFields(dst []layers.Field) []layers.Field {
	l := c.list(dst)
	packet := layers.Uint(c.packetType).Named(packetTypeName(c.packetType))
	if c.version == 1 {
		l.Add("packet-type", 0, 2, packet)
		l.Add("hardware-type", 2, 2, layers.Uint(c.hardware))
		l.Add("address-length", 4, 2, layers.Int(c.addressLen))
		l.Add("address", 6, len(c.address), layers.HardwareAddr(c.address))
		l.Add("type", 14, 2, c.protocol.Value())
		return l.Fields
	}
	l.Add("type", 0, 2, c.protocol.Value())
	l.Add("interface", 4, 4, layers.Uint(c.index))
	l.Add("hardware-type", 8, 2, layers.Uint(c.hardware))
	l.Add("packet-type", 10, 1, packet)
	l.Add("address-length", 11, 1, layers.Int(c.addressLen))
	l.Add("address", 12, len(c.address), layers.HardwareAddr(c.address))
	return l.Fields
}
