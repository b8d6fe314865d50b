package host

import (
	"sync"
	"time"

	"mailwire/sim"
)

// A pace runs a world as fast as the real clock goes. Whoever wants something of the world takes its turn, one at a time:
// first happens what has become due meanwhile, then what is wanted, then what that made due at once.
type pace struct {
	mu    sync.Mutex
	world *sim.World
	epoch time.Time // the world's time
	began time.Time // the same moment by the real clock
	timer *time.Timer
	next  time.Time // when the timer rings, in the world's time; zero: never
	after func()    // called at the end of each turn
	err   error     // of the world: it is stuck
	over  bool
}

// init begins to run w. after is called at the end of each turn, as a part of it.
func (p *pace) init(w *sim.World, after func()) {
	p.world, p.epoch, p.began, p.after = w, w.Now(), time.Now(), after
}

// turn lets do be the only one that uses the world. What it leads to from now on happens in time.
func (p *pace) turn(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run(p.epoch.Add(p.elapsed()))
	do()
	p.run(p.world.Now())
	p.after()
	p.wake()
}

// run makes happen what is due.
func (p *pace) run(until time.Time) {
	if err := p.world.RunUntil(until); err != nil && p.err == nil {
		p.err = err
	}
}

// wake sets the timer for the next event of the world.
func (p *pace) wake() {
	due, ok := p.world.NextDue()
	switch {
	case !ok || p.over || p.err != nil:
		if p.timer != nil {
			p.timer.Stop()
		}
		p.next = time.Time{}
	case due.Equal(p.next):
	case p.timer == nil:
		p.next, p.timer = due, time.AfterFunc(p.until(due), p.ring)
	default:
		p.next = due
		p.timer.Reset(p.until(due))
	}
}

// until is how long it takes until the world's clock shows t.
func (p *pace) until(t time.Time) time.Duration { return t.Sub(p.epoch) - p.elapsed() }

// elapsed is how long the world has run. The clock that never steps back stands still while the computer sleeps; the one on
// the wall goes on meanwhile.
func (p *pace) elapsed() time.Duration {
	now := time.Now()
	return max(now.Sub(p.began), now.Round(0).Sub(p.began.Round(0)))
}

// ring is a turn for what is due alone.
func (p *pace) ring() {
	p.turn(func() { p.next = time.Time{} })
}

// stop ends the running; turns can still be taken.
func (p *pace) stop() {
	p.turn(func() { p.over = true })
}
