package smtp

import (
	"errors"
	"strconv"
	"strings"
)

// send owes the client a reply. enhanced is "5.7.1" or ""; the lines of text are separated by line feeds.
func (s *Server) send(code int, enhanced, text string) {
	if !s.enhances() {
		enhanced = ""
	}
	if s.out == nil {
		s.out = make([]byte, 0, 128)
	}
	for more := true; more; {
		var line string
		line, text, more = strings.Cut(text, "\n")
		s.out = strconv.AppendInt(s.out, int64(code), 10)
		if more {
			s.out = append(s.out, '-')
		} else {
			s.out = append(s.out, ' ')
		}
		// RFC 2034 §4: the enhanced code precedes the text of every line.
		if enhanced != "" {
			s.out = append(append(s.out, enhanced...), ' ')
		}
		s.out = append(append(s.out, line...), '\r', '\n')
	}
}

// enhances says whether replies have enhanced codes: for who asked with EHLO and was told (RFC 2034 §3).
func (s *Server) enhances() bool {
	return s.session.Extended && s.config.announces("ENHANCEDSTATUSCODES")
}

func (s *Server) sendReply(r *Reply) {
	if !s.enhances() && r.Enhanced != (Enhanced{}) {
		r = &Reply{Code: r.Code, Lines: r.Lines}
	}
	s.out = r.Append(s.out)
}

// refuse answers a line that breaks the grammar.
func (s *Server) refuse(line string, fault *SyntaxError) {
	s.fault([]byte(line), fault)
	enhanced := "5.5.2"
	if fault.Code == 504 || fault.Code == 555 || fault.Code == 501 {
		enhanced = "5.5.4"
	}
	s.deny(fault.Code, enhanced, "Syntax error: "+fault.Why)
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
	if err == nil {
		s.send(code, enhanced, text)
		return true
	}
	var reply *Reply
	if errors.As(err, &reply) {
		s.sendReply(reply)
		return reply.Class() == 2
	}
	// RFC 5321 §4.2.2: 451, local error in processing.
	s.send(451, "4.3.0", "Local error: try again later")
	return false
}

// hangUp ends the session with 421 (RFC 5321 §3.8).
func (s *Server) hangUp(enhanced, why string) {
	r := NewReply(421, enhanced, s.config.Hostname+" "+why)
	s.sendReply(r)
	s.end(r)
}
