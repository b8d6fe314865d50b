package anonymize

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// addresses replaces the addresses of networks and of their cards, always alike, part by part, so that neighbours stay
// neighbours. A part is replaced by one that is as long when it is written, so that an address in a text keeps its
// length. What kind of address it is stays: private, link-local, group; loopback, broadcast and the unspecified address
// are themselves.
type addresses struct {
	given  map[netip.Addr]netip.Addr
	parts  map[string]*branch // by the original parts before
	cards  map[[6]byte][6]byte
	seen   map[netip.Addr]bool // that the capture holds: a replacement is none of them, if that can be
	count  int                 // of those that were replaced by others
	groups map[[3]byte][3]byte // the ends of addresses that solicited-node groups tell
}

func newAddresses() *addresses {
	return &addresses{given: map[netip.Addr]netip.Addr{}, parts: map[string]*branch{}, cards: map[[6]byte][6]byte{},
		seen: map[netip.Addr]bool{}, groups: map[[3]byte][3]byte{}}
}

var (
	private    = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("169.254.0.0/16")}
	solicited  = netip.MustParsePrefix("ff02::1:ff00:0/104")
	translated = netip.MustParsePrefix("64:ff9b::/96")
)

// ip replaces an address.
func (a *addresses) ip(from netip.Addr) netip.Addr {
	from = from.WithZone("")
	if to, ok := a.given[from]; ok {
		return to
	}
	var to netip.Addr
	switch {
	case from.IsLoopback(), from.IsUnspecified(), !from.IsValid():
		to = from
	case from.Is4():
		to = a.ip4(from)
	case solicited.Contains(from):
		b := from.As16()
		end := a.ending([3]byte(b[13:]))
		copy(b[13:], end[:])
		to = netip.AddrFrom16(b)
	case from.IsMulticast():
		to = from
	case from.Is4In6(), translated.Contains(from):
		b := from.As16()
		inner := a.ip(netip.AddrFrom4([4]byte(b[12:]))).As4()
		copy(b[12:], inner[:])
		to = netip.AddrFrom16(b)
	default:
		to = a.ip6(from)
	}
	a.given[from] = to
	if to != from {
		a.count++
	}
	return to
}

// ip4 replaces an IPv4 address byte by byte. The last byte keeps 0 and 255, which name networks and everybody in them.
func (a *addresses) ip4(from netip.Addr) netip.Addr {
	b := from.As4()
	if b[0] >= 224 || b[0] == 0 {
		return from // groups, everybody, this network
	}
	fixed := 0
	for _, p := range private {
		if p.Contains(from) {
			fixed = (p.Bits() + 7) / 8
			if p.Bits() == 12 {
				fixed = 1
			}
		}
	}
	to := b
	for i := fixed; i < 4; i++ {
		if i == 3 && (b[i] == 0 || b[i] == 255) {
			continue
		}
		least, most := decimal(b[i])
		switch {
		case i == 0:
			least, most = public(least, most)
		case i == 1 && fixed == 1 && b[0] == 172:
			least, most = 16, 31
		case i == 3:
			least, most = max(least, 1), min(most, 254)
		}
		to[i] = byte(a.part("4"+string(b[:i]), uint16(b[i]), uint16(least), uint16(most), func(n uint16) bool {
			c := to
			c[i] = byte(n)
			if i == 0 && (n == 10 || n == 127 || n == 169 || n == 172 || n == 192) {
				return false
			}
			return i < 3 || !a.seen[netip.AddrFrom4(c)]
		}))
	}
	return netip.AddrFrom4(to)
}

// decimal is the range of bytes that are written with as many digits as n.
func decimal(n byte) (least, most int) {
	switch {
	case n < 10:
		return 0, 9
	case n < 100:
		return 10, 99
	}
	return 100, 255
}

// public is where the first bytes of public addresses lie.
func public(least, most int) (int, int) { return max(least, 1), min(most, 223) }

// ip6 replaces an IPv6 address 16 bits by 16 bits; zeros stay, so that it is written with as many signs.
func (a *addresses) ip6(from netip.Addr) netip.Addr {
	b := from.As16()
	to := b
	fixed := 0
	if b[0] == 0xfe || b[0]&0xfe == 0xfc { // link-local, unique local
		fixed = 1
	}
	for i := fixed; i < 8; i++ {
		n := binary.BigEndian.Uint16(b[2*i:])
		if n == 0 {
			continue
		}
		least, most := hexadecimal(n)
		if i == 0 {
			least, most = max(least, 0x2001), min(most, 0x3fff)
			if least > most {
				least, most = hexadecimal(n)
			}
		}
		part := a.part("6"+string(b[:2*i]), n, least, most, func(n uint16) bool {
			c := to
			binary.BigEndian.PutUint16(c[2*i:], n)
			return i < 7 || !a.seen[netip.AddrFrom16(c)]
		})
		binary.BigEndian.PutUint16(to[2*i:], part)
	}
	a.groups[[3]byte(b[13:])] = [3]byte(to[13:])
	return netip.AddrFrom16(to)
}

// hexadecimal is the range of numbers that are written with as many hexadecimal digits as n.
func hexadecimal(n uint16) (least, most uint16) {
	switch {
	case n < 0x10:
		return 1, 0xf
	case n < 0x100:
		return 0x10, 0xff
	case n < 0x1000:
		return 0x100, 0xfff
	}
	return 0x1000, 0xffff
}

// A branch is what is known of the parts behind some others.
type branch struct {
	to   map[uint16]uint16
	used map[uint16]bool
	next map[uint16]uint16 // by the start of a range: what was not looked at yet
}

// part replaces a part of an address behind those before it: by the next one of the range that is free and allowed, else
// by itself, or by any.
func (a *addresses) part(before string, from, least, most uint16, allowed func(uint16) bool) uint16 {
	b := a.parts[before]
	if b == nil {
		b = &branch{to: map[uint16]uint16{}, used: map[uint16]bool{}, next: map[uint16]uint16{}}
		a.parts[before] = b
	}
	if to, known := b.to[from]; known {
		return to
	}
	to := b.free(from, least, most, allowed)
	b.to[from], b.used[to] = to, true
	return to
}

func (b *branch) free(from, least, most uint16, allowed func(uint16) bool) uint16 {
	n := max(b.next[least], least)
	for ; n < most; n++ {
		if !b.used[n] && n != from && allowed(n) {
			b.next[least] = n + 1
			return n
		}
	}
	b.next[least] = most
	if n := most; !b.used[n] && n != from && allowed(n) {
		return n
	}
	for n := least; n < most; n++ { // what was not allowed before is better than the original
		if !b.used[n] && n != from {
			return n
		}
	}
	return from
}

// ending replaces the end of an address as a solicited-node group tells it (RFC 4291 §2.7.1).
func (a *addresses) ending(from [3]byte) [3]byte {
	if to, ok := a.groups[from]; ok {
		return to
	}
	n := len(a.groups) + 1
	to := [3]byte{0xa0, byte(n >> 8), byte(n)}
	a.groups[from] = to
	return to
}

// card replaces the address of a network card by one that is locally administered (IEEE 802 §8.4). Groups stay, but for
// those that tell the end of an IPv6 address (RFC 2464 §7).
func (a *addresses) card(from [6]byte) [6]byte {
	switch {
	case from == [6]byte{}:
		return from
	case from[0] == 0x33 && from[1] == 0x33 && from[2] == 0xff:
		end := a.ending([3]byte(from[3:]))
		return [6]byte{0x33, 0x33, 0xff, end[0], end[1], end[2]}
	case isGroup(from):
		return from
	}
	to, ok := a.cards[from]
	if !ok {
		n := len(a.cards) + 1
		to = [6]byte{2, 0, 0, byte(n >> 16), byte(n >> 8), byte(n)}
		if from[0]&1 == 1 {
			to[0] = 3
		}
		if to == from {
			to[1] = 1
		}
		a.cards[from] = to
	}
	return to
}

// isGroup tells a group that everybody knows: of IPv4, of IPv6, of bridges, or all.
func isGroup(a [6]byte) bool {
	return a == [6]byte{255, 255, 255, 255, 255, 255} || a[0] == 0x33 && a[1] == 0x33 || a[0] == 1 && a[1] == 0 && a[2] == 0x5e ||
		a[0] == 1 && a[1] == 0x80 && a[2] == 0xc2
}

// bytes replaces an address in place: of 4, 6 or 16 bytes. Others are filled with zeros.
func (a *addresses) bytes(b []byte) {
	switch len(b) {
	case 4:
		to := a.ip(netip.AddrFrom4([4]byte(b))).As4()
		copy(b, to[:])
	case 6:
		to := a.card([6]byte(b))
		copy(b, to[:])
	case 16:
		to := a.ip(netip.AddrFrom16([16]byte(b))).As16()
		copy(b, to[:])
	default:
		clear(b)
	}
}

// text replaces the address at the start of b, as people write it, in place. It returns how long it is, 0 when there is
// none.
func (a *addresses) text(b []byte) int {
	n, points, colons := 0, 0, 0
	for n < len(b) && n < 46 {
		c := b[n]
		switch {
		case c == '.':
			points++
		case c == ':':
			colons++
		case !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f'):
			goto ended
		}
		n++
	}
ended:
	for n > 0 && (b[n-1] == '.' || b[n-1] == ':' && !(n > 1 && b[n-2] == ':')) {
		n-- // the end of a sentence
	}
	if points < 3 && colons < 2 || n < len(b) && isWord(b[n]) {
		return 0
	}
	from, err := netip.ParseAddr(string(b[:n]))
	if err != nil {
		return 0
	}
	to := a.ip(from).String()
	if from.String() != string(b[:n]) || len(to) != n {
		return a.loose(b[:n])
	}
	return copy(b, to)
}

// loose replaces an address that is written in a way of its own, digit by digit: it stays as long, and is another.
func (a *addresses) loose(b []byte) int {
	for i, c := range b {
		if isDigit(c) || isLetter(c) {
			b[i] = '1'
		}
	}
	return len(b)
}

// reversed replaces the labels of a name in in-addr.arpa or ip6.arpa (RFC 1035 §3.5, RFC 3596 §2.5), which tell an address
// from its end; false when they tell none.
func (a *addresses) reversed(labels [][]byte) bool {
	switch {
	case len(labels) == 4:
		var b [4]byte
		for i, l := range labels {
			n, err := strconv.Atoi(string(l))
			if err != nil || n < 0 || n > 255 || strconv.Itoa(n) != string(l) {
				return false
			}
			b[3-i] = byte(n)
		}
		a.bytes(b[:])
		for i, l := range labels {
			if s := strconv.Itoa(int(b[3-i])); len(s) == len(l) {
				copy(l, s)
			}
		}
		return true
	case len(labels) == 32:
		var b [16]byte
		for i, l := range labels {
			n, err := strconv.ParseUint(string(l), 16, 4)
			if err != nil || len(l) != 1 {
				return false
			}
			at := 31 - i
			b[at/2] |= byte(n) << (4 * (1 - at%2))
		}
		a.bytes(b[:])
		for i, l := range labels {
			at := 31 - i
			l[0] = "0123456789abcdef"[b[at/2]>>(4*(1-at%2))&15]
		}
		return true
	}
	return false
}
