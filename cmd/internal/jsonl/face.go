// Package jsonl shows a trace as JSON, one object a line (docs/json.md says what each holds). It is complete whatever the
// detail, but for the bytes themselves, and knows no protocol.
package jsonl

import (
	"encoding/hex"
	"io"
	"slices"

	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// Options decide what is written.
type Options struct {
	Lexicon *lexicon.Lexicon
	Bytes   bool           // add the bytes of each packet in hexadecimal
	Layers  []layers.Layer // only what belongs to these; empty: all
	Quiet   bool           // only the title, comparisons, what a capture tells of itself, damage and the summary
}

// A Face writes a trace as JSON lines.
type Face struct {
	Options
	w      io.Writer
	out    object
	fields []layers.Field
	buffer []byte
}

// New returns a face that writes to w, one Write for each event.
func New(w io.Writer, o Options) *Face { return &Face{Options: o, w: w} }

// Show writes one event as one line.
func (f *Face) Show(e trace.Event) error {
	f.out = append(f.out[:0], '{')
	switch e.(type) {
	case *trace.Packet, *trace.Message, *trace.Act, *trace.State, *trace.Drop:
		if f.Quiet {
			return nil
		}
	}
	switch e := e.(type) {
	case *trace.Packet:
		if !f.shows(e) {
			return nil
		}
		f.packet(e)
	case *trace.Message:
		if !f.wants(layers.Application) {
			return nil
		}
		f.message(e)
	case *trace.Title:
		f.title(e)
	case *trace.Act:
		f.act(e)
	case *trace.State:
		f.state(e)
	case *trace.Drop:
		f.drop(e)
	case *trace.Ledger:
		f.ledger(e)
	case *trace.Board, trace.Names, trace.Secrets:
		return nil // each row has been written; names stand in the packets; secrets are for programs that decrypt
	case *trace.Remark:
		f.remark(e)
	case *trace.Damage:
		f.damage(e)
	case *trace.Summary:
		f.summary(e)
	}
	f.out = append(f.out, '}', '\n')
	_, err := f.w.Write(f.out)
	return err
}

func (f *Face) wants(l layers.Layer) bool { return len(f.Layers) == 0 || slices.Contains(f.Layers, l) }

func (f *Face) shows(p *trace.Packet) bool {
	return slices.ContainsFunc(p.PDUs, func(u layers.PDU) bool { return f.wants(u.Layer) })
}

func (f *Face) packet(p *trace.Packet) {
	o := f.out.text("type", "packet").number("n", int64(p.Frame.Number)).time("time", p.Frame.Time).
		text("at", p.Frame.Interface.Name).text("from", p.From).text("to", p.To).number("length", int64(p.Frame.Length))
	if cut := p.Frame.Cut(); cut > 0 {
		o = o.number("cut", int64(cut))
	}
	o = append(o.key("layers"), '[')
	for i := range p.PDUs {
		if f.wants(p.PDUs[i].Layer) {
			o = f.pdu(o, &p.PDUs[i])
		}
	}
	f.out = append(o, ']')
	if p.Frame.Comment != "" {
		f.out = f.out.text("comment", p.Frame.Comment)
	}
	f.notes(p.Notes)
	if f.Bytes {
		f.out = f.out.text("hex", hexBytes(p))
	}
}

func (f *Face) pdu(o object, u *layers.PDU) object {
	if o[len(o)-1] == '}' {
		o = append(o, ',')
	}
	o = append(o, '{')
	o = o.text("layer", u.Layer.String()).text("protocol", u.Protocol).number("offset", int64(u.Offset)).number("length", int64(u.Length))
	if u.Stream >= 0 {
		o = o.number("stream", int64(u.Stream))
	}
	f.buffer = u.Header.AppendSummary(f.buffer[:0])
	o = o.text("summary", string(f.buffer))
	o = append(o.key("fields"), '{')
	f.fields = u.Header.AppendFields(f.fields[:0])
	for i := range f.fields {
		o = f.field(o, i)
	}
	return append(o, '}', '}')
}

// field writes field i; one whose name stands several times (the records of a DNS message) once, as an array.
func (f *Face) field(o object, i int) object {
	name, count := f.fields[i].Name, 0
	for j := range f.fields {
		if f.fields[j].Name != name {
			continue
		}
		if j < i {
			return o
		}
		count++
	}
	if count == 1 {
		return o.value(name, f.fields[i].Value)
	}
	o = append(o.key(name), '[')
	for j := i; j < len(f.fields); j++ {
		if f.fields[j].Name == name {
			if j > i {
				o = append(o, ',')
			}
			o = appendValue(o, f.fields[j].Value)
		}
	}
	return append(o, ']')
}

// hexBytes is the frame in hexadecimal, secret bytes as "**".
func hexBytes(p *trace.Packet) string {
	b := hex.AppendEncode(nil, p.Frame.Data)
	for _, r := range p.Secrets {
		for i := max(0, 2*r.Offset); i < min(2*r.End(), len(b)); i++ {
			b[i] = '*'
		}
	}
	return string(b)
}

func (f *Face) notes(notes []layers.Note) {
	f.out = append(f.out.key("notes"), '[')
	for _, n := range notes {
		entry, _ := f.Lexicon.Entry(n.ID)
		if entry.Layer != 0 && !f.wants(entry.Layer) {
			continue
		}
		if f.out[len(f.out)-1] == '}' {
			f.out = append(f.out, ',')
		}
		f.out = append(f.out, '{')
		f.out = f.out.text("id", n.ID)
		if entry.Layer != 0 {
			f.out = f.out.text("layer", entry.Layer.String())
		}
		f.out = f.out.text("text", f.Lexicon.Line(n)).text("why", f.Lexicon.Why(n))
		f.values("args", n.Args)
		f.out = append(f.out.text("reference", entry.Reference), '}')
	}
	f.out = append(f.out, ']')
}

func (f *Face) values(name string, args []layers.Arg) {
	f.out = append(f.out.key(name), '{')
	for _, a := range args {
		f.out = f.out.value(a.Name, a.Value)
	}
	f.out = append(f.out, '}')
}
