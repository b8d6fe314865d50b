// Package tls follows TLS connections from outside: the records, the handshake messages, alerts, and of what is encrypted the
// sizes (RFC 8446, RFC 5246). With the [Keys] of a session it reads what is inside too, and hands the plain text on in
// [application.Message].Inside.
//
// A message's Text is not its bytes, which nobody could read, but the message in the words of the RFC: "ClientHello
// mail.example.org". Its Verb is the name of a handshake message as the RFC writes it ("ClientHello"), "Alert",
// "ChangeCipherSpec", or "" for other bytes.
//
// Modelled: the handshake messages of SSL 3.0 to TLS 1.3 with what their fields say, and the first one in the form of SSL
// 2.0; certificates with their names, dates and keys; alerts; messages split over records and records that hold several;
// with keys AES in GCM, CCM and CBC, 3DES, ChaCha20-Poly1305, KeyUpdate, early data, padding, renegotiation.
//
// NOT modelled: checking signatures, finding a chain to somebody trusted, what is inside ECH, sessions of SSL 2.0, DTLS, QUIC, RC4
// and other rare ciphers, compression, decrypting with a server's private key.
package tls

import (
	"time"

	"mailwire/layers"
	"mailwire/layers/application"
)

var _ application.Dialogue = (*Dialogue)(nil)

// A ContentType says what a record holds (RFC 8446 §5.1).
type ContentType uint8

// The content types.
const (
	ChangeCipherSpec ContentType = 20
	Alert            ContentType = 21
	Handshake        ContentType = 22
	ApplicationData  ContentType = 23
	Heartbeat        ContentType = 24 // RFC 6520 §3
)

const (
	headerLength = 5
	maxRecord    = 1<<14 + 2048 // RFC 5246 §6.2.3: the most that an encrypted record may hold
	maxMessage   = 1 << 16      // so much of a handshake message is kept
)

// A Dialogue follows the records of both sides. It implements [application.Dialogue].
type Dialogue struct {
	sides   [2]side
	ready   []application.Message
	session session
	now     time.Time // when the last bytes were seen; zero while nobody says
}

// A session is what the handshake has settled so far.
type session struct {
	keys           *Keys
	name           string // that the client asked for
	offer          [randomLength]byte
	random         [2][randomLength]byte
	id             string // that the client would go on with
	version        uint16 // that the server chose; 0 before
	number         uint16 // of the suite
	suite          *suite // nil when it is not opened here
	early          bool   // the client announced data before the server's answer
	encryptThenMAC bool   // encrypt-then-MAC was agreed (RFC 7366)
	told           bool   // that the keys do not fit
}

// A side is what one end has sent.
type side struct {
	offset    int64 // of the next byte in its stream
	header    [headerLength]byte
	have      int   // bytes of the header that are there
	start     int64 // where the present record begins
	left      int   // bytes of its body that are still to come
	keep      bool  // its body is of use
	torn      bool  // a part of its body is missing
	body      []byte
	encrypted bool // what comes in handshake and alert records can't be read any more
	lost      bool // where the next record begins is not known
	message   assembly
	sealed    protection
	records   int   // of encrypted data
	carried   int64 // bytes in them
}

// An assembly is a handshake message that is being put together from records.
type assembly struct {
	start int64 // of its first byte in the stream, with the header of its record when it begins there
	lead  int   // bytes of that header
	parts int   // records that it came in
	bytes []byte
	over  int // bytes of it that were too many to be kept
}

// NewDialogue returns a dialogue that has seen nothing. keys may be nil, and may learn more while the dialogue goes on.
func NewDialogue(keys *Keys) *Dialogue { return &Dialogue{session: session{keys: keys}} }

// At says when the bytes that come next were seen: certificates hold for a time.
func (d *Dialogue) At(now time.Time) { d.now = now }

// Receive takes the next bytes of a side.
func (d *Dialogue) Receive(from layers.Side, b []byte) {
	s := &d.sides[from]
	if s.lost {
		// Programs write whole records, so a segment behind a gap often begins with one.
		if !looksLikeRecord(b) {
			s.offset += int64(len(b))
			return
		}
		s.lost = false
	}
	for len(b) > 0 {
		if s.have < headerLength {
			if s.have == 0 {
				s.start = s.offset
			}
			n := copy(s.header[s.have:], b)
			s.have += n
			s.offset += int64(n)
			b = b[n:]
			if s.have < headerLength {
				return
			}
			if !d.begin(from, s) {
				if n := d.smuggled(from, s, b); n >= 0 {
					b = b[n:]
					continue
				}
				d.loseTrack(from, s, len(b))
				return
			}
		}
		n := min(s.left, len(b))
		if s.keep {
			s.body = append(s.body, b[:n]...)
		}
		s.left -= n
		s.offset += int64(n)
		b = b[n:]
		if s.left == 0 {
			d.record(from, s)
			s.have, s.body, s.torn = 0, s.body[:0], false
		}
	}
}

// begin reads the header of a record; it is false when it is none.
func (d *Dialogue) begin(from layers.Side, s *side) bool {
	if size, ok := s.oldHello(); ok {
		s.left, s.keep = size-(headerLength-2), true
		return true
	}
	if !looksLikeRecord(s.header[:]) {
		return false
	}
	s.left = int(s.header[3])<<8 | int(s.header[4])
	if s.isSealed() {
		s.keep = d.prepare(from, s)
	} else {
		s.keep = s.contentType() == Handshake || s.contentType() == Alert
	}
	return true
}

func (s *side) contentType() ContentType { return ContentType(s.header[0]) }

// isSealed tells whether the body of the present record is encrypted.
func (s *side) isSealed() bool { return s.encrypted || s.contentType() == ApplicationData }

// looksLikeRecord tells whether b may begin with a record's header: a known type, version 3.x, a length that is allowed.
func looksLikeRecord(b []byte) bool {
	return len(b) >= headerLength && b[0] >= 20 && b[0] <= 24 && b[1] == 3 && b[2] <= 4 &&
		int(b[3])<<8|int(b[4]) <= maxRecord
}

// loseTrack gives a side up until something looks like a record again.
func (d *Dialogue) loseTrack(from layers.Side, s *side, rest int) {
	m := d.message(from, s.start, s.offset, application.Data, "not a TLS record")
	m.Notes = []layers.Note{layers.N("tls.not-a-record")}
	d.ready = append(d.ready, m)
	s.offset += int64(rest)
	s.have, s.left, s.body, s.lost = 0, 0, s.body[:0], true
	s.message = assembly{}
	s.sealed.search = true
}

// Gap goes on in the same record when the bytes missing are only a part of its encrypted body, else it waits for
// something that looks like a record.
func (d *Dialogue) Gap(from layers.Side, n int64) {
	s := &d.sides[from]
	if n > 0 && s.have == headerLength && s.isSealed() && n < int64(s.left) {
		s.offset += n
		s.left -= int(n)
		s.torn, s.keep, s.body = true, false, s.body[:0]
		return
	}
	d.End(from)
	s.offset += n
	s.lost = true
	s.sealed.search = true
}

// End makes an incomplete message of what is there.
func (d *Dialogue) End(from layers.Side) {
	s := &d.sides[from]
	if m, ok := d.Pending(from); ok {
		m.Text = m.Verb
		d.ready = append(d.ready, m)
	}
	s.have, s.left, s.body, s.torn, s.message = 0, 0, s.body[:0], false, assembly{}
}

// Next returns the next message.
func (d *Dialogue) Next() (application.Message, bool) {
	if len(d.ready) == 0 {
		return application.Message{}, false
	}
	m := d.ready[0]
	if d.ready = d.ready[1:]; len(d.ready) == 0 {
		d.ready = nil
	}
	return m, true
}

// Pending describes the message that a side has begun.
func (d *Dialogue) Pending(from layers.Side) (application.Message, bool) {
	s := &d.sides[from]
	m := application.Message{Protocol: "tls", From: from, Kind: application.Data}
	switch {
	case len(s.message.bytes) > 0:
		m.Offset, m.Kind, m.Verb = s.message.start, application.Handshake, handshakeName(s.message.bytes[0])
	case s.have > 0:
		m.Offset = s.start
		if s.contentType() != ApplicationData {
			m.Kind = application.Handshake
		}
		if s.contentType() == Handshake && !s.encrypted && len(s.body) > 0 {
			m.Verb = handshakeName(s.body[0])
		}
	default:
		return m, false
	}
	m.Length = s.offset - m.Offset
	return m, true
}

// Upgrade never happens: what is inside stays inside.
func (d *Dialogue) Upgrade() (application.Upgrade, bool) { return application.Upgrade{}, false }

// Farewell sums up what somebody without the keys has learnt from the session, once it is over; ok is false when no
// encrypted data came.
func (d *Dialogue) Farewell() (n layers.Note, ok bool) {
	client, server := &d.sides[layers.Client], &d.sides[layers.Server]
	if client.records+server.records == 0 {
		return n, false
	}
	args := []layers.Arg{
		layers.A("client", layers.Int(client.carried)), layers.A("server", layers.Int(server.carried)),
		layers.A("records", layers.Int(client.records+server.records))}
	if d.session.name == "" {
		return layers.N("tls.eavesdropper.unnamed", args...), true
	}
	return layers.N("tls.eavesdropper", append(args, layers.A("name", layers.String(d.session.name)))...), true
}

// message makes a complete message of the bytes from start up to end.
func (d *Dialogue) message(from layers.Side, start, end int64, kind application.MessageKind, text string) application.Message {
	return application.Message{Protocol: "tls", From: from, Kind: kind, Text: text, Offset: start, Length: end - start, Complete: true}
}
