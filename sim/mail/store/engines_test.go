package store

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/imap"
	"mailwire/layers/application/message"
	"mailwire/layers/application/pop3"
	"mailwire/layers/application/smtp"
)

// A machine is a server engine.
type machine interface {
	Receive(now time.Time, b []byte)
	Output() []byte
}

// say sends lines to a server and returns all it answers, its line ends as |.
func say(s machine, lines string) string {
	if lines != "" {
		s.Receive(monday, []byte(strings.ReplaceAll(lines, "|", "\r\n")))
	}
	return heard(s)
}

func heard(s machine) string {
	var all strings.Builder
	for b := s.Output(); len(b) > 0; b = s.Output() {
		all.Write(b)
	}
	return strings.ReplaceAll(all.String(), "\r\n", "|")
}

// expect checks that an answer holds each of the pieces, in this order; "!x" must not be in it.
func expect(t *testing.T, got string, pieces ...string) {
	t.Helper()
	rest := got
	for _, p := range pieces {
		if not, ok := strings.CutPrefix(p, "!"); ok {
			if strings.Contains(got, not) {
				t.Errorf("%q in answer %s", not, got)
			}
			continue
		}
		at := regexp.MustCompile(p).FindStringIndex(rest)
		if at == nil {
			t.Fatalf("no %q in answer %s", p, got)
		}
		rest = rest[at[1]:]
	}
}

func TestPOP3ServesTheStore(t *testing.T) {
	s, bob := bobs(t, 3)
	session := func() *pop3.Server { return pop3.NewServer(monday, pop3.Options{}, s.POP3()) }
	one := session()
	expect(t, say(one, "USER bob|PASS wrong|"), `\+OK.*\|\+OK.*\|-ERR`)
	expect(t, say(one, "USER bob|PASS secret|"), `\+OK.*\|\+OK`)
	// RFC 1939 §4: one session at a time.
	two := session()
	expect(t, say(two, "USER bob|PASS secret|"), `\+OK`, `-ERR \[IN-USE\]`)
	if !bob.Locked() {
		t.Error("no lock")
	}
	expect(t, say(one, "STAT|LIST|UIDL|"), `\+OK 3 300\|`, `\|1 100\|2 100\|3 100\|\.\|`, `1 000003e8\.00000001\|2 000003e8\.00000002\|`)
	// What arrives now is not in this session; what is deleted is gone at QUIT.
	bob.Deliver(monday, mailOf(60, 3))
	expect(t, say(one, "DELE 1|STAT|RSET|STAT|DELE 2|"), `\+OK`, `\+OK 2 200`, `\+OK`, `\+OK 3 300`, `\+OK`)
	expect(t, say(one, "TOP 3 0|"), `Subject: mail 3\|\|\.\|`)
	inbox, _ := bob.Mailbox(Inbox)
	if len(inbox.UIDs()) != 4 {
		t.Errorf("before QUIT there are %v", inbox.UIDs())
	}
	expect(t, say(one, "QUIT|"), `\+OK`)
	if got := inbox.UIDs(); len(got) != 3 || got[1] != 3 || bob.Locked() {
		t.Errorf("after QUIT there are %v, locked %v", got, bob.Locked())
	}
	// The unique ids stay, the numbers do not.
	three := session()
	expect(t, say(three, "USER bob|PASS secret|UIDL|"), `1 000003e8\.00000001\|2 000003e8\.00000003\|3 000003e8\.00000004\|\.`)
}

func TestIMAPServesTheStore(t *testing.T) {
	s, bob := bobs(t, 3)
	wake := map[string]bool{}
	session := func(name string) *imap.Server {
		server := imap.NewServer(monday, imap.Config{Backend: s.IMAP(func() { wake[name] = true })})
		expect(t, say(server, "a LOGIN bob wrong|b LOGIN bob@example.org secret|"), `\* OK`, `a NO \[AUTHENTICATIONFAILED\]`, `b OK`)
		return server
	}
	laptop, phone := session("laptop"), session("phone")
	expect(t, say(laptop, "a CREATE work/2026|b CREATE Trash|c SUBSCRIBE Trash|d CREATE Trash|e DELETE INBOX|"),
		"a OK", "b OK", "c OK", `d NO \[ALREADYEXISTS\]`, `e NO \[CANNOT\]`)
	expect(t, say(laptop, `a LIST "" *|b LSUB "" *|`), `INBOX\|`, `Trash\|`, `\\No[sS]elect.*work\|`, `work/2026\|`, "a OK", `LSUB .*Trash\|`, "b OK")
	expect(t, say(laptop, "a SELECT INBOX|"), `\* 3 EXISTS\|`, `a OK \[READ-WRITE\]`)
	expect(t, say(phone, "a EXAMINE INBOX|b IDLE|"), `\* 3 EXISTS\|`, `a OK \[READ-ONLY\]`, `\+ `)
	expect(t, say(laptop, "a STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)|"), `MESSAGES 3 UNSEEN 3 UIDNEXT 4 UIDVALIDITY 1000`)

	// The laptop deletes; the phone, in IDLE, is told at once.
	wake["phone"] = false
	expect(t, say(laptop, `a STORE 2 +FLAGS (\Deleted)|b EXPUNGE|`), `\* 2 FETCH .*\\Deleted`, "a OK", `\* 2 EXPUNGE\|`, "b OK")
	if !wake["phone"] {
		t.Fatal("the phone's server was not woken")
	}
	phone.Wake(monday)
	expect(t, heard(phone), `\* 2 EXPUNGE\|`)
	// A mail arrives; both are told.
	bob.Deliver(monday, []byte("Subject: new\r\n\r\nhello\r\n"))
	phone.Wake(monday)
	expect(t, heard(phone), `\* 3 EXISTS\|`)
	expect(t, say(laptop, "a NOOP|"), `\* 3 EXISTS\|`, "a OK")
	expect(t, say(laptop, "a UID FETCH 4 (RFC822.SIZE BODY.PEEK[1])|"), `\* 3 FETCH \(.*RFC822\.SIZE 23`, `hello`, "a OK")
	// Copies and moves tell the new UIDs.
	expect(t, say(laptop, "a COPY 1,3 work/2026|b MOVE 1 Trash|c COPY 1 none|"), `a OK \[COPYUID 1001 1,4 1:2\]`, `COPYUID 1002 1 1\]`, `\* 1 EXPUNGE\|`,
		"b OK", `c NO \[TRYCREATE\]`)
	expect(t, say(phone, "DONE|c STORE 1 +FLAGS (x)|"), `\* 1 EXPUNGE\|`, "b OK", "c (NO|BAD)")
	// The quota holds for APPEND.
	bob.Quota = bob.Used() + 10
	expect(t, say(laptop, "a APPEND INBOX {12+}|Subject: x||"), `a NO \[OVERQUOTA\]`)
	expect(t, say(laptop, "b APPEND INBOX (keyword) {6+}|A: b||c UID SEARCH KEYWORD keyword|"), `b OK \[APPENDUID 1000 5\]`, `\* SEARCH 5\|`, "c OK")
	expect(t, say(laptop, "a LOGOUT|"), `\* BYE`, "a OK")
	// RFC 3501 §6.3.5: INBOX renamed is empty.
	expect(t, say(phone, "a UNSELECT|b RENAME INBOX kept|c STATUS INBOX (MESSAGES)|d STATUS kept (MESSAGES)|"), "a OK", "b OK", "MESSAGES 0", "MESSAGES 3")
}

// delivery is the least that a server needs to put mail into a store.
type delivery struct{ store *Store }

func (d delivery) Login(_ *smtp.Session, user, password string) error {
	_, err := d.store.Login(user, password)
	return err
}
func (d delivery) Mail(*smtp.Session, smtp.Path, []smtp.Param) error { return nil }
func (d delivery) Rcpt(_ *smtp.Session, to smtp.Path, _ []smtp.Param) error {
	a, ok := d.store.Lookup(strings.Trim(to.String(), "<>"))
	switch {
	case !ok:
		return smtp.UnknownUser()
	case !a.Room(1):
		return smtp.MailboxFull()
	}
	return nil
}
func (d delivery) Deliver(e *smtp.Envelope, data []byte) error {
	mail := message.AppendReturnPath(nil, strings.Trim(e.From.String(), "<>"))
	mail = append(append(mail, e.Received("mail.example.org", "1")...), data...)
	for _, to := range e.To {
		a, _ := d.store.Lookup(strings.Trim(to.String(), "<>"))
		if _, err := a.Deliver(e.At, mail); err != nil {
			return err
		}
	}
	return nil
}
func (d delivery) Verify(*smtp.Session, string, bool) *smtp.Reply { return nil }

func TestSMTPFillsTheStore(t *testing.T) {
	s, bob := bobs(t, 0)
	server := smtp.NewServer(monday, smtp.ServerConfig{Hostname: "mail.example.org"}, delivery{s}, netip.MustParseAddr("192.0.2.1"))
	expect(t, say(server, "EHLO ana.example.net|MAIL FROM:<ana@example.net>|RCPT TO:<nobody@example.org>|RCPT TO:<Bob@example.org>|DATA|"),
		"220 ", "250 ", "250 ", "550 5.1.1", "250 ", "354 ")
	expect(t, say(server, "Subject: x||..dot|.|QUIT|"), "250 ", "221 ")
	mail, _ := bob.mailboxes[0].messages[0].Bytes()
	m := message.Parse(mail)
	if m.Root.Fields.Hops() != 1 || m.Root.Fields.Decoded("Return-Path") != "<ana@example.net>" || string(m.BodyBytes(m.Root)) != ".dot\r\n" {
		t.Errorf("delivered:\n%s", mail)
	}
}
