package imap

import (
	"bytes"
	"slices"
)

// An Appended is one message of APPEND.
type Appended struct {
	NewMessage      // without a date: InternalDate is zero
	Binary     bool // it came as a literal8 and may hold NUL (RFC 3516 §4.4)
}

// appendsMax bounds the messages of one APPEND.
const appendsMax = 1000

// appendArguments is mailbox, and for each message [flags] [date] literal (RFC 3501 §9; several by RFC 3502).
func (d *Decoder) appendArguments(to *Command) bool {
	if !d.SP() || !d.Mailbox(&to.Mailbox) {
		return false
	}
	for len(to.Appends) == 0 || d.at < len(d.b) {
		var a Appended
		if len(to.Appends) >= appendsMax || !d.SP() || !d.appended(&a) {
			return false
		}
		to.Appends = append(to.Appends, a)
	}
	return true
}

func (d *Decoder) appended(to *Appended) bool {
	if d.at < len(d.b) && d.b[d.at] == '(' && !(d.FlagList(&to.Flags) && d.SP()) {
		return false
	}
	if d.at < len(d.b) && d.b[d.at] == '"' && !(d.DateTime(&to.InternalDate) && d.SP()) {
		return false
	}
	if d.ahead("UTF8 (") { // RFC 6855 §4: how a mail with headers in UTF-8 was brought before RFC 9755
		d.at += len("UTF8 (")
		return d.Literal(&to.Body) && d.Special(')')
	}
	to.Binary = d.ahead("~")
	return d.Literal(&to.Body)
}

// append does APPEND (RFC 3501 §6.3.11), all of its messages or none (RFC 3502 §6.3.11), and tells the new UIDs
// (RFC 4315 §3).
func (s *Server) append() {
	c := &s.command
	messages := make([]NewMessage, len(c.Appends))
	for i, a := range c.Appends {
		if !s.settable(a.Flags) {
			return
		}
		switch {
		case !a.Binary && bytes.IndexByte(a.Body, 0) >= 0:
			s.bad("A literal holds no NUL", "RFC 3501 §9 CHAR8")
			return
		case len(a.Body) == 0:
			s.refuse(&Refusal{"", "Message is empty"})
			return
		}
		messages[i] = a.NewMessage
		messages[i].Body = slices.Clone(a.Body)
		if a.InternalDate.IsZero() {
			messages[i].InternalDate = s.now
		}
	}
	validity, uids, err := s.account.Append(c.Mailbox, messages...)
	if err != nil {
		s.refuse(tryCreate(err, c.Mailbox))
		return
	}
	code := NewEncoder().Atom("APPENDUID ").Number(int64(validity)).SP().Atom(inOrder(uids).String()).Bytes()
	s.done(string(code), "APPEND completed")
}
