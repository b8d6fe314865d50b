package mail

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/dns"
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

// A queue holds the mails that wait to be passed on (RFC 5321 §4.5.4.1).
type queue struct {
	server *Server
	items  []*item
	kept   int // mails, for their IDs
}

// An item is a mail in the queue.
type item struct {
	QueuedMail
	attempts int
	hosts    []string // still to be tried in this attempt, best first
}

// The waits of a queue (RFC 5321 §4.5.4.1: retry after at least 30 minutes, give up after 4 to 5 days).
const (
	retryAfter  = 30 * time.Minute
	giveUpAfter = 4 * 24 * time.Hour
)

// resume takes up what was kept when the process before ended.
func (q *queue) resume() error {
	if q.server.config.Spool == nil {
		return nil
	}
	kept, err := q.server.config.Spool.Waiting()
	q.server.host.World().After(0, func() { // when the whole world is there
		for _, mail := range kept {
			q.add(&item{QueuedMail: mail})
		}
	})
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
	if q.server.config.Spool == nil {
		return nil
	}
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
	if spool := q.server.config.Spool; spool != nil {
		// What stays there by a fault of the disk is passed on once more, later: twice is better than not at all.
		_ = spool.Remove(i.ID)
	}
	for k, x := range q.items {
		if x == i {
			q.items = append(q.items[:k:k], q.items[k+1:]...)
			return
		}
	}
}

// attempt looks up who takes mail for the domain, and tries these hosts in order (RFC 5321 §5.1).
func (q *queue) attempt(i *item) {
	i.attempts++
	h := q.server.host
	h.Lookup(dns.Name(i.Domain), dns.TypeMX, func(a dns.Answer) {
		if a.Failed() {
			q.deferred(i, "No name server answered.")
			return
		}
		chance := h.World().Rand("mx " + h.Name())
		exchanges, _, none := dns.Exchanges(dns.Name(i.Domain), a.Records, chance.IntN)
		if none || a.Code == dns.NameError {
			q.bounce(i, "The domain "+i.Domain+" does not take mail.")
			return
		}
		i.hosts = nil
		for _, x := range exchanges {
			i.hosts = append(i.hosts, string(x.Host))
		}
		q.nextHost(i, "No name server answered.")
	})
}

// nextHost tries the next of the hosts; why is what went wrong with the one before, in the English words of a report to
// the sender.
func (q *queue) nextHost(i *item, why string) {
	if len(i.hosts) == 0 {
		q.deferred(i, why)
		return
	}
	name := i.hosts[0]
	i.hosts = i.hosts[1:]
	locate(q.server.host, name, func(address netip.Addr, failure *Failure) {
		if failure != nil {
			q.nextHost(i, "The address of "+name+" could not be found.")
			return
		}
		q.transfer(i, name, address)
	})
}

// transfer hands the mail to a host, as a client of it.
func (q *queue) transfer(i *item, name string, address netip.Addr) {
	h := q.server.host
	conn := h.Dial(netip.AddrPortFrom(address, portSMTP))
	conn.Closed = func(err error) { q.nextHost(i, name+" could not be reached.") }
	conn.Connected = func() {
		policy, trust := smtp.NoTLS, q.server.config.Trust
		if trust != nil {
			policy = smtp.TryTLS
		}
		client := smtp.NewClient(q.server.now(), smtp.ClientConfig{Hostname: q.server.Name(), TLS: policy})
		client.Send(q.server.now(), &smtp.Outgoing{From: i.From, To: i.To, Data: i.Data, Return: i.Return, ID: i.Envelope})
		client.Quit(q.server.now())
		var outcome *smtp.Delivered
		var running *session
		running = run(h.World(), &simulated{Conn: conn}, client, func() {
			for e, ok := client.Next(); ok; e, ok = client.Next() {
				switch e := e.(type) {
				case *smtp.Secure:
					secure := func(c Connection) Connection { return secureClient(c, trust(name)) }
					running.startTLS(secure, func() { client.Secured(q.server.now()) })
				case *smtp.Delivered:
					outcome = e
				}
			}
		}, func(why error) {
			client.End(q.server.now(), why)
			q.settle(i, name, outcome)
		})
	}
}

// settle does what the next host's answers ask for: done, again later, or a report to the sender.
func (q *queue) settle(i *item, name string, d *smtp.Delivered) {
	if d == nil {
		q.nextHost(i, name+" closed the connection without an answer.")
		return
	}
	var later, refused []smtp.Recipient
	answer := d.Final
	for k, to := range i.To {
		switch r := d.Recipients[k]; {
		case d.Accepted(k):
		case r != nil && r.Class() == 5 || r != nil && d.Final != nil && d.Final.Class() == 5:
			refused = append(refused, to)
			if r.Class() == 5 {
				answer = r
			}
		default:
			later = append(later, to)
		}
	}
	why := name + " closed the connection without an answer."
	if answer != nil || errors.As(d.Why, &answer) {
		why = name + " answered: " + answer.Error()
	}
	if len(refused) > 0 {
		q.report(i, refused, why)
	}
	if len(later) > 0 {
		i.To = later
		_ = q.put(i) // or those who have it already get it twice, when the process ends now
		q.deferred(i, why)
		return
	}
	q.remove(i)
	if len(refused) < len(i.To) {
		q.server.tellQueue("mail.passed-on", text("name", name))
	}
}

// deferred keeps the mail for a later attempt, or gives up when it has waited for days.
func (q *queue) deferred(i *item, why string) {
	now := q.server.now()
	if now.Sub(i.Since) >= giveUpAfter {
		q.bounce(i, why)
		return
	}
	q.server.tellQueue("mail.deferred", text("domain", i.Domain), layers.A("attempts", layers.Int(i.attempts)), layers.A("minutes", layers.Int(int(retryAfter/time.Minute))))
	q.server.host.World().After(retryAfter, func() { q.attempt(i) })
}

// bounce gives a mail up for all its recipients.
func (q *queue) bounce(i *item, why string) {
	q.report(i, i.To, why)
	q.remove(i)
}
