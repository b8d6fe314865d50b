package pop3

import (
	"bytes"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/message"
	"mailwire/layers/application/sasl"
)

// A Dialogue follows a session from outside. It implements [application.Dialogue]: a reply of several lines is one message
// with its list, but the mail that RETR or TOP brings is a message of its own (kind data) behind the "+OK".
type Dialogue struct {
	half       [2]half
	ready      application.Queue[application.Message]
	asked      []asked // commands whose replies have not come, the oldest first
	greeted    bool    // the server's first line is behind us
	mayGreet   bool    // whether a greeting comes is not known
	challenged bool    // the server waits for a line of an AUTH exchange
	entering   bool    // no command has come since USER or AUTH: a line that is none may be the password
	loose      bool    // lines may come that belong to a reply we know no command of
	doubted    bool    // the client had spoken before the server's first line: was it a greeting?
	auth       sasl.Exchange
	session    session
	held       []byte                                             // what the client sent behind STLS, until we know whether it is TLS
	passing    *message.Passing                                   // the mail that is under way
	plain      []byte                                             // bytes at hand of a body, without doubled dots
	keep       func(application.MailStart) application.MailWriter // may be nil
	upgrade    application.Upgrade
	upgraded   bool
}

// A half is what one side sent and is not told yet.
type half struct {
	offset  int64  // of the first byte of the message in progress
	length  int64  // of its bytes so far
	text    []byte // the first of them
	part    part
	scanner scanner
	verb    string              // of the command that a body answers
	reply   application.Message // the beginning of a list that is in progress
	torn    bool                // bytes are missing before or within it
}

// A part says what a half is in the midst of.
type part uint8

const (
	aLine part = iota
	aList
	aMail
)

// An asked command waits for its reply.
type asked struct {
	command Command
	end     int64 // the offset behind its line in the client's stream
}

const (
	maxAsked = 1024     // commands remembered; the oldest goes first
	maxHeld  = 64 << 10 // bytes held behind STLS
)

// NewDialogue follows a session from its first byte, or, with start false, from anywhere in it.
func NewDialogue(start bool) *Dialogue {
	d := &Dialogue{greeted: !start, loose: !start, entering: !start}
	if start {
		d.session.state = Authorization
		return d
	}
	d.half[layers.Client].torn, d.half[layers.Server].torn = true, true
	return d
}

// NewSecureDialogue follows what is said inside TLS from its first byte. A greeting comes where TLS came first (port 995),
// none behind STLS; with greeting false, which is also for "nobody knows", the server greets if it speaks first.
func NewSecureDialogue(greeting bool) *Dialogue {
	d := NewDialogue(true)
	d.session.secure = true
	d.mayGreet = !greeting
	return d
}

// Receive takes the next bytes of one side's stream.
func (d *Dialogue) Receive(from layers.Side, b []byte) {
	h := &d.half[from]
	for len(b) > 0 && !d.upgraded {
		if from == layers.Client && d.startingTLS() {
			d.held = append(d.held, b[:min(len(b), maxHeld-len(d.held))]...)
			return
		}
		if h.part != aLine {
			var n int
			var done bool
			d.plain, n, done = h.scanner.scan(d.plain[:0], b)
			if h.part == aMail {
				d.passing.Write(d.plain)
			}
			h.add(b[:n])
			b = b[n:]
			if done {
				d.finishBody(true)
			}
			continue
		}
		end := bytes.IndexByte(b, '\n') + 1
		if end == 0 {
			h.add(b)
			return
		}
		h.add(b[:end])
		b = b[end:]
		if from == layers.Client {
			d.clientLine(true)
		} else {
			d.serverLine(true)
		}
	}
}

// startingTLS says whether a STLS waits for its reply.
func (d *Dialogue) startingTLS() bool {
	return len(d.asked) > 0 && d.asked[len(d.asked)-1].command.Verb == "STLS"
}

func (h *half) add(b []byte) {
	h.length += int64(len(b))
	h.text = append(h.text, b[:min(len(b), application.TextMax-len(h.text))]...)
}

// take begins a message with what the half holds, and makes the half ready for the next one.
func (h *half) take(from layers.Side, complete bool) application.Message {
	m := application.Message{Protocol: "pop3", From: from, Text: string(trimEnd(h.text)), Offset: h.offset, Length: h.length, Complete: complete && !h.torn}
	h.offset += h.length
	h.length, h.text, h.torn = 0, h.text[:0], false
	return m
}

func trimEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// clientLine takes a line from the client.
func (d *Dialogue) clientLine(complete bool) {
	h := &d.half[layers.Client]
	torn := h.torn
	m := d.describeClient(h.take(layers.Client, complete), torn)
	if m.Kind == application.Auth {
		if complete {
			d.readResponse(&m)
		}
		d.challenged = false
		d.ready.Push(&m)
		return
	}
	c := d.overhear(m.Text)
	server := &d.half[layers.Server]
	if server.torn && server.part == aLine {
		d.asked = nil // the replies to them were among the bytes that are missing
	}
	if server.torn && server.part != aLine && len(d.asked) == 0 {
		d.finishBody(false) // the client goes on, so the end of the mail was among them
	}
	if complete && (!torn || m.Verb != "") {
		m.Complete = true
		if heard(c.Verb) {
			d.entering = c.Verb == "USER" || c.Verb == "AUTH"
		}
		m.Notes = append(d.session.commandNotes(c, len(d.asked) > 0), d.beginAuth(c)...)
		if len(d.asked) == maxAsked {
			d.asked = d.asked[1:]
		}
		d.asked = append(d.asked, asked{command: c, end: h.offset})
	}
	d.ready.Push(&m)
}

// describeClient says what a line from the client is, whole or not.
func (d *Dialogue) describeClient(m application.Message, torn bool) application.Message {
	known := heard(parseCommand(m.Text).Verb)
	if d.exchange(known) {
		m.Kind = application.Auth
		m.Fields, m.Secrets = authFields(m.Text, m.Text != "*" && d.auth.Secret())
		return m
	}
	m.Kind = application.Command
	if torn && !known {
		// This may be the end of a line that began with PASS.
		m.Secrets = []layers.Range{{Length: len(m.Text)}}
		return m
	}
	c := d.overhear(m.Text)
	if c.hush {
		m.Secrets = []layers.Range{{Length: len(m.Text)}}
		return m
	}
	m.Verb = c.Verb
	m.Secrets = c.secrets()
	m.Fields = commandFields(c)
	return m
}

// overhear reads a line from the client. One that is no command is a password that was not asked for, perhaps: typed without
// PASS, or sent after AUTH was refused.
func (d *Dialogue) overhear(line string) Command {
	c := overheard(line)
	c.hush = d.entering && !c.slip && !heard(c.Verb) && line != ""
	return c
}

// exchange says whether the client's next line belongs to an exchange of AUTH. It does when the server has asked for it. A
// line that is no command belongs to it even when that is not seen, or when AUTH was not.
func (d *Dialogue) exchange(command bool) bool {
	if n := len(d.asked); n > 0 && d.asked[n-1].command.Verb == "AUTH" {
		return d.challenged || len(d.asked[n-1].command.Args) > 0 && !command
	}
	return d.challenged && !command
}

// serverLine takes a line from the server that is not within a list or a mail.
func (d *Dialogue) serverLine(complete bool) {
	h := &d.half[layers.Server]
	line := trimEnd(h.text)
	r := ParseReply(line)
	if d.mayGreet && len(d.asked) > 0 {
		d.greeted = true // behind STLS the client goes on, and this is its answer
	}
	if r.Status == "" && d.greeted && d.loose {
		d.beginLoose(line, complete)
		return
	}
	m := h.take(layers.Server, complete)
	m.Kind, m.Status = application.Reply, r.Status
	m.Complete = complete && (m.Complete || r.Status != "")
	m.Fields = replyFields(r)
	switch {
	case r.Status == Continue && d.greeted:
		m.Kind, m.Status = application.Continuation, ""
		d.readChallenge(&m, r)
		d.challenged = true
		d.ready.Push(&m)
		return
	case r.Status == "":
		m.Notes = []layers.Note{layers.N("pop3.malformed")}
	}
	if !d.greeted {
		d.greeted = true
		m.Kind = application.Greeting
		if r.Status != "" {
			m.Notes = greetingNotes(r)
			m.Fields = append(m.Fields, timestampField(r)...)
		}
		d.doubted = len(d.asked) > 0
		d.loose = d.loose || d.doubted
		d.ready.Push(&m)
		return
	}
	if r.Status != "" {
		d.answer(m, r)
	} else {
		d.ready.Push(&m)
	}
}

// answer pairs a reply with its command.
func (d *Dialogue) answer(m application.Message, r Reply) {
	var a asked
	known := len(d.asked) > 0
	if known {
		a = d.asked[0]
		d.asked = d.asked[1:]
	}
	c := a.command
	if m.Answers = c.Verb; c.hush {
		m.Answers = ""
	}
	d.challenged, d.doubted = false, false
	d.loose = r.Status == OK && !(known && heard(c.Verb))
	h := &d.half[layers.Server]
	m.Fields = append(m.Fields, answerFields(c, r)...)
	if r.Status == OK && c.multiLine() && !c.carriesMail() {
		h.part, h.verb, h.reply, h.scanner = aList, c.Verb, m, scanner{}
		// The list goes on in the same message.
		h.offset, h.length, h.text = m.Offset, m.Length, append(h.text[:0], m.Text...)
		h.text = append(h.text, "\r\n"[:min(2, application.TextMax-len(h.text))]...)
		return
	}
	m.Notes = d.session.replyNotes(c, r, known)
	d.ready.Push(&m)
	switch {
	case r.Status == OK && c.carriesMail():
		d.beginMail(c.Verb)
	case c.Verb == "STLS" && r.Status == OK:
		d.upgraded = true
		d.upgrade = application.Upgrade{Protocol: "tls", From: [2]int64{layers.Client: a.end + d.smuggled(a.end), layers.Server: h.offset}}
	case c.Verb == "STLS":
		held := d.held
		d.held = nil
		d.Receive(layers.Client, held)
	}
}

// smuggled tells of what the client sent in the clear between STLS and its answer, up to a TLS handshake (RFC 8446 §5.1: content
// type 0x16), and returns how many bytes that is.
func (d *Dialogue) smuggled(from int64) int64 {
	clear := d.held
	if at := bytes.IndexByte(clear, 0x16); at >= 0 {
		clear = clear[:at]
	}
	d.held = nil
	if len(clear) == 0 {
		return 0
	}
	d.ready.Push(&application.Message{Protocol: "pop3", From: layers.Client, Kind: application.Command, Offset: from, Length: int64(len(clear)),
		Text: string(trimEnd(clear[:min(len(clear), application.TextMax)])), Complete: true,
		Secrets: application.LoginsWithin(string(clear)), Notes: []layers.Note{layers.N("tls.smuggled.client")}})
	return int64(len(clear))
}

// Gap says that bytes are missing. A mail goes on behind the gap; a line does not.
func (d *Dialogue) Gap(from layers.Side, n int64) {
	h := &d.half[from]
	if d.upgraded {
		return
	}
	if h.part != aLine {
		h.length += n
		h.scanner.place = withinLine
		h.torn = true
		if h.part == aMail {
			d.passing.Gap(n)
		}
		return
	}
	d.End(from)
	h.offset += n
	h.torn = true
	if from == layers.Server {
		d.loose = true
	}
}

// End says that no more bytes will come from one side.
func (d *Dialogue) End(from layers.Side) {
	h := &d.half[from]
	switch {
	case d.upgraded || h.length == 0 && h.part == aLine:
	case h.part != aLine:
		d.finishBody(false)
	case from == layers.Client:
		d.clientLine(false)
	default:
		d.serverLine(false)
	}
}

// Next returns the next message.
func (d *Dialogue) Next() (application.Message, bool) { return d.ready.Pop() }

// Pending describes the message of which a part is here.
func (d *Dialogue) Pending(from layers.Side) (application.Message, bool) {
	h := &d.half[from]
	if from == layers.Client && len(d.held) > 0 && !d.upgraded {
		// Nobody knows yet whether it is TLS, or what it means.
		return application.Message{Protocol: "pop3", From: from, Kind: application.Command, Offset: h.offset, Length: int64(len(d.held)),
			Secrets: []layers.Range{{Length: len(d.held)}}}, true
	}
	if h.length == 0 || d.upgraded {
		return application.Message{}, false
	}
	m := application.Message{Protocol: "pop3", From: from, Offset: h.offset, Length: h.length}
	if h.part == aLine { // asked for with each packet of a mail, whose text is not copied each time
		m.Text = string(trimEnd(h.text))
	}
	switch {
	case from == layers.Client:
		return d.describeClient(m, h.torn), true
	case h.part == aMail:
		m.Kind = application.Data
	case !d.greeted:
		m.Kind = application.Greeting
	default:
		m.Kind, m.Status = application.Reply, ParseReply([]byte(m.Text)).Status
		if h.part == aList {
			m.Status = h.reply.Status
		} else if from := len("+ "); m.Status == Continue && len(m.Text) > from {
			m.Secrets = []layers.Range{{Offset: from, Length: len(m.Text) - from}} // until it is whole and has been read
		}
	}
	return m, true
}

// Upgrade tells that both sides go on in TLS.
func (d *Dialogue) Upgrade() (application.Upgrade, bool) { return d.upgrade, d.upgraded }
