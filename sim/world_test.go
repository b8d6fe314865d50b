package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func TestTiesKeepTheOrderOfScheduling(t *testing.T) {
	w := New(epoch, 1)
	var got []string
	note := func(s string) func() { return func() { got = append(got, s) } }
	w.After(2*time.Second, note("later"))
	w.After(time.Second, note("first"))
	w.After(time.Second, note("second"))
	w.After(time.Second, func() {
		note("third")()
		w.After(0, note("fifth"))
	})
	w.After(time.Second, note("fourth"))
	if err := w.Drain(time.Minute); err != nil {
		t.Fatal(err)
	}
	if want := "first second third fourth fifth later"; strings.Join(got, " ") != want {
		t.Errorf("happened %v, want %s", got, want)
	}
	if want := epoch.Add(2 * time.Second); !w.Now().Equal(want) {
		t.Errorf("the clock stands at %v, want %v", w.Now(), want)
	}
}

// What the queue gives is what sorting would give, whatever was pushed and popped in between.
func TestTheQueueSorts(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 0))
		var q queue
		var want, got []uint64 // order within time, as one number
		order := uint64(0)
		for range 500 {
			if r.IntN(3) > 0 || len(q.entries) == 0 {
				order++
				at := Instant(r.IntN(40))
				q.push(at, order, call(nil))
				want = append(want, uint64(at)<<32|order)
				continue
			}
			at, o, _ := q.pop()
			least := slices.Min(want)
			if uint64(at)<<32|o != least {
				t.Fatalf("seed=%d: popped %d/%d, want %d/%d", seed, at, o, least>>32, least&0xffffffff)
			}
			want = slices.DeleteFunc(want, func(x uint64) bool { return x == least })
		}
		odd := func(e entry) bool { return e.order%2 == 1 }
		q.keep(func(e entry, _ Event) bool { return odd(e) })
		want = slices.DeleteFunc(want, func(x uint64) bool { return x%2 == 0 })
		for len(q.entries) > 0 {
			at, o, _ := q.pop()
			got = append(got, uint64(at)<<32|o)
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("seed=%d: after keep the queue gave %v, want %v", seed, got, want)
		}
	}
}

type note struct {
	log  *[]string
	name string
}

func (n note) Happen(now Instant) { *n.log = append(*n.log, fmt.Sprint(n.name, "@", int64(now))) }

func TestATimerHappensWhenItWasSetLast(t *testing.T) {
	for _, lesson := range []struct {
		name string
		do   func(w *World, t *Timer)
		want string
	}{
		{"set once", func(w *World, t *Timer) { t.Set(10) }, "t@10"},
		{"set later", func(w *World, t *Timer) { t.Set(10); t.Set(20) }, "t@20"},
		{"set earlier", func(w *World, t *Timer) { t.Set(20); t.Set(10) }, "t@10"},
		{"stopped", func(w *World, t *Timer) { t.Set(10); t.Stop() }, ""},
		{"stopped and set to the same", func(w *World, t *Timer) { t.Set(10); t.Stop(); t.Set(10) }, "t@10"},
		{"stopped and set earlier", func(w *World, t *Timer) { t.Set(20); t.Stop(); t.Set(10) }, "t@10"},
		{"to and fro", func(w *World, t *Timer) { t.Set(20); t.Set(10); t.Set(30); t.Set(15) }, "t@15"},
		{"its turn is that of the last Set", func(w *World, t *Timer) {
			t.Set(10)
			t.Set(20)
			w.At(w.Time(10), func() {})
			t.Set(10)
			w.After(10, func() { t.event.Happen(99) })
		}, "t@10 t@99"},
		{"set again when it happened", func(w *World, t *Timer) {
			t.Set(10)
			w.Schedule(12, call(func() { t.Set(15) }))
		}, "t@10 t@15"},
	} {
		w := New(epoch, 1)
		var log []string
		var timer Timer
		timer.Init(w, note{&log, "t"})
		lesson.do(w, &timer)
		if err := w.Drain(time.Hour); err != nil {
			t.Errorf("%s: %v", lesson.name, err)
		}
		if got := strings.Join(log, " "); got != lesson.want {
			t.Errorf("%s: happened %q, want %q", lesson.name, got, lesson.want)
		}
	}
}

// A connection sets its timer again and again, now for its next retransmission, now for its next keep-alive. What it
// leaves behind in the queue does not grow.
func TestTimersLeaveNothingBehind(t *testing.T) {
	w := New(epoch, 1)
	var timers [100]Timer
	var log []string
	for i := range timers {
		timers[i].Init(w, note{&log, "t"})
	}
	most := 0
	for range 1000 {
		for i := range timers {
			timers[i].Set(w.Instant().Add(2 * time.Hour))
			timers[i].Set(w.Instant().Add(time.Second))
		}
		if err := w.RunFor(900 * time.Millisecond); err != nil {
			t.Fatal(err)
		}
		most = max(most, w.Pending())
	}
	if most > 4*len(timers) {
		t.Errorf("%d timers filled the queue with %d entries", len(timers), most)
	}
	if len(log) != 0 {
		t.Errorf("%d timers happened that were set again before", len(log))
	}
}

func TestALivelockFails(t *testing.T) {
	w := New(epoch, 1)
	var again func()
	again = func() { w.After(0, again) }
	again()
	var livelock *Livelock
	if err := w.RunFor(time.Second); !errors.As(err, &livelock) {
		t.Fatalf("a world in which time stands still: %v, want a Livelock", err)
	}
	if w.Step() {
		t.Error("a stuck world goes on")
	}
}

func TestAWorldThatDoesNotComeToRestFails(t *testing.T) {
	w := New(epoch, 1)
	var tick func()
	tick = func() { w.After(time.Second, tick) }
	tick()
	if err := w.Drain(time.Minute); err == nil {
		t.Error("Drain of a clock that ticks for ever has no error")
	}
	if done, err := w.RunWhile(func() bool { return w.Instant() < Instant(90*time.Second) }, time.Hour); !done || err != nil {
		t.Errorf("RunWhile = %v, %v, want true", done, err)
	}
}

// Each name draws from a sequence of its own, so a new fault in a lesson moves nobody's port numbers.
func TestChanceIsSeparateByName(t *testing.T) {
	draw := func(seed uint64, name string) [4]uint64 {
		r := New(epoch, seed).Rand(name)
		return [4]uint64{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()}
	}
	if first, second := draw(1, "ana"), draw(1, "ana"); first != second {
		t.Error("the same seed and name gave two sequences")
	}
	if draw(1, "ana") == draw(1, "bob") || draw(1, "ana") == draw(2, "ana") {
		t.Error("another name or seed gave the same sequence")
	}
	if got, want := New(epoch, 1).Rand("ana").Uint64(), uint64(chanceOfAna); got != want {
		t.Errorf("the first draw of seed 1, ana is %#x, was %#x: every trace changes", got, want)
	}
}

// chanceOfAna pins the generator: shipped traces depend on it.
const chanceOfAna = 0xb37613fa319731e2

type churn struct {
	w *World
	r *rand.Rand
}

func (c *churn) Happen(now Instant) { c.w.Schedule(now+Instant(c.r.IntN(1000)), c) }

func TestEventsCostNoAllocation(t *testing.T) {
	w := New(epoch, 1)
	c := &churn{w, w.Rand("churn")}
	for range 1000 {
		w.Schedule(0, c)
	}
	for range 5000 {
		w.Step()
	}
	if n := testing.AllocsPerRun(1000, func() { w.Step() }); n != 0 {
		t.Errorf("an event allocates %v times", n)
	}
}

func BenchmarkEvents(b *testing.B) {
	w := New(epoch, 1)
	c := &churn{w, w.Rand("churn")}
	for range 1000 {
		w.Schedule(0, c)
	}
	b.ReportAllocs()
	for b.Loop() {
		w.Step()
	}
}
