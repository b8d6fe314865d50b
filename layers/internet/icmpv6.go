package internet

import (
	"encoding/binary"

	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

// The types of ICMPv6 messages (RFC 4443 §2.1, RFC 4861 §4, RFC 2710, RFC 3810).
const (
	icmpv6Unreachable           = 1
	icmpv6PacketTooBig          = 2
	icmpv6TimeExceeded          = 3
	icmpv6ParameterProblem      = 4
	icmpv6EchoRequest           = 128
	icmpv6EchoReply             = 129
	icmpv6ListenerQuery         = 130
	icmpv6ListenerReport        = 131
	icmpv6ListenerDone          = 132
	icmpv6RouterSolicitation    = 133
	icmpv6RouterAdvertisement   = 134
	icmpv6NeighborSolicitation  = 135
	icmpv6NeighborAdvertisement = 136
	icmpv6Redirect              = 137
	icmpv6ListenerReport2       = 143
)

// readICMPv6 reads an ICMPv6 message.
func (d *Decoder) readICMPv6(dg *Datagram) {
	m := &d.icmp
	b := dg.Bytes()
	fixed, h := whole(b, dg.Payload.Offset, icmpFixed)
	var v gopackets.ICMPv6
	v.DecodeFromBytes(fixed, feedback)
	*m = ICMPMessage{header: h, version: 6, kind: v.TypeCode.Type(), code: v.TypeCode.Code(), checksum: v.Checksum}
	if m.kind != icmpv6EchoRequest && m.kind != icmpv6EchoReply {
		m.bytes = b // all of it is the message; only an echo carries data
	}
	if m.kind < 128 {
		m.quoted = readQuoted(b, icmpFixed)
	} else if m.kind == icmpv6Redirect {
		for o := (neighborOptions{b, 40}); o.more(); {
			if kind, at, _ := o.next(); kind == ndRedirected {
				m.quoted = readQuoted(b, at+8)
			}
		}
	}
	d.place(dg, "icmpv6", len(m.bytes), m)
	if want := icmpv6Length(m.kind); len(b) < want {
		d.truncated("icmpv6.truncated", len(b), want)
		return
	}
	// RFC 4443 §2.3: the checksum covers a pseudo-header too.
	d.checkMessage("icmpv6.checksum-wrong", dg, m, dg.PseudoSum(len(b)))
	d.noteICMPv6(dg, m)
	d.quote(m)
}

// icmpv6Length is the least length of a message, without options.
func icmpv6Length(kind uint8) int {
	switch kind {
	case icmpv6RouterAdvertisement:
		return 16
	case icmpv6NeighborSolicitation, icmpv6NeighborAdvertisement, icmpv6ListenerQuery, icmpv6ListenerReport, icmpv6ListenerDone:
		return 24
	case icmpv6Redirect:
		return 40
	}
	return icmpFixed
}

// noteICMPv6 says what a message means.
func (d *Decoder) noteICMPv6(dg *Datagram, m *ICMPMessage) {
	destination := layers.A("destination", layers.Addr(m.quoted.destination))
	switch m.kind {
	case icmpv6EchoRequest:
		d.note("icmpv6.echo-request", layers.A("sequence", layers.Uint(m.word(6))))
	case icmpv6EchoReply:
		d.note("icmpv6.echo-reply", layers.A("sequence", layers.Uint(m.word(6))))
	case icmpv6Unreachable:
		switch m.code {
		case 0:
			d.note("icmpv6.unreachable.no-route", destination)
		case 1, 5, 6:
			d.note("icmpv6.unreachable.prohibited", destination)
		case 3:
			d.note("icmpv6.unreachable.address", destination)
		case 4:
			d.note("icmpv6.unreachable.port", destination, layers.A("port", layers.Uint(m.quoted.destinationPort)))
		default:
			d.note("icmpv6.unreachable.other", destination, layers.A("code", layers.Uint(m.code)))
		}
	case icmpv6PacketTooBig:
		d.note("icmpv6.packet-too-big", destination, layers.A("mtu", layers.Uint(binary.BigEndian.Uint32(m.bytes[4:]))))
	case icmpv6TimeExceeded:
		if m.code == 0 {
			d.note("icmpv6.time-exceeded.transit", destination)
		} else {
			d.note("icmpv6.time-exceeded.reassembly", destination)
		}
	case icmpv6ParameterProblem:
		d.note("icmpv6.parameter-problem", destination, layers.A("pointer", layers.Uint(binary.BigEndian.Uint32(m.bytes[4:]))))
	case icmpv6RouterSolicitation:
		d.note("icmpv6.router-solicitation")
	case icmpv6RouterAdvertisement:
		d.note("icmpv6.router-advertisement", layers.A("lifetime", layers.Uint(m.word(6))))
	case icmpv6NeighborSolicitation:
		if dg.Source.IsUnspecified() {
			d.note("icmpv6.duplicate-address-detection", layers.A("target", layers.Addr(m.bytes[8:24])))
		} else {
			d.note("icmpv6.neighbor-solicitation", layers.A("target", layers.Addr(m.bytes[8:24])))
		}
	case icmpv6NeighborAdvertisement:
		d.note("icmpv6.neighbor-advertisement", layers.A("target", layers.Addr(m.bytes[8:24])))
		d.noteClaim(m)
	case icmpv6Redirect:
		d.note("icmpv6.redirect", layers.A("target", layers.Addr(m.bytes[8:24])), layers.A("destination", layers.Addr(m.bytes[24:40])))
	case icmpv6ListenerQuery:
		d.note("icmpv6.listener-query")
	case icmpv6ListenerReport, icmpv6ListenerReport2:
		d.note("icmpv6.listener-report")
	case icmpv6ListenerDone:
		d.note("icmpv6.listener-done")
	default:
		kind := layers.A("type", layers.Uint(m.kind))
		if name := icmpv6RareName(m.kind); name != "" {
			d.note("icmpv6.other-type", kind, layers.A("name", layers.String(name)))
		} else {
			d.note("icmpv6.unknown-type", kind)
		}
	}
}

// appendSummary6 adds what the types of ICMPv6 have to tell.
func (m *ICMPMessage) appendSummary6(dst []byte) []byte {
	if len(m.bytes) < icmpv6Length(m.kind) {
		return dst
	}
	switch m.kind {
	case icmpv6EchoRequest, icmpv6EchoReply:
		return m.appendEcho(dst)
	case icmpv6PacketTooBig:
		dst = layers.Uint(binary.BigEndian.Uint32(m.bytes[4:])).Append(append(dst, " mtu "...))
	case icmpv6NeighborSolicitation, icmpv6ListenerQuery, icmpv6ListenerReport, icmpv6ListenerDone:
		return layers.Addr(m.bytes[8:24]).Append(append(dst, ' '))
	case icmpv6NeighborAdvertisement:
		dst = layers.Addr(m.bytes[8:24]).Append(append(dst, ' '))
		for o := (neighborOptions{m.bytes, 24}); o.more(); {
			if kind, at, length := o.next(); kind == 2 {
				dst = layers.HardwareAddr(m.bytes[at+2 : at+length]).Append(append(dst, " = "...))
			}
		}
		return dst
	case icmpv6Redirect:
		dst = layers.Addr(m.bytes[24:40]).Append(append(dst, ' '))
		return layers.Addr(m.bytes[8:24]).Append(append(dst, " to "...))
	}
	return m.quoted.append(dst)
}

// listFields6 adds the fields behind the checksum.
func (m *ICMPMessage) listFields6(l *layers.FieldList) {
	if len(m.bytes) < icmpv6Length(m.kind) {
		return
	}
	b := m.bytes
	options := 0
	switch m.kind {
	case icmpv6EchoRequest, icmpv6EchoReply:
		l.Add("identifier", 4, 2, layers.Uint(m.word(4)))
		l.Add("sequence", 6, 2, layers.Uint(m.word(6)))
	case icmpv6PacketTooBig:
		l.Add("mtu", 4, 4, layers.Uint(binary.BigEndian.Uint32(b[4:])))
	case icmpv6ParameterProblem:
		l.Add("pointer", 4, 4, layers.Uint(binary.BigEndian.Uint32(b[4:])))
	case icmpv6RouterSolicitation:
		options = 8
	case icmpv6RouterAdvertisement:
		l.Add("hop-limit", 4, 1, layers.Uint(b[4]))
		l.AddBits("flags", 5, 1, layers.Bits{First: 0, Count: 2}, layers.Words(routerFlags[b[5]>>6]))
		l.Add("lifetime", 6, 2, layers.Uint(m.word(6)))
		l.Add("reachable-time", 8, 4, layers.Uint(binary.BigEndian.Uint32(b[8:])))
		l.Add("retransmission-time", 12, 4, layers.Uint(binary.BigEndian.Uint32(b[12:])))
		options = 16
	case icmpv6NeighborSolicitation:
		l.Add("target", 8, 16, layers.Addr(b[8:24]))
		options = 24
	case icmpv6NeighborAdvertisement:
		l.AddBits("flags", 4, 1, layers.Bits{First: 0, Count: 3}, layers.Words(neighborFlags[b[4]>>5]))
		l.Add("target", 8, 16, layers.Addr(b[8:24]))
		options = 24
	case icmpv6Redirect:
		l.Add("target", 8, 16, layers.Addr(b[8:24]))
		l.Add("destination", 24, 16, layers.Addr(b[24:40]))
		options = 40
	case icmpv6ListenerQuery, icmpv6ListenerReport, icmpv6ListenerDone:
		l.Add("maximum-delay", 4, 2, layers.Uint(m.word(4)))
		l.Add("group", 8, 16, layers.Addr(b[8:24]))
	case icmpv6ListenerReport2:
		m.listRecords(l)
	}
	if options > 0 {
		m.listOptions(l, options)
	}
	m.quoted.list(l)
}

// Flags of router and neighbour advertisements by value (RFC 4861 §4.2, §4.4).
var (
	routerFlags   = [4][]string{{}, {"O"}, {"M"}, {"M", "O"}}
	neighborFlags = [8][]string{{}, {"O"}, {"S"}, {"S", "O"}, {"R"}, {"R", "O"}, {"R", "S"}, {"R", "S", "O"}}
)

func icmpv6TypeName(kind uint8) string {
	switch kind {
	case icmpv6Unreachable:
		return "destination unreachable"
	case icmpv6PacketTooBig:
		return "packet too big"
	case icmpv6TimeExceeded:
		return "time exceeded"
	case icmpv6ParameterProblem:
		return "parameter problem"
	case icmpv6EchoRequest:
		return "echo request"
	case icmpv6EchoReply:
		return "echo reply"
	case icmpv6ListenerQuery:
		return "multicast listener query"
	case icmpv6ListenerReport, icmpv6ListenerReport2:
		return "multicast listener report"
	case icmpv6ListenerDone:
		return "multicast listener done"
	case icmpv6RouterSolicitation:
		return "router solicitation"
	case icmpv6RouterAdvertisement:
		return "router advertisement"
	case icmpv6NeighborSolicitation:
		return "neighbor solicitation"
	case icmpv6NeighborAdvertisement:
		return "neighbor advertisement"
	case icmpv6Redirect:
		return "redirect"
	}
	if name := icmpv6RareName(kind); name != "" {
		return name
	}
	return "type " + layers.Uint(kind).String()
}

// icmpv6RareName is the name of a type that is not read further, or "".
func icmpv6RareName(kind uint8) string {
	switch kind {
	case 138:
		return "router renumbering"
	case 139:
		return "node information query"
	case 140:
		return "node information response"
	case 141:
		return "inverse neighbor solicitation"
	case 142:
		return "inverse neighbor advertisement"
	case 144, 145:
		return "home agent discovery"
	case 146, 147:
		return "mobile prefix"
	case 148, 149:
		return "certification path"
	case 151, 152, 153:
		return "multicast router discovery"
	case 155:
		return "RPL control"
	case 157, 158:
		return "duplicate address"
	case 160:
		return "extended echo request"
	case 161:
		return "extended echo reply"
	}
	return ""
}

// icmpv6CodeName is the reason of an error (RFC 4443 §3).
func icmpv6CodeName(kind, code uint8) string {
	switch {
	case kind == icmpv6Unreachable && code < 7:
		return [...]string{"no route", "prohibited", "beyond scope", "address", "port", "source policy", "route rejected"}[code]
	case kind == icmpv6TimeExceeded && code < 2:
		return [...]string{"in transit", "in reassembly"}[code]
	case kind == icmpv6ParameterProblem && code < 3:
		return [...]string{"header field", "next header", "option"}[code]
	}
	return ""
}
