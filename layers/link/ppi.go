package link

import (
	"encoding/binary"

	"mailwire/layers"
)

const (
	ppiFixed        = 8
	ppiCommon       = 2 // the field "802.11-Common"
	ppiCommonLength = 20
	prismLength     = 144
	avsLength       = 64
	avsMagic        = 0x80211000
)

// PPI is the header with which some devices tell about each packet, most often about the radio (LINKTYPE_PPI).
type PPI struct {
	header
	length int
	link   layers.LinkType
	common int // offset of the content of the field "802.11-Common"; 0 without one
}

func (d *Decoder) readPPI() {
	d.depth++
	h := d.more.ppi.Next()
	b, place := d.whole(ppiFixed)
	le := binary.LittleEndian
	number := le.Uint32(b[4:])
	*h = PPI{header: place, length: int(le.Uint16(b[2:])), link: layers.LinkType(min(number, 0xffff))}
	rest := d.rest()
	if h.length < ppiFixed || len(rest) < h.length {
		d.short("PPI", max(h.length, ppiFixed))
		d.envelope("ppi", ppiFixed, h)
		return
	}
	h.bytes = rest[:h.length]
	for at := ppiFixed; at+4 <= h.length; {
		kind, length := le.Uint16(rest[at:]), int(le.Uint16(rest[at+2:]))
		if kind == ppiCommon && length >= ppiCommonLength && at+4+length <= h.length {
			h.common = at + 4
			break
		}
		if at += 4 + length; b[1]&1 == 1 {
			at = (at + 3) &^ 3 // the fields are aligned
		}
	}
	d.envelope("ppi", h.length, h)
	switch {
	case h.link == linkTypePPI || !d.deeper(): // nobody puts one into the other
		d.seal()
	case h.link == linkTypeWiFi:
		d.readWiFi(h.common > 0 && h.bytes[h.common+8]&1 == 1, false)
	default:
		d.readFrame(h.link)
	}
}

// AppendSummary adds channel and signal.
func (h *PPI) AppendSummary(dst []byte) []byte {
	if h.common == 0 {
		return dst
	}
	b := h.bytes[h.common:]
	dst = layers.Int(channelNumber(int(binary.LittleEndian.Uint16(b[12:])))).Append(append(dst, "channel "...))
	return decibels(b[18]).Append(append(dst, ' '))
}

// AppendFields lists the fixed part and what is told about the radio.
func (h *PPI) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	if len(h.bytes) < ppiFixed {
		return l.Fields
	}
	l.Add("version", 0, 1, layers.Uint(h.bytes[0]))
	l.Add("length", 2, 2, layers.Int(h.length))
	l.Add("link-type", 4, 4, layers.Uint(h.link))
	if at := h.common; at > 0 {
		b := h.bytes[at:]
		frequency := int(binary.LittleEndian.Uint16(b[12:]))
		l.Add("timestamp", at, 8, layers.Uint(binary.LittleEndian.Uint64(b)))
		l.Add("flags", at+8, 2, layers.HexUint(binary.LittleEndian.Uint16(b[8:]), 4))
		l.Add("rate", at+10, 2, halfMegabits(int(binary.LittleEndian.Uint16(b[10:]))))
		l.Add("frequency", at+12, 2, layers.Int(frequency))
		l.Derive("channel", layers.Int(channelNumber(frequency)))
		l.Add("signal", at+18, 1, decibels(b[18]))
		l.Add("noise", at+19, 1, decibels(b[19]))
	}
	return l.Fields
}

// Prism is the header with which old Wi-Fi cards tell about the radio, in one of its two forms: that of the Prism II chips
// (LINKTYPE_IEEE802_11_PRISM) or AVS (LINKTYPE_IEEE802_11_AVS).
type Prism struct {
	header
	order  binary.ByteOrder
	avs    bool
	length int
}

// readPrism reads either form: what says it is the one may be the other.
func (d *Decoder) readPrism() {
	d.depth++
	h := d.more.prism.Next()
	b, place := d.whole(8)
	*h = Prism{header: place, order: binary.LittleEndian, length: prismLength}
	if n := binary.BigEndian.Uint32(b); n&0xfffff000 == avsMagic&0xfffff000 {
		h.avs, h.order, h.length = true, binary.BigEndian, max(avsLength, min(int(binary.BigEndian.Uint32(b[4:])), 0xffff))
	} else if b[0] == 0 && b[1] == 0 {
		h.order = binary.BigEndian // written by a machine that counts the other way
	}
	rest := d.rest()
	if h.bytes = rest[:min(h.length, len(rest))]; len(rest) < h.length {
		d.short("Prism", h.length)
		d.envelope("prism", h.length, h)
		return
	}
	d.envelope("prism", h.length, h)
	d.readWiFi(false, false)
}

// item is the number of an item of the Prism form: each has an id, a status, a length and four bytes.
func (h *Prism) item(n int) (at int, value uint32) {
	at = 24 + 12*n + 8
	return at, h.order.Uint32(h.bytes[at:])
}

// AppendSummary adds the form and the channel.
func (h *Prism) AppendSummary(dst []byte) []byte {
	switch {
	case len(h.bytes) < h.length:
	case h.avs:
		dst = layers.Uint(h.order.Uint32(h.bytes[28:])).Append(append(dst, "AVS channel "...))
	default:
		_, channel := h.item(2)
		dst = layers.Uint(channel).Append(append(dst, "channel "...))
	}
	return dst
}

// AppendFields lists what people ask for.
func (h *Prism) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	if len(h.bytes) < h.length {
		return l.Fields
	}
	l.Add("version", 0, 4, layers.HexUint(h.order.Uint32(h.bytes), 8))
	l.Add("length", 4, 4, layers.Uint(h.order.Uint32(h.bytes[4:])))
	if h.avs {
		l.Add("timestamp", 8, 8, layers.Uint(h.order.Uint64(h.bytes[8:])))
		l.Add("channel", 28, 4, layers.Uint(h.order.Uint32(h.bytes[28:])))
		l.Add("rate", 32, 4, layers.Uint(h.order.Uint32(h.bytes[32:])))
		l.Add("signal", 48, 4, layers.HexUint(h.order.Uint32(h.bytes[48:]), 8))
		return l.Fields
	}
	l.Add("device", 8, 16, layers.String(untilZero(h.bytes[8:24])))
	for _, item := range [...]struct {
		name string
		n    int
	}{{"timestamp", 1}, {"channel", 2}, {"signal", 5}, {"noise", 6}} {
		at, value := h.item(item.n)
		if item.n < 5 {
			l.Add(item.name, at, 4, layers.Uint(value))
		} else {
			l.Add(item.name, at, 4, layers.HexUint(value, 8))
		}
	}
	at, rate := h.item(7)
	l.Add("rate", at, 4, halfMegabits(int(rate&0xffff)))
	return l.Fields
}

func untilZero(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
