package udp

// Tunnel is the name of the tunnel that datagrams to or from a well-known port carry, or "".
func Tunnel(source, destination uint16) string {
	if name := tunnelAt(destination); name != "" {
		return name
	}
	return tunnelAt(source)
}

func tunnelAt(port uint16) string {
	switch port {
	case 1701:
		return "L2TP"
	case 2152:
		return "GTP"
	case 3544:
		return "Teredo"
	case 4500:
		return "IPsec"
	case 4754:
		return "GRE"
	case 4789, 8472:
		return "VXLAN"
	case 6081:
		return "Geneve"
	case 6635:
		return "MPLS"
	case 51820:
		return "WireGuard"
	}
	return ""
}
