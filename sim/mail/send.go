package mail

import (
	"cmp"
	"errors"

	"mailwire/layers/application/sasl"
	"mailwire/layers/application/smtp"
)

// Send hands the mails of the outbox to the account's server, in one session, with login (RFC 6409). What was not
// accepted stays in the outbox.
func (a *Agent) Send(done func(*Failure)) {
	if len(a.outbox) == 0 {
		done(fail("mail.failed.empty-outbox"))
		return
	}
	a.open(submissionPorts, func(conn Connection) {
		from, err := smtp.ParsePath("<" + cmp.Or(a.config.From, a.config.Address) + ">")
		if err != nil {
			panic("mail: the scenario was not checked: " + err.Error())
		}
		config := smtp.ClientConfig{Hostname: smtp.Literal(conn.Local().Addr()), User: a.config.Address, Password: a.config.Password,
			NoPipelining: true, // as most mail programs of people do: one command, one answer
			// So that the name and the password stand in packets of their own, and whoever listens reads them where there is no TLS.
			Auth:      sasl.Policy{Only: "LOGIN", Clear: true},
			Encrypted: a.config.Security == TLS,
			TLS:       a.policy(),
		}
		if a.config.Auth != nil {
			config.NoPipelining, config.Auth = false, *a.config.Auth
		}
		client := smtp.NewClient(a.now(), config)
		for _, o := range a.outbox {
			client.Send(a.now(), &smtp.Outgoing{From: from, To: o.recipients(), Data: o.data, Return: o.wishes.Return})
		}
		client.Quit(a.now())
		waiting := a.outbox
		var kept []*outgoing // what was not accepted
		var failure *Failure
		next := 0 // of waiting; the client tells of the mails in their order
		var running *session
		running = run(a.network.World(), conn, client, func() {
			for e, ok := client.Next(); ok; e, ok = client.Next() {
				switch e := e.(type) {
				case *smtp.Secure:
					running.startTLS(a.secure, func() { client.Secured(a.now()) })
				case *smtp.Delivered:
					if e.Why != nil {
						kept = append(kept, waiting[next])
						failure = a.refusal(e.Why)
					} else if a.config.Reads == IMAPDisconnected {
						a.fileCopy(waiting[next].data)
					}
					next++
				}
			}
		}, func(why error) {
			client.End(a.now(), why)
			a.closed()
			a.outbox = append(kept, waiting[next:]...)
			if failure == nil && len(a.outbox) > 0 {
				failure = a.broken(why)
			}
			done(failure)
		})
	}, done)
}

// policy is what the program's settings mean for STARTTLS.
func (a *Agent) policy() smtp.TLSPolicy {
	if a.config.Security == StartTLS {
		return smtp.NeedTLS
	}
	return smtp.NoTLS
}

// refusal is why a mail was not accepted: the server's answer, or that there was none.
func (a *Agent) refusal(why error) *Failure {
	var answer *smtp.Reply
	if errors.As(why, &answer) {
		return fail("mail.failed.refused", text("answer", answer.Error()))
	}
	return a.broken(why)
}
