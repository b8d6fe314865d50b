package layers

import "strings"

// ProtocolName is how people write the name of a protocol: "IPv4" for "ipv4", "Ethernet" for "ethernet".
func ProtocolName(protocol string) string {
	switch protocol {
	case "ethernet":
		return "Ethernet"
	case "ipv4":
		return "IPv4"
	case "ipv6":
		return "IPv6"
	case "icmpv6":
		return "ICMPv6"
	case "ipv6-extension":
		return "IPv6 extension"
	case "pppoe":
		return "PPPoE"
	case "ppp-control":
		return "PPP control"
	case "ppp-login":
		return "PPP login"
	case "chdlc":
		return "Cisco HDLC"
	case "wifi":
		return "802.11"
	case "radiotap", "prism":
		return protocol
	case "loopback", "raw", "data":
		return protocol
	}
	return strings.ToUpper(protocol)
}
