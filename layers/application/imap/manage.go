package imap

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// manage does the commands about mailboxes that need none selected.
func (s *Server) manage() {
	c := &s.command
	var err error
	switch c.Name {
	case "CREATE":
		err = s.create(c.Mailbox)
	case "DELETE":
		err = s.remove(c.Mailbox)
	case "RENAME":
		err = s.rename(c.Mailbox, c.NewName)
	case "SUBSCRIBE", "UNSUBSCRIBE":
		if err = checkName(c.Mailbox); err == nil {
			err = s.account.Subscribe(c.Mailbox, c.Name == "SUBSCRIBE")
		}
	case "LIST":
		err = s.list()
	case "LSUB":
		err = s.lsub()
	case "STATUS":
		err = s.status()
	case "NAMESPACE":
		s.untagged(`NAMESPACE (("" "` + string(Delimiter) + `")) NIL NIL`)
	case "APPEND":
		s.append()
		return
	}
	if err != nil {
		s.refuse(err)
		return
	}
	s.done("", c.Name+" completed")
}

// checkName refuses names that no store should have to think about.
func checkName(name string) error {
	if name == "" || len(name) > MailboxNameMax || !utf8.ValidString(name) {
		return ErrCannot
	}
	for _, level := range strings.Split(name, string(Delimiter)) {
		if level == "" || level == "." || level == ".." {
			return ErrCannot
		}
	}
	if strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '%' || r == '*' || r == '\\' }) >= 0 {
		return ErrCannot
	}
	return nil
}

// create does CREATE. A delimiter at the end only says that names below it will follow (RFC 3501 §6.3.3).
func (s *Server) create(name string) error {
	name = strings.TrimSuffix(name, string(Delimiter))
	if err := checkName(name); err != nil {
		return err
	}
	if name == Inbox {
		return ErrAlreadyExists
	}
	return s.account.Create(name, "")
}

func (s *Server) remove(name string) error {
	if name == Inbox { // RFC 3501 §6.3.4: it is an error to delete INBOX
		return &Refusal{"CANNOT", "INBOX can't be deleted"}
	}
	if s.box != nil && s.box.name == name {
		s.unselect()
		s.move(Rule{Verb: "DELETE", To: Authenticated, Ref: "RFC 3501 §6.3.4"})
	}
	err := s.account.Delete(name)
	if err == ErrNonexistent && s.hasInferiors(name) {
		// RFC 9051 §6.3.5: a name that cannot be selected and has inferior names stays.
		return &Refusal{"HASCHILDREN", "There are mailboxes below this name"}
	}
	return err
}

func (s *Server) hasInferiors(name string) bool {
	all, err := s.account.Mailboxes()
	return err == nil && slices.ContainsFunc(all, func(m MailboxInfo) bool {
		return !m.NonExistent && strings.HasPrefix(m.Name, name+string(Delimiter))
	})
}

func (s *Server) rename(from, to string) error {
	to = strings.TrimSuffix(to, string(Delimiter))
	if err := checkName(to); err != nil {
		return err
	}
	if to == Inbox {
		return ErrAlreadyExists
	}
	if strings.HasPrefix(to, from+string(Delimiter)) && from != Inbox {
		return ErrCannot
	}
	err := s.account.Rename(from, to)
	if below, is := "", false; err == nil && s.box != nil && from != Inbox {
		if below, is = strings.CutPrefix(s.box.name, from); is && (below == "" || below[0] == Delimiter) {
			s.box.name = to + below // what is selected stays so
		}
	}
	return err
}

// append does APPEND (RFC 3501 §6.3.11) and tells the new UID (RFC 4315 §3).
func (s *Server) append() {
	c := &s.command
	if !s.settable(c.Flags) {
		return
	}
	switch {
	case bytes.IndexByte(c.Body, 0) >= 0:
		s.bad("A literal holds no NUL", "RFC 3501 §9 CHAR8")
		return
	case len(c.Body) == 0:
		s.refuse(&Refusal{"", "Message is empty"})
		return
	}
	date := c.Date
	if date.IsZero() {
		date = s.now
	}
	body := slices.Clone(c.Body)
	validity, uids, err := s.account.Append(c.Mailbox, NewMessage{c.Flags, date, body})
	if err != nil {
		s.refuse(tryCreate(err, c.Mailbox))
		return
	}
	code := NewEncoder().Atom("APPENDUID ").Number(int64(validity)).SP().Atom(inOrder(uids).String()).Bytes()
	s.done(string(code), "APPEND completed")
}

func (s *Server) status() error {
	c := &s.command
	status, err := s.account.Status(c.Mailbox)
	if err != nil {
		return err
	}
	e := NewEncoder().Atom("* STATUS ").Mailbox(c.Mailbox).SP()
	e.list(len(c.StatusItems), func(i int) {
		values := map[string]uint32{"MESSAGES": status.Messages, "RECENT": status.Recent, "UIDNEXT": status.UIDNext,
			"UIDVALIDITY": status.UIDValidity, "UNSEEN": status.Unseen}
		e.Atom(c.StatusItems[i]).SP().Number(int64(values[c.StatusItems[i]]))
	})
	s.write(e)
	return nil
}
