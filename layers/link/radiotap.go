package link

import (
	"encoding/binary"

	"mailwire/layers"
)

const radiotapFixed = 8

// The bits of the field "flags" of radiotap.
const (
	radiotapFCS    = 0x10
	radiotapPadded = 0x20
	radiotapBadFCS = 0x40
)

// Radiotap is what a capturing device tells about the radio before an 802.11 frame (LINKTYPE_IEEE802_11_RADIOTAP).
type Radiotap struct {
	header
	length  int
	present uint32 // of the first word
	flags   uint8
	fields  int // offset of the first field
}

// radiotapFields are alignment and size of the fields that may be present, by their bit.
var radiotapFields = [...]struct{ align, size int }{{8, 8}, {1, 1}, {1, 1}, {2, 4}, {2, 2}, {1, 1}, {1, 1}, {2, 2}, {2, 2}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, {1, 1},
	{2, 2}, {2, 2}, {1, 1}, {1, 1}, {4, 8}, {1, 3}, {4, 8}, {2, 12}, {8, 12}, {2, 12}, {2, 12}, {2, 6}, {1, 1}, {2, 4}}

func (d *Decoder) readRadiotap() {
	d.depth++
	h := d.more.radiotap.Next()
	b, place := d.whole(radiotapFixed)
	le := binary.LittleEndian
	*h = Radiotap{header: place, length: int(le.Uint16(b[2:])), present: le.Uint32(b[4:]), fields: radiotapFixed}
	rest := d.rest()
	if h.length < radiotapFixed || len(rest) < h.length {
		d.short("radiotap", max(h.length, radiotapFixed))
		d.envelope("radiotap", radiotapFixed, h)
		return
	}
	h.bytes = rest[:h.length]
	for at := 4; at+4 <= h.length && le.Uint32(rest[at:])>>31 == 1; at += 4 {
		h.fields = at + 8
	}
	if at := h.find(1); at > 0 {
		h.flags = h.bytes[at]
	}
	d.envelope("radiotap", h.length, h)
	d.readWiFi(h.flags&radiotapFCS != 0, h.flags&radiotapPadded != 0)
}

// find returns the offset of the field with a bit, 0 when it is not there.
func (h *Radiotap) find(bit int) int {
	at := h.fields
	for i, f := range radiotapFields {
		if h.present>>i&1 == 0 {
			continue
		}
		at = (at + f.align - 1) &^ (f.align - 1)
		if at+f.size > len(h.bytes) {
			return 0
		}
		if i == bit {
			return at
		}
		at += f.size
	}
	return 0
}

// channelNumber is the number of the channel at a frequency in MHz; 0 when it has none.
func channelNumber(frequency int) int {
	switch {
	case frequency == 2484:
		return 14
	case frequency >= 2412 && frequency < 2484:
		return (frequency - 2407) / 5
	case frequency >= 5955:
		return (frequency - 5950) / 5
	case frequency >= 5000:
		return (frequency - 5000) / 5
	}
	return 0
}

// decibels is a level in dBm, a signed byte.
func decibels(b byte) layers.Value {
	if n := int(int8(b)); n < 0 {
		return layers.String("-" + layers.Int(-n).String() + " dBm")
	}
	return layers.String(layers.Uint(b).String() + " dBm")
}

// halfMegabits is a rate in units of 500 kbit/s.
func halfMegabits(n int) layers.Value {
	s := layers.Int(n / 2).String()
	if n&1 == 1 {
		s += ".5"
	}
	return layers.String(s + " Mbit/s")
}

// AppendSummary adds channel, rate and signal.
func (h *Radiotap) AppendSummary(dst []byte) []byte {
	if at := h.find(3); at > 0 {
		dst = layers.Int(channelNumber(int(binary.LittleEndian.Uint16(h.bytes[at:])))).Append(append(dst, "channel "...))
	}
	if at := h.find(2); at > 0 {
		dst = halfMegabits(int(h.bytes[at])).Append(append(dst, ' '))
	}
	if at := h.find(5); at > 0 {
		dst = decibels(h.bytes[at]).Append(append(dst, ' '))
	}
	return dst
}

// AppendFields lists the fixed part and the fields that people ask for.
func (h *Radiotap) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	if len(h.bytes) == 0 {
		return l.Fields
	}
	l.Add("version", 0, 1, layers.Uint(h.bytes[0]))
	l.Add("length", 2, 2, layers.Int(h.length))
	l.Add("present", 4, 4, layers.HexUint(h.present, 8))
	if at := h.find(0); at > 0 {
		l.Add("timestamp", at, 8, layers.Uint(binary.LittleEndian.Uint64(h.bytes[at:])))
	}
	if at := h.find(1); at > 0 {
		l.Add("flags", at, 1, layers.Words(h.flagNames()))
	}
	if at := h.find(2); at > 0 {
		l.Add("rate", at, 1, halfMegabits(int(h.bytes[at])))
	}
	if at := h.find(3); at > 0 {
		frequency := int(binary.LittleEndian.Uint16(h.bytes[at:]))
		l.Add("frequency", at, 2, layers.Int(frequency))
		l.Derive("channel", layers.Int(channelNumber(frequency)))
	}
	if at := h.find(5); at > 0 {
		l.Add("signal", at, 1, decibels(h.bytes[at]))
	}
	if at := h.find(6); at > 0 {
		l.Add("noise", at, 1, decibels(h.bytes[at]))
	}
	if at := h.find(11); at > 0 {
		l.Add("antenna", at, 1, layers.Uint(h.bytes[at]))
	}
	return l.Fields
}

func (h *Radiotap) flagNames() []string {
	var names []string
	for i, name := range [...]string{"contention-free", "short-preamble", "wep", "fragmented", "check-sequence", "padded", "bad-check-sequence", "short-guard"} {
		if h.flags>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}
