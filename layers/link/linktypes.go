package link

import "mailwire/layers"

// Link types that are read here beside those that package layers names (draft-ietf-opsawg-pcaplinktype).
const (
	linkTypePPP       layers.LinkType = 9
	linkTypePPPHDLC   layers.LinkType = 50
	linkTypePPPEther  layers.LinkType = 51 // a session packet of PPPoE, without Ethernet before it
	linkTypeCiscoHDLC layers.LinkType = 104
	linkTypeWiFi      layers.LinkType = 105
	linkTypePrism     layers.LinkType = 119
	linkTypeRadiotap  layers.LinkType = 127
	linkTypeAVS       layers.LinkType = 163
	linkTypePPPPPPD   layers.LinkType = 166 // PPP with the direction in place of the address
	linkTypePPI       layers.LinkType = 192
)

// Unread stands for the whole of a frame whose link type is not read.
type Unread struct {
	Type layers.LinkType
	Kept int // bytes of the frame that the capture has
}

// AppendSummary adds the link type and how many bytes there are.
func (u *Unread) AppendSummary(dst []byte) []byte {
	dst = layers.Uint(u.Type).Append(append(dst, "link type "...))
	if name := linkTypeName(u.Type); name != "" {
		dst = append(append(append(dst, " ("...), name...), ')')
	}
	return append(layers.Int(u.Kept).Append(append(dst, ' ')), " bytes"...)
}

// AppendFields adds nothing: no byte of the frame is known to be a field.
func (*Unread) AppendFields(dst []layers.Field) []layers.Field { return dst }

// linkTypeName is the name of a link type that is not read, or "".
func linkTypeName(t layers.LinkType) string {
	switch t {
	case 2:
		return "experimental Ethernet"
	case 3:
		return "AX.25"
	case 6:
		return "Token Ring"
	case 7:
		return "ARCNET"
	case 8:
		return "SLIP"
	case 10:
		return "FDDI"
	case 11, 100, 106, 123:
		return "ATM"
	case 15, 16, 102, 103:
		return "PPP or SLIP of BSD/OS"
	case 99:
		return "Symantec firewall"
	case 107:
		return "Frame Relay"
	case 109:
		return "IPsec of OpenBSD"
	case 114:
		return "LocalTalk"
	case 117:
		return "packet filter log"
	case 120:
		return "Cisco Aironet"
	case 122, 224, 225:
		return "Fibre Channel or IP over it"
	case 129:
		return "ARCNET on Linux"
	case 138:
		return "IP over FireWire"
	case 140, 141, 142, 139:
		return "SS7"
	case 143:
		return "DOCSIS"
	case 144:
		return "IrDA"
	case 130, 131, 132, 133, 134, 135, 136, 137, 178, 179, 180, 181, 183:
		return "Juniper"
	case 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162:
		return "private use"
	case 165:
		return "BACnet"
	case 169:
		return "GPRS LLC"
	case 170, 171:
		return "GFP"
	case 177:
		return "LAPD"
	case 186, 189, 220, 249, 266, 288:
		return "USB"
	case 187, 201, 251, 254, 255, 256:
		return "Bluetooth"
	case 188, 193:
		return "IEEE 802.16"
	case 190, 227:
		return "CAN"
	case 195, 215, 230, 283:
		return "IEEE 802.15.4"
	case 204:
		return "PPP with direction"
	case 205:
		return "Cisco HDLC with direction"
	case 206:
		return "Frame Relay with direction"
	case 209:
		return "I2C"
	case 210:
		return "FlexRay"
	case 212:
		return "LIN"
	case 226:
		return "Solaris ipnet"
	case 231:
		return "D-Bus"
	case 235:
		return "DVB-CI"
	case 239:
		return "Netfilter log"
	case 240, 241:
		return "Hilscher netANALYZER"
	case 242:
		return "IP over InfiniBand"
	case 243:
		return "MPEG-2 transport stream"
	case 245:
		return "NFC"
	case 247:
		return "InfiniBand"
	case 248:
		return "SCTP"
	case 252:
		return "Wireshark upper PDU"
	case 253:
		return "Netlink"
	case 258:
		return "Apple packet tap"
	case 264:
		return "ISO 14443"
	case 265:
		return "Radio Data System"
	case 270:
		return "LoRaTap"
	case 271:
		return "VSOCK"
	case 272:
		return "Nordic BLE sniffer"
	case 274:
		return "Ethernet with preamble"
	case 287:
		return "Z-Wave"
	case 290:
		return "ETW"
	}
	return ""
}

// carriesIP says whether frames of a link type that is not read often hold packets, so that they may hold passwords.
func carriesIP(t layers.LinkType) bool {
	switch t {
	case 2, 3, 6, 7, 8, 10, 11, 15, 16, 99, 100, 102, 103, 106, 107, 109, 117, 120, 122, 123, 129, 138, 143, 169, 170, 171, 188, 193, 204, 205, 206, 224,
		225, 226, 239, 240, 241, 242, 247, 252, 258, 271, 274:
		return true
	}
	return t >= 178 && t <= 183 || t >= 130 && t <= 137 // Juniper's own
}
