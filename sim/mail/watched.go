package mail

import (
	"time"

	"mailwire/layers"
	"mailwire/layers/trace"
)

// A watched connection is one whose bytes are followed as its program reads and writes them: those of a real connection,
// of which nobody sees the frames.
type watched struct {
	Connection
	program Program
	own     layers.Side // of the program
	socket  *trace.Socket
	now     func() time.Time
	fault   func(error)
}

// Watch shows all that passes on a connection whose program is the side own. now is the time, fault is told the errors of
// the face.
func Watch(c Connection, own layers.Side, socket *trace.Socket, now func() time.Time, fault func(error)) Connection {
	return &watched{Connection: c, own: own, socket: socket, now: now, fault: fault}
}

// Attach names the program; a session that goes over to TLS names another one.
func (w *watched) Attach(p Program) {
	w.program = p
	w.Connection.Attach(w)
}

// Received shows and passes on what the peer says.
func (w *watched) Received(b []byte) {
	w.tell(w.socket.Bytes(w.now(), w.peer(), b))
	w.program.Received(b)
}

// Write shows and passes on what the program says.
func (w *watched) Write(b []byte) {
	w.tell(w.socket.Bytes(w.now(), w.own, b))
	w.Connection.Write(b)
}

// Drained passes on that there is room.
func (w *watched) Drained() { w.program.Drained() }

// PeerClosed tells that the peer will say no more.
func (w *watched) PeerClosed() {
	w.program.PeerClosed()
	w.end(w.peer())
}

// Close ends what the program says.
func (w *watched) Close() {
	w.Connection.Close()
	w.end(w.own)
}

// Closed tells that the connection is over.
func (w *watched) Closed(err error) {
	w.program.Closed(err)
	w.end(w.peer())
	w.end(w.own)
}

func (w *watched) peer() layers.Side { return 1 - w.own }

func (w *watched) end(side layers.Side) { w.tell(w.socket.End(w.now(), side)) }

func (w *watched) tell(err error) {
	if err != nil {
		w.fault(err)
	}
}
