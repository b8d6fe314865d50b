package smtp

import (
	"bytes"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/message"
	"mailwire/layers/application/sasl"
)

// A Dialogue follows a session from outside. It implements [application.Dialogue].
//
// What the client's bytes are depends on the server's answers: behind DATA and 354 they are a mail, behind AUTH and 334 a
// response, behind STARTTLS and 220 another protocol. So bytes that follow such a command are held until the answer is
// known, at most holdMax of them; where no answer is to be had (one side recorded alone, a gap), the command is taken to
// have succeeded.
type Dialogue struct {
	sides     [2]stream
	queue     application.Queue[application.Message]
	upgrade   application.Upgrade
	upgraded  bool
	encrypted bool

	// What the client says.
	mode      mode
	awaiting  string // the verb whose answer decides what follows, in mode awaitingAnswer
	held      []byte
	mail      mailBytes
	left      int64                                              // bytes of the chunk that are to come
	chunks    int                                                // of this mail so far
	lastChunk bool                                               // the chunk that is under way, or was last, is the mail's last one
	passing   *message.Passing                                   // the mail that is under way; nil where none is
	plain     []byte                                             // its bytes at hand without doubled dots
	keep      func(application.MailStart) application.MailWriter // may be nil

	// What is known of the session.
	asked     []question // commands without an answer yet, oldest first
	begun     bool       // a command or a reply was seen
	midst     bool       // the beginning is not there
	early     bool       // the client spoke before the greeting
	lmtp      bool
	inMail    bool     // MAIL was accepted
	accepted  int      // recipients
	each      []string // LMTP: the accepted recipients, for whom there is an answer each
	tried     int      // recipients
	binary    bool     // the mail is declared to be no text of lines
	answered  bool     // the mail under way has its final answer already
	pipelined bool     // told already
	listed    bool     // the server has said what it offers
	offered   bool     // PIPELINING is among it
	auth      sasl.Exchange
	guessed   bool   // that AUTH goes on was not seen: a line that is a command is one
	refused   string // DATA or AUTH, when it was refused and no command has followed yet: the client may go on regardless

	reply replyBytes
}

// A stream is the position in what one side sends.
type stream struct {
	offset int64  // of the next byte that Receive gets
	start  int64  // of the first byte of line
	line   []byte // a line that is not complete, up to lineKeep bytes
	length int64  // all bytes of it
	ended  bool
}

// A mode says what the client's next bytes are.
type mode uint8

const (
	unsure         mode = iota // at the start, and behind a gap: a command, or the midst of a mail
	inCommands                 // lines with commands
	awaitingAnswer             // the answer to awaiting decides
	inResponse                 // a line of an AUTH dialogue
	inContent                  // a mail behind DATA
	inChunk                    // the bytes of BDAT
)

// A question is a command that the server owes an answer, as far as the answer's notes depend on it.
type question struct {
	verb    string // "." for the end of a mail, "?" for what is no command, "" for no question
	last    bool   // BDAT LAST
	address string
	null    bool
}

const (
	lineKeep = 16 << 10 // bytes kept of a line: longer than any line of AUTH (RFC 4954 §4)
	holdMax  = 64 << 10
	askedMax = 2000
)

// NewDialogue follows a session from its first byte, or from wherever its recording begins.
func NewDialogue() *Dialogue { return &Dialogue{} }

// InTheMidst says that the beginning of the session is not there: what the client says first may be part of a mail. It
// returns d.
func (d *Dialogue) InTheMidst() *Dialogue {
	d.midst = true
	return d
}

// FromTheStart says that the session is there from its first byte: the client's first line is a command, whatever it looks
// like. It returns d.
func (d *Dialogue) FromTheStart() *Dialogue {
	d.mode = inCommands
	return d
}

// UnderTLS says that the session was deciphered: what is said of passwords in the clear does not hold. It returns d.
func (d *Dialogue) UnderTLS() *Dialogue {
	d.encrypted = true
	return d
}

// Receive takes the next bytes of one side's stream.
func (d *Dialogue) Receive(from layers.Side, b []byte) {
	if d.upgraded {
		return
	}
	if from == layers.Server {
		d.fromServer(b)
		return
	}
	d.fromClient(b)
}

// Gap says that n bytes of one side's stream are missing.
func (d *Dialogue) Gap(from layers.Side, n int64) {
	if d.upgraded {
		return
	}
	s := &d.sides[from]
	if from == layers.Server {
		d.tearReply(layers.N("smtp.gap"))
		d.asked = nil
		s.skip(n)
		d.settle()
		return
	}
	d.settle()
	switch {
	case d.mode == inContent:
		d.mail.gap(n)
		d.passing.Gap(n)
	case d.mode == inChunk && n > 0 && n <= d.left:
		d.mail.gap(n)
		d.passing.Gap(n)
		if d.left -= n; d.left == 0 {
			d.endMail(true)
		}
	default:
		d.endLine(layers.N("smtp.gap"))
		d.endMail(false)
		d.mode = unsure
		d.auth = sasl.Exchange{}
	}
	s.skip(n)
}

// End says that no more bytes will come from one side.
func (d *Dialogue) End(from layers.Side) {
	if d.upgraded || d.sides[from].ended {
		return
	}
	d.sides[from].ended = true
	if from == layers.Server {
		d.tearReply(layers.N("smtp.cut"))
		d.settle()
		return
	}
	d.settle()
	d.endLine(layers.N("smtp.cut"))
	d.endMail(false)
	d.endPassing(false)
}

// Next returns the next message.
func (d *Dialogue) Next() (application.Message, bool) {
	return d.queue.Pop()
}

// Pending describes the message of which a part has been received.
func (d *Dialogue) Pending(from layers.Side) (application.Message, bool) {
	switch {
	case from == layers.Server:
		return d.pendingReply()
	case d.mode == inContent, d.mode == inChunk:
		return d.mail.pending(), d.mail.length > 0
	case d.mode == awaitingAnswer && len(d.held) > 0:
		return d.pendingHeld(), true
	}
	s := &d.sides[layers.Client]
	if s.length == 0 {
		return application.Message{}, false
	}
	return d.partialLine(s), true
}

// Upgrade tells where TLS begins.
func (d *Dialogue) Upgrade() (application.Upgrade, bool) { return d.upgrade, d.upgraded }

func (d *Dialogue) emit(m *application.Message) { d.queue.Push(m) }

// fromClient takes the client's bytes, part by part, as the mode at each says.
func (d *Dialogue) fromClient(b []byte) {
	s := &d.sides[layers.Client]
	if len(b) > 0 && b[0] == tlsHandshake && s.offset == 0 && d.sides[layers.Server].offset == 0 {
		// The client speaks TLS from its first byte, as on port 465 (RFC 8314 §3.3).
		d.startTLS()
		return
	}
	for len(b) > 0 && !d.upgraded {
		var n int
		switch d.mode {
		case awaitingAnswer:
			n = min(len(b), holdMax-len(d.held))
			d.held = append(d.held, b[:n]...)
			b = b[n:]
			if len(d.held) == holdMax || d.sides[layers.Server].offset == 0 || d.sides[layers.Server].ended {
				d.settle()
			}
			continue
		case inContent:
			n = d.readContent(b)
			s.offset += int64(n)
		case inChunk:
			n = d.readChunk(b)
			s.offset += int64(n)
		default:
			n = d.readLine(s, b)
		}
		b = b[n:]
	}
}

// settle decides without an answer that the command that is waited for has succeeded, and reads what was held; so with each
// command in it.
func (d *Dialogue) settle() {
	for d.mode == awaitingAnswer {
		switch d.awaiting {
		case "DATA":
			d.begin(inContent)
		case "AUTH":
			d.mode, d.guessed = inResponse, true
		case "STARTTLS":
			if len(d.held) > 0 && d.held[0] == tlsHandshake {
				d.startTLS()
				return
			}
			d.mode = inCommands
		}
		d.release()
	}
}

// release reads what was held.
func (d *Dialogue) release() {
	held := d.held
	d.held, d.awaiting = nil, ""
	d.fromClient(held)
}

// tlsHandshake is the first byte of a TLS session (RFC 8446 §5.1: content type handshake).
const tlsHandshake = 0x16

// startTLS ends this dialogue behind STARTTLS and 220. What the client sent in the clear between is told (RFC 3207 §4.2:
// servers must not obey it under TLS).
func (d *Dialogue) startTLS() {
	s := &d.sides[layers.Client]
	end := s.offset
	if smuggled := d.held; len(smuggled) > 0 && smuggled[0] != tlsHandshake {
		if tls := bytes.IndexByte(smuggled, tlsHandshake); tls > 0 {
			smuggled = smuggled[:tls]
		}
		d.emit(&application.Message{Protocol: "smtp", From: layers.Client, Kind: application.Command, Text: text(smuggled, true),
			Offset: end, Length: int64(len(smuggled)), Complete: true, Secrets: application.LoginsWithin(string(smuggled)), Notes: []layers.Note{layers.N("smtp.starttls.injected")}})
		end += int64(len(smuggled))
	}
	d.held = nil
	d.upgraded = true
	d.upgrade = application.Upgrade{Protocol: "tls", From: [2]int64{layers.Client: end, layers.Server: d.sides[layers.Server].offset}}
}

// readLine takes one line, or a part of one, off b.
func (d *Dialogue) readLine(s *stream, b []byte) (n int) {
	line, ended := s.take(b)
	n = len(line)
	if !ended {
		return n
	}
	whole, start, length := s.line, s.start, s.length
	s.clear()
	d.clientLine(whole, start, length, true)
	return n
}

// clientLine reads a line of the client.
func (d *Dialogue) clientLine(line []byte, start, length int64, complete bool, notes ...layers.Note) {
	doubtful := false
	switch d.mode {
	case inResponse:
		c, err := ParseCommand(text(line, true))
		if !d.guessed || err != nil || !isVerb(c.Verb) {
			d.authLine(line, start, length, complete, notes)
			return
		}
		d.mode = inCommands
	case unsure:
		c, err := ParseCommand(text(line, true))
		if !isVerb(c.Verb) && (err != nil || d.begun || d.midst || len(c.Verb) != 4) && complete {
			d.begin(inContent)
			d.mail.start, d.mail.length, d.mail.middle, d.mail.first = start, length-int64(len(line)), true, false
			d.passing.Gap(0)
			d.readContent(line)
			return
		}
		doubtful = true
		d.mode = inCommands
	}
	words := text(line, complete)
	if kind := d.regardless(words); kind != "" {
		d.stray(kind, line, words, start, length, complete, notes)
		return
	}
	d.command(line, words, start, length, complete, doubtful, notes)
}

// endLine tells a line of which the end is missing.
func (d *Dialogue) endLine(why layers.Note) {
	s := &d.sides[layers.Client]
	if s.length == 0 {
		return
	}
	line, start, length := s.line, s.start, s.length
	s.clear()
	d.clientLine(line, start, length, false, why)
}

// take adds b up to its first line feed to the line.
func (s *stream) take(b []byte) (part []byte, ended bool) {
	end := bytes.IndexByte(b, '\n')
	if ended = end >= 0; ended {
		b = b[:end+1]
	}
	if s.length == 0 {
		s.start = s.offset
	}
	if room := lineKeep - len(s.line); room > 0 {
		s.line = append(s.line, b[:min(room, len(b))]...)
	}
	s.length += int64(len(b))
	s.offset += int64(len(b))
	return b, ended
}

func (s *stream) clear() {
	if cap(s.line) > 1<<10 {
		s.line = nil
	}
	s.line, s.length = s.line[:0], 0
}

func (s *stream) skip(n int64) { s.offset += n }

// text is line without the line end that closes it and at most TextMax bytes long.
func text(line []byte, complete bool) string {
	if complete {
		line = bytes.TrimSuffix(line, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
	}
	return string(line[:min(len(line), application.TextMax)])
}
