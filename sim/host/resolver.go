package host

import (
	"net/netip"

	"mailwire/layers"
	"mailwire/layers/application/dns"
	"mailwire/sim"
)

// A Resolver looks up names for the programs of a host: a stub that asks one name server and keeps the answers.
type Resolver struct {
	host   *Host
	server netip.AddrPort
	engine *dns.Resolver
	socket *Socket // open while a question waits; each time on another port, which forgers cannot know (RFC 5452 §9.2)
	timer  sim.Timer
	asked  map[dns.Ticket]func(dns.Answer)
	called bool // the events of the engine will be handed out at this instant
}

// SetNameServer makes the host ask the name server at an address. What an earlier resolver kept is forgotten.
func (h *Host) SetNameServer(server netip.Addr) {
	r := &Resolver{host: h, server: netip.AddrPortFrom(server, dns.Port), asked: map[dns.Ticket]func(dns.Answer){}}
	r.engine = dns.NewResolver(func() uint16 { return uint16(h.chance.Uint32()) })
	r.timer.Init(h.world, r)
	h.resolver = r
}

// Lookup asks for the records of a type at a name and calls done with the answer, once. Without a name server the
// answer is that nobody answered.
func (h *Host) Lookup(name dns.Name, t dns.Type, done func(dns.Answer)) {
	r := h.resolver
	if r == nil {
		answer := dns.Answer{Question: dns.Question{Name: name, Type: t, Class: dns.ClassIN}, Unanswered: true}
		h.world.After(0, func() { done(answer) })
		return
	}
	r.asked[r.engine.Ask(h.world.Now(), name, t)] = done
	r.send()
	if !r.called {
		r.called = true
		h.world.After(0, func() { r.called = false; r.handOut() })
	}
}

// CachedNames lists the questions whose answers the host still keeps, in the order in which they were learnt.
func (h *Host) CachedNames() []dns.Question {
	if h.resolver == nil {
		return nil
	}
	return h.resolver.engine.Cached(h.world.Now())
}

// ForgetNames empties the cache of names, as switching the host off does.
func (h *Host) ForgetNames() {
	if h.resolver != nil {
		h.resolver.engine.Forget()
	}
}

// send sends what the engine owes to the server, and sets the timer.
func (r *Resolver) send() {
	for b := r.engine.Output(); b != nil; b = r.engine.Output() {
		if r.socket == nil {
			s, err := r.host.OpenUDP(0)
			if err != nil {
				continue // no port is free: the engine will try again
			}
			s.Received = r.received
			r.socket = s
		}
		_ = r.socket.Send(r.server, b) // no route: the engine will give up in time
	}
	deadline := r.engine.Deadline()
	if !deadline.IsZero() {
		r.timer.Set(r.host.world.InstantOf(deadline))
		return
	}
	r.timer.Stop()
	if r.socket != nil {
		r.socket.Close()
		r.socket = nil
	}
}

func (r *Resolver) received(from netip.AddrPort, _ netip.Addr, b []byte) {
	// RFC 5452 §9.1: an answer comes from where the question went.
	if from != r.server {
		return
	}
	r.engine.Receive(r.host.world.Now(), b)
	r.send()
	r.handOut()
}

// Happen is the moment when an answer has been waited for long enough.
func (r *Resolver) Happen(sim.Instant) {
	r.engine.Expire(r.host.world.Now())
	r.send()
	r.handOut()
}

// handOut gives the engine's answers to those who asked.
func (r *Resolver) handOut() {
	for e, ok := r.engine.Next(); ok; e, ok = r.engine.Next() {
		switch e := e.(type) {
		case dns.Retried:
			r.tell("host.dns.retried", e.Question)
		case dns.Answered:
			done := r.asked[e.Ticket]
			delete(r.asked, e.Ticket)
			switch {
			case e.Answer.Cached:
				r.tell("host.dns.cached", e.Answer.Question)
			case e.Answer.Unanswered:
				r.tell("host.dns.unanswered", e.Answer.Question)
			}
			done(e.Answer)
		}
	}
}

func (r *Resolver) tell(id string, q dns.Question) {
	args := []layers.Arg{layers.A("question", layers.String(q.String()))}
	r.host.tell(State{Kind: "dns", Values: args, Note: layers.N(id, args...)})
}

// ServeNames makes the host answer questions about names with a server's zones, on UDP port 53.
func (h *Host) ServeNames(server *dns.Server) error {
	s, err := h.OpenUDP(dns.Port)
	if err != nil {
		return err
	}
	s.Received = func(from netip.AddrPort, to netip.Addr, query []byte) {
		if b := server.Answer(query, dns.MaxDatagram); b != nil {
			_ = s.SendFrom(to, from, b) // no way back: the resolver will ask again
		}
	}
	return nil
}
