package host

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"mailwire/sim"
	"mailwire/sim/mail"
)

// An Inside is a world that real programs are let into. All is called one call at a time.
type Inside interface {
	World() *sim.World
	// Accept serves a connection to a service.
	Accept(service string, c mail.Connection) error
	// Refuse returns what a client of a service is told when there are too many; empty for nothing.
	Refuse(service string, client netip.AddrPort) []byte
	// Shutdown says good-bye to all that are being served.
	Shutdown()
	// Turned is called when a turn of the world is over. Its error ends the serving.
	Turned() error
}

// A Door is where the clients of a service come in.
type Door struct {
	Service  string
	Listener net.Listener
}

// Limits bound what clients can make grow. The zero value stands for the defaults.
type Limits struct {
	PerService int           // connections at the same time; default 2048
	PerPeer    int           // of one address that is not this computer's, to all services; default 64
	Stall      time.Duration // how long, at least, a peer may read nothing of what it is sent, and twice that at most; default 2 minutes
	Linger     time.Duration // how long a connection that is over waits for its peer to have read; default 5 seconds
}

// The defaults of [Limits].
const (
	DefaultPerService = 2048
	DefaultPerPeer    = 64
	DefaultStall      = 2 * time.Minute
	DefaultLinger     = 5 * time.Second
)

func (l Limits) complete() Limits {
	set(&l.PerService, DefaultPerService)
	set(&l.PerPeer, DefaultPerPeer)
	set(&l.Stall, DefaultStall)
	set(&l.Linger, DefaultLinger)
	return l
}

func set[T comparable](value *T, normal T) {
	var zero T
	if *value == zero {
		*value = normal
	}
}

// A reception lets real programs in.
type reception struct {
	pace
	inside Inside
	limits Limits
	stop   context.CancelFunc
	guests sync.WaitGroup // and doors

	// Of the turn.
	owing    []*socket // that have got something to write
	open     map[*socket]bool
	services map[string]int
	peers    map[netip.Addr]int
	fault    error
}

// farewell is how long those who are served at the end have to take their leave.
const farewell = time.Second

// Serve lets clients in through the doors and runs the world at the pace of the real clock, until ctx ends; then it says
// good-bye to all. The error is that of the world, or what its Turned said.
func Serve(ctx context.Context, inside Inside, doors []Door, limits Limits) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &reception{inside: inside, limits: limits.complete(), stop: stop, open: map[*socket]bool{}, services: map[string]int{}, peers: map[netip.Addr]int{}}
	r.init(inside.World(), r.turned)
	r.turn(func() {})
	for _, d := range doors {
		r.guests.Add(1)
		go r.wait(ctx, d)
	}
	<-ctx.Done()
	for _, d := range doors {
		d.Listener.Close()
	}
	r.turn(inside.Shutdown)
	r.seeOff()
	r.pace.stop()
	return errors.Join(r.fault, r.err)
}

// turned ends a turn: it lets those write who owe something.
func (r *reception) turned() {
	for _, s := range r.owing {
		s.owes = false
		s.startWriting()
	}
	r.owing = r.owing[:0]
	if err := r.inside.Turned(); err != nil && r.fault == nil {
		r.fault = err
	}
	if r.fault != nil || r.err != nil {
		r.stop()
	}
}

// wait lets in whoever comes to a door, until it is closed.
func (r *reception) wait(ctx context.Context, d Door) {
	defer r.guests.Done()
	for pause := time.Duration(0); ; {
		c, err := d.Listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				c.Close()
			}
			return
		case err != nil: // no file descriptors are left, say: there will be some when somebody goes
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			time.Sleep(pause)
			continue
		}
		pause = 0
		r.guests.Add(1)
		go r.serve(d.Service, c)
	}
}

// serve is the goroutine of a connection.
func (r *reception) serve(service string, c net.Conn) {
	defer r.guests.Done()
	s := newSocket(r, c)
	peer, full := s.remote.Addr(), false
	var words []byte
	r.turn(func() {
		if full = r.full(service, peer); full {
			words = r.inside.Refuse(service, s.remote)
			return
		}
		r.open[s] = true
		r.services[service]++
		r.peers[peer]++
		if err := r.inside.Accept(service, s); err != nil && r.fault == nil {
			r.fault = err
		}
	})
	if full {
		s.refuse(words)
		return
	}
	s.serve()
	r.turn(func() {
		delete(r.open, s)
		r.services[service]--
		if r.peers[peer]--; r.peers[peer] == 0 {
			delete(r.peers, peer)
		}
	})
}

// full tells whether one more is too many.
func (r *reception) full(service string, peer netip.Addr) bool {
	return r.services[service] >= r.limits.PerService || !peer.IsLoopback() && r.peers[peer] >= r.limits.PerPeer
}

// seeOff waits until all have gone, but not for ever.
func (r *reception) seeOff() {
	gone := make(chan struct{})
	go func() {
		r.guests.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return
	case <-time.After(farewell):
	}
	r.turn(func() {
		for s := range r.open {
			s.conn.Close()
		}
	})
	<-gone
}
