package pop3

import (
	"crypto/hmac"
	"encoding/base64"
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// An exchange is an AUTH command in progress (RFC 5034 §4).
type exchange struct {
	mechanism string
	rule      Rule
	user      string // of LOGIN, once it is known
	named     bool
}

// mechanisms is what the server offers for AUTH.
func (s *Server) mechanisms() []string {
	list := []string{"PLAIN", "LOGIN"}
	if s.options.Timestamp != "" {
		list = append(list, "CRAM-MD5")
	}
	return list
}

// begin starts an exchange.
func (s *Server) begin(line []byte, c Command, rule Rule) {
	mechanism := strings.ToUpper(c.Args[0])
	switch {
	case !slices.Contains(s.mechanisms(), mechanism):
		s.fail(line, "", "unknown mechanism", rule.Ref)
		return
	case mechanism != "CRAM-MD5" && !s.mayLogIn(line):
		return
	case mechanism == "CRAM-MD5" && len(c.Args) == 2:
		s.fail(line, "", "here the server speaks first", rule.Ref)
		return
	}
	s.auth = &exchange{mechanism: mechanism, rule: rule}
	switch {
	case len(c.Args) == 2 && c.Args[1] == "=": // RFC 5034 §4: an empty initial response
		s.proceed(nil)
	case len(c.Args) == 2:
		s.proceed([]byte(c.Args[1]))
	case mechanism == "PLAIN":
		s.challenge("")
	case mechanism == "LOGIN":
		s.challenge("Username:")
	default:
		s.challenge(s.options.Timestamp)
	}
}

func (s *Server) challenge(words string) {
	s.out = append(s.out, "+ "...)
	s.out = base64.StdEncoding.AppendEncode(s.out, []byte(words))
	s.out = append(s.out, "\r\n"...)
}

// proceed takes the client's next line of the exchange.
func (s *Server) proceed(line []byte) {
	x := s.auth
	if string(line) == "*" { // RFC 5034 §4: the client gives up
		s.auth = nil
		s.err("", "AUTH is cancelled")
		return
	}
	response, err := base64.StdEncoding.DecodeString(string(line))
	if err != nil {
		s.auth = nil
		s.err("", "this is not base64")
		s.event(PeerError{s.state, "", "a line of AUTH is not base64", x.rule.Ref})
		return
	}
	switch x.mechanism {
	case "PLAIN":
		s.auth = nil
		parts := strings.Split(string(response), "\x00")
		// RFC 4616 §2: who acts, who proves it, and the password. Here nobody acts for another.
		if len(parts) != 3 || parts[0] != "" && parts[0] != parts[1] {
			s.err("AUTH", "wrong user or password")
			s.event(LoginFailed{Err: ErrAuth})
			return
		}
		s.login(x.rule, parts[1], parts[2])
	case "LOGIN":
		if !x.named {
			x.user, x.named = string(response), true
			s.challenge("Password:")
			return
		}
		s.auth = nil
		s.login(x.rule, x.user, string(response))
	case "CRAM-MD5":
		s.auth = nil
		user, digest, _ := strings.Cut(string(response), " ")
		s.prove(x.rule, user, digest, keyed)
	}
}

// apop logs in with a digest in place of the password.
func (s *Server) apop(line []byte, c Command, rule Rule) {
	if s.options.Timestamp == "" {
		s.fail(line, "", "APOP is not offered", rule.Ref)
		return
	}
	s.prove(rule, c.Args[0], c.Args[1], Digest)
}

// prove compares a digest with the one that the user's password gives.
func (s *Server) prove(rule Rule, user, digest string, of func(challenge, password string) string) {
	password, known := s.accounts.(Secrets).Secret(user)
	if !known || !hmac.Equal([]byte(of(s.options.Timestamp, password)), []byte(digest)) {
		s.err("AUTH", "wrong user or password")
		s.event(LoginFailed{user, ErrAuth})
		return
	}
	s.login(rule, user, password)
}

// overheard reads a line from outside. Of one by which somebody meant to log in, but not in this grammar, the verb is the
// word that says so, and what follows it is one argument.
func overheard(line string) Command {
	c := parseCommand(line)
	if c.readable() {
		return c
	}
	s, ok := application.FindSlip(line)
	if !ok {
		return c
	}
	c = Command{Verb: s.Verb, At: s.At, slip: true}
	if s.Secret.Length > 0 {
		c.Args, c.Each = []string{line[s.Secret.Offset:s.Secret.End()]}, []layers.Range{s.Secret}
	}
	return c
}

// readable says whether the command exists and what is secret in it stands where the grammar puts it.
func (c Command) readable() bool {
	switch c.Verb {
	case "APOP":
		return len(c.Args) == 0 || len(c.Args) > 1 && !strings.Contains(c.Args[0], "\t")
	case "AUTH":
		return len(c.Args) == 0 || application.IsMechanism(c.Args[0])
	}
	return heard(c.Verb)
}

// secrets is the places of a command that only the user and the server should know.
func (c Command) secrets() []layers.Range {
	switch {
	case c.slip, c.Verb == "PASS" && len(c.Args) == 1:
		return c.Each
	case c.Verb == "APOP" && len(c.Args) > 1, c.Verb == "USER" && len(c.Args) > 1, c.Verb == "AUTH" && len(c.Args) > 1:
		return c.Each[1:]
	}
	return nil
}
