package jsonl

import (
	"bytes"

	"mailwire/layers"
)

// An explanation is what the lexicon has for one id, as JSON, so that it is looked up and escaped once and not with each
// packet; and the last note with the id, for a message says again what its last packet has said.
type explanation struct {
	layer     layers.Layer
	head      []byte // up to the value of "text"
	why       []byte // the paragraph, where it has no place for arguments; else nil
	reference []byte // from the key "reference" to the end
	kept      bool   // args and whole hold
	args      []byte // the arguments of the last note, with the names of their values
	whole     []byte // that note
}

// noteMax bounds in bytes the notes that are kept.
const noteMax = 4 << 10

func (f *Face) notes(notes []layers.Note) {
	f.out = append(f.out.key("notes"), '[')
	for i := range notes {
		n := &notes[i]
		e := f.explanation(n.ID)
		if e.layer != 0 && !f.wants(e.layer) {
			continue
		}
		if f.out[len(f.out)-1] == '}' {
			f.out = append(f.out, ',')
		}
		f.note(e, n)
	}
	f.out = append(f.out, ']')
}

// note adds a note, which is the last one with its id if that had the same arguments.
func (f *Face) note(e *explanation, n *layers.Note) {
	var end int // of the arguments as JSON
	f.args, end = appendArgs(f.args[:0], n.Args)
	if e.kept && bytes.Equal(e.args, f.args) {
		f.out = append(f.out, e.whole...)
		return
	}
	start := len(f.out)
	f.buffer = f.Lexicon.AppendLine(f.buffer[:0], *n)
	o := object(appendString(append(f.out, e.head...), f.buffer)).raw(`,"why":`)
	if e.why != nil {
		o = append(o, e.why...)
	} else {
		f.buffer = f.Lexicon.AppendWhy(f.buffer[:0], *n)
		o = appendString(o, f.buffer)
	}
	o = append(o.raw(`,"args":`), f.args[:end]...)
	f.out = append(o, e.reference...)
	if e.kept = len(f.out)-start <= noteMax; e.kept {
		e.args, e.whole = append(e.args[:0], f.args...), append(e.whole[:0], f.out[start:]...)
	}
}

// appendArgs writes arguments as an object, which has end bytes; behind it the names of their values, which stand in sentences.
func appendArgs(o object, args []layers.Arg) (all object, end int) {
	o = append(o, '{')
	for i := range args {
		o = o.value(args[i].Name, args[i].Value)
	}
	o = append(o, '}')
	end = len(o)
	for i := range args {
		if name := args[i].Value.Name(); name != "" {
			o = append(append(o, name...), 0)
		}
	}
	return o, end
}

// explanation finds what is known of an id.
func (f *Face) explanation(id string) *explanation {
	if e := f.known.Get(id); e != nil {
		return e
	}
	entry, _ := f.Lexicon.Entry(id)
	head := object{'{'}.text("id", id)
	if entry.Layer != 0 {
		head = head.text("layer", entry.Layer.String())
	}
	e := &explanation{layer: entry.Layer, head: head.key("text"), reference: append(object{','}.text("reference", entry.Reference), '}')}
	if why, fixed := f.Lexicon.FixedWhy(id); fixed {
		e.why = appendString(nil, why)
	}
	f.known.Set(id, e)
	return e
}
