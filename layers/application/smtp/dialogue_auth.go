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
	body := bytes.TrimRight(line, " \t\r\n")
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

// middleSecrets hides what may be a login in what is taken for the midst of a mail, of which text is the beginning: its first
// line, if it may be the end of AUTH, and the lines behind it as long as they may belong to a login too.
func middleSecrets(text []byte, length int64) (secrets []layers.Range) {
	at := 0
	for at < len(text) {
		line := text[at:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		n := mayBeSecret(line)
		if words := bytes.Fields(line); at == 0 && n == 0 && (len(words) == 2 || len(words) == 3) && isResponse(words[len(words)-1]) {
			n = len(bytes.TrimRight(line, " \t\r\n"))
		}
		slip, slipped := application.FindSlip(string(bytes.TrimRight(line, "\r\n")))
		switch {
		case n > 0:
			secrets = append(secrets, layers.Range{Offset: at, Length: n})
		case slipped && slip.Secret.Length > 0:
			secrets = append(secrets, layers.Range{Offset: at + slip.Secret.Offset, Length: slip.Secret.Length})
		default:
			return secrets
		}
		at += len(line)
	}
	if rest := int(length) - at; at == application.TextMax && rest > 0 && len(secrets) == 1 {
		secrets[0].Length += rest // one line, longer than what is kept of it
	}
	return secrets
}

// isResponse says whether a word is base64 rather than a word of a language.
func isResponse(word []byte) bool {
	b, err := sasl.Decode(string(word))
	return err == nil && len(b) > 4 && bytes.ContainsFunc(word[1:], func(r rune) bool { return r < 'a' || r > 'z' })
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
	d.emit(&m)
	if complete {
		d.ask(question{verb: "AUTH"})
		d.mode, d.awaiting = awaitingAnswer, "AUTH"
	}
}
