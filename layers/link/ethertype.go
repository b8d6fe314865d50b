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
	case TypeQinQ, TypeQinQ9100:
		return "802.1ad"
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
		return "LACP"
	case TypeMPLS, 0x8848:
		return "MPLS"
	case 0x8863:
		return "PPPoE discovery"
	case TypePPPoE:
		return "PPPoE"
	case 0x888e:
		return "EAPOL"
	case 0x88cc:
		return "LLDP"
	case 0x88e5:
		return "MACsec"
	case 0x88f7:
		return "PTP"
	case 0x9000:
		return "Ethernet loopback"
	}
	return ""
}

// Value is the number with the name.
func (t EtherType) Value() layers.Value { return layers.HexUint(t, 4).Named(t.String()) }

// isTag says whether a VLAN tag follows.
func (t EtherType) isTag() bool { return t == TypeVLAN || t == TypeQinQ || t == TypeQinQ9100 }
