package mail

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application/message"
	"mailwire/layers/application/sasl"
	"mailwire/layers/application/smtp"
	"mailwire/sim/mail/store"
)

// A backend decides for an SMTP server of a mail host.
type backend struct{ server *Server }

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

// Rcpt accepts its own users from anyone, and others from those who have logged in (RFC 5321 §7.9, RFC 6409 §6.1).
func (b *backend) Rcpt(s *smtp.Session, to smtp.Path, _ []smtp.Param) error {
	if !b.server.local(to.Mailbox) {
		if s.User == "" {
			return smtp.RelayDenied()
		}
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

// Deliver puts a mail into the mailboxes of its recipients here and into the queue for those elsewhere.
func (b *backend) Deliver(e *smtp.Envelope, data []byte) error {
	s := b.server
	s.accepted++
	stamped := append([]byte(e.Received(s.Name(), fmt.Sprintf("%s%04d", strings.ToUpper(s.host.Name()), s.accepted))), data...)
	header, _ := message.ParseHeader(stamped)
	// RFC 5321 §6.3: a mail with so many stamps goes round in circles.
	if header.Hops() > loopLimit {
		return smtp.NewReply(554, "5.4.6", "Too many hops: routing loop detected")
	}
	// One answer speaks for all recipients here (RFC 5321 §4.2.5), so it is asked before anybody has the mail whether
	// there is room for all.
	for _, to := range e.To {
		if account, ok := s.account(to.Mailbox); s.local(to.Mailbox) && ok && !account.Room(int64(len(stamped)+len(e.From.String())+32)) {
			return smtp.MailboxFull()
		}
	}
	for _, to := range e.To {
		if !s.local(to.Mailbox) {
			continue
		}
		if err := s.deliver(e.From, to.Path, stamped); err != nil {
			return err
		}
	}
	for _, domain := range s.domainsElsewhere(e.To) {
		s.queue.add(e.From, domain, s.recipientsAt(e.To, domain), stamped)
	}
	return nil
}

// loopLimit is how many Received fields a mail may have: RFC 5321 §6.3 asks for at least 100.
const loopLimit = 100

// Verify answers neither VRFY nor EXPN with names (RFC 5321 §7.3).
func (b *backend) Verify(*smtp.Session, string, bool) *smtp.Reply { return nil }

// deliver makes the final delivery of a mail to a user of the host.
func (s *Server) deliver(from, to smtp.Path, data []byte) error {
	account, ok := s.account(to.Mailbox)
	if !ok {
		return smtp.UnknownUser()
	}
	_, err := account.Deliver(s.now(), append(message.AppendReturnPath(nil, from.Mailbox.String()), data...))
	if errors.Is(err, store.ErrOverQuota) {
		return smtp.MailboxFull()
	}
	return err
}

func (s *Server) local(m smtp.Mailbox) bool {
	return m.Domain == "" || strings.EqualFold(m.Domain, s.config.Domain) || strings.EqualFold(m.Domain, s.Name())
}

func (s *Server) account(m smtp.Mailbox) (*store.Account, bool) {
	return s.store.Lookup(smtp.Mailbox{Local: m.Local, Domain: s.config.Domain}.String())
}

// domainsElsewhere lists the domains of recipients that are not kept here, each once, in order.
func (s *Server) domainsElsewhere(to []smtp.Recipient) []string {
	var domains []string
	for _, p := range to {
		domain := strings.ToLower(p.Mailbox.Domain)
		if !s.local(p.Mailbox) && !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
	}
	return domains
}

func (s *Server) recipientsAt(to []smtp.Recipient, domain string) []smtp.Recipient {
	var at []smtp.Recipient
	for _, p := range to {
		if strings.EqualFold(p.Mailbox.Domain, domain) {
			at = append(at, p)
		}
	}
	return at
}

// tellQueue tells what became of a mail in the queue.
func (s *Server) tellQueue(id string, args ...layers.Arg) {
	s.tell("queue", layers.N(id, append(args, layers.A("waiting", layers.Int(s.Waiting())))...))
}
