// Package socks follows what a client says to a SOCKS proxy before its own protocol begins: versions 4, 4a and 5 (RFC 1928),
// with user name and password (RFC 1929). When the proxy has agreed to connect, both streams go on in another protocol
// ([application.Anew]).
//
// A message's Text is in the words of the RFC, for its bytes are binary: "CONNECT mail.example.org:25". Its Verb is the command of a
// request, its Code the number of a reply.
//
// NOT modelled: what comes behind BIND and UDP ASSOCIATE, GSS-API and other methods of logging in, whose messages are
// passed over.
package socks

import (
	"net/netip"
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// Port is where SOCKS proxies wait (IANA).
const Port = 1080

// A step is what is said next.
type step uint8

const (
	choosing   step = iota // the client's methods, then the server's choice
	loggingIn              // user name and password
	requesting             // where to
	over                   // nothing more is understood here
)

const messageMax = 1024 // longer than any message of SOCKS

// A Dialogue follows one connection to a proxy. It implements [application.Dialogue].
type Dialogue struct {
	sides   [2]side
	ready   application.Queue[application.Message]
	step    step
	old     bool // version 4
	asked   bool // the client has said its part of the step
	command byte
	host    string // of the server that the client wants
	port    uint16 // and its port
	agreed  bool
}

// A side is what has come from one end and is not read yet.
type side struct {
	offset int64 // of bytes[0]
	bytes  []byte
	lost   bool
}

var _ application.Dialogue = (*Dialogue)(nil)

// NewDialogue returns a dialogue that has seen nothing.
func NewDialogue() *Dialogue { return &Dialogue{} }

// Receive takes the next bytes of a side.
func (d *Dialogue) Receive(from layers.Side, b []byte) {
	s := &d.sides[from]
	if d.step == over && !d.agreed || s.lost {
		s.offset += int64(len(s.bytes) + len(b))
		s.bytes = nil
		return
	}
	s.bytes = append(s.bytes, b[:min(len(b), messageMax-len(s.bytes))]...)
	for d.read(layers.Client) || d.read(layers.Server) {
	}
}

// read reads the next message of a side, if it is its turn and all of it is there.
func (d *Dialogue) read(from layers.Side) bool {
	s := &d.sides[from]
	if d.step == over || len(s.bytes) == 0 || d.asked != (from == layers.Server) {
		return false
	}
	r := &reader{bytes: s.bytes}
	m := application.Message{Protocol: "socks", From: from, Kind: application.Command, Offset: s.offset, Complete: true}
	if from == layers.Server {
		m.Kind = application.Reply
	}
	d.message(&m, r)
	if r.short && len(s.bytes) < messageMax {
		return false
	}
	if r.short || r.wrong {
		r.at = len(s.bytes)
		m.Text, m.Fields, m.Secrets = "not SOCKS", nil, []layers.Range{{Length: len(s.bytes)}}
		m.Notes = []layers.Note{layers.N("socks.broken")}
		d.step = over
	}
	m.Length = int64(r.at)
	s.offset += m.Length
	s.bytes = append([]byte(nil), s.bytes[r.at:]...)
	d.asked = !d.asked
	d.ready.Push(&m)
	return true
}

// message reads what is to come in this step.
func (d *Dialogue) message(m *application.Message, r *reader) {
	client := m.From == layers.Client
	switch {
	case d.step == choosing && client && r.bytes[0] == 4:
		d.old = true
		d.oldRequest(m, r)
	case d.step == choosing && client:
		d.methods(m, r)
	case d.step == choosing:
		d.choice(m, r)
	case d.step == loggingIn && client:
		d.login(m, r)
	case d.step == loggingIn:
		d.verdict(m, r)
	case client:
		d.request(m, r)
	case d.old:
		d.oldReply(m, r)
	default:
		d.reply(m, r)
	}
}

// methods reads RFC 1928 §3.
func (d *Dialogue) methods(m *application.Message, r *reader) {
	r.expect(5)
	var names []string
	for _, b := range r.take(int(r.byte())) {
		names = append(names, nameOf(methodNames, b))
	}
	m.Text = "methods: " + strings.Join(names, ", ")
	m.Fields = []layers.Field{field("methods", 1, r.at-1, layers.Words(names))}
	m.Notes = []layers.Note{layers.N("socks.methods")}
}

// choice reads the server's choice of method.
func (d *Dialogue) choice(m *application.Message, r *reader) {
	r.expect(5)
	method := r.byte()
	name := nameOf(methodNames, method)
	m.Text, m.Code = "method: "+name, int(method)
	m.Fields = []layers.Field{field("method", 1, 1, layers.Uint(method).Named(name))}
	id := "socks.method"
	next := requesting
	switch method {
	case noLogin:
	case password:
		next, id = loggingIn, "socks.method.password"
	case noneOfThese:
		next, id = over, "socks.method.none"
	default:
		next, id = over, "socks.method.other"
	}
	if !r.short && !r.wrong {
		d.step = next
	}
	m.Notes = []layers.Note{layers.N(id)}
}

// login reads RFC 1929 §2.
func (d *Dialogue) login(m *application.Message, r *reader) {
	r.expect(1)
	user := string(r.take(int(r.byte())))
	at := r.at + 1
	secret := r.take(int(r.byte()))
	m.Kind, m.Text = application.Auth, "user "+user
	m.Secrets = []layers.Range{{Offset: at, Length: len(secret)}}
	m.Fields = []layers.Field{
		field("user", 2, len(user), layers.String(user)),
		{Name: "password", Range: m.Secrets[0], Value: layers.String(string(secret)), Secret: true},
	}
	m.Notes = []layers.Note{layers.N("socks.password", layers.A("user", layers.String(user)))}
}

// verdict reads the answer to a password.
func (d *Dialogue) verdict(m *application.Message, r *reader) {
	r.expect(1)
	status := r.byte()
	m.Code, m.Text = int(status), "accepted"
	m.Fields = []layers.Field{field("status", 1, 1, layers.Uint(status))}
	m.Notes = []layers.Note{layers.N("socks.password.accepted")}
	next := requesting
	if status != 0 {
		m.Text, next = "refused", over
		m.Notes = []layers.Note{layers.N("socks.password.refused")}
	}
	if !r.short && !r.wrong {
		d.step = next
	}
}

// request reads RFC 1928 §4.
func (d *Dialogue) request(m *application.Message, r *reader) {
	r.expect(5)
	command := r.byte()
	r.byte()
	at := r.at
	target, port := r.address()
	d.ask(m, r, command, target, port, at)
}

// oldRequest reads a request of version 4, or 4a, where the address 0.0.0.x says that a name follows.
func (d *Dialogue) oldRequest(m *application.Message, r *reader) {
	r.expect(4)
	command := r.byte()
	at := r.at
	port := r.uint16()
	ip := r.take(4)
	user := r.text()
	target := ""
	if len(ip) == 4 {
		a, _ := netip.AddrFromSlice(ip)
		target = a.String()
		if ip[0] == 0 && ip[1] == 0 && ip[2] == 0 && ip[3] != 0 {
			target = r.text()
		}
	}
	if user != "" {
		m.Fields = append(m.Fields, field("user", 8, len(user), layers.String(user)))
	}
	d.ask(m, r, command, target, port, at)
}

// ask tells of a request.
func (d *Dialogue) ask(m *application.Message, r *reader, command byte, target string, port uint16, at int) {
	name := nameOf(commandNames, command)
	whole := target + ":" + strconv.Itoa(int(port))
	m.Verb, m.Text = name, name+" "+whole
	m.Fields = append(m.Fields, field("command", 1, 1, layers.Uint(command).Named(name)),
		field("target", at, r.at-at, layers.String(whole)))
	id := "socks.connect"
	if command != connect {
		id = "socks.other-command"
	}
	m.Notes = []layers.Note{layers.N(id, layers.A("target", layers.String(whole)))}
	if !r.short && !r.wrong {
		d.step, d.command, d.host, d.port = requesting, command, target, port
	}
}

// reply reads RFC 1928 §6.
func (d *Dialogue) reply(m *application.Message, r *reader) {
	r.expect(5)
	code := r.byte()
	r.byte()
	at := r.at
	bound, port := r.address()
	d.answer(m, r, code, replyOf(replies, code))
	m.Fields = append(m.Fields, field("bound", at, r.at-at, layers.String(bound+":"+strconv.Itoa(int(port)))))
}

// oldReply reads the reply of version 4, which begins with a zero.
func (d *Dialogue) oldReply(m *application.Message, r *reader) {
	r.expect(0)
	code := r.byte()
	r.take(6)
	d.answer(m, r, code, replyOf(oldReplies, code))
}

// answer tells of a reply.
func (d *Dialogue) answer(m *application.Message, r *reader, code byte, said reply) {
	m.Code, m.Text = int(code), said.name
	m.Fields = []layers.Field{field("reply", 1, 1, layers.Uint(code).Named(said.name))}
	m.Notes = []layers.Note{layers.N(said.note, layers.A("code", layers.Uint(code)))}
	if !r.short && !r.wrong {
		d.step, d.agreed = over, said.note == granted && d.command == connect
	}
}

// Gap gives a side up: where its next message begins is not known.
func (d *Dialogue) Gap(from layers.Side, n int64) {
	d.End(from)
	d.sides[from].offset += n
	d.sides[from].lost = true
}

// End makes an incomplete message of what is there.
func (d *Dialogue) End(from layers.Side) {
	s := &d.sides[from]
	if m, ok := d.Pending(from); ok {
		d.ready.Push(&m)
	}
	s.offset += int64(len(s.bytes))
	s.bytes = nil
}

// Next returns the next message.
func (d *Dialogue) Next() (application.Message, bool) { return d.ready.Pop() }

// Pending describes what a side has begun to say. It may be a password.
func (d *Dialogue) Pending(from layers.Side) (application.Message, bool) {
	s := &d.sides[from]
	if len(s.bytes) == 0 || d.agreed {
		return application.Message{}, false
	}
	m := application.Message{Protocol: "socks", From: from, Kind: application.Command, Offset: s.offset, Length: int64(len(s.bytes))}
	if from == layers.Server {
		m.Kind = application.Reply
	} else {
		m.Secrets = []layers.Range{{Length: len(s.bytes)}}
	}
	return m, true
}

// Upgrade tells that the proxy has connected: what is said from there on is between the client and the server it wanted.
func (d *Dialogue) Upgrade() (application.Upgrade, bool) {
	return application.Upgrade{Protocol: application.Anew, Host: d.host, Port: d.port,
		From: [2]int64{d.sides[layers.Client].offset, d.sides[layers.Server].offset}}, d.agreed
}
