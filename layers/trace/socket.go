package trace

import (
	"net/netip"
	"strings"
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp/observe"
)

// A Socket is a connection that is followed without frames: its bytes are seen where a program reads and writes them. Its
// messages have no packets; a *Contact tells when it opens and when it ends. What is said inside TLS is read with the keys
// that the follower has.
type Socket struct {
	follower     *Follower
	conversation *conversation
	service      string
	counted      bool
	sent         [2]int64
	ended        [2]bool
}

// A SocketConfig says what a connection is that is followed without frames.
type SocketConfig struct {
	Ends    [2]netip.AddrPort // by layers.Side
	Names   [2]string         // what people call the ends
	Service string            // smtp, submission, pop3, imap, or one of these with TLS first: submissions, pop3s, imaps
	Counted bool              // its bytes are counted for the summary and not read
}

// Socket begins to follow a connection that has just opened. The error is the face's.
func (f *Follower) Socket(at time.Time, config SocketConfig) (*Socket, error) {
	c := newConversation(&observe.Stream{Number: f.observer.Reserve(), Ends: config.Ends})
	if c.names = config.Names; config.Counted {
		f.summary.socket(at)
		return &Socket{follower: f, conversation: c, counted: true}, nil
	}
	c.record = f.book.Open(c.stream.Number, 0, config.Ends, false, c.names[layers.Client], c.names[layers.Server])
	f.summary.socket(at)
	s := &Socket{follower: f, conversation: c, service: config.Service}
	return s, s.tell(at, layers.N("trace.socket.opened", s.arguments()...))
}

// arguments are what the notes on the connection as a whole tell.
func (s *Socket) arguments() []layers.Arg {
	ends := s.conversation.stream.Ends
	return []layers.Arg{
		layers.A("client", layers.String(ends[layers.Client].String())), layers.A("service", layers.String(s.service)),
		layers.A("port", layers.Int(int(ends[layers.Server].Port()))),
	}
}

// tell shows what there is to say of the connection, and not of one of its messages.
func (s *Socket) tell(at time.Time, n layers.Note) error {
	c := s.conversation
	return s.follower.face.Show(&Contact{Time: at, Stream: c.stream.Number, Service: s.service, Protocol: s.protocol(), Names: c.names, Ends: c.stream.Ends, Note: n})
}

// protocol is the service's.
func (s *Socket) protocol() string {
	if name := strings.TrimSuffix(s.service, "s"); name != "submission" {
		return name
	}
	return "smtp"
}

// Bytes takes what a side has said, however it was cut. They are not kept.
func (s *Socket) Bytes(at time.Time, from layers.Side, b []byte) error {
	if len(b) == 0 || s.ended[from] {
		return nil
	}
	if s.follower.summary.heard(at, s.conversation, len(b)); s.counted {
		return nil
	}
	s.conversation.record.Heard(at, from, len(b))
	s.follower.takeTurn(s.conversation, from)
	d := observe.Delivery{From: from, Offset: s.sent[from], Bytes: b, Time: at}
	s.sent[from] += int64(len(b))
	return s.pass(&d)
}

// End says that a side has said its last byte. When both have, the connection is over.
func (s *Socket) End(at time.Time, from layers.Side) error {
	if s.ended[from] {
		return nil
	}
	if s.ended[from] = true; s.counted {
		return nil
	}
	s.conversation.record.Ended(at, from)
	if err := s.pass(&observe.Delivery{From: from, Offset: s.sent[from], Last: true, Time: at}); err != nil || !s.ended[from.Other()] {
		return err
	}
	f := s.follower
	f.situation = f.situation[:0]
	f.sumUp(s.conversation)
	f.book.End(s.conversation.record)
	s.conversation.settle(&f.tails)
	if err := s.tellSituation(at); err != nil {
		return err
	}
	return s.tell(at, layers.N("trace.socket.closed", append(s.arguments(),
		layers.A("received", layers.Int(s.sent[layers.Client])), layers.A("sent", layers.Int(s.sent[layers.Server])))...))
}

// pass gives a piece to the dialogue, and shows what it completes.
func (s *Socket) pass(d *observe.Delivery) error {
	f, c := s.follower, s.conversation
	f.messages, f.numbers, f.situation = f.messages[:0], f.numbers[:0], f.situation[:0]
	f.read(c, d, nil)
	if inner := c.inner; inner != nil {
		f.summary.inside(inner, int(inner.ways[d.From].carried-inner.ways[d.From].packet))
		inner.ways[d.From].packet = inner.ways[d.From].carried
	}
	for i := range c.ways {
		c.ways[i].forget(c.ways[i].read) // no packet will ask which bytes are secret
	}
	if err := s.tellSituation(d.Time); err != nil {
		return err
	}
	return f.showMessages()
}

// tellSituation shows the notes that a packet would have.
func (s *Socket) tellSituation(at time.Time) error {
	for _, n := range s.follower.situation {
		if err := s.tell(at, n); err != nil {
			return err
		}
	}
	return nil
}
