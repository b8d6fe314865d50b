package smtp

import (
	"bytes"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// regardless says what a line is that a client sends behind a DATA or an AUTH that was refused, as if it had not been: a
// line of the mail, or a response. It is "" for everything else.
func (d *Dialogue) regardless(line string) application.MessageKind {
	verb, _, spaced := strings.Cut(line, " ")
	switch {
	case d.refused == "" || d.mode != inCommands || isVerb(application.Upper(verb)):
		return ""
	case d.refused == "DATA":
		return application.Data
	case !spaced && line != "":
		return application.Auth
	}
	return ""
}

// stray tells a line of a mail or of a login that the server has not asked for, and its words. To the server it is a command that it
// does not know, and it answers so.
func (d *Dialogue) stray(kind application.MessageKind, line []byte, words string, start, length int64, complete bool, notes []layers.Note) {
	m := application.Message{Protocol: "smtp", From: layers.Client, Kind: kind, Text: words, Offset: start, Length: length,
		Complete: complete, Notes: append(notes, layers.N("smtp.data.unwanted"))}
	c := Command{}
	if slip, ok := slipOf(&c, m.Text); ok {
		m.Secrets = slipSecrets(slip, length)
	}
	if kind == application.Auth {
		m.Notes[len(m.Notes)-1] = layers.N("smtp.auth.unwanted")
		m.Secrets = []layers.Range{{Length: int(length) - (len(line) - len(bytes.TrimRight(line, "\r\n")))}}
	}
	d.emit(&m)
	if complete {
		d.ask(question{verb: "?"})
	}
}
