package internet

import (
	"encoding/binary"

	"mailwire/layers"
)

// The options of IPv4 (RFC 791 §3.1; RFC 2113 for the router alert, RFC 781 for the time stamp).
const (
	ipv4EndOfOptions = 0
	ipv4NoOperation  = 1
	ipv4RecordRoute  = 7
	ipv4Timestamp    = 68
	ipv4LooseRoute   = 131
	ipv4StrictRoute  = 137
	ipv4RouterAlert  = 148
)

// ipv4Options walks options: it calls visit with the kind of each, its place and its bytes, from the kind on. It says
// whether their lengths fit.
func ipv4Options(b []byte, visit func(kind byte, at int, option []byte)) bool {
	for at := 0; at < len(b); {
		length := 1
		switch kind := b[at]; {
		case kind == ipv4EndOfOptions:
			visit(kind, at, b[at:at+1])
			return true
		case kind != ipv4NoOperation:
			if at+2 > len(b) || b[at+1] < 2 || at+int(b[at+1]) > len(b) {
				return false
			}
			length = int(b[at+1])
		}
		visit(b[at], at, b[at:at+length])
		at += length
	}
	return true
}

// noteOptions says what the options of a header ask of routers.
func (d *Decoder) noteOptions(b []byte) {
	d.note("ipv4.options", layers.A("bytes", layers.Int(len(b))))
	sound := ipv4Options(b, func(kind byte, _ int, option []byte) {
		switch kind {
		case ipv4RecordRoute:
			d.note("ipv4.record-route", layers.A("count", layers.Int(len(routeOf(option, true))/4)))
		case ipv4LooseRoute, ipv4StrictRoute:
			d.note("ipv4.source-route", layers.A("count", layers.Int(len(routeOf(option, false))/4)))
		case ipv4Timestamp:
			d.note("ipv4.timestamps")
		case ipv4RouterAlert:
			d.note("ipv4.router-alert")
		}
	})
	if !sound {
		d.note("ipv4.option-broken")
	}
}

// routeOf is the addresses of a route option: those before the pointer have been visited.
func routeOf(option []byte, visited bool) []byte {
	if len(option) < 3 {
		return nil
	}
	end := len(option)
	if visited {
		end = min(end, max(int(option[2])-1, 3))
	}
	return option[3 : 3+(end-3)&^3]
}

// listOptions lists the options, which begin at offset from of the header.
func listOptions(l *layers.FieldList, b []byte, from int) {
	ipv4Options(b, func(kind byte, at int, option []byte) {
		at += from
		name := optionName(kind)
		switch {
		case (kind == ipv4RecordRoute || kind == ipv4LooseRoute || kind == ipv4StrictRoute) && len(option) >= 3:
			l.Add(name, at, 3, layers.Uint(option[2]))
			for i := 3; i+4 <= len(option); i += 4 {
				l.Add("route-address", at+i, 4, layers.Addr(option[i:i+4]))
			}
		case kind == ipv4RouterAlert && len(option) == 4:
			l.Add(name, at, 4, layers.Uint(binary.BigEndian.Uint16(option[2:])))
		case kind == ipv4EndOfOptions, kind == ipv4NoOperation:
			l.Add(name, at, 1, layers.Uint(kind))
		case kind == ipv4Timestamp && len(option) >= 4:
			l.Add(name, at, 4, layers.Uint(option[2]))
			for i := 4; i+4 <= len(option); i += 4 {
				l.Add("timestamp-entry", at+i, 4, layers.Uint(binary.BigEndian.Uint32(option[i:])))
			}
		default:
			l.Add("option", at, len(option), layers.Uint(kind).Named(name))
		}
	})
}

// optionName is the name of an option.
func optionName(kind byte) string {
	switch kind {
	case ipv4EndOfOptions:
		return "end-of-options"
	case ipv4NoOperation:
		return "no-operation"
	case ipv4RecordRoute:
		return "record-route"
	case 11:
		return "mtu-probe"
	case 12:
		return "mtu-reply"
	case 25:
		return "quick-start"
	case ipv4Timestamp:
		return "timestamp"
	case 82:
		return "traceroute"
	case 130:
		return "security"
	case ipv4LooseRoute:
		return "loose-source-route"
	case 133:
		return "extended-security"
	case 134:
		return "commercial-security"
	case 136:
		return "stream-id"
	case ipv4StrictRoute:
		return "strict-source-route"
	case 145:
		return "extended-protocol"
	case 147:
		return "address-extension"
	case ipv4RouterAlert:
		return "router-alert"
	case 149:
		return "directed-broadcast"
	case 151:
		return "upstream-multicast"
	}
	return "option-" + layers.Uint(kind).String()
}
