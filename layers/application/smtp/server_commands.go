package smtp

import (
	"strconv"
	"strings"
)

// command obeys one command line.
func (s *Server) command(line string) {
	c, err := ParseCommand(line)
	rule, inOrder := FindRule(s.state, c.Verb)
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
	case fault != nil:
		s.refuse(line, fault)
	case c.Verb == "BDAT":
		s.bdat(c)
	case !inOrder:
		s.outOfOrder(c.Verb)
	default:
		s.obey(c, rule)
	}
}

// implements says whether the verb is a command of this server.
func (s *Server) implements(verb string) bool {
	switch verb {
	case "EHLO":
		return !s.config.OnlyHELO
	case "AUTH", "STARTTLS":
		return s.config.announces(verb)
	case "BDAT":
		return s.config.announces("CHUNKING")
	case "HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP":
		return true
	}
	return false
}

// unknown answers what is no command here: 502 when the RFCs know it, 500 when nobody does (RFC 5321 §4.2.4).
func (s *Server) unknown(c Command, line string) {
	if KnownVerb(c.Verb) && !s.config.OnlyHELO {
		s.deny(502, "5.5.1", c.Verb+" is not implemented here")
		return
	}
	s.refuse(line, &SyntaxError{At: 1, Code: 500, Why: "command not recognized", Ref: "RFC 5321 §4.2.4"})
}

func (s *Server) outOfOrder(verb string) {
	switch {
	case s.state == Connected && verb != "EHLO":
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
func (s *Server) obey(c Command, rule Rule) {
	switch c.Verb {
	case "EHLO":
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
		s.content = content{}
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
		s.send(214, "2.0.0", "Commands: "+strings.Join(s.commands(), " "))
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
	s.session.Client, s.session.Extended = c.Domain, false // RFC 2034 §4: no enhanced codes here
	greets := s.config.Hostname + " greets " + c.Domain
	if !extended {
		s.send(250, "", greets)
		return
	}
	s.send(250, "", strings.Join(append([]string{greets}, s.keywords()...), "\n"))
	s.session.Extended = true
}

// keywords lists what EHLO is told.
func (s *Server) keywords() []string {
	var list []string
	for _, k := range s.config.Announce {
		switch {
		case k == "SIZE":
			k += " " + strconv.FormatInt(s.config.Limits.Size, 10)
		case k == "AUTH" && s.config.NeedTLS && !s.session.TLS:
			continue
		case k == "AUTH":
			k += " " + strings.Join(s.mechanisms(), " ")
		case k == "STARTTLS" && s.session.TLS:
			// RFC 3207 §4.2: not offered again under TLS.
			continue
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
	if refusal := s.checkMail(c); refusal != nil {
		s.sendReply(refusal)
		if refusal.Code == 501 || refusal.Code == 555 {
			s.countError()
		}
		return false
	}
	if !s.answer(s.backend.Mail(&s.session, c.Path, c.Params), 250, "2.1.0", "Sender OK") {
		return false
	}
	s.envelope = Envelope{Session: s.session, From: c.Path, Params: c.Params}
	return true
}

// checkMail looks at the parameters of MAIL.
func (s *Server) checkMail(c Command) *Reply {
	utf8 := false
	for _, p := range c.Params {
		switch {
		case p.Keyword == "SIZE" && s.offers("SIZE"):
			n, err := strconv.ParseUint(p.Value, 10, 63)
			if err != nil || len(p.Value) > 20 {
				return NewReply(501, "5.5.4", "SIZE is a decimal number")
			}
			// RFC 1870 §6.1: 552 when the size is over the fixed limit.
			if int64(n) > s.config.Limits.Size {
				return NewReply(552, "5.3.4", "Message size exceeds the limit of "+strconv.FormatInt(s.config.Limits.Size, 10)+" bytes")
			}
		case p.Keyword == "BODY" && s.offers("8BITMIME"):
			if !strings.EqualFold(p.Value, "7BIT") && !strings.EqualFold(p.Value, "8BITMIME") {
				return NewReply(501, "5.5.4", "BODY is 7BIT or 8BITMIME")
			}
		case p.Keyword == "SMTPUTF8" && !p.Valued && s.offers("SMTPUTF8"):
			utf8 = true
		case p.Keyword == "AUTH" && p.Valued && s.offers("AUTH"):
			// RFC 4954 §5: a server that does not trust the client treats it as AUTH=<>.
		default:
			return NewReply(555, "5.5.4", "Parameter not recognized: "+p.Keyword)
		}
	}
	// RFC 6531 §3.5: 553 5.6.7 for an address that needs SMTPUTF8 and comes without.
	if !c.Path.ASCII() && !utf8 {
		return NewReply(553, "5.6.7", "The address needs SMTPUTF8")
	}
	return nil
}

// offers says whether the client has been told of the extension.
func (s *Server) offers(keyword string) bool {
	return s.session.Extended && s.config.announces(keyword)
}

func (s *Server) rcpt(c Command) (accepted bool) {
	_, utf8 := s.envelope.Param("SMTPUTF8")
	switch {
	case len(s.envelope.To) >= s.config.Limits.Recipients:
		// RFC 5321 §4.5.3.1.10: 452; the client sends the rest in another transaction.
		s.send(452, "4.5.3", "Too many recipients")
		return false
	case len(c.Params) > 0:
		s.deny(555, "5.5.4", "Parameter not recognized: "+c.Params[0].Keyword)
		return false
	case !c.Path.ASCII() && !utf8:
		s.send(553, "5.6.7", "The address needs SMTPUTF8")
		return false
	}
	if !s.answer(s.backend.Rcpt(&s.session, c.Path, c.Params), 250, "2.1.5", "Recipient OK") {
		return false
	}
	s.envelope.To = append(s.envelope.To, c.Path)
	return true
}

func (s *Server) verify(c Command) {
	reply := s.backend.Verify(&s.session, c.Arg, c.Verb == "EXPN")
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

func (s *Server) startTLS(rule Rule) {
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
