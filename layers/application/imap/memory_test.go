package imap

import (
	"slices"
	"strings"
	"time"
)

// epoch is when the sessions of these tests begin.
var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// memory is a backend with one account, bob, password secret, for the tests of this package.
type memory struct {
	boxes      map[string]*memoryBox
	names      []string
	subscribed []string
	validity   uint32
	quota      int64
}

type memoryBox struct {
	gone           bool
	validity, next uint32
	special        string
	messages       []memoryMessage
	log            []Change
	recent         uint32 // UIDs from here on have been told to nobody
	modSeq         uint64
	vanished       []Change
}

type memoryMessage struct {
	MessageInfo
	body []byte
}

func newMemory(inbox ...string) *memory {
	m := &memory{boxes: map[string]*memoryBox{}}
	m.Create(Inbox, "")
	for i, body := range inbox {
		m.Append(Inbox, NewMessage{nil, epoch.Add(time.Duration(i) * time.Hour), []byte(body)})
	}
	return m
}

func (m *memory) Login(user, password string) (Account, error) {
	if user != "bob" || password != "secret" {
		return nil, ErrAuthentication
	}
	return m, nil
}

func (m *memory) Mailboxes() (all []MailboxInfo, err error) {
	for _, name := range m.names {
		special := m.boxes[name].special
		if name == "Sent" {
			special = `\Sent`
		}
		all = append(all, MailboxInfo{Name: name, Special: special, Subscribed: slices.Contains(m.subscribed, name)})
	}
	for _, name := range m.subscribed {
		if m.boxes[name] == nil {
			all = append(all, MailboxInfo{Name: name, Subscribed: true, NonExistent: true})
		}
	}
	return all, nil
}

func (m *memory) Create(name, special string) error {
	if m.boxes[name] != nil {
		return ErrAlreadyExists
	}
	m.validity++
	m.boxes[name] = &memoryBox{validity: m.validity, next: 1, recent: 1, special: special, modSeq: 1}
	m.names = append(m.names, name)
	return nil
}

func (m *memory) Delete(name string) error {
	if m.boxes[name] == nil {
		return ErrNonexistent
	}
	m.boxes[name].gone = true
	delete(m.boxes, name)
	m.names = slices.DeleteFunc(m.names, func(n string) bool { return n == name })
	return nil
}

func (m *memory) Rename(from, to string) error {
	if m.boxes[from] == nil {
		return ErrNonexistent
	}
	if m.boxes[to] != nil {
		return ErrAlreadyExists
	}
	for i, name := range m.names {
		if rest, ok := strings.CutPrefix(name, from); ok && (rest == "" || rest[0] == Delimiter) {
			m.names[i] = to + rest
			m.boxes[to+rest] = m.boxes[name]
			delete(m.boxes, name)
		}
	}
	if from == Inbox {
		return m.Create(Inbox, "")
	}
	return nil
}

func (m *memory) Subscribe(name string, on bool) error {
	m.subscribed = slices.DeleteFunc(m.subscribed, func(n string) bool { return n == name })
	if on {
		m.subscribed = append(m.subscribed, name)
	}
	return nil
}

func (m *memory) Status(name string) (st MailboxStatus, err error) {
	b := m.boxes[name]
	if b == nil {
		return st, ErrNonexistent
	}
	st = MailboxStatus{Messages: uint32(len(b.messages)), UIDNext: b.next, UIDValidity: b.validity, HighestModSeq: b.modSeq}
	for _, msg := range b.messages {
		st.Size += msg.Size
		if HasFlag(msg.Flags, Deleted) {
			st.Deleted++
			st.DeletedSize += msg.Size
		}
		if !HasFlag(msg.Flags, Seen) {
			st.Unseen++
		}
		if msg.UID >= b.recent {
			st.Recent++
		}
	}
	return st, nil
}

func (m *memory) Append(name string, messages ...NewMessage) (validity uint32, uids []uint32, err error) {
	b := m.boxes[name]
	if b == nil {
		return 0, nil, ErrNonexistent
	}
	for _, new := range messages {
		b.modSeq++
		info := MessageInfo{UID: b.next, Flags: new.Flags, InternalDate: new.InternalDate, Size: int64(len(new.Body)), ModSeq: b.modSeq}
		b.next++
		b.messages = append(b.messages, memoryMessage{info, new.Body})
		b.log = append(b.log, Change{MessageInfo: info})
		uids = append(uids, info.UID)
	}
	return b.validity, uids, nil
}

func (m *memory) Quota() (Quota, error) {
	quota := Quota{StorageLimit: m.quota}
	for _, name := range m.names {
		st, _ := m.Status(name)
		quota.Storage, quota.Messages = quota.Storage+st.Size, quota.Messages+int64(st.Messages)
	}
	return quota, nil
}

func (m *memory) Open(name string, readOnly bool) (Mailbox, error) {
	b := m.boxes[name]
	if b == nil {
		return nil, ErrNonexistent
	}
	s := &memorySession{memory: m, box: b, at: len(b.log), recent: b.recent}
	if !readOnly {
		b.recent = b.next
	}
	return s, nil
}

type memorySession struct {
	memory *memory
	box    *memoryBox
	at     int
	recent uint32
}

func (s *memorySession) UIDValidity() uint32 { return s.box.validity }
func (s *memorySession) UIDNext() uint32     { return s.box.next }
func (s *memorySession) Keywords() (all []string) {
	for _, m := range s.box.messages {
		for _, f := range m.Flags {
			if f[0] != '\\' && !HasFlag(all, f) {
				all = append(all, f)
			}
		}
	}
	return all
}
func (s *memorySession) HighestModSeq() uint64 { return s.box.modSeq }
func (s *memorySession) Close()                {}

func (s *memorySession) Messages() (all []MessageInfo, err error) {
	for _, m := range s.box.messages {
		info := m.MessageInfo
		info.Recent = info.UID >= s.recent
		all = append(all, info)
	}
	return all, nil
}

func (s *memorySession) News() ([]Change, error) {
	if s.box.gone {
		return nil, ErrNonexistent
	}
	news := s.box.log[s.at:]
	s.at = len(s.box.log)
	return news, nil
}

func (s *memorySession) find(uid uint32) *memoryMessage {
	for i := range s.box.messages {
		if s.box.messages[i].UID == uid {
			return &s.box.messages[i]
		}
	}
	return nil
}

func (s *memorySession) Body(uid uint32) ([]byte, error) {
	if m := s.find(uid); m != nil {
		return m.body, nil
	}
	return nil, ErrExpunged
}

func (s *memorySession) Vanished(since uint64) (gone Set) {
	for _, c := range s.box.vanished {
		if c.ModSeq > since {
			gone = append(gone, Span{c.UID, c.UID})
		}
	}
	return gone
}

func (s *memorySession) Store(uid uint32, op StoreOp, flags []string) ([]string, uint64, error) {
	m := s.find(uid)
	if m == nil {
		return nil, 0, ErrExpunged
	}
	if after := op.Apply(m.Flags, flags); !sameFlags(after, m.Flags) {
		s.box.modSeq++
		m.Flags, m.ModSeq = after, s.box.modSeq
		s.box.log = append(s.box.log, Change{MessageInfo: m.MessageInfo})
	}
	return m.Flags, m.ModSeq, nil
}

func (s *memorySession) Expunge(uids []uint32) error {
	s.box.modSeq++
	s.box.messages = slices.DeleteFunc(s.box.messages, func(m memoryMessage) bool { return slices.Contains(uids, m.UID) })
	for _, uid := range uids {
		gone := Change{MessageInfo: MessageInfo{UID: uid, ModSeq: s.box.modSeq}, Expunged: true}
		s.box.log, s.box.vanished = append(s.box.log, gone), append(s.box.vanished, gone)
	}
	return nil
}

func (s *memorySession) Copy(uids []uint32, to string) (validity uint32, copies []uint32, err error) {
	if s.memory.boxes[to] == nil {
		return 0, nil, ErrNonexistent
	}
	for _, uid := range uids {
		m := s.find(uid)
		if m == nil {
			return 0, nil, ErrExpunged
		}
		v, n, _ := s.memory.Append(to, NewMessage{m.Flags, m.InternalDate, m.body})
		validity, copies = v, append(copies, n...)
	}
	return validity, copies, nil
}

func (s *memorySession) Move(uids []uint32, to string) (uint32, []uint32, error) {
	validity, copies, err := s.Copy(uids, to)
	if err == nil {
		err = s.Expunge(uids)
	}
	return validity, copies, err
}
