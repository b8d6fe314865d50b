package mail

import "testing"

func TestATaskWaitsAndGoesOn(t *testing.T) {
	ready, steps := false, 0
	work := newTask(func(w *task) {
		steps++
		w.step() // from inside: nothing
		w.until(func() bool { return ready })
		steps++
	})
	work.step()
	work.step()
	if steps != 1 || work.done {
		t.Fatalf("%d steps, done %v, while it waits", steps, work.done)
	}
	ready = true
	work.step()
	if steps != 2 || !work.done {
		t.Errorf("%d steps, done %v, at the end", steps, work.done)
	}
	work.step()
	work.abandon()
}

func TestAnAbandonedTaskEnds(t *testing.T) {
	unwound := false
	work := newTask(func(w *task) {
		defer func() { unwound = true }()
		w.until(func() bool { return false })
	})
	work.step()
	work.abandon()
	work.step()
	if !unwound || !work.done {
		t.Error("the task still waits")
	}
}

func TestAFaultInATaskIsNotHidden(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a panic in a task was lost")
		}
	}()
	newTask(func(*task) { panic("a fault") }).step()
}
