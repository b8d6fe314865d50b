package story

import (
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A pop3Talk is what is kept of a POP3 session.
type pop3Talk struct {
	counts commands
	user   string // of USER, which PASS completes
	marked int    // by DELE, answered +OK; RSET takes the marks away
	quit   bool   // QUIT was sent
	ended  string // the status of its answer
	mails  int    // fetched whole
	broken int    // begun and not whole
	heads  int    // fetched by TOP
	bytes  int64
	listed int // the number of mails that STAT or LIST told last; -1: not seen
}

func (t *pop3Talk) message(b *Book, r *Record, m *application.Message) {
	switch {
	case m.From == layers.Client && m.Kind == application.Command:
		t.command(r, m)
	case m.From == layers.Client && m.Kind == application.Auth:
		r.login.respond(m.Text)
	case m.Kind == application.Continuation:
		r.login.challenge(m.Text)
	case m.Kind == application.Data:
		t.content(b, r, m)
	case m.Kind == application.Reply && m.Status != "":
		t.reply(b, r, m)
	}
}

func (t *pop3Talk) command(r *Record, m *application.Message) {
	if m.Complete {
		t.counts.add(m.Verb)
	}
	l := &r.login
	switch m.Verb {
	case "USER":
		t.user = shortened(fieldText(m, "user"), 100)
	case "PASS":
		l.how, l.user, l.shown = "USER/PASS", t.user, true
	case "APOP":
		l.how, l.user, l.digest = "APOP", shortened(fieldText(m, "user"), 100), true
	case "AUTH":
		if mechanism := fieldText(m, "mechanism"); mechanism != "" {
			l.begin(mechanism)
			if initial := fieldText(m, "initial-response"); initial != "" {
				l.respond(initial)
			}
		}
	case "QUIT":
		t.quit = true
	}
}

func (t *pop3Talk) reply(b *Book, r *Record, m *application.Message) {
	ok := m.Status == "+OK"
	switch m.Answers {
	case "PASS", "APOP":
		r.login.answer(b, r, ok)
	case "AUTH":
		if r.login.how != "" && r.login.spoken {
			r.login.answer(b, r, ok)
		}
	case "DELE":
		if ok {
			t.marked++
		}
	case "RSET":
		if ok {
			t.marked = 0
		}
	case "STAT", "LIST":
		if n, found := listed(m); found && ok && t.marked == 0 {
			t.listed = n
		}
	case "QUIT":
		t.ended = m.Status
	case "STLS":
		r.starttls = r.starttls || ok
	}
}

// listed is how many mails STAT, or LIST without a number, told.
func listed(m *application.Message) (n int, found bool) {
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Name == "count" || f.Name == "listed" {
			return int(f.Value.Number()), f.Value.Kind() == layers.Number
		}
	}
	return 0, false
}

// content takes a mail, or what TOP brought of one.
func (t *pop3Talk) content(b *Book, r *Record, m *application.Message) {
	switch {
	case m.Answers == "TOP":
		t.heads++
		b.glimpse(r)
		return
	case m.Answers != "RETR":
		return
	case !m.Complete:
		t.broken++
		return
	}
	t.mails++
	t.bytes += m.Length
	b.readable(r, m.Length)
	b.fetched(r, headOf(m.Text).id)
}

func (t *pop3Talk) end(b *Book, r *Record) {
	b.sums.fetched += t.mails
	if t.ended == "+OK" {
		b.sums.removed += t.marked
	}
	b.sums.received += t.bytes
	x := b.mailbox(r, t.strategy(r))
	if x == nil {
		return
	}
	x.counts.merge(&t.counts)
	x.mails += t.mails
	x.broken += t.broken
	x.heads += t.heads
	x.bytes += t.bytes
	if t.listed >= 0 {
		b.told(x, r, t.listed)
	}
	switch {
	case t.marked == 0:
	case t.ended == "+OK":
		x.removed += t.marked
	case t.ended != "":
		x.failed += t.marked
	case t.quit || r.holes > 0:
		x.unproven += t.marked
	case r.broken():
		x.spared += t.marked
	default:
		x.pending += t.marked
	}
	if t.mails > 0 && t.marked == 0 && t.counts.of("DELE") == 0 {
		x.kept += t.mails
	}
}

// strategy names how the mailbox was read.
func (t *pop3Talk) strategy(r *Record) string {
	deleted := t.marked > 0 || t.counts.of("DELE") > 0
	fetched := t.mails+t.broken > 0
	switch {
	case fetched && deleted:
		return "pop3.delete"
	case fetched:
		return "pop3.leave"
	case deleted:
		return "pop3.delete-unread"
	case t.heads > 0:
		return "pop3.headers"
	case t.counts.of("STAT")+t.counts.of("LIST")+t.counts.of("UIDL") > 0:
		return "pop3.list"
	}
	return r.login.outcome()
}

// commands counts how often each command was given, in the order of their first use.
type commands struct {
	verbs  []string
	counts []int
}

// verbsMax bounds the different words that are counted: no protocol has so many commands.
const verbsMax = 40

func (c *commands) add(verb string) { c.addTimes(verb, 1) }

func (c *commands) addTimes(verb string, times int) {
	for i, v := range c.verbs {
		if v == verb {
			c.counts[i] += times
			return
		}
	}
	if len(c.verbs) < verbsMax && verb != "" {
		c.verbs, c.counts = append(c.verbs, shortened(verb, 20)), append(c.counts, times)
	}
}

func (c *commands) of(verb string) int {
	for i, v := range c.verbs {
		if v == verb {
			return c.counts[i]
		}
	}
	return 0
}

func (c *commands) merge(o *commands) {
	for i, v := range o.verbs {
		c.addTimes(v, o.counts[i])
	}
}

// String lists the commands: "USER, PASS, RETR(3)".
func (c *commands) String() string {
	var s strings.Builder
	for i, v := range c.verbs {
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString(v)
		if n := c.counts[i]; n > 1 {
			s.WriteString("(" + layers.Int(n).String() + ")")
		}
	}
	return s.String()
}
