package tcp

import "net/netip"

// A Listener takes connections that others open to its address and port (passive open, RFC 9293 §3.10.1). Its state is
// LISTEN.
type Listener struct {
	stack   *Stack
	local   netip.AddrPort
	backlog int
	opening int     // connections in SYN-RECEIVED
	ready   []*Conn // open, and not asked for
	closed  bool
}

// maxOpening bounds the connections in SYN-RECEIVED of one listener, whatever its backlog, so that a flood of SYNs costs
// little.
const maxOpening = 256

// Local is the address and port that the listener has; the address is unspecified for all addresses of the host.
func (l *Listener) Local() netip.AddrPort { return l.local }

// Accept returns the next connection whose handshake is done; false: there is none. An event Opened of a connection
// whose Listener this is says that there is one.
func (l *Listener) Accept() (*Conn, bool) {
	if len(l.ready) == 0 {
		return nil, false
	}
	c := l.ready[0]
	l.ready = l.ready[1:]
	return c, true
}

// Close ends listening. Connections that were not asked for are reset; those that were go on.
func (l *Listener) Close() {
	if l.closed {
		return
	}
	l.closed = true
	delete(l.stack.listeners, l.local)
	for _, c := range l.ready {
		c.Abort()
	}
	l.ready = nil
}

// full says whether a new connection has to wait: its SYN is not answered, so the client asks again later.
func (l *Listener) full() bool {
	return len(l.ready) >= l.backlog || l.opening >= min(maxOpening, max(l.backlog, 1)*2)
}

// settled is told when a child leaves SYN-RECEIVED.
func (l *Listener) settled(c *Conn, to State) {
	l.opening--
	if to == Closed {
		return // "return this connection to the LISTEN state" (RFC 9293 §3.10.7.4): the listener never left it
	}
	if l.closed {
		c.Abort()
		return
	}
	l.ready = append(l.ready, c)
}
