package mail

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/smtp"
	"mailwire/sim/mail/store"
)

// TestAnAliasPassesAMailOn: to everybody whom it stands for, here and elsewhere, each once, and the sender stays.
func TestAnAliasPassesAMailOn(t *testing.T) {
	s := newStreet(t)
	s.net.config.Aliases = []Alias{
		{Name: "office", To: []string{"ana@example.net", "bob@example.org", "team@example.net"}},
		{Name: "team", To: []string{"office@example.net", "bob@example.org"}}, // of each other
	}
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "office@example.net", "ana@example.net")
	if f := s.wait(ana.Send); f != nil {
		t.Fatal(f)
	}
	s.run(time.Minute)
	if got := s.inbox(s.anaAtNet); len(got) != 1 {
		t.Errorf("Ana has %q", got)
	}
	if got := s.inbox(s.bobAtOrg); len(got) != 1 || !strings.HasPrefix(s.first(s.bobAtOrg), "Return-Path: <ana@example.net>\r\n") {
		t.Errorf("Bob has %q: %.60q", got, s.first(s.bobAtOrg))
	}
}

// TestAListAnswersForItself: failures go to its owner.
func TestAListAnswersForItself(t *testing.T) {
	s := newStreet(t)
	s.org.config.Aliases = []Alias{{Name: "friends", To: []string{"bob@example.org", "nobody@example.net"}, Owner: "bob@example.org"}}
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "friends@example.org")
	if f := s.wait(ana.Send); f != nil {
		t.Fatal(f)
	}
	s.run(time.Minute)
	if got := s.inbox(s.bobAtOrg); !slices.Equal(got, []string{"Lunch", "Undelivered mail"}) {
		t.Errorf("Bob, the owner, has %q", got)
	}
	if got := s.inbox(s.anaAtNet); len(got) != 0 {
		t.Errorf("Ana has %q", got)
	}
}

// TestEveryHostHasAPostmaster (RFC 5321 §4.5.1).
func TestEveryHostHasAPostmaster(t *testing.T) {
	s := newStreet(t)
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "postmaster@example.org")
	if f := s.wait(ana.Send); f != nil {
		t.Fatal(f)
	}
	s.run(time.Minute)
	if got := s.inbox(s.bobAtOrg); len(got) != 1 {
		t.Errorf("Bob, the first user, has %q", got)
	}
}

// TestAnOpenRelayPassesOnAnybodysMail, and a closed one nobody's.
func TestAnOpenRelayPassesOnAnybodysMail(t *testing.T) {
	for _, open := range []bool{false, true} {
		s := newStreet(t)
		s.net.config.OpenRelay = open
		err := (&backend{server: s.net}).Rcpt(&smtp.Session{}, smtp.MustPath("<bob@example.org>"), nil)
		if (err == nil) != open || s.wasTold("net mail.open-relay") != map[bool]int{true: 1}[open] {
			t.Errorf("open %v: %v, told %q", open, err, s.told)
		}
	}
}

// A spool that a test can read.
type spool struct{ mails map[string]QueuedMail }

func (s *spool) Waiting() (all []QueuedMail, err error) {
	for _, mail := range s.mails {
		all = append(all, mail)
	}
	return all, nil
}
func (s *spool) Put(m QueuedMail) error { s.mails[m.ID] = m; return nil }
func (s *spool) Remove(id string) error { delete(s.mails, id); return nil }

// TestWhatWaitsOutlivesTheHost: another process that takes the spool over passes the mail on.
func TestWhatWaitsOutlivesTheHost(t *testing.T) {
	s := newStreet(t)
	kept := &spool{map[string]QueuedMail{}}
	s.net.config.Spool = kept
	s.cables["org"].Cut()
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "bob@example.org")
	if f := s.wait(ana.Send); f != nil || len(kept.mails) != 1 {
		t.Fatalf("%v, %d mails are kept", f, len(kept.mails))
	}

	other := newStreet(t)
	other.net.config.Spool = kept
	other.must(other.net.queue.resume())
	other.run(time.Minute)
	if got := other.inbox(other.bobAtOrg); len(got) != 1 || len(kept.mails) != 0 {
		t.Errorf("Bob has %q, %d mails are kept", got, len(kept.mails))
	}
}

// first is the bytes of the first mail in an inbox.
func (s *street) first(account *store.Account) string {
	box, _ := account.Mailbox(store.Inbox)
	b, err := box.Messages()[0].Bytes()
	s.must(err)
	return string(b)
}

// A mail without a header keeps its body: "echo Hello | curl -T -" sends one.
func TestMailWithoutHeaderKeepsItsBody(t *testing.T) {
	s := newStreet(t)
	in := &outsider{}
	s.must(s.org.Accept("smtp", in))
	in.program.Received([]byte("EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nHello\r\n.\r\nQUIT\r\n"))
	s.must(s.world.RunFor(time.Minute))
	out := &outsider{}
	s.must(s.org.Accept("pop3", out))
	out.program.Received([]byte("USER bob@example.org\r\nPASS secret\r\nRETR 1\r\nQUIT\r\n"))
	if said := out.said.String(); !strings.Contains(said, "\r\n\r\nHello\r\n.\r\n") {
		t.Errorf("%q to SMTP, then %q from POP3", in.said.String(), said)
	}
}
