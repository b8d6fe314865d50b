package scenarios

import (
	"mailwire/layers"
	"mailwire/layers/trace"
	"mailwire/sim/mail"
)

// A watched connection shows what its program and the peer say to each other: the bytes of the socket, encrypted where
// they are.
type watched struct {
	mail.Connection
	program mail.Program
	live    *Live
	socket  *trace.Socket
}

// Attach names the program; a session that goes over to TLS names another one.
func (w *watched) Attach(p mail.Program) {
	w.program = p
	w.Connection.Attach(w)
}

// Received shows and passes on what the client says.
func (w *watched) Received(b []byte) {
	w.tell(w.socket.Bytes(w.live.world.Now(), layers.Client, b))
	w.program.Received(b)
}

// Write shows and passes on what the host says.
func (w *watched) Write(b []byte) {
	w.tell(w.socket.Bytes(w.live.world.Now(), layers.Server, b))
	w.Connection.Write(b)
}

// Drained passes on that there is room.
func (w *watched) Drained() { w.program.Drained() }

// PeerClosed tells that the client will say no more.
func (w *watched) PeerClosed() {
	w.program.PeerClosed()
	w.end(layers.Client)
}

// Close ends what the host says.
func (w *watched) Close() {
	w.Connection.Close()
	w.end(layers.Server)
}

// Closed tells that the connection is over.
func (w *watched) Closed(err error) {
	w.program.Closed(err)
	w.end(layers.Client)
	w.end(layers.Server)
}

func (w *watched) end(side layers.Side) { w.tell(w.socket.End(w.live.world.Now(), side)) }

// tell keeps the first error of the face.
func (w *watched) tell(err error) {
	if w.live.err == nil {
		w.live.err = err
	}
}
