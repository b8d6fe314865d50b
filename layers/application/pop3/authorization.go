package pop3

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"mailwire/layers/application/sasl"
)

// named obeys USER.
func (s *Server) named(line []byte, c Command) {
	// RFC 1939 §7: +OK may be given whether the mailbox exists or not, so that nobody learns who has one
	if s.mayLogIn(line) {
		s.user = c.Args[0]
		s.ok("now the password")
	}
}

// pass obeys PASS.
func (s *Server) pass(line []byte, c Command, rule Rule) {
	switch {
	case s.user == "":
		s.fail(line, "", "USER comes before PASS", rule.Ref)
	case s.mayLogIn(line):
		s.login(rule, s.user, func() (Maildrop, error) { return s.accounts.Login(s.user, c.Args[0]) })
	}
}

// apop logs in with a digest in place of the password.
func (s *Server) apop(line []byte, c Command, rule Rule) {
	if s.options.Timestamp == "" {
		s.fail(line, "", "APOP is not offered", rule.Ref)
		return
	}
	s.login(rule, c.Args[0], func() (Maildrop, error) {
		accounts := s.accounts.(Secrets)
		secret, known := accounts.Secret(c.Args[0])
		// The work is the same for a user who does not exist.
		right := sameDigest(Digest(s.options.Timestamp, secret.Password), c.Args[1])
		if !right || !known || secret.Password == "" {
			return nil, ErrAuth
		}
		return accounts.Open(c.Args[0])
	})
}

// login opens the maildrop and moves to TRANSACTION.
func (s *Server) login(rule Rule, user string, open func() (Maildrop, error)) {
	drop, err := open()
	if err != nil {
		s.refuse(user, err)
		return
	}
	s.user, s.drop, s.marked = user, drop, make([]bool, drop.Count()+1)
	n, octets := s.kept()
	s.ok("maildrop locked: " + described(n, octets))
	s.event(LoggedIn{user})
	s.move(rule)
}

// refuse answers a login that failed: after a pause where the name or the password was wrong.
func (s *Server) refuse(user string, err error) {
	s.user = ""
	code, words := refusal(err)
	s.event(LoginFailed{user, err})
	if code != "AUTH" {
		s.err(code, words)
		return
	}
	s.failures++
	if s.options.Pause > 0 {
		s.late, s.wake = appendErr(nil, code, words), s.now.Add(s.options.Pause)
		return
	}
	s.err(code, words)
	s.stopGuessing()
}

// stopGuessing ends a session in which too many logins have failed.
func (s *Server) stopGuessing() {
	if s.failures >= failuresMax {
		s.abandon(false)
	}
}

// refusal is the response code (RFC 2449 §8, RFC 3206) and the words for what the accounts said.
func refusal(err error) (code, words string) {
	switch {
	case errors.Is(err, ErrAuth), errors.Is(err, sasl.ErrCredentials):
		return "AUTH", "wrong user or password"
	case errors.Is(err, sasl.ErrAuthorization):
		return "AUTH", "nobody may act for somebody else"
	case errors.Is(err, ErrInUse):
		return "IN-USE", "another session has locked the maildrop"
	case errors.Is(err, ErrLoginDelay):
		return "LOGIN-DELAY", "too soon after the last login"
	case errors.Is(err, ErrPermanent):
		return "SYS/PERM", "the maildrop can't be opened"
	}
	return "SYS/TEMP", "the maildrop can't be opened now"
}

// mayLogIn says whether a password in the clear is accepted here.
func (s *Server) mayLogIn(line []byte) bool {
	if s.options.RequireTLS && !s.options.Secure {
		s.fail(line, "", "passwords only after STLS", "RFC 2595 §2.2")
		return false
	}
	return true
}

func (s *Server) startTLS(line []byte, rule Rule) {
	switch {
	case s.options.Secure:
		s.fail(line, "", "TLS is up already", rule.Ref)
	case !s.options.TLS:
		s.fail(line, "", "STLS is not offered", rule.Ref)
	case s.utf8:
		s.fail(line, "", "STLS comes before UTF8", "RFC 6856 §2.1")
	default:
		s.ok("begin TLS")
		s.paused, s.in, s.user = true, nil, "" // RFC 2595 §4: what was learnt before is forgotten
		s.event(StartTLS{})
	}
}

// startUTF8 obeys UTF8: from here on mails go out as they are, whatever their headers hold.
func (s *Server) startUTF8(line []byte, rule Rule) {
	if !s.options.UTF8 {
		s.fail(line, "", "UTF8 is not offered", rule.Ref)
		return
	}
	s.utf8 = true
	s.ok("UTF-8 it is")
}

// capabilities is the list of CAPA, in the order of RFC 2449 §6: what is true of this session now.
func (s *Server) capabilities() []string {
	list := []string{"TOP"}
	if !s.options.RequireTLS || s.options.Secure {
		list = append(list, "USER")
	}
	if m := s.mechanisms(); len(m) > 0 {
		list = append(list, "SASL "+strings.Join(m, " "))
	}
	list = append(list, "RESP-CODES")
	if s.options.LoginDelay > 0 {
		list = append(list, "LOGIN-DELAY "+strconv.FormatInt(int64((s.options.LoginDelay+time.Second-1)/time.Second), 10))
	}
	list = append(list, "PIPELINING")
	if s.options.Expire != "" {
		list = append(list, "EXPIRE "+s.options.Expire)
	}
	list = append(list, "UIDL")
	// RFC 2449 §6.9: a server may keep what it is to itself until the client has logged in
	if s.options.Implementation != "" && s.state == Transaction {
		list = append(list, "IMPLEMENTATION "+s.options.Implementation)
	}
	// RFC 2595 §4: only in AUTHORIZATION, and not inside TLS
	if s.options.TLS && !s.options.Secure && s.state == Authorization {
		list = append(list, "STLS")
	}
	list = append(list, "AUTH-RESP-CODE")
	if s.options.UTF8 {
		list = append(list, "UTF8 USER") // RFC 6856 §2.2: names and passwords too
	}
	return list
}
