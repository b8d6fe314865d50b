package imap

import (
	"slices"
	"strings"
)

// list does LIST (RFC 3501 §6.3.8) with the attributes of RFC 3348 and RFC 6154.
func (s *Server) list() error {
	c := &s.command
	if c.List.Extended {
		return s.listExtended()
	}
	if c.Patterns[0] == "" { // §6.3.8: an empty pattern asks for the delimiter
		s.write(NewEncoder().Atom(`* LIST (\Noselect) `).String(string(Delimiter)).SP().String(""))
		return nil
	}
	all, err := s.account.Mailboxes()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m MailboxInfo) bool { return m.NonExistent })
	pattern := c.Reference + c.Patterns[0]
	all = withLevels(all)
	for i, m := range all {
		if !matches(pattern, m.Name) {
			continue
		}
		var attributes []string
		if m.NoSelect {
			attributes = append(attributes, `\Noselect`)
		}
		if i+1 < len(all) && strings.HasPrefix(all[i+1].Name, m.Name+string(Delimiter)) {
			attributes = append(attributes, `\HasChildren`)
		} else {
			attributes = append(attributes, `\HasNoChildren`)
		}
		if m.Special != "" {
			attributes = append(attributes, m.Special)
		}
		s.listed("LIST", attributes, m.Name)
	}
	return nil
}

// lsub does LSUB (RFC 3501 §6.3.9).
func (s *Server) lsub() error {
	c := &s.command
	all, err := s.account.Mailboxes()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m MailboxInfo) bool { return !m.Subscribed })
	for i := range all {
		all[i].NoSelect = all[i].NoSelect || all[i].NonExistent
	}
	pattern := c.Reference + c.Patterns[0]
	for _, m := range withLevels(all) {
		// §6.3.9: a level above subscribed names is told only when a "%" ends at it, and as \Noselect.
		if !matches(pattern, m.Name) || !m.Subscribed && !strings.HasSuffix(pattern, "%") {
			continue
		}
		var attributes []string
		if m.NoSelect {
			attributes = append(attributes, `\Noselect`)
		}
		s.listed("LSUB", attributes, m.Name)
	}
	return nil
}

func (s *Server) listed(verb string, attributes []string, name string) {
	s.write(s.encoder().Atom("* " + verb + " ").Flags(attributes).SP().String(string(Delimiter)).SP().Mailbox(name))
}

// withLevels sorts mailboxes, INBOX first and each before those below it, and adds the levels that only their inferior
// names imply.
func withLevels(all []MailboxInfo) []MailboxInfo {
	known := make(map[string]bool, len(all))
	for _, m := range all {
		known[m.Name] = true
	}
	for _, m := range all {
		for i, r := range m.Name {
			if r == Delimiter && !known[m.Name[:i]] {
				known[m.Name[:i]] = true
				all = append(all, MailboxInfo{Name: m.Name[:i], NoSelect: true})
			}
		}
	}
	slices.SortFunc(all, func(a, b MailboxInfo) int { return strings.Compare(sortKey(a.Name), sortKey(b.Name)) })
	return all
}

// sortKey makes the delimiter the smallest character, so that "a/b" stands before "a-b", right behind "a".
func sortKey(name string) string {
	key := strings.ReplaceAll(name, string(Delimiter), "\x00")
	if name == Inbox || strings.HasPrefix(name, Inbox+string(Delimiter)) {
		return "\x00" + key
	}
	return key
}

// matches says whether a name fits a pattern, in which "*" stands for any characters and "%" for any but the delimiter.
// INBOX fits in any case (RFC 3501 §6.3.8).
func matches(pattern, name string) bool {
	if name == Inbox && wildcard(strings.ToUpper(pattern), name) {
		return true
	}
	return wildcard(pattern, name)
}

// wildcard walks through the pattern once and keeps, for each place in the name, whether the pattern so far can end
// there: pattern × name steps, whatever the wildcards.
func wildcard(pattern, name string) bool {
	if len(pattern) > 2*MailboxNameMax {
		return false
	}
	reach := make([]bool, len(name)+1)
	reach[0] = true
	for i := range len(pattern) {
		c := pattern[i]
		if c != '*' && c != '%' {
			for j := len(name); j > 0; j-- {
				reach[j] = reach[j-1] && name[j-1] == c
			}
			reach[0] = false
			continue
		}
		for j := 1; j <= len(name); j++ {
			reach[j] = reach[j] || reach[j-1] && (c == '*' || name[j-1] != Delimiter)
		}
	}
	return reach[len(name)]
}
