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
	switch {
	case c.isSNAP && c.snap.OrganizationalCode[0]|c.snap.OrganizationalCode[1]|c.snap.OrganizationalCode[2] == 0:
		if t := EtherType(c.snap.Type); t < firstType {
			d.carry(t)
		} else {
			d.follow(t)
		}
	default:
		d.note("llc.not-explained", layers.A("service", layers.HexUint(b[0], 2).Named(servicePoint(b[0]))))
	}
}

// servicePoint is the name of a well-known service access point.
func servicePoint(sap byte) string {
	switch sap &^ 1 {
	case 0x42:
		return "Spanning Tree"
	case 0xaa:
		return "SNAP"
	case 0xe0:
		return "IPX"
	case 0xf0:
		return "NetBIOS"
	case 0xfe:
		return "ISO network layer"
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
