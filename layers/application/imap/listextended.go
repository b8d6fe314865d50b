package imap

import (
	"slices"
	"strings"
)

// listExtended does LIST with selection options, several patterns or return options (RFC 5258).
func (s *Server) listExtended() error {
	c := &s.command
	all, err := s.account.Mailboxes()
	if err != nil {
		return err
	}
	if !c.List.Subscribed {
		all = slices.DeleteFunc(all, func(m MailboxInfo) bool { return m.NonExistent })
	}
	l := listing{options: c.List, all: withLevels(all)}
	for _, m := range l.all {
		l.matched = append(l.matched, slices.ContainsFunc(c.Patterns, func(p string) bool { return matches(c.Reference+p, m.Name) }))
	}
	for i, m := range l.all {
		if attributes, children, ok := l.tell(i); ok {
			s.listedExtended(attributes, m.Name, children)
			if len(c.List.ReturnStatus) > 0 && !m.NoSelect && !m.NonExistent {
				// RFC 5819 §2: of a mailbox that has vanished meanwhile there is no STATUS.
				if status, err := s.account.Status(m.Name); err == nil {
					s.tellStatus(m.Name, status, c.List.ReturnStatus)
				}
			}
		}
	}
	return nil
}

// A listing is what an extended LIST chooses from.
type listing struct {
	options ListOptions
	all     []MailboxInfo // sorted, each name before those below it
	matched []bool        // which of them fit a pattern
}

// chosen says whether a name meets the selection options: without any, every mailbox does that exists.
func (l *listing) chosen(m *MailboxInfo) bool {
	o := &l.options
	if !o.Subscribed && !o.SpecialUse {
		return !m.NoSelect
	}
	return (!o.Subscribed || m.Subscribed) && (!o.SpecialUse || m.Special != "")
}

// tell says whether a name is listed, with which attributes, and whether a CHILDINFO goes with it (RFC 5258 §3.3, §3.5).
func (l *listing) tell(i int) (attributes []string, childInfo, ok bool) {
	m, o := &l.all[i], &l.options
	if !l.matched[i] {
		return nil, false, false
	}
	inferior, below, hidden := false, false, false // there are some that exist, that are chosen, that are chosen but not listed
	for j := i + 1; j < len(l.all) && strings.HasPrefix(l.all[j].Name, m.Name+string(Delimiter)); j++ {
		inferior = inferior || !l.all[j].NonExistent
		if l.chosen(&l.all[j]) {
			below, hidden = true, hidden || !l.matched[j]
		}
	}
	switch {
	case l.chosen(m):
		childInfo = o.Recursive && below
	case o.Recursive && hidden:
		childInfo = true
	case !o.Subscribed && !o.SpecialUse && hidden:
		// §3.5: a level that is only a name shows that there is something below it.
		return append([]string{`\NonExistent`, `\HasChildren`}, l.asked(m)...), false, true
	default:
		return nil, false, false
	}
	if m.NoSelect || m.NonExistent {
		attributes = append(attributes, `\NonExistent`)
	}
	attributes = append(attributes, l.asked(m)...)
	switch {
	case o.ReturnChildren && inferior:
		attributes = append(attributes, `\HasChildren`)
	case o.ReturnChildren:
		attributes = append(attributes, `\HasNoChildren`)
	}
	return attributes, childInfo, true
}

// asked lists the attributes that were asked for, without those about children.
func (l *listing) asked(m *MailboxInfo) (attributes []string) {
	if l.options.ReturnSubscribed && m.Subscribed {
		attributes = append(attributes, `\Subscribed`)
	}
	if l.options.ReturnSpecialUse && m.Special != "" {
		attributes = append(attributes, m.Special)
	}
	return attributes
}

// listedExtended writes a LIST response. CHILDINFO quotes the selection options that something below the name meets.
func (s *Server) listedExtended(attributes []string, name string, childInfo bool) {
	e := s.encoder().Atom("* LIST ").Flags(attributes).SP().String(string(Delimiter)).SP().Mailbox(name)
	if childInfo {
		o := &s.command.List
		options := chosen([]choice{{o.Subscribed, "SUBSCRIBED"}, {o.SpecialUse, "SPECIAL-USE"}})
		e.Atom(` (CHILDINFO `).list(len(options), func(i int) { e.String(options[i]) }).Special(')')
	}
	s.write(e)
}
