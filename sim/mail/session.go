package mail

import (
	"time"

	"mailwire/sim"
	"mailwire/sim/host"
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
	conn   *host.Conn
	engine engine
	notice func()          // the engine may have events
	ended  func(why error) // the connection is gone; why is nil after an orderly close

	world *sim.World
	timer sim.Timer
	over  bool
}

// run starts a session on a connection that is open.
func run(conn *host.Conn, e engine, notice func(), ended func(error)) *session {
	s := &session{conn: conn, engine: e, notice: notice, ended: ended, world: conn.Host().World()}
	s.timer.Init(s.world, s)
	conn.Received = func(b []byte) {
		s.engine.Receive(s.world.Now(), b)
		s.step()
	}
	conn.Drained = s.step
	conn.PeerClosed = func() { s.finish(nil) }
	conn.Closed = s.finish
	s.step()
	return s
}

// step lets the owner see the events and sends what the engine owes.
func (s *session) step() {
	if s.over {
		return
	}
	s.notice()
	for !s.over && s.conn.Waiting() == 0 { // Drained goes on where TCP has no room
		out := s.engine.Output()
		if len(out) == 0 {
			break
		}
		s.conn.Write(out)
	}
	if s.over {
		return
	}
	if s.engine.Closing() {
		s.finish(nil)
		return
	}
	if at := s.engine.Deadline(); at.IsZero() {
		s.timer.Stop()
	} else {
		s.timer.Set(s.world.InstantOf(at))
	}
}

// Happen is the engine's deadline.
func (s *session) Happen(sim.Instant) {
	if !s.over {
		s.engine.Expire(s.world.Now())
		s.step()
	}
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
