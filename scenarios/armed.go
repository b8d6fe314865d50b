package scenarios

import (
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/trace"
)

// Armed faults wait for a message to pass. They watch with eyes of their own, so that what happens does not depend on
// what the person at the screen has asked to see.
type armed struct {
	run      *run
	view     *trace.Viewpoint
	follower *trace.Follower
	waiting  []*trigger
}

// A trigger is a fault and its moment.
type trigger struct {
	line     int    // of the act in the file
	prefix   string // of the message
	answered bool   // it is the reply that counts
	stream   int    // of the message, once it has passed; -1 before
	do       func()
}

func (f *armed) init(r *run) {
	f.run = r
	needed := false
	for i := range r.scenario.Acts {
		needed = needed || r.scenario.Acts[i].OnceSent != "" || r.scenario.Acts[i].OnceDone != ""
	}
	if needed {
		f.view = trace.NewViewpoint()
		f.follower = trace.NewFollower(trace.Options{ShowSecrets: true}, face(f.seen))
	}
}

func (f *armed) add(a *Act, do func()) {
	f.waiting = append(f.waiting, &trigger{line: a.Line, prefix: a.OnceSent + a.OnceDone, answered: a.OnceDone != "", stream: -1, do: do})
}

// watch follows the conversations.
func (f *armed) watch(frame *layers.Frame) {
	if f.follower != nil && f.view.Shows(frame) {
		if err := f.follower.Frame(frame); err != nil {
			panic("scenarios: " + err.Error()) // seen returns none
		}
	}
}

// seen looks for the moments in the messages.
func (f *armed) seen(e trace.Event) error {
	m, ok := e.(*trace.Message)
	if !ok {
		return nil
	}
	for i := 0; i < len(f.waiting); i++ {
		t := f.waiting[i]
		if !t.passed(m) {
			continue
		}
		f.waiting = append(f.waiting[:i], f.waiting[i+1:]...)
		i--
		// The frame that is at its tap now still gets through.
		f.run.After(0, t.do)
	}
	return nil
}

// passed reports whether m is the moment.
func (t *trigger) passed(m *trace.Message) bool {
	if t.stream < 0 && strings.HasPrefix(withoutTag(m), t.prefix) {
		t.stream = m.Stream
		return !t.answered
	}
	return t.answered && t.stream == m.Stream && m.Kind == application.Reply && m.From == layers.Server && m.Tag != "*"
}

// withoutTag is the text of a message as people write it: an IMAP command without its tag.
func withoutTag(m *trace.Message) string {
	if m.Tag != "" {
		return strings.TrimPrefix(m.Text, m.Tag+" ")
	}
	return m.Text
}
