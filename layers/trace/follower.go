package trace

import (
	"net/netip"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/tls"
	"mailwire/layers/internet"
	"mailwire/layers/trace/story"
	"mailwire/layers/transport/tcp"
	"mailwire/layers/transport/tcp/observe"
	"mailwire/layers/transport/udp"
)

// Options say how a trace is followed. The zero value is right for a capture of unknown origin.
type Options struct {
	// ShowSecrets says that passwords and the like are not masked. Without it these are: the secrets of SMTP, POP3 and IMAP, in
	// every copy of them; what a client says before it is understood; fragments of TCP; the data of a packet that ICMP or
	// ICMPv6 quotes; and all that lies in an envelope that is not opened, such as IP in IP, GRE, PPPoE or MPLS. What is said in a
	// protocol that is not known, over TCP or UDP, is shown as it is, but for what stands behind a word by which a client of TCP logs
	// in (PASS, LOGIN, AUTH …) in the same segment: nobody can tell what else is secret there.
	ShowSecrets bool
	// Mails is called for each mail that begins to pass in a TCP connection, with the number of its stream; its result takes the
	// mail's bytes, passwords and all. nil, or a nil result, when nobody wants them.
	Mails    func(stream int, start application.MailStart) application.MailWriter
	Observer observe.Options // the bounds of what is kept for TCP; Service is set here
	Keys     *tls.Keys       // of TLS sessions, which are read then; secrets that a capture tells are added. nil for none
	Sealed   bool            // the secrets that a capture tells are not used: nothing is read but what stands in the frames
}

func (o *Options) keys() *tls.Keys {
	if o.Keys == nil {
		return &tls.Keys{}
	}
	return o.Keys
}

// A Follower turns frames into the events of a trace: for each frame a *Packet, then a *Message for each message that it
// completed, at the end a *Summary. It keeps a bounded amount of what it has seen and reuses all it can, so that an
// event is valid only until Show returns.
//
// Secrets are masked here, so that a face can't show them by mistake: without Options.ShowSecrets the bytes of a secret are
// stars in Message.Text, in fields, in the arguments of notes and in the summaries of PDUs, and Packet.Secrets tells
// where they lie in the frame. Bytes of a client whose meaning is not known yet, because bytes before them are still
// missing or the protocol has not shown itself, count as secret. Once it is decided that the protocol is none that is
// followed here, the bytes that come from then on do not: Options.ShowSecrets says what is masked and what is not.
type Follower struct {
	options   Options
	face      Face
	names     map[netip.Addr]string // given by Name
	addresses map[netip.Addr]string // the texts of others, to make each once
	lastNames nameCache
	internet  *internet.Decoder
	observer  *observe.Observer
	keys      *tls.Keys
	exchanges latest[exchangeKey, *exchange]
	seen      map[string]bool // the envelopes that have been explained
	narrates  bool            // the face looks into milestones alone

	// Of the present frame; its space is used again for the next one.
	packet    Packet
	looks     bool // the face will look into it
	decoded   *internet.Packet
	tcp       tcp.Header
	udp       udp.Header
	segment   observe.Segment
	situation []layers.Note
	messages  []Message
	numbers   []int // of the messages' frames
	parts     parts
	tails     layers.Spare // for way.tail

	summary summary
	book    story.Book
}

// NewFollower returns a follower that hands its events to face.
func NewFollower(options Options, face Face) *Follower {
	options.Observer.Service = isService
	narrator, ok := face.(Narrator)
	return &Follower{
		narrates:  ok && narrator.Narrates(),
		options:   options,
		face:      face,
		names:     map[netip.Addr]string{},
		addresses: map[netip.Addr]string{},
		internet:  internet.NewDecoder(),
		observer:  observe.New(options.Observer),
		keys:      options.keys(),
		seen:      map[string]bool{},
		exchanges: newLatest[exchangeKey, *exchange](exchangesKept),
	}
}

// Name tells what the host with an address is called, from the next frame on. In a capture it is untrusted text. When more
// than 65536 addresses have been named, the names before are forgotten.
func (f *Follower) Name(addr netip.Addr, name string) {
	if _, known := f.names[addr]; !known && len(f.names) >= addressesNamed {
		clear(f.names)
	}
	f.names[addr] = name
	*f.lastNames.place(addr) = Name{}
}

// Frame follows the next frame, in the order of the source. It returns the error of the face. What its comment tells of
// secrets is masked, if they are.
func (f *Follower) Frame(frame *layers.Frame) error {
	p := f.internet.Decode(frame)
	f.decoded = p
	f.messages, f.numbers, f.situation = f.messages[:0], f.numbers[:0], f.situation[:0]
	f.parts.reset()
	f.looks = !f.narrates
	notes, secrets := f.packet.Notes[:0], f.packet.Secrets[:0]
	f.packet = Packet{}
	f.packet.Frame, f.packet.Stream, f.packet.PDUs, f.packet.Notes, f.packet.Secrets = frame, -1, p.PDUs, notes, secrets
	f.packet.From, f.packet.To = f.ends(p)
	f.summary.frame(frame)
	if dg := p.Datagram; dg != nil {
		f.packet.Source, f.packet.Destination = netip.AddrPortFrom(dg.Source, 0), netip.AddrPortFrom(dg.Destination, 0)
	}
	if dg := p.Whole; dg != nil {
		switch dg.Protocol {
		case internet.TCP:
			f.followTCP(frame, dg)
		case internet.UDP:
			f.followUDP(frame, dg)
		}
	}
	if p.Quoted.Protocol == internet.TCP {
		f.noteQuoted(&p.Quoted)
	}
	if f.looks {
		f.hideQuoted(p)
		f.explain(p.Notes)
		f.hideComment()
	} else {
		frame.Comment = ""
	}
	p.PDUs = f.packet.PDUs[:0] // space that the decoder may use again
	f.summary.pdus(f.packet.PDUs)
	return f.show()
}

// hideComment masks what the frame's comment seems to tell of secrets.
func (f *Follower) hideComment() {
	if frame := f.packet.Frame; frame.Comment != "" && !f.options.ShowSecrets {
		frame.Comment = maskComment(frame.Comment, frame.Data, f.packet.Secrets)
	}
}

// show hands over the packet and the messages it completed.
func (f *Follower) show() error {
	f.packet.Completes, f.packet.Messages = len(f.messages), f.messages
	if err := f.face.Show(&f.packet); err != nil {
		return err
	}
	return f.showMessages()
}

func (f *Follower) showMessages() error {
	for i := range f.messages {
		f.summary.Messages++
		if err := f.face.Show(&f.messages[i]); err != nil {
			return err
		}
	}
	return nil
}

// Close ends all conversations, in the order of their streams, so that messages without an end are shown as such, and
// shows the summary.
func (f *Follower) Close() error {
	for _, s := range f.observer.Open() {
		f.messages, f.numbers = f.messages[:0], f.numbers[:0]
		f.finish(s)
		if err := f.showMessages(); err != nil {
			return err
		}
	}
	if told := f.book.Tell(); !told.Empty() {
		if err := f.face.Show(&Story{told}); err != nil {
			return err
		}
	}
	f.summary.Streams = f.observer.Streams()
	return f.face.Show(f.summary.total())
}

// open begins what the story needs of a connection.
func (f *Follower) open(s *observe.Stream, frame *layers.Frame) *story.Record {
	return f.book.Open(s.Number, frame.Number, s.Ends, s.MidStream, f.name(s.Ends[layers.Client].Addr()), f.name(s.Ends[layers.Server].Addr()))
}

// room makes room for a message that is handed over with the packet.
func (f *Follower) room() *Message {
	f.messages = append(f.messages, Message{})
	return &f.messages[len(f.messages)-1]
}

// keep masks a message that is complete.
func (f *Follower) keep(m *Message) {
	if !f.options.ShowSecrets {
		mask(m)
	}
}
