package imap

import (
	"strings"
	"testing"
	"time"
)

// two are two sessions that have selected INBOX with three mails.
func two() (*memory, *Server, *Server) {
	backend := newMemory(lunch, picture, lunch)
	one, other := NewServer(epoch, Config{Backend: backend}), NewServer(epoch, Config{Backend: backend})
	for _, s := range []*Server{one, other} {
		say(s, "a LOGIN bob secret")
		say(s, "b SELECT INBOX")
	}
	return backend, one, other
}

// TestGoneButNotTold: while EXPUNGE may not be told, a mail that another session has removed keeps its number and what the
// client knows of it; [EXPUNGEISSUED] says why its bytes are missing (RFC 2180 §4, RFC 5530 §3).
func TestGoneButNotTold(t *testing.T) {
	_, one, other := two()
	say(one, `c STORE 2 +FLAGS.SILENT (\Deleted)`)
	say(one, "d EXPUNGE")
	for _, row := range []struct{ command, answer string }{
		{"e FETCH 2 (UID FLAGS RFC822.SIZE)", "* 2 FETCH (UID 2 FLAGS (\\Deleted) RFC822.SIZE 312)\r\ne OK FETCH completed\r\n"},
		{"f FETCH 2 (UID BODY[1])", "* 2 FETCH (UID 2 BODY[1] NIL)\r\nf OK [EXPUNGEISSUED] FETCH completed\r\n"},
		{"g FETCH 2 ENVELOPE", "g OK [EXPUNGEISSUED] FETCH completed\r\n"},
		{`h STORE 1:3 +FLAGS (\Seen)`, "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS (\\Deleted \\Seen))\r\n* 3 FETCH (FLAGS (\\Seen))\r\nh OK [EXPUNGEISSUED] STORE completed\r\n"},
		{"i SEARCH SEEN", "* SEARCH 1 2 3\r\ni OK SEARCH completed\r\n"},
		{"j SEARCH SUBJECT Picture", "* SEARCH\r\nj OK [EXPUNGEISSUED] SEARCH completed\r\n"},
		{"k SEARCH 2 SUBJECT Lunch", "* SEARCH\r\nk OK [EXPUNGEISSUED] SEARCH completed\r\n"},
		{"l COPY 2:3 INBOX", "* 2 EXPUNGE\r\nl NO [EXPUNGEISSUED] Some of the messages no longer exist\r\n"},
		{"m FETCH 2 UID", "* 2 FETCH (UID 3)\r\nm OK FETCH completed\r\n"},
	} {
		if got := say(other, row.command); got != row.answer {
			t.Errorf("%s: %q, want %q", row.command, got, row.answer)
		}
	}
}

// TestGoneByUID: a UID that is no more is passed over, and commands with UIDs may tell EXPUNGE (RFC 3501 §6.4.8, §7.4.1).
func TestGoneByUID(t *testing.T) {
	for _, row := range []struct{ command, answer string }{
		{"e UID FETCH 2:3 (BODY.PEEK[1])", "* 3 FETCH (UID 3 BODY[1] {10}\r\nAt noon?\r\n)\r\n* 2 EXPUNGE\r\ne OK UID FETCH completed\r\n"},
		{`e UID STORE 2:3 FLAGS (\Draft)`, "* 3 FETCH (UID 3 FLAGS (\\Draft))\r\n* 2 EXPUNGE\r\ne OK UID STORE completed\r\n"},
		{"e UID SEARCH ALL", "* SEARCH 1 3\r\n* 2 EXPUNGE\r\ne OK UID SEARCH completed\r\n"},
		{"e UID COPY 2 INBOX", "* 2 EXPUNGE\r\ne OK Nothing to do\r\n"},
		{"e UID EXPUNGE 1:*", "* 2 EXPUNGE\r\ne OK UID EXPUNGE completed\r\n"},
		{"e CHECK", "* 2 EXPUNGE\r\ne OK CHECK completed\r\n"},
		{"e STATUS INBOX (MESSAGES)", "* STATUS INBOX (MESSAGES 2)\r\n* 2 EXPUNGE\r\ne OK STATUS completed\r\n"},
	} {
		_, one, other := two()
		say(one, `c STORE 2 +FLAGS.SILENT (\Deleted)`)
		say(one, "d EXPUNGE")
		if got := say(other, row.command); got != row.answer {
			t.Errorf("%s: %q, want %q", row.command, got, row.answer)
		}
	}
}

// TestNewsOfOthers: each session hears of what another one does, keywords introduced, its own silent changes left out.
func TestNewsOfOthers(t *testing.T) {
	backend, one, other := two()
	say(one, "c STORE 1 +FLAGS.SILENT (Todo)")
	say(other, `c STORE 1 +FLAGS.SILENT (\Seen)`)
	want := "* 1 FETCH (FLAGS (Todo \\Seen \\Recent))\r\nd OK NOOP completed\r\n"
	if got := say(one, "d NOOP"); got != want {
		t.Errorf("one hears %q, want %q", got, want)
	}
	if got := say(other, "d FETCH 1 FLAGS"); got != "* 1 FETCH (FLAGS (Todo \\Seen))\r\nd OK FETCH completed\r\n" {
		t.Errorf("the other knows %q", got)
	}
	backend.Append(Inbox, NewMessage{Flags: []string{"Urgent"}, Body: []byte(lunch)})
	if got := say(one, "e NOOP"); got != "* 4 EXISTS\r\n* 3 RECENT\r\ne OK NOOP completed\r\n" {
		t.Errorf("a new mail: %q", got)
	}
	want = "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Todo Urgent)\r\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Todo Urgent \\*)] Flags that stay\r\n" +
		"* 4 FETCH (FLAGS (Urgent))\r\nf OK FETCH completed\r\n"
	if got := say(one, "f FETCH 4 FLAGS"); got != want {
		t.Errorf("its flags: %q, want %q", got, want)
	}
}

// TestSelectedMailboxDeleted: who deletes the mailbox that is selected selects nothing; whose mailbox is deleted by another
// one is told so and disconnected (RFC 2180 §3.3).
func TestSelectedMailboxDeleted(t *testing.T) {
	backend := newMemory(lunch)
	one, other := NewServer(epoch, Config{Backend: backend}), NewServer(epoch, Config{Backend: backend})
	say(one, "a LOGIN bob secret")
	say(one, "b CREATE Work")
	say(one, "c SELECT Work")
	say(other, "a LOGIN bob secret")
	say(other, "b SELECT Work")
	say(other, "c IDLE")
	if got := say(one, "d RENAME Work Old"); got != "d OK RENAME completed\r\n" {
		t.Errorf("renamed: %q", got)
	}
	if got := say(one, "e DELETE Old"); got != "e OK DELETE completed\r\n" || one.State() != Authenticated {
		t.Errorf("deleted: %q, then %v", got, one.State())
	}
	other.Wake(epoch)
	if got := string(other.Output()); got != "* BYE Selected mailbox has been deleted\r\n" || !other.Closing() {
		t.Errorf("the other session: %q, closing %v", got, other.Closing())
	}
}

// TestPieceOfACommand: who sends a byte now and then gets five minutes for a command, not for ever; who sends a long mail
// slowly gets five more for each piece of it.
func TestPieceOfACommand(t *testing.T) {
	s := NewServer(epoch, Config{Backend: newMemory()})
	say(s, "a LOGIN bob secret")
	now := epoch
	for range 600 {
		if now = now.Add(time.Second); !s.Deadline().After(now) {
			break
		}
		s.Receive(now, []byte("x"))
	}
	if waited := now.Sub(epoch); waited != CommandWithin+time.Second {
		t.Errorf("a byte a second is borne for %v", waited)
	}
	s.Expire(now)
	if out := string(s.Output()); !strings.HasPrefix(out, "* BYE Autologout") || !s.Closing() {
		t.Errorf("then %q", out)
	}

	s = NewServer(epoch, Config{Backend: newMemory()})
	say(s, "a LOGIN bob secret")
	s.Receive(epoch, []byte("b APPEND INBOX {100000+}\r\n"))
	now = epoch
	for sent := 0; sent < 100000; sent += 1000 {
		if now = now.Add(10 * time.Second); s.Deadline().Before(now) {
			t.Fatalf("a mail that comes slowly is given up after %d bytes", sent)
		}
		s.Receive(now, make([]byte, 1000))
	}
	s.Receive(now, []byte("\r\nc NOOP\r\n"))
	if s.Output(); s.Deadline() != now.Add(AutologoutAfter) {
		t.Errorf("after a whole command the deadline is %v", s.Deadline().Sub(now))
	}
}

// TestLiteralsTogether: not each literal alone is bounded, all of a command together are.
func TestLiteralsTogether(t *testing.T) {
	s := NewServer(epoch, Config{Backend: newMemory()})
	say(s, "a LOGIN bob secret")
	s.Receive(epoch, []byte("b SEARCH TEXT {65000+}\r\n"+strings.Repeat("x", 65000)+" TEXT {65000+}\r\n"+strings.Repeat("x", 65000)+" TEXT {65000+}\r\n"))
	if out := string(s.Output()); out != "* BYE [TOOBIG] Literal is too long\r\n" {
		t.Errorf("three long literals: %q", out)
	}
}

// TestPasswordIsNotAskedFor: where LOGIN is disabled the literal with the password is refused before it is sent.
func TestPasswordIsNotAskedFor(t *testing.T) {
	s := NewServer(epoch, Config{Backend: newMemory(), StartTLS: true, NeedTLS: true})
	s.Output()
	if out := say(s, "a LOGIN {3}"); out != "a NO [PRIVACYREQUIRED] LOGIN is disabled without TLS\r\n" {
		t.Errorf("LOGIN with a literal: %q", out)
	}
}

// TestTagThatIsNone: without a tag the answer has none (RFC 3501 §7.1.3).
func TestTagThatIsNone(t *testing.T) {
	for line, answer := range map[string]string{
		"":          "* BAD byte 0: want tag (RFC 3501 section 9)\r\n",
		"* NOOP":    "* BAD byte 0: want tag (RFC 3501 section 9)\r\n",
		"a+b NOOP":  "* BAD byte 1: want SP (RFC 3501 section 9)\r\n",
		"a":         "a BAD byte 1: want atom (RFC 3501 section 9)\r\n",
		"a  NOOP":   "a BAD byte 2: want atom (RFC 3501 section 9)\r\n",
		"a UID":     "a BAD byte 2: want a command (RFC 3501 section 6)\r\n",
		"a UID FOO": "a BAD byte 2: want a command (RFC 3501 section 6)\r\n",
		"a noop":    "a OK NOOP completed\r\n",
	} {
		s := NewServer(epoch, Config{Backend: newMemory()})
		s.Output()
		if got := say(s, line); got != answer {
			t.Errorf("%q: %q, want %q", line, got, answer)
		}
	}
}
