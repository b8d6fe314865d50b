package store

import "time"

// A Keeper keeps what a store holds where it outlives the process. What it was given is safe when its method returns no
// error; the store shows it only then, so that nobody is promised a mail that a power cut takes away again. It is called
// by the store alone, one call at a time.
type Keeper interface {
	// Open returns what is kept of a user's account. One that is new has no mailboxes.
	Open(user string) (Kept, error)
	// Subscribe keeps the user's subscribed names, sorted.
	Subscribe(user string, names []string) error
	// Describe keeps a mailbox's name, UIDVALIDITY and special use: it is new, or one of these has changed but for the name.
	Describe(m *Mailbox) error
	// Rename gives a mailbox another name; it has the old one still.
	Rename(m *Mailbox, to string) error
	// Remove removes a mailbox, which holds no mails any more.
	Remove(m *Mailbox) error
	// Add keeps a mail in a mailbox. Its UID, date and flags are those of mail, whose content it does not have yet.
	Add(m *Mailbox, mail Message, content []byte) (Content, error)
	// Copy keeps a copy of mail in a mailbox, under the UID, with the date and flags of mail, whose content is the original's.
	Copy(m *Mailbox, mail Message) (Content, error)
	// SetFlags keeps the flags of a mail.
	SetFlags(m *Mailbox, mail Message, flags []string) error
	// Expunge removes mails. UIDNEXT is the mailbox's: no later mail may have a UID below it.
	Expunge(m *Mailbox, mails []Message) error
}

// A Content is the bytes of a mail, wherever they are.
type Content interface {
	Size() int64
	Bytes() ([]byte, error) // not to be changed
}

// inMemory is the content of a mail that nobody keeps elsewhere.
type inMemory []byte

func (c inMemory) Size() int64            { return int64(len(c)) }
func (c inMemory) Bytes() ([]byte, error) { return c, nil }

// memory is the keeper of a store that lives as long as the process: it has nothing to do.
type memory struct{}

func (memory) Open(string) (Kept, error)        { return Kept{}, nil }
func (memory) Subscribe(string, []string) error { return nil }
func (memory) Describe(*Mailbox) error          { return nil }
func (memory) Rename(*Mailbox, string) error    { return nil }
func (memory) Remove(*Mailbox) error            { return nil }
func (memory) Add(_ *Mailbox, _ Message, content []byte) (Content, error) {
	return inMemory(content), nil
}
func (memory) Copy(_ *Mailbox, mail Message) (Content, error) { return mail.content, nil }
func (memory) SetFlags(*Mailbox, Message, []string) error     { return nil }
func (memory) Expunge(*Mailbox, []Message) error              { return nil }

// Kept is an account as a [Keeper] has kept it.
type Kept struct {
	Mailboxes   []KeptMailbox
	Subscribed  []string
	UIDValidity uint32 // the greatest that a mailbox of the account has or had
}

// A KeptMailbox is a mailbox as a [Keeper] has kept it. Which changes happened when is not kept: to everybody who
// resynchronises by modification sequences, all flags have changed and all removals have happened at ModSeq.
type KeptMailbox struct {
	Name, Special        string
	UIDValidity, UIDNext uint32
	ModSeq               uint64
	Messages             []KeptMessage // ascending by UID
}

// A KeptMessage is a mail as a [Keeper] has kept it.
type KeptMessage struct {
	UID     uint32
	Date    time.Time
	Flags   []string
	Content Content
}

// restore gives an account what was kept of it.
func (a *Account) restore(kept Kept) {
	a.kept, a.subscribed = len(kept.Mailboxes) > 0, kept.Subscribed
	a.store.validity = max(a.store.validity, kept.UIDValidity)
	for _, k := range kept.Mailboxes {
		m := &Mailbox{
			account: a, name: k.Name, special: k.Special, uidValidity: k.UIDValidity, uidNext: k.UIDNext,
			recentFrom: k.UIDNext, modSeq: k.ModSeq, // what is told of nobody knows: nothing is recent
			removals: removals{horizon: k.ModSeq},
		}
		for _, mail := range k.Messages {
			m.messages = append(m.messages, Message{UID: mail.UID, Date: mail.Date, Flags: mail.Flags, ModSeq: k.ModSeq, content: mail.Content})
			m.count(m.messages[len(m.messages)-1], 1)
			a.used += mail.Content.Size()
			m.learnKeywords(mail.Flags)
		}
		if k.Name == Inbox {
			a.mailboxes = append([]*Mailbox{m}, a.mailboxes...)
		} else {
			a.mailboxes = append(a.mailboxes, m)
		}
	}
}
