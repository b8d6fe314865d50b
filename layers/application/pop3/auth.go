package pop3

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"slices"

	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// An exchange is an AUTH command in progress (RFC 5034 §4).
type exchange struct {
	*sasl.Server
	rule Rule
	drop Maildrop // that Accounts.Login has opened
}

// A verifier asks the accounts on behalf of an exchange. Of PLAIN and LOGIN it keeps the maildrop that they opened.
type verifier struct {
	accounts Accounts
	exchange *exchange
}

func (v verifier) Login(user, password string) (err error) {
	v.exchange.drop, err = v.accounts.Login(user, password)
	return err
}

func (v verifier) Secret(user string) (sasl.Secret, bool) { return v.accounts.(Secrets).Secret(user) }

// mechanisms is what the server offers for AUTH now.
func (s *Server) mechanisms() []string {
	list := sasl.Offered(s.options.Mechanisms, s.options.Nonce != nil)
	if s.options.RequireTLS && !s.options.Secure {
		list = slices.DeleteFunc(list, sasl.InClear)
	}
	return list
}

// begin obeys AUTH. Without an argument it lists the mechanisms, as servers did before CAPA, and clients still ask.
func (s *Server) begin(line []byte, c Command, rule Rule) {
	if len(c.Args) == 0 {
		s.ok("mechanisms follow")
		s.lines(s.mechanisms())
		return
	}
	mechanism := application.Upper(c.Args[0])
	switch {
	case sasl.InClear(mechanism) && !s.mayLogIn(line):
		return
	case !slices.Contains(s.mechanisms(), mechanism):
		s.fail(line, "", "unknown mechanism", rule.Ref)
		return
	}
	own := sasl.Challenges{Host: s.options.Hostname, SaltKey: s.options.SaltKey}
	if sasl.NeedsSecret(mechanism) {
		own.Nonce = s.options.Nonce()
	}
	x := &exchange{rule: rule}
	var err error
	if x.Server, err = sasl.NewServer(mechanism, verifier{s.accounts, x}, own); err != nil {
		s.fail(line, "", "unknown mechanism", rule.Ref)
		return
	}
	s.auth = x
	if len(c.Args) == 2 {
		s.proceed([]byte(c.Args[1]))
		return
	}
	s.step(nil)
}

// proceed takes the client's next line of the exchange: base64, "=" for an empty initial response, or "*" to give up
// (RFC 5034 §4).
func (s *Server) proceed(line []byte) {
	rule := s.auth.rule
	response, err := base64.StdEncoding.AppendDecode([]byte{}, line)
	switch {
	case string(line) == "*":
		s.auth = nil
		s.err("", "AUTH is cancelled")
	case string(line) == "=":
		s.step([]byte{})
	case err != nil:
		s.auth = nil
		s.err("", "this is not base64")
		s.event(PeerError{s.state, "", "a line of AUTH is not base64", rule.Ref})
		s.fault()
	default:
		s.step(response)
	}
}

// step goes on with the mechanism's dialogue; nil is no initial response.
func (s *Server) step(response []byte) {
	x := s.auth
	challenge, done, err := x.Step(response)
	if err == nil && !done {
		s.out = append(s.out, "+ "...)
		s.out = base64.StdEncoding.AppendEncode(s.out, challenge)
		s.out = append(s.out, "\r\n"...)
		return
	}
	s.auth = nil
	var syntax *sasl.SyntaxError
	switch {
	case errors.As(err, &syntax):
		s.err("", syntax.Mechanism+": "+syntax.Why)
		s.event(PeerError{s.state, "", syntax.Mechanism + ": " + syntax.Why, syntax.Ref})
		s.fault()
	case err != nil:
		s.refuse(x.User(), err)
	default:
		s.login(x.rule, x.User(), x.open(s.accounts))
	}
}

// open opens the maildrop of a user who has been verified.
func (x *exchange) open(accounts Accounts) func() (Maildrop, error) {
	return func() (Maildrop, error) {
		if x.drop != nil {
			return x.drop, nil
		}
		return accounts.(Secrets).Open(x.User())
	}
}

// sameDigest compares in a time that does not tell where the two differ. Digits above 9 count in lower case alone, as RFC 1939
// §7 has them.
func sameDigest(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
