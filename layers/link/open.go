package link

import "mailwire/layers"

// The EtherTypes of envelopes that hold other envelopes.
const (
	TypeBridged           EtherType = 0x6558 // a whole Ethernet frame (RFC 1701, "transparent Ethernet bridging")
	TypePPP               EtherType = 0x880b // RFC 2637 §4.1
	TypeMPLSMulticast     EtherType = 0x8848 // RFC 5332 §3
	TypePPPoEDiscovery    EtherType = 0x8863
	TypeEAPOL             EtherType = 0x888e // IEEE 802.1X
	TypePreauthentication EtherType = 0x88c7 // the same, from one access point to the next
)

// open reads an envelope that is neither plain IP nor ARP nor a tag.
func (d *Decoder) open(t EtherType) {
	switch t {
	case TypeBridged:
		d.readInnerEthernet()
	case TypePPP:
		d.readPPP()
	case TypeMPLS, TypeMPLSMulticast:
		if d.deeper() {
			d.readMPLS()
		}
	case TypePPPoEDiscovery, TypePPPoE:
		d.readPPPoE(t == TypePPPoEDiscovery)
	case TypeEAPOL, TypePreauthentication:
		d.readEAPOL()
	default:
		d.carry(t)
	}
}

// readInnerEthernet reads a frame that lies within another one.
func (d *Decoder) readInnerEthernet() {
	if d.deeper() {
		d.readEthernetInto(d.more.ethernets.Next())
	}
}

// readOther reads frames of the link types that are not the everyday ones, and names those that are not read.
func (d *Decoder) readOther(t layers.LinkType) {
	switch t {
	case linkTypePPP, linkTypePPPHDLC, linkTypePPPPPPD:
		d.readSerial()
	case linkTypePPPEther:
		d.readPPPoE(false)
	case linkTypeCiscoHDLC:
		d.depth++
		d.readCiscoHDLC()
	case linkTypeWiFi:
		d.readWiFi(false, false)
	case linkTypeRadiotap:
		d.readRadiotap()
	case linkTypePPI:
		d.readPPI()
	case linkTypePrism, linkTypeAVS:
		d.readPrism()
	default:
		d.unread.Type, d.unread.Kept = t, len(d.data)
		d.envelope("data", 0, &d.unread)
		d.out.Sealed = carriesIP(t)
		d.note("capture.link-type-not-explained", layers.A("type", layers.Uint(t).Named(linkTypeName(t))))
	}
}

// finish ends the link layer: it was read to its end, and what may follow is padding.
func (d *Decoder) finish() { d.out.Type, d.out.Done = 0, true }
