package imap

import (
	"bytes"
	"slices"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// A Dialogue follows a session between two others. It is an [application.Dialogue].
//
// A command or response is one message, its small literals included. A literal that is a mail's bytes, or is longer than
// 1024 bytes, or for which a client waits for the server's "+", ends its message, because the conversation turns there:
// the literal, with the rest of its line, is a message of its own, of kind data. So every byte belongs to one message:
//
//	command       A5 APPEND Sent {310}
//	continuation  + Ready for literal data
//	data          From: ana@example.net …
//	reply         A5 OK [APPENDUID 3 17] APPEND completed
//
// Data has the tag of its command; that of a response has "*". DONE is a continuation with the tag of its IDLE. A line of SASL
// is of kind auth. Passwords are in Secrets, however they are written.
type Dialogue struct {
	sides    [2]side
	messages application.Queue[application.Message]

	progress   []inProgress // commands that are not complete, oldest first
	auth, idle string       // tag of the AUTHENTICATE or IDLE in progress
	exchange   sasl.Exchange
	tls        string                                             // tag of the STARTTLS in progress
	literal    []layers.Field                                     // space for Pending
	secure     bool                                               // inside TLS
	keep       func(application.MailStart) application.MailWriter // may be nil
	upgrade    *application.Upgrade
}

var _ application.Dialogue = (*Dialogue)(nil)

// NewDialogue returns a dialogue of which nothing has been seen.
func NewDialogue() *Dialogue { return &Dialogue{} }

// UnderTLS says that the session was deciphered: what is said of passwords in the clear does not hold. It returns d.
func (d *Dialogue) UnderTLS() *Dialogue {
	d.secure = true
	return d
}

// progressMax bounds how many commands without an answer are remembered.
const progressMax = 128

// An inProgress is a command that waits for its completion.
type inProgress struct{ tag, verb string }

// inlineMax is how long a literal may be that is shown within its command or response.
const inlineMax = 1024

// A side is one of the two streams.
type side struct {
	offset  int64 // of the next byte of the stream
	literal int64 // bytes of a literal still to come
	line    line
	message open
	mail    *mail // that the literal in progress is; nil where it is none
	seen    bool  // a line of the protocol has been seen
	tls     bool  // TLS records instead of lines
	tlsFrom int64 // offset of the first of them
}

// A line is what has come of the current line.
type line struct {
	text   []byte // at most TextMax bytes of it
	length int64
	tail   []byte // its last bytes, where a marker would stand
}

const tailMax = 32

// An open is a message in progress, without the current line.
type open struct {
	text   []byte // at most TextMax bytes of it
	offset int64
	length int64
	broken bool // bytes of it are missing, so text goes no further
	lost   bool // nobody knows what it is: after a gap, or in mid-stream

	data    bool // it begins with a literal
	literal int64
	command *commandText // that the message, or its literal, belongs to; nil on the server's side
	tag     string       // of data
}

// A commandText is a whole command over all its messages, for the secrets in its later pieces.
type commandText struct{ text []byte } // at most TextMax bytes

// Receive takes the next bytes of one side's stream.
func (d *Dialogue) Receive(from layers.Side, b []byte) {
	s := &d.sides[from]
	for len(b) > 0 && d.upgrade == nil {
		if d.isTLS(from, b) {
			s.offset += int64(len(b))
			return
		}
		if s.literal > 0 {
			n := min(s.literal, int64(len(b)))
			s.take(b[:n], n)
			s.mail.write(b[:n])
			s.literal -= n
			s.offset += n
			b = b[n:]
			continue
		}
		end := bytes.IndexByte(b, '\n') + 1
		n := end
		if end == 0 {
			n = len(b)
		}
		s.line.add(b[:n])
		s.offset += int64(n)
		b = b[n:]
		if end > 0 {
			d.lineEnd(from)
		}
	}
}

// isTLS says whether TLS records stand here, as they do after STARTTLS. The client's first may be seen before the
// server's OK.
func (d *Dialogue) isTLS(from layers.Side, b []byte) bool {
	s := &d.sides[from]
	if !s.tls && d.tls != "" && s.line.length == 0 && s.literal == 0 && b[0] == 0x16 {
		s.tls, s.tlsFrom = true, s.offset
		if from == layers.Server || !d.sides[layers.Server].seen {
			d.upgradeTo("tls")
		}
	}
	return s.tls
}

func (l *line) add(b []byte) {
	l.text = append(l.text, b[:min(len(b), application.TextMax-len(l.text))]...)
	l.length += int64(len(b))
	if len(b) >= tailMax {
		l.tail = append(l.tail[:0], b[len(b)-tailMax:]...)
		return
	}
	l.tail = append(l.tail, b...)
	l.tail = append(l.tail[:0], l.tail[max(0, len(l.tail)-tailMax):]...)
}

// take adds length bytes, of which b are the first, to the message in progress.
func (s *side) take(b []byte, length int64) {
	m := &s.message
	if !m.broken {
		m.text = append(m.text, b[:min(len(b), application.TextMax-len(m.text))]...)
	}
	if c := m.command; c != nil && !m.broken {
		c.text = append(c.text, b[:min(len(b), application.TextMax-len(c.text))]...)
	}
	m.broken = m.broken || int64(len(b)) < length
	m.length += length
}

// lineEnd acts on a line that is complete.
func (d *Dialogue) lineEnd(from layers.Side) {
	s := &d.sides[from]
	m := &s.message
	text := trimLineEnd(s.line.text)
	first := m.length == 0 && !m.data
	if m.lost || first && !s.seen {
		if !plausible(from, text) {
			m.lost = true
			s.take(s.line.text, s.line.length)
			s.line.reset()
			return
		}
		if m.lost {
			d.finish(from, false)
			first = true
		}
	}
	s.seen = true
	if first && from == layers.Client {
		m.command = &commandText{}
	}
	marker, marked := literalAtEnd(trimLineEnd(s.line.tail))
	switch {
	case first && from == layers.Server:
		marked = marked && !isTextLine(text)
	case first && d.auth != "":
		marked = marked && bytes.IndexByte(text, ' ') >= 0 // a command, not a line of SASL
	}
	s.take(s.line.text, s.line.length)
	before := s.line.tail
	s.line.reset()
	switch {
	case !marked:
		d.finish(from, true)
	case d.turns(from, first, marker, before, text):
		command, tag := m.command, m.tag
		if c := d.finish(from, true); c.Kind != application.Data {
			tag = c.Tag
		}
		s.message = open{offset: s.message.offset, text: s.message.text, data: true, literal: marker.Length, command: command, tag: tag}
		s.literal = marker.Length
		s.mail = d.beginMail(from, text, command)
	default:
		s.literal = marker.Length
	}
}

func (l *line) reset() { l.text, l.length, l.tail = l.text[:0], 0, l.tail[:0] }

// turns says whether a literal is a message of its own.
func (d *Dialogue) turns(from layers.Side, first bool, m LiteralMarker, tail, line []byte) bool {
	if m.Length > inlineMax || from == layers.Client && m.Synchronizing {
		return true
	}
	if from == layers.Client {
		var c Command
		_, readable := commandOf(line, &c)
		return first && readable && c.Name == "APPEND" || !first && appends(d.sides[from].message.command)
	}
	before := bytes.ToUpper(trimLineEnd(tail))
	before = bytes.TrimRight(before[:bytes.LastIndexByte(before, '{')], " ~")
	for _, end := range []string{"]", ">", "RFC822", "RFC822.HEADER", "RFC822.TEXT"} {
		if bytes.HasSuffix(before, []byte(end)) {
			return true
		}
	}
	return false
}

// finish ends the message in progress of a side, and returns it.
func (d *Dialogue) finish(from layers.Side, complete bool) application.Message {
	s := &d.sides[from]
	m := d.describe(from)
	m.Complete = complete && !s.message.lost
	s.mail.end(complete)
	if complete && !s.message.lost {
		d.follow(&m)
		if s.message.data && appends(s.message.command) && announcesAnother(m.Text, s.message.literal) {
			m.Notes = append(m.Notes, layers.N("imap.append.several"))
		}
	} else {
		m.Notes = append(m.Notes, layers.N(incomplete(s.message.lost)))
	}
	m.Notes = append(m.Notes, s.mail.notes(complete)...)
	s.mail = nil
	d.messages.Push(&m)
	s.message = open{offset: m.Offset + m.Length, text: s.message.text[:0]} // its bytes stand in m.Text
	return m
}

func incomplete(lost bool) string {
	if lost {
		return "imap.unreadable"
	}
	return "imap.incomplete"
}

// Gap says that n bytes of one side's stream are missing.
func (d *Dialogue) Gap(from layers.Side, n int64) {
	s := &d.sides[from]
	s.offset += n
	if n > 0 && n <= s.literal {
		// The gap lies within a literal, whose end is known.
		s.literal -= n
		s.take(nil, n)
		s.mail.gap(n)
		return
	}
	if s.message.length > 0 || s.line.length > 0 || s.message.data {
		d.breakOff(from)
	}
	s.literal, s.seen = 0, false
	s.message = open{offset: s.offset}
}

// End says that no more bytes will come from one side.
func (d *Dialogue) End(from layers.Side) {
	if s := &d.sides[from]; s.message.length > 0 || s.line.length > 0 {
		d.breakOff(from)
	}
}

// breakOff ends a message that will never be complete.
func (d *Dialogue) breakOff(from layers.Side) {
	s := &d.sides[from]
	if from == layers.Client && s.message.length == 0 && !s.message.data {
		s.message.command = &commandText{}
	}
	s.take(s.line.text, s.line.length)
	s.line.reset()
	d.finish(from, false)
	s.literal = 0
}

// Next returns the next message that is complete.
func (d *Dialogue) Next() (application.Message, bool) {
	return d.messages.Pop()
}

// Pending describes the message of which a part has been received, without the text of a literal.
func (d *Dialogue) Pending(from layers.Side) (application.Message, bool) {
	s := &d.sides[from]
	if s.message.length == 0 && s.line.length == 0 && !s.message.data {
		return application.Message{}, false
	}
	if s.message.data && s.line.length == 0 && !s.message.lost {
		return d.pendingLiteral(from), true
	}
	whole := &Dialogue{sides: [2]side{}, auth: d.auth, exchange: d.exchange, idle: d.idle}
	copied := *s
	if s.line.length > 0 {
		copied.message.text = slices.Clone(s.message.text)
		if c := s.message.command; c != nil {
			copied.message.command = &commandText{text: slices.Clone(c.text)}
		} else if from == layers.Client && s.message.length == 0 {
			copied.message.command = &commandText{}
		}
		copied.take(s.line.text, s.line.length)
	}
	whole.sides[from] = copied
	whole.sides[from.Other()].seen = d.sides[from.Other()].seen
	return whole.describe(from), true
}

// pendingLiteral describes the literal in progress. It is asked for with each packet of a mail, so it copies nothing.
func (d *Dialogue) pendingLiteral(from layers.Side) application.Message {
	o := &d.sides[from].message
	d.literal = field(d.literal[:0], "literal", 0, int(min(o.literal, o.length)), layers.Int(o.literal))
	return application.Message{Protocol: "imap", From: from, Kind: application.Data, Tag: o.tag, Offset: o.offset, Length: o.length,
		Secrets: literalSecrets(o), Fields: d.literal}
}

// Upgrade tells that the streams go on in another protocol.
func (d *Dialogue) Upgrade() (application.Upgrade, bool) {
	if d.upgrade == nil {
		return application.Upgrade{}, false
	}
	return *d.upgrade, true
}

func (d *Dialogue) upgradeTo(protocol string) {
	d.upgrade = &application.Upgrade{Protocol: protocol}
	for i := range d.sides {
		s := &d.sides[i]
		d.upgrade.From[i] = s.offset
		if s.line.length > 0 {
			d.upgrade.From[i] -= s.line.length
		}
		if s.tls {
			d.upgrade.From[i] = s.tlsFrom
		}
	}
}
