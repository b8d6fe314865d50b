package imap

import (
	"strings"

	"mailwire/layers/application/message"
)

// BodyStructure writes a body (RFC 3501 §7.4.2, §9): with its extension data for BODYSTRUCTURE, without for BODY.
func (e *Encoder) BodyStructure(s *message.BodyStructure, extended bool) *Encoder {
	e.Special('(')
	if len(s.Parts) > 0 {
		for _, part := range s.Parts {
			e.BodyStructure(part, extended)
		}
		e.SP().String(s.Subtype)
		if extended {
			e.SP().params(s.Params).bodyExtension(s)
		}
		return e.Special(')')
	}
	e.String(s.Type).SP().String(s.Subtype).SP().params(s.Params)
	e.SP().Nstring(s.ID).SP().Nstring(s.Description).SP().String(string(s.Encoding)).SP().Number(int64(s.Octets))
	if s.Message != nil {
		e.SP().Envelope(s.Envelope).SP().BodyStructure(s.Message, extended).SP().Number(int64(s.Lines))
	} else if s.IsText() {
		e.SP().Number(int64(s.Lines))
	}
	if extended {
		e.SP().Nstring(s.MD5).bodyExtension(s)
	}
	return e.Special(')')
}

// bodyExtension writes what single parts and multiparts have in common: disposition, language, location.
func (e *Encoder) bodyExtension(s *message.BodyStructure) {
	e.SP()
	if s.Disposition.Present {
		e.Special('(').String(s.Disposition.Value).SP().params(s.DispositionOf).Special(')')
	} else {
		e.Nil()
	}
	e.SP()
	switch len(s.Language) {
	case 0:
		e.Nil()
	case 1:
		e.String(s.Language[0])
	default:
		e.list(len(s.Language), func(i int) { e.String(s.Language[i]) })
	}
	e.SP().Nstring(s.Location)
}

// params writes parameters as a list of names and values; none is NIL.
func (e *Encoder) params(ps message.Params) *Encoder {
	if len(ps) == 0 {
		return e.Nil()
	}
	return e.list(len(ps), func(i int) { e.String(ps[i].Name).SP().String(ps[i].Value) })
}

// BodyStructure is a body, with or without extension data. Extension data of later standards is passed over.
func (d *Decoder) BodyStructure(to *message.BodyStructure) bool {
	at := d.at
	if !d.Special('(') || !d.enter() {
		return d.back(at)
	}
	defer d.leave()
	if d.at < len(d.b) && d.b[d.at] == '(' {
		return d.multipart(to) && d.Special(')') || d.back(at)
	}
	return d.singlePart(to) && d.Special(')') || d.back(at)
}

func (d *Decoder) multipart(to *message.BodyStructure) bool {
	to.Type = "multipart"
	for d.at < len(d.b) && d.b[d.at] == '(' {
		part := &message.BodyStructure{}
		if len(to.Parts) >= message.MaxParts || !d.BodyStructure(part) {
			return d.want("body")
		}
		to.Parts = append(to.Parts, part)
		if d.at < len(d.b)-1 && d.b[d.at] == ' ' && d.b[d.at+1] == '(' { // some servers put spaces between parts
			d.at++
		}
	}
	if !d.SP() || !d.String(&to.Subtype) {
		return false
	}
	return !d.more() || d.params(&to.Params) && d.bodyExtension(to)
}

func (d *Decoder) singlePart(to *message.BodyStructure) bool {
	var encoding message.Optional
	var octets int64
	if !(d.String(&to.Type) && d.SP() && d.String(&to.Subtype) && d.SP() && d.params(&to.Params) && d.SP() && d.Nstring(&to.ID) &&
		d.SP() && d.Nstring(&to.Description) && d.SP() && d.Nstring(&encoding) && d.SP() && d.Number64(&octets)) {
		return false
	}
	to.Encoding, to.Octets = message.Encoding(strings.ToLower(encoding.Value)), int(octets)
	var lines uint32
	at := d.at
	switch (message.ContentType{Type: to.Type, Subtype: to.Subtype}).String() {
	case "message/rfc822", "message/global":
		to.Envelope, to.Message = &message.Envelope{}, &message.BodyStructure{}
		if !(d.SP() && d.Envelope(to.Envelope) && d.SP() && d.BodyStructure(to.Message) && d.SP() && d.Number(&lines)) {
			// Some servers describe a broken message as a plain part.
			d.at, to.Envelope, to.Message = at, nil, nil
		}
	default:
		if to.IsText() && !(d.SP() && d.Number(&lines)) {
			return false
		}
	}
	to.Lines = int(lines)
	return !d.more() || d.Nstring(&to.MD5) && d.bodyExtension(to)
}

// more is a space with another field of extension data behind it.
func (d *Decoder) more() bool { return d.at < len(d.b) && d.b[d.at] == ' ' && d.SP() }

func (d *Decoder) bodyExtension(to *message.BodyStructure) bool {
	if !d.more() {
		return true
	}
	if !d.Nil() {
		if !(d.Special('(') && d.Nstring(&to.Disposition) && d.SP() && d.params(&to.DispositionOf) && d.Special(')')) {
			return false
		}
	}
	if !d.more() {
		return true
	}
	language := func() bool {
		var tag message.Optional
		if !d.Nstring(&tag) {
			return false
		}
		if tag.Present {
			to.Language = append(to.Language, tag.Value)
		}
		return true
	}
	if !language() && !d.List(language) {
		return false
	}
	if !d.more() {
		return true
	}
	if !d.Nstring(&to.Location) {
		return false
	}
	for d.more() {
		if !d.anything() {
			return false
		}
	}
	return true
}

func (d *Decoder) params(to *message.Params) bool {
	if d.Nil() {
		return true
	}
	return d.List(func() bool {
		var p message.Param
		var value message.Optional
		if !(d.String(&p.Name) && d.SP() && d.Nstring(&value)) {
			return false
		}
		p.Value = value.Value
		*to = append(*to, p)
		return true
	})
}

// anything is a string, a number, an atom, or a list of such things: data of standards not known here.
func (d *Decoder) anything() bool {
	var word string
	at := d.at
	if d.Astring(&word) || d.Flag(&word) {
		return true
	}
	if !d.Special('(') || !d.enter() {
		return d.back(at)
	}
	defer d.leave()
	for !d.Special(')') {
		if !d.anything() {
			return d.back(at)
		}
		d.SP()
	}
	return true
}
