package store

import (
	"slices"
	"strings"
	"time"
)

// Inbox is the mailbox where mail arrives. Its name is the same in upper and lower case (RFC 9051 §5.1).
const Inbox = "INBOX"

// Separator stands between the levels of a mailbox name.
const Separator = "/"

// An Account is a user's mailboxes.
type Account struct {
	User      string
	Password  string
	Addresses []string // whose mail it gets
	Quota     int64    // how many bytes its mails may take together; 0 is no limit
	MailQuota int      // how many mails it may hold; 0 is no limit

	store      *Store
	mailboxes  []*Mailbox // in the order in which they were made; INBOX first
	subscribed []string   // sorted
	used       int64
	locked     bool // by a POP3 session
	kept       bool // it was there before the store was
}

// Deliver puts a mail into INBOX as its last server does: date is when it arrived. The bytes are kept and must not be
// changed any more. ErrOverQuota.
func (a *Account) Deliver(date time.Time, mail []byte) (uid uint32, err error) {
	return a.mailboxes[0].Append(date, nil, mail)
}

// Room says whether one more mail of n bytes fits into the account.
func (a *Account) Room(n int64) bool { return a.fits(1, n) }

// fits says whether more mails, of n bytes together, fit into the account.
func (a *Account) fits(mails int, n int64) bool {
	return (a.Quota == 0 || a.used+n <= a.Quota) && (a.MailQuota == 0 || a.mails()+mails <= a.MailQuota)
}

// mails counts the mails in all mailboxes.
func (a *Account) mails() (n int) {
	for _, m := range a.mailboxes {
		n += len(m.messages)
	}
	return n
}

// Used is how many bytes the account's mails take.
func (a *Account) Used() int64 { return a.used }

// Kept says whether a [Keeper] has brought the account back, mails and all.
func (a *Account) Kept() bool { return a.kept }

// Locked says whether a POP3 session holds the maildrop.
func (a *Account) Locked() bool { return a.locked }

// Holding is what all mailboxes hold together.
func (a *Account) Holding() Holding {
	var h Holding
	for _, m := range a.mailboxes {
		h = h.plus(m.Holding())
	}
	return h
}

// Mailboxes lists the mailboxes in the order in which they were made, INBOX first.
func (a *Account) Mailboxes() []*Mailbox { return slices.Clone(a.mailboxes) }

// Mailbox finds a mailbox by its name.
func (a *Account) Mailbox(name string) (*Mailbox, bool) {
	name = canonicalName(name)
	for _, m := range a.mailboxes {
		if m.name == name {
			return m, true
		}
	}
	return nil, false
}

// Create makes a mailbox; ErrName, ErrMailboxExists. A separator at the end of the name is passed over
// (RFC 9051 §6.3.4). Levels above it are names, not mailboxes, until somebody creates them.
func (a *Account) Create(name string) (*Mailbox, error) { return a.CreateFor(name, "") }

// CreateFor makes a mailbox that has a special use, such as \Sent (RFC 6154).
func (a *Account) CreateFor(name, special string) (*Mailbox, error) {
	name = canonicalName(strings.TrimSuffix(name, Separator))
	if !possible(name) {
		return nil, ErrName
	}
	if _, exists := a.Mailbox(name); exists {
		return nil, ErrMailboxExists
	}
	if len(a.mailboxes) >= mailboxesMax {
		return nil, ErrTooMany
	}
	m := a.newMailbox(name)
	m.special = special
	if err := a.store.keeper.Describe(m); err != nil {
		return nil, err
	}
	a.mailboxes = append(a.mailboxes, m)
	a.changed(m)
	return m, nil
}

// Delete removes a mailbox and its mails; ErrInbox, ErrNoMailbox. The mailboxes below it stay (RFC 9051 §6.3.5). Who has
// it open learns that all its mails are gone.
func (a *Account) Delete(name string) error {
	m, ok := a.Mailbox(name)
	switch {
	case !ok:
		return ErrNoMailbox
	case m.name == Inbox:
		return ErrInbox
	}
	if err := m.removeAll(); err != nil {
		return err
	}
	if err := a.store.keeper.Remove(m); err != nil {
		return err
	}
	a.mailboxes = slices.DeleteFunc(a.mailboxes, func(other *Mailbox) bool { return other == m })
	m.gone = true
	a.changed(m)
	return nil
}

// Rename gives a mailbox and all below it another name; ErrNoMailbox, ErrMailboxExists, ErrName. A rename of INBOX moves
// its mails to a new mailbox and leaves INBOX and what is below it where it is (RFC 9051 §6.3.6).
func (a *Account) Rename(from, to string) error {
	from, to = canonicalName(from), canonicalName(strings.TrimSuffix(to, Separator))
	if from == Inbox {
		return a.renameInbox(to)
	}
	if !possible(to) || strings.HasPrefix(to, from+Separator) {
		return ErrName
	}
	var moving []*Mailbox
	for _, m := range a.mailboxes {
		if m.name == from || strings.HasPrefix(m.name, from+Separator) {
			moving = append(moving, m)
		}
	}
	if len(moving) == 0 {
		return ErrNoMailbox
	}
	if _, exists := a.Mailbox(to); exists {
		return ErrMailboxExists
	}
	for _, m := range moving {
		if _, exists := a.Mailbox(to + m.name[len(from):]); exists {
			return ErrMailboxExists
		}
	}
	for _, m := range moving {
		name := to + m.name[len(from):]
		if err := a.store.keeper.Rename(m, name); err != nil {
			return err
		}
		m.name = name
		a.changed(m)
	}
	return nil
}

func (a *Account) renameInbox(to string) error {
	target, err := a.Create(to)
	if err != nil {
		return err
	}
	inbox := a.mailboxes[0]
	_, err = inbox.Move(inbox.UIDs(), target)
	return err
}

// Subscribe adds name to the subscribed names or takes it off. There need not be such a mailbox (RFC 9051 §6.3.7).
func (a *Account) Subscribe(name string, on bool) error {
	name = canonicalName(name)
	names := slices.Clone(a.subscribed)
	i, found := slices.BinarySearch(names, name)
	switch {
	case on == found:
		return nil
	case on && len(names) >= mailboxesMax:
		return ErrTooMany
	case on:
		names = slices.Insert(names, i, name)
	default:
		names = slices.Delete(names, i, i+1)
	}
	if err := a.store.keeper.Subscribe(a.User, names); err != nil {
		return err
	}
	a.subscribed = names
	return nil
}

// Subscribed lists the subscribed names, sorted.
func (a *Account) Subscribed() []string { return slices.Clone(a.subscribed) }

// newMailbox makes a mailbox that is not yet among the account's.
func (a *Account) newMailbox(name string) *Mailbox {
	a.store.validity++
	return &Mailbox{account: a, name: name, uidValidity: a.store.validity, uidNext: 1, recentFrom: 1, modSeq: 1}
}

func (a *Account) changed(m *Mailbox) {
	if a.store.OnChange != nil {
		a.store.OnChange(a, m)
	}
}

// canonicalName is name with INBOX in upper case.
func canonicalName(name string) string {
	if strings.EqualFold(name, Inbox) {
		return Inbox
	}
	return name
}

// mailboxesMax is how many mailboxes an account may have, and how many names may be subscribed.
const mailboxesMax = 2000

// nameMax is how many bytes a mailbox name may have.
const nameMax = 512

// possible says whether a mailbox can have this name: not empty, no empty level, no control character.
func possible(name string) bool {
	if name == "" || len(name) > nameMax {
		return false
	}
	for _, level := range strings.Split(name, Separator) {
		if level == "" || strings.IndexFunc(level, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0 {
			return false
		}
	}
	return true
}
