package host

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"mailwire/layers"
	"mailwire/sim"
	"mailwire/sim/mail"
)

// dialTime is how long a server may take to answer a call.
const dialTime = 30 * time.Second

// Call lets mail programs speak to real servers, at the pace of the real clock: begin gets the network, and is to call done
// when all is said. turned is called at the end of each turn; its error ends the call. The error is that, the world's, or
// [ErrStopped] when ctx ended it.
func Call(ctx context.Context, turned func() error, begin func(n mail.Network, done func())) error {
	within, stop := context.WithCancel(ctx)
	defer stop()
	r := &reception{inside: calling{sim.New(time.Now(), 1), turned}, limits: Limits{}.complete(), stop: stop, open: map[*socket]bool{}}
	r.init(r.inside.World(), r.turned)
	r.turn(func() { begin(&caller{r, within}, stop) })
	<-within.Done()
	r.seeOff()
	r.pace.stop()
	if err := errors.Join(r.fault, r.err); err != nil || ctx.Err() == nil {
		return err
	}
	return ErrStopped
}

// calling is a world that nobody comes into.
type calling struct {
	world  *sim.World
	turned func() error
}

func (c calling) World() *sim.World                    { return c.world }
func (c calling) Accept(string, mail.Connection) error { return errors.New("host: nobody is let in") }
func (c calling) Refuse(string, netip.AddrPort) []byte { return nil }
func (c calling) Shutdown()                            {}
func (c calling) Turned() error                        { return c.turned() }

// A caller is the network of this computer.
type caller struct {
	reception *reception
	ctx       context.Context
}

// Name is this computer's.
func (c *caller) Name() string { return "localhost" }

// World keeps the time.
func (c *caller) World() *sim.World { return c.reception.inside.World() }

// Open dials a server.
func (c *caller) Open(name string, port uint16, opened func(mail.Connection), failed func(*mail.Failure)) {
	r := c.reception
	r.guests.Add(1)
	go func() {
		defer r.guests.Done()
		dialer := net.Dialer{Timeout: dialTime}
		conn, err := dialer.DialContext(c.ctx, "tcp", net.JoinHostPort(name, strconv.Itoa(int(port))))
		if err != nil {
			r.turn(func() { failed(unreachable(name, port, err)) })
			return
		}
		s := newSocket(r, conn)
		r.turn(func() {
			r.open[s] = true
			opened(s)
		})
		s.serve()
		r.turn(func() { delete(r.open, s) })
	}()
}

// unreachable says why there is no connection.
func unreachable(name string, port uint16, err error) *mail.Failure {
	var unknown *net.DNSError
	if errors.As(err, &unknown) {
		return &mail.Failure{Note: layers.N("mail.failed.no-address", layers.A("name", layers.String(name)))}
	}
	at := net.JoinHostPort(name, strconv.Itoa(int(port)))
	return &mail.Failure{Note: layers.N("mail.failed.no-connection", layers.A("name", layers.String(at)))}
}
