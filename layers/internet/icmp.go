package internet

import (
	"encoding/binary"

	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

const icmpFixed = 8

// The types of ICMP messages (RFC 792).
const (
	icmpEchoReply        = 0
	icmpUnreachable      = 3
	icmpSourceQuench     = 4
	icmpRedirect         = 5
	icmpEchoRequest      = 8
	icmpTimeExceeded     = 11
	icmpParameterProblem = 12
	icmpTimestamp        = 13
	icmpTimestampReply   = 14

	icmpRouterAdvertisement = 9  // RFC 1256
	icmpRouterSolicitation  = 10 // RFC 1256
	icmpInformation         = 15 // RFC 792
	icmpInformationReply    = 16
	icmpMaskRequest         = 17 // RFC 950
	icmpMaskReply           = 18
	icmpTraceroute          = 30 // RFC 1393
	icmpExtendedEcho        = 42 // RFC 8335
	icmpExtendedEchoReply   = 43
)

// An ICMPMessage is a message of ICMP (RFC 792) or ICMPv6 (RFC 4443, RFC 4861).
type ICMPMessage struct {
	header
	version    uint8 // 4 or 6
	kind, code uint8
	checksum   uint16
	quoted     quotedPacket
}

// readICMP reads an ICMP message.
func (d *Decoder) readICMP(dg *Datagram) {
	m := &d.icmp
	b := dg.Bytes()
	fixed, h := whole(b, dg.Payload.Offset, icmpFixed)
	var v gopackets.ICMPv4
	v.DecodeFromBytes(fixed, feedback)
	*m = ICMPMessage{header: h, version: 4, kind: v.TypeCode.Type(), code: v.TypeCode.Code(), checksum: v.Checksum}
	switch m.kind {
	case icmpUnreachable, icmpSourceQuench, icmpRedirect, icmpTimeExceeded, icmpParameterProblem:
		m.bytes = b
		m.quoted = readQuoted(b, icmpFixed)
	case icmpTimestamp, icmpTimestampReply:
		m.bytes = b[:min(len(b), 20)]
	case icmpMaskRequest, icmpMaskReply:
		m.bytes = b[:min(len(b), 12)]
	case icmpRouterAdvertisement:
		m.bytes = b
	}
	d.place(dg, "icmp", len(m.bytes), m)
	if len(b) < icmpFixed {
		d.truncated("icmp.truncated", len(b), icmpFixed)
		return
	}
	d.checkMessage("icmp.checksum-wrong", dg, m, 0)
	d.noteICMP(m)
	d.quote(m)
}

// checkMessage checks the checksum of a message that is all there; pseudo is the sum of the pseudo-header.
func (d *Decoder) checkMessage(id string, dg *Datagram, m *ICMPMessage, pseudo uint64) {
	if dg.Missing > 0 {
		return
	}
	sum := Sum(pseudo, dg.Bytes())
	if Checksum(sum) == 0 {
		return
	}
	d.note(id, layers.A("found", layers.HexUint(m.checksum, 4)), layers.A("right", layers.HexUint(Checksum(sum+uint64(^m.checksum)), 4)))
}

// noteICMP says what a message means.
func (d *Decoder) noteICMP(m *ICMPMessage) {
	destination := layers.A("destination", layers.Addr(m.quoted.destination))
	switch m.kind {
	case icmpEchoRequest:
		d.note("icmp.echo-request", layers.A("sequence", layers.Uint(m.word(6))))
	case icmpEchoReply:
		d.note("icmp.echo-reply", layers.A("sequence", layers.Uint(m.word(6))))
	case icmpUnreachable:
		switch m.code {
		case 0, 6, 11:
			d.note("icmp.unreachable.net", destination)
		case 1, 7, 8, 12:
			d.note("icmp.unreachable.host", destination)
		case 2:
			d.note("icmp.unreachable.protocol", destination, layers.A("protocol", m.quoted.protocol.Value()))
		case 3:
			d.note("icmp.unreachable.port", destination, layers.A("port", layers.Uint(m.quoted.destinationPort)))
		case 4:
			d.note("icmp.unreachable.fragmentation-needed", destination, layers.A("mtu", layers.Uint(m.word(6))))
		case 5:
			d.note("icmp.unreachable.source-route", destination)
		case 9, 10, 13:
			d.note("icmp.unreachable.prohibited", destination)
		default:
			d.note("icmp.unreachable.other", destination, layers.A("code", layers.Uint(m.code)))
		}
	case icmpTimeExceeded:
		if m.code == 0 {
			d.note("icmp.time-exceeded.transit", destination)
		} else {
			d.note("icmp.time-exceeded.reassembly", destination)
		}
	case icmpRedirect:
		d.note("icmp.redirect", destination, layers.A("gateway", layers.Addr(m.bytes[4:8])))
	case icmpParameterProblem:
		d.note("icmp.parameter-problem", destination, layers.A("pointer", layers.Uint(m.bytes[4])))
	case icmpSourceQuench:
		d.note("icmp.source-quench", destination)
	case icmpTimestamp, icmpTimestampReply:
		d.note("icmp.timestamp")
	case icmpRouterAdvertisement:
		d.note("icmp.router-advertisement", layers.A("lifetime", layers.Uint(m.word(6))))
	case icmpRouterSolicitation:
		d.note("icmp.router-solicitation")
	case icmpMaskRequest, icmpMaskReply:
		d.note("icmp.address-mask")
	case icmpExtendedEcho, icmpExtendedEchoReply:
		d.note("icmp.extended-echo")
	default:
		kind := layers.A("type", layers.Uint(m.kind))
		if name := icmpRareName(m.kind); name != "" {
			d.note("icmp.other-type", kind, layers.A("name", layers.String(name)))
		} else {
			d.note("icmp.unknown-type", kind)
		}
	}
}

// word is the 16-bit number at offset at, which must be within the fixed part.
func (m *ICMPMessage) word(at int) uint16 {
	if at+2 > len(m.bytes) {
		return 0
	}
	return binary.BigEndian.Uint16(m.bytes[at:])
}

// AppendSummary adds type and code, then what the type has to tell.
func (m *ICMPMessage) AppendSummary(dst []byte) []byte {
	dst = append(dst, m.typeName()...)
	if name := m.codeName(); name != "" {
		dst = append(append(dst, ": "...), name...)
	} else if m.code != 0 {
		dst = layers.Uint(m.code).Append(append(dst, " code "...))
	}
	if m.version == 6 {
		return m.appendSummary6(dst)
	}
	switch m.kind {
	case icmpEchoRequest, icmpEchoReply:
		return m.appendEcho(dst)
	case icmpUnreachable:
		if m.code == 4 {
			dst = layers.Uint(m.word(6)).Append(append(dst, " mtu "...))
		}
	case icmpRedirect:
		if len(m.bytes) >= icmpFixed {
			dst = layers.Addr(m.bytes[4:8]).Append(append(dst, " to "...))
		}
	}
	return m.quoted.append(dst)
}

func (m *ICMPMessage) appendEcho(dst []byte) []byte {
	dst = layers.Uint(m.word(4)).Append(append(dst, " id "...))
	return layers.Uint(m.word(6)).Append(append(dst, " seq "...))
}

// AppendFields lists the fields of the type.
func (m *ICMPMessage) AppendFields(dst []layers.Field) []layers.Field {
	l := m.list(dst)
	l.Add("type", 0, 1, layers.Uint(m.kind).Named(m.typeName()))
	l.Add("code", 1, 1, layers.Uint(m.code).Named(m.codeName()))
	l.Add("checksum", 2, 2, layers.HexUint(m.checksum, 4))
	if m.version == 6 {
		m.listFields6(&l)
		return l.Fields
	}
	switch m.kind {
	case icmpRouterAdvertisement:
		m.listRouters(&l)
	case icmpEchoRequest, icmpEchoReply, icmpTimestamp, icmpTimestampReply, icmpMaskRequest, icmpMaskReply, icmpInformation, icmpInformationReply:
		l.Add("identifier", 4, 2, layers.Uint(m.word(4)))
		l.Add("sequence", 6, 2, layers.Uint(m.word(6)))
	case icmpUnreachable:
		if m.code == 4 {
			l.Add("next-hop-mtu", 6, 2, layers.Uint(m.word(6))) // RFC 1191 §4
		}
	case icmpRedirect:
		l.Add("gateway", 4, 4, layers.Addr(m.bytes[min(4, len(m.bytes)):min(8, len(m.bytes))]))
	case icmpParameterProblem:
		l.Add("pointer", 4, 1, layers.Int(int(m.word(4)>>8)))
	}
	if (m.kind == icmpTimestamp || m.kind == icmpTimestampReply) && len(m.bytes) == 20 {
		l.Add("originate", 8, 4, layers.Uint(binary.BigEndian.Uint32(m.bytes[8:])))
		l.Add("receive", 12, 4, layers.Uint(binary.BigEndian.Uint32(m.bytes[12:])))
		l.Add("transmit", 16, 4, layers.Uint(binary.BigEndian.Uint32(m.bytes[16:])))
	}
	if (m.kind == icmpMaskRequest || m.kind == icmpMaskReply) && len(m.bytes) == 12 {
		l.Add("address-mask", 8, 4, layers.Addr(m.bytes[8:12]))
	}
	m.quoted.list(&l)
	return l.Fields
}

// listRouters lists a router advertisement: addresses, each with how much it is preferred (RFC 1256 §3).
func (m *ICMPMessage) listRouters(l *layers.FieldList) {
	if len(m.bytes) < icmpFixed {
		return
	}
	l.Add("count", 4, 1, layers.Uint(m.bytes[4]))
	l.Add("entry-size", 5, 1, layers.Uint(m.bytes[5]))
	l.Add("lifetime", 6, 2, layers.Uint(m.word(6)))
	size := 4 * int(m.bytes[5])
	for at := icmpFixed; size >= 8 && at+size <= len(m.bytes) && at < icmpFixed+int(m.bytes[4])*size; at += size {
		l.Add("router", at, 4, layers.Addr(m.bytes[at:at+4]))
	}
}

// icmpRareName is the name of a type that is not read further, or "".
func icmpRareName(kind uint8) string {
	switch kind {
	case 6:
		return "alternate host address"
	case icmpInformation:
		return "information request"
	case icmpInformationReply:
		return "information reply"
	case icmpMaskRequest:
		return "address mask request"
	case icmpMaskReply:
		return "address mask reply"
	case icmpTraceroute:
		return "traceroute"
	case 31:
		return "datagram conversion error"
	case 32:
		return "mobile host redirect"
	case 33, 34:
		return "IPv6 where are you"
	case 35, 36:
		return "mobile registration"
	case 37, 38:
		return "domain name"
	case 39:
		return "SKIP"
	case 40:
		return "Photuris"
	case 41:
		return "experimental mobility"
	case icmpExtendedEcho:
		return "extended echo request"
	case icmpExtendedEchoReply:
		return "extended echo reply"
	}
	return ""
}

func (m *ICMPMessage) typeName() string {
	if m.version == 6 {
		return icmpv6TypeName(m.kind)
	}
	switch m.kind {
	case icmpEchoReply:
		return "echo reply"
	case icmpUnreachable:
		return "destination unreachable"
	case icmpSourceQuench:
		return "source quench"
	case icmpRedirect:
		return "redirect"
	case icmpEchoRequest:
		return "echo request"
	case icmpRouterAdvertisement:
		return "router advertisement"
	case icmpRouterSolicitation:
		return "router solicitation"
	case icmpTimeExceeded:
		return "time exceeded"
	case icmpParameterProblem:
		return "parameter problem"
	case icmpTimestamp:
		return "timestamp request"
	case icmpTimestampReply:
		return "timestamp reply"
	}
	if name := icmpRareName(m.kind); name != "" {
		return name
	}
	return "type " + layers.Uint(m.kind).String()
}

// icmpUnreachableCodes are the reasons of RFC 792 and RFC 1812 §5.2.7.1.
var icmpUnreachableCodes = [...]string{"net", "host", "protocol", "port", "fragmentation needed", "source route failed",
	"net unknown", "host unknown", "source host isolated", "net prohibited", "host prohibited", "net for this service",
	"host for this service", "prohibited", "host precedence", "precedence cutoff"}

func (m *ICMPMessage) codeName() string {
	if m.version == 6 {
		return icmpv6CodeName(m.kind, m.code)
	}
	switch {
	case m.kind == icmpUnreachable && int(m.code) < len(icmpUnreachableCodes):
		return icmpUnreachableCodes[m.code]
	case m.kind == icmpRedirect && m.code < 4:
		return [...]string{"for net", "for host", "for net and service", "for host and service"}[m.code]
	case m.kind == icmpTimeExceeded && m.code < 2:
		return [...]string{"in transit", "in reassembly"}[m.code]
	case m.kind == icmpParameterProblem && m.code < 3:
		return [...]string{"at pointer", "option missing", "bad length"}[m.code]
	}
	return ""
}
