package imap

// quotaRoot is the name of the one quota root: it holds for all mailboxes of an account (RFC 9208 §3).
const quotaRoot = ""

// quota does GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208 §4.1).
func (s *Server) quota() error {
	c := &s.command
	if c.Name == "SETQUOTA" {
		return &Refusal{"NOPERM", "A quota is set by who runs the server"} // no QUOTASET (§4.1.3)
	}
	if c.QuotaRoot != quotaRoot {
		return &Refusal{"NONEXISTENT", "No such quota root"}
	}
	quota, err := s.account.Quota()
	if err != nil {
		return err
	}
	if c.Name == "GETQUOTAROOT" {
		s.write(s.encoder().Atom("* QUOTAROOT ").Mailbox(c.Mailbox).SP().String(quotaRoot))
	}
	resources := quota.resources()
	e := NewEncoder().Atom("* QUOTA ").String(quotaRoot).SP()
	s.write(e.list(len(resources), func(i int) {
		e.Atom(resources[i].Name).SP().Number(resources[i].Usage).SP().Number(resources[i].Limit)
	}))
	return nil
}

// resources lists what is limited (RFC 9208 §5): bytes in units of 1024, of which a begun one counts.
func (q Quota) resources() (all []QuotaResource) {
	if q.StorageLimit > 0 {
		all = append(all, QuotaResource{"STORAGE", (q.Storage + 1023) / 1024, q.StorageLimit / 1024})
	}
	if q.MessagesLimit > 0 {
		all = append(all, QuotaResource{"MESSAGE", q.Messages, q.MessagesLimit})
	}
	return all
}
