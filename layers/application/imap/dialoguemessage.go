package imap

import (
	"bytes"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// describe says what the message in progress of a side is, as far as it has come. It changes nothing.
func (d *Dialogue) describe(from layers.Side) application.Message {
	s := &d.sides[from]
	o := &s.message
	text := o.text
	if !o.broken {
		text = trimLineEnd(text)
	}
	m := application.Message{Protocol: "imap", From: from, Offset: o.offset, Length: o.length, Text: string(text)}
	m.Fields = make([]layers.Field, 0, 4)
	switch {
	case o.lost:
		m.Kind = application.Data
		if from == layers.Client {
			m.Secrets = lostSecrets(m.Text, m.Length)
		}
	case o.data:
		m.Kind, m.Tag = application.Data, o.tag
		m.Fields = field(m.Fields, "literal", 0, int(min(o.literal, o.length)), layers.Int(o.literal))
		m.Secrets = literalSecrets(o)
	case from == layers.Client:
		d.describeClient(&m, o)
	default:
		d.describeServer(&m)
	}
	return m
}

func field(list []layers.Field, name string, offset, length int, v layers.Value) []layers.Field {
	return append(list, layers.Field{Name: name, Range: layers.Range{Offset: offset, Length: length}, Value: v})
}

// describeClient reads a client's line: a command, a line of SASL, or DONE, with which IDLE goes on to its end (RFC 2177 §3).
func (d *Dialogue) describeClient(m *application.Message, o *open) {
	m.Kind = application.Command
	switch {
	case d.auth != "" && strings.IndexByte(m.Text, ' ') < 0:
		// A command holds a space, base64 does not.
		m.Kind, m.Tag = application.Auth, d.auth
		authFields(m, m.Text != "*" && d.exchange.Secret())
		return
	case strings.EqualFold(m.Text, "DONE"):
		m.Kind, m.Verb, m.Tag = application.Continuation, "DONE", d.idle
		m.Fields = field(m.Fields, "command", 0, len(m.Text), layers.String("DONE"))
		return
	}
	c := Command{}
	dec, readable := commandOf([]byte(m.Text), &c)
	if commandNote(c.Name) == "" && describeSlip(m) {
		return
	}
	if !readable {
		word, _, spaced := strings.Cut(m.Text, " ")
		if !spaced && m.Text != "" {
			// No command is one word. It may be a password whose LOGIN or AUTHENTICATE was refused or could not be read.
			m.Secrets = []layers.Range{{Length: len(m.Text)}}
			return
		}
		if spaced {
			m.Tag = word
		}
		m.Secrets = unreadableSecrets(m.Text)
		return
	}
	m.Tag, m.Verb = c.Tag, c.Name
	m.Fields = field(m.Fields, "tag", 0, len(c.Tag), layers.String(c.Tag))
	m.Fields = field(m.Fields, "command", len(c.Tag)+1, dec.At()-len(c.Tag)-1, layers.String(c.Name))
	secret, has := commandSecret(c.Name, []byte(m.Text), dec.At())
	if at := dec.At() + 1; at < len(m.Text) {
		m.Fields = append(m.Fields, layers.Field{Name: "arguments", Range: layers.Range{Offset: at, Length: len(m.Text) - at},
			Value: layers.String(m.Text[at:]), Secret: has})
	}
	if has {
		m.Secrets = append(m.Secrets, secret)
	}
}

// commandOf reads the tag and the name of a command. The decoder it returns stands behind them.
func commandOf(text []byte, to *Command) (dec *Decoder, ok bool) {
	if dec = NewDecoder(text); dec.TagAndName(to) {
		return dec, true
	}
	return looseCommand(text, to)
}

// looseCommand reads a known command behind a tag that the grammar has no place for ("+1", "%A"), as lenient servers do. The
// decoder it returns stands behind the name.
func looseCommand(text []byte, to *Command) (*Decoder, bool) {
	end := bytes.IndexByte(text, ' ')
	dec := NewDecoder(text)
	if end <= 0 || end > tagMax {
		return dec, false
	}
	for _, c := range text[:end] {
		if c <= ' ' || c >= 0x7f {
			return dec, false
		}
	}
	dec.at = end
	var name Command
	if !dec.SP() || !dec.Keyword(&name.Name) {
		return dec, false
	}
	var second string
	if at := dec.at; name.Name == "UID" && dec.SP() && dec.Keyword(&second) {
		name.Name += " " + second
	} else {
		dec.at = at
	}
	if commandNote(name.Name) == "" {
		return dec, false
	}
	to.Tag, to.Name = string(text[:end]), name.Name
	return dec, true
}

// tagMax is how long a tag may be that is not one.
const tagMax = 32

// commandSecret finds what is secret in a command of which text holds the beginning: the password of LOGIN, the initial
// response of AUTHENTICATE. What can't be read is secret altogether, and so is the one word of a LOGIN that has only one:
// it may be the password.
func commandSecret(verb string, text []byte, arguments int) (layers.Range, bool) {
	d := NewDecoder(text)
	d.at = arguments
	var user string
	switch verb {
	case "LOGIN":
		if !d.SP() {
			return behind(text, arguments)
		}
		from := d.At()
		if !d.Astring(&user) || d.At() == len(text) {
			_, marked := literalAtEnd(text[from:])
			if marked || bytes.IndexByte(text[from:], '\n') >= 0 && !bytes.ContainsAny(text[from:], " \"") {
				return layers.Range{}, false // the user name is still to come, or comes as a literal
			}
		} else if d.SP() {
			from = d.At()
		}
		return withoutDelimiters(text, from)
	case "AUTHENTICATE":
		var mechanism string
		if !d.SP() || !d.Atom(&mechanism) || !application.IsMechanism(mechanism) {
			return behind(text, arguments)
		}
		return behind(text, d.At())
	}
	return layers.Range{}, false
}

// behind is all from a place on, without the spaces and tabs that stand there.
func behind(text []byte, at int) (layers.Range, bool) {
	rest := bytes.TrimLeft(text[at:], " \t")
	return layers.Range{Offset: len(text) - len(rest), Length: len(rest)}, len(rest) > 0
}

// withoutDelimiters is the content of the string that begins at from: without its quotes, or without its marker.
func withoutDelimiters(text []byte, from int) (layers.Range, bool) {
	to := len(text)
	if end := bytes.IndexByte(text[from:], '\n'); end >= 0 {
		if _, marked := literalAtEnd(trimLineEnd(text[from : from+end+1])); marked {
			from += end + 1
		}
	} else if m, marked := literalAtEnd(text[from:]); marked && m.start == 0 {
		return layers.Range{}, false
	}
	if from < to && text[from] == '"' {
		from++
		if to > from && text[to-1] == '"' {
			to--
		}
	}
	return layers.Range{Offset: from, Length: to - from}, from < to
}

// describeSlip describes a line by which somebody meant to log in, but not in this grammar. It says whether it is one.
func describeSlip(m *application.Message) bool {
	s, ok := application.FindSlip(m.Text)
	if !ok {
		return false
	}
	m.Verb = s.Verb
	if s.Tag.Length > 0 {
		m.Tag = m.Text[s.Tag.Offset:s.Tag.End()]
		m.Fields = field(m.Fields, "tag", s.Tag.Offset, s.Tag.Length, layers.String(m.Tag))
	}
	m.Fields = field(m.Fields, "command", s.At.Offset, s.At.Length, layers.String(s.Verb))
	if s.Secret.Length > 0 {
		m.Fields = append(m.Fields, layers.Field{Name: "arguments", Range: s.Secret, Value: layers.String(m.Text[s.Secret.Offset:s.Secret.End()]),
			Secret: true})
		m.Secrets = append(m.Secrets, s.Secret)
	}
	return true
}

// lostSecrets hides what may be a login in lines of which nobody knows what they are: a first line, which may be the rest of
// one, a line behind a literal's marker, words that stand alone as responses do, and all behind the word of a login. Of lines
// that are longer than the text nobody can tell.
func lostSecrets(text string, length int64) (secrets []layers.Range) {
	hidden := true
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		r := layers.Range{Length: len(strings.TrimRight(line, "\r"))}
		if s, slipped := application.FindSlip(line); !hidden && (slipped || strings.IndexByte(line, ' ') >= 0) {
			r = s.Secret
		}
		if r.Length > 0 {
			r.Offset += at
			secrets = append(secrets, r)
		}
		_, hidden = literalAtEnd(trimLineEnd([]byte(line)))
		at += len(line) + 1
	}
	if rest := int(length) - len(text); len(text) == application.TextMax && rest > 0 {
		secrets = append(secrets, layers.Range{Offset: len(text), Length: rest})
	}
	return secrets
}

// unreadableSecrets hides what follows LOGIN or AUTHENTICATE in a line that is no command.
func unreadableSecrets(text string) []layers.Range {
	upper := application.Upper(text)
	for _, verb := range []string{"LOGIN", "AUTHENTICATE"} {
		if at := strings.Index(upper, verb); at >= 0 && at+len(verb) < len(text) {
			from := at + len(verb)
			return []layers.Range{{Offset: from, Length: len(text) - from}}
		}
	}
	return nil
}

// literalSecrets finds the secrets in a later piece of a LOGIN: a data message.
func literalSecrets(o *open) []layers.Range {
	if o.command == nil {
		return nil
	}
	var c Command
	d, readable := commandOf(o.command.text, &c)
	if !readable || c.Name != "LOGIN" && c.Name != "AUTHENTICATE" {
		return nil
	}
	before := len(o.command.text) - len(o.text) // bytes of the command in earlier messages
	text := bytes.TrimRight(o.command.text, "\r\n")
	if o.broken || len(o.command.text) >= application.TextMax || before < 0 {
		return []layers.Range{{Offset: 0, Length: int(o.length)}}
	}
	secret, ok := commandSecret(c.Name, text, d.At())
	if !ok || secret.End() <= before {
		return nil
	}
	from := max(secret.Offset, before)
	return []layers.Range{{Offset: from - before, Length: secret.End() - from}}
}

// describeServer reads a server's line.
func (d *Dialogue) describeServer(m *application.Message) {
	m.Kind = application.Reply
	if rest, ok := strings.CutPrefix(m.Text, "+"); ok && (rest == "" || rest[0] == ' ') {
		m.Kind, m.Tag = application.Continuation, "+"
		if d.auth != "" {
			m.Kind = application.Auth
		}
		if len(rest) > 1 {
			challenge := layers.Range{Offset: 2, Length: len(m.Text) - 2}
			m.Fields = append(m.Fields, layers.Field{Name: "challenge", Range: challenge, Value: layers.String(m.Text[2:]), Secret: d.auth != ""})
			if d.auth != "" {
				m.Secrets = []layers.Range{challenge} // until it is whole and has been read
			}
		}
		return
	}
	tag, rest, _ := strings.Cut(m.Text, " ")
	m.Tag = tag
	m.Fields = field(m.Fields, "tag", 0, len(tag), layers.String(tag))
	word, after, _ := strings.Cut(rest, " ")
	at := len(tag) + 1
	if tag == "*" && word != "" && word[0] >= '0' && word[0] <= '9' {
		m.Fields = field(m.Fields, "number", at, len(word), layers.String(word))
		at += len(word) + 1
		word, after, _ = strings.Cut(after, " ")
	}
	name := application.Upper(word)
	if isStatus(name) {
		m.Status = name
		m.Fields = field(m.Fields, "status", at, len(word), layers.String(name))
		d.describeStatus(m, at+len(word)+1, after)
		if s := &d.sides[layers.Server]; tag == "*" && s.message.offset == 0 && !d.sides[layers.Client].seen && name != "NO" && name != "BAD" {
			m.Kind = application.Greeting
		}
		return
	}
	if word != "" {
		m.Fields = field(m.Fields, "response-name", at, len(word), layers.String(name))
	}
	if at += len(word) + 1; at < len(m.Text) {
		m.Fields = field(m.Fields, "response-data", at, len(m.Text)-at, layers.String(m.Text[at:]))
	}
}

// describeStatus reads the code and the text behind a status.
func (d *Dialogue) describeStatus(m *application.Message, at int, rest string) {
	if end := strings.IndexByte(rest, ']'); strings.HasPrefix(rest, "[") && end > 0 {
		m.Fields = field(m.Fields, "code", at+1, end-1, layers.String(rest[1:end]))
		skip := len(rest) - len(strings.TrimPrefix(rest[end+1:], " "))
		at, rest = at+skip, rest[skip:]
	}
	if rest != "" {
		m.Fields = field(m.Fields, "text", at, len(rest), layers.String(rest))
	}
}

// plausible says whether a line looks like one with which a command or response begins.
func plausible(from layers.Side, line []byte) bool {
	if from == layers.Client {
		var c Command
		_, readable := commandOf(line, &c)
		return readable && commandNote(c.Name) != "" || strings.EqualFold(string(line), "DONE")
	}
	text := string(line[:min(len(line), 256)])
	tag, rest, _ := strings.Cut(text, " ")
	word, after, _ := strings.Cut(rest, " ")
	switch {
	case tag == "+":
		return true
	case tag == "*" && word != "" && word[0] >= '0' && word[0] <= '9':
		word, _, _ = strings.Cut(after, " ")
		return dataNote(application.Upper(word)) != ""
	case tag == "*":
		return isStatus(application.Upper(word)) || dataNote(application.Upper(word)) != ""
	}
	var name string
	word = application.Upper(word)
	return NewDecoder([]byte(tag)).Tag(&name) && name == tag && (word == "OK" || word == "NO" || word == "BAD")
}
