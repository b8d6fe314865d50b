package smtp

import (
	"bytes"
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// commandNotes chooses what explains a command line.
func (d *Dialogue) commandNotes(c *Command, fault *SyntaxError, line []byte) []layers.Note {
	notes := make([]layers.Note, 0, 2)
	add := func(id string, args ...layers.Arg) { notes = append(notes, layers.N(id, args...)) }
	switch {
	case fault != nil && fault.Ref == refVerb:
		add("smtp.not-a-command")
		if bytes.HasPrefix(line, []byte{tlsHandshake, 3}) {
			add("smtp.tls-misplaced")
		}
	case c.Verb == "MAIL" && fault == nil && c.Path.Null():
		add("smtp.mail.null-sender")
	case c.Verb == "MAIL" || c.Verb == "RCPT":
		notes = append(notes, d.addressNotes(c)...)
	case c.Verb == "EHLO" || c.Verb == "HELO" || c.Verb == "LHLO":
		add("smtp."+strings.ToLower(c.Verb), layers.A("domain", layers.String(c.Domain)))
		if strings.HasPrefix(c.Domain, "[") {
			add("smtp.ehlo.literal")
		}
	case c.Verb == "AUTH":
		add("smtp.auth")
		if c.Mechanism != "" {
			notes = append(notes, sasl.MechanismNote(c.Mechanism))
		}
	case c.Verb == "BDAT" && fault == nil:
		add("smtp.bdat", layers.A("size", layers.Int(c.Size)))
		if c.Last {
			add("smtp.bdat.last")
		}
	case slices.Contains(notedVerbs, c.Verb):
		add("smtp." + strings.ToLower(c.Verb))
	case slices.Contains(exchangeVerbs, c.Verb):
		add("smtp.exchange", layers.A("verb", layers.String(c.Verb)))
		if c.Mechanism != "" {
			notes = append(notes, sasl.MechanismNote(c.Mechanism))
		}
	case strings.HasPrefix(c.Verb, "X"):
		add("smtp.private", layers.A("verb", layers.String(c.Verb[:min(len(c.Verb), 64)])))
	default:
		add("smtp.unknown-command", layers.A("verb", layers.String(c.Verb[:min(len(c.Verb), 64)])))
	}
	if fault != nil && fault.Ref != refVerb {
		add("smtp.syntax", layers.A("at", layers.Int(fault.At)), layers.A("rule", layers.String(fault.Ref)))
	} else if c.Overlooked != nil {
		add("smtp.syntax.overlooked", layers.A("at", layers.Int(c.Overlooked.At)), layers.A("rule", layers.String(c.Overlooked.Ref)))
	}
	if !bytes.HasSuffix(line, []byte("\r\n")) {
		add("smtp.bare-lf")
	}
	return append(notes, d.groupNotes()...)
}

// groupNotes tells of a client that does not wait, and what is wrong with that (RFC 2920 §3.1).
func (d *Dialogue) groupNotes() (notes []layers.Note) {
	if len(d.asked) == 0 {
		return nil
	}
	if !d.pipelined {
		d.pipelined = true
		notes = append(notes, layers.N("smtp.pipelining", layers.A("count", layers.Int(len(d.asked)))))
		if d.listed && !d.offered {
			notes = append(notes, layers.N("smtp.pipelining.unoffered"))
		}
	}
	if last := d.asked[len(d.asked)-1].verb; d.begun && d.sides[layers.Server].offset > 0 && slices.Contains(lastVerbs, last) {
		notes = append(notes, layers.N("smtp.pipelining.last", layers.A("verb", layers.String(last))))
	}
	return notes
}

// lastVerbs may only end a group (RFC 2920 §3.1).
var lastVerbs = []string{"EHLO", "DATA", "VRFY", "EXPN", "TURN", "QUIT", "NOOP"}

// refVerb is the rule that what is no command at all breaks.
const refVerb = "RFC 5321 §2.4"

// notedVerbs are the commands with a note and without a form of their own.
var notedVerbs = []string{"DATA", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP", "STARTTLS", "BDAT", "ETRN", "ATRN", "TURN", "SEND",
	"SOML", "SAML", "BURL", "XCLIENT", "XFORWARD", "VERB", "ONEX"}

// isVerb says whether a line that begins with the word is a command, of a standard or of some program.
func isVerb(word string) bool {
	return KnownVerb(word) || slices.Contains(notedVerbs, word) || slices.Contains(exchangeVerbs, word)
}

// exchangeVerbs are those that servers of Exchange have for one another; exchangeCapabilities are the keywords by which they
// offer them, and others of their own.
var (
	exchangeVerbs        = strings.Fields("X-EXPS X-ANONYMOUSTLS X-LINK2STATE XEXCH50 XSHADOW XSHADOWREQUEST XPROXY XPROXYFROM XPROXYTO XSESSIONPARAMS")
	exchangeCapabilities = append(strings.Fields("XRDST XOORG XMESSAGECONTEXT XSYSPROBE XORIGFROM"), exchangeVerbs...)
)

// addressNotes explains MAIL and RCPT.
func (d *Dialogue) addressNotes(c *Command) []layers.Note {
	address := layers.A("address", layers.String(c.Path.Mailbox.String()))
	id := "smtp.mail"
	if c.Verb == "RCPT" {
		id = "smtp.rcpt"
		if d.tried++; d.tried > 1 {
			id = "smtp.rcpt.another"
		}
	}
	notes := []layers.Note{layers.N(id, address)}
	if c.Verb == "MAIL" && d.inMail {
		notes = append(notes, layers.N("smtp.mail.second"))
	}
	if len(c.Path.Route) > 0 {
		notes = append(notes, layers.N("smtp.path.source-route"))
	}
	if strings.HasPrefix(c.Path.Mailbox.Domain, "[") {
		notes = append(notes, layers.N("smtp.path.literal"))
	}
	if l := c.Path.Mailbox.Local; l != "" && !isDotString(l) {
		notes = append(notes, layers.N("smtp.path.quoted"))
	}
	if !c.Path.ASCII() {
		notes = append(notes, layers.N("smtp.path.utf8"))
	}
	for _, p := range c.Params {
		if p.Keyword == "BODY" && strings.EqualFold(p.Value, "BINARYMIME") {
			notes = append(notes, layers.N("smtp.mail.binary"))
		} else if slices.Contains(notedParams, p.Keyword) {
			notes = append(notes, layers.N("smtp.param."+strings.ToLower(p.Keyword), layers.A("value", layers.String(p.Value))))
		}
	}
	return notes
}

// notedParams are the parameters of MAIL and RCPT with a note of their own.
var notedParams = []string{"SIZE", "BODY", "SMTPUTF8", "AUTH", "RET", "ENVID", "NOTIFY", "ORCPT", "REQUIRETLS", "BY", "HOLDFOR",
	"HOLDUNTIL", "MT-PRIORITY"}

// replyNotes chooses what explains a reply: first what it means for the command that it answers.
func (d *Dialogue) replyNotes(r *Reply, q question, greets bool) []layers.Note {
	notes := make([]layers.Note, 0, 2)
	add := func(id string, args ...layers.Arg) { notes = append(notes, layers.N(id, args...)) }
	if id := d.situation(r, q, greets); id != "" {
		add(id, layers.A("address", layers.String(q.address)))
	} else {
		notes = append(notes, codeNote(r.Code))
	}
	switch {
	case greets && d.early:
		add("smtp.early-talker")
	case q.verb == "EHLO" || q.verb == "LHLO":
		if r.Class() == 2 {
			notes = append(notes, capabilityNotes(r)...)
		}
	case q.verb == "":
		if !greets && d.begun {
			add("smtp.reply.unasked")
		}
	}
	if n, ok := enhancedNote(r.Enhanced); ok && !greets {
		notes = append(notes, n)
	}
	return notes
}

// situation is the note for a reply whose meaning depends on the command, or "".
func (d *Dialogue) situation(r *Reply, q question, greets bool) string {
	done := r.Class() == 2
	e := r.Enhanced
	switch {
	case greets && r.Code == 220:
		return "smtp.greeting"
	case greets && r.Code == 554:
		return "smtp.greeting.refused"
	case r.Code == 421:
		return ""
	case q.verb == "EHLO" && done, q.verb == "LHLO" && done:
		return "smtp.ehlo.reply"
	case q.verb == "EHLO" && (r.Code == 500 || r.Code == 502):
		return "smtp.ehlo.unknown"
	case q.verb == "HELO" && done:
		return "smtp.helo.reply"
	case q.verb == "MAIL" && r.Code == 250:
		return "smtp.mail.accepted"
	case q.verb == "RCPT" && r.Code == 250:
		return "smtp.rcpt.accepted"
	case q.verb == "RCPT" && r.Class() == 5 && (e.Subject == 7 && e.Detail == 1 && relayWords(r) || relayWords(r)):
		return "smtp.rcpt.relay-denied"
	case q.verb == "RCPT" && r.Class() == 5 && e.Subject == 1 && (e.Detail == 1 || e.Detail == 0):
		return "smtp.rcpt.unknown-user"
	case q.verb == "RCPT" && r.Class() == 4 && r.Code != 452:
		return "smtp.rcpt.not-now"
	case d.lmtp && q.address != "" && done && (q.verb == "." || q.verb == "BDAT"):
		return "smtp.lmtp.accepted"
	case d.lmtp && q.address != "" && (q.verb == "." || q.verb == "BDAT"):
		return "smtp.lmtp.refused"
	case q.verb == "." && done, q.verb == "BDAT" && q.last && done:
		return "smtp.data.accepted"
	case q.verb == "." && r.Class() == 4:
		return "smtp.data.not-now"
	case q.verb == "." && r.Class() == 5:
		return "smtp.data.refused"
	case q.verb == "BDAT" && done:
		return "smtp.bdat.accepted"
	case q.verb == "STARTTLS" && r.Code == 220:
		return "smtp.starttls.ready"
	case q.verb == "STARTTLS" && !done:
		return "smtp.starttls.refused"
	case q.verb == "RSET" && done:
		return "smtp.rset.done"
	}
	return ""
}

// codeNote is the note of a reply code, or of its first digit.
func codeNote(code int) layers.Note {
	if id, noted := notedCodes[code]; noted {
		return layers.N(id)
	}
	switch code / 100 {
	case 2, 3, 4, 5:
		return layers.N("smtp."+itoa(code/100)+"yz", layers.A("code", layers.Int(code)))
	}
	return layers.N("smtp.reply.unknown")
}

// notedCodes are the reply codes with a note of their own, with the id of that note.
var notedCodes = func() map[int]string {
	ids := map[int]string{}
	for _, code := range []int{211, 214, 220, 221, 235, 250, 251, 252, 253, 334, 354, 421, 432, 450, 451, 452, 453, 454, 455, 458, 459, 500, 501, 502, 503,
		504, 521, 523, 530, 534, 535, 538, 550, 551, 552, 553, 554, 555, 556} {
		ids[code] = "smtp." + itoa(code)
	}
	return ids
}()

func itoa(n int) string { return string(layers.Int(n).Append(nil)) }

// enhancedNote is the note of an enhanced status code, or of the whole idea where the code has none.
func enhancedNote(e Enhanced) (layers.Note, bool) {
	if e == (Enhanced{}) {
		return layers.Note{}, false
	}
	code := e.String()
	if _, noted := slices.BinarySearch(notedEnhanced, code); noted {
		return layers.N("smtp.enhanced." + code), true
	}
	return layers.N("smtp.enhanced", layers.A("code", layers.String(code))), true
}

// notedEnhanced are the enhanced codes (RFC 3463 and the registry that RFC 5248 founded) with a note of their own,
// sorted.
var notedEnhanced = strings.Fields(`2.0.0 2.1.0 2.1.5 2.5.0 2.6.0 2.7.0 4.0.0 4.1.8 4.2.0 4.2.1 4.2.2 4.3.0 4.3.1 4.3.2 4.4.0 4.4.1 4.4.2 4.4.3 4.4.5
	4.4.6 4.4.7 4.5.2 4.5.3 4.7.0 4.7.1 4.7.12 4.7.25 5.0.0 5.1.0 5.1.1 5.1.10 5.1.2 5.1.3 5.1.4 5.1.6 5.1.7 5.1.8 5.2.0 5.2.1
	5.2.2 5.2.3 5.2.4 5.3.0 5.3.2 5.3.3 5.3.4 5.3.5 5.4.0 5.4.1 5.4.4 5.4.6 5.4.7 5.5.0 5.5.1 5.5.2 5.5.3 5.5.4 5.5.5
	5.5.6 5.6.0 5.6.1 5.6.2 5.6.3 5.6.6 5.6.7 5.7.0 5.7.1 5.7.10 5.7.11 5.7.13 5.7.14 5.7.2 5.7.20 5.7.23 5.7.25 5.7.26
	5.7.27 5.7.3 5.7.4 5.7.5 5.7.6 5.7.7 5.7.8 5.7.9`)

// capabilityNotes explains what a server offers, keyword by keyword.
func capabilityNotes(r *Reply) []layers.Note {
	keywords := ParseExtensions(r.Lines).Keywords
	notes := make([]layers.Note, 0, min(len(keywords), replyLinesMax/4))
	for _, k := range keywords {
		word, params, _ := strings.Cut(application.Upper(k), " ")
		switch {
		case strings.HasPrefix(word, "AUTH="):
			notes = append(notes, layers.N("smtp.cap.auth-equals"))
		case notedCapabilities[word] != "":
			notes = append(notes, layers.N(notedCapabilities[word], layers.A("value", layers.String(params))))
		case word == "PIPECONNECT" || word == "PIPE_CONNECT" || word == "X_PIPE_CONNECT": // as Exim's versions name it
			notes = append(notes, layers.N("smtp.cap.pipe-connect", layers.A("keyword", layers.String(word))))
		case slices.Contains(exchangeCapabilities, word) || strings.HasPrefix(word, "X-EXPS="):
			notes = append(notes, layers.N("smtp.cap.exchange", layers.A("keyword", layers.String(word))))
		case strings.HasPrefix(word, "X"):
			notes = append(notes, layers.N("smtp.cap.x", layers.A("keyword", layers.String(word))))
		default:
			notes = append(notes, layers.N("smtp.cap.other", layers.A("keyword", layers.String(word))))
		}
		if len(notes) == replyLinesMax/4 {
			break
		}
	}
	return notes
}

// notedCapabilities are the keywords of EHLO with a note of their own, with the id of that note.
var notedCapabilities = func() map[string]string {
	ids := map[string]string{}
	for _, word := range strings.Fields(`SIZE 8BITMIME PIPELINING ENHANCEDSTATUSCODES AUTH STARTTLS SMTPUTF8 CHUNKING BINARYMIME DSN VRFY EXPN
	HELP ETRN DELIVERBY REQUIRETLS LIMITS FUTURERELEASE MT-PRIORITY BURL XCLIENT XFORWARD ATRN TURN NO-SOLICITING TLS OK PRDR`) {
		ids[word] = "smtp.cap." + strings.ToLower(word)
	}
	return ids
}()

// mailNotes explains a mail's bytes.
func (d *Dialogue) mailNotes(m *mailBytes, complete bool) []layers.Note {
	var notes []layers.Note
	add := func(id string, args ...layers.Arg) { notes = append(notes, layers.N(id, args...)) }
	switch {
	case m.middle:
		add("smtp.data.middle")
	case m.chunk:
		add("smtp.bdat.chunk", layers.A("size", layers.Int(m.length)))
	default:
		add("smtp.data.content", layers.A("size", layers.Int(m.length)))
	}
	if m.unstuff.Stuffed > 0 {
		add("smtp.data.dots", layers.A("count", layers.Int(m.unstuff.Stuffed)))
	}
	if m.unstuff.Lookalikes > 0 {
		add("smtp.data.smuggling", layers.A("count", layers.Int(m.unstuff.Lookalikes)))
	} else if m.bare > 0 && !m.chunk && !m.middle && !m.holes && !d.binary {
		add("smtp.data.bare", layers.A("count", layers.Int(m.bare)))
	}
	if d.answered && d.mode == inContent {
		add("smtp.data.answered-early")
	}
	if m.holes {
		add("smtp.gap")
	} else if !complete {
		add("smtp.cut")
	}
	if m.last && !m.middle {
		d.passing.End(complete)
		notes = append(notes, d.passing.TreeNotes()...)
	}
	if m.first && !m.middle {
		notes = append(notes, d.passing.HeadNotes(complete && m.last)...)
	}
	return notes
}
