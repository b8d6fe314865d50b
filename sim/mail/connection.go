package mail

import (
	"net/netip"

	"mailwire/layers/application/dns"
	"mailwire/sim"
	"mailwire/sim/host"
)

// A Connection is one end of a byte stream between two programs: TCP of the world, TCP of the real one, or TLS over
// either. Its program is called one call at a time, never before a call of the program's own returns.
type Connection interface {
	// Attach names the program that is told what happens from now on. Bytes that came before wait for it.
	Attach(Program)
	// Write sends b, which the caller may change when it returns. What there is no room for waits.
	Write(b []byte)
	// Waiting is how many bytes wait for room; Drained tells the program when there is some again.
	Waiting() int
	// Close ends the stream once all is sent. What still arrives is thrown away.
	Close()
	// Local and Remote are the ends' addresses and ports.
	Local() netip.AddrPort
	Remote() netip.AddrPort
}

// A Program is told what happens on its connection.
type Program interface {
	Received(b []byte) // bytes arrived, however they were cut; valid until it returns
	Drained()          // nothing waits in Write any more
	PeerClosed()       // the peer has sent its last byte
	Closed(err error)  // it is over; nil after an orderly end
}

// A Network is what a mail program needs of the computer that it runs on: the world's, or the real one.
type Network interface {
	// Name is the computer's name.
	Name() string
	// World keeps the time and the timers.
	World() *sim.World
	// Open connects to a port of a host. Either opened or failed is called, once, and not before Open returns.
	Open(name string, port uint16, opened func(Connection), failed func(*Failure))
}

// On is the network as a host of the world has it.
func On(h *host.Host) Network { return onHost{h} }

type onHost struct{ *host.Host }

// Open looks the name up and dials its first address.
func (h onHost) Open(name string, port uint16, opened func(Connection), failed func(*Failure)) {
	locate(h.Host, name, func(address netip.Addr, failure *Failure) {
		if failure != nil {
			failed(failure)
			return
		}
		conn := h.Dial(netip.AddrPortFrom(address, port))
		conn.Closed = func(error) { failed(fail("mail.failed.no-connection", text("name", name))) }
		conn.Connected = func() { opened(&simulated{Conn: conn}) }
	})
}

// locate finds the first address of a name, as every program does that is given a name by its settings or by an MX record.
func locate(h *host.Host, name string, done func(netip.Addr, *Failure)) {
	h.Lookup(dns.Name(name), dns.TypeA, func(a dns.Answer) {
		addresses := a.Addresses()
		if len(addresses) == 0 {
			done(netip.Addr{}, fail("mail.failed.no-address", text("name", name)))
			return
		}
		done(addresses[0].Addr, nil)
	})
}

// A simulated connection is one of the world's.
type simulated struct {
	*host.Conn
	ended bool // the peer has sent its last byte
}

// Attach makes the program's functions those of the connection.
func (c *simulated) Attach(p Program) {
	c.Conn.Received, c.Conn.Drained, c.Conn.Closed = p.Received, p.Drained, p.Closed
	c.Conn.PeerClosed = func() {
		c.ended = true
		p.PeerClosed()
	}
}

// Close ends this direction, and the other one when the peer has ended it. To refuse what is on its way would answer the
// last words of a peer, such as TLS has them (RFC 8446 §6.1), with a reset.
func (c *simulated) Close() {
	if c.ended {
		c.Conn.Close()
		return
	}
	c.Conn.Received = func([]byte) {}
	c.Conn.PeerClosed = c.Conn.Close
	c.CloseWrite()
}
