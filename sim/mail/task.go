package mail

import "iter"

// A task is a piece of sequential work of a mail program (log in, list, fetch each) that waits for what happens in the
// world in between. It is a coroutine: it runs only while somebody calls step, and hands over whenever it waits, so the
// world stays in one goroutine's hands.
type task struct {
	next    func() (struct{}, bool)
	stop    func()
	yield   func(struct{}) bool
	running bool
	done    bool
}

// abandoned unwinds a task that nobody will let go on.
type abandoned struct{}

// newTask makes a task of body. It begins at the first step.
func newTask(body func(*task)) *task {
	t := &task{}
	t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer func() {
			if r := recover(); r != nil && r != (abandoned{}) {
				panic(r)
			}
		}()
		t.yield = yield
		body(t)
	})
	return t
}

// step lets the task go on until it waits again or is done. A call from inside the task itself does nothing.
func (t *task) step() {
	if t.running || t.done {
		return
	}
	t.running = true
	_, more := t.next()
	t.running, t.done = false, !more
}

// abandon ends a task that still waits: its session is over.
func (t *task) abandon() {
	if !t.running && !t.done {
		t.done = true
		t.stop()
	}
}

// until waits until what is true. It is called by the body alone.
func (t *task) until(what func() bool) {
	for !what() {
		if !t.yield(struct{}{}) {
			panic(abandoned{})
		}
	}
}
