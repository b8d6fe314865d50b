package host

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"mailwire/sim/mail"
)

// A socket is a real connection as a program of the world knows it. One goroutine reads it and hands over what comes in a
// turn of the world; what the program writes then waits until the turn is over and is written by that goroutine or, if it
// is reading, by one of its own. Nothing is read while something waits to be written: a peer that does not read is not
// listened to either, and what is kept for it is bounded by what its program says at once.
type socket struct {
	reception     *reception
	conn          net.Conn
	local, remote netip.AddrPort

	// Of the turn.
	program mail.Program
	out     []byte // to be written
	flight  int    // bytes that are being written
	owes    bool   // it is among the reception's owing
	writing bool   // a goroutine writes
	reading bool   // its own goroutine waits for the peer
	closing bool   // its program has closed it
	over    bool   // its program has been told that it is over
	written sync.Cond

	allowed time.Time // the deadline of writing: of the goroutine that writes
}

const (
	readSize  = 16 << 10
	writeSize = 64 << 10 // of one piece: what a peer has Limits.Stall to take
	keepSize  = 4 << 10  // of the space for what is written, while nothing is
)

func newSocket(r *reception, c net.Conn) *socket {
	s := &socket{reception: r, conn: c, local: addrPort(c.LocalAddr()), remote: addrPort(c.RemoteAddr())}
	s.written.L = &r.mu
	return s
}

func addrPort(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		p := tcp.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}

// Attach names the program that is told what happens.
func (s *socket) Attach(p mail.Program) { s.program = p }

// Write keeps b until the turn is over.
func (s *socket) Write(b []byte) {
	if s.closing || s.over {
		return
	}
	s.out = append(s.out, b...)
	s.owe()
}

// Waiting is what has not been handed to the system.
func (s *socket) Waiting() int { return len(s.out) + s.flight }

// Close ends the connection once all is written. A peer that does not take it has Limits.Linger from now on.
func (s *socket) Close() {
	if s.closing {
		return
	}
	s.closing = true
	s.conn.SetWriteDeadline(time.Now().Add(s.reception.limits.Linger))
	s.owe()
}

// Local is this end.
func (s *socket) Local() netip.AddrPort { return s.local }

// Remote is the peer's.
func (s *socket) Remote() netip.AddrPort { return s.remote }

func (s *socket) owe() {
	if !s.owes {
		s.owes = true
		s.reception.owing = append(s.reception.owing, s)
	}
}

// startWriting makes a goroutine write what waits, if there is none and the socket's own will not.
func (s *socket) startWriting() {
	if s.reading && !s.writing {
		s.writing = true
		s.reception.guests.Add(1)
		go func() {
			defer s.reception.guests.Done()
			s.write()
		}()
	}
}

// serve hands over what comes until the connection is over.
func (s *socket) serve() {
	defer s.conn.Close()
	b := make([]byte, readSize)
	var err error
	for err == nil && s.settle() {
		var n int
		n, err = s.conn.Read(b)
		s.reception.turn(func() {
			s.reading = false
			if n > 0 && !s.closing && !s.over {
				s.program.Received(b[:n])
			}
			if err == io.EOF && !s.closing && !s.over {
				s.program.PeerClosed()
			}
		})
	}
	if err == io.EOF {
		s.settle() // who says nothing more may still listen
	}
	s.reception.turn(func() { s.end(err) })
}

// settle writes what is owed, or waits until it is written, and then begins to wait for the peer. It is false when there
// is nothing to wait for.
func (s *socket) settle() bool {
	mu := &s.reception.mu
	for {
		mu.Lock()
		for s.writing {
			s.written.Wait()
		}
		if len(s.out) == 0 {
			s.reading = true
			over, closing := s.over, s.closing
			mu.Unlock()
			if closing && !over {
				s.leave()
			}
			return !over
		}
		s.writing = true
		mu.Unlock()
		s.write()
	}
}

// leave says that nothing more will come, and gives the peer time to read and to close too: a connection that is closed
// while the peer still talks is broken off, and what it has not read yet is lost.
func (s *socket) leave() {
	if c, ok := s.conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
	s.conn.SetReadDeadline(time.Now().Add(s.reception.limits.Linger))
}

// write writes what is owed, and what the program says when there is room again.
func (s *socket) write() {
	var b []byte
	for {
		s.reception.mu.Lock()
		s.out, b = b[:0], s.out
		s.flight = len(b)
		if len(b) == 0 {
			if s.writing = false; cap(s.out) > keepSize {
				s.out = nil
			}
			leaving := s.closing && !s.over && s.reading
			s.written.Broadcast()
			s.reception.mu.Unlock()
			if leaving {
				s.leave()
			}
			return
		}
		s.reception.mu.Unlock()
		err := s.put(b)
		s.reception.turn(func() {
			s.flight = 0
			if err != nil {
				s.out = nil
				s.end(err)
				s.conn.Close() // its own goroutine may be reading
			} else if len(s.out) == 0 && !s.closing && !s.over {
				s.program.Drained()
			}
		})
	}
}

// put writes b in pieces.
func (s *socket) put(b []byte) error {
	for len(b) > 0 {
		piece := b[:min(len(b), writeSize)]
		if err := s.allow(); err != nil {
			return err
		}
		if _, err := s.conn.Write(piece); err != nil {
			return err
		}
		b = b[len(piece):]
	}
	return nil
}

// allow gives the peer time for the next piece. To move the deadline costs more than most writes, so it is moved only when it
// has come near. One whose connection is closed has its last time already.
func (s *socket) allow() error {
	stall := s.reception.limits.Stall
	now := time.Now()
	if s.allowed.Sub(now) > stall {
		return nil
	}
	s.reception.mu.Lock()
	defer s.reception.mu.Unlock()
	if s.closing {
		return nil
	}
	s.allowed = now.Add(2 * stall)
	return s.conn.SetWriteDeadline(s.allowed)
}

// end tells the program that the connection is over, and why if that was not its own doing or in order.
func (s *socket) end(err error) {
	if s.over {
		return
	}
	s.over = true
	if s.closing || err == io.EOF {
		err = nil
	}
	s.program.Closed(err)
}

// refuse says why there is no place, and closes.
func (s *socket) refuse(words []byte) {
	defer s.conn.Close()
	s.conn.SetWriteDeadline(time.Now().Add(s.reception.limits.Linger))
	if _, err := s.conn.Write(words); err == nil {
		s.leave()
		_, _ = io.Copy(io.Discard, s.conn)
	}
}
