package trace

import (
	"encoding/binary"

	"mailwire/layers"
	"mailwire/layers/internet"
	"mailwire/layers/link"
	"mailwire/layers/transport/tcp"
	"mailwire/layers/transport/udp"
)

// hideQuoted hides what may be a client's words where no dialogue reads them: in a fragment, whose meaning is known only
// when the others are there; in the segment that an ICMP error quotes; in a packet within a packet, and in whatever else
// is not read up to its transport header.
func (f *Follower) hideQuoted(p *internet.Packet) {
	if p.Link.Secret.Length > 0 {
		f.hideLogin(p)
	}
	if f.options.ShowSecrets {
		return
	}
	if r := unread(p); r.Length > 0 {
		f.packet.Secrets = append(f.packet.Secrets[:0], r) // those of a datagram made of fragments lie in no frame, and no login is beside what is not read
	}
}

// hideLogin hides the password by which an end of a PPP link showed who it is, unless secrets are shown.
func (f *Follower) hideLogin(p *internet.Packet) {
	if !f.options.ShowSecrets {
		if !p.Joined {
			f.packet.Secrets = append(f.packet.Secrets, p.Link.Secret)
		}
		return
	}
	for i := range f.packet.PDUs {
		if h, ok := f.packet.PDUs[i].Header.(*link.PPPLogin); ok {
			h.Reveal()
		}
	}
}

// unread is the bytes of a frame that may quote somebody.
func unread(p *internet.Packet) layers.Range {
	dg := p.Datagram
	switch {
	case p.Link.Sealed && !p.Joined:
		return p.Rest
	case dg == nil:
		return layers.Range{}
	case p.Whole == nil && !dg.Fragment.Is:
		return p.Rest // behind headers that cannot be read
	}
	r, protocol := dg.Payload, dg.Protocol
	if p.Whole != nil {
		protocol = p.Whole.Protocol // a fragment may begin with headers that lead to another
	}
	switch protocol {
	case internet.UDP:
		return layers.Range{} // DNS, and what nobody masks in a datagram that is whole
	case internet.TCP:
		if !dg.Fragment.Is {
			return layers.Range{}
		}
	case internet.ICMP, internet.ICMPv6:
		switch {
		case dg.Fragment.Offset >= errorMax:
			return layers.Range{} // of a long echo
		case dg.Fragment.Offset == 0 && dg.Protocol == protocol:
			from := quotedData(dg.Bytes(), dg.Protocol)
			r.Offset, r.Length = r.Offset+from, r.Length-from
		}
	}
	return r
}

// errorMax is how long an error of ICMP or ICMPv6 is at most (RFC 4443 §2.4; RFC 1812 §4.3.2.3 allows it less).
const errorMax = 1280

// quotedData finds the data of the packet that an ICMP message quotes: where in the message it begins, the length of the
// message if there is none.
func quotedData(message []byte, p internet.Protocol) int {
	at := quotedPacket(message, p)
	if at >= len(message) {
		return len(message)
	}
	return min(len(message), at+behindHeaders(message[at:]))
}

// quotedPacket finds the packet that an ICMP message quotes.
func quotedPacket(message []byte, p internet.Protocol) int {
	const fixed, redirect = 8, 137
	switch {
	case len(message) < fixed:
		return len(message)
	case p == internet.ICMPv6 && message[0] < 128: // RFC 4443 §2.1: the errors
		return fixed
	case p == internet.ICMPv6 && message[0] == redirect:
		return redirectedPacket(message)
	case p == internet.ICMPv6:
		return len(message)
	}
	switch message[0] {
	case 0, 8, 9, 10, 13, 14, 15, 16, 17, 18, 42, 43: // questions and answers: RFC 792, RFC 950, RFC 1256, RFC 8335
		return len(message)
	}
	return fixed
}

// redirectedPacket looks for the option of a redirect that quotes a packet (RFC 4861 §4.6.3).
func redirectedPacket(message []byte) int {
	const fixed, redirectedHeader = 40, 4
	at := fixed
	for at+8 <= len(message) && message[at+1] > 0 {
		if message[at] == redirectedHeader {
			return at + 8
		}
		at += 8 * int(message[at+1])
	}
	return at
}

// behindHeaders finds the end of the headers with which a packet begins, up to that of its transport protocol; 0 for what
// is no packet.
func behindHeaders(packet []byte) int {
	at, p, later := internetHeaders(packet)
	if at == 0 || later || at >= len(packet) {
		return at
	}
	switch p {
	case internet.TCP:
		if offset := at + 12; offset < len(packet) {
			return at + max(tcp.MinHeader, 4*int(packet[offset]>>4)) // RFC 9293 §3.1: in words of 32 bits
		}
		return at + tcp.MinHeader
	case internet.UDP:
		return at + udp.HeaderLength
	case internet.ICMP, internet.ICMPv6:
		return at + quotedData(packet[at:], p)
	}
	return at
}

// internetHeaders finds the end of a packet's IP headers, 0 when they cannot be read, and what follows; later says that this
// is not its beginning, because the packet is a later fragment.
func internetHeaders(packet []byte) (at int, p internet.Protocol, later bool) {
	const fixed4, fixed6 = 20, 40
	switch {
	case len(packet) >= fixed4 && packet[0]>>4 == 4:
		if at = 4 * int(packet[0]&15); at < fixed4 {
			return 0, 0, false
		}
		return at, internet.Protocol(packet[9]), binary.BigEndian.Uint16(packet[6:])&0x1fff != 0
	case len(packet) < fixed6 || packet[0]>>4 != 6:
		return 0, 0, false
	}
	at, p = fixed6, internet.Protocol(packet[6])
	for at+8 <= len(packet) {
		next, units := internet.Protocol(packet[at]), int(packet[at+1])
		switch p {
		case internet.HopByHop, internet.RoutingHeader, internet.DestinationOptions:
			at += 8 * (units + 1) // RFC 8200 §4.3
		case internet.Authentication:
			at += 4 * (units + 2) // RFC 4302 §2.2
		case internet.FragmentHeader:
			later = binary.BigEndian.Uint16(packet[at+2:])&^7 != 0
			at += 8
		default:
			return at, p, later
		}
		p = next
		if later {
			break
		}
	}
	return at, p, later
}
