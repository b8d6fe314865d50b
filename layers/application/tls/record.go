package tls

import (
	"bytes"
	"strconv"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A content is what a record holds.
type content struct {
	kind   ContentType
	bytes  []byte
	at     int64 // of bytes[0] in the stream: ciphers leave each byte in its place
	opened bool  // it was encrypted
}

// record reads the record of s that has just been completed.
func (d *Dialogue) record(from layers.Side, s *side) {
	switch {
	case s.header[0]&0x80 != 0:
		d.oldRecord(from, s)
	case s.isSealed():
		d.sealedRecord(from, s)
	default:
		d.content(from, s, content{kind: s.contentType(), bytes: s.body, at: s.start + headerLength})
	}
}

// content reads the content of the present record.
func (d *Dialogue) content(from layers.Side, s *side, c content) {
	switch {
	case c.kind == Handshake:
		d.handshake(from, s, c)
	case c.kind == ChangeCipherSpec:
		d.changeCipherSpec(from, s)
	case c.kind == Alert && len(c.bytes) == 2:
		d.alert(from, s, c)
	case c.kind == ApplicationData && c.opened:
		d.plainData(from, s, c)
	default:
		d.unread(from, s, c.kind)
	}
}

// changeCipherSpec turns encryption on (RFC 5246 §7.1). RFC 8446 §D.4: in TLS 1.3 it is there for old boxes on the way and
// changes nothing.
func (d *Dialogue) changeCipherSpec(from layers.Side, s *side) {
	m := d.message(from, s.start, s.offset, application.Handshake, "ChangeCipherSpec")
	m.Verb, m.Notes = "ChangeCipherSpec", []layers.Note{layers.N("tls.change-cipher-spec")}
	if d.session.version >= versionTLS13 {
		m.Notes = []layers.Note{layers.N("tls.change-cipher-spec.ignored")}
	} else {
		s.encrypted = true
		if d.session.version != 0 {
			s.sealed = protection{}
		}
	}
	d.ready = append(d.ready, m)
}

// sealedRecord opens a record, if there is a key.
func (d *Dialogue) sealedRecord(from layers.Side, s *side) {
	length := int(s.header[3])<<8 | int(s.header[4])
	p := &s.sealed
	if s.contentType() == ApplicationData {
		s.records++
		s.carried += int64(length)
	}
	if p.opener == nil || s.torn {
		p.number++
		d.unread(from, s, s.contentType())
		if s.torn && p.opener != nil && p.opened {
			last := &d.ready[len(d.ready)-1]
			last.Inside = &application.Carried{Gap: int64(max(0, length-p.opener.overhead()))}
		}
		return
	}
	begun := p.opened
	plain, ok := p.open(&d.session, from, s)
	kind := s.contentType()
	if ok && d.session.version >= versionTLS13 || p.stage == inEarlyData {
		// RFC 8446 §5.2: the true type is the last byte that is not zero.
		plain = bytes.TrimRight(plain, "\x00")
		if ok = ok && len(plain) > 0; ok {
			kind, plain = ContentType(plain[len(plain)-1]), plain[:len(plain)-1]
		}
	}
	if !ok {
		d.unread(from, s, s.contentType())
		d.giveUp(from, s, begun)
		return
	}
	d.content(from, s, content{kind: kind, bytes: plain, at: s.start + headerLength + int64(p.opener.lead()), opened: true})
}

// giveUp says with the last message that this side is not deciphered any more, or never was.
func (d *Dialogue) giveUp(from layers.Side, s *side, begun bool) {
	s.sealed.opener, s.sealed.blind = nil, true
	m := &d.ready[len(d.ready)-1]
	switch {
	case begun:
		m.Notes = append(m.Notes, layers.N("tls.deciphering-ends"))
		m.Inside = &application.Carried{Last: true}
	case !d.session.told:
		d.session.told = true
		m.Notes = append(m.Notes, layers.N("tls.keys-do-not-match"))
	}
}

// unread tells of a record what it is and how long.
func (d *Dialogue) unread(from layers.Side, s *side, kind ContentType) {
	length := int(s.header[3])<<8 | int(s.header[4])
	m := d.message(from, s.start, s.offset, application.Data, "ApplicationData "+strconv.Itoa(length)+" bytes")
	id := "tls.application-data"
	switch kind {
	case Handshake:
		m.Kind, m.Text, id = application.Handshake, "Handshake "+strconv.Itoa(length)+" bytes encrypted", "tls.encrypted-handshake"
	case Alert:
		m.Kind, m.Text, id = application.Handshake, "Alert encrypted", "tls.encrypted-alert"
	case Heartbeat:
		m.Text, id = "Heartbeat "+strconv.Itoa(length)+" bytes", "tls.heartbeat"
	}
	m.Notes = []layers.Note{layers.N(id, layers.A("bytes", layers.Int(length)))}
	if d.isEarly(from) && kind == ApplicationData {
		m.Notes = append(m.Notes, layers.N("tls.early-data"))
	}
	m.Fields = d.recordFields(s)
	d.ready = append(d.ready, m)
}

// isEarly tells whether what comes from a side is data ahead of the server's answer (RFC 8446 §2.3).
func (d *Dialogue) isEarly(from layers.Side) bool {
	return from == layers.Client && d.session.early && (d.session.version == 0 || d.sides[from].sealed.stage == inEarlyData)
}

func (d *Dialogue) recordFields(s *side) []layers.Field {
	length := int(s.header[3])<<8 | int(s.header[4])
	return []layers.Field{{Name: "length", Range: layers.Range{Offset: 3, Length: 2}, Value: layers.Int(length)}}
}

// plainData hands on what a record of data holds.
func (d *Dialogue) plainData(from layers.Side, s *side, c content) {
	length := int(s.header[3])<<8 | int(s.header[4])
	m := d.message(from, s.start, s.offset, application.Data, "ApplicationData "+strconv.Itoa(length)+" bytes")
	m.Notes = []layers.Note{layers.N("tls.application-data.opened", layers.A("bytes", layers.Int(length)), layers.A("inside", layers.Int(len(c.bytes))))}
	if d.isEarly(from) {
		m.Notes = append(m.Notes, layers.N("tls.early-data"))
	}
	m.Fields = append(d.recordFields(s), layers.Field{Name: "inside", Value: layers.Int(len(c.bytes))})
	if len(c.bytes) > 0 {
		m.Inside = &application.Carried{Bytes: c.bytes}
	}
	d.ready = append(d.ready, m)
}

// alert reads an alert (RFC 8446 §6).
func (d *Dialogue) alert(from layers.Side, s *side, c content) {
	level, description := "fatal", alertName(c.bytes[1])
	if c.bytes[0] == 1 {
		level = "warning"
	}
	m := d.message(from, s.start, s.offset, application.Handshake, "Alert "+level+" "+description)
	m.Verb = "Alert"
	m.Fields = []layers.Field{
		{Name: "alert-level", Range: layers.Range{Offset: headerLength, Length: 1}, Value: layers.Uint(c.bytes[0]).Named(level)},
		{Name: "alert-description", Range: layers.Range{Offset: headerLength + 1, Length: 1}, Value: layers.Uint(c.bytes[1]).Named(description)},
	}
	if c.opened {
		withoutPlaces(m.Fields)
		if c.bytes[0] != 1 || c.bytes[1] == 0 {
			m.Inside = &application.Carried{Last: true}
		}
	}
	id, own := alertNotes[c.bytes[1]]
	switch {
	case own:
	case c.opened:
		id = "tls.alert.inside"
	default:
		id = "tls.alert"
	}
	m.Notes = []layers.Note{layers.N(id, layers.A("description", layers.String(description)))}
	d.ready = append(d.ready, m)
}

// withoutPlaces takes the places of fields away that stand nowhere in the frame.
func withoutPlaces(fields []layers.Field) {
	for i := range fields {
		fields[i].Range = layers.Range{}
	}
}

// handshake takes the messages that a record completes (RFC 8446 §5.1: a record may hold several, a message may need
// several).
func (d *Dialogue) handshake(from layers.Side, s *side, c content) {
	b, at := c.bytes, c.at
	for len(b) > 0 && (c.opened || !s.encrypted) {
		a := &s.message
		if len(a.bytes) == 0 {
			a.start, a.lead, a.parts = at, 0, 0
			if len(b) == len(c.bytes) {
				a.start, a.lead = s.start, int(at-s.start)
			}
		}
		if len(a.bytes) == 0 || len(b) == len(c.bytes) {
			a.parts++
		}
		n := min(a.missing(), len(b))
		a.take(b[:n])
		at += int64(n)
		b = b[n:]
		if a.missing() == 0 {
			if len(b) == 0 {
				at = s.offset // with the check behind it
			}
			d.read(from, s, a, at, c.opened)
			*a = assembly{bytes: a.bytes[:0]}
		}
	}
}

// missing is how many bytes the message still needs; before its length is known, how many its header still needs.
func (a *assembly) missing() int {
	if len(a.bytes) < 4 {
		return 4 - len(a.bytes)
	}
	return 4 + (int(a.bytes[1])<<16 | int(a.bytes[2])<<8 | int(a.bytes[3])) - len(a.bytes) - a.over
}

func (a *assembly) take(b []byte) {
	room := min(len(b), maxMessage-len(a.bytes))
	a.bytes = append(a.bytes, b[:room]...)
	a.over += len(b) - room
}
