package mail

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application/message"
	"mailwire/layers/application/smtp"
	"mailwire/sim/mail/store"
)

// An Alias is an address of a domain that has no mailbox: what is sent there goes to others (RFC 5321 §3.9).
type Alias struct {
	Name string   // the part before the @
	To   []string // addresses, here or elsewhere
	// Owner is whose address becomes the sender's on the envelope: that makes the alias a mailing list (§3.9.2), whose
	// failures its owner hears of. Without one the sender stays, who wrote to one person and hears from another (§3.9.1).
	Owner string
}

// A plan is what a host will do with a mail that it takes: into whose mailboxes it goes, and for which domains it waits.
type plan struct {
	arrivals []arrival
	items    []*item
	seen     []string // addresses, so that each gets the mail once and an alias of itself ends
}

// An arrival is the final delivery to a mailbox.
type arrival struct {
	account *store.Account
	from    smtp.Path
	to      smtp.Recipient
}

// plan finds out where a mail goes, through all aliases.
func (s *Server) plan(e *smtp.Envelope, data []byte) *plan {
	p := &plan{}
	for _, to := range e.To {
		s.route(p, e, e.From, to, data)
	}
	return p
}

func (s *Server) route(p *plan, e *smtp.Envelope, from smtp.Path, to smtp.Recipient, data []byte) {
	address := strings.ToLower(to.Mailbox.String())
	if slices.Contains(p.seen, address) {
		return
	}
	p.seen = append(p.seen, address)
	if !s.local(to.Mailbox) {
		s.wait(p, e, from, to, data)
		return
	}
	if alias, ok := s.alias(to.Mailbox); ok {
		s.follow(p, e, from, to, alias, data)
	}
	if account, ok := s.account(to.Mailbox); ok {
		p.arrivals = append(p.arrivals, arrival{account, from, to})
	}
}

// follow puts those in the place of an alias whom it stands for.
func (s *Server) follow(p *plan, e *smtp.Envelope, from smtp.Path, to smtp.Recipient, alias *Alias, data []byte) {
	if alias.Owner != "" && !from.Null() {
		from = path(alias.Owner)
		to.Notify = 0 // RFC 3461 §5.2.7.3: what the sender wants to hear about ends at the list
	}
	for _, address := range alias.To {
		next := to
		next.Path = path(address)
		s.route(p, e, from, next, data)
	}
}

// wait puts a recipient elsewhere with the others of the same domain and the same sender.
func (s *Server) wait(p *plan, e *smtp.Envelope, from smtp.Path, to smtp.Recipient, data []byte) {
	domain := strings.ToLower(to.Mailbox.Domain)
	for _, i := range p.items {
		if i.Domain == domain && i.From.String() == from.String() {
			i.To = append(i.To, to)
			return
		}
	}
	p.items = append(p.items, &item{QueuedMail: QueuedMail{From: from, Return: e.Return, Envelope: e.ID, Domain: domain, To: []smtp.Recipient{to}, Data: data}})
}

// carryOut does what is planned, or nothing of it: one answer speaks for all recipients (RFC 5321 §4.2.5), so it is asked
// before anybody has the mail whether there is room for all, and what waits is safe before anything has arrived.
func (s *Server) carryOut(p *plan, data []byte) error {
	for _, a := range p.arrivals {
		if !a.account.Room(int64(len(data) + len(a.from.String()) + 32)) {
			return smtp.MailboxFull()
		}
	}
	for k, i := range p.items {
		if err := s.queue.keep(i); err != nil {
			s.queue.forget(p.items[:k])
			return err
		}
	}
	for _, a := range p.arrivals {
		if err := s.arrive(a, data); err != nil {
			s.queue.forget(p.items)
			return err
		}
	}
	for _, i := range p.items {
		s.queue.add(i)
	}
	return nil
}

// arrive makes the final delivery of a mail to a user of the host.
func (s *Server) arrive(a arrival, data []byte) error {
	_, err := a.account.Deliver(s.now(), append(message.AppendReturnPath(nil, a.from.Mailbox.String()), data...))
	if errors.Is(err, store.ErrOverQuota) {
		return smtp.MailboxFull()
	}
	return err
}

func (s *Server) local(m smtp.Mailbox) bool {
	return m.Domain == "" || strings.EqualFold(m.Domain, s.config.Domain) || strings.EqualFold(m.Domain, s.Name())
}

// account finds whose mailbox an address is. Without one of that name, the first user is the postmaster, whom every host
// must have (RFC 5321 §4.5.1).
func (s *Server) account(m smtp.Mailbox) (*store.Account, bool) {
	account, ok := s.store.Lookup(smtp.Mailbox{Local: m.Local, Domain: s.config.Domain}.String())
	if all := s.store.Accounts(); !ok && strings.EqualFold(m.Local, "postmaster") && len(all) > 0 {
		return all[0], true
	}
	return account, ok
}

func (s *Server) alias(m smtp.Mailbox) (*Alias, bool) {
	for i := range s.config.Aliases {
		if strings.EqualFold(s.config.Aliases[i].Name, m.Local) {
			return &s.config.Aliases[i], true
		}
	}
	return nil, false
}

// path is the path of an address of the configuration.
func path(address string) smtp.Path {
	p, err := smtp.ParsePath("<" + address + ">")
	if err != nil {
		panic("mail: the configuration was not checked: " + err.Error())
	}
	return p
}

// mailID is the host's name for the mail that it has accepted last.
func (s *Server) mailID() string {
	return fmt.Sprintf("%s%04d", strings.ToUpper(s.host.Name()), s.accepted)
}

// tellQueue tells what became of a mail in the queue.
func (s *Server) tellQueue(id string, args ...layers.Arg) {
	s.tell("queue", layers.N(id, append(args, layers.A("waiting", layers.Int(s.Waiting())))...))
}
