package imap

// tellStatus writes a STATUS response.
func (s *Server) tellStatus(name string, status MailboxStatus, items []string) {
	e := s.encoder().Atom("* STATUS ").Mailbox(name).SP()
	e.list(len(items), func(i int) { e.Atom(items[i]).SP().Number(s.statusValue(items[i], &status)) })
	s.write(e)
}

func (s *Server) statusValue(item string, status *MailboxStatus) int64 {
	switch item {
	case "MESSAGES":
		return int64(status.Messages)
	case "RECENT":
		return int64(status.Recent)
	case "UIDNEXT":
		return int64(status.UIDNext)
	case "UIDVALIDITY":
		return int64(status.UIDValidity)
	case "UNSEEN":
		return int64(status.Unseen)
	case "HIGHESTMODSEQ":
		return int64(status.HighestModSeq)
	case "SIZE":
		return status.Size
	case "DELETED":
		return int64(status.Deleted)
	case "DELETED-STORAGE":
		return status.DeletedSize
	}
	return s.config.LiteralMax // APPENDLIMIT (RFC 7889 §3)
}
