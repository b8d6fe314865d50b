package smtp

import (
	"bytes"

	"mailwire/layers"
	"mailwire/layers/application"
)

// beginAuth takes AUTH as an observer: which mechanism, and what its initial response tells.
func (d *Dialogue) beginAuth(c *Command) []layers.Note {
	d.auth = exchange{mechanism: c.Mechanism}
	if c.Initial == "" {
		return nil
	}
	return d.respond([]byte(c.Initial))
}

// respond reads a response and says what it tells to whoever listens.
func (d *Dialogue) respond(line []byte) []layers.Note {
	if string(line) == "*" {
		return []layers.Note{layers.N("smtp.auth.cancel")}
	}
	decoded, err := decode64(string(line))
	if err != nil {
		return []layers.Note{layers.N("smtp.auth.not-base64")}
	}
	switch d.auth.mechanism {
	case "PLAIN":
		if _, user, password, ok := DecodePlain(decoded); ok {
			return d.credentials(user, password)
		}
	case "LOGIN":
		if !d.auth.asked {
			d.auth.user, d.auth.asked = string(decoded), true
			return []layers.Note{layers.N("smtp.auth.user", layers.A("user", layers.String(d.auth.user)))}
		}
		return d.credentials(d.auth.user, string(decoded))
	case "CRAM-MD5":
		if user, digest, ok := DecodeCram(decoded); ok {
			return []layers.Note{layers.N("smtp.auth.digest", layers.A("user", layers.String(user)), layers.Hidden("digest", layers.String(digest)))}
		}
	}
	return []layers.Note{layers.N("smtp.auth.response")}
}

// credentials tells a user's name and password, and that they were readable.
func (d *Dialogue) credentials(user, password string) []layers.Note {
	notes := []layers.Note{layers.N("smtp.auth.credentials", layers.A("user", layers.String(user)), layers.Hidden("password", layers.String(password)))}
	if !d.encrypted {
		notes = append(notes, layers.N("smtp.auth.cleartext"))
	}
	return notes
}

// secretResponse says whether the client's next response is to be masked: all but LOGIN's user name.
func (d *Dialogue) secretResponse() bool { return d.auth.mechanism != "LOGIN" || d.auth.asked }

// prompted takes a challenge. Where AUTH itself was not seen nothing is known of the mechanism, so all is secret.
func (d *Dialogue) prompted(r *Reply) {
	challenge, err := decode64(r.Text())
	if err == nil && bytes.Contains(bytes.ToLower(challenge), []byte("pass")) {
		d.auth.asked = true
	}
	d.mode, d.guessed = inResponse, false
}

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
	if size := int(length) - (len(line) - len(body)); d.secretResponse() && string(body) != "*" && size > 0 {
		m.Secrets = []layers.Range{{Length: size}}
	}
	if len(body) > 0 {
		m.Fields = []layers.Field{{Name: "response", Range: layers.Range{Length: len(body)}, Value: layers.String(m.Text), Secret: len(m.Secrets) > 0}}
	}
	if complete {
		m.Notes = d.respond(body)
	}
	d.emit(m)
	if complete {
		d.ask(question{verb: "AUTH"})
		d.mode, d.awaiting = awaitingAnswer, "AUTH"
	}
}
