package text

import (
	"fmt"
	"strings"

	"mailwire/layers"
	"mailwire/layers/trace"
)

// hexDump shows every byte that was kept, in the colour of its layer; secret ones as "**".
func (f *Face) hexDump(p *trace.Packet) {
	perLine := 16
	if f.Width < noteIndent+72 {
		perLine = 8
	}
	for start := 0; start < len(p.Frame.Data); start += perLine {
		var hex, chars strings.Builder
		for i := start; i < start+perLine; i++ {
			if i == start+perLine/2 {
				hex.WriteByte(' ')
			}
			if i >= len(p.Frame.Data) {
				hex.WriteString("   ")
				continue
			}
			b := p.Frame.Data[i]
			digits, char := fmt.Sprintf("%02x", b), "."
			if b >= ' ' && b <= '~' {
				char = string(rune(b))
			}
			if secret(p, i) {
				digits, char = "**", "*"
			}
			color := f.layer[layerAt(p, i)]
			hex.WriteString(color.Sprint(digits) + " ")
			chars.WriteString(color.Sprint(char))
		}
		f.line(noteIndent, f.faint.Sprintf("%04x", start)+"  "+hex.String()+" "+chars.String())
	}
}

func secret(p *trace.Packet, i int) bool {
	for _, r := range p.Secrets {
		if i >= r.Offset && i < r.End() {
			return true
		}
	}
	return false
}

// layerAt is the layer that a byte of the frame belongs to; 0 for padding.
func layerAt(p *trace.Packet, i int) layers.Layer {
	found := layers.Layer(0)
	for _, u := range p.PDUs {
		if i >= u.Offset && i < u.Offset+u.Length {
			found = u.Layer
		}
	}
	return found
}
