package store

// removalsMax bounds the spans of removed UIDs that a mailbox remembers with their modification sequences.
const removalsMax = 4096

// A UIDRange is the UIDs from First to Last.
type UIDRange struct{ First, Last uint32 }

// A removals remembers which mails were removed when, so that who was away can be told (RFC 7162 §5.3).
type removals struct {
	spans   []removal // in the order of their modification sequences
	horizon uint64    // removals up to this modification sequence are not remembered one by one
}

type removal struct {
	UIDRange
	modSeq uint64
}

// note remembers a removal. Those of one change come in ascending order of UID.
func (r *removals) note(uid uint32, modSeq uint64) {
	if n := len(r.spans); n > 0 && r.spans[n-1].modSeq == modSeq && r.spans[n-1].Last+1 == uid {
		r.spans[n-1].Last = uid
		return
	}
	if len(r.spans) == removalsMax {
		forgotten := removalsMax / 2
		r.horizon = r.spans[forgotten-1].modSeq
		r.spans = append(r.spans[:0], r.spans[forgotten:]...)
	}
	r.spans = append(r.spans, removal{UIDRange{uid, uid}, modSeq})
}

// Vanished lists the UIDs of mails that were removed later than the modification sequence since. Of a time that is not
// remembered it lists all UIDs that are gone (RFC 7162 §3.2.6).
func (m *Mailbox) Vanished(since uint64) []UIDRange {
	if since < m.removals.horizon {
		return m.gaps()
	}
	var all []UIDRange
	for _, r := range m.removals.spans {
		if r.modSeq > since {
			all = append(all, r.UIDRange)
		}
	}
	return all
}

// gaps lists the UIDs below UIDNEXT that no mail has.
func (m *Mailbox) gaps() []UIDRange {
	var all []UIDRange
	next := uint32(1)
	for _, message := range m.messages {
		if message.UID > next {
			all = append(all, UIDRange{next, message.UID - 1})
		}
		next = message.UID + 1
	}
	if m.uidNext > next {
		all = append(all, UIDRange{next, m.uidNext - 1})
	}
	return all
}
