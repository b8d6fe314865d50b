package imap

import "strings"

// selectMailbox does SELECT and EXAMINE (RFC 3501 §6.3.1, §6.3.2).
func (s *Server) selectMailbox(rule Rule) {
	c := &s.command
	if c.Select.QResync != nil && !s.uses(qResync) {
		s.bad("QRESYNC has not been enabled", "RFC 7162 §3.2.5")
		return
	}
	// §6.3.1: a failing SELECT too leaves no mailbox selected.
	if s.box != nil {
		s.unselect()
		s.untagged("OK [CLOSED] Previous mailbox is closed") // RFC 9051 §7.1: what follows is about the other one
		s.move(Rule{Verb: c.Name, To: Authenticated, Ref: rule.Ref})
	}
	readOnly := c.Name == "EXAMINE"
	mailbox, err := s.account.Open(c.Mailbox, readOnly)
	if err != nil {
		s.refuse(err)
		return
	}
	messages, err := mailbox.Messages()
	if err != nil {
		mailbox.Close()
		s.refuse(err)
		return
	}
	v := newView(mailbox, c.Mailbox, readOnly, messages)
	s.box = v
	s.describe(v)
	if c.Select.CondStore {
		s.enabled |= condStore // RFC 7162 §3.1.8; describe has told where the mailbox stands
	}
	if q := c.Select.QResync; q != nil {
		s.resynchronise(q)
	}
	s.move(rule)
	code := "READ-WRITE"
	if readOnly {
		code = "READ-ONLY"
	}
	s.complete("OK", code, c.Name+" completed")
}

// describe sends the untagged responses that SELECT requires, in the order of RFC 3501 §6.3.1.
func (s *Server) describe(v *view) {
	s.describeFlags(v)
	s.write(NewEncoder().Atom("* ").Number(int64(len(v.messages))).Atom(" EXISTS"))
	if s.uses(rev2) {
		s.listed("LIST", nil, v.name) // RFC 9051 §6.3.2: instead of RECENT and UNSEEN
	} else {
		s.describeUnread(v)
	}
	s.describePermanent(v)
	s.write(NewEncoder().Atom("* OK [UIDNEXT ").Number(int64(v.mailbox.UIDNext())).Atom("] Predicted next UID"))
	s.write(NewEncoder().Atom("* OK [UIDVALIDITY ").Number(int64(v.mailbox.UIDValidity())).Atom("] UIDs valid"))
	if v.keepsModSeq() {
		s.tellHighestModSeq("Highest")
	} else {
		s.untagged("OK [NOMODSEQ] No mod-sequences here") // RFC 7162 §3.1.2.2
	}
}

// describeUnread tells how much is recent, and where the first unread message is (RFC 3501 §6.3.1).
func (s *Server) describeUnread(v *view) {
	s.write(NewEncoder().Atom("* ").Number(int64(v.told)).Atom(" RECENT"))
	for i := range v.messages {
		if !v.messages[i].has(Seen) {
			s.write(NewEncoder().Atom("* OK [UNSEEN ").Number(int64(i + 1)).Atom("] First unseen"))
			break
		}
	}
}

func (s *Server) unselect() {
	if s.box != nil {
		s.box.mailbox.Close()
		s.box = nil
	}
}

// closeMailbox does CLOSE: what is marked \Deleted goes, and nobody is told (RFC 3501 §6.4.2).
func (s *Server) closeMailbox(rule Rule) {
	if _, err := s.removeDeleted(nil); err != nil && !s.box.readOnly {
		s.refuse(err)
		return
	}
	s.unselect()
	s.move(rule)
	s.done("", "CLOSE completed")
}

// expunge does EXPUNGE (RFC 3501 §6.4.3) and UID EXPUNGE, which spares what the set does not name (RFC 4315 §2.1).
func (s *Server) expunge() {
	var only Set
	switch c := &s.command; {
	case c.Saved:
		only = append(Set{}, s.box.saved...)
	case c.UID():
		only = c.Set
	}
	n, err := s.removeDeleted(only)
	if err != nil {
		s.refuse(err)
		return
	}
	code := ""
	if n > 0 {
		code = s.highestModSeq()
	}
	s.done(code, s.command.Name+" completed")
}

// removeDeleted removes the messages with \Deleted, those of other sessions included, and says how many there were.
func (s *Server) removeDeleted(only Set) (n int, err error) {
	v := s.box
	if v.readOnly {
		return 0, ErrReadOnly
	}
	if err := v.pull(); err != nil {
		return 0, err
	}
	named := only.spans(v.largestUID())
	var uids []uint32
	for i := range v.messages {
		if m := &v.messages[i]; !m.gone && m.has(Deleted) && (only == nil || named.has(m.UID)) {
			uids = append(uids, m.UID)
		}
	}
	if len(uids) == 0 {
		return 0, nil
	}
	return len(uids), v.mailbox.Expunge(uids)
}

// named lists the places of the messages that the command names; it answers BAD itself when they don't exist.
func (s *Server) named() (places []int, ok bool) {
	if s.command.Saved { // RFC 5182 §2.1: "$" is no set of numbers, so none of them can be wrong
		places, _ = s.box.places(s.box.saved, true)
		return places, true
	}
	places, ok = s.box.places(s.command.Set, s.command.UID())
	if !ok {
		s.bad("No such message number", "RFC 3501 §9 sequence-set")
	}
	return places, ok
}

// copy does COPY (RFC 3501 §6.4.7) and MOVE (RFC 6851), and tells the new UIDs (RFC 4315 §3).
func (s *Server) copy() {
	c, v := &s.command, s.box
	places, ok := s.named()
	if !ok {
		return
	}
	moves := strings.HasSuffix(c.Name, "MOVE")
	if moves && v.readOnly {
		s.refuse(ErrReadOnly)
		return
	}
	var uids []uint32
	for _, place := range places {
		if m := &v.messages[place]; !m.gone {
			uids = append(uids, m.UID)
		} else if !c.UID() {
			s.refuse(ErrExpunged)
			return
		}
	}
	if len(uids) == 0 {
		s.done("", "Nothing to do")
		return
	}
	transfer := v.mailbox.Copy
	if moves {
		transfer = v.mailbox.Move
	}
	validity, copies, err := transfer(uids, c.Mailbox)
	if err != nil {
		s.refuse(tryCreate(err, c.Mailbox))
		return
	}
	code := string(NewEncoder().Atom("COPYUID ").Number(int64(validity)).SP().Atom(inOrder(uids).String()).SP().
		Atom(inOrder(copies).String()).Bytes())
	if moves {
		// RFC 6851 §4.3: the new UIDs come before the EXPUNGEs that take the old ones away.
		s.untagged("OK [" + code + "] Moved")
		code = s.highestModSeq()
	}
	s.done(code, c.Name+" completed")
}

// tryCreate tells the client that CREATE would help (RFC 3501 §6.3.11, §6.4.7).
func tryCreate(err error, name string) error {
	if err == ErrNonexistent && checkName(name) == nil {
		return &Refusal{"TRYCREATE", ErrNonexistent.Text}
	}
	return err
}
