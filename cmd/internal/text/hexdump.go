package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"mailwire/layers"
	"mailwire/layers/trace"
)

// hexDump shows every byte that was kept, in the colour of its layer; secret ones as "**".
func (f *Face) hexDump(p *trace.Packet) {
	if f.dump == nil {
		f.dump = newDump(f.palette)
	}
	perLine := 16
	if f.Width < noteIndent+72 {
		perLine = 8
	}
	f.dump.read(p)
	for start := 0; start < len(p.Frame.Data); start += perLine {
		f.line(noteIndent, f.dump.row(p.Frame.Data, start, perLine))
	}
}

// A dump writes the rows of hexadecimal dumps. What it needs to know of a byte is found once per packet, and a colour is
// set once for the bytes in a row that share it: a frame can have 64 KiB and thousands of messages.
type dump struct {
	layer      []layers.Layer // of each byte; 0 for padding
	secret     []bool         // of each byte
	brushes    [len(layers.All) + 1]brush
	offset     brush
	hex, chars []byte // of the present row
}

// A brush is what a terminal is told before and after text of one colour.
type brush struct{ on, off string }

func newBrush(c *color.Color) brush {
	on, off, _ := strings.Cut(c.Sprint("|"), "|")
	return brush{on, off}
}

func newDump(p palette) *dump {
	d := &dump{offset: newBrush(p.faint)}
	for l, c := range p.layer {
		d.brushes[l] = newBrush(c)
	}
	return d
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

// row is the offset, the digits and the characters of the bytes from start on, at most perLine of them.
func (d *dump) row(data []byte, start, perLine int) string {
	d.hex, d.chars = append(d.hex[:0], d.offset.on...), d.chars[:0]
	d.hex = fmt.Appendf(d.hex, "%04x", start)
	d.hex = append(append(d.hex, d.offset.off...), "  "...)
	middle, end := start+perLine/2, min(start+perLine, len(data))
	for i := start; i < end; {
		brush, layer := &d.brushes[d.layer[i]], d.layer[i]
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
	return string(append(append(d.hex, ' '), d.chars...))
}

// show adds a byte to the row.
func (d *dump) show(b byte, secret bool) {
	const digits = "0123456789abcdef"
	switch {
	case secret:
		d.hex, d.chars = append(d.hex, "** "...), append(d.chars, '*')
	case b >= ' ' && b <= '~':
		d.hex, d.chars = append(d.hex, digits[b>>4], digits[b&15], ' '), append(d.chars, b)
	default:
		d.hex, d.chars = append(d.hex, digits[b>>4], digits[b&15], ' '), append(d.chars, '.')
	}
}
