package mail

import (
	"mailwire/layers"
	"mailwire/layers/application/authenticity"
	"mailwire/layers/application/message"
	"mailwire/layers/application/sasl"
	"mailwire/layers/application/smtp"
)

// A backend decides for an SMTP server of a mail host.
type backend struct {
	server *Server
	// wait and woken let the session wait for an answer of the name system; nil where nothing is checked.
	wait  func(what func() bool)
	woken func()
}

// Login checks a user of the host.
func (b *backend) Login(_ *smtp.Session, user, password string) error {
	if _, err := b.server.store.Login(user, password); err != nil {
		return smtp.NewReply(535, "5.7.8", "Authentication credentials invalid")
	}
	return nil
}

// Secret makes CRAM-MD5 and SCRAM possible.
func (b *backend) Secret(user string) (sasl.Secret, bool) {
	password, ok := b.server.store.Secret(user)
	return sasl.Secret{Password: password}, ok
}

// Mail accepts any sender.
func (b *backend) Mail(*smtp.Session, smtp.Path, []smtp.Param) error { return nil }

// Rcpt accepts its own users and aliases from anyone, and others from those who have logged in (RFC 5321 §7.9, RFC 6409
// §6.1). An open relay takes everything, which is how spam once spread.
func (b *backend) Rcpt(s *smtp.Session, to smtp.Path, _ []smtp.Param) error {
	if !b.server.local(to.Mailbox) {
		switch {
		case s.User != "" || b.server.backup(to.Mailbox.Domain):
		case !b.server.config.OpenRelay:
			return smtp.RelayDenied()
		default:
			b.server.tell("queue", layers.N("mail.open-relay", text("to", to.Mailbox.String())))
		}
		return nil
	}
	if _, ok := b.server.alias(to.Mailbox); ok {
		return nil
	}
	account, ok := b.server.account(to.Mailbox)
	switch {
	case !ok:
		return smtp.UnknownUser()
	case !account.Room(1):
		return smtp.MailboxFull()
	}
	return nil
}

// loopLimit is how many Received fields a mail may have: RFC 5321 §6.3 asks for at least 100.
const loopLimit = 100

// Deliver puts a mail into the mailboxes of its recipients here and into the queue for those elsewhere.
func (b *backend) Deliver(e *smtp.Envelope, data []byte) error {
	s := b.server
	s.accepted++
	data = message.Headed(data)
	stamp := []byte(e.Received(s.Name(), s.mailID()))
	disposition := authenticity.DoNothing
	if b.wait != nil {
		data = authenticity.WithoutClaims(data, s.Name())
		var results []byte
		results, disposition = b.check(e, data)
		stamp = append(results, stamp...)
	}
	if disposition == authenticity.Reject {
		return smtp.NewReply(550, "5.7.1", "Refused as the DMARC policy of the author's domain wants it") // RFC 7489 §10.3
	}
	stamped := append(stamp, s.sign(e, data)...)
	header, _ := message.ParseHeader(stamped)
	// RFC 5321 §6.3: a mail with so many stamps goes round in circles.
	if header.Hops() > loopLimit {
		return smtp.NewReply(554, "5.4.6", "Too many hops: routing loop detected")
	}
	p := s.plan(e, stamped)
	p.junk = disposition == authenticity.Quarantine
	return s.carryOut(p, stamped)
}

// Verify answers neither VRFY nor EXPN with names (RFC 5321 §7.3).
func (b *backend) Verify(*smtp.Session, string, bool) *smtp.Reply { return nil }
