// Package sim is the world in which a mail travels: one clock, one queue of events, one seed.
//
// Nothing in it waits, and nothing happens at the same time: each event happens at its virtual instant, to its end,
// and then the next one. Events of the same instant happen in the order in which they were scheduled. Chance comes
// from the world's seed alone. So the same scenario and seed give the same bytes on every machine and every run.
//
// The packages below it hold what there is in the world: network (cables, switches, faults), host (a host's stack) and
// mail (the people and the programs).
//
// Not modelled: time that a processor needs. Between two events of a device no virtual time passes unless a cable, a
// timer or a fault makes it.
package sim

import (
	"fmt"
	"time"
)

// An Instant is a moment of virtual time: nanoseconds since the world began. It covers 292 years.
type Instant int64

// Add returns the instant d later.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d) }

// Sub returns the time from earlier until i.
func (i Instant) Sub(earlier Instant) time.Duration { return time.Duration(i - earlier) }

// An Event is something that will happen at an instant. The queue keeps the Event itself, so an object that is used
// again and again (a cable's end of transmission) costs no allocation each time.
type Event interface{ Happen(now Instant) }

// A World is a clock, the things that will happen, and a seed. It must be used by one goroutine only.
type World struct {
	epoch    time.Time
	now      Instant
	seed     uint64
	queue    queue
	order    uint64 // of the event scheduled last
	happened uint64
	most     uint64 // that may happen; 0: any number
	here     int    // events that happened at the present instant
	stale    int    // entries of the queue that belong to no timer any more
	stuck    error
}

// New returns a world whose clock stands at epoch and whose chance follows seed.
func New(epoch time.Time, seed uint64) *World { return &World{epoch: epoch, seed: seed} }

// Seed is what the world's chance follows.
func (w *World) Seed() uint64 { return w.seed }

// Now is the virtual time.
func (w *World) Now() time.Time { return w.epoch.Add(time.Duration(w.now)) }

// Instant is the virtual time as the world counts it.
func (w *World) Instant() Instant { return w.now }

// Time turns an instant into the time on the world's calendar.
func (w *World) Time(i Instant) time.Time { return w.epoch.Add(time.Duration(i)) }

// InstantOf turns a time on the world's calendar into an instant.
func (w *World) InstantOf(t time.Time) Instant { return Instant(t.Sub(w.epoch)) }

// Happened is how many events have happened.
func (w *World) Happened() uint64 { return w.happened }

// Pending is how many events the queue holds, those of stopped timers that have not been cleared away included.
func (w *World) Pending() int { return len(w.queue.entries) }

// Schedule makes e happen at an instant. To schedule in the past is a fault of the program, and panics.
func (w *World) Schedule(at Instant, e Event) { w.push(at, w.nextOrder(), e) }

// At makes do happen at a time, or now if that has passed.
func (w *World) At(t time.Time, do func()) { w.Schedule(max(w.InstantOf(t), w.now), call(do)) }

// After makes do happen when d has passed.
func (w *World) After(d time.Duration, do func()) { w.Schedule(w.now.Add(max(d, 0)), call(do)) }

// A call is a function as an event.
type call func()

func (c call) Happen(Instant) { c() }

// A Turn is a place in the order of scheduling. Who takes one and schedules later is treated as if it had scheduled
// then: a cable that keeps its frames in order needs one entry in the queue and not one for each frame on its way.
type Turn uint64

// Turn takes the next place in the order of scheduling.
func (w *World) Turn() Turn { return Turn(w.nextOrder()) }

// ScheduleInTurn is Schedule with a place that was taken before.
func (w *World) ScheduleInTurn(at Instant, turn Turn, e Event) { w.push(at, uint64(turn), e) }

func (w *World) nextOrder() uint64 { w.order++; return w.order }

func (w *World) push(at Instant, order uint64, e Event) {
	if at < w.now {
		panic(fmt.Sprintf("sim: an event was scheduled %v in the past", w.now.Sub(at)))
	}
	w.queue.push(at, order, e)
}

// Step makes the next event happen. It is false when there is none, or when the world is stuck in a livelock.
func (w *World) Step() bool { return w.step(1<<63 - 1) }

// step makes the next event happen if it is due by last.
func (w *World) step(last Instant) bool {
	for w.stuck == nil && len(w.queue.entries) > 0 && w.queue.entries[0].at <= last {
		at, order, e := w.queue.pop()
		if t, ok := e.(*Timer); ok && !t.due(at, order) {
			continue
		}
		w.advance(at)
		e.Happen(at)
		return true
	}
	return false
}

// LivelockLimit is how many events may happen at one instant before the world is declared stuck: devices that answer
// each other without any time passing would do so for ever.
const LivelockLimit = 1 << 20

func (w *World) advance(at Instant) {
	if at > w.now {
		w.now, w.here = at, 0
	}
	w.happened++
	if w.here++; w.here > LivelockLimit {
		w.stuck = &Livelock{At: w.Now(), Events: uint64(w.here)}
	}
	if w.most > 0 && w.happened >= w.most {
		w.stuck = &Livelock{At: w.Now(), Events: w.happened, Moving: true}
	}
}

// SetLimit bounds how many events may happen from now on; then the world is declared stuck. Two switches in a circle
// multiply a broadcast for ever, and time goes on meanwhile. 0 means no bound.
func (w *World) SetLimit(events uint64) {
	w.most = 0
	if events > 0 {
		w.most = w.happened + events
	}
}

// A Livelock is the error of a world whose events never end.
type Livelock struct {
	At     time.Time
	Events uint64 // that happened at this instant or, when time moved on, in the whole run
	Moving bool   // time moved on: the bound of SetLimit was reached
}

func (l *Livelock) Error() string {
	if l.Moving {
		return fmt.Sprintf("sim: livelock: %d events until %s and no end", l.Events, l.At.Format(time.RFC3339Nano))
	}
	return fmt.Sprintf("sim: livelock: %d events at %s and no end", l.Events, l.At.Format(time.RFC3339Nano))
}

// RunUntil makes everything happen that is due by t; then the clock stands at t. The error is a *Livelock.
func (w *World) RunUntil(t time.Time) error {
	last := w.InstantOf(t)
	for w.step(last) {
	}
	if w.stuck == nil && last > w.now {
		w.now, w.here = last, 0
	}
	return w.stuck
}

// NextDue is when the next event happens, or an instant before it that costs nothing to look at; ok is false when nothing
// waits. Who runs the world at the pace of a clock sleeps until then.
func (w *World) NextDue() (at time.Time, ok bool) {
	if w.stuck != nil || len(w.queue.entries) == 0 {
		return time.Time{}, false
	}
	return w.Time(w.queue.entries[0].at), true
}

// RunFor makes everything happen that is due within d.
func (w *World) RunFor(d time.Duration) error { return w.RunUntil(w.Now().Add(d)) }

// RunWhile makes events happen as long as going says so, and at most until limit has passed. It reports whether it was
// going that ended it; otherwise nothing was left to happen in time. The clock stands at the last event.
func (w *World) RunWhile(going func() bool, limit time.Duration) (bool, error) {
	last := w.now.Add(limit)
	for going() {
		if !w.step(last) {
			return false, w.stuck
		}
	}
	return true, w.stuck
}

// Drain makes everything happen until nothing is left. It is an error when that takes more than limit of virtual
// time: something in the world does not come to rest.
func (w *World) Drain(limit time.Duration) error {
	last := w.now.Add(limit)
	for w.step(last) {
	}
	if w.stuck == nil && w.due() {
		return fmt.Errorf("sim: not at rest after %v: %d events wait", limit, w.Pending())
	}
	return w.stuck
}

// due reports whether the queue holds anything but the leavings of stopped timers.
func (w *World) due() bool {
	w.clear()
	return len(w.queue.entries) > 0
}
