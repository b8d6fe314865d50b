package smtp

import (
	"encoding/base64"
	"errors"
	"slices"

	"mailwire/layers/application/sasl"
)

// A verifier asks the backend on behalf of an exchange.
type verifier struct{ server *Server }

func (v verifier) Login(user, password string) error {
	return v.server.backend.Login(&v.server.session, user, password)
}

func (v verifier) Secret(user string) (sasl.Secret, bool) {
	return v.server.backend.(SecretKeeper).Secret(user)
}

// mechanisms lists what AUTH offers on this connection.
func (s *Server) mechanisms() []string {
	_, keeper := s.backend.(SecretKeeper)
	return sasl.Offered(s.config.Mechanisms, keeper && s.config.Nonce != nil)
}

// beginAuth obeys AUTH (RFC 4954 §4).
func (s *Server) beginAuth(c Command, rule int) {
	switch {
	case !s.session.Extended:
		s.deny(503, "5.5.1", "AUTH needs EHLO")
	case s.session.User != "":
		s.deny(503, "5.5.1", "Already logged in")
	case s.config.NeedTLS && !s.session.TLS:
		// RFC 4954 §6: 538 5.7.11.
		s.deny(538, "5.7.11", "Encryption is required for this mechanism")
	case !slices.Contains(s.mechanisms(), c.Mechanism):
		s.deny(504, "5.5.4", "Mechanism not offered: "+c.Mechanism)
	default:
		own := sasl.Challenges{Host: s.config.Hostname, SaltKey: s.config.SaltKey}
		if sasl.NeedsSecret(c.Mechanism) {
			own.Nonce = s.config.Nonce()
		}
		exchange, err := sasl.NewServer(c.Mechanism, verifier{s}, own)
		if err != nil {
			s.deny(504, "5.5.4", "Mechanism not offered: "+c.Mechanism)
			return
		}
		s.move(rule)
		s.auth = exchange
		if c.Initial != "" {
			s.authLine(c.Initial)
			return
		}
		s.proceed(nil)
	}
}

// authLine takes a response of the client: base64, or "=" for an empty initial one (RFC 4954 §4).
func (s *Server) authLine(line string) {
	// RFC 4954 §4: "*" cancels.
	if line == "*" {
		s.endAuth("")
		s.send(501, "5.7.0", "Authentication cancelled")
		return
	}
	response := []byte{}
	if line != "=" {
		var err error
		if response, err = base64.StdEncoding.AppendDecode(response, []byte(line)); err != nil {
			s.endAuth("")
			s.deny(501, "5.5.2", "That is not base64")
			return
		}
	}
	s.proceed(response)
}

// proceed goes on with the mechanism's dialogue; nil is no initial response.
func (s *Server) proceed(response []byte) {
	challenge, done, err := s.auth.Step(response)
	var syntax *sasl.SyntaxError
	switch {
	case done:
		mechanism, user := s.auth.Mechanism(), s.auth.User()
		s.send(235, "2.7.0", "Authentication succeeded")
		s.endAuth(user)
		s.tell(&LoggedIn{User: user, Mechanism: mechanism})
	case err == nil:
		s.send(334, "", base64.StdEncoding.EncodeToString(challenge))
	case errors.As(err, &syntax):
		s.endAuth("")
		s.deny(501, "5.5.2", syntax.Mechanism+": "+syntax.Why)
	default:
		s.refuseLogin(err)
	}
}

// refuseLogin answers a login that the mechanism or the backend does not let in.
func (s *Server) refuseLogin(err error) {
	s.endAuth("")
	if errors.Is(err, sasl.ErrCredentials) || errors.Is(err, sasl.ErrAuthorization) {
		err = BadLogin()
	}
	var reply *Reply
	if !errors.As(err, &reply) {
		// RFC 4954 §6: 454 when nobody can tell for now whether the credentials are right.
		err = NewReply(454, "4.7.0", "Temporary authentication failure")
	}
	s.answer(err, 0, "", "")
	if s.logins++; s.logins >= s.config.Limits.Logins {
		s.hangUp("4.7.0", "Too many failed logins")
	}
}

// BadLogin is the refusal of a user's name or password (RFC 4954 §6).
func BadLogin() *Reply { return NewReply(535, "5.7.8", "Authentication credentials invalid") }

// endAuth leaves the dialogue of a mechanism; user is who logged in, or "".
func (s *Server) endAuth(user string) {
	if user != "" {
		s.session.User = user
	}
	s.auth = nil
	s.move(ruleFor(s.state, "="))
}
