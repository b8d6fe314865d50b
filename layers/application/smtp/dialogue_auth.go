package smtp

import (
	"bytes"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// beginAuth takes AUTH as an observer: which mechanism, and what its initial response tells.
func (d *Dialogue) beginAuth(c *Command) []layers.Note {
	d.auth = sasl.Begin(c.Mechanism)
	if c.Initial == "" {
		return nil
	}
	return d.revealing(d.auth.Response(c.Initial))
}

// revealing is the notes of a reading, and that the password was readable, where it was.
func (d *Dialogue) revealing(r sasl.Reading) []layers.Note {
	if r.Revealed && !d.encrypted {
		return append(r.Notes[:len(r.Notes):len(r.Notes)], layers.N("sasl.cleartext"))
	}
	return r.Notes
}

// challenge reads what stands behind 334.
func (d *Dialogue) challenge(m *application.Message, r *Reply) {
	m.Kind = application.Auth
	reading := d.auth.Challenge(r.Text())
	m.Notes = append(m.Notes, reading.Notes...)
	if !reading.Secret || len(m.Text) <= len("334 ") {
		return
	}
	m.Secrets = []layers.Range{{Offset: len("334 "), Length: int(m.Length) - len("334 ")}}
	for i := range m.Fields {
		m.Fields[i].Secret = m.Fields[i].Name == "text"
	}
}

// prompted takes a challenge: the client's next line is a response.
func (d *Dialogue) prompted() { d.mode, d.guessed = inResponse, false }

// mayBeSecret says how many bytes of a line of unknown origin may be a password: all, when it looks like base64 and not
// like a full line of an attachment, which has 76 characters (RFC 2045 §6.8).
func mayBeSecret(line []byte) int {
	body := bytes.TrimRight(line, "\r\n")
	for _, b := range bytes.TrimRight(body, "=") {
		if !isLetterOrDigit(b) && b != '+' && b != '/' {
			return 0
		}
	}
	if len(body) == 76 {
		return 0
	}
	return len(body)
}

// authLine tells a line of an AUTH dialogue.
func (d *Dialogue) authLine(line []byte, start, length int64, complete bool, notes []layers.Note) {
	m := application.Message{Protocol: "smtp", From: layers.Client, Kind: application.Auth, Text: text(line, complete),
		Offset: start, Length: length, Complete: complete, Notes: notes}
	body := bytes.TrimRight(line, "\r\n")
	secret := d.auth.Secret()
	if complete {
		reading := d.auth.Response(string(body))
		m.Notes, secret = d.revealing(reading), reading.Secret
	}
	if size := int(length) - (len(line) - len(body)); secret && size > 0 {
		m.Secrets = []layers.Range{{Length: size}}
	}
	if len(body) > 0 {
		m.Fields = []layers.Field{{Name: "response", Range: layers.Range{Length: len(body)}, Value: layers.String(m.Text), Secret: len(m.Secrets) > 0}}
	}
	d.emit(m)
	if complete {
		d.ask(question{verb: "AUTH"})
		d.mode, d.awaiting = awaitingAnswer, "AUTH"
	}
}
