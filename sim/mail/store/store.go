// Package store is the mailbox store of a mail host: its accounts, their mailboxes, and the mails in them, kept in
// memory. Delivery by SMTP, a POP3 maildrop and IMAP's mailboxes are three views of the same mails: what one of them
// does, the others see.
//
// A mail is bytes that never change; copies share them. Every change of a mailbox counts up its modification sequence
// and reaches each open [Selection] of it as news. All numbers (UID, UIDVALIDITY, modification sequence) come from
// counters, so that the same acts give the same numbers.
//
// Whatever changes the store returns an error, and has happened when it returns none: a store that also writes its
// mails to a disk fails there and nowhere else. A store is used by one goroutine at a time.
//
// With a [Keeper] a store survives its process. Not modelled: shared mailboxes and access rights, several storage
// volumes.
package store

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mailwire/layers"
)

// What a store answers when it does not do what it is asked.
var (
	ErrLogin         = errors.New("store: wrong user or password")
	ErrNoMailbox     = errors.New("store: no such mailbox")
	ErrMailboxExists = errors.New("store: mailbox exists already")
	ErrName          = errors.New("store: mailbox name is not possible")
	ErrInbox         = errors.New("store: INBOX cannot be deleted")
	ErrNoMessage     = errors.New("store: message has been removed")
	ErrOverQuota     = errors.New("store: account is full")
	ErrTooMany       = errors.New("store: too many mailboxes, names or keywords")
	ErrInUse         = errors.New("store: maildrop is locked by another session")
)

// A Store holds the accounts of one mail host.
type Store struct {
	accounts []*Account // in the order in which they were added
	byName   map[string]*Account
	validity uint32 // the UIDVALIDITY given last
	keeper   Keeper

	// OnChange is called after each change of a mailbox, when it is not nil: for who shows what a host holds.
	OnChange func(a *Account, m *Mailbox)
}

// New returns an empty store. Its first mailbox gets the UIDVALIDITY firstValidity, at least 1, each further one the
// next number, so that a mailbox made anew never has an old one's (RFC 9051 §2.3.1.1).
func New(firstValidity uint32) *Store {
	return &Store{keeper: memory{}, byName: map[string]*Account{}, validity: max(firstValidity, 1) - 1}
}

// Keep makes keeper keep all that the store holds from now on. It is called before the first account is added.
func (s *Store) Keep(keeper Keeper) { s.keeper = keeper }

// Add makes an account with an INBOX, or brings back the one that was kept. User is its login; addresses are all those whose mail it gets, its own first.
// It logs in by user or by any of its addresses.
func (s *Store) Add(user, password string, addresses ...string) (*Account, error) {
	if user == "" {
		return nil, errors.New("store: an account needs a user")
	}
	for _, name := range append([]string{user}, addresses...) {
		if s.byName[key(name)] != nil {
			return nil, fmt.Errorf("store: %q belongs to an account already", name)
		}
	}
	a := &Account{User: user, Password: password, Addresses: addresses, store: s}
	kept, err := s.keeper.Open(user)
	if err != nil {
		return nil, err
	}
	a.restore(kept)
	if len(a.mailboxes) == 0 || a.mailboxes[0].name != Inbox {
		inbox := a.newMailbox(Inbox)
		if err := s.keeper.Describe(inbox); err != nil {
			return nil, err
		}
		a.mailboxes = append([]*Mailbox{inbox}, a.mailboxes...)
	}
	s.accounts = append(s.accounts, a)
	s.byName[key(user)] = a
	for _, address := range addresses {
		s.byName[key(address)] = a
	}
	return a, nil
}

// Lookup finds the account of a user or an address. Letters count the same in upper and lower case, as on most hosts;
// RFC 5321 §2.4 leaves that to the host that keeps the mailbox.
func (s *Store) Lookup(name string) (*Account, bool) {
	a, ok := s.byName[key(name)]
	return a, ok
}

// Login finds the account of a user or an address whose password is password; ErrLogin.
func (s *Store) Login(name, password string) (*Account, error) {
	a, ok := s.Lookup(name)
	kept := ""
	if ok {
		kept = a.Password
	}
	// The same work for who has no account as for who has another password.
	if right := subtle.ConstantTimeCompare([]byte(kept), []byte(password)) == 1; !right || !ok {
		return nil, ErrLogin
	}
	return a, nil
}

// Secret is the password of a user, for logins that never send it (APOP, CRAM-MD5, SCRAM).
func (s *Store) Secret(name string) (password string, ok bool) {
	a, ok := s.Lookup(name)
	if !ok {
		return "", false
	}
	return a.Password, true
}

// Accounts lists all accounts in the order in which they were added.
func (s *Store) Accounts() []*Account { return slices.Clone(s.accounts) }

func key(name string) string { return strings.ToLower(name) }

// A Holding is how much a mailbox or an account holds.
type Holding struct {
	Messages, Unseen, Deleted int   // Deleted: marked, not yet expunged
	Bytes                     int64 // of the mails as they were sent
	DeletedBytes              int64 // of those that are marked
}

func (h Holding) plus(other Holding) Holding {
	return Holding{h.Messages + other.Messages, h.Unseen + other.Unseen, h.Deleted + other.Deleted, h.Bytes + other.Bytes, h.DeletedBytes + other.DeletedBytes}
}

// Values are the numbers of h as a state event tells them.
func (h Holding) Values() []layers.Arg {
	return []layers.Arg{
		layers.A("messages", layers.Int(h.Messages)), layers.A("unseen", layers.Int(h.Unseen)),
		layers.A("deleted", layers.Int(h.Deleted)), layers.A("bytes", layers.Int(h.Bytes)),
	}
}
