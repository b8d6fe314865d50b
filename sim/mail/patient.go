package mail

import (
	"time"

	"mailwire/layers/application/smtp"
)

// A patient server is an SMTP server whose backend may wait for something in the world, such as an answer of the name
// system, before the client gets its own: what the client says meanwhile waits too. The engine runs as a coroutine.
type patient struct {
	*smtp.Server
	task    *task
	work    []func()
	working bool   // between the beginning and the end of a piece of work: the backend waits
	out     []byte // owed to the client
}

func newPatient(e *smtp.Server) *patient {
	p := &patient{Server: e}
	p.task = newTask(func(t *task) {
		for {
			t.until(func() bool { return len(p.work) > 0 })
			next := p.work[0]
			p.work = p.work[1:]
			p.working = true
			next()
			p.working = false
		}
	})
	return p
}

// wait lets the world go on until what is true. The backend calls it, and who makes it true calls the task's step.
func (p *patient) wait(what func() bool) { p.task.until(what) }

func (p *patient) do(what func()) {
	p.work = append(p.work, what)
	p.task.step()
}

// Receive takes the client's next bytes.
func (p *patient) Receive(now time.Time, b []byte) {
	b = append([]byte(nil), b...)
	p.do(func() { p.Server.Receive(now, b) })
}

// Output returns what is owed to the client. It may let the engine go on with what it had held back.
func (p *patient) Output() []byte {
	if !p.working {
		p.do(func() { p.out = append(p.out, p.Server.Output()...) })
	}
	out := p.out
	p.out = nil
	return out
}

// Deadline is none while the client waits for the server.
func (p *patient) Deadline() time.Time {
	if p.working {
		return time.Time{}
	}
	return p.Server.Deadline()
}

// Expire is the deadline.
func (p *patient) Expire(now time.Time) {
	if !p.working {
		p.Server.Expire(now)
	}
}

// Closing says that the connection is to be closed.
func (p *patient) Closing() bool { return !p.working && p.Server.Closing() }

// Shutdown ends the session because the host goes down.
func (p *patient) Shutdown() {
	if !p.working {
		p.Server.Shutdown()
	}
}

// end gives up what the session still waits for: the client is gone, and no answer would reach it.
func (p *patient) end() { p.task.abandon() }
