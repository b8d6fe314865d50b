package imap

import (
	"errors"
	"fmt"
	"mailwire/layers/application"
	"strings"
	"time"
)

// The limits of a session, where Config does not say otherwise.
const (
	// AutologoutAfter is how long a session may be silent once somebody has logged in (RFC 3501 §5.4: at least 30
	// minutes).
	AutologoutAfter = 30 * time.Minute
	// LoginWithin is how long a session may be silent before that.
	LoginWithin = 3 * time.Minute
	// LiteralMax is how long a message may be that is appended, in bytes.
	LiteralMax = 64 << 20

	// CommandWithin is how long a client may take for a command that it has begun, and for each further progressStep
	// bytes of it: one that sends a byte now and then does not stay for ever.
	CommandWithin = 5 * time.Minute
	progressStep  = 16 << 10

	lineMax         = 64 << 10  // bytes of a command's lines
	smallLiteralMax = 64 << 10  // bytes of a literal that is no message
	loginLiteralMax = 4 << 10   // bytes of a literal before login
	outputMax       = 256 << 10 // owed bytes at which no further command is begun
	faultsMax       = 20        // commands in a row that nobody understands, or logins that fail
)

// A Config says what a server is.
type Config struct {
	Backend    Backend
	Name       string        // of the host, for its greeting
	StartTLS   bool          // STARTTLS is offered
	Secured    bool          // the connection is encrypted from its first byte
	NeedTLS    bool          // no login in clear text (RFC 3501 §6.2.3 LOGINDISABLED)
	Autologout time.Duration // 0: AutologoutAfter
	Mechanisms []string      // of AUTHENTICATE; nil: sasl.Usual. CRAM-MD5 and SCRAM need a Backend that is a SecretBackend
	Nonce      func() string // makes each login unlike others: see sasl.Challenges; nil: CRAM-MD5 and SCRAM are not offered
	SaltKey    string        // for the salts of SCRAM: see sasl.Challenges
	LiteralMax int64         // 0: the constant
}

// A Server is one session, seen from the server.
type Server struct {
	config  Config
	state   State
	secured bool
	framer  framer
	out     []byte
	events  application.Queue[Event]
	now     time.Time
	silent  time.Time // when the session expires
	piece   int       // bytes of a command that is not whole, since silent was set; 0 when there are none
	handled bool      // something whole has come since silent was set
	woken   bool      // news are due to a client in IDLE that does not read
	faults  int

	account Account
	user    string
	enabled extension    // what the client has asked for
	box     *view        // the selected mailbox; nil when there is none
	command Command      // in progress, or the last one
	waiting func([]byte) // what the next line goes to, when it is no command: SASL, IDLE
	job     func() bool  // a FETCH in progress: writes a piece, and says whether more is to come
	held    bool         // STARTTLS: what follows is not ours
	closing bool
}

// NewServer returns a session that has greeted its client.
func NewServer(now time.Time, config Config) *Server {
	if config.Autologout == 0 {
		config.Autologout = AutologoutAfter
	}
	if config.LiteralMax == 0 {
		config.LiteralMax = LiteralMax
	}
	s := &Server{
		config: config, state: NotAuthenticated, secured: config.Secured, now: now, silent: now.Add(LoginWithin),
		framer: framer{lineMax: lineMax},
	}
	s.untagged("OK [CAPABILITY " + strings.Join(s.capabilities(), " ") + "] " + strings.TrimSpace(config.Name+" ready"))
	return s
}

// State is the state of the session.
func (s *Server) State() State { return s.state }

// User is who has logged in; "" before.
func (s *Server) User() string { return s.user }

// Receive takes bytes from the layer below, however they were cut.
func (s *Server) Receive(now time.Time, b []byte) {
	if s.closing {
		return
	}
	s.now = now
	if s.held {
		return // bytes in clear text behind STARTTLS: perhaps a stranger's (RFC 9051 §6.2.1), never read
	}
	s.framer.feed(b)
	s.run()
	s.extend(len(b))
}

// extend gives the client more time: all of it after a whole command (RFC 3501 §5.4), less for a piece of one.
func (s *Server) extend(arrived int) {
	s.piece += arrived
	switch {
	case s.framer.size() == 0:
		s.silent, s.piece = s.now.Add(s.patience()), 0
	case s.handled || s.piece == arrived || s.piece >= progressStep:
		s.silent, s.piece = s.now.Add(min(s.patience(), CommandWithin)), 1
	}
	s.handled = false
}

// Output takes the bytes owed to the layer below. When it returns bytes, call it again: commands may have waited for
// the room.
func (s *Server) Output() []byte {
	b := s.out
	s.out = nil
	if len(b) > 0 {
		if s.woken {
			s.Wake(s.now)
		}
		s.run()
		if s.handled {
			s.extend(0)
		}
	}
	return b
}

// Busy says that the session owes more than it wants to and reads no further command until Output has been called;
// meanwhile its owner should leave the client's bytes where they are.
func (s *Server) Busy() bool { return len(s.out) >= outputMax }

// Next returns the next thing that happened.
func (s *Server) Next() (Event, bool) { return s.events.Pop() }

// Deadline is when Expire wants to be called; zero for never.
func (s *Server) Deadline() time.Time {
	if s.closing {
		return time.Time{}
	}
	return s.silent
}

// Expire ends a session that has been silent for too long.
func (s *Server) Expire(now time.Time) {
	if s.now = now; s.closing || now.Before(s.silent) {
		return
	}
	if s.held { // in the midst of a handshake nobody would read it
		s.Close()
		return
	}
	// RFC 3501 §7.1.5: BYE tells of an autologout.
	s.bye("Autologout; idle for too long")
}

// Shutdown ends the session because the server goes down (RFC 9051 §7.1.5).
func (s *Server) Shutdown() {
	if !s.closing {
		s.bye("Server is shutting down")
	}
}

// Closing says that the connection is to be closed once Output has been sent.
func (s *Server) Closing() bool { return s.closing && len(s.out) == 0 }

// Close frees what the session holds, because its connection has ended. What was not expunged stays.
func (s *Server) Close() {
	s.unselect()
	s.closing, s.job, s.waiting = true, nil, nil
}

// Wake tells that the selected mailbox may have news. In IDLE the client is told at once, otherwise with its next
// command: no response about a mailbox's size is due while nobody asks (RFC 3501 §7.4.1).
func (s *Server) Wake(now time.Time) {
	s.now = now
	if s.woken = s.Idling() && s.box != nil; s.woken && !s.Busy() { // who does not read hears of it all together, later
		s.woken = false
		if s.refresh() {
			s.tell(true)
		}
	}
}

// Secured tells that the connection is encrypted now, after an event StartTLS.
func (s *Server) Secured(now time.Time) { s.now, s.secured, s.held = now, true, false }

// Idling says whether the client waits for news (RFC 2177).
func (s *Server) Idling() bool { return s.waiting != nil && s.command.Name == "IDLE" }

func (s *Server) patience() time.Duration {
	if s.state == NotAuthenticated {
		return LoginWithin
	}
	return s.config.Autologout
}

// run does what is to be done while there is room for output.
func (s *Server) run() {
	for !s.closing && !s.held && !s.Busy() {
		if s.job != nil {
			if !s.job() {
				s.job = nil
			}
			continue
		}
		found, ok := s.framer.next()
		if !ok {
			return
		}
		s.handled = true
		switch {
		case found.tooLong != nil:
			s.event(PeerError{State: s.state, Why: found.tooLong})
			s.bye("Line too long")
		case found.marker != nil:
			s.announced(*found.marker)
		case s.waiting != nil:
			s.handOver(found.text)
		default:
			s.obey(found.text)
		}
	}
}

// handOver gives a line that is no command to what waits for it.
func (s *Server) handOver(line []byte) {
	next := s.waiting
	s.waiting = nil
	next(line)
}

// obey reads a command and does what it says.
func (s *Server) obey(line []byte) {
	s.command = Command{}
	c := &s.command
	d := NewDecoder(line)
	d.utf8 = s.uses(utf8Names)
	if !d.TagAndName(c) {
		s.misunderstood(line, d.Err())
		return
	}
	rule, ok := RuleOf(c.Name)
	switch {
	case !ok:
		s.misunderstood(line, &SyntaxError{At: len(c.Tag) + 1, Want: "a command", Ref: "RFC 3501 §6"})
	case rule.In&s.state == 0:
		s.misunderstood(line, fmt.Errorf("imap: %s is for the state %v, this is %v (%s)", rule.Verb, rule.In, s.state, rule.Ref))
	case !d.Arguments(rule, c):
		s.misunderstood(line, d.Err())
	case s.goneWith2() != nil:
		s.misunderstood(line, s.goneWith2())
	case d.badName && c.Name != "LIST" && c.Name != "LSUB":
		s.refuse(&Refusal{"CANNOT", "Mailbox name is not modified UTF-7"}) // RFC 3501 §5.1.3
	default:
		if s.account != nil { // before login, failed ones count on
			s.faults = 0
		}
		if s.refresh() {
			s.perform(rule)
		}
	}
}

// misunderstood answers BAD: the client broke the protocol (RFC 3501 §7.1.3).
func (s *Server) misunderstood(line []byte, why error) {
	s.event(PeerError{State: s.state, Line: string(line[:min(len(line), 200)]), Why: why})
	tag := s.command.Tag
	if tag == "" {
		tag = "*"
	}
	// RFC 3501 §9 text is ASCII.
	s.line(tag + " BAD " + strings.Map(printable, strings.ReplaceAll(strings.TrimPrefix(why.Error(), "imap: "), "§", "section ")))
	if s.faults++; s.faults >= faultsMax {
		s.bye("Too many faults in a row")
	}
}

func (s *Server) event(e Event) { s.events.Push(&e) }

func (s *Server) line(text string) { s.out = append(append(s.out, text...), "\r\n"...) }

func (s *Server) untagged(text string) { s.line("* " + text) }

func (s *Server) write(e *Encoder) { s.out = append(s.out, e.CRLF().Bytes()...) }

func (s *Server) bye(text string) {
	s.untagged("BYE " + text)
	s.move(Rule{Verb: "BYE", To: LoggedOut, Ref: "RFC 3501 §7.1.5"})
	s.Close()
}

// move changes the state as a rule says.
func (s *Server) move(rule Rule) {
	if rule.To != 0 && rule.To != s.state {
		s.event(Moved{From: s.state, To: rule.To, By: rule})
		s.state = rule.To
	}
}

// done completes the command in progress, after the news that may be told with it.
func (s *Server) done(code, text string) {
	if s.box != nil {
		s.tell(s.mayExpunge())
	}
	s.complete("OK", code, text)
}

// mayExpunge obeys RFC 3501 §7.4.1: an EXPUNGE shifts sequence numbers, so it is not sent while a command is answered
// that was written with them. The UID commands were not.
func (s *Server) mayExpunge() bool {
	switch s.command.Name {
	case "FETCH", "STORE", "SEARCH", "SORT", "THREAD": // the last two: RFC 5256 §5
		return false
	case "UID SEARCH", "UID SORT", "UID THREAD":
		return !s.command.Search.has("SET") // RFC 7162 §3.2.10.2: their keys may hold sequence numbers
	}
	return true
}

func (s *Server) complete(status, code, text string) {
	c := &s.command
	if code != "" {
		text = "[" + code + "] " + text
	}
	s.line(c.Tag + " " + status + " " + text)
	word, _, _ := strings.Cut(code, " ")
	s.event(Completed{Tag: c.Tag, Command: c.Name, Status: status, Code: word})
	s.command = Command{Tag: c.Tag, Name: c.Name} // an idle session keeps nothing of a long command
}

// refuse answers NO with the reason. The state stays.
func (s *Server) refuse(err error) {
	if s.box != nil {
		s.tell(s.mayExpunge())
	}
	var r *Refusal
	if !errors.As(err, &r) {
		r = &Refusal{"SERVERBUG", strings.Map(printable, err.Error())}
	}
	s.complete("NO", r.Code, r.Text)
}

func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return '?'
	}
	return r
}

// bad answers BAD to a command that is well written but asks for what the protocol forbids.
func (s *Server) bad(text, ref string) {
	s.event(PeerError{State: s.state, Line: s.command.Name, Why: fmt.Errorf("imap: %s (%s)", text, ref)})
	s.complete("BAD", "", text)
}
