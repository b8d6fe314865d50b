package pop3

import (
	"bytes"
	"slices"
	"time"

	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// Options say what a Server offers. The zero value offers no encryption and logs in by password alone.
type Options struct {
	// Hostname is the server's name, which the challenge of CRAM-MD5 holds; "" is localhost.
	Hostname string
	// Timestamp is the banner of APOP, "<1896.697170952@mail.example.net>", other in every session (RFC 1939 §7). APOP is
	// offered when it is not "" and the accounts are Secrets.
	Timestamp string
	// Mechanisms of AUTH; nil: sasl.Usual. CRAM-MD5 and SCRAM need accounts that are Secrets, and Nonce.
	Mechanisms []string
	// Nonce and SaltKey make each login by CRAM-MD5 and SCRAM unlike others: see [sasl.Challenges].
	Nonce   func() string
	SaltKey string
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
	// LoginDelay is announced by CAPA, in whole seconds, when it is not 0. The accounts see to it (RFC 2449 §6.5).
	LoginDelay time.Duration
	// UTF8 offers the command of this name. Then a mail with UTF-8 in its header is kept from a client that has not said it
	// (RFC 6856 §2.1); without it such a mail is given to everyone as it is.
	UTF8 bool
	// Pause is how long the answer to a failed login is held back; 0 is not at all. It makes trying passwords slow.
	Pause time.Duration
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
	skipped  int // bytes of a line that is too long and is not kept; 0: the line is read
	out      []byte
	events   application.Queue[Event]
	idle     time.Time
	moved    bool        // part of a long answer has been taken since the client's last command
	job      func() bool // an answer in progress: writes a piece, and says whether more is to come
	paused   bool        // between the +OK to STLS and Secured
	late     []byte      // the answer that is held back until wake
	wake     time.Time
	faults   int  // lines in a row that are no commands
	failures int  // logins
	utf8     bool // the client has said UTF8
	user     string
	drop     Maildrop
	marked   []bool // by message number
	auth     *exchange
}

// Bounds of a session.
const (
	outputMax   = 64 << 10 // owed bytes at which no further command is obeyed and no answer goes on
	pendingMax  = 64 << 10 // bytes of commands that wait for that
	authLineMax = 12 << 10 // of a line of an AUTH exchange, which the limit of commands does not bind (RFC 5034 §4)
	lineEndMax  = 64 << 10 // bytes without a line end after which the server has heard enough
	faultsMax   = 20       // lines in a row that are no commands
	failuresMax = 10       // logins
)

// NewServer returns a session whose greeting is in Output.
func NewServer(now time.Time, o Options, a Accounts) *Server {
	s := &Server{options: o, accounts: a, now: now, state: Authorization}
	s.options.Idle = max(o.Idle, IdleLimit)
	if o.Mechanisms == nil {
		s.options.Mechanisms = sasl.Usual
	}
	if o.Hostname == "" {
		s.options.Hostname = "localhost"
	}
	if _, ok := a.(Secrets); !ok {
		s.options.Timestamp, s.options.Nonce = "", nil
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
	if len(s.in) > pendingMax {
		if s.job == nil { // else it would stand within a mail
			s.err("SYS/TEMP", "too many commands at once")
		}
		s.abandon(false)
	}
}

// Output takes the bytes owed to the layer below, at most some 64 KiB of a long answer at a time. When it returns bytes, call
// it again: an answer may go on, and commands may have waited for the room.
func (s *Server) Output() []byte {
	b := s.out
	s.out = nil
	if len(b) > 0 {
		s.moved = s.moved || s.job != nil
		s.work()
	}
	return b
}

// Busy says that the session obeys no further command for now, because what it owes has to be taken first or because an answer
// is held back; meanwhile its owner should leave the client's bytes where they are.
func (s *Server) Busy() bool { return len(s.out) >= outputMax || s.job != nil || len(s.late) > 0 }

// Next drains one event.
func (s *Server) Next() (Event, bool) { return s.events.Pop() }

// Deadline is when Expire wants to be called; zero when the session is over and its last words are taken.
func (s *Server) Deadline() time.Time {
	switch {
	case s.Closing():
		return time.Time{}
	case len(s.late) > 0:
		return s.wake
	}
	return s.idle
}

// Expire gives an answer that was held back, or ends a session whose client has been silent for too long: without UPDATE, and
// without a word (RFC 1939 §3). A client who takes its time to read a long answer is not silent.
func (s *Server) Expire(now time.Time) {
	s.now = now
	if d := s.Deadline(); d.IsZero() || now.Before(d) {
		return
	}
	switch {
	case s.state == Closed:
		s.out = nil // nobody takes the last words
	case len(s.late) > 0:
		s.out = append(s.out, s.late...)
		s.late = nil
		s.stopGuessing()
		s.work()
	case s.moved:
		s.moved = false
		s.idle = now.Add(s.options.Idle)
	default:
		s.abandon(true)
		s.out = nil // not a word, and nothing that was not taken
	}
}

// Closing says that the session is over and Output is drained: the connection is to be closed.
func (s *Server) Closing() bool { return s.state == Closed && len(s.out) == 0 }

// Hangup tells that the connection is gone. Without QUIT before it nothing is removed.
func (s *Server) Hangup() {
	if s.state != Closed {
		s.abandon(false)
	}
}

// Secured tells that TLS is up: from here on the session is safe from listeners.
func (s *Server) Secured() { s.paused, s.options.Secure = false, true }

// work goes on with the answer that is in progress, and obeys the commands that are complete, while there is room for output.
func (s *Server) work() {
	for s.state != Closed && !s.paused && len(s.late) == 0 && len(s.out) < outputMax {
		switch {
		case s.job != nil:
			if !s.job() {
				s.job = nil
			}
		case !s.readLine():
			return
		}
	}
}

// readLine obeys the next line; false where there is none yet.
func (s *Server) readLine() bool {
	end := bytes.IndexByte(s.in, '\n') + 1
	limit := MaxCommand
	if s.auth != nil {
		limit = authLineMax
	}
	switch {
	case s.skipped > 0:
		s.skip(end)
		return end > 0
	case end > limit || end == 0 && len(s.in) >= limit:
		shown := s.in[:16]
		if s.auth != nil {
			shown = nil
		}
		s.auth = nil
		s.fail(shown, "", "line is too long", "RFC 2449 §4")
		s.fault()
		if end > 0 {
			s.in = s.in[end:]
		} else {
			s.skip(0)
		}
	case end == 0:
		return false
	default:
		line := trimEnd(s.in[:end])
		s.in = s.in[end:]
		s.idle, s.moved = s.now.Add(s.options.Idle), false
		if s.auth != nil {
			s.proceed(line)
		} else {
			s.obey(line)
		}
	}
	return true
}

// skip throws away what a line has beyond its limit, up to its end, and a client whose line has none.
func (s *Server) skip(end int) {
	if end > 0 {
		s.in, s.skipped = s.in[end:], 0
		return
	}
	s.skipped += len(s.in)
	s.in = s.in[:0]
	if s.skipped > lineEndMax {
		s.err("", "the line has no end")
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
		s.faults = 0
		s.dispatch(line, c, rule)
		return
	}
	s.fault()
}

func (s *Server) dispatch(line []byte, c Command, rule Rule) {
	switch c.Verb {
	case "USER":
		s.named(line, c)
	case "PASS":
		s.pass(line, c, rule)
	case "APOP":
		s.apop(line, c, rule)
	case "AUTH":
		s.begin(line, c, rule)
	case "STLS":
		s.startTLS(line, rule)
	case "UTF8":
		s.startUTF8(line, rule)
	case "CAPA":
		s.ok("capabilities follow")
		s.lines(s.capabilities())
	case "STAT":
		s.stat()
	case "LIST":
		s.listing(line, c, s.scanSize)
	case "UIDL":
		s.listing(line, c, s.drop.UID)
	case "RETR", "TOP":
		s.give(line, c)
	case "DELE":
		s.mark(line, c)
	case "NOOP":
		s.ok("")
	case "RSET":
		s.unmark()
	case "QUIT":
		s.quit(rule)
	}
}

// fault counts a line that is no command, and ends a session that has nothing else.
func (s *Server) fault() {
	if s.faults++; s.faults >= faultsMax && s.state != Closed {
		s.err("", "too many lines that are no commands")
		s.abandon(false)
	}
}

// abandon ends the session without UPDATE.
func (s *Server) abandon(expired bool) {
	marks := 0
	for _, m := range s.marked {
		if m {
			marks++
		}
	}
	s.event(Abandoned{s.User(), marks, expired})
	s.close()
}

// close releases the maildrop and all that waits.
func (s *Server) close() {
	if s.drop != nil {
		s.drop.Close()
		s.drop = nil
	}
	s.state, s.in, s.late, s.job, s.auth = Closed, nil, nil, nil, nil
}

func (s *Server) event(e Event) { s.events.Push(&e) }

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

func (s *Server) err(code, words string) { s.out = appendErr(s.out, code, words) }

func appendErr(dst []byte, code, words string) []byte {
	dst = append(append(dst, Err...), ' ')
	if code != "" {
		dst = append(append(append(dst, '['), code...), "] "...)
	}
	return append(append(dst, words...), "\r\n"...)
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
