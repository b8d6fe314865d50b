package filter

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/trace"
)

// host holds for what a host sent or got: its name or address as it is shown, the first labels of its name, or an address
// with the prefix.
type host struct {
	at     ends
	name   string // lower case
	prefix netip.Prefix
}

func (h host) holds(s *sight) bool {
	switch {
	case s.packet != nil:
		p := s.packet
		return h.at != receiver && h.is(p.From, p.Source.Addr()) || h.at != sender && h.is(p.To, p.Destination.Addr())
	case s.message != nil:
		from, to := s.message.Ends[s.message.From].Addr(), s.message.Ends[s.message.From.Other()].Addr()
		return h.at != receiver && h.is(s.names[from], from) || h.at != sender && h.is(s.names[to], to)
	}
	return h.at != receiver && h.is(s.host, netip.Addr{})
}

func (h host) is(shown string, a netip.Addr) bool {
	if h.prefix.IsValid() {
		if !a.IsValid() { // ARP has addresses too
			a, _ = netip.ParseAddr(shown)
		}
		return h.prefixed(a)
	}
	n := len(h.name)
	return n > 0 && len(shown) >= n && (len(shown) == n || shown[n] == '.') && strings.EqualFold(shown[:n], h.name)
}

func (h host) prefixed(a netip.Addr) bool {
	return h.prefix.IsValid() && a.IsValid() && (h.prefix.Contains(a.WithZone("")) || h.prefix.Contains(a.Unmap()))
}

// side holds for what one side of a conversation sent.
type side struct{ from layers.Side }

func (c side) holds(s *sight) bool {
	if s.message != nil {
		return s.message.From == c.from
	}
	return s.packet != nil && s.packet.Stream >= 0 && s.packet.Side == c.from
}

// numbers holds where a number lies between two, both included.
type numbers struct {
	low, high int
	of        func(s *sight, low, high int) bool
}

func (n numbers) holds(s *sight) bool { return n.of(s, n.low, n.high) }

func port(s *sight, low, high int) bool {
	var pair [2]netip.AddrPort
	switch {
	case s.packet != nil:
		pair = [2]netip.AddrPort{s.packet.Source, s.packet.Destination}
	case s.message != nil:
		pair = s.message.Ends
	}
	for _, end := range pair {
		if n := int(end.Port()); n > 0 && n >= low && n <= high {
			return true
		}
	}
	return false
}

func stream(s *sight, low, high int) bool {
	n := -1
	if s.packet != nil {
		n = s.packet.Stream
	} else if s.message != nil {
		n = s.message.Stream
	}
	return n >= low && n <= high
}

// packet holds for a packet, and for a message that it carried a part of.
func packet(s *sight, low, high int) bool {
	between := func(n int) bool { return n >= low && n <= high && n > 0 }
	switch {
	case s.whole:
		return between(s.packet.Frame.Number)
	case s.message != nil:
		return slices.ContainsFunc(s.message.Packets, between)
	}
	return between(s.number)
}

func code(s *sight, low, high int) bool {
	return s.message != nil && s.message.Code > 0 && s.message.Code >= low && s.message.Code <= high
}

// protocols holds for a packet that has one of them among its layers, and for the messages of one.
type protocols []string

func (c protocols) holds(s *sight) bool {
	if m := s.message; m != nil && (slices.Contains(c, m.Protocol) || m.Stream >= 0 && slices.Contains(c, "tcp")) {
		return true
	}
	return s.packet != nil && slices.ContainsFunc(s.packet.PDUs, func(u layers.PDU) bool {
		// Several messages may share a packet: each has its own protocol.
		return slices.Contains(c, u.Protocol) && (s.message == nil || s.whole || u.Layer != layers.Application)
	})
}

// verb holds for a command, by its whole name or the last word of it: FETCH is UID FETCH too.
type verb string

func (v verb) holds(s *sight) bool {
	if s.message == nil || s.message.Verb == "" {
		return false
	}
	rest, ok := strings.CutSuffix(strings.ToUpper(s.message.Verb), string(v))
	return ok && (rest == "" || strings.HasSuffix(rest, " "))
}

// status holds for a reply of POP3 or IMAP; the sign before OK and ERR may be left out.
type status string

func (c status) holds(s *sight) bool {
	return s.message != nil && s.message.Status != "" && strings.EqualFold(strings.Trim(s.message.Status, "+-"), strings.Trim(string(c), "+-"))
}

// note holds where a note of that id was given, or one that has the words as its beginning or end.
type note string

func (n note) fits(id string) bool {
	name := string(n)
	switch {
	case len(id) == len(name):
		return id == name
	case len(id) < len(name) || name == "":
		return false
	}
	return strings.HasPrefix(id, name) && id[len(name)] == '.' || strings.HasSuffix(id, name) && id[len(id)-len(name)-1] == '.'
}

func (n note) holds(s *sight) bool {
	given := func(notes []layers.Note) bool {
		return slices.ContainsFunc(notes, func(g layers.Note) bool { return n.fits(g.ID) })
	}
	return s.message != nil && given(s.message.Notes) || s.whole && given(s.packet.Notes)
}

// contains holds for a message with the text in it, in any case, and for a packet with it in the bytes that it carries
// for a program. What is masked is not looked at, so that nobody can guess a password by filters.
type contains string

func (c contains) holds(s *sight) bool {
	if s.message != nil && within([]byte(s.message.Text), string(c)) {
		return true
	}
	return s.whole && c.carried(s.packet)
}

// carried looks into the packet's bytes.
func (c contains) carried(p *trace.Packet) bool {
	if p.Payload.Length == 0 || p.Payload.End() > len(p.Frame.Data) {
		return false
	}
	b := p.Frame.Data[p.Payload.Offset:p.Payload.End()]
	if len(p.Secrets) > 0 {
		b = bytes.Clone(b)
		for _, r := range p.Secrets {
			for i := max(r.Offset, p.Payload.Offset); i < min(r.End(), p.Payload.End()); i++ {
				b[i-p.Payload.Offset] = 0
			}
		}
	}
	return within(b, string(c))
}

// within finds a text that is in lower case already.
func within(b []byte, lower string) bool { return bytes.Contains(bytes.ToLower(b), []byte(lower)) }
