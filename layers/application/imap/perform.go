package imap

import (
	"strconv"
	"strings"
)

// perform does what a well-formed and permitted command asks for.
func (s *Server) perform(rule Rule) {
	c := &s.command
	switch c.Name {
	case "CAPABILITY":
		s.untagged("CAPABILITY " + strings.Join(s.capabilities(), " "))
		s.done("", "CAPABILITY completed")
	case "NOOP", "CHECK":
		s.done("", c.Name+" completed")
	case "LOGOUT":
		s.untagged("BYE Logging out") // RFC 3501 §6.1.3: BYE comes before the OK
		s.move(rule)
		s.complete("OK", "", "LOGOUT completed")
		s.Close()
	case "ID":
		s.write(NewEncoder().Atom("* ID (").String("name").SP().String("mailwire").Special(')'))
		s.done("", "ID completed")
	case "STARTTLS":
		s.startTLS()
	case "AUTHENTICATE":
		s.authenticate()
	case "LOGIN":
		if s.needsTLS() {
			s.refuse(errNeedTLS)
			return
		}
		s.login(c.User, c.Password)
	case "ENABLE":
		s.enable()
	case "IDLE":
		s.idle()
	case "SELECT", "EXAMINE":
		s.selectMailbox(rule)
	case "UNSELECT":
		s.unselect()
		s.move(rule)
		s.done("", "UNSELECT completed")
	case "CLOSE":
		s.closeMailbox(rule)
	case "EXPUNGE", "UID EXPUNGE":
		s.expunge()
	case "SEARCH", "UID SEARCH":
		s.search()
	case "SORT", "UID SORT":
		s.sort()
	case "THREAD", "UID THREAD":
		s.thread()
	case "FETCH", "UID FETCH":
		s.fetch()
	case "STORE", "UID STORE":
		s.store()
	case "COPY", "UID COPY", "MOVE", "UID MOVE":
		s.copy()
	default:
		s.manage()
	}
}

// needsTLS says whether a password may not be sent as things are (RFC 3501 §6.2.3 LOGINDISABLED).
func (s *Server) needsTLS() bool { return s.config.NeedTLS && !s.secured }

var errNeedTLS = &Refusal{"PRIVACYREQUIRED", "LOGIN is disabled without TLS"}

// authenticatedCapabilities are told to who has logged in; nobody else can use them.
var authenticatedCapabilities = []string{
	"IDLE", "NAMESPACE", "CHILDREN", "UIDPLUS", "MOVE", "UNSELECT", "SPECIAL-USE", "CREATE-SPECIAL-USE", "LIST-EXTENDED", "LIST-STATUS",
	"STATUS=SIZE", "CONDSTORE", "QRESYNC", "ESEARCH", "SEARCHRES", "WITHIN", "SORT", "SORT=DISPLAY", "ESORT", "THREAD=ORDEREDSUBJECT",
	"THREAD=REFERENCES", "MULTIAPPEND", "BINARY", "UTF8=ACCEPT", "PREVIEW", "QUOTA", "QUOTA=RES-STORAGE", "QUOTA=RES-MESSAGE",
}

// capabilities lists what the server can do in its present state (RFC 3501 §7.2.1).
func (s *Server) capabilities() []string {
	all := []string{"IMAP4rev1", "IMAP4rev2", "LITERAL+", "SASL-IR", "ID", "ENABLE"}
	if s.state != NotAuthenticated {
		all = append(all, authenticatedCapabilities...)
		return append(all, "APPENDLIMIT="+strconv.FormatInt(s.config.LiteralMax, 10)) // RFC 7889 §3
	}
	if s.config.StartTLS && !s.secured {
		all = append(all, "STARTTLS")
	}
	for _, m := range s.mechanisms() {
		all = append(all, "AUTH="+m)
	}
	if s.needsTLS() {
		all = append(all, "LOGINDISABLED")
	}
	return all
}

func (s *Server) startTLS() {
	if !s.config.StartTLS || s.secured {
		s.bad("STARTTLS is not offered here", "RFC 3501 §6.2.1")
		return
	}
	s.complete("OK", "", "Begin TLS negotiation now")
	s.framer.forget() // what came with the command in clear text is forgotten
	s.held = true
	s.event(StartTLS{})
}

// idle waits for DONE, and tells news meanwhile (RFC 2177 §3).
func (s *Server) idle() {
	s.line("+ idling")
	if s.box != nil {
		s.box.parsed = parsed{} // it may be long
		s.tell(true)
	}
	s.waiting = func(line []byte) {
		if !strings.EqualFold(string(line), "DONE") {
			s.bad("Expected DONE", "RFC 2177 §3")
			return
		}
		s.done("", "IDLE completed")
	}
}
