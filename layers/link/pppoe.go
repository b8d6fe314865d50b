package link

import (
	"encoding/binary"

	"mailwire/layers"
)

const pppoeLength = 6

// PPPoE is the header of PPP over Ethernet (RFC 2516 §4), with the tags of a discovery packet.
type PPPoE struct {
	header
	code    uint8
	session uint16
	length  int // of the payload, as it stands there
	tags    []byte
}

// The codes (RFC 2516 §5, appendix A).
const (
	pppoeSession = 0x00
	pppoePADO    = 0x07
	pppoePADI    = 0x09
	pppoePADR    = 0x19
	pppoePADS    = 0x65
	pppoePADT    = 0xa7
)

func pppoeCode(code uint8) layers.Value {
	v := layers.HexUint(code, 2)
	switch code {
	case pppoeSession:
		return v.Named("session")
	case pppoePADO:
		return v.Named("PADO")
	case pppoePADI:
		return v.Named("PADI")
	case pppoePADR:
		return v.Named("PADR")
	case pppoePADS:
		return v.Named("PADS")
	case pppoePADT:
		return v.Named("PADT")
	}
	return v
}

func (d *Decoder) readPPPoE(discovery bool) {
	if !d.deeper() {
		return
	}
	h := d.more.pppoe.Next()
	b, place := d.whole(pppoeLength)
	*h = PPPoE{header: place, code: b[1], session: binary.BigEndian.Uint16(b[2:]), length: int(binary.BigEndian.Uint16(b[4:]))}
	if len(h.bytes) < pppoeLength {
		d.short("PPPoE", pppoeLength)
		d.envelope("pppoe", pppoeLength, h)
		return
	}
	if have := d.out.Range.Length - pppoeLength + d.out.Missing; h.length > have {
		d.note("pppoe.length-beyond-frame", layers.A("length", layers.Int(h.length)), layers.A("have", layers.Int(have)))
	}
	if !discovery {
		d.envelope("pppoe", pppoeLength, h)
		d.bound(h.length)
		d.readPPP()
		return
	}
	rest := d.rest()
	h.bytes = rest[:min(pppoeLength+h.length, len(rest))]
	h.tags = h.bytes[pppoeLength:]
	d.envelope("pppoe", len(h.bytes), h)
	d.finish()
	switch h.code {
	case pppoePADI:
		d.note("pppoe.padi")
	case pppoePADO:
		d.note("pppoe.pado", layers.A("name", layers.String(string(h.tag(0x0102)))))
	case pppoePADR:
		d.note("pppoe.padr")
	case pppoePADS:
		if h.session == 0 {
			d.note("pppoe.refused")
			break
		}
		d.note("pppoe.pads", layers.A("session", layers.HexUint(h.session, 4)))
	case pppoePADT:
		d.note("pppoe.padt", layers.A("session", layers.HexUint(h.session, 4)))
	}
}

// tag returns the content of the first tag of a kind.
func (h *PPPoE) tag(kind uint16) []byte {
	for b := h.tags; len(b) >= 4; {
		length := int(binary.BigEndian.Uint16(b[2:]))
		if 4+length > len(b) {
			break
		}
		if binary.BigEndian.Uint16(b) == kind {
			return b[4 : 4+length]
		}
		b = b[4+length:]
	}
	return nil
}

// AppendSummary adds the code and the number of the session.
func (h *PPPoE) AppendSummary(dst []byte) []byte {
	v := pppoeCode(h.code)
	if name := v.Name(); name != "" {
		dst = append(dst, name...)
	} else {
		dst = v.Append(append(dst, "code "...))
	}
	dst = layers.HexUint(h.session, 4).Append(append(dst, ' '))
	if name := h.tag(0x0102); len(name) > 0 {
		dst = append(append(dst, ' '), name...)
	}
	return dst
}

// AppendFields lists the fields of the header and the tags.
func (h *PPPoE) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	if len(h.bytes) == 0 {
		return l.Fields
	}
	l.AddBits("version", 0, 1, layers.Bits{First: 0, Count: 4}, layers.Uint(h.bytes[0]>>4))
	l.AddBits("type", 0, 1, layers.Bits{First: 4, Count: 4}, layers.Uint(h.bytes[0]&15))
	l.Add("code", 1, 1, pppoeCode(h.code))
	l.Add("session", 2, 2, layers.HexUint(h.session, 4))
	l.Add("length", 4, 2, layers.Int(h.length))
	for at := pppoeLength; at+4 <= len(h.bytes) && h.tags != nil; {
		kind, length := binary.BigEndian.Uint16(h.bytes[at:]), int(binary.BigEndian.Uint16(h.bytes[at+2:]))
		if at+4+length > len(h.bytes) {
			break
		}
		listPPPoETag(&l, at+4, kind, h.bytes[at+4:at+4+length])
		if at += 4 + length; kind == 0 {
			break // End-Of-List
		}
	}
	return l.Fields
}

// listPPPoETag lists one tag (RFC 2516 appendix A).
func listPPPoETag(l *layers.FieldList, at int, kind uint16, b []byte) {
	switch {
	case kind == 0:
	case kind == 0x0101:
		l.Add("service-name", at, len(b), layers.String(string(b)))
	case kind == 0x0102:
		l.Add("access-concentrator", at, len(b), layers.String(string(b)))
	case kind == 0x0103:
		l.Add("host-unique", at, len(b), layers.Bytes(b))
	case kind == 0x0104:
		l.Add("cookie", at, len(b), layers.Bytes(b))
	case kind == 0x0120 && len(b) == 2:
		l.Add("max-payload", at, 2, layers.Uint(binary.BigEndian.Uint16(b)))
	case kind >= 0x0201 && kind <= 0x0203:
		l.Add("error", at, len(b), layers.String(string(b)))
	default:
		l.Add("tag", at-4, 4+len(b), layers.HexUint(kind, 4))
	}
}
