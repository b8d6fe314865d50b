package imap

import "fmt"

// encoder returns an encoder of a response that names mailboxes: in UTF-8 for a client that has asked for it.
func (s *Server) encoder() *Encoder { return &Encoder{utf8: s.uses(utf8Names)} }

// goneWith2 says what a client that speaks IMAP4rev2 may not ask for any more (RFC 9051 Appendix E); nil for nothing.
func (s *Server) goneWith2() error {
	if !s.uses(rev2) {
		return nil
	}
	c := &s.command
	gone := func(what string) error { return fmt.Errorf("imap: IMAP4rev2 has no %s (RFC 9051 Appendix E)", what) }
	switch c.Name {
	case "CHECK", "LSUB":
		return gone(c.Name)
	}
	for _, item := range append(c.StatusItems, c.List.ReturnStatus...) {
		if item == "RECENT" {
			return gone("RECENT")
		}
	}
	for _, item := range c.Items {
		switch item.Name {
		case "RFC822", "RFC822.HEADER", "RFC822.TEXT":
			return gone(item.Name)
		}
	}
	for _, key := range []string{"NEW", "OLD", "RECENT"} {
		if c.Search.has(key) {
			return gone(key)
		}
	}
	return nil
}

// flagsTo is the flags of a message as the client is told them: IMAP4rev2 has no \Recent (RFC 9051 Appendix E).
func (s *Server) flagsTo(m *viewed) []string {
	if s.uses(rev2) {
		return m.Flags
	}
	return m.flags()
}
