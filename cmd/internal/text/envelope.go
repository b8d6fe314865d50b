package text

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"mailwire/layers"
	"mailwire/layers/trace"
)

// An envelope is one layer of a packet, for the drawing.
type envelope struct {
	layer    layers.Layer
	protocol string
	length   int
	content  string // of the innermost
}

// drawEnvelopes draws the envelopes within envelopes the first time that a packet carries a protocol of the
// application layer.
func (f *Face) drawEnvelopes(p *trace.Packet, innermost *layers.PDU) {
	if len(f.Layers) > 0 || innermost.Layer != layers.Application || f.Detail == Story {
		return
	}
	protocol := f.protocol(innermost.Protocol)
	if protocol.drawn {
		return
	}
	protocol.drawn = true
	list := f.envelopes(p)
	if f.glyphs.boxes {
		f.boxes(list)
	}
	f.paragraph(noteIndent, f.envelopesInWords(list, p.Frame.Length), "")
}

// envelopes lists the layers of a packet; several messages of the application are one content.
func (f *Face) envelopes(p *trace.Packet) []envelope {
	var list []envelope
	for i := range p.PDUs {
		u := &p.PDUs[i]
		if last := len(list) - 1; last >= 0 && u.Layer == layers.Application && list[last].layer == layers.Application {
			list[last].length += u.Length
			continue
		}
		e := envelope{layer: u.Layer, protocol: layers.ProtocolName(u.Protocol), length: u.Length}
		if u.Layer == layers.Application {
			summary, more := f.summary(p, u, f.Width)
			e.content = string(summary) + string(more)
		}
		list = append(list, e)
	}
	return list
}

// envelopesInWords is the drawing as a sum, with what no envelope accounts for, such as padding or what the capture did not
// keep, as its last part.
func (f *Face) envelopesInWords(list []envelope, total int) string {
	var parts []string
	content, rest := 0, total
	for _, e := range list {
		parts = append(parts, fmt.Sprintf("%s %d", e.protocol, e.length))
		rest -= e.length
		if e.layer == layers.Application {
			content = e.length
		}
	}
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("%s %d", f.glyphs.ellipsis, rest))
	}
	return f.label("envelopes", layers.A("sum", layers.String(strings.Join(parts, " + "))), layers.A("bytes", f.number(total)), layers.A("content", f.number(content)))
}

// boxes draws each envelope inside the one around it.
func (f *Face) boxes(list []envelope) {
	width := min(f.Width-noteIndent, 72)
	for depth, e := range list {
		title := fmt.Sprintf(" %s %d ", e.protocol, e.length)
		if e.layer == layers.Application {
			continue
		}
		inner := width - 4*depth - 2
		top := f.glyphs.topLeft + f.glyphs.edge + title + strings.Repeat(f.glyphs.edge, max(0, inner-1-columns(title))) + f.glyphs.topRight
		f.boxLine(list, depth, f.layer[e.layer].paint(top))
	}
	last := list[len(list)-1]
	depth := len(list) - 1
	room := width - 4*depth
	text := ansi.Truncate(fmt.Sprintf("%s %d  %s", last.protocol, last.length, last.content), room, f.glyphs.ellipsis)
	f.boxLine(list, depth, pad(f.layer[last.layer].paint(text), room))
	for depth := len(list) - 2; depth >= 0; depth-- {
		inner := width - 4*depth - 2
		f.boxLine(list, depth, f.layer[list[depth].layer].paint(f.glyphs.bottomLeft+strings.Repeat(f.glyphs.edge, inner)+f.glyphs.bottomRight))
	}
}

// boxLine writes one line of the drawing with the sides of the boxes around it.
func (f *Face) boxLine(list []envelope, depth int, s string) {
	left, right := "", ""
	for _, e := range list[:depth] {
		side := f.layer[e.layer].paint(f.glyphs.side)
		left += side + " "
		right = " " + side + right
	}
	f.line(noteIndent, left+s+right)
}
