package internet

import (
	"encoding/binary"

	"mailwire/layers"
)

// The options of hop-by-hop and destination options headers that are told apart (IANA IPv6 parameters).
const (
	optionPad1        = 0x00
	optionPadN        = 0x01
	optionTunnelLimit = 0x04 // RFC 2473 §4.1.1
	optionRouterAlert = 0x05 // RFC 2711
	optionJumbo       = 0xc2 // RFC 2675 §2
	optionHomeAddress = 0xc9 // RFC 6275 §6.3
)

// options walks the options (RFC 8200 §4.2): it calls visit with the type of each, its place in the header and its content,
// padding left out. It says whether their lengths fit.
func (e *Extension) options(visit func(kind uint8, at int, b []byte)) bool {
	for at := 2; at < len(e.bytes); {
		if e.bytes[at] == optionPad1 {
			at++
			continue
		}
		if at+2 > len(e.bytes) || at+2+int(e.bytes[at+1]) > len(e.bytes) {
			return false
		}
		length := int(e.bytes[at+1])
		if e.bytes[at] != optionPadN {
			visit(e.bytes[at], at, e.bytes[at+2:at+2+length])
		}
		at += 2 + length
	}
	return true
}

func (e *Extension) listOptions(l *layers.FieldList) {
	e.options(func(kind uint8, at int, b []byte) {
		switch {
		case kind == optionRouterAlert && len(b) == 2:
			l.Add("router-alert", at, 4, routerAlert(binary.BigEndian.Uint16(b)))
		case kind == optionJumbo && len(b) == 4:
			l.Add("jumbo-length", at, 6, layers.Uint(binary.BigEndian.Uint32(b)))
		case kind == optionTunnelLimit && len(b) == 1:
			l.Add("tunnel-limit", at, 3, layers.Uint(b[0]))
		case kind == optionHomeAddress && len(b) == 16:
			l.Add("home-address", at, 18, layers.Addr(b))
		default:
			l.Add("option", at, 2+len(b), layers.HexUint(kind, 2).Named(extensionOptionName(kind)))
		}
	})
}

// extensionOptionName is the name of an option that is not read, or "".
func extensionOptionName(kind uint8) string {
	switch kind {
	case 0x07:
		return "CALIPSO"
	case 0x08:
		return "SMF_DPD"
	case 0x0f:
		return "performance and diagnostic metrics"
	case 0x11, 0x31:
		return "IOAM"
	case 0x12, 0x32:
		return "alternate marking"
	case 0x23, 0x63:
		return "RPL"
	case 0x26:
		return "Quick-Start"
	case 0x30:
		return "path MTU record"
	case 0x6d:
		return "MPL"
	case 0x8a:
		return "endpoint identification"
	case 0x8b:
		return "ILNP nonce"
	case 0x8c:
		return "line identification"
	}
	return ""
}

// routerAlert is the protocol for which routers are to look (RFC 2711 §2.1).
func routerAlert(n uint16) layers.Value {
	v := layers.Uint(n)
	switch n {
	case 0:
		return v.Named("MLD")
	case 1:
		return v.Named("RSVP")
	case 2:
		return v.Named("Active Networks")
	}
	return v
}

// The types of routing headers.
const (
	routeSource  = 0 // RFC 2460 §4.4, deprecated by RFC 5095
	routeMobile  = 2 // RFC 6275 §6.4
	routeRPL     = 3 // RFC 6554
	routeSegment = 4 // RFC 8754
)

func routingType(n uint8) layers.Value {
	v := layers.Uint(n)
	switch n {
	case routeSource:
		return v.Named("source route")
	case 1:
		return v.Named("Nimrod")
	case routeMobile:
		return v.Named("mobile node")
	case routeRPL:
		return v.Named("RPL source route")
	case routeSegment:
		return v.Named("segment routing")
	case 5, 6:
		return v.Named("CRH")
	}
	return v
}

func (e *Extension) listRoute(l *layers.FieldList) {
	b := e.bytes
	l.Add("routing-type", 2, 1, routingType(b[2]))
	l.Add("segments-left", 3, 1, layers.Uint(b[3]))
	at, end := 8, len(b)
	switch b[2] {
	case routeSource, routeMobile:
	case routeSegment:
		l.Add("last-entry", 4, 1, layers.Uint(b[4]))
		l.Add("tag", 6, 2, layers.HexUint(binary.BigEndian.Uint16(b[6:]), 4))
		end = min(end, 8+16*(int(b[4])+1)) // type-length-values may follow the segments
	default:
		l.Add("data", 4, len(b)-4, layers.Bytes(b[4:]))
		return
	}
	for ; at+16 <= end; at += 16 {
		l.Add("address", at, 16, layers.Addr(b[at:at+16]))
	}
	if at < len(b) {
		l.Add("data", at, len(b)-at, layers.Bytes(b[at:]))
	}
}

// noteExtension says what is worth it in an extension header that is all there.
func (d *Decoder) noteExtension(e *Extension) {
	switch e.kind {
	case HopByHop, DestinationOptions:
		if !e.options(func(kind uint8, _ int, b []byte) { d.noteExtensionOption(kind, b) }) {
			d.note("ipv6-extension.options-broken")
		}
	case RoutingHeader:
		left := layers.A("left", layers.Uint(e.bytes[3]))
		switch e.bytes[2] {
		case routeSource:
			d.note("ipv6-extension.source-route", left)
		case routeMobile:
			d.note("ipv6-extension.mobile-route")
		case routeSegment, routeRPL:
			d.note("ipv6-extension.segment-route", left)
		}
	case MobilityHeader:
		d.note("ipv6-extension.mobility", layers.A("type", mobilityType(e.bytes[2])))
	case HIP:
		d.note("ipv6-extension.host-identity", layers.A("type", hipType(e.bytes[2]&0x7f)))
	}
}

func (d *Decoder) noteExtensionOption(kind uint8, b []byte) {
	switch {
	case kind == optionRouterAlert && len(b) == 2:
		d.note("ipv6-extension.router-alert", layers.A("protocol", routerAlert(binary.BigEndian.Uint16(b))))
	case kind == optionJumbo && len(b) == 4:
		d.note("ipv6-extension.jumbo", layers.A("bytes", layers.Uint(binary.BigEndian.Uint32(b))))
	case kind == optionHomeAddress && len(b) == 16:
		d.note("ipv6-extension.home-address", layers.A("address", layers.Addr(b)))
	}
}

// mobilityType is the kind of a message of mobile IPv6 (RFC 6275 §6.1).
func mobilityType(n uint8) layers.Value {
	names := [...]string{"Binding Refresh Request", "Home Test Init", "Care-of Test Init", "Home Test", "Care-of Test", "Binding Update",
		"Binding Acknowledgement", "Binding Error", "Fast Binding Update", "Fast Binding Acknowledgment", "Fast Neighbor Advertisement"}
	if int(n) < len(names) {
		return layers.Uint(n).Named(names[n])
	}
	return layers.Uint(n)
}

// hipType is the kind of a message of the Host Identity Protocol (RFC 7401 §5.3).
func hipType(n uint8) layers.Value {
	names := [...]string{1: "I1", 2: "R1", 3: "I2", 4: "R2", 16: "UPDATE", 17: "NOTIFY", 18: "CLOSE", 19: "CLOSE_ACK"}
	if int(n) < len(names) {
		return layers.Uint(n).Named(names[n])
	}
	return layers.Uint(n)
}
