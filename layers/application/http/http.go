// Package http follows HTTP/1 as far as mail needs it: the CONNECT by which a client asks a proxy for a connection to a mail
// server (RFC 9110 §9.3.6), and the first lines of other requests and responses.
//
// A message's Text is its request or status line and its header fields; a body is a message of kind data, without text.
//
// [Server] and [Client] are the two ends as a webmail and a browser have them: messages with Content-Length over one
// connection, one after the other.
//
// Modelled: requests and responses with their header fields, bodies by Content-Length and chunks, the end of both
// protocols behind CONNECT and 2xx and behind 101.
//
// NOT modelled: chunks and content codings in the engines, what bodies hold, trailers as fields, HTTP/2 and HTTP/3.
package http

import (
	"bytes"
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

const (
	headMax     = 64 << 10 // bytes of a head; a longer one is told as broken
	methodsMax  = 128      // requests without a response that are remembered
	untilClosed = -1       // length of a body that ends with its stream
)

// A Dialogue follows one connection. It implements [application.Dialogue].
type Dialogue struct {
	sides    [2]side
	ready    application.Queue[application.Message]
	asked    []request // that wait for a response
	upgrade  application.Upgrade
	upgraded bool
}

// hostMax is how many bytes of a host's name are kept; a name of the DNS has no more (RFC 1035 §2.3.4).
const hostMax = 255

// A request is what a response depends on.
type request struct {
	method string
	host   string // of CONNECT
	port   uint16 // likewise
	end    int64  // of its bytes in the client's stream
}

// A side is one of the two streams.
type side struct {
	offset int64 // of the next byte
	head   []byte
	body   body
	lost   bool // what comes is not understood
}

// A body is what is left of the one in progress.
type body struct {
	open    bool
	chunked bool
	left    int64 // bytes to come, of it or of the chunk; untilClosed
	line    []byte
	trailer bool  // the last chunk has come
	start   int64 // of its first byte in the stream
	torn    bool
	content content
	text    []byte // of one that people can read, up to application.TextMax; none of it behind a gap
}

// A content is what a body holds, as far as it matters here.
type content uint8

const (
	data content = iota
	page         // text
	form         // what somebody has typed into a page, a password perhaps
)

var _ application.Dialogue = (*Dialogue)(nil)

// NewDialogue returns a dialogue that has seen nothing.
func NewDialogue() *Dialogue { return &Dialogue{} }

// Receive takes the next bytes of a side.
func (d *Dialogue) Receive(from layers.Side, b []byte) {
	s := &d.sides[from]
	for len(b) > 0 && !d.upgraded {
		var n int
		switch {
		case s.lost, from == layers.Client && d.tunnels():
			n = len(b)
			s.offset += int64(n)
		case s.body.open:
			n = d.readBody(from, s, b)
		default:
			n = d.readHead(from, s, b)
		}
		b = b[n:]
	}
}

// tunnels tells whether the client waits for the answer to CONNECT, so that what it says already is not HTTP.
func (d *Dialogue) tunnels() bool {
	n := len(d.asked)
	return n > 0 && d.asked[n-1].method == "CONNECT"
}

// readHead takes bytes up to the empty line.
func (d *Dialogue) readHead(from layers.Side, s *side, b []byte) int {
	for i, c := range b {
		if c != '\n' {
			continue
		}
		head := append(s.head, b[:i+1]...)
		s.head = head
		s.offset += int64(i + 1)
		if line := bytes.TrimRight(head, "\r\n"); len(line) == 0 {
			s.head = s.head[:0] // RFC 9112 §2.2: an empty line before a request is passed over
			return i + 1
		}
		if bytes.HasSuffix(head, []byte("\n\n")) || bytes.HasSuffix(head, []byte("\n\r\n")) {
			d.endHead(from, s)
		} else if len(head) > headMax {
			d.give(from, s)
		}
		return i + 1
	}
	s.head = append(s.head, b...)
	s.offset += int64(len(b))
	if len(s.head) > headMax {
		d.give(from, s)
	}
	return len(b)
}

// give tells of a head that can't be read, and gives the side up.
func (d *Dialogue) give(from layers.Side, s *side) {
	m := d.begun(from, s)
	m.Text, m.Complete, m.Notes = "not HTTP", true, []layers.Note{layers.N("http.broken")}
	d.ready.Push(&m)
	s.head, s.lost = nil, true
}

// begun is the message of the head as far as it has come. Until it is read, a client's may hold a password anywhere.
func (d *Dialogue) begun(from layers.Side, s *side) application.Message {
	m := application.Message{Protocol: "http", From: from, Kind: application.Command, Offset: s.offset - int64(len(s.head)), Length: int64(len(s.head))}
	if from == layers.Server {
		m.Kind = application.Reply
		return m
	}
	m.Secrets = secretsOf(s.head)
	return m
}

// endHead reads a head that is complete.
func (d *Dialogue) endHead(from layers.Side, s *side) {
	first, _, _ := strings.Cut(string(s.head), "\n")
	words := strings.SplitN(strings.TrimRight(first, "\r"), " ", 3)
	isResponse := strings.HasPrefix(words[0], "HTTP/")
	if len(words) < 2 || isResponse != (from == layers.Server) {
		d.give(from, s)
		return
	}
	m := d.begun(from, s)
	m.Complete = true
	text := strings.TrimRight(string(s.head), "\r\n")
	m.Text = text[:min(len(text), application.TextMax)]
	m.Secrets = secretsOf(s.head)
	fields := headFields(s.head)
	if from == layers.Client {
		d.request(&m, words, fields)
	} else {
		d.response(&m, s, words, fields)
	}
	d.ready.Push(&m)
	s.head = s.head[:0]
}

// request reads a request line (RFC 9112 §3).
func (d *Dialogue) request(m *application.Message, words []string, fields []headField) {
	method, target := words[0], words[1]
	m.Verb = application.Upper(method)
	m.Fields = []layers.Field{
		{Name: "method", Range: layers.Range{Length: len(method)}, Value: layers.String(method)},
		{Name: "target", Range: layers.Range{Offset: len(method) + 1, Length: len(target)}, Value: layers.String(target)},
	}
	m.Fields = append(m.Fields, shown(fields)...)
	q := request{method: m.Verb, end: m.Offset + m.Length}
	id := "http.request"
	if q.method == "CONNECT" {
		id = "http.connect"
		if at := strings.LastIndexByte(target, ':'); at >= 0 {
			port, _ := strconv.ParseUint(target[at+1:], 10, 16)
			q.host, q.port = strings.Trim(strings.Clone(target[:min(at, hostMax)]), "[]"), uint16(port)
		}
	}
	m.Notes = []layers.Note{layers.N(id, layers.A("target", layers.String(target)))}
	if _, ok := find(fields, "proxy-authorization"); ok {
		m.Notes = append(m.Notes, layers.N("http.proxy-authorization"))
	}
	if len(d.asked) < methodsMax {
		d.asked = append(d.asked, q)
	}
	d.sides[layers.Client].body = bodyOf(fields, 0, m.Offset+m.Length)
}

// response reads a status line (RFC 9112 §4).
func (d *Dialogue) response(m *application.Message, s *side, words []string, fields []headField) {
	m.Code, _ = strconv.Atoi(words[1])
	m.Fields = []layers.Field{{Name: "status", Range: layers.Range{Offset: len(words[0]) + 1, Length: len(words[1])}, Value: layers.Int(m.Code)}}
	m.Fields = append(m.Fields, shown(fields)...)
	var q request
	if len(d.asked) > 0 {
		q = d.asked[0]
	}
	if m.Code >= 200 && len(d.asked) > 0 {
		d.asked = d.asked[1:]
	}
	code := layers.A("code", layers.Int(m.Code))
	switch granted := m.Code >= 200 && m.Code < 300; {
	case q.method == "CONNECT" && granted:
		m.Notes = []layers.Note{layers.N("http.connect.granted")}
		d.upgraded = true
		d.upgrade = application.Upgrade{Protocol: application.Anew, Host: q.host, Port: q.port, From: [2]int64{q.end, s.offset}}
		return
	case q.method == "CONNECT" && m.Code == 407:
		m.Notes = []layers.Note{layers.N("http.connect.login")}
	case q.method == "CONNECT" && m.Code >= 300:
		m.Notes = []layers.Note{layers.N("http.connect.refused", code)}
	case m.Code == 101:
		m.Notes = []layers.Note{layers.N("http.switching")}
		d.upgraded = true
		d.upgrade = application.Upgrade{From: [2]int64{q.end, s.offset}}
		return
	default:
		m.Notes = []layers.Note{layers.N("http.response", code)}
	}
	switch {
	case m.Code < 200, m.Code == 204, m.Code == 304, q.method == "HEAD": // RFC 9112 §6.3: no body
	default:
		s.body = bodyOf(fields, untilClosed, m.Offset+m.Length)
	}
}

// Gap says that bytes are missing. A body goes on behind the gap if it ends behind it.
func (d *Dialogue) Gap(from layers.Side, n int64) {
	s := &d.sides[from]
	if s.body.open && !s.body.chunked && (s.body.left == untilClosed || n > 0 && n < s.body.left) {
		s.body.torn, s.body.text = true, nil
		s.offset += n
		if s.body.left > 0 {
			s.body.left -= n
		}
		return
	}
	d.End(from)
	s.offset += n
	s.lost = true
}

// End makes an incomplete message of what is there.
func (d *Dialogue) End(from layers.Side) {
	s := &d.sides[from]
	switch {
	case d.upgraded:
	case s.body.open:
		d.endBody(from, s, s.body.left == untilClosed && !s.body.chunked)
	case len(s.head) > 0:
		m := d.begun(from, s)
		d.ready.Push(&m)
		s.head = nil
	}
}

// Next returns the next message.
func (d *Dialogue) Next() (application.Message, bool) { return d.ready.Pop() }

// Pending describes the message that a side has begun.
func (d *Dialogue) Pending(from layers.Side) (application.Message, bool) {
	s := &d.sides[from]
	switch {
	case d.upgraded:
	case s.body.open && s.offset > s.body.start:
		return d.bodyMessage(from, s), true
	case len(s.head) > 0:
		return d.begun(from, s), true
	case from == layers.Client && d.tunnels() && s.offset > d.asked[len(d.asked)-1].end:
		end := d.asked[len(d.asked)-1].end
		n := s.offset - end
		return application.Message{Protocol: "http", From: from, Kind: application.Data, Offset: end, Length: n,
			Secrets: []layers.Range{{Length: int(n)}}}, true
	}
	return application.Message{}, false
}

// Upgrade tells that the two do not speak HTTP any more.
func (d *Dialogue) Upgrade() (application.Upgrade, bool) { return d.upgrade, d.upgraded }
