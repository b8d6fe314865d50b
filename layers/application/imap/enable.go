package imap

import "strings"

// An extension is one that changes what the server says unasked, so that a client has to ask for it (RFC 5161).
type extension uint8

const (
	condStore  extension = 1 << iota // mod-sequences (RFC 7162 §3.1)
	qResync                          // VANISHED instead of EXPUNGE (RFC 7162 §3.2)
	utf8Names                        // names of mailboxes in UTF-8 (RFC 9755 §3, RFC 9051 §5.1)
	utf8Accept                       // mails with headers in UTF-8, too (RFC 9755)
	rev2                             // IMAP4rev2 (RFC 9051)
)

// extensions are those that ENABLE takes, with what each turns on.
var extensions = []struct {
	name string
	on   extension
}{
	{"CONDSTORE", condStore},
	{"QRESYNC", qResync | condStore}, // RFC 7162 §3.2.3
	{"UTF8=ACCEPT", utf8Accept | utf8Names},
	{"IMAP4rev2", rev2 | utf8Names},
}

// uses says whether the client has asked for an extension.
func (s *Server) uses(e extension) bool { return s.enabled&e == e }

// enable does ENABLE (RFC 5161 §3.1) and tells what it has turned on; a name that is not known is passed over.
func (s *Server) enable() {
	var on []string
	for _, word := range s.command.Words {
		for _, e := range extensions {
			if !strings.EqualFold(e.name, word) {
				continue
			}
			if e.on&condStore != 0 {
				s.useCondStore()
			}
			s.enabled |= e.on
			on = append(on, " "+e.name)
		}
	}
	s.untagged("ENABLED" + strings.Join(on, ""))
	s.done("", "ENABLE completed")
}

// useCondStore turns mod-sequences on, as several commands do (RFC 7162 §3.1).
func (s *Server) useCondStore() {
	if s.uses(condStore) {
		return
	}
	s.enabled |= condStore
	if s.box != nil && s.box.keepsModSeq() {
		// §3.1: the first such command within a mailbox tells where it stands.
		s.tellHighestModSeq("Highest")
	}
}

// tellHighestModSeq tells up to which mod-sequence the client knows all.
func (s *Server) tellHighestModSeq(text string) {
	s.write(NewEncoder().Atom("* OK [HIGHESTMODSEQ ").ModSeq(s.box.toldModSeq).Atom("] " + text))
}

// highestModSeq is the response code of a command that has removed messages, for a client that uses QRESYNC
// (RFC 7162 §3.2.7).
func (s *Server) highestModSeq() string {
	if !s.uses(qResync) || !s.box.keepsModSeq() {
		return ""
	}
	return string(NewEncoder().Atom("HIGHESTMODSEQ ").ModSeq(s.box.mailbox.HighestModSeq()).Bytes())
}

// keepsModSeq says whether the mailbox has mod-sequences (RFC 7162 §3.1.2.2).
func (v *view) keepsModSeq() bool { return v.mailbox.HighestModSeq() > 0 }

// needsModSeq answers BAD to a command that asks a mailbox without mod-sequences for them (RFC 7162 §3.1.2.2), and turns
// them on otherwise.
func (s *Server) needsModSeq() bool {
	if !s.box.keepsModSeq() {
		s.bad("This mailbox has no mod-sequences", "RFC 7162 §3.1.2.2")
		return false
	}
	s.useCondStore()
	return true
}

// addModSeq adds what a client that uses mod-sequences is told with every change of a message (RFC 7162 §3.2.4).
func (s *Server) addModSeq(m *viewed, data *FetchData) {
	if s.uses(condStore) && s.box.keepsModSeq() {
		data.UID, data.ModSeq = m.UID, m.ModSeq
	}
}
