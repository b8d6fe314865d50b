package store

import (
	"errors"
	"fmt"

	"mailwire/layers/application/pop3"
	"mailwire/layers/application/sasl"
)

// POP3 is the store as a POP3 server sees it: of each account its INBOX alone.
func (s *Store) POP3() pop3.Accounts { return pop3Accounts{s} }

type pop3Accounts struct{ store *Store }

// Secret makes APOP, CRAM-MD5 and SCRAM possible.
func (p pop3Accounts) Secret(user string) (sasl.Secret, bool) {
	password, ok := p.store.Secret(user)
	return sasl.Secret{Password: password}, ok
}

func (p pop3Accounts) Login(user, password string) (pop3.Maildrop, error) {
	a, err := p.store.Login(user, password)
	if err != nil {
		return nil, pop3.ErrAuth
	}
	return open(a)
}

// Open is Login for whom a digest or SASL has verified.
func (p pop3Accounts) Open(user string) (pop3.Maildrop, error) {
	a, ok := p.store.Lookup(user)
	if !ok {
		return nil, pop3.ErrAuth
	}
	return open(a)
}

func open(a *Account) (pop3.Maildrop, error) {
	d, err := a.Maildrop()
	if errors.Is(err, ErrInUse) {
		return nil, pop3.ErrInUse
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// A Maildrop is INBOX as one POP3 session sees it: the mails that were there when the session began, numbered from 1,
// whatever arrives or is removed meanwhile.
type Maildrop struct {
	inbox    *Mailbox
	messages []Message
	open     bool
}

// Maildrop opens the account's maildrop with the exclusive lock of RFC 1939 §4; ErrInUse. The lock keeps other POP3
// sessions out, not deliveries and not IMAP.
func (a *Account) Maildrop() (*Maildrop, error) {
	if a.locked {
		return nil, ErrInUse
	}
	a.locked = true
	inbox := a.mailboxes[0]
	d := &Maildrop{inbox: inbox, messages: inbox.Messages(), open: true}
	a.changed(inbox)
	return d, nil
}

// Count is the number of mails.
func (d *Maildrop) Count() int { return len(d.messages) }

// Size is how many bytes mail n has.
func (d *Maildrop) Size(n int) int64 { return d.messages[n-1].Size() }

// UID is the unique id of mail n (RFC 1939 §7): UIDVALIDITY and UID, which together are never used again.
func (d *Maildrop) UID(n int) string {
	return fmt.Sprintf("%08x.%08x", d.inbox.uidValidity, d.messages[n-1].UID)
}

// Message is the bytes of mail n. They are there until the session ends, even when IMAP removes the mail meanwhile.
func (d *Maildrop) Message(n int) ([]byte, error) { return d.messages[n-1].Bytes() }

// Commit removes mails for good: the UPDATE state (RFC 1939 §6).
func (d *Maildrop) Commit(numbers []int) error {
	uids := make([]uint32, 0, len(numbers))
	for _, n := range numbers {
		uids = append(uids, d.messages[n-1].UID)
	}
	return d.inbox.Expunge(uids)
}

// Close releases the lock. Mails that were only marked stay.
func (d *Maildrop) Close() {
	if d.open {
		d.open = false
		d.inbox.account.locked = false
		d.inbox.account.changed(d.inbox)
	}
}
