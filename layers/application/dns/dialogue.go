package dns

import (
	"encoding/binary"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A Dialogue follows questions and answers from outside. It implements [application.Dialogue].
type Dialogue struct {
	stream bool
	sides  [2]side
	ready  application.Queue[application.Message]
	asked  []waiting
}

// A side is what one end sent and is not told yet.
type side struct {
	offset int64  // in its stream, of the first byte of partial
	part   []byte // of a message over TCP, with its length
	lost   bool   // where the next message over TCP starts is unknown
}

// A waiting query is one that has not been answered yet.
type waiting struct {
	id       uint16
	question Question
}

// maxWaiting bounds how many queries are remembered; the oldest goes first.
const maxWaiting = 64

// NewDatagrams follows an exchange over UDP: what one call of Receive takes is one message.
func NewDatagrams() *Dialogue { return &Dialogue{} }

// NewStream follows an exchange over TCP, where two octets of length stand before each message (RFC 1035 §4.2.2).
func NewStream() *Dialogue { return &Dialogue{stream: true} }

// Receive takes a datagram, or the next bytes of a stream.
func (d *Dialogue) Receive(from layers.Side, b []byte) {
	s := &d.sides[from]
	if !d.stream {
		d.take(from, b, 0, true)
		return
	}
	if s.lost {
		s.offset += int64(len(b))
		return
	}
	s.part = append(s.part, b...)
	for {
		n, ok := s.length()
		if !ok || len(s.part) < n {
			return
		}
		d.take(from, s.part[:n], 2, true)
		s.part = s.part[n:]
	}
}

// length is how long the message that s holds a part of will be, with its two octets of length.
func (s *side) length() (n int, ok bool) {
	if len(s.part) < 2 {
		return 0, false
	}
	return 2 + int(binary.BigEndian.Uint16(s.part)), true
}

// Gap gives up what was incomplete. Over TCP nobody knows where the next message starts, so that side is not followed further.
func (d *Dialogue) Gap(from layers.Side, n int64) {
	d.End(from)
	d.sides[from].offset += n
	d.sides[from].lost = true
}

// End tells that what was incomplete stays so.
func (d *Dialogue) End(from layers.Side) {
	s := &d.sides[from]
	if len(s.part) > 0 {
		d.take(from, s.part, min(2, len(s.part)), false)
		s.part = nil
	}
}

// take makes a message of b, whose first skip bytes are the length that TCP needs.
func (d *Dialogue) take(from layers.Side, b []byte, skip int, complete bool) {
	s := &d.sides[from]
	m, err := Parse(b[skip:])
	message := describe(from, &m, len(b)-skip)
	message.Offset, message.Length, message.Complete = s.offset, int64(len(b)), complete
	s.offset += int64(len(b))
	if skip == 2 {
		message.Fields = append(message.Fields, layers.Field{Name: "message-length", Range: layers.Range{Length: 2},
			Value: layers.Uint(binary.BigEndian.Uint16(b))})
	}
	// The fields outlive b, which the caller takes back.
	body := append([]byte(nil), b[skip:]...)
	message.Fields = NewHeader(body, skip).AppendFields(message.Fields)
	message.Notes = d.pair(&m)
	if err != nil && complete {
		message.Notes = append(message.Notes, malformed(err))
	}
	d.ready.Push(&message)
}

// describe says what a message of n octets is. One that is too short to tell is a response if the server sent it.
func describe(from layers.Side, m *Message, n int) application.Message {
	message := application.Message{Protocol: "dns", From: from, Kind: application.Query}
	if m.Response || n < headerLength && from == layers.Server {
		message.Kind = application.Response
	}
	if len(m.Questions) > 0 {
		message.Verb = m.Questions[0].Type.String()
	}
	text := m.appendSummary(nil)
	message.Text = string(text[:min(len(text), application.TextMax)])
	return message
}

// pair returns the notes of a message in the light of the queries before it.
func (d *Dialogue) pair(m *Message) []layers.Note {
	if len(m.Questions) == 0 {
		return Notes(m)
	}
	q := waiting{m.ID, m.Questions[0]}
	for i, w := range d.asked {
		if w.id != q.id || !w.question.Same(q.question) {
			continue
		}
		if !m.Response {
			return append([]layers.Note{layers.N("dns.retry", layers.A("name", layers.String(string(q.question.Name))))}, Notes(m)...)
		}
		d.asked = append(d.asked[:i], d.asked[i+1:]...)
		return Notes(m)
	}
	if m.Response {
		return append(Notes(m), layers.N("dns.unasked"))
	}
	if len(d.asked) == maxWaiting {
		d.asked = d.asked[1:]
	}
	d.asked = append(d.asked, q)
	return Notes(m)
}

// Next returns the next message.
func (d *Dialogue) Next() (application.Message, bool) { return d.ready.Pop() }

// Pending describes a message over TCP of which a part is here.
func (d *Dialogue) Pending(from layers.Side) (application.Message, bool) {
	s := &d.sides[from]
	if len(s.part) == 0 {
		return application.Message{}, false
	}
	m, _ := Parse(s.part[min(2, len(s.part)):])
	message := describe(from, &m, len(s.part)-2)
	message.Offset, message.Length = s.offset, int64(len(s.part))
	return message, true
}

// Upgrade never happens in DNS.
func (d *Dialogue) Upgrade() (application.Upgrade, bool) { return application.Upgrade{}, false }
