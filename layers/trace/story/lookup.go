package story

import (
	"net/netip"
	"time"

	"mailwire/layers/application"
)

// A lookups remembers who asked the name service for what and how long the answer took. Rings of a fixed size: what a
// resolver asked long ago does not belong to the connection that is opened now.
type lookups struct {
	asked   [ringSize]question
	answers [ringSize]answer
	next    [2]int // the oldest places
	groups  int
}

const ringSize = 64

// A question waits for its answer.
type question struct {
	client netip.Addr
	name   string
	at     time.Time
}

// An answer is a name or an address that a client has been told.
type answer struct {
	client netip.Addr
	told   string
	took   time.Duration
	group  int // the response it came with, whose time counts once
}

// Lookup takes a DNS message between a client and its name server.
func (b *Book) Lookup(m *application.Message, client netip.Addr, at time.Time) {
	name := fieldText(m, "question-name")
	l := &b.lookups
	if m.Kind == application.Query {
		for i := range l.asked {
			if q := &l.asked[i]; q.client == client && q.name == name && !q.at.IsZero() {
				return // asked again: the time counts from the first question
			}
		}
		l.asked[l.next[0]] = question{client, name, at}
		l.next[0] = (l.next[0] + 1) % ringSize
		return
	}
	for i := range l.asked {
		q := &l.asked[i]
		if q.client != client || q.name != name || q.at.IsZero() {
			continue
		}
		took := max(0, at.Sub(q.at)) + l.spent(client, name)
		*q = question{}
		l.tell(m, client, took)
		return
	}
}

// spent is what it cost to learn the name that is asked for now: by a question for MX before.
func (l *lookups) spent(client netip.Addr, told string) (d time.Duration) {
	for i := range l.answers {
		if a := &l.answers[i]; a.client == client && a.told == told {
			d += a.took
			l.use(a.group)
		}
	}
	return d
}

func (l *lookups) use(group int) {
	for i := range l.answers {
		if l.answers[i].group == group {
			l.answers[i].took = 0
		}
	}
}

// tell remembers the names and addresses of an answer. The time counts for the first that is used.
func (l *lookups) tell(m *application.Message, client netip.Addr, took time.Duration) {
	l.groups++
	for i := range m.Fields {
		f := &m.Fields[i]
		if f.Name == "address" || f.Name == "exchange" {
			l.answers[l.next[1]] = answer{client, f.Value.String(), took, l.groups}
			l.next[1] = (l.next[1] + 1) % ringSize
		}
	}
}
