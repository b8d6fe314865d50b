package imap

import (
	"slices"
	"sort"
)

// A view is the selected mailbox as its client has been told of it. Sequence numbers are places in it, so they never
// move but by a response that the client has got (RFC 3501 §2.3.1.2).
type view struct {
	mailbox  Mailbox
	name     string
	readOnly bool
	messages []viewed // in ascending order of UID
	fresh    []viewed // new, and not told yet
	gone     int      // how many of messages are gone, and not told yet
	parsed   parsed
}

// A viewed is a message in a view.
type viewed struct {
	MessageInfo
	gone  bool // removed, and the client does not know
	dirty bool // its flags have changed, and the client does not know
}

// flags are the flags as the client is told them.
func (m *viewed) flags() []string {
	if m.Recent {
		return append(slices.Clip(m.Flags), Recent)
	}
	return m.Flags
}

func (m *viewed) has(flag string) bool { return HasFlag(m.Flags, flag) }

// find returns the place of a UID.
func (v *view) find(uid uint32) (int, bool) {
	return sort.Find(len(v.messages), func(i int) int {
		switch other := v.messages[i].UID; {
		case uid < other:
			return -1
		case uid > other:
			return 1
		}
		return 0
	})
}

func (v *view) largestUID() uint32 {
	if n := len(v.messages); n > 0 {
		return v.messages[n-1].UID
	}
	return 0
}

func (v *view) recent() (n int) {
	for i := range v.messages {
		if v.messages[i].Recent {
			n++
		}
	}
	return n
}

// pull takes the news from the mailbox without telling anybody.
func (v *view) pull() error {
	news, err := v.mailbox.News()
	for _, c := range news {
		place, known := v.find(c.UID)
		switch {
		case known && c.Expunged:
			if m := &v.messages[place]; !m.gone {
				m.gone = true
				v.gone++
			}
		case known:
			if m := &v.messages[place]; !sameFlags(m.Flags, c.Flags) {
				m.Flags, m.ModSeq, m.dirty = c.Flags, c.ModSeq, true
			}
		default:
			v.pullFresh(c)
		}
	}
	return err
}

// pullFresh takes news of a message that the client does not know yet.
func (v *view) pullFresh(c Change) {
	place := slices.IndexFunc(v.fresh, func(m viewed) bool { return m.UID == c.UID })
	switch {
	case place >= 0 && c.Expunged:
		v.fresh = slices.Delete(v.fresh, place, place+1)
	case place >= 0:
		v.fresh[place].Flags, v.fresh[place].ModSeq = c.Flags, c.ModSeq
	case !c.Expunged && c.UID > v.largestUID():
		v.fresh = append(v.fresh, viewed{MessageInfo: c.MessageInfo})
	}
}

// places lists where the messages of a set are. Without uid a number that no message has is an error of the client's;
// ok is false then. With uid such numbers are passed over (RFC 3501 §6.4.8).
func (v *view) places(set Set, uid bool) (places []int, ok bool) {
	if uid {
		largest := v.largestUID()
		return v.matching(set, func(first, last uint32) (int, int) {
			from, _ := v.find(first)
			to, found := v.find(last)
			if found {
				to++
			}
			return from, to
		}, largest), true
	}
	count := uint32(len(v.messages))
	for _, span := range set {
		if first, last := span.bounds(count); (first == 0 || last > count) && !(count == 0 && (span.First == Star || span.Last == Star)) {
			return nil, false
		}
	}
	return v.matching(set, func(first, last uint32) (int, int) { return int(first) - 1, int(last) }, count), true
}

// matching lists, in ascending order and once each, the places that the spans of a set cover.
func (v *view) matching(set Set, at func(first, last uint32) (from, to int), largest uint32) []int {
	if len(v.messages) == 0 {
		return nil
	}
	var places []int
	for _, span := range set {
		from, to := at(span.bounds(largest))
		for i := from; i < to; i++ {
			places = append(places, i)
		}
		if len(places) > 2*len(v.messages) { // a set may name the same messages many times
			slices.Sort(places)
			places = slices.Compact(places)
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// tell sends the news of the selected mailbox (RFC 3501 §5.2, §7.3, §7.4). Without expunges, messages that are gone
// keep their numbers for now.
func (s *Server) tell(expunges bool) {
	v := s.box
	if v.pull() != nil && len(v.messages) == 0 {
		return
	}
	if expunges && v.gone > 0 {
		kept := v.messages[:0]
		for _, m := range v.messages {
			if m.gone {
				s.write(NewEncoder().Atom("* ").Number(int64(len(kept) + 1)).Atom(" EXPUNGE"))
				continue
			}
			kept = append(kept, m)
		}
		clear(v.messages[len(kept):])
		v.messages, v.gone = kept, 0
	}
	if len(v.fresh) > 0 {
		v.messages, v.fresh = append(v.messages, v.fresh...), nil
		s.write(NewEncoder().Atom("* ").Number(int64(len(v.messages))).Atom(" EXISTS"))
		s.write(NewEncoder().Atom("* ").Number(int64(v.recent())).Atom(" RECENT"))
	}
	for i := range v.messages {
		if m := &v.messages[i]; m.dirty && !m.gone {
			m.dirty = false
			s.tellFlags(i)
		}
	}
}

// tellFlags sends the flags of one message, with its UID in the answer to a UID command (RFC 3501 §6.4.8).
func (s *Server) tellFlags(place int) {
	m := &s.box.messages[place]
	m.dirty = false
	data := FetchData{Flags: m.flags(), HasFlags: true}
	if s.command.UID() {
		data.UID = m.UID
	}
	s.write(NewEncoder().Atom("* ").Number(int64(place + 1)).Atom(" FETCH ").FetchData(&data))
}
