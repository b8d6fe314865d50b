package store

import "slices"

// A Selection is a mailbox as one session has it open: it gathers what changes there until the session asks.
type Selection struct {
	mailbox  *Mailbox
	readOnly bool
	notify   func()
	pending  []uint32        // UIDs with news, in the order of the first news about each
	isNew    map[uint32]bool // of pending: whether the session has not been told of that mail yet
	told     uint32          // the greatest UID that the session has been told of
}

// News is what has become of one mail since the session was told last.
type News struct {
	Message  Message // as it is now; UID alone when Expunged
	Expunged bool
	New      bool // the session has not been told of it before
	Recent   bool // and no other session either, so that it is recent here (RFC 3501 §2.3.2)
}

// Open opens the mailbox for a session. Notify is called, when it is not nil, after each change from now on, the
// session's own included; it must not change the store. Who opens read-only takes \Recent from nobody.
func (m *Mailbox) Open(readOnly bool, notify func()) *Selection {
	s := &Selection{mailbox: m, readOnly: readOnly, notify: notify, isNew: map[uint32]bool{}}
	m.selections = append(m.selections, s)
	for _, uid := range m.UIDs() {
		s.note(uid)
	}
	return s
}

// Mailbox is what is open.
func (s *Selection) Mailbox() *Mailbox { return s.mailbox }

// ReadOnly says whether it was opened so.
func (s *Selection) ReadOnly() bool { return s.readOnly }

// News tells what has changed since the last call; at the first one, every mail is new. A mail that came and went
// meanwhile is no news.
func (s *Selection) News() []News {
	var all []News
	for _, uid := range s.pending {
		message, here := s.mailbox.Message(uid)
		fresh := s.isNew[uid]
		switch {
		case here:
			all = append(all, News{Message: message, New: fresh, Recent: fresh && s.claim(uid)})
		case !fresh:
			all = append(all, News{Message: Message{UID: uid}, Expunged: true})
		}
		if fresh {
			s.told = max(s.told, uid)
		}
	}
	s.pending = s.pending[:0]
	clear(s.isNew)
	return all
}

// claim makes a mail recent in this session, when it is in no other.
func (s *Selection) claim(uid uint32) bool {
	if uid < s.mailbox.recentFrom {
		return false
	}
	if !s.readOnly {
		s.mailbox.recentFrom = uid + 1
	}
	return true
}

// Close ends the selection.
func (s *Selection) Close() {
	s.mailbox.selections = slices.DeleteFunc(s.mailbox.selections, func(other *Selection) bool { return other == s })
}

// pendingSlack is how many mails that came and went a session that never asks may gather beside those that are there.
const pendingSlack = 1024

// note keeps a UID for News. Each stands there once, whatever happens to its mail.
func (s *Selection) note(uid uint32) {
	if _, known := s.isNew[uid]; known {
		return
	}
	s.isNew[uid] = uid > s.told
	s.pending = append(s.pending, uid)
	if len(s.pending) > 2*len(s.mailbox.messages)+pendingSlack+int(min(s.told, 1<<20)) {
		s.forgetGone()
	}
}

// forgetGone drops the mails that came and went before the session was told of them.
func (s *Selection) forgetGone() {
	kept := s.pending[:0]
	for _, uid := range s.pending {
		if _, here := s.mailbox.find(uid); here || !s.isNew[uid] {
			kept = append(kept, uid)
		} else {
			delete(s.isNew, uid)
		}
	}
	s.pending = kept
}
