package contrast

import (
	"strconv"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/trace/story"
)

// A Side gathers the dialogues of one trace.
type Side struct {
	open []*dialogue // by stream, as far as it says anything in a mail protocol
	at   map[int]int // of a stream in open
}

// A dialogue is what was said in one connection.
type dialogue struct {
	stream  int
	steps   []Step
	waiting []int // steps without an answer, oldest first
	more    int
}

// dialoguesMax bounds the connections of a side that are looked at: the first.
const dialoguesMax = 4096

// Message takes the next message of a connection.
func (s *Side) Message(stream int, m *application.Message) {
	switch m.Protocol {
	case "smtp", "pop3", "imap", "tls":
	default:
		return
	}
	if s.at == nil {
		s.at = map[int]int{}
	}
	i, known := s.at[stream]
	if !known {
		if len(s.open) == dialoguesMax {
			return
		}
		i = len(s.open)
		s.at[stream] = i
		s.open = append(s.open, &dialogue{stream: stream})
	}
	s.open[i].take(m)
}

// The names of steps that are no command.
const (
	Greeting = "GREETING"
	Content  = "." // a mail
)

func (d *dialogue) take(m *application.Message) {
	switch {
	case m.Protocol == "tls": // it was there; what was said is hidden
	case m.From == layers.Client && m.Kind == application.Command && m.Verb != "DONE":
		d.say(m.Verb)
	case m.From == layers.Client && m.Kind == application.Data && m.Protocol == "smtp":
		if n := len(d.steps); n == 0 || d.steps[n-1].Command != "BDAT" {
			d.say(Content)
		}
	case m.Kind == application.Greeting:
		d.say(Greeting)
		d.answer(Greeting, word(m))
	case m.From == layers.Server && m.Answers != "" && m.Kind == application.Reply:
		d.answer(m.Answers, word(m))
	}
}

// word is what an answer comes to.
func word(m *application.Message) string {
	if m.Code != 0 {
		return strconv.Itoa(m.Code)
	}
	return m.Status
}

func (d *dialogue) say(command string) {
	if len(d.steps) == StepsMax {
		d.more++
		return
	}
	if command == "" {
		command = "?"
	}
	d.waiting = append(d.waiting, len(d.steps))
	d.steps = append(d.steps, Step{Command: command[:min(len(command), 24)], Count: 1})
}

// answer finds the oldest step of the command without an answer.
func (d *dialogue) answer(command, word string) {
	for i, at := range d.waiting {
		if d.steps[at].Command == command {
			d.steps[at].Answer = word
			d.waiting = append(d.waiting[:i], d.waiting[i+1:]...)
			return
		}
	}
}

// Sessions are the different sessions of a side of which anything was heard. told is the story of the same trace, which knows what each cost.
func (s *Side) Sessions(told *story.Story) (list []*Session) {
	for i := range told.Sessions {
		row := &told.Sessions[i]
		at, heard := s.at[row.Stream]
		if !heard {
			continue
		}
		x := &Session{Protocol: row.Protocol, Encrypted: row.Encrypted, Client: row.Client, Server: row.Server, Packet: row.Packet,
			Way: row.Way, Times: 1, Cost: row.Times, Steps: folded(s.open[at].steps), More: s.open[at].more}
		if before := alike(list, x); before != nil {
			before.Times++
			before.Cost.Add(&x.Cost)
			continue
		}
		if len(list) < SessionsMax {
			list = append(list, x)
		}
	}
	return list
}

// folded puts equal steps in a row together.
func folded(steps []Step) []Step {
	var list []Step
	for _, s := range steps {
		if n := len(list); n > 0 && list[n-1].Command == s.Command && list[n-1].Answer == s.Answer {
			list[n-1].Count++
			continue
		}
		list = append(list, s)
	}
	return list
}

// alike is the session of the list that has the same skeleton as x; nil when there is none.
func alike(list []*Session, x *Session) *Session {
	for _, s := range list {
		if s.Protocol != x.Protocol || s.Encrypted != x.Encrypted || len(s.Steps) != len(x.Steps) || s.Way != x.Way {
			continue
		}
		same := true
		for i := range s.Steps {
			same = same && s.Steps[i] == x.Steps[i]
		}
		if same {
			return s
		}
	}
	return nil
}
