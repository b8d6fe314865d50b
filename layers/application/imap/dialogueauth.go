package imap

import (
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// beginAuth takes AUTHENTICATE as an observer: which mechanism, and what its initial response (RFC 4959) tells.
func (d *Dialogue) beginAuth(m *application.Message) []layers.Note {
	arguments, _ := textField(m, "arguments")
	mechanism, initial, _ := strings.Cut(arguments, " ")
	d.exchange = sasl.Exchange{}
	if !application.IsMechanism(mechanism) {
		return nil
	}
	d.exchange = sasl.Begin(mechanism)
	notes := []layers.Note{sasl.MechanismNote(mechanism)}
	if initial != "" {
		notes = append(notes, d.revealing(d.exchange.Response(initial))...)
	}
	return notes
}

// revealing is the notes of a reading, and that the password was readable, where it was.
func (d *Dialogue) revealing(r sasl.Reading) []layers.Note {
	if r.Revealed && !d.secure {
		return append(r.Notes[:len(r.Notes):len(r.Notes)], layers.N("sasl.cleartext"))
	}
	return r.Notes
}

// readResponse reads a line of the client within AUTHENTICATE.
func (d *Dialogue) readResponse(m *application.Message) {
	r := d.exchange.Response(m.Text)
	m.Notes = append(m.Notes, d.revealing(r)...)
	m.Fields, m.Secrets = m.Fields[:0], nil
	authFields(m, r.Secret)
}

// authFields makes a client's line within AUTHENTICATE a field.
func authFields(m *application.Message, secret bool) {
	if m.Text == "" {
		return
	}
	r := layers.Range{Length: len(m.Text)}
	m.Fields = append(m.Fields, layers.Field{Name: "response", Range: r, Value: layers.String(m.Text), Secret: secret})
	if secret {
		m.Secrets = []layers.Range{r}
	}
}

// readChallenge reads what the server puts behind "+".
func (d *Dialogue) readChallenge(m *application.Message) {
	challenge, _ := textField(m, "challenge")
	r := d.exchange.Challenge(challenge)
	m.Notes = append(m.Notes, r.Notes...)
	if r.Secret {
		return
	}
	m.Secrets = nil
	for i := range m.Fields {
		m.Fields[i].Secret = false
	}
}
