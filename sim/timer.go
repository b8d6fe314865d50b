package sim

// A Timer makes one event happen at an instant that may be changed until then. To set it later, as TCP does with each
// acknowledgement, costs nothing: the entry in the queue stays where it is and moves on when its turn comes.
type Timer struct {
	world *World
	event Event

	armed bool
	at    Instant // when the event happens, if armed
	order uint64  // its turn at that instant

	queued      bool    // the queue holds an entry of this timer
	queuedAt    Instant // not later than at, if armed
	queuedOrder uint64
}

// Init makes t a timer of w for e. A timer is used in place; it must not be copied afterwards.
func (t *Timer) Init(w *World, e Event) { t.world, t.event = w, e }

// Set makes the event happen at an instant, and not at the one set before. An instant that has passed means now.
func (t *Timer) Set(at Instant) {
	w := t.world
	at = max(at, w.now)
	if t.armed && t.at == at {
		return
	}
	t.armed, t.at, t.order = true, at, w.nextOrder()
	if t.queued && t.queuedAt <= at {
		return
	}
	if t.queued {
		t.queued = false
		w.abandon()
	}
	t.enqueue()
}

// Stop makes the event not happen.
func (t *Timer) Stop() { t.armed = false }

// Armed returns when the event will happen; ok is false when it is not set.
func (t *Timer) Armed() (at Instant, ok bool) { return t.at, t.armed }

// Happen is nobody's to call: a timer is an Event so that the queue can hold it.
func (t *Timer) Happen(now Instant) { t.event.Happen(now) }

func (t *Timer) enqueue() {
	t.queued, t.queuedAt, t.queuedOrder = true, t.at, t.order
	t.world.push(t.at, t.order, t)
}

// due takes the entry that has come to its turn and reports whether the event happens now.
func (t *Timer) due(at Instant, order uint64) bool {
	switch {
	case !t.queued || order != t.queuedOrder:
		t.world.stale--
		return false
	case !t.armed:
		t.queued = false
		return false
	case at < t.at || order != t.order:
		t.enqueue()
		return false
	}
	t.queued, t.armed = false, false
	return true
}

// abandon notes that one more entry of the queue belongs to no timer, and clears them away when they are the most.
func (w *World) abandon() {
	w.stale++
	if w.stale > 64 && w.stale > len(w.queue.entries)/2 {
		w.sweep(false)
	}
}

// clear removes the entries of stopped timers too.
func (w *World) clear() { w.sweep(true) }

func (w *World) sweep(stopped bool) {
	w.queue.keep(func(e entry, event Event) bool {
		t, ok := event.(*Timer)
		switch {
		case !ok:
			return true
		case !t.queued || e.order != t.queuedOrder:
			return false
		case stopped && !t.armed:
			t.queued = false
			return false
		}
		return true
	})
	w.stale = 0
}
