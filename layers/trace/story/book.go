package story

import (
	"net/netip"
	"slices"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A Book takes down what happens, for the story at the end.
type Book struct {
	lookups   lookups
	mails     shelf[string, mail]
	mailboxes shelf[mailboxKey, mailbox]
	counts    map[account]count // as many as there are mailboxes
	exposed   shelf[exposure, exposed]
	losses    shelf[loss, lost]
	sessions  []Session
	more      int // sessions that are not listed
	total     Times
	sums      sums
}

// A place is where in the trace something begins.
type place struct{ stream, packet int }

// A shelf holds things by key, in the order in which they came, no more than Told.
type shelf[K comparable, T any] struct {
	items []*T
	index map[K]int
	more  int // asked for without room
}

// at is the thing of a key; a new one where there is none; nil where there is no room. fresh says that it is new.
func (s *shelf[K, T]) at(key K) (thing *T, fresh bool) {
	if i, known := s.index[key]; known {
		return s.items[i], false
	}
	if len(s.items) == Told {
		s.more++
		return nil, false
	}
	if s.index == nil {
		s.index = map[K]int{}
	}
	s.index[key] = len(s.items)
	thing = new(T)
	s.items = append(s.items, thing)
	return thing, true
}

// services are the ports where mail is waited for: what a connection is for of which not a word is seen, or only TLS.
func service(port uint16) string {
	switch port {
	case 25, 465, 587, 2525, 2587, 2465:
		return "smtp"
	case 110, 995, 1110, 2110, 2995:
		return "pop3"
	case 143, 993, 1143, 2143, 2993:
		return "imap"
	}
	return ""
}

// Open begins the record of a connection whose first frame is at hand. client and server are what its ends are called.
func (b *Book) Open(stream, packet int, ends [2]netip.AddrPort, midStream bool, client, server string) *Record {
	r := &Record{Client: client, Server: server, stream: stream, packet: packet, midStream: midStream}
	if r.service = service(ends[layers.Server].Port()); r.service != "" && !midStream {
		r.times.Parts[Lookup] = b.lookups.spent(ends[layers.Client].Addr(), ends[layers.Server].Addr().String())
	}
	return r
}

// Message takes the next message of a connection's dialogue, before its secrets are masked.
func (b *Book) Message(r *Record, m *application.Message) {
	if r.over {
		return
	}
	r.debt.take(m)
	switch m.Protocol {
	case "tls":
		r.tls.message(m)
		return
	case "socks", "http":
		r.toProxy(m)
		return
	}
	if r.teller == nil {
		switch m.Protocol {
		case "smtp":
			r.teller = &smtpTalk{}
		case "pop3":
			r.teller = &pop3Talk{listed: -1}
		case "imap":
			r.teller = &imapTalk{}
		default:
			return
		}
		r.protocol = m.Protocol
	}
	if m.Protocol == r.protocol {
		r.tls.opened = r.tls.opened || r.tls.begun
		r.behind = r.behind || r.starttls
		r.teller.message(b, r, m)
	}
}

// End ends the record of a connection: nothing more will be seen of it.
func (b *Book) End(r *Record) {
	if r.over {
		return
	}
	r.over = true
	if r.protocol == "" && r.tls.begun {
		r.protocol = r.service
	}
	b.proxied(r)
	if r.protocol == "" && r.service == "" {
		return
	}
	if r.teller != nil {
		r.teller.end(b, r)
		r.teller = nil
	}
	b.lose(r)
	b.encryption(r)
	if r.protocol == "" {
		return
	}
	s := r.session()
	b.total.Add(&s.Times)
	if len(b.sessions) == Told {
		b.more++
		return
	}
	b.sessions = append(b.sessions, s)
}

// Tell is the story of all that was taken down.
func (b *Book) Tell() Story {
	slices.SortStableFunc(b.sessions, func(x, y Session) int { return x.Stream - y.Stream })
	s := Story{
		Mails:     append(b.sums.mails(), points(b.mails.items, (*mail).point)...),
		Mailboxes: append(b.sums.mailboxes(), points(b.mailboxes.items, func(x *mailbox) Point { return x.point(b.counts[x.account()]) })...),
		Exposed:   append(b.sums.exposures(), points(b.exposed.items, (*exposed).point)...),
		Lost:      append(b.sums.losses(), points(b.losses.items, (*lost).point)...),
		Sessions:  b.sessions,
		Total:     b.total,
	}
	s.More = More{Mails: b.mails.more, Mailboxes: b.mailboxes.more, Exposed: b.exposed.more, Lost: b.losses.more, Sessions: b.more}
	return s
}

// points makes points of things, in the order in which these began.
func points[T any](things []*T, point func(*T) Point) []Point {
	list := make([]Point, 0, len(things))
	for _, t := range things {
		list = append(list, point(t))
	}
	slices.SortStableFunc(list, func(x, y Point) int { return x.Packet - y.Packet })
	return list
}

func text(name, s string) layers.Arg { return layers.A(name, layers.String(s)) }

func number[T ~int | ~int64](name string, n T) layers.Arg { return layers.A(name, layers.Int(n)) }
