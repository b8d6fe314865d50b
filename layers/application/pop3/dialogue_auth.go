package pop3

import (
	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// beginAuth takes a command as an observer of logins: which mechanism, and what its initial response tells.
func (d *Dialogue) beginAuth(c Command) []layers.Note {
	d.auth = sasl.Exchange{}
	if c.Verb != "AUTH" || c.slip || len(c.Args) == 0 {
		return nil
	}
	d.auth = sasl.Begin(c.Args[0])
	notes := []layers.Note{sasl.MechanismNote(c.Args[0])}
	if len(c.Args) > 1 {
		notes = append(notes, d.revealing(d.auth.Response(c.Args[1]))...)
	}
	return notes
}

// revealing is the notes of a reading, and that the password was readable, where it was.
func (d *Dialogue) revealing(r sasl.Reading) []layers.Note {
	if r.Revealed && !d.session.secure {
		return append(r.Notes[:len(r.Notes):len(r.Notes)], layers.N("sasl.cleartext"))
	}
	return r.Notes
}

// readResponse reads a line of the client within AUTH.
func (d *Dialogue) readResponse(m *application.Message) {
	r := d.auth.Response(m.Text)
	m.Notes = d.revealing(r)
	m.Fields, m.Secrets = authFields(m.Text, r.Secret)
}

// authFields is a client's line within AUTH.
func authFields(line string, secret bool) ([]layers.Field, []layers.Range) {
	f := layers.Field{Name: "response", Range: layers.Range{Length: len(line)}, Value: layers.String(decoded(line)), Secret: secret}
	if !secret {
		return []layers.Field{f}, nil
	}
	return []layers.Field{f}, []layers.Range{f.Range}
}

// readChallenge reads what the server puts behind "+".
func (d *Dialogue) readChallenge(m *application.Message, reply Reply) {
	r := d.auth.Challenge(reply.Text)
	m.Notes, m.Fields = r.Notes, nil
	if reply.Text == "" {
		return
	}
	f := layers.Field{Name: "challenge", Range: layers.Range{Offset: reply.At, Length: len(reply.Text)}, Value: layers.String(decoded(reply.Text)), Secret: r.Secret}
	m.Fields = []layers.Field{f}
	if r.Secret {
		m.Secrets = []layers.Range{f.Range}
	}
}
