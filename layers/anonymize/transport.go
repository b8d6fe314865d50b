package anonymize

import (
	"encoding/binary"
	"net/netip"

	"mailwire/layers/application/dns"
	"mailwire/layers/internet"
)

// Protocols over IP that carry packets, or tell of groups.
const (
	igmp    internet.Protocol = 2
	ip4inIP internet.Protocol = 4
	ip6inIP internet.Protocol = 41
	gre     internet.Protocol = 47
)

// transport replaces what an IP packet carries between two addresses of the original; base is where that begins in the
// outermost packet.
func (r *rewriter) transport(p internet.Protocol, b []byte, source, destination netip.Addr, base, depth int, missing bool) {
	was := append([]byte(nil), b...)
	sum := -1 // where the checksum stands
	switch p {
	case internet.TCP:
		sum = 16
		r.tcp(b, base)
	case internet.UDP:
		sum = 6
		r.udp(b, base)
	case internet.ICMP:
		sum = 2
		r.icmp(b, base, depth)
	case internet.ICMPv6:
		sum = 2
		r.icmp6(b, base, depth)
	case igmp:
		sum = 2
		r.igmp(b)
	case ip4inIP, ip6inIP:
		r.packet(b, base, depth+1)
	case gre:
		r.gre(b, base, depth)
	default:
		clear(b)
	}
	if sum < 0 || sum+2 > len(b) {
		return
	}
	if p == internet.UDP && was[6] == 0 && was[7] == 0 {
		return // none (RFC 768)
	}
	if missing || r.quoted && len(b) < 8 {
		clear(b[sum : sum+2]) // it cannot be made, and must not tell what it was made of
		return
	}
	var before, after uint32
	if p == internet.TCP || p == internet.UDP || p == internet.ICMPv6 {
		from, to := r.a.addresses.ip(source), r.a.addresses.ip(destination)
		before, after = pseudo(source, destination, p, len(b)), pseudo(from, to, p, len(b))
		for _, length := range [2]int{len(b), 0} { // what a host writes that leaves the sum to its network card
			if binary.BigEndian.Uint16(was[sum:]) == fold(pseudo(source, destination, p, length)) {
				binary.BigEndian.PutUint16(b[sum:], fold(pseudo(from, to, p, length)))
				return
			}
		}
	}
	replaceSum(b, was, sum, before, after)
	if p == internet.UDP && b[6] == 0 && b[7] == 0 {
		b[6], b[7] = 0xff, 0xff
	}
}

// pseudo is the sum of the pseudo header (RFC 9293 §3.1, RFC 8200 §8.1).
func pseudo(source, destination netip.Addr, p internet.Protocol, length int) uint32 {
	return add(add(uint32(p)+uint32(length)&0xffff+uint32(length)>>16, source.AsSlice()), destination.AsSlice())
}

// add adds 16 bits at a time (RFC 1071 §1).
func add(sum uint32, b []byte) uint32 {
	for len(b) >= 2 {
		sum += uint32(b[0])<<8 | uint32(b[1])
		b = b[2:]
		sum = sum&0xffff + sum>>16
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum&0xffff + sum>>16
}

// fold brings the carries of a sum back into its 16 bits.
func fold(sum uint32) uint16 {
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return uint16(sum)
}

// sumOf is the checksum of b, its own place counted as zero.
func sumOf(b []byte, at int, sum uint32) uint16 {
	sum = add(sum, b[:at])
	return ^fold(add(sum, b[at+2:]))
}

// replaceSum makes the checksum at a place of b right, or as wrong as it was. The places are even.
func replaceSum(b, was []byte, at int, before, after uint32) {
	be := binary.BigEndian
	old, right, now := be.Uint16(was[at:]), sumOf(was, at, before), sumOf(b, at, after)
	switch {
	case old == right || old+right == 0xffff && (old == 0 || right == 0): // two ways of writing 0 (RFC 1071 §1)
	case old == 0:
		now = 0 // the network card was to fill it in
	default:
		now ^= old ^ right
	}
	be.PutUint16(b[at:], now)
}

// tcp replaces the options and the data of a segment (RFC 9293 §3.1).
func (r *rewriter) tcp(b []byte, base int) {
	const fixed = 20
	if len(b) < fixed {
		clear(b[min(14, len(b)):])
		return
	}
	header := int(b[12]>>4) * 4
	if header < fixed || header > len(b) {
		clear(b[fixed:])
		return
	}
	const mss, scale, permitted, sack, timestamps = 2, 3, 4, 5, 8
	clearOptions(b[fixed:header], mss, scale, permitted, sack, timestamps)
	data := b[header:]
	if place := r.place; place != nil && place.direction != nil && place.payload.Offset == base+header && !r.quoted {
		n := min(len(data), place.payload.Length)
		place.direction.copyTo(data[:n], place.offset)
		clear(data[n:])
		return
	}
	blank(data)
}

// udp replaces the data of a datagram (RFC 768): DNS is understood, all else blanked.
func (r *rewriter) udp(b []byte, base int) {
	const header = 8
	if len(b) < header {
		return
	}
	data := b[header:]
	be := binary.BigEndian
	port := be.Uint16(b) == dns.Port || be.Uint16(b[2:]) == dns.Port
	if place := r.place; place != nil && place.dns || r.place == nil && port && !r.quoted {
		r.a.dns(data)
		return
	}
	clear(data)
}

// gre replaces what a tunnel carries (RFC 2784 §2, RFC 2890 §2).
func (r *rewriter) gre(b []byte, base, depth int) {
	const checksum, key, sequence = 0x80, 0x20, 0x10
	if len(b) < 4 {
		clear(b)
		return
	}
	size := 4
	if b[0]&checksum != 0 || b[1]&7 != 0 {
		clear(b[4:])
		return
	}
	if b[0]&key != 0 {
		clear(b[size:min(size+4, len(b))])
		size += 4
	}
	if b[0]&sequence != 0 {
		size += 4
	}
	kind := binary.BigEndian.Uint16(b[2:])
	switch {
	case size > len(b):
		clear(b[4:])
	case kind == 0x0800 || kind == 0x86dd:
		r.packet(b[size:], base+size, depth+1)
	default:
		clear(b[size:])
	}
}
