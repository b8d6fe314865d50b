package http

import (
	"strconv"
	"strings"
	"time"

	"mailwire/layers/application"
)

// The patience of both sides with a silent peer.
const patience = time.Minute

// An end is what both ends of a connection have.
type end struct {
	reader   reader
	out      []byte
	fault    error // what the peer said that is no HTTP
	deadline time.Time
	closing  bool
}

// heard takes bytes of the peer, who has shown that he is there.
func (e *end) heard(now time.Time, b []byte) {
	e.deadline = now.Add(patience)
	e.reader.in = append(e.reader.in, b...)
}

// Output returns the bytes owed to the peer and forgets them.
func (e *end) Output() []byte {
	out := e.out
	e.out = nil
	return out
}

// Deadline is when Expire wants to be called.
func (e *end) Deadline() time.Time { return e.deadline }

// Expire ends a connection whose peer has been silent for a while.
func (e *end) Expire(now time.Time) { e.closing = e.closing || !now.Before(e.deadline) }

// Closing says that the connection is to be closed once Output is sent.
func (e *end) Closing() bool { return e.closing }

// A Server is a server's end of a connection. Requests are taken one after the other; each is answered before the next.
type Server struct {
	end
	requests application.Queue[*Request]
	owed     int // requests that wait for their response
}

// NewServer begins a connection.
func NewServer(now time.Time) *Server { return &Server{end: end{deadline: now.Add(patience)}} }

// Receive takes bytes of the client, however they were cut. What is no HTTP is answered with its error, and ends the
// connection.
func (s *Server) Receive(now time.Time, b []byte) {
	if s.closing || s.fault != nil {
		return
	}
	s.heard(now, b)
	for {
		first, fields, body, err := s.reader.next()
		if err == nil && first == "" {
			return
		}
		words := strings.Split(first, " ")
		if err == nil && (len(words) != 3 || !strings.HasPrefix(words[2], "HTTP/1.") || !strings.HasPrefix(words[1], "/")) {
			err = &SyntaxError{400, "a request line has a method, a target and a version", "RFC 9112 §3"}
		}
		if err != nil {
			s.fault = err
			s.refuse()
			return
		}
		s.owed++
		r := &Request{words[0], words[1], fields, body}
		s.requests.Push(&r)
	}
}

// refuse answers what is no HTTP, in its turn (RFC 9112 §9.3.2).
func (s *Server) refuse() {
	if s.fault == nil || s.owed > 0 {
		return
	}
	code := 400
	if fault, ok := s.fault.(*SyntaxError); ok {
		code = fault.Code
	}
	s.out = (&Response{Code: code, Reason: Reason(code), Fields: []Field{{"Connection", "close"}}}).Append(s.out)
	s.closing = true
}

// Reason is the phrase that goes with a code (RFC 9110 §15), for those that the engines and a webmail use.
func Reason(code int) string {
	switch code {
	case 200:
		return "OK"
	case 303:
		return "See Other"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 413:
		return "Content Too Large"
	case 431:
		return "Request Header Fields Too Large"
	case 501:
		return "Not Implemented"
	case 502:
		return "Bad Gateway"
	}
	return "Bad Request"
}

// Next returns the next request that has come.
func (s *Server) Next() (*Request, bool) { return s.requests.Pop() }

// Answer sends a response to the request that came first.
func (s *Server) Answer(r *Response) {
	s.out = r.Append(s.out)
	s.owed--
	s.refuse()
}

// A Client is a client's end of a connection.
type Client struct {
	end
	host      string
	responses application.Queue[*Response]
}

// NewClient begins a connection to a host, whose name each request tells (RFC 9110 §7.2).
func NewClient(now time.Time, host string) *Client {
	return &Client{end: end{deadline: now.Add(patience)}, host: host}
}

// Send sends a request.
func (c *Client) Send(now time.Time, r *Request) {
	c.deadline = now.Add(patience)
	sent := *r
	sent.Fields = append([]Field{{"Host", c.host}}, r.Fields...)
	c.out = sent.Append(c.out)
}

// Receive takes bytes of the server, however they were cut.
func (c *Client) Receive(now time.Time, b []byte) {
	if c.closing {
		return
	}
	c.heard(now, b)
	for {
		first, fields, body, err := c.reader.next()
		if err == nil && first == "" {
			return
		}
		words := strings.SplitN(first, " ", 3)
		code := 0
		if err == nil && len(words) >= 2 && strings.HasPrefix(words[0], "HTTP/1.") {
			code, _ = strconv.Atoi(words[1])
		}
		if err == nil && (code < 100 || code > 599) {
			err = &SyntaxError{Why: "a status line has a version and a code", Ref: "RFC 9112 §4"}
		}
		if err != nil {
			c.fault, c.closing = err, true
			return
		}
		reason := ""
		if len(words) == 3 {
			reason = words[2]
		}
		r := &Response{code, reason, fields, body}
		c.responses.Push(&r)
	}
}

// Next returns the next response that has come.
func (c *Client) Next() (*Response, bool) { return c.responses.Pop() }

// Quit ends the connection. HTTP has no word for it.
func (c *Client) Quit() { c.closing = true }

// Fault is why the server was not understood; nil when it was.
func (c *Client) Fault() error { return c.fault }
