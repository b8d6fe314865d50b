package imap

import (
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// follow takes a complete message into account, and adds the notes that explain it.
func (d *Dialogue) follow(m *application.Message) {
	switch {
	case m.Kind == application.Data:
		m.Notes = append(m.Notes, layers.N("imap.literal", layers.A("count", literalLength(m))))
	case m.From == layers.Client:
		d.followClient(m)
	default:
		d.followServer(m)
	}
}

func literalLength(m *application.Message) layers.Value {
	if len(m.Fields) > 0 {
		return m.Fields[0].Value
	}
	return layers.Int(0)
}

func (d *Dialogue) followClient(m *application.Message) {
	if m.Kind == application.Auth {
		d.readResponse(m)
		return
	}
	switch m.Verb {
	case "":
		m.Notes = append(m.Notes, layers.N("imap.unreadable-command"))
		return
	case "DONE":
		m.Notes = append(m.Notes, layers.N("imap.done"))
		d.idle = ""
		return
	}
	if m.Tag == "" {
		m.Notes = append(m.Notes, layers.N("imap.unreadable-command"))
		if strings.HasPrefix(m.Verb, "AUTH") {
			// To a server the first word is the tag; the client may go on with its response all the same.
			d.auth, d.exchange = m.Verb, sasl.Exchange{}
		}
		return
	}
	if d.tls != "" {
		m.Notes = append(m.Notes, layers.N("imap.starttls.injected"))
	}
	if len(d.progress) == progressMax {
		d.progress = d.progress[1:]
	}
	d.progress = append(d.progress, inProgress{m.Tag, m.Verb})
	d.auth = ""
	switch m.Verb {
	case "AUTHENTICATE", "AUTH": // AUTH is what a slip may say
		d.auth, d.exchange = m.Tag, sasl.Exchange{}
	case "IDLE":
		d.idle = m.Tag
	case "STARTTLS":
		d.tls = m.Tag
	}
	m.Notes = d.commandNotes(m.Notes, m)
}

func (d *Dialogue) followServer(m *application.Message) {
	switch m.Kind {
	case application.Auth:
		d.readChallenge(m)
		return
	case application.Continuation:
		id := "imap.continuation"
		if d.idle != "" {
			id = "imap.idle.begins"
		}
		m.Notes = append(m.Notes, layers.N(id))
		return
	}
	if m.Tag == "*" {
		d.followUntagged(m)
		return
	}
	d.followTagged(m)
}

// followTagged finds the command that a tagged reply completes.
func (d *Dialogue) followTagged(m *application.Message) {
	verb := ""
	for i, c := range d.progress {
		if c.tag != m.Tag {
			continue
		}
		verb = c.verb
		if i > 0 {
			m.Notes = append(m.Notes, layers.N("imap.tag.out-of-order", layers.A("tag", layers.String(m.Tag)), layers.A("first", layers.String(d.progress[0].tag))))
		}
		d.progress = append(d.progress[:i:i], d.progress[i+1:]...)
		break
	}
	m.Answers = verb
	switch {
	case m.Status == "":
		m.Notes = append(m.Notes, layers.N("imap.unreadable-response"))
		return
	case verb == "":
		m.Notes = append(m.Notes, layers.N(statusNoteIDs[m.Status]))
	default:
		m.Notes = append(m.Notes, layers.N(taggedNoteIDs[m.Status], layers.A("tag", layers.String(m.Tag)), layers.A("command", layers.String(verb))))
	}
	m.Notes = codeNotes(m.Notes, m)
	d.completed(m, verb)
}

// completed acts on commands whose success changes what is said next.
func (d *Dialogue) completed(m *application.Message, verb string) {
	if m.Tag == d.auth {
		d.auth = ""
	}
	if m.Tag == d.idle {
		d.idle = ""
	}
	if m.Tag == d.tls {
		if m.Status == "OK" {
			m.Notes = append(m.Notes, layers.N("imap.starttls.begins"))
			d.upgradeTo("tls")
		}
		d.tls = ""
	}
	if verb == "COMPRESS" && m.Status == "OK" {
		m.Notes = append(m.Notes, layers.N("imap.compress.begins"))
		d.upgradeTo("")
	}
	if id := outcomes[verb]; id != "" && m.Status == "OK" {
		m.Notes = append(m.Notes, layers.N(id))
	}
}

// outcomes are the notes for what holds once a command has succeeded.
var outcomes = map[string]string{
	"LOGIN":        "imap.authenticated",
	"AUTHENTICATE": "imap.authenticated",
	"CLOSE":        "imap.close.removed",
}

func (d *Dialogue) followUntagged(m *application.Message) {
	if m.Kind == application.Greeting {
		d.sides[layers.Client].seen = true // this is the beginning: whatever the client says is its first line
		id := "imap.greeting"
		if m.Status != "OK" {
			id += "." + strings.ToLower(m.Status)
		}
		m.Notes = codeNotes(append(m.Notes, layers.N(id)), m)
		return
	}
	if m.Status != "" {
		code := codeNotes(nil, m)
		if len(code) == 0 || m.Status != "OK" {
			m.Notes = append(m.Notes, layers.N(untaggedNoteIDs[m.Status]))
		}
		m.Notes = append(m.Notes, code...)
		return
	}
	name, _ := textField(m, "response-name")
	id := dataNote(name)
	if id == "" {
		m.Notes = append(m.Notes, layers.N("imap.unreadable-response"))
		return
	}
	var args []layers.Arg
	if n, ok := textField(m, "number"); ok {
		args = append(args, layers.A("number", layers.String(n)))
	}
	m.Notes = append(m.Notes, layers.N(id, args...))
	if (name == "EXISTS" || name == "EXPUNGE" || name == "FETCH") && (d.idle != "" || len(d.progress) == 0 && d.sides[layers.Client].seen) {
		m.Notes = append(m.Notes, layers.N("imap.news"))
	}
	switch name {
	case "FETCH":
		m.Notes = fetchNotes(m.Notes, m)
	case "CAPABILITY":
		if words, ok := textField(m, "response-data"); ok {
			m.Notes = capabilityNotes(m.Notes, strings.Fields(words))
		}
	case "FLAGS":
		flags, _ := textField(m, "response-data")
		m.Notes = flagNotes(m.Notes, strings.Fields(strings.Trim(flags, "()")))
	case "ENABLED":
		words, _ := textField(m, "response-data")
		m.Notes = capabilityNotes(m.Notes, strings.Fields(words))
	case "VANISHED":
		if data, _ := textField(m, "response-data"); earlierVanished(data) {
			m.Notes = append(m.Notes, layers.N("imap.vanished.earlier"))
		}
	case "LIST", "LSUB", "XLIST":
		m.Notes = attributeNotes(m.Notes, m)
	}
}

func textField(m *application.Message, name string) (string, bool) {
	for _, f := range m.Fields {
		if f.Name == name {
			return f.Value.String(), true
		}
	}
	return "", false
}
