package imap

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
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
		if s.config.NeedTLS && !s.secured {
			s.refuse(&Refusal{"PRIVACYREQUIRED", "LOGIN is disabled without TLS"})
			return
		}
		s.login(c.User, c.Password)
	case "ENABLE":
		s.untagged("ENABLED") // RFC 5161 §3.2: lists what was enabled now, and nothing can be
		s.done("", "ENABLE completed")
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

// capabilities lists what the server can do in its present state (RFC 3501 §7.2.1).
func (s *Server) capabilities() []string {
	all := []string{"IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "ENABLE"}
	if s.state != NotAuthenticated {
		return append(all, "IDLE", "NAMESPACE", "CHILDREN", "UIDPLUS", "MOVE", "UNSELECT", "SPECIAL-USE")
	}
	if s.config.StartTLS && !s.secured {
		all = append(all, "STARTTLS")
	}
	if s.config.NeedTLS && !s.secured {
		return append(all, "LOGINDISABLED")
	}
	all = append(all, "AUTH=PLAIN", "AUTH=LOGIN")
	if _, knows := s.config.Backend.(SecretBackend); knows {
		all = append(all, "AUTH=CRAM-MD5")
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

// login asks the backend, and enters the authenticated state.
func (s *Server) login(user, password string) {
	account, err := s.config.Backend.Login(user, password)
	if err != nil {
		s.denied(err)
		return
	}
	s.account, s.user = account, user
	s.event(LoggedIn{user})
	rule, _ := RuleOf(s.command.Name)
	s.move(rule)
	s.silent = s.now.Add(s.patience())
	// RFC 3501 §6.2.3: the capabilities may have changed, and telling them saves a round trip.
	s.complete("OK", "CAPABILITY "+strings.Join(s.capabilities(), " "), "Logged in")
}

// denied answers a failed login, and ends a session in which too many have failed.
func (s *Server) denied(err error) {
	s.refuse(err)
	if s.faults++; s.faults >= faultsMax {
		s.bye("Too many failed logins")
	}
}

// authenticate begins a SASL dialogue (RFC 3501 §6.2.2, RFC 4959).
func (s *Server) authenticate() {
	c := &s.command
	if s.config.NeedTLS && !s.secured && c.Mechanism != "CRAM-MD5" {
		s.refuse(&Refusal{"PRIVACYREQUIRED", "Plaintext authentication is disabled without TLS"})
		return
	}
	switch c.Mechanism {
	case "PLAIN":
		s.response(c.Initial, "", s.plain)
	case "LOGIN":
		s.response(c.Initial, "User Name\x00", func(user string) {
			s.response("", "Password\x00", func(password string) { s.login(user, password) })
		})
	case "CRAM-MD5":
		secrets, knows := s.config.Backend.(SecretBackend)
		if !knows || c.Initial != "" { // RFC 4959 §3: here the server speaks first
			s.refuse(&Refusal{"", "Unsupported authentication mechanism"})
			return
		}
		challenge := fmt.Sprintf("<%d.%d@%s>", s.config.Nonce, s.now.UnixNano(), s.config.Name)
		s.response("", challenge, func(answer string) { s.cramMD5(secrets, challenge, answer) })
	default:
		s.refuse(&Refusal{"", "Unsupported authentication mechanism"})
	}
}

// response hands the client's next response to use: the initial one, or the one that a challenge asks for.
func (s *Server) response(initial, challenge string, use func(string)) {
	if initial != "" {
		s.decoded(initial, use)
		return
	}
	s.line("+ " + base64.StdEncoding.EncodeToString([]byte(challenge)))
	s.waiting = func(line []byte) { s.decoded(string(line), use) }
}

func (s *Server) decoded(line string, use func(string)) {
	switch b, err := base64.StdEncoding.DecodeString(line); {
	case line == "*":
		s.complete("BAD", "", "Authentication cancelled") // RFC 3501 §6.2.2
	case line == "=":
		use("") // RFC 4959 §3: an empty initial response
	case err != nil:
		s.bad("Invalid base64", "RFC 3501 §6.2.2")
	default:
		use(string(b))
	}
}

// plain reads authorization identity, user and password (RFC 4616 §2).
func (s *Server) plain(response string) {
	parts := strings.Split(response, "\x00")
	if len(parts) != 3 {
		s.bad("Invalid PLAIN response", "RFC 4616 §2")
		return
	}
	if parts[0] != "" && parts[0] != parts[1] {
		s.refuse(&Refusal{"AUTHORIZATIONFAILED", "Nobody may act for somebody else"})
		return
	}
	s.login(parts[1], parts[2])
}

// cramMD5 compares the client's digest of the challenge with its own (RFC 2195 §2).
func (s *Server) cramMD5(secrets SecretBackend, challenge, answer string) {
	space := strings.LastIndexByte(answer, ' ')
	user := answer[:max(space, 0)]
	password, ok := secrets.Secret(user)
	if !ok || !hmac.Equal([]byte(CRAMMD5(user, password, challenge)), []byte(answer)) {
		s.denied(ErrAuthentication)
		return
	}
	s.login(user, password)
}

// CRAMMD5 is a client's answer to a challenge of CRAM-MD5, before base64 (RFC 2195 §2).
func CRAMMD5(user, password, challenge string) string {
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(challenge))
	return user + " " + hex.EncodeToString(mac.Sum(nil))
}

// idle waits for DONE, and tells news meanwhile (RFC 2177 §3).
func (s *Server) idle() {
	s.line("+ idling")
	if s.box != nil {
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
