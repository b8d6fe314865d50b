package smtp

import (
	"crypto/subtle"
	"fmt"
	"slices"

	"mailwire/layers/application/sasl"
)

// An exchange is the dialogue of a mechanism under way.
type exchange struct {
	mechanism string
	user      string // LOGIN: once it has come
	asked     bool   // LOGIN: the next response is the password
	challenge string
}

// mechanisms lists what AUTH offers on this connection.
func (s *Server) mechanisms() []string {
	var list []string
	for _, m := range s.config.Mechanisms {
		if _, keeper := s.backend.(SecretKeeper); m != "CRAM-MD5" || keeper {
			list = append(list, m)
		}
	}
	return list
}

// beginAuth obeys AUTH (RFC 4954 §4).
func (s *Server) beginAuth(c Command, rule Rule) {
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
	case c.Mechanism == "CRAM-MD5" && c.Initial != "":
		// RFC 4954 §4: the server speaks first in CRAM-MD5.
		s.deny(501, "5.7.0", "CRAM-MD5 has no initial response")
	default:
		s.move(rule)
		s.auth = exchange{mechanism: c.Mechanism}
		if c.Initial != "" {
			s.authLine(c.Initial)
			return
		}
		s.challenge()
	}
}

func (s *Server) challenge() {
	switch s.auth.mechanism {
	case "LOGIN":
		s.send(334, "", encode64("Username:"))
	case "CRAM-MD5":
		if s.auth.challenge = s.config.Challenge; s.auth.challenge == "" {
			s.auth.challenge = fmt.Sprintf("<%d.%d@%s>", s.deadline.UnixNano(), s.logins, s.config.Hostname)
		}
		s.send(334, "", encode64(s.auth.challenge))
	default:
		s.send(334, "", "")
	}
}

// authLine takes a response of the client.
func (s *Server) authLine(line string) {
	// RFC 4954 §4: "*" cancels.
	if line == "*" {
		s.endAuth("")
		s.send(501, "5.7.0", "Authentication cancelled")
		return
	}
	response, err := decode64(line)
	if err != nil {
		s.endAuth("")
		s.deny(501, "5.5.2", "That is not base64")
		return
	}
	switch s.auth.mechanism {
	case "PLAIN":
		_, user, password, ok := sasl.DecodePlain(response)
		if !ok {
			s.endAuth("")
			s.deny(501, "5.5.2", "PLAIN is [authorization] NUL user NUL password")
			return
		}
		s.login(user, s.backend.Login(&s.session, user, password))
	case "LOGIN":
		if !s.auth.asked {
			s.auth.user, s.auth.asked = string(response), true
			s.send(334, "", encode64("Password:"))
			return
		}
		s.login(s.auth.user, s.backend.Login(&s.session, s.auth.user, string(response)))
	case "CRAM-MD5":
		s.login(s.cram(response))
	}
}

// cram checks an answer of CRAM-MD5 (RFC 2195 §2).
func (s *Server) cram(response []byte) (user string, refusal error) {
	user, digest, ok := sasl.DecodeCram(response)
	keeper := s.backend.(SecretKeeper)
	password, known := keeper.Secret(user)
	want := CramDigest(password, s.auth.challenge)
	if !ok || !known || subtle.ConstantTimeCompare([]byte(digest), []byte(want)) != 1 {
		return user, BadLogin()
	}
	return user, nil
}

// BadLogin is the refusal of a user's name or password (RFC 4954 §6).
func BadLogin() *Reply { return NewReply(535, "5.7.8", "Authentication credentials invalid") }

func (s *Server) login(user string, err error) {
	mechanism := s.auth.mechanism
	if !s.answer(err, 235, "2.7.0", "Authentication succeeded") {
		s.endAuth("")
		if s.logins++; s.logins >= s.config.Limits.Logins {
			s.hangUp("4.7.0", "Too many failed logins")
		}
		return
	}
	s.endAuth(user)
	s.tell(&LoggedIn{User: user, Mechanism: mechanism})
}

// endAuth leaves the dialogue of a mechanism; user is who logged in, or "".
func (s *Server) endAuth(user string) {
	if user != "" {
		s.session.User = user
	}
	s.auth = exchange{}
	if rule, ok := FindRule(Authenticating, "="); ok {
		s.move(rule)
	}
}
