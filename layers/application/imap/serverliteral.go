package imap

import "errors"

// announced answers the announcement of a literal. A client that waits is told at once what is wrong with its command so
// far (RFC 3501 §4.3: it sends the literal after "+" alone).
func (s *Server) announced(m LiteralMarker) {
	var c Command
	sofar := s.framer.sofar()
	d := NewDecoder(sofar)
	known := d.TagAndName(&c)
	rule, is := RuleOf(c.Name)
	limit := s.literalLimit(c.Name)
	fits := m.Length <= limit && int64(len(sofar))+m.Length <= limit+lineMax
	switch {
	case m.Synchronizing && s.waiting != nil: // a line that looks so by chance
		s.framer.skip()
		s.handOver(trimLineEnd(sofar))
	case m.Synchronizing && known && (!is || rule.In&s.state == 0):
		s.framer.skip()
		s.obey(sofar)
	case m.Synchronizing && c.Name == "LOGIN" && s.needsTLS():
		s.framer.skip()
		s.command = c
		s.refuse(errNeedTLS)
	case fits && m.Synchronizing:
		s.line("+ Ready for literal data") // RFC 3501 §7.5
	case fits:
	case m.Synchronizing && known:
		// RFC 7889 §4: a client that waits is refused before it sends.
		s.framer.skip()
		s.command = c
		s.refuse(&Refusal{"TOOBIG", "Literal is too long"})
	default:
		// The client sends whether we want it or not: the connection is of no more use (RFC 7888 §4).
		s.event(PeerError{State: s.state, Line: c.Name, Why: errors.New("imap: literal too long (RFC 7888 §4)")})
		s.bye("[TOOBIG] Literal is too long")
	}
}

// literalLimit is how long a literal of a command may be.
func (s *Server) literalLimit(name string) int64 {
	switch {
	case s.account == nil:
		return loginLiteralMax
	case name == "APPEND":
		return s.config.LiteralMax
	}
	return smallLiteralMax
}
