package anonymize

// icmp replaces what a message of ICMP says (RFC 792): an error quotes a packet, an echo's data become zeros.
func (r *rewriter) icmp(b []byte, base, depth int) {
	const fixed, unreachable, quench, redirect, exceeded, problem = 8, 3, 4, 5, 11, 12
	if len(b) < fixed {
		return
	}
	switch b[0] {
	case redirect:
		r.a.addresses.bytes(b[4:8])
		r.quote(b[fixed:], base+fixed, depth)
	case unreachable, quench, exceeded, problem:
		r.quote(b[fixed:], base+fixed, depth)
	case 9: // a router tells of itself (RFC 1256 §3)
		for at := fixed; at+8 <= len(b); at += 8 {
			r.a.addresses.bytes(b[at : at+4])
		}
	default:
		clear(b[fixed:])
	}
}

// quote replaces a packet that a message quotes, as much of it as is there.
func (r *rewriter) quote(b []byte, base, depth int) {
	within := *r
	within.quoted = true
	within.packet(b, base, depth+1)
}

// icmp6 replaces what a message of ICMPv6 says (RFC 4443 §2.1): errors, neighbours (RFC 4861 §4) and groups.
func (r *rewriter) icmp6(b []byte, base, depth int) {
	const fixed = 8
	if len(b) < fixed {
		return
	}
	rest := b[fixed:]
	switch kind := b[0]; {
	case kind < 128:
		r.quote(rest, base+fixed, depth)
	case kind == 133:
		r.neighbourOptions(rest, base+fixed, depth)
	case kind == 134 && len(rest) >= 8:
		r.neighbourOptions(rest[8:], base+fixed+8, depth)
	case (kind == 135 || kind == 136) && len(rest) >= 16:
		r.a.addresses.bytes(rest[:16])
		r.neighbourOptions(rest[16:], base+fixed+16, depth)
	case kind == 137 && len(rest) >= 32:
		r.a.addresses.bytes(rest[:16])
		r.a.addresses.bytes(rest[16:32])
		r.neighbourOptions(rest[32:], base+fixed+32, depth)
	case kind >= 130 && kind <= 132 && len(rest) >= 16: // RFC 2710 §3
		r.a.addresses.bytes(rest[:16])
		clear(rest[16:])
	case kind == 143: // RFC 3810 §5.2
		for len(rest) >= 20 {
			r.a.addresses.bytes(rest[4:20])
			size := min(len(rest), 20+16*(int(rest[2])<<8|int(rest[3]))+4*int(rest[1]))
			for at := 20; at+16 <= size; at += 16 {
				r.a.addresses.bytes(rest[at : at+16])
			}
			rest = rest[size:]
		}
		clear(rest)
	default:
		clear(rest)
	}
}

// neighbourOptions replaces what the options tell (RFC 4861 §4.6): addresses of cards, prefixes, a packet.
func (r *rewriter) neighbourOptions(b []byte, base, depth int) {
	for len(b) > 0 {
		if len(b) < 8 || b[1] == 0 || 8*int(b[1]) > len(b) {
			clear(b)
			return
		}
		size := 8 * int(b[1])
		option := b[:size]
		switch {
		case (option[0] == 1 || option[0] == 2) && size == 8:
			r.a.addresses.bytes(option[2:8])
		case option[0] == 3 && size == 32:
			r.a.addresses.bytes(option[16:32])
		case option[0] == 4:
			r.quote(option[8:], base+8, depth)
		case option[0] == 5 && size == 8: // MTU
		case option[0] == 25: // name servers (RFC 8106 §5.1)
			for at := 8; at+16 <= size; at += 16 {
				r.a.addresses.bytes(option[at : at+16])
			}
		default:
			clear(option[2:])
		}
		b, base = b[size:], base+size
	}
}

// igmp replaces what a message about groups says (RFC 2236 §2): the group; more become zeros.
func (r *rewriter) igmp(b []byte) {
	if len(b) < 8 {
		return
	}
	r.a.addresses.bytes(b[4:8])
	clear(b[8:])
}
