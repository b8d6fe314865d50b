package internet

import (
	"encoding/binary"
	"net/netip"

	"mailwire/layers"
)

// A quotedPacket is the beginning of the packet that an ICMP error is about: the error carries its header and at least
// eight bytes behind it, which hold the ports (RFC 792; as much as fits in ICMPv6, RFC 4443 §2.4).
type quotedPacket struct {
	at                          int // offset in the message; 0 when there is none that can be read
	addresses                   int // offset of the source address in the message
	protocol                    Protocol
	protocolAt                  int
	source, destination         []byte
	ports                       int // offset of the source port in the message; 0 when the ports are not there
	sourcePort, destinationPort uint16
}

// readQuoted reads the packet that is quoted at offset at of a message.
func readQuoted(message []byte, at int) quotedPacket {
	if len(message) <= at {
		return quotedPacket{}
	}
	q := quotedPacket{at: at}
	b := message[at:]
	size, length := 4, 0
	switch {
	case b[0]>>4 == 4 && len(b) >= ipv4Fixed:
		q.protocolAt, q.addresses, length = at+9, at+12, 4*int(b[0]&15)
	case b[0]>>4 == 6 && len(b) >= ipv6Length:
		q.protocolAt, q.addresses, length, size = at+6, at+8, ipv6Length, 16
	default:
		return quotedPacket{}
	}
	q.protocol = Protocol(message[q.protocolAt])
	q.source = message[q.addresses : q.addresses+size]
	q.destination = message[q.addresses+size : q.addresses+2*size]
	if (q.protocol == TCP || q.protocol == UDP) && len(b) >= length+4 {
		q.ports = at + length
		q.sourcePort = binary.BigEndian.Uint16(message[q.ports:])
		q.destinationPort = binary.BigEndian.Uint16(message[q.ports+2:])
	}
	return q
}

// append adds what the quoted packet was, in parentheses.
func (q *quotedPacket) append(dst []byte) []byte {
	if q.at == 0 {
		return dst
	}
	dst = layers.Addr(q.source).Append(append(dst, " ("...))
	dst = layers.Addr(q.destination).Append(append(dst, " > "...))
	dst = appendProtocol(append(dst, ' '), q.protocol)
	if q.ports != 0 {
		dst = layers.Uint(q.sourcePort).Append(append(dst, ' '))
		dst = layers.Uint(q.destinationPort).Append(append(dst, " > "...))
	}
	return append(dst, ')')
}

// list adds the fields of the quoted packet that tell which one it was.
func (q *quotedPacket) list(l *layers.FieldList) {
	if q.at == 0 {
		return
	}
	size := len(q.source)
	l.Add("quoted-protocol", q.protocolAt, 1, q.protocol.Value())
	l.Add("quoted-source", q.addresses, size, layers.Addr(q.source))
	l.Add("quoted-destination", q.addresses+size, size, layers.Addr(q.destination))
	if q.ports != 0 {
		l.Add("quoted-source-port", q.ports, 2, layers.Uint(q.sourcePort))
		l.Add("quoted-destination-port", q.ports+2, 2, layers.Uint(q.destinationPort))
	}
}

// A Flow is which conversation a packet belongs to, as an ICMP error tells it of the packet that it quotes.
type Flow struct {
	Protocol            Protocol // TCP or UDP; 0 for none
	Source, Destination netip.AddrPort
}

// quote notes which packet a message quotes, for those who know the conversation.
func (d *Decoder) quote(m *ICMPMessage) {
	q := &m.quoted
	if q.ports == 0 {
		return
	}
	source, ok := netip.AddrFromSlice(q.source)
	destination, okToo := netip.AddrFromSlice(q.destination)
	if ok && okToo {
		d.packet.Quoted = Flow{Protocol: q.protocol, Source: netip.AddrPortFrom(source, q.sourcePort), Destination: netip.AddrPortFrom(destination, q.destinationPort)}
	}
}
