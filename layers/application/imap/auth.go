package imap

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"mailwire/layers/application/sasl"
)

// A verifier asks the backend on behalf of an exchange. Of LOGIN and PLAIN it keeps the account that the backend gave.
type verifier struct{ server *Server }

func (v verifier) Login(user, password string) (err error) {
	v.server.account, err = v.server.config.Backend.Login(user, password)
	return err
}

func (v verifier) Secret(user string) (sasl.Secret, bool) {
	return v.server.config.Backend.(SecretBackend).Secret(user)
}

// mechanisms lists what AUTHENTICATE offers on this connection.
func (s *Server) mechanisms() []string {
	wanted := s.config.Mechanisms
	if wanted == nil {
		wanted = sasl.Usual
	}
	_, knows := s.config.Backend.(SecretBackend)
	list := sasl.Offered(wanted, knows && s.config.Nonce != nil)
	if s.needsTLS() {
		list = slices.DeleteFunc(list, sasl.InClear)
	}
	return list
}

// login obeys LOGIN.
func (s *Server) login(user, password string) {
	if err := (verifier{s}).Login(user, password); err != nil {
		s.denied(err)
		return
	}
	s.welcome(user)
}

// welcome enters the authenticated state.
func (s *Server) welcome(user string) {
	s.user = user
	s.event(LoggedIn{user})
	rule, _ := RuleOf(s.command.Name)
	s.move(rule)
	s.silent = s.now.Add(s.patience())
	// RFC 3501 §6.2.3: the capabilities may have changed, and telling them saves a round trip.
	s.complete("OK", "CAPABILITY "+strings.Join(s.capabilities(), " "), "Logged in")
}

// denied answers a failed login, and ends a session in which too many have failed.
func (s *Server) denied(err error) {
	s.account = nil
	s.refuse(err)
	if s.faults++; s.faults >= faultsMax {
		s.bye("Too many failed logins")
	}
}

// authenticate begins a SASL dialogue (RFC 3501 §6.2.2, RFC 4959).
func (s *Server) authenticate() {
	c := &s.command
	switch {
	case s.needsTLS() && sasl.InClear(c.Mechanism):
		s.refuse(&Refusal{"PRIVACYREQUIRED", "Plaintext authentication is disabled without TLS"})
		return
	case !slices.Contains(s.mechanisms(), c.Mechanism):
		s.refuse(&Refusal{"", "Unsupported authentication mechanism"})
		return
	}
	own := sasl.Challenges{Host: s.config.Name, SaltKey: s.config.SaltKey}
	if sasl.NeedsSecret(c.Mechanism) {
		own.Nonce = s.config.Nonce()
	}
	exchange, err := sasl.NewServer(c.Mechanism, verifier{s}, own)
	if err != nil {
		s.refuse(&Refusal{"", "Unsupported authentication mechanism"})
		return
	}
	if c.Initial != "" {
		s.respond(exchange, c.Initial)
		return
	}
	s.proceed(exchange, nil)
}

// respond takes a response of the client: base64, "=" for an empty initial one (RFC 4959 §3), or "*" to give up
// (RFC 3501 §6.2.2).
func (s *Server) respond(exchange *sasl.Server, line string) {
	switch b, err := base64.StdEncoding.AppendDecode([]byte{}, []byte(line)); {
	case line == "*":
		s.complete("BAD", "", "Authentication cancelled")
	case line == "=":
		s.proceed(exchange, []byte{})
	case err != nil:
		s.bad("Invalid base64", "RFC 3501 §6.2.2")
	default:
		s.proceed(exchange, b)
	}
}

// proceed goes on with the mechanism's dialogue; nil is no initial response.
func (s *Server) proceed(exchange *sasl.Server, response []byte) {
	challenge, done, err := exchange.Step(response)
	var syntax *sasl.SyntaxError
	switch {
	case errors.As(err, &syntax):
		s.bad("Invalid response: "+syntax.Why, syntax.Ref)
	case errors.Is(err, sasl.ErrAuthorization):
		s.denied(&Refusal{"AUTHORIZATIONFAILED", "Nobody may act for somebody else"})
	case errors.Is(err, sasl.ErrCredentials):
		s.denied(ErrAuthentication)
	case err != nil:
		s.denied(err)
	case done:
		s.opened(exchange)
	default:
		s.line("+ " + base64.StdEncoding.EncodeToString(challenge))
		s.waiting = func(line []byte) { s.respond(exchange, string(line)) }
	}
}

// opened lets in a user who has been verified.
func (s *Server) opened(exchange *sasl.Server) {
	if sasl.NeedsSecret(exchange.Mechanism()) {
		var err error
		if s.account, err = s.config.Backend.(SecretBackend).Open(exchange.User()); err != nil {
			s.denied(err)
			return
		}
	}
	s.welcome(exchange.User())
}
