package text

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// The columns of a field's line: bytes, name, value, meaning; and how narrow that may become.
const (
	bytesWidth = 9
	nameWidth  = 25
	valueWidth = 24
	narrowest  = 24
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
	value, name := terminal.Safe(field.Value.String()), pad(terminal.Safe(field.Name), nameWidth)
	if meant := field.Value.Name(); meant != "" {
		value += " (" + terminal.Safe(meant) + ")"
	}
	at = padLeft(at, bytesWidth)
	head := strings.Repeat(" ", noteIndent) + f.faint.Sprint(at) + "  " + name
	indent := noteIndent + columns(at) + 2 + columns(name)
	if f.Explain == Never {
		f.value(head, indent, value)
		return
	}
	sentence := f.Lexicon.Line(layers.N(u.Protocol+".field."+field.Name, layers.A("value", field.Value)))
	if room := f.Width - indent - valueWidth - 1; f.Width >= 100 && room >= narrowest && columns(value) <= valueWidth {
		lines := f.meaning(sentence, room)
		f.line(0, head+pad(value, valueWidth)+" "+lines[0])
		for _, l := range lines[1:] {
			f.line(f.Width-room, l)
		}
		return
	}
	f.value(head, indent, value)
	below := noteIndent + bytesWidth + 2 + 2
	for _, l := range f.meaning(sentence, max(min(f.Width, wrapMax)-below, narrowest)) {
		f.line(below, l)
	}
}

// value writes what a field holds behind the head of its line, which is indent columns wide.
func (f *Face) value(head string, indent int, value string) {
	if columns(value) <= f.Width-indent {
		f.line(0, head+value)
		return
	}
	f.hanging(head, value)
}

// A meaning is a sentence about a field and the columns that there are for it.
type meaning struct {
	sentence string
	room     int
}

// Meanings that have been cut into lines are kept: most of them are the same for each packet.
const (
	meaningsMax = 1 << 11
	meaningMax  = 1 << 10 // bytes; a longer one holds what somebody sent, which is not kept
)

// meaning is a sentence cut into lines that fit into room, ready to be written.
func (f *Face) meaning(sentence string, room int) []string {
	key := meaning{sentence, room}
	if lines, ok := f.meanings[key]; ok {
		return lines
	}
	lines := strings.Split(ansi.Wrap(terminal.Safe(sentence), room, ""), "\n")
	for i, l := range lines {
		lines[i] = f.faint.Sprint(strings.TrimRight(l, " "))
	}
	if len(sentence) > meaningMax {
		return lines
	}
	if len(f.meanings) >= meaningsMax {
		clear(f.meanings)
	}
	f.meanings[key] = lines
	return lines
}
