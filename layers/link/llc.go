package link

import (
	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

// LLC is the header of an 802.3 frame behind its length (IEEE 802.2 §3.2), with the SNAP extension that gives it an
// EtherType (RFC 1042) where it has one.
type LLC struct {
	header
	values gopackets.LLC
	snap   gopackets.SNAP
	isSNAP bool
}

const snapLength = 8 // with the three bytes of LLC before it

func (d *Decoder) readLLC() {
	c := &d.llc
	if d.depth > 0 {
		c = d.more.llcs.Next()
	}
	length := 3
	if rest := d.rest(); len(rest) > 2 && rest[2]&3 != 3 {
		length = 4 // an information or supervisory frame has a control field of two bytes
	}
	c.isSNAP = false
	if rest := d.rest(); len(rest) > 2 && rest[0]&0xfe == 0xaa && rest[1]&0xfe == 0xaa && length == 3 {
		length, c.isSNAP = snapLength, true
	}
	var b []byte
	b, c.header = d.whole(length)
	c.values.DecodeFromBytes(b, feedback)
	if c.isSNAP {
		c.snap.DecodeFromBytes(b[3:], feedback)
	}
	if len(c.bytes) < length {
		d.truncated("llc.truncated", length)
		d.envelope("llc", length, c)
		return
	}
	d.envelope("llc", length, c)
	switch o := c.snap.OrganizationalCode; {
	case c.isSNAP && (o[0]|o[1]|o[2] == 0 || o[0]|o[1] == 0 && o[2] == 0xf8): // the latter from bridges (IEEE 802.1H)
		if t := EtherType(c.snap.Type); t < firstType {
			d.carry(t)
		} else {
			d.follow(t)
		}
	case c.isSNAP:
		d.note("llc.not-explained", layers.A("service", layers.HexUint(EtherType(c.snap.Type), 4).Named(snapName(o, EtherType(c.snap.Type)))))
	case b[0] == 0x06 && length == 3:
		d.carry(TypeIPv4)
	default:
		d.note("llc.not-explained", layers.A("service", layers.HexUint(b[0], 2).Named(servicePoint(b[0]))))
	}
}

// servicePoint is the name of a well-known service access point (IEEE 802 LSAP numbers).
func servicePoint(sap byte) string {
	switch sap &^ 1 {
	case 0x02:
		return "LLC management"
	case 0x04:
		return "SNA"
	case 0x06:
		return "IPv4"
	case 0x42:
		return "Spanning Tree"
	case 0x4e:
		return "EIA-RS 511"
	case 0x7e:
		return "X.25"
	case 0x80:
		return "XNS"
	case 0x98:
		return "ARP"
	case 0xaa:
		return "SNAP"
	case 0xbc:
		return "VINES"
	case 0xe0:
		return "IPX"
	case 0xf0:
		return "NetBIOS"
	case 0xf4:
		return "IBM LAN management"
	case 0xfc:
		return "remote program load"
	case 0xfe:
		if sap == 0xff {
			return "IPX without LLC" // what Novell sent as "raw 802.3" looks so
		}
		return "ISO network layer"
	}
	return ""
}

// snapName is the name of what the maker of a device carries in SNAP under its own number, or "".
func snapName(organization []byte, t EtherType) string {
	switch [3]byte(organization) {
	case [3]byte{0x00, 0x00, 0x0c}:
		switch t {
		case 0x010b:
			return "PVST+"
		case 0x0111:
			return "UDLD"
		case 0x2000:
			return "CDP"
		case 0x2003:
			return "VTP"
		case 0x2004:
			return "DTP"
		}
		return "Cisco"
	case [3]byte{0x00, 0x80, 0xc2}:
		return "bridged frame"
	case [3]byte{0x08, 0x00, 0x07}:
		return "AppleTalk"
	case [3]byte{0x00, 0x0b, 0x85}:
		return "Cisco wireless"
	}
	return ""
}

// AppendSummary adds the service access points and, for SNAP, the type.
func (c *LLC) AppendSummary(dst []byte) []byte {
	dst = layers.HexUint(c.values.SSAP, 2).Append(dst)
	dst = layers.HexUint(c.values.DSAP, 2).Append(append(dst, " > "...))
	if c.isSNAP {
		dst = appendType(append(dst, " SNAP "...), EtherType(c.snap.Type))
	}
	return dst
}

// AppendFields lists the fields of both headers.
func (c *LLC) AppendFields(dst []layers.Field) []layers.Field {
	l := c.list(dst)
	l.Add("dsap", 0, 1, layers.HexUint(c.values.DSAP, 2).Named(servicePoint(c.values.DSAP)))
	l.Add("ssap", 1, 1, layers.HexUint(c.values.SSAP, 2).Named(servicePoint(c.values.SSAP)))
	if !c.isSNAP && len(c.bytes) > 3 {
		l.Add("control", 2, 2, layers.HexUint(c.values.Control, 4))
		return l.Fields
	}
	l.Add("control", 2, 1, layers.HexUint(c.values.Control, 2))
	if c.isSNAP {
		l.Add("organization", 3, 3, layers.Bytes(c.snap.OrganizationalCode))
		l.Add("type", 6, 2, EtherType(c.snap.Type).Value())
	}
	return l.Fields
}
