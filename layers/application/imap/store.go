package imap

// store does STORE (RFC 3501 §6.4.6).
func (s *Server) store() {
	c, v := &s.command, s.box
	if !s.settable(c.Flags) {
		return
	}
	places, ok := s.named()
	if !ok {
		return
	}
	if v.readOnly {
		s.refuse(ErrReadOnly)
		return
	}
	if v.manyKeywords(c.Flags) {
		s.refuse(&Refusal{"LIMIT", "Too many keywords"})
		return
	}
	if c.UnchangedSince != nil && !s.needsModSeq() {
		return
	}
	var modified []uint32
	for _, place := range places {
		if m := &v.messages[place]; s.changedSince(m) {
			modified = append(modified, s.numberOf(place))
			s.tellFlags(place) // RFC 7162 §3.1.3: that saves the client the question what has changed
			continue
		}
		if err := s.storeOne(place); err != nil {
			s.refuse(err)
			return
		}
	}
	if len(modified) > 0 {
		s.done("MODIFIED "+SetOf(modified...).String(), "Conditional STORE failed for some")
		return
	}
	s.done(v.issued(), c.Name+" completed")
}

// storeOne changes the flags of one message. Of one that is gone it changes what the client believes of it, so that the
// answers to a command with sequence numbers fit each other until EXPUNGE may be told (RFC 2180 §4.2).
func (s *Server) storeOne(place int) error {
	c, v := &s.command, s.box
	m := &v.messages[place]
	if m.gone && c.UID() {
		return nil // RFC 3501 §6.4.8: a UID that is no more is passed over
	}
	flags, modSeq, err := v.mailbox.Store(m.UID, c.StoreOp, c.Flags)
	switch {
	case m.gone || err == ErrExpunged:
		flags, modSeq, v.lost = c.StoreOp.Apply(m.Flags, c.Flags), m.ModSeq, true
	case err != nil:
		return err
	}
	changed := m.ModSeq != modSeq
	m.Flags, m.ModSeq = flags, modSeq
	if c.Silent {
		s.introduce(m)
	}
	switch {
	case !c.Silent:
		s.tellFlags(place)
	case s.uses(condStore) && v.keepsModSeq() && (changed || c.UnchangedSince != nil):
		// RFC 7162 §3.1.3: the new mod-sequence is told even so.
		data := FetchData{UID: m.UID, ModSeq: m.ModSeq}
		s.write(NewEncoder().Atom("* ").Number(int64(place + 1)).Atom(" FETCH ").FetchData(&data))
	}
	return nil
}

// changedSince says whether a conditional STORE leaves a message alone: it has changed later than the client knows
// (RFC 7162 §3.1.3).
func (s *Server) changedSince(m *viewed) bool {
	limit := s.command.UnchangedSince
	return limit != nil && !m.gone && m.ModSeq > *limit
}

// numberOf is how the command in progress calls a message: by its UID or its sequence number.
func (s *Server) numberOf(place int) uint32 {
	if s.command.UID() {
		return s.box.messages[place].UID
	}
	return uint32(place + 1)
}

// issued is the response code that says why a message was left out: another session has expunged it (RFC 5530 §3).
func (v *view) issued() string {
	if v.lost {
		return ErrExpunged.Code
	}
	return ""
}

// settable answers BAD to flags that no client may set. RFC 3501 §9 leaves names with a backslash to standards.
func (s *Server) settable(flags []string) bool {
	for _, f := range flags {
		switch {
		case f == Recent:
			s.bad(`\Recent is not for clients to set`, "RFC 3501 §2.3.2")
			return false
		case f[0] == '\\' && !HasFlag(SystemFlags, f):
			s.bad("No such system flag: "+f, "RFC 3501 §2.3.2")
			return false
		}
	}
	return true
}

// The limits of keywords, which every session with the mailbox has to keep.
const (
	keywordsMax   = 256 // in a mailbox, when a STORE would add more
	keywordLength = 128 // bytes
)

func (v *view) manyKeywords(flags []string) bool {
	known := v.mailbox.Keywords()
	count := len(known)
	for _, f := range flags {
		if f[0] != '\\' && !HasFlag(known, f) {
			count++
		}
	}
	return count > keywordsMax && count > len(known)
}
