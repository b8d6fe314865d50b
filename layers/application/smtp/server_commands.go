package smtp

import (
	"strconv"
	"strings"

	"mailwire/layers/application"
)

// command obeys one command line.
func (s *Server) command(line string) {
	c, err := ParseCommand(line)
	rule := ruleFor(s.state, c.Verb)
	fault, _ := err.(*SyntaxError)
	switch {
	case s.refused && c.Verb != "QUIT":
		// RFC 5321 §3.1: behind a greeting of 554 all but QUIT is answered 503.
		s.deny(503, "5.5.1", "No service here")
	case !s.implements(c.Verb):
		s.unknown(c, line)
	case fault != nil && c.Verb == "BDAT":
		s.refuse(line, fault)
		s.reset()
		s.state = min(s.state, Ready)
	case fault != nil && greets(c.Verb):
		// RFC 2034 §4: answers to EHLO and HELO have no enhanced codes.
		s.fault([]byte(line), fault)
		s.deny(fault.Code, "", "Syntax error: "+fault.Why)
	case fault != nil:
		s.refuse(line, fault)
	case c.Verb == "BDAT":
		s.bdat(c)
	case rule < 0:
		s.outOfOrder(c.Verb)
	default:
		s.obey(c, rule)
	}
}

// implements says whether the verb is a command of this server.
func (s *Server) implements(verb string) bool {
	switch verb {
	case "EHLO":
		return !s.config.OnlyHELO && s.config.Role != LMTP
	case "HELO":
		return s.config.Role != LMTP
	case "LHLO":
		return s.config.Role == LMTP
	case "AUTH", "STARTTLS":
		return s.config.announces(verb)
	case "BDAT":
		return s.config.announces("CHUNKING")
	case "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP":
		return true
	}
	return false
}

// greets says whether a command is one with which a client introduces itself.
func greets(verb string) bool { return verb == "EHLO" || verb == "HELO" || verb == "LHLO" }

// unknown answers what is no command here: 502 when the RFCs know it, 500 when nobody does (RFC 5321 §4.2.4). EHLO and HELO
// are 500 by LMTP, which must not be mistaken for SMTP (RFC 2033 §4.1).
func (s *Server) unknown(c Command, line string) {
	if KnownVerb(c.Verb) && !s.config.OnlyHELO && !(greets(c.Verb) && s.config.Role == LMTP) {
		s.deny(502, "5.5.1", c.Verb+" is not implemented here")
		return
	}
	s.refuse(line, &SyntaxError{At: 1, Code: 500, Why: "command not recognized", Ref: "RFC 5321 §4.2.4"})
}

func (s *Server) outOfOrder(verb string) {
	switch {
	case s.state == Connected && s.config.Role == LMTP:
		s.deny(503, "5.5.1", "Say LHLO first")
	case s.state == Connected:
		s.deny(503, "5.5.1", "Say EHLO first")
	case verb == "MAIL":
		s.deny(503, "5.5.1", "A transaction is open: one MAIL at a time")
	case verb == "RCPT":
		s.deny(503, "5.5.1", "MAIL comes before RCPT")
	case verb == "DATA" && s.state == Mail:
		s.deny(503, "5.5.1", "No valid recipients")
	default:
		s.deny(503, "5.5.1", "Bad sequence of commands")
	}
}

// obey carries out a command that is in order.
func (s *Server) obey(c Command, rule int) {
	switch c.Verb {
	case "EHLO", "LHLO":
		s.hello(c, true)
		s.move(rule)
	case "HELO":
		s.hello(c, false)
		s.move(rule)
	case "MAIL":
		if s.mail(c) {
			s.move(rule)
		}
	case "RCPT":
		if s.rcpt(c) {
			s.move(rule)
		}
	case "DATA":
		if s.content.binary {
			// RFC 3030 §3: bytes that are no lines can't be told from the end.
			s.deny(503, "5.5.1", "BODY=BINARYMIME goes with BDAT")
			return
		}
		s.send(354, "", "Start mail input; end with <CRLF>.<CRLF>")
		s.move(rule)
	case "RSET":
		s.reset()
		s.send(250, "2.0.0", "OK")
		s.move(rule)
	case "NOOP":
		s.send(250, "2.0.0", "OK")
	case "VRFY", "EXPN":
		s.verify(c)
	case "HELP":
		s.help(c.Arg)
	case "QUIT":
		s.send(221, "2.0.0", s.config.Hostname+" closing the connection")
		s.move(rule)
		s.end(nil)
	case "AUTH":
		s.beginAuth(c, rule)
	case "STARTTLS":
		s.startTLS(rule)
	}
}

func (s *Server) commands() []string {
	var list []string
	for _, verb := range verbs {
		if s.implements(verb) {
			list = append(list, verb)
		}
	}
	return list
}

// hello answers EHLO and HELO. Both clear what was said of a mail before (RFC 5321 §4.1.4).
func (s *Server) hello(c Command, extended bool) {
	s.reset()
	s.session.Client, s.session.Extended, s.session.Local = c.Domain, false, c.Verb == "LHLO"
	greets := s.config.Hostname + " greets " + c.Domain
	if !extended {
		s.send(250, "", greets)
		return
	}
	s.send(250, "", strings.Join(append([]string{greets}, s.keywords()...), "\n")) // RFC 2034 §4: no enhanced code here
	s.session.Extended = true
}

// keywords lists what EHLO is told.
func (s *Server) keywords() []string {
	var list []string
	for _, k := range s.config.Announce {
		switch {
		case k == "SIZE":
			k += " " + strconv.FormatInt(s.config.Limits.Size, 10)
		case k == "LIMITS":
			// RFC 9422 §4.2: how many recipients a mail may have.
			k += " RCPTMAX=" + strconv.Itoa(s.config.Limits.Recipients)
		case k == "AUTH" && s.config.NeedTLS && !s.session.TLS:
			continue
		case k == "AUTH":
			k += " " + strings.Join(s.mechanisms(), " ")
		case k == "STARTTLS" && s.session.TLS:
			continue // RFC 3207 §4.2: not offered again under TLS
		}
		list = append(list, k)
	}
	return list
}

func (s *Server) mail(c Command) (accepted bool) {
	switch {
	case s.config.Role == Submission && s.config.NeedTLS && !s.session.TLS:
		// RFC 3207 §4: 530 Must issue a STARTTLS command first.
		s.send(530, "5.7.0", "Must issue a STARTTLS command first")
		return false
	case s.config.Role == Submission && s.session.User == "":
		// RFC 4954 §6, RFC 6409 §4.3.
		s.send(530, "5.7.0", "Authentication required")
		return false
	}
	e := Envelope{Session: s.session, From: c.Path, Params: c.Params}
	if refusal := s.declare(&e, &c); refusal != nil {
		s.content = content{}
		s.denyParam(refusal)
		return false
	}
	if !s.answer(s.backend.Mail(&s.session, c.Path, c.Params), 250, "2.1.0", "Sender OK") {
		s.content = content{}
		return false
	}
	s.envelope = e
	return true
}

// denyParam refuses a parameter; what is no slip of the client's program does not count.
func (s *Server) denyParam(refusal *Reply) {
	s.sendReply(refusal)
	if refusal.Code == 501 || refusal.Code == 555 {
		s.countError()
	}
}

func (s *Server) rcpt(c Command) (accepted bool) {
	r := Recipient{Path: c.Path}
	refusal := s.wish(&r, &c)
	switch {
	case refusal != nil:
		s.denyParam(refusal)
		return false
	case len(s.envelope.To) >= s.config.Limits.Recipients:
		// RFC 5321 §4.5.3.1.10: 452; the client sends the rest in another transaction.
		s.send(452, "4.5.3", "Too many recipients")
		return false
	}
	if !s.answer(s.backend.Rcpt(&s.session, c.Path, c.Params), 250, "2.1.5", "Recipient OK") {
		return false
	}
	s.envelope.To = append(s.envelope.To, r)
	return true
}

func (s *Server) verify(c Command) {
	words := c.Arg
	if cut := len(words) - len(" SMTPUTF8"); cut > 0 && s.offers("SMTPUTF8") && strings.EqualFold(words[cut:], " SMTPUTF8") {
		// RFC 6531 §3.7.4.2: the client would understand an answer in UTF-8.
		words = words[:cut]
	} else if !ascii(words) {
		s.send(553, "5.6.7", "The name needs SMTPUTF8")
		return
	}
	reply := s.backend.Verify(&s.session, words, c.Verb == "EXPN")
	switch {
	case reply != nil:
		s.sendReply(reply)
	case c.Verb == "EXPN":
		s.send(502, "5.5.1", "EXPN is not offered here")
	default:
		// RFC 5321 §3.5.3, §7.3: an answer that gives nothing away.
		s.send(252, "2.5.0", "Cannot verify the user, but will take mail and try to deliver it")
	}
}

// help answers HELP: with the commands, or with the form of one (RFC 5321 §4.1.1.8).
func (s *Server) help(topic string) {
	verb := application.Upper(topic)
	switch {
	case topic == "":
		s.send(214, "2.0.0", "Commands: "+strings.Join(s.commands(), " "))
	case !s.implements(verb):
		s.deny(504, "5.5.4", "HELP knows the commands, by their names")
	default:
		form := verb
		if arguments := forms[verb]; arguments != "" {
			form += " " + arguments
		}
		s.send(214, "2.0.0", form)
	}
}

// forms say what stands behind a verb.
var forms = map[string]string{"EHLO": "domain", "HELO": "domain", "LHLO": "domain", "MAIL": "FROM:<address> [parameters]",
	"RCPT": "TO:<address> [parameters]", "BDAT": "size [LAST]", "NOOP": "[text]", "VRFY": "name", "EXPN": "list", "HELP": "[command]",
	"AUTH": "mechanism [initial response]"}

func (s *Server) startTLS(rule int) {
	if s.session.TLS {
		s.deny(503, "5.5.1", "TLS is running already")
		return
	}
	s.send(220, "2.0.0", "Ready to start TLS")
	s.move(rule)
	s.tell(&Secure{})
}

// verbs are the commands that RFCs define, those of the engine first.
var verbs = [...]string{"EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP", "AUTH", "STARTTLS",
	"LHLO", "ETRN", "TURN", "ATRN", "SEND", "SOML", "SAML", "BURL"}

// KnownVerb says whether an RFC defines the command.
func KnownVerb(verb string) bool {
	for _, v := range verbs {
		if v == verb {
			return true
		}
	}
	return false
}
