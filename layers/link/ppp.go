package link

import (
	"encoding/binary"

	"mailwire/layers"
)

// A PPPProtocol says what a PPP frame carries (RFC 1661 §2, IANA PPP numbers).
type PPPProtocol uint16

// The protocols within PPP that are read further.
const (
	pppIPv4   PPPProtocol = 0x0021
	pppIPv6   PPPProtocol = 0x0057
	pppBridge PPPProtocol = 0x0031
	pppMPLS   PPPProtocol = 0x0281
	pppIPCP   PPPProtocol = 0x8021
	pppIPv6CP PPPProtocol = 0x8057
	pppCCP    PPPProtocol = 0x80fd
	pppLCP    PPPProtocol = 0xc021
	pppPAP    PPPProtocol = 0xc023
	pppCHAP   PPPProtocol = 0xc223
	pppEAP    PPPProtocol = 0xc227
)

// String is the name of the protocol, or "".
func (p PPPProtocol) String() string {
	switch p {
	case pppIPv4:
		return "IPv4"
	case 0x0023:
		return "OSI network layer"
	case 0x0029:
		return "AppleTalk"
	case 0x002b:
		return "IPX"
	case 0x002d:
		return "TCP with compressed header"
	case 0x002f:
		return "TCP before compression"
	case pppBridge:
		return "bridged frame"
	case 0x003d:
		return "Multilink"
	case 0x003f:
		return "NetBIOS"
	case 0x0053:
		return "encrypted"
	case pppIPv6:
		return "IPv6"
	case 0x00fd:
		return "compressed"
	case pppMPLS, 0x0283:
		return "MPLS"
	case pppIPCP:
		return "IPCP"
	case 0x8031:
		return "BCP"
	case 0x802b:
		return "IPXCP"
	case 0x803f:
		return "NBFCP"
	case 0x8053:
		return "ECP"
	case pppIPv6CP:
		return "IPv6CP"
	case pppCCP:
		return "CCP"
	case 0x8281:
		return "MPLSCP"
	case pppLCP:
		return "LCP"
	case pppPAP:
		return "PAP"
	case 0xc025:
		return "link quality report"
	case 0xc029:
		return "CBCP"
	case 0xc02b:
		return "BACP"
	case 0xc02d:
		return "BAP"
	case pppCHAP:
		return "CHAP"
	case pppEAP:
		return "EAP"
	}
	return ""
}

// Value is the number with the name.
func (p PPPProtocol) Value() layers.Value { return layers.HexUint(p, 4).Named(p.String()) }

// PPP is the header of a frame of the Point-to-Point Protocol: address and control, where they were not left out
// (RFC 1662 §3.1), and the protocol, in one byte where it was compressed (RFC 1661 §6.5).
type PPP struct {
	header
	framed   bool // address and control are there
	protocol PPPProtocol
}

// The address and the control field of a PPP frame (RFC 1662 §3.1).
const (
	pppAddress = 0xff
	pppControl = 0x03
)

func (d *Decoder) readPPP() {
	if !d.deeper() {
		return
	}
	h := d.more.ppp.Next()
	rest := d.rest()
	*h = PPP{framed: len(rest) >= 2 && rest[0] == pppAddress && rest[1] == pppControl}
	at := 0
	if h.framed {
		at = 2
	}
	length := at + 2
	if len(rest) > at && rest[at]&1 == 1 {
		length = at + 1 // RFC 1661 §2: the last byte of a protocol number is odd, the one before it is even
	}
	var b []byte
	b, h.header = d.whole(length)
	if h.protocol = PPPProtocol(b[at]); length > at+1 {
		h.protocol = PPPProtocol(binary.BigEndian.Uint16(b[at:]))
	}
	if len(rest) < length {
		d.short("PPP", length)
		d.envelope("ppp", length, h)
		return
	}
	d.envelope("ppp", length, h)
	d.readInPPP(h.protocol)
}

// readInPPP reads what a PPP frame holds.
func (d *Decoder) readInPPP(p PPPProtocol) {
	switch p {
	case pppIPv4:
		d.carry(TypeIPv4)
	case pppIPv6:
		d.carry(TypeIPv6)
	case pppMPLS:
		d.readMPLS()
	case pppPAP, pppCHAP, pppEAP:
		d.readPPPLogin(p)
	case pppLCP, pppIPCP, pppIPv6CP, pppCCP, 0x8031, 0x802b, 0x803f, 0x8053, 0x8281, 0xc029, 0xc02b:
		d.readPPPControl(p)
	default:
		d.note("ppp.not-explained", layers.A("protocol", p.Value()))
		d.seal()
	}
}

// readSerial reads a frame of a serial line: PPP, or Cisco's framing, which begins with another address
// (LINKTYPE_PPP and LINKTYPE_PPP_HDLC).
func (d *Decoder) readSerial() {
	if rest := d.rest(); len(rest) >= 2 && (rest[0] == ciscoUnicast || rest[0] == ciscoMulticast) && rest[1] == 0 {
		d.readCiscoHDLC()
		return
	}
	d.readPPP()
}

// AppendSummary adds the protocol.
func (h *PPP) AppendSummary(dst []byte) []byte {
	dst = h.protocol.Value().Append(dst)
	if name := h.protocol.String(); name != "" {
		dst = append(append(dst, ' '), name...)
	}
	return dst
}

// AppendFields lists the fields that are there.
func (h *PPP) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	at := 0
	if h.framed {
		l.Add("address", 0, 1, layers.HexUint(uint8(pppAddress), 2))
		l.Add("control", 1, 1, layers.HexUint(uint8(pppControl), 2))
		at = 2
	}
	l.Add("protocol", at, max(1, len(h.bytes)-at), h.protocol.Value())
	return l.Fields
}
