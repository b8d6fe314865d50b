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

// A Forward is a user's wish that what is sent to him goes elsewhere. The sender on the envelope stays (RFC 5321 §3.9.1).
type Forward struct {
	User string // the part before the @
	To   []string
	Keep bool // a copy stays in the mailbox
}

// A plan is what a host will do with a mail that it takes: into whose mailboxes it goes, and for which domains it waits.
type plan struct {
	arrivals []arrival
	items    []*item
	reports  []report // that the sender asked for, about what the plan itself does
	junk     bool     // it is suspicious: into the folder for such mails
	seen     []string // addresses, so that each gets the mail once and an alias of itself ends
}

// An arrival is the final delivery to a mailbox.
type arrival struct {
	account *store.Account
	letter  QueuedMail
	to      smtp.Recipient
}

// plan finds out where a mail goes, through all aliases.
func (s *Server) plan(e *smtp.Envelope, data []byte) *plan {
	p := &plan{}
	letter := QueuedMail{From: e.From, Return: e.Return, Envelope: e.ID, Since: s.now(), Data: data}
	for _, to := range e.To {
		s.route(p, letter, to)
	}
	return p
}

// route plans for one recipient of a letter: a mail with its sender, and nobody yet to go to.
func (s *Server) route(p *plan, letter QueuedMail, to smtp.Recipient) {
	address := strings.ToLower(to.Mailbox.String())
	if slices.Contains(p.seen, address) {
		return
	}
	p.seen = append(p.seen, address)
	if !s.local(to.Mailbox) {
		p.wait(letter, to)
		return
	}
	if alias, ok := s.alias(to.Mailbox); ok {
		s.follow(p, letter, to, alias)
	}
	forward := s.forward(to.Mailbox)
	if forward != nil {
		s.follow(p, letter, to, &Alias{Name: forward.User, To: forward.To})
	}
	if account, ok := s.account(to.Mailbox); ok && (forward == nil || forward.Keep) {
		p.arrivals = append(p.arrivals, arrival{account, letter, to})
	}
}

// follow puts those in the place of an alias whom it stands for.
func (s *Server) follow(p *plan, letter QueuedMail, to smtp.Recipient, alias *Alias) {
	next := to
	switch {
	case alias.Owner != "":
		// RFC 3461 §5.2.7.1: a mail to a list has arrived there. What becomes of it then is the affair of the list.
		p.reports = append(p.reports, report{letter, message.Delivered, []fate{{to: to}}})
		next = smtp.Recipient{}
		if !letter.From.Null() {
			letter.From, letter.Return, letter.Envelope = path(alias.Owner), "", ""
		}
	case len(alias.To) > 1 && to.Notify.Wants(smtp.NotifySuccess):
		// RFC 3461 §5.2.7.3: that it was taken here is told once, and not again by each of those behind the alias.
		p.reports = append(p.reports, report{letter, message.Expanded, []fate{{to: to}}})
		if next.Notify &^= smtp.NotifySuccess; next.Notify == 0 {
			next.Notify = smtp.NotifyNever
		}
	}
	if next.Original == "" && alias.Owner == "" {
		next.Original = "rfc822;" + to.Mailbox.String() // what the sender wrote, should a report come from elsewhere (§5.2.7.2)
	}
	for _, address := range alias.To {
		next.Path = path(address)
		s.route(p, letter, next)
	}
}

// wait puts a recipient elsewhere with the others of the same domain and the same sender.
func (p *plan) wait(letter QueuedMail, to smtp.Recipient) {
	letter.Domain = strings.ToLower(to.Mailbox.Domain)
	for _, i := range p.items {
		if i.Domain == letter.Domain && i.From.String() == letter.From.String() && i.Envelope == letter.Envelope {
			i.To = append(i.To, to)
			return
		}
	}
	letter.To = []smtp.Recipient{to}
	p.items = append(p.items, &item{QueuedMail: letter})
}

// carryOut does what is planned, or nothing of it: one answer speaks for all recipients (RFC 5321 §4.2.5), so it is asked
// before anybody has the mail whether there is room for all, and what waits is safe before anything has arrived.
func (s *Server) carryOut(p *plan, data []byte) error {
	for _, a := range p.arrivals {
		if !a.account.Room(int64(len(data) + len(a.letter.From.String()) + 32)) {
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
		if err := s.arrive(a, data, p.junk); err != nil {
			s.queue.forget(p.items)
			return err
		}
	}
	for _, i := range p.items {
		s.queue.add(i)
	}
	for _, a := range p.arrivals {
		s.report(report{a.letter, message.Delivered, []fate{{to: a.to}}})
	}
	for _, r := range p.reports {
		s.report(r)
	}
	return nil
}

// junkFolder is where suspicious mails lie (RFC 6154 §2).
const junkFolder = "Junk"

// arrive makes the final delivery of a mail to a user of the host.
func (s *Server) arrive(a arrival, data []byte, junk bool) error {
	data = append(message.AppendReturnPath(nil, a.letter.From.Mailbox.String()), data...)
	box, err := inboxOf(a.account, junk)
	if err != nil {
		return err
	}
	_, err = box.Append(s.now(), nil, data)
	if errors.Is(err, store.ErrOverQuota) {
		return smtp.MailboxFull()
	}
	return err
}

// inboxOf is the inbox, or the folder for suspicious mails, which is made when the first one comes.
func inboxOf(a *store.Account, junk bool) (*store.Mailbox, error) {
	name := store.Inbox
	if junk {
		name = junkFolder
	}
	if box, ok := a.Mailbox(name); ok {
		return box, nil
	}
	return a.CreateFor(name, `\Junk`)
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

// forward is where a user's mail goes; nil where it stays.
func (s *Server) forward(m smtp.Mailbox) *Forward {
	for i := range s.config.Forwards {
		if f := &s.config.Forwards[i]; strings.EqualFold(f.User, m.Local) {
			s.tell("queue", layers.N("mail.forwarded", text("address", m.String()), text("to", strings.Join(f.To, ", "))))
			return f
		}
	}
	return nil
}

// backup says whether the host takes mail for a domain in the place of another host.
func (s *Server) backup(domain string) bool {
	return slices.ContainsFunc(s.config.Backups, func(d string) bool { return strings.EqualFold(d, domain) })
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
