package tls

import (
	"strconv"

	"mailwire/layers"
	"mailwire/layers/application"
)

// record reads the record of s that has just been completed.
func (d *Dialogue) record(from layers.Side, s *side) {
	length := int(s.header[3])<<8 | int(s.header[4])
	kind := s.contentType()
	switch {
	case kind == Handshake && !s.encrypted:
		d.handshake(from, s)
		return
	case kind == ChangeCipherSpec:
		// RFC 8446 §D.4: in TLS 1.3 it is there for old boxes on the way and changes nothing.
		s.encrypted = d.version < versionTLS13
		m := d.message(from, s.start, s.offset, application.Handshake, "ChangeCipherSpec")
		m.Verb, m.Notes = "ChangeCipherSpec", []layers.Note{layers.N("tls.change-cipher-spec")}
		d.ready = append(d.ready, m)
		return
	case kind == Alert && !s.encrypted && length == 2:
		d.alert(from, s)
		return
	}
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
	m.Fields = []layers.Field{{Name: "length", Range: layers.Range{Offset: 3, Length: 2}, Value: layers.Int(length)}}
	d.ready = append(d.ready, m)
}

// alert reads an alert in clear (RFC 8446 §6).
func (d *Dialogue) alert(from layers.Side, s *side) {
	level, description := "fatal", alertName(s.body[1])
	if s.body[0] == 1 {
		level = "warning"
	}
	m := d.message(from, s.start, s.offset, application.Handshake, "Alert "+level+" "+description)
	m.Verb = "Alert"
	m.Fields = []layers.Field{
		{Name: "alert-level", Range: layers.Range{Offset: headerLength, Length: 1}, Value: layers.Uint(s.body[0]).Named(level)},
		{Name: "alert-description", Range: layers.Range{Offset: headerLength + 1, Length: 1}, Value: layers.Uint(s.body[1]).Named(description)},
	}
	id := "tls.alert"
	if s.body[1] == 0 {
		id = "tls.alert.close-notify"
	}
	m.Notes = []layers.Note{layers.N(id, layers.A("description", layers.String(description)))}
	d.ready = append(d.ready, m)
}

// handshake takes the messages that the record of s completes (RFC 8446 §5.1: a record may hold several, a message may
// need several).
func (d *Dialogue) handshake(from layers.Side, s *side) {
	b := s.body
	at := s.start + headerLength // of b[0] in the stream
	for len(b) > 0 && !s.encrypted {
		a := &s.message
		if len(a.bytes) == 0 {
			if a.start = at; at == s.start+headerLength {
				a.start = s.start
			}
		}
		n := min(a.missing(), len(b))
		a.take(b[:n])
		at += int64(n)
		b = b[n:]
		if a.missing() == 0 {
			d.ready = append(d.ready, d.read(from, a, at))
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

// read reads a whole handshake message, which ends before offset end.
func (d *Dialogue) read(from layers.Side, a *assembly, end int64) application.Message {
	name := handshakeName(a.bytes[0])
	m := d.message(from, a.start, end, application.Handshake, name)
	m.Verb = name
	body := a.bytes[4:]
	switch handshakeType(a.bytes[0]) {
	case clientHello:
		readClientHello(&m, body)
	case serverHello:
		d.version = readServerHello(&m, body)
	case certificate:
		readCertificate(&m, body)
	default:
		m.Notes = []layers.Note{layers.N(handshakeNote(a.bytes[0]))}
	}
	return m
}
