package smtp

import (
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// command tells a command line, with its words; of a doubtful one it is not known that it is one.
func (d *Dialogue) command(line []byte, words string, start, length int64, complete, doubtful bool, notes []layers.Note) {
	c, err := ParseCommand(strings.TrimSuffix(words, "\r"))
	fault, _ := err.(*SyntaxError)
	m := application.Message{Protocol: "smtp", From: layers.Client, Kind: application.Command, Verb: c.Verb, Text: words,
		Offset: start, Length: length, Complete: complete}
	if fault != nil && fault.Ref == refVerb {
		if c.Verb, m.Verb = "", firstWord(words); binary(words) {
			m.Kind, m.Verb = application.Data, ""
		}
	}
	m.Fields = commandFields(&c, words)
	slip, slipped := slipOf(&c, words)
	if slipped {
		c, fault = meant(slip, words, fault)
		m.Verb, m.Fields, m.Secrets = slip.Verb, slipFields(slip, words), slipSecrets(slip, length)
	}
	if !complete {
		if !slipped {
			m.Secrets = secretsOf(&c, words, length)
		}
		if doubtful && len(m.Secrets) == 0 && !isVerb(c.Verb) && mayBeSecret(line) > 0 {
			m.Verb, m.Fields = "", nil
			m.Secrets = []layers.Range{{Length: int(length)}}
		}
		m.Notes = notes
		d.emit(&m)
		return
	}
	m.Notes = d.commandNotes(&c, fault, line)
	if length > int64(DefaultLimits.Line) && !c.authenticates() && m.Kind == application.Command {
		m.Notes = append(m.Notes, layers.N("smtp.line-too-long", layers.A("length", layers.Int(length))))
	}
	if c.authenticates() && !slipped {
		m.Secrets = secretsOf(&c, words, length)
		m.Notes = append(m.Notes, d.beginAuth(&c)...)
	}
	d.emit(&m)
	d.begun, d.refused = true, ""
	if d.sides[layers.Server].offset == 0 {
		d.early = true
	}
	if slipped {
		d.auth = sasl.Exchange{} // of the mechanism nothing is known
		if !slip.Apart(words) {
			c.Verb = ""
		}
	}
	d.follow(&c, fault)
}

// authenticates says whether the command begins a login: AUTH, or the same under the name that Exchange gave it.
func (c *Command) authenticates() bool { return c.Verb == "AUTH" || c.Verb == "X-EXPS" }

// follow finds what the command makes of the client's next bytes.
func (d *Dialogue) follow(c *Command, fault *SyntaxError) {
	q := question{verb: c.Verb, last: c.Last, null: c.Path.Null()}
	switch c.Verb {
	case "MAIL", "RCPT":
		q.address = c.Path.Mailbox.String()
		if c.Verb == "MAIL" {
			body, _ := c.Param("BODY")
			d.binary = strings.EqualFold(body, "BINARYMIME")
		}
	case "LHLO":
		d.lmtp = true
	case "X-EXPS":
		q.verb = "AUTH" // by the means of a domain, and otherwise the same
		d.mode, d.awaiting = awaitingAnswer, "AUTH"
	case "DATA", "AUTH", "STARTTLS":
		d.mode, d.awaiting = awaitingAnswer, c.Verb
	case "BDAT":
		d.lastChunk = c.Last
		switch {
		case fault == nil && c.Size > 0:
			d.left = c.Size
			d.begin(inChunk)
		case fault == nil && c.Last:
			d.endPassing(true) // BDAT 0 LAST
		}
	}
	if q.verb == "" {
		q.verb = "?" // what is no command is answered too
	}
	d.ask(q)
}

// commandFields says what was read in a command line.
func commandFields(c *Command, line string) []layers.Field {
	if c.Verb == "" {
		return nil
	}
	fields := make([]layers.Field, 0, 2+len(c.Params))
	fields = append(fields, layers.Field{Name: "verb", Range: layers.Range{Length: len(c.Verb)}, Value: layers.String(c.Verb)})
	rest := len(c.Verb)
	switch {
	case c.pathAt[1] > c.pathAt[0]:
		fields = append(fields, layers.Field{Name: "path", Range: span(c.pathAt[0], c.pathAt[1]), Value: layers.String(line[c.pathAt[0]:c.pathAt[1]])})
		for _, p := range c.Params {
			fields = append(fields, layers.Field{Name: "parameter", Range: span(p.at[0], p.at[1]), Value: layers.String(p.String())})
		}
		return fields
	case c.authenticates() && c.Mechanism != "":
		at := rest + strings.Index(line[rest:], strings.Fields(c.Arg)[0])
		fields = append(fields, layers.Field{Name: "mechanism", Range: layers.Range{Offset: at, Length: len(c.Mechanism)}, Value: layers.String(c.Mechanism)})
		if r, ok := initialRange(c, line); ok {
			fields = append(fields, layers.Field{Name: "initial-response", Range: r, Value: layers.String(line[r.Offset:r.End()]), Secret: secretInitial(c, line)})
		}
		return fields
	case c.Arg == "":
		return fields
	}
	name := "argument"
	switch {
	case c.Domain != "":
		name = "domain"
	case c.Verb == "BDAT":
		name = "chunk-size"
	}
	at := strings.LastIndex(line, c.Arg)
	return append(fields, layers.Field{Name: name, Range: layers.Range{Offset: at, Length: len(c.Arg)}, Value: layers.String(c.Arg)})
}

func span(from, to int) layers.Range { return layers.Range{Offset: from, Length: to - from} }

// initialRange finds all that stands behind the mechanism of AUTH.
func initialRange(c *Command, line string) (layers.Range, bool) {
	words := strings.Fields(line)
	if len(words) < 3 {
		return layers.Range{}, false
	}
	behind := strings.Index(line, words[1])
	if verb := strings.Index(line, words[0]) + len(words[0]); behind < verb {
		behind = verb + strings.Index(line[verb:], words[1])
	}
	at := behind + len(words[1])
	at += strings.Index(line[at:], words[2])
	return span(at, len(strings.TrimRight(line, " \t\r"))), true
}

// secretInitial says whether the initial response of AUTH is secret: unless it is, say, the user name of LOGIN alone. What
// has no business behind it is secret too.
func secretInitial(c *Command, line string) bool {
	x := sasl.Begin(c.Mechanism)
	return x.Secret() || len(strings.Fields(line)) > 3
}

// secretsOf marks the initial response of AUTH. length is the whole line's, of which the text may hold less.
func secretsOf(c *Command, line string, length int64) []layers.Range {
	if !c.authenticates() || !secretInitial(c, line) {
		return nil
	}
	r, ok := initialRange(c, line)
	if !ok {
		return nil
	}
	if length > application.TextMax {
		r.Length = int(length) - r.Offset
	}
	return []layers.Range{r}
}

// binary says whether a line is no text: nobody meant it for a command.
func binary(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	for i := range len(word) {
		if word[i] < ' ' && word[i] != '\t' || word[i] >= 0x7f {
			return true
		}
	}
	return false
}

// firstWord is what stands for the verb in a line that is no command: its first word, as far as it is printable.
func firstWord(line string) string {
	end := 0
	for end < min(len(line), 32) && line[end] > ' ' && line[end] < 0x7f {
		end++
	}
	return application.Upper(line[:end])
}

// partialLine describes a line that is not complete.
func (d *Dialogue) partialLine(s *stream) application.Message {
	m := application.Message{Protocol: "smtp", From: layers.Client, Kind: application.Command, Text: text(s.line, false),
		Offset: s.start, Length: s.length}
	if d.mode == inResponse {
		m.Kind = application.Auth
		if d.auth.Secret() {
			m.Secrets = []layers.Range{{Length: int(s.length)}}
		}
		return m
	}
	if kind := d.regardless(m.Text); kind != "" {
		m.Kind = kind
		if kind == application.Auth {
			m.Secrets = []layers.Range{{Length: int(s.length)}}
		} else if slip, ok := slipOf(&Command{}, m.Text); ok {
			m.Secrets = slipSecrets(slip, s.length)
		}
		return m
	}
	c, err := ParseCommand(m.Text)
	if err == nil || isVerb(c.Verb) {
		m.Verb = c.Verb
	}
	m.Secrets = secretsOf(&c, m.Text, s.length)
	if slip, ok := slipOf(&c, m.Text); ok {
		m.Verb, m.Secrets = slip.Verb, slipSecrets(slip, s.length)
		return m
	}
	if d.mode == unsure && !isVerb(c.Verb) {
		m.Verb = "" // its end will tell what it may be
		m.Secrets = []layers.Range{{Length: int(s.length)}}
	}
	return m
}

// pendingHeld describes bytes that are held.
func (d *Dialogue) pendingHeld() application.Message {
	m := application.Message{Protocol: "smtp", From: layers.Client, Kind: application.Data, Text: text(d.held, false),
		Offset: d.sides[layers.Client].offset, Length: int64(len(d.held))}
	switch d.awaiting {
	case "AUTH":
		m.Kind = application.Auth
		m.Secrets = []layers.Range{{Length: len(d.held)}}
	case "STARTTLS":
		m.Kind = application.Command
		m.Secrets = []layers.Range{{Length: len(d.held)}}
	}
	return m
}
