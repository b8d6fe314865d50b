package internet

import (
	"encoding/binary"

	"mailwire/layers"
	"mailwire/layers/link"
)

// The bits of the first two bytes of GRE (RFC 2784 §2.1, RFC 2890 §2; routing and the acknowledgment as RFC 1701 and
// RFC 2637 §4.1 have them).
const (
	greChecksum       = 0x8000
	greRouting        = 0x4000
	greKey            = 0x2000
	greSequence       = 0x1000
	greStrictRoute    = 0x0800
	greAcknowledgment = 0x0080 // version 1 only
)

// GREHeader is the header of Generic Routing Encapsulation: version 0 carries any protocol, version 1 the PPP frames of PPTP.
type GREHeader struct {
	header
	flags    uint16
	protocol link.EtherType
	fields   [5]int // offsets of checksum, key, sequence, acknowledgment, routing; 0 for one that is not there
}

// Positions in GREHeader.fields.
const (
	greAtChecksum = iota
	greAtKey
	greAtSequence
	greAtAcknowledgment
	greAtRouting
)

const greFixed = 4

func (g *GREHeader) version() int { return int(g.flags & 7) }

// measure finds the optional fields that the flags announce and the length of the header, without routing.
func (g *GREHeader) measure() (length int) {
	length = greFixed
	g.fields = [5]int{}
	take := func(field int, there bool, size int) {
		if there {
			g.fields[field] = length
			length += size
		}
	}
	one := g.version() == 1
	take(greAtChecksum, !one && g.flags&(greChecksum|greRouting) != 0, 4) // the second half is reserved, or tells where in the route we are
	take(greAtKey, g.flags&greKey != 0, 4)
	take(greAtSequence, g.flags&greSequence != 0, 4)
	take(greAtAcknowledgment, one && g.flags&greAcknowledgment != 0, 4)
	take(greAtRouting, !one && g.flags&greRouting != 0, 0)
	return length
}

// readGRE reads the header at the start of the rest, which is the payload of dg, and what is in it.
func (d *Decoder) readGRE(dg *Datagram) {
	g := d.gre.Next()
	rest := d.rest()
	b, h := whole(rest, d.packet.Rest.Offset, greFixed)
	*g = GREHeader{header: h, flags: binary.BigEndian.Uint16(b), protocol: link.EtherType(binary.BigEndian.Uint16(b[2:]))}
	length := g.measure()
	if at := g.fields[greAtRouting]; at > 0 {
		length = routeEnd(rest, at)
	}
	g.bytes = rest[:min(length, len(rest))]
	missing := d.carrier.Missing
	if len(rest) < length {
		d.short("GRE", length)
		d.envelope("gre", length, g)
		return
	}
	d.checkGRE(g, rest, missing)
	d.envelope("gre", length, g)
	switch {
	case g.version() > 1:
		d.note("gre.version", layers.A("version", layers.Int(g.version())))
	case g.version() == 1:
		d.readPPTP(g, missing)
	case g.protocol == 0x88be || g.protocol == 0x22eb:
		d.readERSPAN(g, missing)
	case g.protocol == 0x883e: // Cisco's web redirection puts four bytes before the packet, or none
		if r := d.rest(); len(r) > 4 && r[0]>>4 != 4 {
			d.packet.Rest.Offset += 4
			d.packet.Rest.Length -= 4
		}
		d.carry(link.TypeIPv4, missing)
	default:
		d.carry(g.protocol, missing)
	}
}

// routeEnd finds the end of the source route of RFC 1701: entries with a family and a length, up to an empty one.
func routeEnd(b []byte, at int) int {
	for at+4 <= len(b) {
		family, length := binary.BigEndian.Uint16(b[at:]), int(b[at+3])
		at += 4 + length
		if family == 0 && length == 0 {
			return at
		}
	}
	return max(at, len(b)+1)
}

// checkGRE checks the checksum over header and payload (RFC 2784 §2.5).
func (d *Decoder) checkGRE(g *GREHeader, b []byte, missing int) {
	at := g.fields[greAtChecksum]
	if at == 0 || g.flags&greChecksum == 0 || missing > 0 {
		return
	}
	if sum := Sum(0, b); Checksum(sum) != 0 {
		found := binary.BigEndian.Uint16(b[at:])
		d.note("gre.checksum-wrong", layers.A("found", layers.HexUint(found, 4)), layers.A("right", layers.HexUint(Checksum(sum+uint64(^found)), 4)))
	}
}

// readPPTP reads the PPP frame of version 1, whose length stands in the upper half of the key (RFC 2637 §4.1). A packet
// without a sequence number has no payload and only acknowledges.
func (d *Decoder) readPPTP(g *GREHeader, missing int) {
	if g.fields[greAtSequence] == 0 || d.packet.Rest.Length == 0 {
		d.note("gre.acknowledgment")
		return
	}
	if at := g.fields[greAtKey]; at > 0 {
		length := int(binary.BigEndian.Uint16(g.bytes[at:]))
		missing = max(0, length-d.packet.Rest.Length)
		d.bound(length)
	}
	d.carry(link.TypePPP, missing)
}

// readERSPAN reads a frame that a switch mirrors: type I has no header of its own, type II one of 8 bytes behind a
// sequence number, type III one of 12, with 8 more where its last bit says so.
func (d *Decoder) readERSPAN(g *GREHeader, missing int) {
	d.note("gre.mirrored")
	length := 0
	switch r := d.rest(); {
	case g.fields[greAtSequence] == 0:
	case g.protocol == 0x88be:
		length = 8
	case len(r) >= 12 && r[11]&1 == 1:
		length = 20
	default:
		length = 12
	}
	if d.packet.Rest.Length < length {
		d.short("ERSPAN", length)
		return
	}
	d.packet.Rest.Offset += length
	d.packet.Rest.Length -= length
	d.carry(link.TypeBridged, missing)
}

// AppendSummary adds the protocol, and key and sequence number where they are there.
func (g *GREHeader) AppendSummary(dst []byte) []byte {
	v := g.protocol.Value()
	dst = v.Append(dst)
	if name := v.Name(); name != "" {
		dst = append(append(dst, ' '), name...)
	}
	if n, ok := g.number(greAtKey); ok && g.version() == 1 {
		dst = layers.Uint(n & 0xffff).Append(append(dst, " call "...))
	} else if ok {
		dst = layers.HexUint(n, 8).Append(append(dst, " key "...))
	}
	if n, ok := g.number(greAtSequence); ok {
		dst = layers.Uint(n).Append(append(dst, " seq "...))
	}
	if n, ok := g.number(greAtAcknowledgment); ok {
		dst = layers.Uint(n).Append(append(dst, " ack "...))
	}
	return dst
}

// number is the 32-bit number of an optional field.
func (g *GREHeader) number(field int) (n uint32, ok bool) {
	at := g.fields[field]
	if at == 0 || at+4 > len(g.bytes) {
		return 0, false
	}
	return binary.BigEndian.Uint32(g.bytes[at:]), true
}

// AppendFields lists the fields that are there.
func (g *GREHeader) AppendFields(dst []layers.Field) []layers.Field {
	l := g.list(dst)
	l.AddBits("flags", 0, 2, layers.Bits{First: 0, Count: 13}, layers.Words(g.flagNames()))
	l.AddBits("version", 1, 1, layers.Bits{First: 5, Count: 3}, layers.Int(g.version()))
	l.Add("protocol", 2, 2, g.protocol.Value())
	if n, ok := g.number(greAtChecksum); ok && g.flags&greChecksum != 0 {
		l.Add("checksum", g.fields[greAtChecksum], 2, layers.HexUint(n>>16, 4))
	}
	if n, ok := g.number(greAtKey); ok && g.version() == 1 {
		l.Add("payload-length", g.fields[greAtKey], 2, layers.Uint(n>>16))
		l.Add("call", g.fields[greAtKey]+2, 2, layers.Uint(n&0xffff))
	} else if ok {
		l.Add("key", g.fields[greAtKey], 4, layers.HexUint(n, 8))
	}
	if n, ok := g.number(greAtSequence); ok {
		l.Add("sequence", g.fields[greAtSequence], 4, layers.Uint(n))
	}
	if n, ok := g.number(greAtAcknowledgment); ok {
		l.Add("acknowledgment", g.fields[greAtAcknowledgment], 4, layers.Uint(n))
	}
	if at := g.fields[greAtRouting]; at > 0 && at < len(g.bytes) {
		l.Add("routing", at, len(g.bytes)-at, layers.Bytes(g.bytes[at:]))
	}
	return l.Fields
}

func (g *GREHeader) flagNames() []string {
	var names []string
	for _, f := range [...]struct {
		bit  uint16
		name string
	}{{greChecksum, "checksum"}, {greRouting, "routing"}, {greKey, "key"}, {greSequence, "sequence"}, {greStrictRoute, "strict-route"}, {greAcknowledgment, "acknowledgment"}} {
		if g.flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	return names
}
