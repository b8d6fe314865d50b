package mail

import (
	"crypto/tls"
	"io"
	"iter"
	"net"
	"net/netip"
	"time"
)

// A secured connection is TLS over another one (RFC 8446, RFC 5246). To its program it is a connection like any other:
// what is written before the handshake is done waits for it, and a handshake that fails closes it with the reason.
//
// crypto/tls reads when it wants to and waits meanwhile. Here it is a coroutine that runs only while bytes are handed
// to it, so that the world stays in one goroutine's hands.
type secured struct {
	below   Connection
	program Program
	tls     *tls.Conn

	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool

	in      []byte // arrived, not yet read by TLS
	pending []byte // written before the handshake was done
	running bool   // the coroutine
	open    bool   // the handshake is done
	ended   bool   // nothing more will arrive
	closed  bool   // by the program, or because the connection is over
}

// secureServer is the server's side of TLS over a connection. The config needs a certificate.
func secureServer(below Connection, config *tls.Config) Connection {
	return secure(below, func(wire net.Conn) *tls.Conn { return tls.Server(wire, config) })
}

// secureClient is the client's side. The config needs the name of the server, which its certificate must have.
func secureClient(below Connection, config *tls.Config) Connection {
	return secure(below, func(wire net.Conn) *tls.Conn { return tls.Client(wire, config) })
}

func secure(below Connection, side func(net.Conn) *tls.Conn) Connection {
	s := &secured{below: below}
	s.tls = side(wire{s})
	s.next, s.stop = iter.Pull(func(yield func(struct{}) bool) {
		s.yield = yield
		s.run()
	})
	return s
}

// Attach begins the handshake.
func (s *secured) Attach(p Program) {
	s.program = p
	s.below.Attach(s)
	s.resume()
}

// run is the coroutine: the handshake, and then reading until the end.
func (s *secured) run() {
	if err := s.tls.Handshake(); err != nil {
		s.fail(err)
		return
	}
	s.open = true
	if pending := s.pending; len(pending) > 0 {
		s.pending = nil
		s.encrypt(pending)
	}
	s.program.Drained()
	plain := make([]byte, 16<<10) // the most that a record holds (RFC 8446 §5.1)
	for !s.closed {
		n, err := s.tls.Read(plain)
		if n > 0 && !s.closed {
			s.program.Received(plain[:n])
		}
		if err != nil {
			if !s.closed {
				s.program.PeerClosed()
			}
			return
		}
	}
}

// fail ends a connection whose handshake went wrong. The alert that says why has been written.
func (s *secured) fail(err error) {
	if !s.closed {
		s.closed = true
		s.below.Close()
		s.program.Closed(err)
	}
}

// resume lets the coroutine go on.
func (s *secured) resume() {
	if s.running {
		return
	}
	s.running = true
	s.next()
	s.running = false
	s.release()
}

// release ends the coroutine of a connection that is closed.
func (s *secured) release() {
	if s.closed && !s.running {
		s.stop()
	}
}

// Received takes bytes of the connection below.
func (s *secured) Received(b []byte) {
	if !s.closed {
		s.in = append(s.in, b...)
		s.resume()
	}
}

// PeerClosed tells TLS that nothing more comes.
func (s *secured) PeerClosed() {
	s.ended = true
	s.resume()
}

// Drained passes on that there is room.
func (s *secured) Drained() {
	if s.open && !s.closed {
		s.program.Drained()
	}
}

// Closed tells that the connection below is over.
func (s *secured) Closed(err error) {
	if !s.closed {
		s.closed = true
		s.program.Closed(err)
	}
	s.release()
}

// Write encrypts b.
func (s *secured) Write(b []byte) {
	switch {
	case s.closed:
	case s.open:
		s.encrypt(b)
	default:
		s.pending = append(s.pending, b...)
	}
}

func (s *secured) encrypt(b []byte) {
	if _, err := s.tls.Write(b); err != nil {
		s.fail(err)
	}
}

// Waiting counts plain bytes before the handshake is done, and encrypted ones behind it.
func (s *secured) Waiting() int { return len(s.pending) + s.below.Waiting() }

// Close says so inside TLS (RFC 8446 §6.1) and closes the connection below.
func (s *secured) Close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.open {
		// The error could only be that the peer will not learn it, and it learns it from below as well.
		_ = s.tls.CloseWrite()
	}
	s.below.Close()
	s.release()
}

func (s *secured) Local() netip.AddrPort  { return s.below.Local() }
func (s *secured) Remote() netip.AddrPort { return s.below.Remote() }

// A wire is the connection below as crypto/tls wants it.
type wire struct{ *secured }

// Read waits, by leaving the coroutine, until something has arrived.
func (w wire) Read(b []byte) (int, error) {
	for len(w.in) == 0 {
		if w.ended || !w.yield(struct{}{}) {
			return 0, io.EOF
		}
	}
	n := copy(b, w.in)
	w.in = w.in[n:]
	return n, nil
}

func (w wire) Write(b []byte) (int, error) {
	w.below.Write(b)
	return len(b), nil
}

func (w wire) Close() error                     { return nil }
func (w wire) LocalAddr() net.Addr              { return net.TCPAddrFromAddrPort(w.Local()) }
func (w wire) RemoteAddr() net.Addr             { return net.TCPAddrFromAddrPort(w.Remote()) }
func (w wire) SetDeadline(time.Time) error      { return nil }
func (w wire) SetReadDeadline(time.Time) error  { return nil }
func (w wire) SetWriteDeadline(time.Time) error { return nil }
