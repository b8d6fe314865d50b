package smtp

import (
	"bytes"
	"errors"
	"net/netip"
	"time"

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
	out    []byte
	events []Event

	deadline       time.Time
	errors, logins int

	envelope Envelope
	content  content
	auth     *sasl.Server
}

// NewServer begins a session with the client at peer: the greeting is ready in Output.
func NewServer(now time.Time, config ServerConfig, backend Backend, peer netip.Addr) *Server {
	s := &Server{config: config.withDefaults(), backend: backend, session: Session{Peer: peer}}
	s.touch(now)
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
	if s.config.OnlyHELO {
		words = " SMTP ready"
	}
	// RFC 2034 §4: the greeting has no enhanced code.
	s.send(220, "", s.config.Hostname+words)
	return s
}

// State says where the session stands.
func (s *Server) State() State { return s.state }

// Session is what is known of the client.
func (s *Server) Session() Session { return s.session }

// Output returns the bytes owed to the client and forgets them.
func (s *Server) Output() []byte {
	out := s.out
	s.out = nil
	return out
}

// Next returns what happened next.
func (s *Server) Next() (Event, bool) {
	if len(s.events) == 0 {
		return nil, false
	}
	e := s.events[0]
	s.events = s.events[1:]
	return e, true
}

// Closing says that the connection is to be closed once Output is sent.
func (s *Server) Closing() bool { return s.state == Closed }

// Deadline is when Expire wants to be called; zero: never.
func (s *Server) Deadline() time.Time {
	if s.state == Closed {
		return time.Time{}
	}
	return s.deadline
}

// Expire ends the session when its deadline has passed (RFC 5321 §4.5.3.2.7).
func (s *Server) Expire(now time.Time) {
	if s.state != Closed && !now.Before(s.deadline) {
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
	if s.state != Closed {
		s.end(errors.New("smtp: the client closed without QUIT (RFC 5321 §4.1.1.10)"))
	}
}

// Secured tells that TLS is running: what was said before is forgotten (RFC 3207 §4.2).
func (s *Server) Secured(now time.Time) {
	s.in, s.long = nil, 0
	s.session = Session{Peer: s.session.Peer, TLS: true}
	s.reset()
	s.touch(now)
	if rule, ok := FindRule(s.state, "TLS"); ok {
		s.move(rule)
	}
}

// Receive takes the client's next bytes.
func (s *Server) Receive(now time.Time, b []byte) {
	if len(b) == 0 || s.state == Closed || s.state == Securing {
		return
	}
	s.touch(now)
	for len(b) > 0 && s.state != Closed {
		switch {
		case s.state == Securing:
			// RFC 3207 §4.2 as a rule of safety: what came in the clear behind STARTTLS is not a command under TLS.
			s.fault(b, &SyntaxError{At: 1, Code: 500, Why: "nothing may follow STARTTLS before its answer", Ref: "RFC 3207 §4"})
			return
		case s.state == Content:
			b = s.receiveContent(now, b)
		case s.content.chunk:
			b = s.receiveChunk(now, b)
		default:
			b = s.receiveLine(now, b)
		}
	}
}

// endless is how many times the longest line a line may be until the server hangs up.
const endless = 32

// receiveLine takes one command line, or a part of it, off b.
func (s *Server) receiveLine(now time.Time, b []byte) (rest []byte) {
	limit := s.config.Limits.Line
	if s.state == Authenticating {
		limit = s.config.Limits.AuthLine
	}
	part, rest, ended := bytes.Cut(b, []byte("\n"))
	size := s.long + len(s.in) + len(part)
	if size+1 > endless*limit {
		s.hangUp("4.7.0", "Endless line")
		return nil
	}
	if size+1 > limit {
		s.long, s.in = size, s.in[:0]
		if ended {
			s.long = 0
			s.lineTooLong(part)
		}
		return rest
	}
	s.in = append(s.in, part...)
	if !ended {
		return nil
	}
	line, crlf := bytes.CutSuffix(s.in, []byte("\r"))
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

// refuse answers a line that breaks the grammar.
func (s *Server) refuse(line string, fault *SyntaxError) {
	s.fault([]byte(line), fault)
	enhanced := "5.5.2"
	if fault.Code == 504 || fault.Code == 555 || fault.Code == 501 {
		enhanced = "5.5.4"
	}
	s.send(fault.Code, enhanced, "Syntax error: "+fault.Why)
	s.countError()
}

// deny answers a command that is known and wrong here.
func (s *Server) deny(code int, enhanced, text string) {
	s.send(code, enhanced, text)
	s.countError()
}

func (s *Server) countError() {
	if s.errors++; s.errors >= s.config.Limits.Errors && s.state != Closed {
		s.hangUp("4.7.0", "Too many errors")
	}
}

// answer sends what the backend decided; accepted says whether that is a yes.
func (s *Server) answer(err error, code int, enhanced, text string) (accepted bool) {
	var reply *Reply
	switch {
	case err == nil:
		s.send(code, enhanced, text)
		return true
	case errors.As(err, &reply):
		s.sendReply(reply)
		return reply.Class() == 2
	}
	s.send(451, "4.3.0", "Local error: try again later")
	return false
}

func (s *Server) send(code int, enhanced, text string) { s.sendReply(NewReply(code, enhanced, text)) }

func (s *Server) sendReply(r *Reply) {
	// RFC 2034 §3: codes for who asked with EHLO and was told.
	if !s.session.Extended || !s.config.announces("ENHANCEDSTATUSCODES") {
		r = &Reply{Code: r.Code, Lines: r.Lines}
	}
	s.out = r.Append(s.out)
}

func (s *Server) move(by Rule) {
	from := s.state
	if by.To != Same {
		s.state = by.To
	}
	s.tell(&Moved{From: from, To: s.state, By: by})
}

func (s *Server) tell(e Event) { s.events = append(s.events, e) }

func (s *Server) fault(line []byte, why error) {
	s.tell(&PeerError{Line: string(line[:min(len(line), 512)]), Why: why})
}

// reset forgets the transaction.
func (s *Server) reset() {
	s.envelope = Envelope{}
	s.content = content{}
	s.auth = nil
}

func (s *Server) touch(now time.Time) { s.deadline = now.Add(s.config.Limits.Timeout) }

// hangUp ends the session with 421.
func (s *Server) hangUp(enhanced, why string) {
	r := NewReply(421, enhanced, s.config.Hostname+" "+why)
	s.sendReply(r)
	s.end(r)
}

func (s *Server) end(why error) {
	s.state = Closed
	s.reset()
	s.in = nil
	s.tell(&Ended{Why: why})
}
