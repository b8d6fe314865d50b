package imap

import "slices"

// refresh takes the news of the selected mailbox before a command is obeyed, so that it sees what holds now. They are
// told when it is complete. False says that the session has ended.
func (s *Server) refresh() bool {
	if s.box == nil {
		return true
	}
	s.box.lost, s.box.unknownCTE = false, false
	if s.box.pull() == ErrNonexistent {
		// RFC 2180 §3.3: a client whose mailbox has been deleted by another one is disconnected.
		s.bye("Selected mailbox has been deleted")
		return false
	}
	return true
}

// tell sends the news of the selected mailbox (RFC 3501 §5.2, §7.3, §7.4). Without expunges, messages that are gone
// keep their numbers for now.
func (s *Server) tell(expunges bool) {
	v := s.box
	if v.pull() == ErrNonexistent {
		return // refresh says so
	}
	if expunges && v.gone > 0 {
		s.tellExpunges()
	}
	s.tellFresh()
	slices.Sort(v.dirty)
	for _, uid := range v.dirty {
		if place, here := find(v.messages, uid); here && v.messages[place].dirty {
			s.tellFlags(place)
		}
	}
	v.dirty = v.dirty[:0]
	switch {
	case v.gone == 0:
		v.toldModSeq = v.mailbox.HighestModSeq()
	case s.uses(qResync) && v.keepsModSeq():
		// RFC 7162 §3.2: what is told of changes later than a removal that is not told yet must not make the client
		// believe that it knows all.
		s.tellHighestModSeq("Removals are told later")
	}
}

func (s *Server) tellExpunges() {
	v := s.box
	byUID := s.uses(qResync) && v.keepsModSeq()
	kept := v.messages[:0]
	var gone []uint32
	for _, m := range v.messages {
		if !m.gone {
			kept = append(kept, m)
			continue
		}
		if m.Recent {
			v.recents--
		}
		if gone = append(gone, m.UID); !byUID {
			s.write(NewEncoder().Atom("* ").Number(int64(len(kept) + 1)).Atom(" EXPUNGE"))
		}
	}
	clear(v.messages[len(kept):])
	v.messages, v.gone = kept, 0
	if byUID { // RFC 7162 §3.2.10
		s.untagged("VANISHED " + SetOf(gone...).String())
	}
}

// tellFresh tells the size of the mailbox when it has grown, and how much of it is recent when that has changed.
func (s *Server) tellFresh() {
	v := s.box
	grown := len(v.fresh) > 0
	if grown {
		for _, m := range v.fresh {
			if m.Recent {
				v.recents++
			}
		}
		v.messages, v.fresh = append(v.messages, v.fresh...), nil
		s.write(NewEncoder().Atom("* ").Number(int64(len(v.messages))).Atom(" EXISTS"))
	}
	if (grown || v.recents != v.told) && !s.uses(rev2) {
		v.told = v.recents
		s.write(NewEncoder().Atom("* ").Number(int64(v.recents)).Atom(" RECENT"))
	}
}

// tellFlags sends the flags of one message, with its UID in the answer to a UID command (RFC 3501 §6.4.8).
func (s *Server) tellFlags(place int) {
	m := &s.box.messages[place]
	data := FetchData{Flags: s.flagsOf(m), HasFlags: true}
	if s.command.UID() || s.uses(rev2) { // RFC 9051 §7.5.2: with every change
		data.UID = m.UID
	}
	s.addModSeq(m, &data)
	s.write(NewEncoder().Atom("* ").Number(int64(place + 1)).Atom(" FETCH ").FetchData(&data))
}

// flagsOf is what the client is told as the flags of a message.
func (s *Server) flagsOf(m *viewed) []string {
	m.dirty = false
	s.introduce(m)
	return s.flagsTo(m)
}

// introduce tells the client of keywords that are new to it: FLAGS lists all that are in use (RFC 3501 §7.2.6).
func (s *Server) introduce(m *viewed) {
	v := s.box
	for _, f := range m.Flags {
		if f != "" && f[0] != '\\' && !slices.Contains(v.keywords, f) {
			s.tellKeywords(f)
		}
	}
}

// tellKeywords tells the keywords of the mailbox anew.
func (s *Server) tellKeywords(further string) {
	v := s.box
	for _, k := range append(v.mailbox.Keywords(), further) {
		if !slices.Contains(v.keywords, k) {
			v.keywords = append(v.keywords, k)
		}
	}
	s.describeFlags(v)
	s.describePermanent(v)
}

// describeFlags tells which flags are in use.
func (s *Server) describeFlags(v *view) {
	s.write(NewEncoder().Atom("* FLAGS ").Flags(slices.Concat(SystemFlags, v.keywords)))
}

// describePermanent tells which flags stay when a client sets them; \* says that it may make new ones (RFC 3501 §7.1).
func (s *Server) describePermanent(v *view) {
	var permanent []string
	if !v.readOnly {
		permanent = append(slices.Concat(SystemFlags, v.keywords), `\*`)
	}
	s.write(NewEncoder().Atom("* OK [PERMANENTFLAGS ").Flags(permanent).Atom("] Flags that stay"))
}
