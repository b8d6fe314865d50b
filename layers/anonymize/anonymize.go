// Package anonymize makes of a capture one that may be handed round: the same packets at the same times, saying nothing of
// anybody. It works by what may stay, not by what must go: the structure of the protocols it knows, their keywords, codes,
// sizes and dates stay; addresses, names, mailboxes and identifiers are replaced, each always by the same; texts are
// filled, letter for letter; whatever is not understood becomes zeros, or points where it was text.
//
// Nothing changes its length, so that sequence numbers, lengths, literals, SIZE= and dots before lines stay true, and a
// value that is split over segments, sent again or out of order is replaced alike everywhere: first all streams are read
// ([Anonymizer.Show]) and replaced as wholes, then each frame is made of them ([Anonymizer.Frame]). Checksums are made
// right; one that was wrong is wrong by as much.
//
// Replacements are numbered in the order of appearance: equal captures give equal results, and nothing is told of the
// originals but their lengths, which of them are the same, which addresses share a network, and the kind of each sign in
// a text. Sizes, times, flags and dates are those of the original. Who knows the original mail can tell it by them.
//
// Kept in memory: the bytes of all TCP streams, twice for a while; a few words for each frame.
//
// Not modelled: protocols other than SMTP, POP3, IMAP, DNS, TLS, SOCKS, HTTP/1 and those that carry them. Their bytes are
// blanked, with the comments, secrets and descriptions of the file. TCP in fragments is blanked too.
package anonymize

import (
	"net/netip"
	"strconv"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/internet"
	"mailwire/layers/trace"
)

// An Anonymizer replaces what a capture tells of people. Use: hand it as a face to a follower that shows secrets and reads
// the whole capture, call Learnt, then Frame for each frame again, in the same order.
type Anonymizer struct {
	names      *names
	addresses  *addresses
	directions map[directionKey]*direction
	order      []*direction
	places     map[int]place // by the number of a frame
	decoder    *internet.Decoder
	whole      map[int]*datagram // by the number of a frame that holds a fragment of it

	interfaces map[*layers.Interface]*layers.Interface
	frame      layers.Frame
	buffer     []byte
}

// A place is where the bytes lie that a frame carries for a program.
type place struct {
	direction *direction // nil for UDP
	offset    int64      // in its stream
	payload   layers.Range
	dns       bool
}

// A datagram is one that was made of fragments.
type datagram struct {
	source, destination netip.Addr
	protocol            internet.Protocol
	data                []byte
	replaced            bool
}

// New returns an anonymizer that has learnt nothing.
func New() *Anonymizer {
	return &Anonymizer{names: newNames(), addresses: newAddresses(), directions: map[directionKey]*direction{}, places: map[int]place{},
		decoder: internet.NewDecoder(), whole: map[int]*datagram{}, interfaces: map[*layers.Interface]*layers.Interface{}}
}

// Show learns from an event. It never fails.
func (a *Anonymizer) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.Packet:
		a.learnPacket(e)
	case *trace.Message:
		a.learnMessage(e)
	}
	return nil
}

func (a *Anonymizer) direction(stream int, source netip.AddrPort) *direction {
	k := directionKey{stream, source}
	d := a.directions[k]
	if d == nil {
		d = &direction{}
		a.directions[k] = d
		a.order = append(a.order, d)
	}
	return d
}

func (a *Anonymizer) learnPacket(p *trace.Packet) {
	a.addresses.seen[p.Source.Addr()] = true
	a.addresses.seen[p.Destination.Addr()] = true
	a.learnDatagram(p.Frame)
	r := p.Payload
	if r.Length == 0 || r.End() > len(p.Frame.Data) {
		return
	}
	b := p.Frame.Data[r.Offset:r.End()]
	a.names.avoid(b)
	if p.Stream >= 0 {
		d := a.direction(p.Stream, p.Source)
		d.add(p.Offset, b)
		a.places[p.Frame.Number] = place{direction: d, offset: p.Offset, payload: r}
		return
	}
	for i := range p.PDUs {
		if u := &p.PDUs[i]; u.Protocol == "dns" && u.Offset == r.Offset {
			a.places[p.Frame.Number] = place{payload: r, dns: true}
		}
	}
}

// learnDatagram keeps what was made of fragments, for each of their frames.
func (a *Anonymizer) learnDatagram(f *layers.Frame) {
	w := a.decoder.Decode(f).Whole
	if w == nil || len(w.Frames) == 0 {
		return
	}
	d := &datagram{source: w.Source, destination: w.Destination, protocol: w.Protocol, data: append([]byte(nil), w.Data...)}
	a.names.avoid(d.data)
	for _, n := range w.Frames {
		a.whole[n] = d
	}
}

func (a *Anonymizer) learnMessage(m *trace.Message) {
	if m.Stream < 0 || m.Length <= 0 {
		return
	}
	d := a.direction(m.Stream, m.Ends[m.From])
	d.messages = append(d.messages, message{protocol: m.Protocol, kind: string(m.Kind), verb: m.Verb, from: m.From, offset: m.Offset, length: m.Length,
		secret: len(m.Secrets) > 0 && m.Kind != application.Command})
}

// Learnt ends the learning: what was said is replaced.
func (a *Anonymizer) Learnt() {
	for _, d := range a.order {
		a.rewrite(d)
	}
	a.decoder = internet.NewDecoder()
}

// Frame returns the frame with all replaced. It is valid until the next call. Its comment is gone, and its interface has
// a name that tells nothing.
func (a *Anonymizer) Frame(f *layers.Frame) *layers.Frame {
	i := a.interfaces[f.Interface]
	if i == nil {
		n := len(a.interfaces)
		i = &layers.Interface{Index: n, Name: "interface" + strconv.Itoa(n), LinkType: f.Interface.LinkType}
		a.interfaces[f.Interface] = i
	}
	a.frame = layers.Frame{Number: f.Number, Time: f.Time, Interface: i, Data: a.packet(f), Length: f.Length}
	return &a.frame
}

// Name replaces what an address is called.
func (a *Anonymizer) Name(n trace.Name) trace.Name {
	name := []byte(n.Name)
	a.identify(name, host)
	return trace.Name{Addr: a.addresses.ip(n.Addr), Name: string(name)}
}

// Addresses is how many addresses have been replaced, Words how many words.
func (a *Anonymizer) Addresses() int { return a.addresses.count + len(a.addresses.cards) }

// Words is how many different words have been replaced.
func (a *Anonymizer) Words() int { return len(a.names.given) }
