package imap

import (
	"strings"

	"mailwire/layers/application/message"
)

// FetchData is the list behind FETCH.
func (d *Decoder) FetchData(to *FetchData) bool {
	return d.List(func() bool { return d.fetchDatum(to) })
}

// fetchDatum is one item with its value.
func (d *Decoder) fetchDatum(to *FetchData) bool {
	at := d.at
	switch {
	case d.Word("BODY["):
		return d.sectionDatum("BODY[]", to) || d.back(at)
	case d.Word("BINARY["):
		return d.sectionDatum("BINARY[]", to) || d.back(at)
	case d.Word("BINARY.SIZE["):
		var size BinarySize
		ok := d.sectionRest(&size.Section) && d.SP() && d.Number64(&size.Size)
		to.BinarySizes = append(to.BinarySizes, size)
		return ok || d.back(at)
	}
	var item FetchItem
	if !d.FetchItem(&item) {
		// An item of a standard that is not known here: its name and one value.
		var name string
		return d.Atom(&name) && d.SP() && (d.Nil() || d.anything()) || d.back(at)
	}
	return d.SP() && d.fetchValue(item.Name, to) || d.back(at)
}

func (d *Decoder) fetchValue(name string, to *FetchData) bool {
	switch name {
	case "FLAGS":
		to.HasFlags, to.Flags = true, nil
		return d.FlagList(&to.Flags)
	case "UID":
		return d.NzNumber(&to.UID)
	case "INTERNALDATE":
		return d.DateTime(&to.InternalDate)
	case "RFC822.SIZE":
		to.HasSize = true
		return d.Number64(&to.Size)
	case "MODSEQ":
		return d.Special('(') && d.ModSeq(&to.ModSeq) && d.Special(')')
	case "PREVIEW":
		to.Preview = &message.Optional{}
		return d.Nstring(to.Preview)
	case "ENVELOPE":
		to.Envelope = &message.Envelope{}
		return d.Envelope(to.Envelope)
	case "BODY", "BODYSTRUCTURE":
		return d.structureValue(name == "BODYSTRUCTURE", to)
	}
	return d.sectionBytes(SectionData{Name: name, Origin: -1}, to) // RFC822, RFC822.HEADER, RFC822.TEXT
}

// structureValue is the value of BODY or BODYSTRUCTURE. Of both the extended one is kept.
func (d *Decoder) structureValue(extended bool, to *FetchData) bool {
	structure := &message.BodyStructure{}
	if !d.BodyStructure(structure) {
		return false
	}
	to.Plain = to.Structure != nil && to.Extended != extended
	if to.Structure == nil || extended {
		to.Structure = structure
	}
	to.Extended = to.Extended || extended
	return true
}

// sectionDatum is a section behind its bracket, its origin if it is a partial, and its bytes.
func (d *Decoder) sectionDatum(name string, to *FetchData) bool {
	s := SectionData{Name: name, Origin: -1}
	if !d.sectionRest(&s.Section) {
		return false
	}
	if d.at < len(d.b) && d.b[d.at] == '<' {
		if !(d.Special('<') && d.Number64(&s.Origin) && d.Special('>')) {
			return false
		}
	}
	return d.SP() && d.sectionBytes(s, to)
}

func (d *Decoder) sectionBytes(s SectionData, to *FetchData) bool {
	var text string
	if s.Nil = d.Nil(); !s.Nil && !d.Literal(&s.Bytes) {
		if !d.Quoted(&text) {
			return d.want("nstring")
		}
		s.Bytes = []byte(text)
	}
	to.Sections = append(to.Sections, s)
	return true
}

// FetchData writes the list behind FETCH, in the order of RFC 3501 §7.4.2 with UID and FLAGS first.
func (e *Encoder) FetchData(f *FetchData) *Encoder {
	separator := byte('(')
	next := func(name string) *Encoder {
		e.Special(separator).Atom(name)
		separator = ' '
		return e
	}
	if f.UID != 0 {
		next("UID").SP().Number(int64(f.UID))
	}
	if f.HasFlags {
		next("FLAGS").SP().Flags(f.Flags)
	}
	if f.ModSeq != 0 {
		next("MODSEQ").Atom(" (").ModSeq(f.ModSeq).Special(')')
	}
	if !f.InternalDate.IsZero() {
		next("INTERNALDATE").SP().DateTime(f.InternalDate)
	}
	if f.HasSize {
		next("RFC822.SIZE").SP().Number(f.Size)
	}
	if f.Envelope != nil {
		next("ENVELOPE").SP().Envelope(f.Envelope)
	}
	if f.Structure != nil {
		name := "BODY"
		if f.Extended {
			name = "BODYSTRUCTURE"
		}
		next(name).SP().BodyStructure(f.Structure, f.Extended)
		if f.Plain {
			next("BODY").SP().BodyStructure(f.Structure, false)
		}
	}
	for _, s := range f.BinarySizes {
		next("BINARY.SIZE[").Section(s.Section).Atom("] ").Number(s.Size)
	}
	if f.Preview != nil {
		next("PREVIEW").SP().Nstring(*f.Preview)
	}
	for _, s := range f.Sections {
		next(strings.TrimSuffix(s.Name, "[]"))
		e.sectionData(s)
	}
	if separator == '(' {
		e.Special('(')
	}
	return e.Special(')')
}

func (e *Encoder) sectionData(s SectionData) {
	if strings.HasSuffix(s.Name, "[]") {
		e.Special('[').Section(s.Section).Special(']')
		if s.Origin >= 0 {
			e.Special('<').Number(s.Origin).Special('>')
		}
	}
	e.SP()
	switch {
	case s.Nil:
		e.Nil()
	case len(s.Bytes) == 0:
		e.String("")
	case s.Name == "BINARY[]":
		e.binaryLiteral(s.Bytes)
	default:
		e.Literal(s.Bytes)
	}
}
