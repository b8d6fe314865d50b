package story

import (
	"time"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/transport/tcp/observe"
)

// A debt is how many answers a server owes. One that owes nothing and speaks again does not go on, it begins anew, as in
// IDLE: the time before was not spent on sending.
type debt struct {
	answers int
	known   bool // the greeting or an answer was seen; before, nobody knows what is owed
}

// take takes the next message of the dialogue.
func (d *debt) take(m *application.Message) {
	switch {
	case m.From == layers.Client:
		if m.Kind == application.Command && m.Verb != "DONE" || m.Protocol == "smtp" && m.Complete { // SMTP answers a mail and a line of AUTH too
			d.answers++
		}
	case m.Kind == application.Greeting:
		d.known = true
	case m.Kind == application.Continuation:
		d.answers = max(0, d.answers-1)
	case m.Answers != "":
		d.known = true
		d.answers = max(0, d.answers-1)
		if m.Kind == application.Reply && m.Status == "+OK" && (m.Answers == "RETR" || m.Answers == "TOP") {
			d.answers++ // the mail is still to come
		}
	}
}

// silence is how long the server of an encrypted session pauses before it counts as having had no more to say.
const silence = time.Second

// owed tells whether the server, if it speaks with g behind its own words, goes on with what it owes, as far as is known.
func (r *Record) owed(g *observe.Segment) bool {
	if r.tls.begun && !r.tls.opened {
		return g.Time.Sub(r.clock.first)-r.clock.last < silence
	}
	return r.silent() || !r.debt.known || r.debt.answers > 0
}
