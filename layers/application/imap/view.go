package imap

import (
	"slices"
	"sort"
	"time"
)

// A view is the selected mailbox as its client has been told of it. Sequence numbers are places in it, so they never
// move but by a response that the client has got (RFC 3501 §2.3.1.2).
type view struct {
	mailbox  Mailbox
	name     string
	readOnly bool
	messages []viewed // in ascending order of UID
	fresh    []viewed // new, and not told yet; in ascending order of UID, all behind those of messages
	gone     int      // how many of messages are gone, and not told yet
	dirty    []uint32 // UIDs of messages whose flags were not told, though some may have been since
	recents  uint32   // of messages: how many are recent
	told     uint32   // the RECENT that the client knows
	keywords []string // that the client knows from FLAGS
	parsed   parsed
	// toldModSeq is the mod-sequence up to which the client has been told of everything (RFC 7162 §3.2).
	toldModSeq uint64
	unknownCTE bool      // it asked for a part in a transfer encoding that nobody knows
	saved      Set       // the UIDs that "$" names (RFC 5182 §2)
	now        time.Time // of the SEARCH in progress
	lost       bool      // the command in progress needed the bytes of a message that is gone
}

// A viewed is a message in a view.
type viewed struct {
	MessageInfo
	gone  bool // removed, and the client does not know
	dirty bool // its flags have changed, and the client does not know
}

// newView returns the view of a client that has been told of all messages.
func newView(mailbox Mailbox, name string, readOnly bool, messages []MessageInfo) *view {
	v := &view{mailbox: mailbox, name: name, readOnly: readOnly, messages: make([]viewed, len(messages)), keywords: mailbox.Keywords()}
	for i, m := range messages {
		v.messages[i].MessageInfo = m
		if m.Recent {
			v.recents++
		}
	}
	v.told, v.toldModSeq = v.recents, mailbox.HighestModSeq()
	return v
}

// flags are the flags as the client is told them.
func (m *viewed) flags() []string {
	if m.Recent {
		return append(slices.Clip(m.Flags), Recent)
	}
	return m.Flags
}

func (m *viewed) has(flag string) bool { return HasFlag(m.Flags, flag) }

// find returns the place of a UID among messages, or of the first one above it.
func find(messages []viewed, uid uint32) (int, bool) {
	return sort.Find(len(messages), func(i int) int {
		switch other := messages[i].UID; {
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

// pull takes the news from the mailbox without telling anybody.
func (v *view) pull() error {
	news, err := v.mailbox.News()
	for _, c := range news {
		place, known := find(v.messages, c.UID)
		if !known {
			v.pullFresh(c)
			continue
		}
		switch m := &v.messages[place]; {
		case m.gone:
		case c.Expunged:
			m.gone = true
			v.gone++
			m.dirty = false
		case !sameFlags(m.Flags, c.Flags):
			m.Flags, m.ModSeq = c.Flags, c.ModSeq
			v.soil(m)
		default:
			m.ModSeq = max(m.ModSeq, c.ModSeq)
		}
	}
	return err
}

// pullFresh takes news of a message that the client does not know yet.
func (v *view) pullFresh(c Change) {
	place, known := find(v.fresh, c.UID)
	switch {
	case known && c.Expunged:
		v.fresh = slices.Delete(v.fresh, place, place+1)
	case known:
		v.fresh[place].Flags, v.fresh[place].ModSeq = c.Flags, c.ModSeq
	case !c.Expunged && c.UID > v.largestUID():
		v.fresh = slices.Insert(v.fresh, place, viewed{MessageInfo: c.MessageInfo})
	}
}

// soil notes that the client does not know the flags of a message.
func (v *view) soil(m *viewed) {
	if !m.dirty {
		m.dirty = true
		v.dirty = append(v.dirty, m.UID)
	}
}

// places lists where the messages of a set are. Without uid a number that no message has is an error of the client's;
// ok is false then. With uid such numbers are passed over (RFC 3501 §6.4.8).
func (v *view) places(set Set, uid bool) (places []int, ok bool) {
	if uid {
		return v.matching(set, func(first, last uint32) (int, int) {
			from, _ := find(v.messages, first)
			to, found := find(v.messages, last)
			if found {
				to++
			}
			return from, to
		}, v.largestUID()), true
	}
	count := uint32(len(v.messages))
	for _, span := range set {
		// RFC 9051 §9 seq-number: that includes "*" if the mailbox is empty.
		if first, last := span.bounds(count); first == 0 || last > count {
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
	type stretch struct{ from, to int }
	stretches := make([]stretch, len(set))
	for i, span := range set {
		stretches[i].from, stretches[i].to = at(span.bounds(largest))
	}
	slices.SortFunc(stretches, func(a, b stretch) int { return a.from - b.from })
	var places []int
	next := 0 // a set may name the same messages many times
	for _, s := range stretches {
		for next = max(next, s.from); next < s.to; next++ {
			places = append(places, next)
		}
	}
	return places
}

// covers says whether a set of sequence numbers names a place, in a search: a number beyond the last message is no
// error there, and names nothing.
func (v *view) covers(set Set, place int) bool {
	n, count := uint32(place+1), uint32(len(v.messages))
	for _, span := range set {
		if (span.First == Star || span.Last == Star) && max(span.First, span.Last) > count {
			continue
		}
		if first, last := span.bounds(count); n >= first && n <= last {
			return true
		}
	}
	return false
}
