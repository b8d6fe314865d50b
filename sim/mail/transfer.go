package mail

import (
	"errors"
	"net/netip"

	"mailwire/layers/application/smtp"
)

// A transfer is an attempt to hand a mail to a host, as a client of it.
type transfer struct {
	outcome *smtp.Delivered // nil where the session ended before
	reports bool            // the host offers DSN
}

// dial connects to a host that has several addresses: to the first that answers (RFC 5321 §5.1).
func (q *queue) dial(i *item, name string, addresses []netip.Addr) {
	if len(addresses) == 0 {
		i.blame(trouble{words: name + " could not be reached.", status: "4.4.1", remote: name})
		q.nextHost(i)
		return
	}
	conn := q.server.host.Dial(netip.AddrPortFrom(addresses[0], portSMTP))
	conn.Closed = func(error) { q.dial(i, name, addresses[1:]) }
	conn.Connected = func() { q.transfer(i, name, &simulated{Conn: conn}) }
}

// transfer hands the mail over.
func (q *queue) transfer(i *item, name string, conn Connection) {
	policy, trust := smtp.NoTLS, q.server.config.Trust
	if trust != nil {
		policy = smtp.TryTLS
	}
	client := smtp.NewClient(q.server.now(), smtp.ClientConfig{Hostname: q.server.Name(), TLS: policy})
	client.Send(q.server.now(), &smtp.Outgoing{From: i.From, To: i.To, Data: i.Data, Return: i.Return, ID: i.Envelope})
	client.Quit(q.server.now())
	result := &transfer{}
	var running *session
	read := func() {
		for e, ok := client.Next(); ok; e, ok = client.Next() {
			switch e := e.(type) {
			case *smtp.Secure:
				secure := func(c Connection) Connection { return secureClient(c, trust(name)) }
				running.startTLS(secure, func() { client.Secured(q.server.now()) })
			case *smtp.Delivered:
				result.outcome = e
			}
		}
	}
	running = run(q.server.host.World(), conn, client, read, func(why error) {
		client.End(q.server.now(), why)
		read()
		result.reports = client.Offers().Has("DSN")
		q.settle(i, name, result)
	})
}

// decided says whether the host has looked at the mail: a refusal before that is about the host, and another one of the
// domain may take it.
func (t *transfer) decided() bool { return t.outcome != nil && t.outcome.Sender != nil }

// trouble is why recipient k did not get the mail.
func (t *transfer) trouble(name string, k int) trouble {
	why := trouble{words: name + " closed the connection without an answer.", status: "4.4.2", remote: name}
	if t.outcome == nil {
		return why
	}
	answer := t.outcome.Final
	if r := t.outcome.Recipients[k]; r != nil && r.Class() != 2 {
		answer = r
	}
	var unsupported *smtp.Unsupported
	switch {
	case answer != nil && answer.Class() != 2 || errors.As(t.outcome.Why, &answer):
		why.words, why.status, why.answer = name+" answered: "+answer.Error(), "", answer
	case errors.As(t.outcome.Why, &unsupported):
		// RFC 6152 §3, RFC 6531 §3.2: the mail needs what the host does not know, and waiting does not teach it.
		why.words, why.status = name+" cannot take the mail as it is: it does not offer "+unsupported.Extension+".", "5.6.3"
		if unsupported.Extension == "SMTPUTF8" {
			why.status = "5.6.7"
		}
	}
	return why
}
