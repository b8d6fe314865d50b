package text

import (
	"fmt"
	"strings"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// The columns of a field's line: bytes, name, value, meaning.
const (
	bytesWidth = 9
	nameWidth  = 25
	valueWidth = 24
)

// showFields shows every field of every layer: where it stands, what it is called, what it holds, what that means.
func (f *Face) showFields(p *trace.Packet) {
	var fields []layers.Field
	for i := range p.PDUs {
		u := &p.PDUs[i]
		if !f.shows(u.Layer) {
			continue
		}
		f.line(noteIndent, f.layer[u.Layer].Sprint(layers.ProtocolName(u.Protocol))+"  "+
			f.faint.Sprint(f.label("bytes-from-to", layers.A("first", layers.Int(u.Offset)), layers.A("last", layers.Int(max(u.Offset+u.Length-1, u.Offset))), layers.A("count", f.number(u.Length)))))
		fields = u.Header.AppendFields(fields[:0])
		for _, field := range fields {
			f.field(u, field)
		}
	}
}

func (f *Face) field(u *layers.PDU, field layers.Field) {
	at := ""
	if r := field.Range; r.Length == 1 {
		at = fmt.Sprint(r.Offset)
	} else if r.Length > 1 {
		at = fmt.Sprintf("%d-%d", r.Offset, r.End()-1)
	}
	value := terminal.Safe(field.Value.String())
	if name := field.Value.Name(); name != "" {
		value += " (" + terminal.Safe(name) + ")"
	}
	head := strings.Repeat(" ", noteIndent) + f.faint.Sprint(padLeft(at, bytesWidth)) + "  " + pad(field.Name, nameWidth)
	if f.Explain == Never {
		f.hanging(head, value)
		return
	}
	meaning := f.Lexicon.Line(layers.N(u.Protocol+".field."+field.Name, layers.A("value", field.Value)))
	if f.Width < 100 || columns(value) > valueWidth {
		f.hanging(head, value)
		f.paragraph(noteIndent+bytesWidth+2+2, f.faint.Sprint(meaning), "")
		return
	}
	f.hanging(head+pad(value, valueWidth)+" ", f.faint.Sprint(meaning))
}
