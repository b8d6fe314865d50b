package smtp

import (
	"bytes"
	"errors"
	"net/netip"
	"time"

	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// A Server is one session on the server's side, from the greeting to the close.
type Server struct {
	config  ServerConfig
	backend Backend
	session Session
	state   State
	refused bool // the greeting was a refusal: QUIT alone is in order

	in     []byte // bytes that do not make a line yet
	long   int    // bytes of a line that is too long and is not kept
	held   []byte // what came while the client did not read
	out    []byte
	events application.Queue[Event]

	now            time.Time // of the last call
	deadline       time.Time
	errors, logins int

	envelope Envelope
	content  content
	auth     *sasl.Server
}

// NewServer begins a session with the client at peer: the greeting is ready in Output.
func NewServer(now time.Time, config ServerConfig, backend Backend, peer netip.Addr) *Server {
	s := &Server{config: config.withDefaults(), backend: backend, session: Session{Peer: peer}, now: now}
	s.touch()
	if refusal := s.config.Refuse; refusal != nil {
		s.refused = true
		s.out = refusal.Append(s.out)
		// RFC 5321 §3.8: behind 421 the server closes.
		if refusal.Code == 421 {
			s.end(refusal)
		}
		return s
	}
	words := " ESMTP ready"
	switch {
	case s.config.OnlyHELO:
		words = " SMTP ready"
	case s.config.Role == LMTP:
		words = " LMTP ready"
	}
	// RFC 2034 §4: the greeting has no enhanced code.
	s.send(220, "", s.config.Hostname+words)
	return s
}

// State says where the session stands.
func (s *Server) State() State { return s.state }

// Session is what is known of the client.
func (s *Server) Session() Session { return s.session }

// Output returns the bytes owed to the client and forgets them. When it returns bytes, call it again: commands may have
// waited for the room.
func (s *Server) Output() []byte {
	out := s.out
	s.out = nil
	if held := s.held; len(held) > 0 && len(out) > 0 {
		s.held = nil
		s.read(held)
	}
	return out
}

// Busy says that the client does not read its answers: the session owes more than Limits.Output and obeys no further command
// until Output has been called. Meanwhile its owner should leave the client's bytes where they are.
func (s *Server) Busy() bool { return len(s.out) >= s.config.Limits.Output }

// Next returns what happened next.
func (s *Server) Next() (Event, bool) { return s.events.Pop() }

// Closing says that the connection is to be closed once Output is sent.
func (s *Server) Closing() bool { return s.state == Closed }

// Deadline is when Expire wants to be called; zero: never. A part of a line does not move it, so that a client which sends
// a byte now and then is not waited for forever.
func (s *Server) Deadline() time.Time {
	if s.state == Closed {
		return time.Time{}
	}
	return s.deadline
}

// Expire ends the session when its deadline has passed (RFC 5321 §4.5.3.2.7).
func (s *Server) Expire(now time.Time) {
	if s.now = now; s.state != Closed && !now.Before(s.deadline) {
		s.hangUp("4.4.2", "Timeout waiting for the client")
	}
}

// Shutdown ends the session because the server goes down (RFC 5321 §3.8).
func (s *Server) Shutdown() {
	if s.state != Closed {
		s.hangUp("4.3.2", "Service shutting down")
	}
}

// End tells that the client closed the connection. A mail whose end has not come is forgotten.
func (s *Server) End(now time.Time) {
	if s.now = now; s.state != Closed {
		s.end(errors.New("smtp: the client closed without QUIT (RFC 5321 §4.1.1.10)"))
	}
}

// Secured tells that TLS is running: what was said before is forgotten (RFC 3207 §4.2).
func (s *Server) Secured(now time.Time) {
	s.now = now
	s.in, s.long, s.held = nil, 0, nil
	s.session = Session{Peer: s.session.Peer, TLS: true}
	s.reset()
	s.touch()
	s.move(ruleFor(s.state, "TLS"))
}

// Receive takes the client's next bytes.
func (s *Server) Receive(now time.Time, b []byte) {
	if s.now = now; len(b) == 0 || s.state == Closed {
		return
	}
	if len(s.held) > 0 {
		s.hold(b)
		return
	}
	s.read(b)
}

// read obeys what the client sent, as long as it reads the answers.
func (s *Server) read(b []byte) {
	for len(b) > 0 && s.state != Closed {
		switch {
		case s.state == Securing:
			// RFC 3207 §4.2 as a rule of safety: what came in the clear behind STARTTLS is not a command under TLS.
			s.fault(b, &SyntaxError{At: 1, Code: 500, Why: "nothing may follow STARTTLS before its answer", Ref: "RFC 3207 §4"})
			return
		case s.Busy():
			s.hold(b)
			return
		case s.state == Content:
			b = s.receiveContent(b)
		case s.content.chunk:
			b = s.receiveChunk(b)
		default:
			b = s.receiveLine(b)
		}
	}
}

// heldMax is how much is held for a client that does not read; an owner who heeds Busy never comes near.
const heldMax = 256 << 10

// hold keeps what a client sends that does not read its answers. One that goes on and on is dropped.
func (s *Server) hold(b []byte) {
	if len(s.held)+len(b) > heldMax {
		s.hangUp("4.7.0", "You send and do not read")
		return
	}
	s.held = append(s.held, b...)
}

// endless is how long a line may be until the server hangs up; of one that is too long nothing is kept.
const endless = 1 << 20

// receiveLine takes one command line, or a part of it, off b.
func (s *Server) receiveLine(b []byte) (rest []byte) {
	limit := s.config.Limits.Line
	if s.state == Authenticating {
		limit = s.config.Limits.AuthLine
	}
	part, rest, ended := bytes.Cut(b, []byte{'\n'})
	size := s.long + len(s.in) + len(part)
	if size+1 > endless {
		s.hangUp("4.7.0", "Endless line")
		return nil
	}
	if size+1 > limit {
		s.long, s.in = size, s.in[:0]
		if ended {
			s.long = 0
			s.touch()
			s.lineTooLong(part)
		}
		return rest
	}
	if !ended {
		s.in = append(s.in, part...)
		return nil
	}
	if len(s.in) > 0 {
		s.in = append(s.in, part...)
		part = s.in
	}
	s.touch()
	line, crlf := bytes.CutSuffix(part, []byte{'\r'})
	text := string(line)
	s.in = s.in[:0]
	switch {
	case !crlf:
		// RFC 5321 §2.3.8: a line feed alone ends no line. It is answered, so that a person at a keyboard learns it.
		s.refuse(text, &SyntaxError{At: len(text) + 1, Code: 500, Why: "a line ends with CRLF", Ref: "RFC 5321 §2.3.8"})
	case s.state == Authenticating:
		s.authLine(text)
	default:
		s.command(text)
	}
	return rest
}

func (s *Server) lineTooLong(part []byte) {
	if s.state == Authenticating {
		// RFC 4954 §6: 500 5.5.6.
		s.endAuth("")
		s.send(500, "5.5.6", "Authentication line too long")
		return
	}
	// RFC 5321 §4.5.3.1.9: 500 Line too long.
	s.fault(part, &SyntaxError{At: s.config.Limits.Line, Code: 500, Why: "the line is too long", Ref: "RFC 5321 §4.5.3.1.4"})
	s.send(500, "5.5.2", "Line too long")
	s.countError()
}

// move obeys the rule at a place of Rules; -1 is none.
func (s *Server) move(rule int) {
	if rule < 0 {
		return
	}
	moved := &moves[s.state][rule]
	s.state = moved.To
	s.tell(moved)
}

func (s *Server) tell(e Event) { s.events.Push(&e) }

func (s *Server) fault(line []byte, why error) {
	s.tell(&PeerError{Line: string(line[:min(len(line), 512)]), Why: why})
}

// reset forgets the transaction.
func (s *Server) reset() {
	s.envelope = Envelope{}
	s.content = content{}
	s.auth = nil
}

// touch gives the client its time anew: it has sent a whole line, or enough of a mail.
func (s *Server) touch() { s.deadline = s.now.Add(s.config.Limits.Timeout) }

func (s *Server) end(why error) {
	s.state = Closed
	s.reset()
	s.in, s.held = nil, nil
	s.tell(&Ended{Why: why})
}
