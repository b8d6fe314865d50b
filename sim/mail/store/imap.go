package store

import (
	"errors"
	"slices"

	"mailwire/layers/application/imap"
	"mailwire/layers/application/sasl"
)

// IMAP is the store as an IMAP server of one connection sees it. Notify is called, when it is not nil, each time the
// mailbox that this connection has open changes. That may be in the midst of a command of this very connection: it should
// only remember that the connection's server wants to be woken.
func (s *Store) IMAP(notify func()) imap.Backend { return imapBackend{s, notify} }

type imapBackend struct {
	store  *Store
	notify func()
}

func (b imapBackend) Login(user, password string) (imap.Account, error) {
	a, err := b.store.Login(user, password)
	if err != nil {
		return nil, imap.ErrAuthentication
	}
	return imapAccount{a, b.notify}, nil
}

// Secret makes CRAM-MD5 and SCRAM possible.
func (b imapBackend) Secret(user string) (sasl.Secret, bool) {
	password, ok := b.store.Secret(user)
	return sasl.Secret{Password: password}, ok
}

// Open is Login for whom SASL has verified.
func (b imapBackend) Open(user string) (imap.Account, error) {
	a, ok := b.store.Lookup(user)
	if !ok {
		return nil, imap.ErrAuthentication
	}
	return imapAccount{a, b.notify}, nil
}

type imapAccount struct {
	account *Account
	notify  func()
}

// Mailboxes lists what exists, and behind it what is subscribed only.
func (a imapAccount) Mailboxes() ([]imap.MailboxInfo, error) {
	var all []imap.MailboxInfo
	subscribed := a.account.Subscribed()
	for _, m := range a.account.mailboxes {
		i, found := slices.BinarySearch(subscribed, m.name)
		if found {
			subscribed = slices.Delete(subscribed, i, i+1)
		}
		all = append(all, imap.MailboxInfo{Name: m.name, Special: m.special, Subscribed: found})
	}
	for _, name := range subscribed {
		all = append(all, imap.MailboxInfo{Name: name, Subscribed: true, NonExistent: true})
	}
	return all, nil
}

func (a imapAccount) Create(name, special string) error {
	_, err := a.account.CreateFor(name, special)
	return refusal(err)
}

func (a imapAccount) Delete(name string) error { return refusal(a.account.Delete(name)) }

func (a imapAccount) Rename(from, to string) error { return refusal(a.account.Rename(from, to)) }

func (a imapAccount) Subscribe(name string, on bool) error {
	return refusal(a.account.Subscribe(name, on))
}

func (a imapAccount) Status(name string) (imap.MailboxStatus, error) {
	m, ok := a.account.Mailbox(name)
	if !ok {
		return imap.MailboxStatus{}, imap.ErrNonexistent
	}
	h := m.Holding()
	return imap.MailboxStatus{
		Messages: uint32(h.Messages), Recent: uint32(m.Recent()), Unseen: uint32(h.Unseen),
		UIDNext: m.uidNext, UIDValidity: m.uidValidity,
		Deleted: uint32(h.Deleted), Size: h.Bytes, DeletedSize: h.DeletedBytes, HighestModSeq: m.modSeq,
	}, nil
}

func (a imapAccount) Append(name string, messages ...imap.NewMessage) (uidValidity uint32, uids []uint32, err error) {
	m, ok := a.account.Mailbox(name)
	if !ok {
		return 0, nil, imap.ErrNonexistent
	}
	mails := make([]NewMail, len(messages))
	for i, new := range messages {
		mails[i] = NewMail{new.InternalDate, new.Flags, new.Body}
	}
	uids, err = m.AppendAll(mails)
	return m.uidValidity, uids, refusal(err)
}

func (a imapAccount) Quota() (imap.Quota, error) {
	return imap.Quota{
		Storage: a.account.used, StorageLimit: a.account.Quota,
		Messages: int64(a.account.mails()), MessagesLimit: int64(a.account.MailQuota),
	}, nil
}

func (a imapAccount) Open(name string, readOnly bool) (imap.Mailbox, error) {
	m, ok := a.account.Mailbox(name)
	if !ok {
		return nil, imap.ErrNonexistent
	}
	return &imapMailbox{m, m.Open(readOnly, a.notify)}, nil
}

type imapMailbox struct {
	mailbox   *Mailbox
	selection *Selection
}

func (m *imapMailbox) UIDValidity() uint32   { return m.mailbox.uidValidity }
func (m *imapMailbox) UIDNext() uint32       { return m.mailbox.uidNext }
func (m *imapMailbox) Keywords() []string    { return m.mailbox.Keywords() }
func (m *imapMailbox) HighestModSeq() uint64 { return m.mailbox.modSeq }

func (m *imapMailbox) Vanished(since uint64) imap.Set {
	var all imap.Set
	for _, r := range m.mailbox.Vanished(since) {
		all = append(all, imap.Span{First: r.First, Last: r.Last})
	}
	return all
}

// Messages is the first news of the selection: every mail that is there.
func (m *imapMailbox) Messages() ([]imap.MessageInfo, error) {
	var all []imap.MessageInfo
	for _, n := range m.selection.News() {
		all = append(all, n.info())
	}
	return all, nil
}

func (m *imapMailbox) News() ([]imap.Change, error) {
	if m.mailbox.gone {
		return nil, imap.ErrNonexistent
	}
	var all []imap.Change
	for _, n := range m.selection.News() {
		all = append(all, imap.Change{MessageInfo: n.info(), Expunged: n.Expunged})
	}
	return all, nil
}

func (n News) info() imap.MessageInfo {
	return imap.MessageInfo{
		UID: n.Message.UID, Flags: n.Message.Flags, Recent: n.Recent, InternalDate: n.Message.Date, Size: n.Message.Size(),
		ModSeq: n.Message.ModSeq,
	}
}

func (m *imapMailbox) Body(uid uint32) ([]byte, error) {
	message, ok := m.mailbox.Message(uid)
	if !ok {
		return nil, imap.ErrExpunged
	}
	return message.Bytes()
}

func (m *imapMailbox) Store(uid uint32, op imap.StoreOp, flags []string) ([]string, uint64, error) {
	message, ok := m.mailbox.Message(uid)
	switch {
	case m.selection.ReadOnly():
		return nil, 0, imap.ErrReadOnly
	case !ok:
		return nil, 0, imap.ErrExpunged
	}
	after := op.Apply(message.Flags, flags)
	if err := m.mailbox.SetFlags(uid, after); err != nil {
		return nil, 0, refusal(err)
	}
	message, _ = m.mailbox.Message(uid)
	return message.Flags, message.ModSeq, nil
}

func (m *imapMailbox) Expunge(uids []uint32) error {
	if m.selection.ReadOnly() {
		return imap.ErrReadOnly
	}
	return refusal(m.mailbox.Expunge(uids))
}

func (m *imapMailbox) Copy(uids []uint32, to string) (uidValidity uint32, copies []uint32, err error) {
	return m.put(uids, to, m.mailbox.Copy)
}

func (m *imapMailbox) Move(uids []uint32, to string) (uidValidity uint32, copies []uint32, err error) {
	if m.selection.ReadOnly() {
		return 0, nil, imap.ErrReadOnly
	}
	return m.put(uids, to, m.mailbox.Move)
}

func (m *imapMailbox) put(uids []uint32, to string, put func([]uint32, *Mailbox) ([]uint32, error)) (uint32, []uint32, error) {
	target, ok := m.mailbox.account.Mailbox(to)
	if !ok {
		return 0, nil, imap.ErrNonexistent
	}
	copies, err := put(uids, target)
	return target.uidValidity, copies, refusal(err)
}

func (m *imapMailbox) Close() { m.selection.Close() }

// refusal says in IMAP's words why the store did not do something.
func refusal(err error) error {
	switch {
	case errors.Is(err, ErrNoMailbox):
		return imap.ErrNonexistent
	case errors.Is(err, ErrMailboxExists):
		return imap.ErrAlreadyExists
	case errors.Is(err, ErrNoMessage):
		return imap.ErrExpunged
	case errors.Is(err, ErrOverQuota):
		return imap.ErrOverQuota
	case errors.Is(err, ErrTooMany):
		return imap.ErrLimit
	case errors.Is(err, ErrName), errors.Is(err, ErrInbox):
		return imap.ErrCannot
	}
	return err
}
