package pop3

import (
	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/message"
)

// beginLoose takes a line as part of a mail or list whose command is not known.
func (d *Dialogue) beginLoose(line []byte, complete bool) {
	h := &d.half[layers.Server]
	d.beginMail("")
	d.passing.Write(Unstuffed(h.text))
	if d.doubted && len(d.asked) > 0 && d.asked[0].command.multiLine() {
		d.asked = d.asked[1:] // what looked like a greeting was the answer to it
	}
	d.doubted = false
	if !complete || len(line) == 1 && line[0] == '.' {
		d.finishBody(complete)
	}
}

// beginMail makes the server's next bytes a mail that a command has asked for; "" where the command was not seen.
func (d *Dialogue) beginMail(verb string) {
	h := &d.half[layers.Server]
	h.part, h.verb, h.scanner = aMail, verb, scanner{}
	var copy application.MailWriter
	if d.keep != nil && verb == "RETR" {
		copy = d.keep(application.MailStart{From: layers.Server, Verb: verb})
	}
	d.passing = message.NewPassing(copy)
}

// KeepMails hands on the mails that pass.
func (d *Dialogue) KeepMails(open func(application.MailStart) application.MailWriter) { d.keep = open }

// finishBody ends a list or a mail.
func (d *Dialogue) finishBody(complete bool) {
	h := &d.half[layers.Server]
	broken := h.torn
	m := h.take(layers.Server, complete)
	switch h.part {
	case aList:
		first := h.reply
		first.Text, first.Length, first.Complete = m.Text, m.Length, m.Complete && first.Complete
		lines := Unstuffed([]byte(m.Text))
		first.Fields = append(first.Fields, listFields(h.verb, lines)...)
		first.Notes = d.session.listNotes(h.verb, lines)
		d.ready.Push(&first)
	case aMail:
		d.passing.End(complete && !broken)
		if m.Length == 0 {
			break // the stream ended before its first byte
		}
		m.Kind, m.Answers = application.Data, h.verb
		m.Verb = ""
		m.Fields = mailFields(m.Length, h.scanner.stuffed, m.Complete)
		m.Notes = mailNotes(h.verb, m, h.scanner.stuffed, d.passing)
		d.ready.Push(&m)
	}
	h.part, h.verb, h.reply = aLine, "", application.Message{}
	h.torn = broken && !complete
}
