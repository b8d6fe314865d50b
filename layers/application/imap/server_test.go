package imap

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	lunch = "From: Ana <ana@example.net>\r\nTo: bob@example.org\r\nSubject: Lunch\r\nDate: Mon, 5 Jan 2026 08:59:00 +0000\r\n" +
		"Message-ID: <1@example.net>\r\n\r\nAt noon?\r\n"
	picture = "From: ana@example.net\r\nSubject: Picture\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nLook!\r\n--b\r\nContent-Type: image/png; name=p.png\r\nContent-Transfer-Encoding: base64\r\n" +
		"Content-Disposition: attachment; filename=p.png\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
)

// dialogue sends the client's bytes in pieces of n and returns what the server says after its greeting.
func dialogue(backend Backend, n int, client string) (wire string, events []string) {
	s := NewServer(epoch, Config{Backend: backend, Name: "mail.example.org"})
	greeting := string(s.Output())
	var out strings.Builder
	for client != "" {
		k := min(n, len(client))
		s.Receive(epoch, []byte(client[:k]))
		client = client[k:]
		for b := s.Output(); len(b) > 0; b = s.Output() {
			out.Write(b)
		}
	}
	for e, ok := s.Next(); ok; e, ok = s.Next() {
		events = append(events, e.String())
	}
	if !strings.HasPrefix(greeting, "* OK [CAPABILITY IMAP4rev1 ") {
		return "no greeting: " + greeting, nil
	}
	return out.String(), events
}

// login is how the dialogues below begin, and inbox what they go on with; their answers are checked once.
const (
	login   = "a LOGIN bob secret\r\n"
	inbox   = login + "b SELECT INBOX\r\n"
	loginOK = "a OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE IDLE NAMESPACE CHILDREN UIDPLUS MOVE UNSELECT SPECIAL-USE CREATE-SPECIAL-USE" +
		" LIST-EXTENDED LIST-STATUS STATUS=SIZE CONDSTORE QRESYNC ESEARCH SEARCHRES WITHIN SORT SORT=DISPLAY ESORT THREAD=ORDEREDSUBJECT" +
		" THREAD=REFERENCES MULTIAPPEND BINARY UTF8=ACCEPT PREVIEW QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE APPENDLIMIT=67108864] Logged in\r\n"
	inboxOK = loginOK + "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 2 EXISTS\r\n* 2 RECENT\r\n* OK [UNSEEN 1] First unseen\r\n" +
		"* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags that stay\r\n* OK [UIDNEXT 3] Predicted next UID\r\n" +
		"* OK [UIDVALIDITY 1] UIDs valid\r\n* OK [HIGHESTMODSEQ 3] Highest\r\nb OK [READ-WRITE] SELECT completed\r\n"
)

// TestDialogues plays sessions whole, byte by byte, and in other pieces: what comes back never depends on how TCP cut
// the stream. In the whole form every command is there before the one ahead of it has been answered.
func TestDialogues(t *testing.T) {
	play(t, []played{
		{"log in and out", login + "b LOGOUT\r\n", loginOK + "* BYE Logging out\r\nb OK LOGOUT completed\r\n"},
		{"a wrong password", "a LOGIN bob wrong\r\n", "a NO [AUTHENTICATIONFAILED] Invalid credentials\r\n"},
		{"a password as a literal waits for its turn", "a LOGIN {3}\r\nbob {6}\r\nsecret\r\n",
			"+ Ready for literal data\r\n+ Ready for literal data\r\n" + loginOK},
		{"a literal that does not wait", "a LOGIN {3+}\r\nbob {6+}\r\nsecret\r\n", loginOK},
		{"SASL PLAIN with an initial response", "a AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\r\n", loginOK},
		{"SASL PLAIN in two steps", "a AUTHENTICATE PLAIN\r\nAGJvYgBzZWNyZXQ=\r\n", "+ \r\n" + loginOK},
		{"SASL LOGIN", "a AUTHENTICATE LOGIN\r\nYm9i\r\nc2VjcmV0\r\n", "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n" + loginOK},
		{"SASL given up", "a AUTHENTICATE PLAIN\r\n*\r\n", "+ \r\na BAD Authentication cancelled\r\n"},
		{"FETCH before LOGIN", "a FETCH 1 FLAGS\r\n", "a BAD FETCH is for the state selected, this is not authenticated (RFC 3501 section 6.4.5)\r\n"},
		{"no such command", "a RETR 1\r\n", "a BAD byte 2: want a command (RFC 3501 section 6)\r\n"},
		{"a word too many", login + "b NOOP now\r\n", loginOK + "b BAD byte 6: want end of line (RFC 3501 section 9)\r\n"},

		{"select", inbox, inboxOK},
		{"only what FETCH names is sent", inbox + "c FETCH 1:2 (UID RFC822.SIZE)\r\n",
			inboxOK + fmt.Sprintf("* 1 FETCH (UID 1 RFC822.SIZE %d)\r\n* 2 FETCH (UID 2 RFC822.SIZE %d)\r\nc OK FETCH completed\r\n", len(lunch), len(picture))},
		{"headers leave a mail unread", inbox + "c FETCH 1 (FLAGS BODY.PEEK[HEADER.FIELDS (Subject)])\r\n",
			inboxOK + "* 1 FETCH (FLAGS (\\Recent) BODY[HEADER.FIELDS (Subject)] {18}\r\nSubject: Lunch\r\n\r\n)\r\nc OK FETCH completed\r\n"},
		{"the text marks it read", inbox + "c FETCH 1 BODY[TEXT]\r\n",
			inboxOK + "* 1 FETCH (FLAGS (\\Seen \\Recent) BODY[TEXT] {10}\r\nAt noon?\r\n)\r\nc OK FETCH completed\r\n"},
		{"a piece of a part", inbox + "c FETCH 2 (BODY.PEEK[1] BODY.PEEK[2]<4.4> BODY.PEEK[2]<99.4> BODY.PEEK[3])\r\n",
			inboxOK + "* 2 FETCH (BODY[1] {5}\r\nLook! BODY[2]<4> {4}\r\nRw0K BODY[2]<99> \"\" BODY[3] NIL)\r\nc OK FETCH completed\r\n"},
		{"the envelope", inbox + "c FETCH 1 ENVELOPE\r\n",
			inboxOK + `* 1 FETCH (ENVELOPE ("Mon, 5 Jan 2026 08:59:00 +0000" "Lunch" (("Ana" NIL "ana" "example.net")) (("Ana" NIL "ana" "example.net"))` +
				` (("Ana" NIL "ana" "example.net")) ((NIL NIL "bob" "example.org")) NIL NIL NIL "<1@example.net>"))` + "\r\nc OK FETCH completed\r\n"},
		{"the structure", inbox + "c FETCH 2 BODYSTRUCTURE\r\n",
			inboxOK + `* 2 FETCH (BODYSTRUCTURE (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 5 0 NIL NIL NIL NIL)("image" "png" ("name" "p.png") NIL NIL "base64" 12` +
				` NIL ("attachment" ("filename" "p.png")) NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL))` + "\r\nc OK FETCH completed\r\n"},
		{"no such number", inbox + "c FETCH 3 FLAGS\r\n", inboxOK + "c BAD No such message number\r\n"},
		{"no such UID is no error", inbox + "c UID FETCH 7 FLAGS\r\n", inboxOK + "c OK UID FETCH completed\r\n"},

		{"\\Deleted is not gone until EXPUNGE", inbox + "c STORE 1 +FLAGS (\\Deleted)\r\nd STORE 1 -FLAGS (\\Deleted)\r\ne EXPUNGE\r\nf STORE 1 +FLAGS.SILENT \\Deleted\r\ng EXPUNGE\r\n",
			inboxOK + "* 1 FETCH (FLAGS (\\Deleted \\Recent))\r\nc OK STORE completed\r\n* 1 FETCH (FLAGS (\\Recent))\r\nd OK STORE completed\r\n" +
				"e OK EXPUNGE completed\r\nf OK STORE completed\r\n* 1 EXPUNGE\r\n* 1 RECENT\r\ng OK EXPUNGE completed\r\n"},
		{"after EXPUNGE the old 2 is called 1", inbox + "c STORE 1 +FLAGS.SILENT (\\Deleted)\r\nd EXPUNGE\r\ne FETCH 1 UID\r\n",
			inboxOK + "c OK STORE completed\r\n* 1 EXPUNGE\r\n* 1 RECENT\r\nd OK EXPUNGE completed\r\n* 1 FETCH (UID 2)\r\ne OK FETCH completed\r\n"},
		{"UID EXPUNGE spares the rest", inbox + "c STORE 1:2 +FLAGS.SILENT (\\Deleted)\r\nd UID EXPUNGE 2\r\n",
			inboxOK + "c OK STORE completed\r\n* 2 EXPUNGE\r\n* 1 RECENT\r\nd OK UID EXPUNGE completed\r\n"},
		{"\\Recent is the server's", inbox + "c STORE 1 FLAGS (\\Recent)\r\n", inboxOK + "c BAD \\Recent is not for clients to set\r\n"},

		{"copy to nowhere", inbox + "c COPY 1 Gone\r\n", inboxOK + "c NO [TRYCREATE] No such mailbox\r\n"},
		{"copy and move tell the new UIDs", inbox + "c CREATE Old\r\nd COPY 2,1 Old\r\ne UID MOVE 1 Old\r\n",
			inboxOK + "c OK CREATE completed\r\nd OK [COPYUID 2 1:2 1:2] COPY completed\r\n* OK [COPYUID 2 1 3] Moved\r\n* 1 EXPUNGE\r\n* 1 RECENT\r\ne OK UID MOVE completed\r\n"},
		{"append", login + "b APPEND INBOX (\\Seen) \"05-Jan-2026 10:00:00 +0100\" {7}\r\nA: b\r\n\n\r\nc STATUS INBOX (MESSAGES UNSEEN)\r\n",
			loginOK + "+ Ready for literal data\r\nb OK [APPENDUID 1 3] APPEND completed\r\n* STATUS INBOX (MESSAGES 3 UNSEEN 2)\r\nc OK STATUS completed\r\n"},
		{"append to nowhere", login + "b APPEND Gone {2+}\r\nhi\r\n", loginOK + "b NO [TRYCREATE] No such mailbox\r\n"},

		{"search", inbox + "c SEARCH SUBJECT lunch\r\nd UID SEARCH OR FROM nobody NOT BODY noon\r\ne SEARCH SENTON 5-Jan-2026 UNSEEN\r\nf SEARCH 2:* LARGER 10\r\n",
			inboxOK + "* SEARCH 1\r\nc OK SEARCH completed\r\n* SEARCH 2\r\nd OK UID SEARCH completed\r\n* SEARCH 1\r\ne OK SEARCH completed\r\n* SEARCH 2\r\nf OK SEARCH completed\r\n"},
		{"search in a charset that nobody knows", inbox + "c SEARCH CHARSET klingon ALL\r\n", inboxOK + "c NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset\r\n"},

		{"folders", login + "b CREATE Work/2026\r\nc CREATE Sent\r\nd LIST \"\" *\r\ne LIST \"\" %\r\nf RENAME Work Old\r\ng RENAME Sent Gone/Sent\r\nh DELETE Sent\r\ni LIST \"\" \"\"\r\n",
			loginOK + "b OK CREATE completed\r\nc OK CREATE completed\r\n" +
				"* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n* LIST (\\Noselect \\HasChildren) \"/\" Work\r\n* LIST (\\HasNoChildren) \"/\" Work/2026\r\nd OK LIST completed\r\n" +
				"* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n* LIST (\\Noselect \\HasChildren) \"/\" Work\r\ne OK LIST completed\r\n" +
				"f NO [NONEXISTENT] No such mailbox\r\ng OK RENAME completed\r\nh NO [NONEXISTENT] No such mailbox\r\n* LIST (\\Noselect) \"/\" \"\"\r\ni OK LIST completed\r\n"},
		{"subscriptions", login + "b SUBSCRIBE Work/2026\r\nc LSUB \"\" *\r\nd LSUB \"\" %\r\ne UNSUBSCRIBE Work/2026\r\nf LSUB \"\" *\r\n",
			loginOK + "b OK SUBSCRIBE completed\r\n* LSUB (\\Noselect) \"/\" Work/2026\r\nc OK LSUB completed\r\n* LSUB (\\Noselect) \"/\" Work\r\nd OK LSUB completed\r\n" +
				"e OK UNSUBSCRIBE completed\r\nf OK LSUB completed\r\n"},
		{"names beyond ASCII", login + "b CREATE Entw&APw-rfe\r\nc LIST \"\" E*\r\n",
			loginOK + "b OK CREATE completed\r\n* LIST (\\HasNoChildren) \"/\" Entw&APw-rfe\r\nc OK LIST completed\r\n"},
		{"names that no store should see", login + "b CREATE ../etc\r\nc CREATE a//b\r\nd DELETE INBOX\r\n",
			loginOK + "b NO [CANNOT] Mailbox name is not permitted\r\nc NO [CANNOT] Mailbox name is not permitted\r\nd NO [CANNOT] INBOX can't be deleted\r\n"},
		{"read only", login + "b EXAMINE INBOX\r\nc STORE 1 +FLAGS (\\Seen)\r\nd FETCH 1 BODY[TEXT]\r\ne UNSELECT\r\n",
			strings.NewReplacer(" \\Draft \\*", "", "PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen", "PERMANENTFLAGS (", "READ-WRITE] SELECT", "READ-ONLY] EXAMINE").Replace(inboxOK) +
				"c NO Mailbox is read-only\r\n* 1 FETCH (BODY[TEXT] {10}\r\nAt noon?\r\n)\r\nd OK FETCH completed\r\ne OK UNSELECT completed\r\n"},
		{"idle", inbox + "c IDLE\r\nDONE\r\nd NOOP\r\n", inboxOK + "+ idling\r\nc OK IDLE completed\r\nd OK NOOP completed\r\n"},
		{"the rest", login + "b NAMESPACE\r\nc ID NIL\r\nd ENABLE X-NOTHING\r\ne CHECK\r\n",
			loginOK + "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\nb OK NAMESPACE completed\r\n* ID (\"name\" \"mailwire\")\r\nc OK ID completed\r\n* ENABLED\r\nd OK ENABLE completed\r\n" +
				"e BAD CHECK is for the state selected, this is authenticated (RFC 3501 section 6.4.1)\r\n"},
		{"a literal that is too long is refused before it is sent", login + "b CREATE {99999}\r\nc NOOP\r\n",
			loginOK + "b NO [TOOBIG] Literal is too long\r\nc OK NOOP completed\r\n"},
	})
}

// A played is a session: what the client says, and all that the server says after its greeting.
type played struct{ name, client, wire string }

// play plays sessions in pieces of several sizes, whole ones included.
func play(t *testing.T, all []played) {
	t.Helper()
	for _, d := range all {
		for _, n := range []int{1, 2, 7, 1 << 20} {
			wire, _ := dialogue(newMemory(lunch, picture), n, d.client)
			if wire != d.wire {
				t.Errorf("%s, pieces of %d: sent\n%s\nwant\n%s", d.name, n, wire, d.wire)
				break
			}
		}
	}
}

// TestEvents: what happens is told by the rule that was obeyed.
func TestEvents(t *testing.T) {
	_, events := dialogue(newMemory(lunch), 3, inbox+"c CLOSE\r\nd FROB\r\ne LOGOUT\r\n")
	want := []string{
		"logged in: bob",
		"not authenticated -> authenticated on LOGIN (RFC 3501 §6.2.3)", "a LOGIN: OK [CAPABILITY]",
		"authenticated -> selected on SELECT (RFC 3501 §6.3.1)", "b SELECT: OK [READ-WRITE]",
		"selected -> authenticated on CLOSE (RFC 3501 §6.4.2)", "c CLOSE: OK",
		`peer sent "d FROB" in state authenticated: imap: byte 2: want a command (RFC 3501 §6)`,
		"authenticated -> logout on LOGOUT (RFC 3501 §6.1.3)", "e LOGOUT: OK",
	}
	if got := strings.Join(events, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("events\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// say sends a line and returns the answer.
func say(s *Server, line string) string {
	s.Receive(epoch, []byte(line+"\r\n"))
	return string(s.Output())
}

// TestTwoDevices: the phone waits in IDLE while the laptop deletes (RFC 3501 §5.2, §7.4.1).
func TestTwoDevices(t *testing.T) {
	backend := newMemory(lunch, picture, lunch)
	laptop, phone := NewServer(epoch, Config{Backend: backend}), NewServer(epoch, Config{Backend: backend})
	for _, s := range []*Server{laptop, phone} {
		say(s, "a LOGIN bob secret")
		say(s, "b SELECT INBOX")
	}
	expect := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	say(laptop, `c STORE 2 +FLAGS.SILENT (\Deleted)`)
	phone.Wake(epoch)
	expect("outside IDLE nothing comes unasked", string(phone.Output()), "")
	expect("news come with the next command", say(phone, "c NOOP"), "* 2 FETCH (FLAGS (\\Deleted))\r\nc OK NOOP completed\r\n")
	expect("IDLE begins", say(phone, "d IDLE"), "+ idling\r\n")
	say(laptop, "d EXPUNGE")
	phone.Wake(epoch)
	expect("in IDLE they come at once", string(phone.Output()), "* 2 EXPUNGE\r\n")
	say(phone, "DONE")

	say(laptop, `e STORE 1 +FLAGS.SILENT (\Deleted)`)
	say(laptop, "f EXPUNGE")
	expect("no EXPUNGE while FETCH is answered: numbers hold", say(phone, "e FETCH 2 UID"),
		"* 2 FETCH (UID 3)\r\ne OK FETCH completed\r\n")
	expect("what is gone has no bytes", say(phone, "f FETCH 1 BODY.PEEK[TEXT]"), "* 1 FETCH (BODY[TEXT] NIL)\r\nf OK [EXPUNGEISSUED] FETCH completed\r\n")
	expect("then the number shifts", say(phone, "g UID FETCH 3 UID"),
		"* 2 FETCH (UID 3)\r\n* 1 EXPUNGE\r\ng OK UID FETCH completed\r\n")
	backend.Append(Inbox, NewMessage{nil, epoch, []byte(lunch)})
	expect("a new mail", say(phone, "h NOOP"), "* 2 EXISTS\r\n* 0 RECENT\r\nh OK NOOP completed\r\n")
}

// TestLimits: a client that floods, never reads, or says nothing is bounded and told so.
func TestLimits(t *testing.T) {
	s := NewServer(epoch, Config{Backend: newMemory()})
	s.Output()
	s.Receive(epoch, []byte(strings.Repeat("A", lineMax+10)))
	if out := string(s.Output()); out != "* BYE Line too long\r\n" || !s.Closing() {
		t.Errorf("an endless line: %q, closing %v", out, s.Closing())
	}

	s = NewServer(epoch, Config{Backend: newMemory()})
	s.Expire(epoch.Add(LoginWithin - 1))
	if s.Closing() {
		t.Error("expired too early")
	}
	s.Output()
	s.Expire(s.Deadline())
	if out := string(s.Output()); !strings.HasPrefix(out, "* BYE Autologout") {
		t.Errorf("silence: %q", out)
	}

	s = NewServer(epoch, Config{Backend: newMemory()})
	for range faultsMax {
		say(s, "a LOGIN bob guess")
	}
	if !s.Closing() {
		t.Error("passwords can be guessed for ever")
	}

	s = NewServer(epoch, Config{Backend: newMemory(strings.Repeat("x", 100<<10))})
	say(s, "a LOGIN bob secret")
	say(s, "b SELECT INBOX")
	s.Receive(epoch, []byte(strings.Repeat("c FETCH 1 BODY.PEEK[]\r\n", 100)))
	if !s.Busy() || len(s.out) > outputMax+(120<<10) {
		t.Errorf("a client that never reads is owed %d bytes", len(s.out))
	}
	total := 0
	for b := s.Output(); len(b) > 0; b = s.Output() {
		total += len(b)
	}
	if total < 100*100<<10 {
		t.Errorf("once it reads, it got %d bytes", total)
	}
}

// TestStartTLS: what came in clear text behind STARTTLS is never obeyed.
func TestStartTLS(t *testing.T) {
	s := NewServer(epoch, Config{Backend: newMemory(), StartTLS: true, NeedTLS: true})
	if out := string(s.Output()); !strings.Contains(out, "STARTTLS LOGINDISABLED]") {
		t.Errorf("greeting %q", out)
	}
	if out := say(s, "a LOGIN bob secret"); out != "a NO [PRIVACYREQUIRED] LOGIN is disabled without TLS\r\n" {
		t.Errorf("login in clear text: %q", out)
	}
	s.Receive(epoch, []byte("b STARTTLS\r\nc NOOP\r\n"))
	s.Receive(epoch, []byte("d NOOP\r\n"))
	if out := string(s.Output()); out != "b OK Begin TLS negotiation now\r\n" {
		t.Errorf("STARTTLS: %q", out)
	}
	s.Secured(epoch.Add(time.Second))
	if out := say(s, "e LOGIN bob secret"); !strings.HasPrefix(out, "e OK ") {
		t.Errorf("login over TLS: %q", out)
	}
}

// FuzzServer: any bytes get a reply or nothing, never a panic, and never another state of the backend than its own.
func FuzzServer(f *testing.F) {
	f.Add([]byte(inbox+"c FETCH 1:* (FLAGS BODY[1.2.HEADER]<1.2>)\r\nd STORE 1 FLAGS (\\Deleted)\r\ne EXPUNGE\r\n"), byte(3))
	f.Add([]byte(inbox+"c SEARCH OR (FROM a TO b) NOT 1:*\r\nd COPY 1 x\r\ne IDLE\r\nDONE\r\nf LOGOUT\r\n"), byte(1))
	f.Add([]byte(login+"a ENABLE QRESYNC IMAP4rev2\r\nb SELECT INBOX (QRESYNC (1 1 1:2 (1 1)))\r\nc UID FETCH 1:* (MODSEQ BINARY[1] PREVIEW) (CHANGEDSINCE 1 VANISHED)\r\nd STORE 1 (UNCHANGEDSINCE 9) FLAGS (\\Deleted)\r\ne UID EXPUNGE $\r\n"), byte(9))
	f.Add([]byte(inbox+"c SEARCH RETURN (SAVE MIN) MODSEQ 1\r\nd SORT RETURN (ALL) (REVERSE SUBJECT DISPLAYFROM) UTF-8 $\r\ne THREAD REFERENCES UTF-8 ALL\r\nf UID THREAD ORDEREDSUBJECT UTF-8 YOUNGER 9\r\n"), byte(9))
	f.Add([]byte(login+"b LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (% *) RETURN (CHILDREN STATUS (SIZE DELETED))\r\nc CREATE a (USE (\\Sent))\r\nd GETQUOTAROOT a\r\ne SETQUOTA \"\" (STORAGE 1)\r\nf APPEND a ~{1+}\r\n\x00 {1+}\r\nb\r\n"), byte(9))
	f.Add([]byte(login+"b APPEND INBOX {3+}\r\nabc\r\nc LIST a %*\r\nd RENAME INBOX b\r\n"), byte(0))
	f.Fuzz(func(t *testing.T, b []byte, n byte) {
		s := NewServer(epoch, Config{Backend: newMemory(lunch, picture)})
		for len(b) > 0 && !s.Closing() {
			k := min(int(n)+1, len(b))
			s.Receive(epoch, b[:k])
			b = b[k:]
			for out := s.Output(); len(out) > 0; out = s.Output() {
			}
		}
	})
}
