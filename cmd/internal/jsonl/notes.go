package jsonl

import "mailwire/layers"

// An explanation is what the lexicon has for one id, as JSON, so that it is looked up and escaped once and not with each
// packet.
type explanation struct {
	layer     layers.Layer
	head      []byte // up to the value of "text"
	reference []byte // from the key "reference" to the end
	whole     []byte // the whole note, where it has no arguments; nil until it was needed
}

func (f *Face) notes(notes []layers.Note) {
	f.out = append(f.out.key("notes"), '[')
	for _, n := range notes {
		e := f.explanation(n.ID)
		if e.layer != 0 && !f.wants(e.layer) {
			continue
		}
		if f.out[len(f.out)-1] == '}' {
			f.out = append(f.out, ',')
		}
		switch {
		case len(n.Args) > 0:
			f.out = f.explained(f.out, e, n)
		case e.whole == nil:
			e.whole = f.explained(nil, e, n)
			fallthrough
		default:
			f.out = append(f.out, e.whole...)
		}
	}
	f.out = append(f.out, ']')
}

// explanation finds what is known of an id.
func (f *Face) explanation(id string) *explanation {
	if e, ok := f.known[id]; ok {
		return e
	}
	entry, _ := f.Lexicon.Entry(id)
	head := object{'{'}.text("id", id)
	if entry.Layer != 0 {
		head = head.text("layer", entry.Layer.String())
	}
	e := &explanation{layer: entry.Layer, head: head.key("text"), reference: append(object{','}.text("reference", entry.Reference), '}')}
	f.known[id] = e
	return e
}

// explained adds a note with its sentences.
func (f *Face) explained(o object, e *explanation, n layers.Note) object {
	o = append(o, e.head...)
	f.buffer = f.Lexicon.AppendLine(f.buffer[:0], n)
	o = appendString(o, f.buffer)
	f.buffer = f.Lexicon.AppendWhy(f.buffer[:0], n)
	o = appendString(o.raw(`,"why":`), f.buffer)
	o = append(o, `,"args":{`...)
	for _, a := range n.Args {
		o = o.value(a.Name, a.Value)
	}
	o = append(o, '}')
	return append(o, e.reference...)
}
