package mail

import (
	"fmt"
	"math/rand/v2"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/dns"
	"mailwire/layers/application/message"
	"mailwire/layers/application/smtp"
)

// A QueuedMail is a mail that a host has taken responsibility for and has not passed on yet, for the recipients of one
// domain.
type QueuedMail struct {
	ID       string // unique in its queue
	From     smtp.Path
	Return   smtp.Return // what a report of failure should carry
	Envelope string      // the sender's own name for the envelope
	Domain   string
	To       []smtp.Recipient
	Since    time.Time
	Warned   bool // its sender has been told that it takes long
	Data     []byte
}

// A Spool keeps queued mails where they outlive the process. What it was given is safe when its method returns no error.
type Spool interface {
	// Waiting lists what is kept.
	Waiting() ([]QueuedMail, error)
	// Put keeps a mail, in the place of one with the same ID.
	Put(QueuedMail) error
	// Remove removes a mail; one that is not there is none to worry about.
	Remove(id string) error
}

// noSpool is the spool of a host whose queue lives as long as the process.
type noSpool struct{}

func (noSpool) Waiting() ([]QueuedMail, error) { return nil, nil }
func (noSpool) Put(QueuedMail) error           { return nil }
func (noSpool) Remove(string) error            { return nil }

// A queue holds the mails that wait to be passed on (RFC 5321 §4.5.4.1).
type queue struct {
	server *Server
	items  []*item
	kept   int        // mails, for their IDs
	busy   int        // attempts under way
	ready  []*item    // for theirs
	chance *rand.Rand // among hosts of equal preference
}

// An item is a mail in the queue.
type item struct {
	QueuedMail
	attempts int
	troubles []trouble // what keeps the mail from each of To
	route    []dns.Exchange
	hope     bool // in this attempt something went wrong that may be otherwise later
}

// The waits of a queue. RFC 5321 §4.5.4.1: retry after at least 30 minutes, ever less often, and give up after 4 to 5 days.
const (
	retryAfter    = 30 * time.Minute
	retryAfterMax = 2 * time.Hour
	warnAfter     = 4 * time.Hour
	giveUpAfter   = 4 * 24 * time.Hour
)

// resume takes up what was kept when the process before ended.
func (q *queue) resume() error {
	kept, err := q.server.config.Spool.Waiting()
	for _, mail := range kept {
		q.server.host.World().After(0, func() { q.add(&item{QueuedMail: mail}) }) // when the whole world is there
	}
	return err
}

// keep makes a mail safe that will be added.
func (q *queue) keep(i *item) error {
	q.kept++
	i.Since = q.server.now()
	i.ID = fmt.Sprintf("%x.%d", i.Since.UnixNano(), q.kept)
	return q.put(i)
}

func (q *queue) put(i *item) error {
	return q.server.config.Spool.Put(i.QueuedMail)
}

// forget lets go of mails that were kept and are not to be passed on.
func (q *queue) forget(items []*item) {
	for _, i := range items {
		q.remove(i)
	}
}

// add puts a mail that is kept into the queue.
func (q *queue) add(i *item) {
	q.items = append(q.items, i)
	q.server.tellQueue("mail.queued", text("domain", i.Domain))
	// The mail is accepted first and passed on then: the client's 250 does not wait for the next host.
	q.server.host.World().After(0, func() { q.attempt(i) })
}

func (q *queue) remove(i *item) {
	// What stays there by a fault of the disk is passed on once more, later: twice is better than not at all.
	_ = q.server.config.Spool.Remove(i.ID)
	for k, x := range q.items {
		if x == i {
			q.items = append(q.items[:k:k], q.items[k+1:]...)
			return
		}
	}
}

// attemptsMax is how many mails are passed on at the same time (RFC 5321 §4.5.4.1): a host that comes back with a thousand
// of them would overrun the next one, and itself.
const attemptsMax = 20

// attempt begins to pass a mail on, when it is its turn.
func (q *queue) attempt(i *item) {
	if q.busy == attemptsMax {
		q.ready = append(q.ready, i)
		return
	}
	q.busy++
	i.attempts++
	i.troubles = make([]trouble, len(i.To))
	i.hope = false
	q.findRoute(i)
}

// over ends an attempt: the next mail has its turn.
func (q *queue) over() {
	q.busy--
	if len(q.ready) > 0 {
		next := q.ready[0]
		q.ready = q.ready[1:]
		q.server.host.World().After(0, func() { q.attempt(next) })
	}
}

// blame says of all that still wait what keeps the mail from them.
func (i *item) blame(t trouble) {
	for k := range i.troubles {
		i.troubles[k] = t
	}
	i.hope = i.hope || !t.permanent()
}

// exhausted ends an attempt in which no host took the mail for those who still wait: they are tried again later, or, where
// nothing of what went wrong can be otherwise then, given up.
func (q *queue) exhausted(i *item) {
	q.over()
	if !i.hope {
		q.giveUp(i)
		return
	}
	q.deferred(i)
}

// settle does what a host's answers ask for: who was refused is reported, who was put off is tried at the next host.
func (q *queue) settle(i *item, name string, t *transfer) {
	var later []smtp.Recipient
	var troubles []trouble
	var refused, relayed []fate
	for k, to := range i.To {
		if t.outcome != nil && t.outcome.Accepted(k) {
			relayed = append(relayed, fate{to, trouble{remote: name, answer: t.outcome.Final}})
			continue
		}
		switch why := t.trouble(name, k); {
		case why.permanent() && t.decided():
			refused = append(refused, fate{to, why})
		default:
			later, troubles = append(later, to), append(troubles, why)
			i.hope = i.hope || !why.permanent()
		}
	}
	letter := i.QueuedMail
	i.To, i.troubles = later, troubles
	if len(later) == 0 {
		q.remove(i)
	} else if len(later) < len(letter.To) {
		_ = q.put(i) // or those who have it already get it twice, when the process ends now
	}
	if len(relayed) > 0 {
		q.server.tellQueue("mail.passed-on", text("name", name))
	}
	if len(refused) > 0 {
		q.server.report(report{letter, message.Failed, refused})
	}
	// RFC 3461 §5.2.2: behind a host that cannot report nobody would. One that can has been told what the sender wants.
	if len(relayed) > 0 && !t.reports {
		q.server.report(report{letter, message.Relayed, relayed})
	}
	if len(later) > 0 {
		q.nextHost(i)
		return
	}
	q.over()
}

// deferred keeps the mail for a later attempt, or gives up when it has waited for days.
func (q *queue) deferred(i *item) {
	waited := q.server.now().Sub(i.Since)
	if waited >= giveUpAfter {
		q.giveUp(i)
		return
	}
	if waited >= warnAfter && !i.Warned {
		i.Warned = true
		_ = q.put(i) // or the sender is told twice, when the process ends now
		q.server.report(report{i.QueuedMail, message.Delayed, i.fates()})
	}
	wait := min(retryAfter<<min(i.attempts-1, 8), retryAfterMax, giveUpAfter-waited)
	q.server.tellQueue("mail.deferred", text("domain", i.Domain), layers.A("attempts", layers.Int(i.attempts)),
		layers.A("minutes", layers.Int(int((wait+time.Minute-1)/time.Minute))))
	q.server.host.World().After(wait, func() { q.attempt(i) })
}

// giveUp gives a mail up for all who still wait for it.
func (q *queue) giveUp(i *item) {
	q.remove(i)
	q.server.report(report{i.QueuedMail, message.Failed, i.fates()})
}

func (i *item) fates() []fate {
	var all []fate
	for k, to := range i.To {
		all = append(all, fate{to, i.troubles[k]})
	}
	return all
}
