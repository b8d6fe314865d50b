package text

import (
	"math/bits"
	"slices"

	"mailwire/layers"
	"mailwire/layers/trace"
)

// hexDump shows every byte that was kept, in the colour of its layer; secret ones as "**".
func (f *Face) hexDump(p *trace.Packet) {
	if f.dump == nil {
		f.dump = &dump{palette: &f.palette}
	}
	perLine := 16
	if f.Width < noteIndent+72 {
		perLine = 8
	}
	f.dump.read(p)
	for start := 0; start < len(p.Frame.Data); start += perLine {
		f.spaces(noteIndent)
		f.out = f.dump.appendRow(f.out, p.Frame.Data, start, perLine)
		f.endLine()
	}
}

// A dump writes the rows of hexadecimal dumps. What it needs to know of a byte is found once per packet, and a colour is
// set once for the bytes in a row that share it: a frame can have 64 KiB and thousands of messages.
type dump struct {
	layer      []layers.Layer // of each byte; 0 for padding
	secret     []bool         // of each byte
	palette    *palette
	hex, chars []byte // of the present row
}

// read finds the layer of each byte of p, of several the innermost, and which are secret.
func (d *dump) read(p *trace.Packet) {
	length := len(p.Frame.Data)
	d.layer, d.secret = slices.Grow(d.layer[:0], length)[:length], slices.Grow(d.secret[:0], length)[:length]
	clear(d.layer)
	clear(d.secret)
	for i := range p.PDUs {
		u := &p.PDUs[i]
		for at := max(u.Offset, 0); at < min(u.Offset+u.Length, length); at++ {
			d.layer[at] = u.Layer
		}
	}
	for _, r := range p.Secrets {
		for at := max(r.Offset, 0); at < min(r.End(), length); at++ {
			d.secret[at] = true
		}
	}
}

// appendRow adds the offset, the digits and the characters of the bytes from start on, at most perLine of them.
func (d *dump) appendRow(dst, data []byte, start, perLine int) []byte {
	d.hex, d.chars = append(d.hex[:0], d.palette.faint.on...), d.chars[:0]
	for shift := max(12, (bits.Len(uint(start))-1)/4*4); shift >= 0; shift -= 4 {
		d.hex = append(d.hex, digits[start>>shift&15])
	}
	d.hex = append(append(d.hex, d.palette.faint.off...), "  "...)
	middle, end := start+perLine/2, min(start+perLine, len(data))
	for i := start; i < end; {
		layer := d.layer[i]
		brush := &d.palette.layer[layer]
		d.hex, d.chars = append(d.hex, brush.on...), append(d.chars, brush.on...)
		for ; i < end && d.layer[i] == layer; i++ {
			if i == middle {
				d.hex = append(d.hex, ' ')
			}
			d.show(data[i], d.secret[i])
		}
		d.hex, d.chars = append(d.hex, brush.off...), append(d.chars, brush.off...)
	}
	if end <= middle {
		d.hex = append(d.hex, ' ')
	}
	for range start + perLine - end {
		d.hex = append(d.hex, "   "...)
	}
	return append(append(append(dst, d.hex...), ' '), d.chars...)
}

const digits = "0123456789abcdef"

// show adds a byte to the row.
func (d *dump) show(b byte, secret bool) {
	switch {
	case secret:
		d.hex, d.chars = append(d.hex, "** "...), append(d.chars, '*')
	case b >= ' ' && b <= '~':
		d.hex, d.chars = append(d.hex, digits[b>>4], digits[b&15], ' '), append(d.chars, b)
	default:
		d.hex, d.chars = append(d.hex, digits[b>>4], digits[b&15], ' '), append(d.chars, '.')
	}
}
