// Package jsonl shows a trace as JSON, one object a line (docs/json.md says what each holds). It is complete whatever the
// detail, but for the bytes themselves, and knows no protocol.
package jsonl

import (
	"encoding/hex"
	"hash/maphash"
	"io"
	"slices"
	"strconv"

	"mailwire/cmd/internal/recent"
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
	args   object // of the note at hand
	dates  dates
	known  recent.Map[explanation] // the notes met so far
	sheets recent.Map[sheets]      // of headers, by protocol
	seed   maphash.Seed
	blocks [512]block // headers
}

// New returns a face that writes to w, one Write for each event.
func New(w io.Writer, o Options) *Face {
	return &Face{Options: o, w: w, seed: maphash.MakeSeed()}
}

// Show writes one event as one line.
func (f *Face) Show(e trace.Event) error {
	f.out = append(f.out[:0], '{')
	switch e.(type) {
	case *trace.Packet, *trace.Message, *trace.Contact, *trace.Act, *trace.State, *trace.Drop:
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
	case *trace.Contact:
		if !f.wants(layers.Application) && !f.wants(layers.Transport) {
			return nil
		}
		f.contact(e)
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
	case *trace.Board, *trace.Start, trace.Names, trace.Secrets:
		return nil // each row has been written; packets tell whole times; names stand in the packets; secrets are for programs that decrypt
	case *trace.Remark:
		f.remark(e)
	case *trace.Damage:
		f.damage(e)
	case *trace.Story:
		if !f.wants(layers.Application) {
			return nil
		}
		f.story(e)
	case *trace.Comparison:
		f.comparison(e)
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
	var o object = strconv.AppendInt(f.out.raw(`"type":"packet","n":`), int64(p.Frame.Number), 10)
	o = f.dates.append(o.raw(`,"time":`), p.Frame.Time)
	o = appendString(o.raw(`,"at":`), p.Frame.Interface.Name)
	o = appendString(o.raw(`,"from":`), p.From)
	o = appendString(o.raw(`,"to":`), p.To)
	o = strconv.AppendInt(o.raw(`,"length":`), int64(p.Frame.Length), 10)
	if cut := p.Frame.Cut(); cut > 0 {
		o = strconv.AppendInt(o.raw(`,"cut":`), int64(cut), 10)
	}
	f.out = o.raw(`,"layers":[`)
	for i := range p.PDUs {
		if f.wants(p.PDUs[i].Layer) {
			f.pdu(&p.PDUs[i])
		}
	}
	f.out = append(f.out, ']')
	if p.Frame.Comment != "" {
		f.out = f.out.text("comment", p.Frame.Comment)
	}
	f.notes(p.Notes)
	if f.Bytes {
		f.out = f.out.text("hex", hexBytes(p))
	}
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

func (f *Face) values(name string, args []layers.Arg) {
	f.out = append(f.out.key(name), '{')
	for _, a := range args {
		f.out = f.out.value(a.Name, a.Value)
	}
	f.out = append(f.out, '}')
}
