package host

import (
	"fmt"
	"io"
	"net/netip"

	"mailwire/layers/transport/tcp"
)

// A Conn is one end of a TCP connection as a program has it. A program sets the functions that it wants called, at once
// when it is given the Conn; each may be nil. They are called one at a time, and never before a call of the program's
// own returns.
type Conn struct {
	Connected  func()          // the connection that was dialled is open
	Received   func(b []byte)  // bytes arrived, however TCP cut them; valid until it returns. While it is nil they wait for Resume
	PeerClosed func()          // the peer has sent its last byte, and Received was given it
	Drained    func()          // TCP has taken everything that had to wait in Write
	Closed     func(err error) // it is over, and nothing more will be called; nil after an orderly end

	stack   *stack
	engine  *tcp.Conn // nil when it could not be dialled
	err     error     // then
	pending []byte    // written, and not yet taken by the engine
	shut    bool      // CloseWrite
	closed  bool      // Close or Abort
	paused  bool
	ended   bool // PeerClosed was called
	over    bool // Closed was called
}

// scratchLength is how many bytes a program is given at once, at most.
const scratchLength = 16 << 10

// A Listener takes connections to a port.
type Listener struct {
	stack  *stack
	engine *tcp.Listener
	accept func(*Conn)
}

// Backlog is how many connections may be on their way through the handshake to a listener before a SYN is passed over;
// those that are through are given to the program at once.
const Backlog = 128

// Listen takes connections to a port of any address of the host, and gives each to accept when its handshake is done.
func (h *Host) Listen(port uint16, accept func(*Conn)) (*Listener, error) {
	s := &h.stack
	engine, err := s.engine.Listen(netip.AddrPortFrom(netip.IPv4Unspecified(), port), Backlog)
	if err != nil {
		return nil, fmt.Errorf("host: %s: port %d: %w", h.Name(), port, err)
	}
	l := &Listener{s, engine, accept}
	s.listeners[engine] = l
	return l, nil
}

// Close ends listening. Connections that were accepted go on.
func (l *Listener) Close() {
	l.engine.Close()
	delete(l.stack.listeners, l.engine)
	l.stack.kick()
}

// Dial opens a connection to a port of another host. What comes of it is told by Connected or Closed.
func (h *Host) Dial(to netip.AddrPort) *Conn {
	s := &h.stack
	c := &Conn{stack: s}
	from, err := h.source(to.Addr())
	if err == nil {
		c.engine, err = s.engine.Connect(h.world.Now(), netip.AddrPortFrom(from, 0), to, nil)
	}
	if err != nil {
		c.err = fmt.Errorf("host: %s: %s: %w", h.Name(), to, err)
		s.failed = append(s.failed, c)
		s.kick()
		return c
	}
	c.engine.Owner = c
	c.send()
	return c
}

// Host is the host whose end this is.
func (c *Conn) Host() *Host { return c.stack.host }

// Local is this end's address and port; zero when the connection could not be dialled.
func (c *Conn) Local() netip.AddrPort {
	if c.engine == nil {
		return netip.AddrPort{}
	}
	return c.engine.Local()
}

// Remote is the other end's address and port; zero when the connection could not be dialled.
func (c *Conn) Remote() netip.AddrPort {
	if c.engine == nil {
		return netip.AddrPort{}
	}
	return c.engine.Remote()
}

// Info is a snapshot of the connection's state.
func (c *Conn) Info() tcp.Info {
	if c.engine == nil {
		return tcp.Info{}
	}
	return c.engine.Info()
}

// Write sends b. What TCP has no room for is copied and waits; a program that has much to send writes until Waiting is
// not zero, and goes on when Drained is called. After CloseWrite, Close or Abort, and when the connection is over,
// nothing is sent.
func (c *Conn) Write(b []byte) {
	if c.engine == nil || c.shut || c.closed || c.over {
		return
	}
	if len(c.pending) == 0 {
		n, err := c.engine.Write(b)
		if err != nil {
			return // Closed says why
		}
		b = b[n:]
	}
	c.pending = append(c.pending, b...)
	c.send()
}

// Waiting is how many bytes wait for room in TCP's buffer.
func (c *Conn) Waiting() int { return len(c.pending) }

// CloseWrite says that nothing more will be written: when all is sent, the peer is told so. It may go on sending.
func (c *Conn) CloseWrite() {
	c.shut = true
	c.flush()
	c.send()
}

// Close is CloseWrite for a program that will not read either. If the peer sends more, the connection is reset.
func (c *Conn) Close() {
	if c.closed {
		return
	}
	c.shut, c.closed = true, true
	c.flush()
	c.send()
}

// Abort ends the connection at once: what waits is thrown away, and the peer is sent a reset.
func (c *Conn) Abort() {
	c.shut, c.closed = true, true
	c.pending = nil
	if c.engine != nil {
		c.engine.Abort()
		c.send()
	}
}

// Pause makes arriving bytes wait. When TCP's buffer is full, the peer has to wait too.
func (c *Conn) Pause() { c.paused = true }

// Resume ends Pause.
func (c *Conn) Resume() {
	c.paused = false
	c.stack.resumed = append(c.stack.resumed, c)
	c.stack.kick()
}

// send sends what the engine has to send, at once, as a system does within the program's call.
func (c *Conn) send() {
	if c.engine != nil {
		c.stack.transmit()
		c.stack.kick()
	}
}

// flush gives the engine what it has room for, and what was to be done after that.
func (c *Conn) flush() {
	if c.engine == nil || c.over {
		return
	}
	if len(c.pending) > 0 {
		n, err := c.engine.Write(c.pending)
		if err != nil {
			n = len(c.pending)
		}
		if c.pending = c.pending[n:]; len(c.pending) > 0 {
			return
		}
		c.pending = nil
	}
	switch {
	case c.closed:
		c.engine.Close()
	case c.shut:
		c.engine.CloseWrite()
	case c.Drained != nil:
		c.Drained()
	}
}

// deliver gives the program what arrived.
func (c *Conn) deliver() {
	s := c.stack
	if s.scratch == nil {
		s.scratch = make([]byte, scratchLength)
	}
	for c.engine != nil && c.Received != nil && !c.paused && !c.closed {
		n, err := c.engine.Read(s.scratch)
		if n > 0 {
			c.Received(s.scratch[:n])
			continue
		}
		if err == io.EOF && !c.ended {
			c.ended = true
			if c.PeerClosed != nil {
				c.PeerClosed()
			}
		}
		return
	}
}

// finish tells the program that the connection is over.
func (c *Conn) finish(err error) {
	if c.over {
		return
	}
	c.deliver()
	c.over = true
	c.pending = nil
	if c.Closed != nil {
		c.Closed(err)
	}
}
