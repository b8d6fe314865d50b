package internet

import "mailwire/layers"

// A Protocol is the number of what an IP datagram carries (IANA protocol numbers).
type Protocol uint8

// The protocols that are read further, and some that are known by name.
const (
	HopByHop           Protocol = 0
	ICMP               Protocol = 1
	IPv4InIP           Protocol = 4 // RFC 2003
	TCP                Protocol = 6
	UDP                Protocol = 17
	IPv6InIP           Protocol = 41 // RFC 4213
	RoutingHeader      Protocol = 43
	FragmentHeader     Protocol = 44
	GRE                Protocol = 47
	ESP                Protocol = 50
	Authentication     Protocol = 51
	ICMPv6             Protocol = 58
	NoNextHeader       Protocol = 59
	DestinationOptions Protocol = 60
	EtherIP            Protocol = 97
	MobilityHeader     Protocol = 135
	MPLSInIP           Protocol = 137 // RFC 4023
	HIP                Protocol = 139
	Shim6              Protocol = 140
)

// String is the name of the protocol, or "".
func (p Protocol) String() string {
	switch p {
	case HopByHop:
		return "hop-by-hop options"
	case ICMP:
		return "ICMP"
	case 2:
		return "IGMP"
	case 4:
		return "IPv4 in IP"
	case TCP:
		return "TCP"
	case UDP:
		return "UDP"
	case 41:
		return "IPv6 in IP"
	case RoutingHeader:
		return "routing header"
	case FragmentHeader:
		return "fragment header"
	case 46:
		return "RSVP"
	case 47:
		return "GRE"
	case 50:
		return "ESP"
	case Authentication:
		return "AH"
	case ICMPv6:
		return "ICMPv6"
	case NoNextHeader:
		return "no next header"
	case DestinationOptions:
		return "destination options"
	case 88:
		return "EIGRP"
	case 89:
		return "OSPF"
	case 103:
		return "PIM"
	case 112:
		return "VRRP"
	case 115:
		return "L2TP"
	case 132:
		return "SCTP"
	case 136:
		return "UDP-Lite"
	}
	return ""
}

// Value is the number with the name.
func (p Protocol) Value() layers.Value { return layers.Uint(p).Named(p.String()) }

// appendProtocol adds the name of a protocol, or its number.
func appendProtocol(dst []byte, p Protocol) []byte {
	if name := p.String(); name != "" {
		return append(dst, name...)
	}
	return layers.Uint(p).Append(append(dst, "protocol "...))
}
