package store

import (
	"slices"
	"strings"
	"time"

	"mailwire/layers/application/message"
)

// The flags that the store itself looks at (RFC 9051 §2.3.2).
const (
	seen    = `\Seen`
	deleted = `\Deleted`
)

// A Message is a mail in a mailbox.
type Message struct {
	UID    uint32
	Date   time.Time // IMAP's INTERNALDATE: when it arrived
	Flags  []string  // without \Recent; never changed in place
	ModSeq uint64    // the mailbox's modification sequence at its last change (RFC 7162 §3.1)

	content Content
}

// Size is how many bytes the mail has; 0 for one of which only the UID is known.
func (m Message) Size() int64 {
	if m.content == nil {
		return 0
	}
	return m.content.Size()
}

// Bytes is the mail itself, not to be changed. The error is that of the [Keeper], such as for a mail that was removed.
func (m Message) Bytes() ([]byte, error) { return m.content.Bytes() }

// Content is the bytes of the mail as its [Keeper] has them.
func (m Message) Content() Content { return m.content }

// Has says whether the message has a flag, spelt as it was set.
func (m Message) Has(flag string) bool { return slices.Contains(m.Flags, flag) }

// A Mailbox is a list of mails with ascending UIDs.
type Mailbox struct {
	account     *Account
	name        string
	special     string
	uidValidity uint32
	uidNext     uint32
	recentFrom  uint32 // messages from this UID on have been told to no session (\Recent)
	modSeq      uint64
	removals    removals
	keywords    []string // every flag without backslash that was ever set, in that order
	messages    []Message
	holding     Holding // of messages
	selections  []*Selection
	gone        bool // deleted, though a session may still have it open
}

// User is the login of the account whose mailbox it is.
func (m *Mailbox) User() string { return m.account.User }

// Name is the mailbox's name with all its levels.
func (m *Mailbox) Name() string { return m.name }

// Special is what the mailbox is for: \Sent, \Trash, \Drafts, \Junk, \Archive (RFC 6154), or "".
func (m *Mailbox) Special() string { return m.special }

// SetSpecial says what the mailbox is for.
func (m *Mailbox) SetSpecial(use string) error {
	before := m.special
	m.special = use
	if err := m.account.store.keeper.Describe(m); err != nil {
		m.special = before
		return err
	}
	return nil
}

// UIDValidity, together with a UID, names a mail for ever (RFC 9051 §2.3.1.1).
func (m *Mailbox) UIDValidity() uint32 { return m.uidValidity }

// UIDNext is greater than every UID given so far.
func (m *Mailbox) UIDNext() uint32 { return m.uidNext }

// ModSeq is the modification sequence of the last change.
func (m *Mailbox) ModSeq() uint64 { return m.modSeq }

// Keywords lists the flags without backslash that are or were in use.
func (m *Mailbox) Keywords() []string { return slices.Clone(m.keywords) }

// Messages lists the mails in ascending order of UID.
func (m *Mailbox) Messages() []Message { return slices.Clone(m.messages) }

// UIDs lists the UIDs of all mails, ascending.
func (m *Mailbox) UIDs() []uint32 {
	uids := make([]uint32, len(m.messages))
	for i, message := range m.messages {
		uids[i] = message.UID
	}
	return uids
}

// Message finds a mail by its UID.
func (m *Mailbox) Message(uid uint32) (Message, bool) {
	i, ok := m.find(uid)
	if !ok {
		return Message{}, false
	}
	return m.messages[i], true
}

// Holding is how much the mailbox holds.
func (m *Mailbox) Holding() Holding { return m.holding }

// count takes a mail into the account of what the mailbox holds: once, or with -1 out of it.
func (m *Mailbox) count(mail Message, times int) {
	h, size := &m.holding, int64(times)*mail.Size()
	h.Messages += times
	h.Bytes += size
	if !mail.Has(seen) {
		h.Unseen += times
	}
	if mail.Has(deleted) {
		h.Deleted += times
		h.DeletedBytes += size
	}
}

// Recent counts the mails that no session has been told of yet (RFC 3501 §2.3.2).
func (m *Mailbox) Recent() int {
	i, _ := m.find(m.recentFrom)
	return len(m.messages) - i
}

// Append puts a mail at the end; ErrOverQuota, ErrNoMailbox. It keeps mail, which must not be changed any more; one with
// lines that end in LF alone is kept with CRLF, as POP3 and IMAP have to give it (RFC 1939 §3, RFC 5322 §2.3).
func (m *Mailbox) Append(date time.Time, flags []string, mail []byte) (uid uint32, err error) {
	uids, err := m.AppendAll([]NewMail{{date, flags, mail}})
	if err != nil {
		return 0, err
	}
	return uids[0], nil
}

// A NewMail is a mail that is to be put into a mailbox.
type NewMail struct {
	Date  time.Time
	Flags []string
	Bytes []byte
}

// AppendAll does what Append does with several mails: all of them, or none (RFC 3502).
func (m *Mailbox) AppendAll(mails []NewMail) ([]uint32, error) {
	if m.gone {
		return nil, ErrNoMailbox
	}
	added := make([]Message, len(mails))
	var size int64
	for i, mail := range mails {
		content := message.LineEnds(mail.Bytes)
		size += int64(len(content))
		added[i] = Message{UID: m.uidNext + uint32(i), Date: mail.Date, Flags: m.spelt(mail.Flags), content: inMemory(content)}
	}
	switch {
	case !m.account.fits(len(mails), size):
		return nil, ErrOverQuota
	case m.manyKeywords(added):
		return nil, ErrTooMany
	}
	if err := m.keep(added); err != nil {
		return nil, err
	}
	return m.addAll(added), nil
}

// keep hands mails, of which the bytes are here, to the keeper: all, or none.
func (m *Mailbox) keep(added []Message) error {
	keeper := m.account.store.keeper
	for i := range added {
		content, err := added[i].Bytes()
		if err == nil {
			added[i].content, err = keeper.Add(m, added[i], content)
		}
		if err != nil {
			keeper.Expunge(m, added[:i]) // its own error would say no more
			return err
		}
	}
	return nil
}

// SetFlags replaces the flags of a mail; ErrNoMessage. Flags that it has already are no news.
func (m *Mailbox) SetFlags(uid uint32, flags []string) error {
	i, ok := m.find(uid)
	if !ok {
		return ErrNoMessage
	}
	flags = m.spelt(flags)
	if sameFlags(m.messages[i].Flags, flags) {
		return nil
	}
	if err := m.account.store.keeper.SetFlags(m, m.messages[i], flags); err != nil {
		return err
	}
	m.modSeq++
	m.count(m.messages[i], -1)
	m.messages[i].Flags, m.messages[i].ModSeq = flags, m.modSeq
	m.count(m.messages[i], 1)
	m.learnKeywords(flags)
	m.note(uid)
	m.tell()
	return nil
}

// Expunge removes mails for good. A UID that is gone already is passed over.
func (m *Mailbox) Expunge(uids []uint32) error {
	n, err := m.remove(uids)
	if n > 0 {
		m.tell()
	}
	return err
}

// Copy puts copies of mails, in the order of uids, at the end of another mailbox of the account, with their flags and
// dates, and returns the new UIDs in that order: all of them, or none; ErrNoMessage, ErrOverQuota, ErrNoMailbox.
func (m *Mailbox) Copy(uids []uint32, to *Mailbox) ([]uint32, error) {
	messages, size, err := m.pick(uids)
	switch {
	case err != nil:
		return nil, err
	case to.gone:
		return nil, ErrNoMailbox
	case !m.account.fits(len(messages), size):
		return nil, ErrOverQuota
	case to.manyKeywords(messages):
		return nil, ErrTooMany
	}
	return to.addCopies(messages)
}

// Move puts mails at the end of another mailbox of the account and removes them here. It needs no room: the quota does
// not hinder it. ErrNoMessage, ErrNoMailbox.
func (m *Mailbox) Move(uids []uint32, to *Mailbox) ([]uint32, error) {
	messages, _, err := m.pick(uids)
	switch {
	case err != nil:
		return nil, err
	case to.gone:
		return nil, ErrNoMailbox
	}
	// The copies are there before the originals vanish: nobody sees a mail not at all (RFC 6851 §3.3).
	copies, err := to.addCopies(messages)
	if err != nil {
		return nil, err
	}
	return copies, m.Expunge(uids)
}

// pick finds mails by their UIDs, all of them.
func (m *Mailbox) pick(uids []uint32) (messages []Message, size int64, err error) {
	for _, uid := range uids {
		message, ok := m.Message(uid)
		if !ok {
			return nil, 0, ErrNoMessage
		}
		messages = append(messages, message)
		size += message.Size()
	}
	return messages, size, nil
}

// addCopies adds copies of messages: all, or none.
func (m *Mailbox) addCopies(messages []Message) ([]uint32, error) {
	keeper, copies := m.account.store.keeper, slices.Clone(messages)
	for i := range copies {
		var err error
		copies[i].UID, copies[i].Flags = m.uidNext+uint32(i), m.spelt(copies[i].Flags)
		if copies[i].content, err = keeper.Copy(m, copies[i]); err != nil {
			keeper.Expunge(m, copies[:i]) // its own error would say no more
			return nil, err
		}
	}
	return m.addAll(copies), nil
}

// addAll puts mails at the end and tells of them.
func (m *Mailbox) addAll(messages []Message) []uint32 {
	var uids []uint32
	for _, message := range messages {
		uids = append(uids, m.add(message))
	}
	if len(uids) > 0 {
		m.tell()
	}
	return uids
}

// add gives a mail its UID and puts it at the end.
func (m *Mailbox) add(message Message) uint32 {
	m.modSeq++
	message.UID, message.ModSeq, message.Flags = m.uidNext, m.modSeq, m.spelt(message.Flags)
	m.uidNext++
	m.messages = append(m.messages, message)
	m.count(message, 1)
	m.account.used += message.Size()
	m.learnKeywords(message.Flags)
	m.note(message.UID)
	return message.UID
}

// remove takes mails out, in one walk over the mailbox, and says how many there were.
func (m *Mailbox) remove(uids []uint32) (int, error) {
	doomed := slices.Clone(uids)
	slices.Sort(doomed)
	kept := m.messages[:0:0]
	var gone []Message
	for _, message := range m.messages {
		if _, found := slices.BinarySearch(doomed, message.UID); found {
			gone = append(gone, message)
		} else {
			kept = append(kept, message)
		}
	}
	if len(gone) == 0 {
		return 0, nil
	}
	if err := m.account.store.keeper.Expunge(m, gone); err != nil {
		return 0, err
	}
	m.modSeq++
	for _, message := range gone {
		m.count(message, -1)
		m.account.used -= message.Size()
		m.removals.note(message.UID, m.modSeq)
		m.note(message.UID)
	}
	m.messages = kept
	return len(gone), nil
}

func (m *Mailbox) removeAll() error {
	n, err := m.remove(m.UIDs())
	if n > 0 {
		m.tell()
	}
	return err
}

// find is the index of a UID, or of the first one above it.
func (m *Mailbox) find(uid uint32) (int, bool) {
	return slices.BinarySearchFunc(m.messages, uid, func(message Message, uid uint32) int {
		return int(int64(message.UID) - int64(uid))
	})
}

// keywordsMax is how many keywords the mails of a mailbox may have had together.
const keywordsMax = 500

// manyKeywords says whether mails bring more keywords than the mailbox can learn.
func (m *Mailbox) manyKeywords(mails []Message) bool {
	n := len(m.keywords)
	for _, mail := range mails {
		for _, f := range mail.Flags {
			if f != "" && f[0] != '\\' && !slices.Contains(m.keywords, f) {
				n++
			}
		}
	}
	return n > keywordsMax && n > len(m.keywords)
}

// learnKeywords keeps the flags that are not system flags.
func (m *Mailbox) learnKeywords(flags []string) {
	for _, f := range flags {
		if f != "" && f[0] != '\\' && !slices.Contains(m.keywords, f) {
			m.keywords = append(m.keywords, f)
		}
	}
}

// spelt returns flags with each keyword as the mailbox knows it already: upper and lower case do not count
// (RFC 9051 §2.3.2).
func (m *Mailbox) spelt(flags []string) []string {
	flags = slices.Clone(flags)
	for i, f := range flags {
		if known := slices.IndexFunc(m.keywords, func(k string) bool { return strings.EqualFold(k, f) }); known >= 0 {
			flags[i] = m.keywords[known]
		}
	}
	return flags
}

// note leaves news about a mail for every open selection; tell says that there is some.
func (m *Mailbox) note(uid uint32) {
	for _, s := range m.selections {
		s.note(uid)
	}
}

func (m *Mailbox) tell() {
	m.account.changed(m)
	for _, s := range slices.Clone(m.selections) {
		if s.notify != nil {
			s.notify()
		}
	}
}

func sameFlags(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(f string) bool { return !slices.Contains(b, f) })
}
