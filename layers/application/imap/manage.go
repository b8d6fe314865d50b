package imap

import (
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
		err = s.create(c.Mailbox, c.Uses)
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
	case "GETQUOTA", "GETQUOTAROOT", "SETQUOTA":
		err = s.quota()
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
// With USE it is made for a purpose (RFC 6154 §3): one of those that the server knows.
func (s *Server) create(name string, uses []string) error {
	name = strings.TrimSuffix(name, string(Delimiter))
	if err := checkName(name); err != nil {
		return err
	}
	if name == Inbox {
		return ErrAlreadyExists
	}
	special := ""
	for _, use := range uses {
		known, ok := specialUse(use)
		if !ok || special != "" && special != known {
			return ErrUseAttr
		}
		special = known
	}
	return s.account.Create(name, special)
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

func (s *Server) status() error {
	c := &s.command
	status, err := s.account.Status(c.Mailbox)
	if err != nil {
		return err
	}
	if slices.Contains(c.StatusItems, "HIGHESTMODSEQ") {
		s.useCondStore() // RFC 7162 §3.1
	}
	s.tellStatus(c.Mailbox, status, c.StatusItems)
	return nil
}
