package pop3

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options say what a Server offers.
type Options struct {
	// Timestamp is the banner of APOP and the challenge of CRAM-MD5, "<1896.697170952@mail.example.net>", other in every
	// session (RFC 1939 §7). Both are offered when it is not "" and the accounts are Secrets.
	Timestamp string
	// TLS offers STLS.
	TLS bool
	// Secure says that the connection is inside TLS already.
	Secure bool
	// RequireTLS refuses passwords in the clear (RFC 2595 §2.2).
	RequireTLS bool
	// Implementation is announced by CAPA when it is not "" (RFC 2449 §6.9).
	Implementation string
	// Expire is announced by CAPA when it is not "": "NEVER", or days (RFC 2449 §6.7).
	Expire string
	// Idle is how long a silent client is waited for; IdleLimit when it is less than that (RFC 1939 §3).
	Idle time.Duration
}

// A Server is one session, seen from the server.
type Server struct {
	options  Options
	accounts Accounts
	now      time.Time
	state    State
	in       []byte
	skipping bool // the rest of a line that was too long is not read
	out      []byte
	events   []Event
	idle     time.Time
	paused   bool // between the +OK to STLS and Secured
	user     string
	drop     Maildrop
	marked   []bool // by message number
	auth     *exchange
}

const (
	maxBacklog = 16 << 20 // of output that nobody drains: no more commands are obeyed until somebody does
	maxPending = 64 << 10 // of commands that wait for that
	maxAuth    = 12 << 10 // of a line of an AUTH exchange, which the limit of commands does not bind (RFC 5034 §4)
)

// NewServer returns a session whose greeting is in Output.
func NewServer(now time.Time, o Options, a Accounts) *Server {
	s := &Server{options: o, accounts: a, now: now, state: Authorization}
	s.options.Idle = max(o.Idle, IdleLimit)
	if _, ok := a.(Secrets); !ok {
		s.options.Timestamp = ""
	}
	s.idle = now.Add(s.options.Idle)
	greeting := "POP3 server ready"
	if s.options.Timestamp != "" {
		greeting += " " + s.options.Timestamp
	}
	s.ok(greeting)
	return s
}

// State is the session's state.
func (s *Server) State() State { return s.state }

// User is who is logged in; "" in AUTHORIZATION.
func (s *Server) User() string {
	if s.drop == nil {
		return ""
	}
	return s.user
}

// Receive takes bytes from the layer below, however they were cut.
func (s *Server) Receive(now time.Time, b []byte) {
	s.now = now
	if s.state == Closed || s.paused {
		return // RFC 2595 §4: what was sent in the clear behind STLS is not obeyed
	}
	s.in = append(s.in, b...)
	s.work()
}

// work obeys the commands that are complete.
func (s *Server) work() {
	for s.state != Closed && !s.paused && len(s.out) < maxBacklog {
		end := bytes.IndexByte(s.in, '\n') + 1
		limit := MaxCommand
		if s.auth != nil {
			limit = maxAuth
		}
		switch {
		case s.skipping:
			if end == 0 {
				s.in = s.in[:0]
				return
			}
			s.in, s.skipping = s.in[end:], false
		case end > limit || end == 0 && len(s.in) >= limit:
			shown := s.in[:16]
			if s.auth != nil {
				shown = nil
			}
			s.skipping, s.auth = true, nil
			s.fail(shown, "", "line is too long", "RFC 2449 §4")
		case end == 0:
			return
		default:
			line := bytes.TrimSuffix(bytes.TrimSuffix(s.in[:end], []byte("\n")), []byte("\r"))
			s.in = s.in[end:]
			s.idle = s.now.Add(s.options.Idle)
			if s.auth != nil {
				s.proceed(line)
			} else {
				s.obey(line)
			}
		}
	}
	if len(s.in) > maxPending {
		s.abandon(false)
	}
}

// obey carries out one command.
func (s *Server) obey(line []byte) {
	c := ParseCommand(line)
	rule, ok := RuleFor(s.state, c.Verb)
	switch {
	case !ok && Known(c.Verb):
		s.fail(line, "", c.Verb+" is not for the "+string(s.state)+" state", "RFC 1939 §3")
	case !ok:
		s.fail(line, "", "unknown command", "RFC 1939 §3")
	case len(c.Args) < rule.Min || len(c.Args) > rule.Max:
		s.fail(line, "", "wrong number of arguments for "+c.Verb, rule.Ref)
	default:
		s.dispatch(line, c, rule)
	}
}

func (s *Server) dispatch(line []byte, c Command, rule Rule) {
	switch c.Verb {
	case "USER":
		// RFC 1939 §7: +OK may be given whether the mailbox exists or not, so that nobody learns who has one
		if s.mayLogIn(line) {
			s.user = c.Args[0]
			s.ok("now the password")
		}
	case "PASS":
		if s.user == "" {
			s.fail(line, "", "USER comes before PASS", rule.Ref)
		} else if s.mayLogIn(line) {
			s.login(rule, s.user, c.Args[0])
		}
	case "APOP":
		s.apop(line, c, rule)
	case "AUTH":
		s.begin(line, c, rule)
	case "STLS":
		s.startTLS(line, rule)
	case "CAPA":
		s.ok("capabilities follow")
		s.lines(s.capabilities())
	case "STAT":
		n, octets := s.kept()
		s.ok(strconv.Itoa(n) + " " + strconv.FormatInt(octets, 10))
	case "LIST":
		s.listing(line, c, func(n int) string { return strconv.FormatInt(s.drop.Size(n), 10) })
	case "UIDL":
		s.listing(line, c, s.drop.UID)
	case "RETR", "TOP":
		s.give(line, c)
	case "DELE":
		if n, ok := s.message(line, c.Args[0]); ok {
			s.marked[n] = true
			s.ok("message " + strconv.Itoa(n) + " is marked as deleted")
			s.event(Marked{n, s.drop.UID(n)})
		}
	case "NOOP":
		s.ok("")
	case "RSET":
		s.unmark()
	case "QUIT":
		s.quit(rule)
	}
}

// login opens the maildrop and moves to TRANSACTION.
func (s *Server) login(rule Rule, user, password string) {
	drop, err := s.accounts.Login(user, password)
	if err != nil {
		s.user = ""
		code, words := refusal(err)
		s.err(code, words)
		s.event(LoginFailed{user, err})
		return
	}
	s.user, s.drop, s.marked = user, drop, make([]bool, drop.Count()+1)
	n, octets := s.kept()
	s.ok("maildrop locked: " + described(n, octets))
	s.event(LoggedIn{user})
	s.move(rule)
}

// described is what a maildrop holds, in words.
func described(n int, octets int64) string {
	return counted(n) + " (" + strconv.FormatInt(octets, 10) + " octets)"
}

func counted(n int) string {
	if n == 1 {
		return "1 message"
	}
	return strconv.Itoa(n) + " messages"
}

func refusal(err error) (code, words string) {
	switch {
	case errors.Is(err, ErrAuth):
		return "AUTH", "wrong user or password"
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
	default:
		s.ok("begin TLS")
		s.paused, s.in, s.user = true, nil, "" // RFC 2595 §4: what was learnt before is forgotten
		s.event(StartTLS{})
	}
}

// Secured tells that TLS is up: from here on the session is safe from listeners.
func (s *Server) Secured() { s.paused, s.options.Secure = false, true }

// capabilities is the list of CAPA (RFC 2449 §6).
func (s *Server) capabilities() []string {
	list := []string{"TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING"}
	if !s.options.RequireTLS || s.options.Secure {
		list = append(list, "USER", "SASL "+strings.Join(s.mechanisms(), " "))
	}
	if s.options.TLS && !s.options.Secure && s.state == Authorization {
		list = append(list, "STLS")
	}
	if s.options.Expire != "" {
		list = append(list, "EXPIRE "+s.options.Expire)
	}
	// RFC 2449 §6.9: a server may keep what it is to itself until the client has logged in
	if s.options.Implementation != "" && s.state == Transaction {
		list = append(list, "IMPLEMENTATION "+s.options.Implementation)
	}
	return list
}

// kept counts what is not marked (RFC 1939 §5).
func (s *Server) kept() (n int, octets int64) {
	for i := 1; i < len(s.marked); i++ {
		if !s.marked[i] {
			n++
			octets += s.drop.Size(i)
		}
	}
	return n, octets
}

// listing answers LIST and UIDL, with or without a message number.
func (s *Server) listing(line []byte, c Command, value func(n int) string) {
	if len(c.Args) == 1 {
		if n, ok := s.message(line, c.Args[0]); ok {
			s.ok(strconv.Itoa(n) + " " + value(n))
		}
		return
	}
	n, octets := s.kept()
	s.ok(described(n, octets))
	for i := 1; i < len(s.marked); i++ {
		if !s.marked[i] {
			s.out = append(strconv.AppendInt(s.out, int64(i), 10), ' ')
			s.out = append(append(s.out, value(i)...), "\r\n"...)
		}
	}
	s.out = append(s.out, ".\r\n"...)
}

// message reads a message number. A marked message may not be referred to any more (RFC 1939 §5).
func (s *Server) message(line []byte, arg string) (int, bool) {
	n, ok := number(arg)
	switch {
	case !ok || n < 1 || n >= len(s.marked):
		s.fail(line, "", "no such message", "RFC 1939 §5")
	case s.marked[n]:
		s.fail(line, "", "message "+strconv.Itoa(n)+" is marked as deleted", "RFC 1939 §5")
	default:
		return n, true
	}
	return 0, false
}

func (s *Server) give(line []byte, c Command) {
	n, ok := s.message(line, c.Args[0])
	if !ok {
		return
	}
	whole, lines := c.Verb == "RETR", 0
	if !whole {
		if lines, ok = number(c.Args[1]); !ok {
			s.fail(line, "", "TOP needs a number of lines", "RFC 1939 §7")
			return
		}
	}
	mail, err := s.drop.Message(n)
	if err != nil {
		s.err(refusal(err))
		return
	}
	octets := s.drop.Size(n)
	if !whole {
		mail = top(mail, lines)
		octets = int64(len(mail))
	}
	s.ok(strconv.FormatInt(octets, 10) + " octets")
	s.out = appendStuffed(s.out, mail)
	s.event(Retrieved{n, s.drop.UID(n), whole})
}

func (s *Server) unmark() {
	count := 0
	for i, m := range s.marked {
		if m {
			count++
			s.marked[i] = false
		}
	}
	n, octets := s.kept()
	s.ok(described(n, octets))
	s.event(Unmarked{count})
}

// quit ends the session; after a login the UPDATE state removes what is marked (RFC 1939 §6).
func (s *Server) quit(rule Rule) {
	if s.drop == nil {
		s.ok("bye")
		s.move(rule)
		return
	}
	s.move(rule)
	var numbers []int
	var uids []string
	for i, m := range s.marked {
		if m {
			numbers = append(numbers, i)
			uids = append(uids, s.drop.UID(i))
		}
	}
	var err error
	if len(numbers) > 0 {
		err = s.drop.Commit(numbers)
	}
	// RFC 1939 §6: whether the removal was successful or not, the server then releases any exclusive-access lock
	s.drop.Close()
	s.drop = nil
	s.state = Closed
	if err != nil {
		s.err("SYS/TEMP", "not every marked message was removed")
		s.event(Updated{nil, err})
		return
	}
	s.ok("bye, " + counted(len(numbers)) + " removed")
	s.event(Updated{uids, nil})
}

// Hangup tells that the connection is gone. Without QUIT before it nothing is removed.
func (s *Server) Hangup() {
	if s.state != Closed {
		s.abandon(false)
	}
}

func (s *Server) abandon(expired bool) {
	marks := 0
	for _, m := range s.marked {
		if m {
			marks++
		}
	}
	s.event(Abandoned{s.User(), marks, expired})
	if s.drop != nil {
		s.drop.Close()
		s.drop = nil
	}
	s.state = Closed
}

// Output drains the bytes owed to the layer below. Call it until it returns none: a client that sends many commands at once
// gets the answers in parts.
func (s *Server) Output() []byte {
	b := s.out
	s.out = nil
	if len(b) >= maxBacklog {
		s.work()
	}
	return b
}

// Next drains one event.
func (s *Server) Next() (Event, bool) {
	if len(s.events) == 0 {
		return nil, false
	}
	e := s.events[0]
	s.events = s.events[1:]
	return e, true
}

// Deadline is when Expire wants to be called; zero when the session is over.
func (s *Server) Deadline() time.Time {
	if s.state == Closed {
		return time.Time{}
	}
	return s.idle
}

// Expire ends a session whose client has been silent for too long: without UPDATE, and without a word (RFC 1939 §3).
func (s *Server) Expire(now time.Time) {
	if s.state != Closed && !now.Before(s.idle) {
		s.abandon(true)
	}
}

// Closing says that the connection is to be closed once Output is drained.
func (s *Server) Closing() bool { return s.state == Closed }

func (s *Server) event(e Event) { s.events = append(s.events, e) }

func (s *Server) move(rule Rule) {
	s.event(Moved{s.state, rule.To, rule})
	s.state = rule.To
}

func (s *Server) ok(words string) {
	s.out = append(s.out, OK...)
	if words != "" {
		s.out = append(append(s.out, ' '), words...)
	}
	s.out = append(s.out, "\r\n"...)
}

func (s *Server) err(code, words string) {
	s.out = append(append(s.out, Err...), ' ')
	if code != "" {
		s.out = append(append(append(s.out, '['), code...), "] "...)
	}
	s.out = append(append(s.out, words...), "\r\n"...)
}

func (s *Server) lines(all []string) {
	for _, l := range all {
		s.out = append(append(s.out, l...), "\r\n"...)
	}
	s.out = append(s.out, ".\r\n"...)
}

// fail answers a client that broke the protocol.
func (s *Server) fail(line []byte, code, why, ref string) {
	s.err(code, why)
	c := ParseCommand(line)
	shown := slices.Clone(line)
	for _, secret := range c.secrets() {
		for i := secret.Offset; i < secret.End(); i++ {
			shown[i] = '*'
		}
	}
	s.event(PeerError{s.state, string(shown[:min(80, len(shown))]), why, ref})
}
