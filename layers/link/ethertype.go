package link

import "mailwire/layers"

// An EtherType says which protocol a frame carries (IEEE 802 numbers).
type EtherType uint16

// The EtherTypes that are read further, and some that are known by name.
const (
	TypeIPv4     EtherType = 0x0800
	TypeARP      EtherType = 0x0806
	TypeRARP     EtherType = 0x8035 // the same message as ARP (RFC 903)
	TypeVLAN     EtherType = 0x8100 // IEEE 802.1Q
	TypeIPv6     EtherType = 0x86dd
	TypeMPLS     EtherType = 0x8847
	TypePPPoE    EtherType = 0x8864
	TypeQinQ     EtherType = 0x88a8 // IEEE 802.1ad
	TypeQinQ9100 EtherType = 0x9100 // the same before there was a standard
	TypeQinQ9200 EtherType = 0x9200 // likewise
)

// firstType is the smallest EtherType; a smaller number in its place is a length (IEEE 802.3 §3.2.6).
const firstType EtherType = 0x0600

// String is the name of the protocol, or "".
func (t EtherType) String() string {
	switch t {
	case TypeIPv4:
		return "IPv4"
	case TypeARP:
		return "ARP"
	case TypeIPv6:
		return "IPv6"
	case TypeVLAN:
		return "802.1Q"
	case TypeQinQ, TypeQinQ9100, TypeQinQ9200:
		return "802.1ad"
	case 0x0600:
		return "XNS"
	case 0x0842:
		return "Wake-on-LAN"
	case TypeRARP:
		return "RARP"
	case 0x809b:
		return "AppleTalk"
	case 0x8137:
		return "IPX"
	case 0x8808:
		return "Ethernet flow control"
	case 0x8809:
		return "slow protocols"
	case TypeMPLS, TypeMPLSMulticast:
		return "MPLS"
	case TypePPPoEDiscovery:
		return "PPPoE discovery"
	case TypePPPoE:
		return "PPPoE"
	case TypeEAPOL:
		return "EAPOL"
	case 0x88cc:
		return "LLDP"
	case 0x88e5:
		return "MACsec"
	case 0x88f7:
		return "PTP"
	case 0x22f0:
		return "AVTP"
	case 0x22f3:
		return "TRILL"
	case 0x6001, 0x6002:
		return "DECnet MOP"
	case 0x6003:
		return "DECnet"
	case 0x6004:
		return "LAT"
	case TypeBridged:
		return "bridged Ethernet"
	case 0x6559:
		return "Frame Relay"
	case 0x80f3:
		return "AppleTalk ARP"
	case TypePPP:
		return "PPP"
	case 0x8819:
		return "CobraNet"
	case 0x8870:
		return "jumbo frame"
	case 0x887b:
		return "HomePlug"
	case 0x8892:
		return "PROFINET"
	case 0x889a:
		return "HyperSCSI"
	case 0x88a2:
		return "ATA over Ethernet"
	case 0x88a4:
		return "EtherCAT"
	case 0x88ab:
		return "Ethernet Powerlink"
	case 0x88b5, 0x88b6:
		return "local experiment"
	case 0x88b7:
		return "vendor's own"
	case 0x88b8:
		return "GOOSE"
	case 0x88ba:
		return "SV"
	case 0x88be, 0x22eb:
		return "ERSPAN"
	case TypePreauthentication:
		return "802.11 pre-authentication"
	case 0x88cd:
		return "SERCOS III"
	case 0x88dc:
		return "WSMP"
	case 0x88e1:
		return "HomePlug AV"
	case 0x88e3:
		return "MRP"
	case 0x88e7:
		return "provider backbone bridge"
	case 0x88f5:
		return "MVRP"
	case 0x88f6:
		return "MMRP"
	case 0x88f8:
		return "NC-SI"
	case 0x88fb:
		return "PRP"
	case 0x8902:
		return "connectivity fault management"
	case 0x8903:
		return "FabricPath"
	case 0x8906:
		return "Fibre Channel over Ethernet"
	case 0x890d:
		return "802.11 TDLS"
	case 0x8914:
		return "FCoE initialization"
	case 0x8915:
		return "RoCE"
	case 0x8926:
		return "VN-Tag"
	case 0x892f:
		return "HSR"
	case 0x893f:
		return "802.1BR"
	case 0x894f:
		return "NSH"
	case 0x8940:
		return "ECP"
	case 0x9000:
		return "Ethernet loopback"
	}
	return ""
}

// Value is the number with the name.
func (t EtherType) Value() layers.Value { return layers.HexUint(t, 4).Named(t.String()) }

// seals says whether what t names may hold a packet, though it is not opened here.
func (t EtherType) seals() bool {
	switch t {
	case 0x22f3, 0x6559, 0x8870, 0x88be, 0x22eb, 0x88e5, 0x88e7, 0x8903, 0x8926, 0x892f, 0x893f, 0x894f:
		return true
	}
	return false
}

// isTag says whether a VLAN tag follows.
func (t EtherType) isTag() bool {
	return t == TypeVLAN || t == TypeQinQ || t == TypeQinQ9100 || t == TypeQinQ9200
}
