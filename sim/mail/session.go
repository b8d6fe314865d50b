package mail

import (
	"time"

	"mailwire/sim"
)

// An engine is a protocol's machine of bytes and events, a client's or a server's.
type engine interface {
	Receive(now time.Time, b []byte)
	Output() []byte
	Deadline() time.Time
	Expire(now time.Time)
	Closing() bool
}

// A session runs an engine over a connection: bytes that arrive go in, bytes it owes go out, and its deadline becomes a
// timer of the world.
type session struct {
	conn   Connection
	engine engine
	notice func()          // the engine may have events
	ended  func(why error) // the connection is gone; why is nil after an orderly close

	world   *sim.World
	timer   sim.Timer
	upgrade func(Connection) Connection // to TLS, once what the engine owes in the clear is written
	secured func()                      // tells the engine
	last    bool                        // the peer has sent its last byte
	over    bool
}

// run starts a session on a connection that is open.
func run(world *sim.World, conn Connection, e engine, notice func(), ended func(error)) *session {
	s := &session{conn: conn, engine: e, notice: notice, ended: ended, world: world}
	s.timer.Init(s.world, s)
	conn.Attach(s)
	s.step()
	return s
}

// Received gives the engine what arrived.
func (s *session) Received(b []byte) {
	if !s.over {
		s.engine.Receive(s.world.Now(), b)
		s.step()
	}
}

// Drained goes on where the connection had no room.
func (s *session) Drained() { s.step() }

// PeerClosed ends the session when all is said that is owed: who sends no more may still read a long answer.
func (s *session) PeerClosed() {
	s.last = true
	s.step()
}

// Closed ends the session.
func (s *session) Closed(err error) { s.finish(err) }

// step lets the owner see the events and sends what the engine owes.
func (s *session) step() {
	if s.over {
		return
	}
	s.notice()
	s.send()
	if s.over {
		return
	}
	if s.engine.Closing() || s.last && s.conn.Waiting() == 0 {
		s.finish(nil)
		return
	}
	if at := s.engine.Deadline(); at.IsZero() {
		s.timer.Stop()
	} else {
		s.timer.Set(s.world.InstantOf(at))
	}
}

// send writes what the engine owes, as long as there is room, and then goes over to TLS if that was asked for.
func (s *session) send() {
	for !s.over && s.conn.Waiting() == 0 { // Drained goes on where TCP has no room
		out := s.engine.Output()
		if len(out) == 0 && s.upgrade == nil {
			return
		}
		if len(out) == 0 {
			s.secure()
			continue
		}
		s.conn.Write(out)
	}
}

// startTLS goes over to TLS when what the engine owes has been written, and then tells the engine.
func (s *session) startTLS(upgrade func(Connection) Connection, secured func()) {
	s.upgrade, s.secured = upgrade, secured
}

// secure goes over: from here on the engine's bytes are inside TLS, where they wait for the handshake.
func (s *session) secure() {
	s.conn = s.upgrade(s.conn)
	s.upgrade = nil
	s.conn.Attach(s)
	s.secured()
}

// Happen is the engine's deadline.
func (s *session) Happen(sim.Instant) {
	if !s.over {
		deaf := s.conn.Waiting() > 0
		s.engine.Expire(s.world.Now())
		s.step()
		if deaf && !s.over && s.engine.Deadline().IsZero() {
			s.finish(nil) // the peer has not read for so long that it will not hear a farewell either
		}
	}
}

// shutdown ends the session because the program ends: with the protocol's words, where it has some.
func (s *session) shutdown() {
	if e, speaks := s.engine.(interface{ Shutdown() }); speaks {
		e.Shutdown()
		s.step()
	}
	s.finish(nil)
}

// finish ends the session from this side, once.
func (s *session) finish(why error) {
	if s.over {
		return
	}
	s.over = true
	s.timer.Stop()
	s.conn.Close() // what waits in Write is still sent
	s.ended(why)
}
