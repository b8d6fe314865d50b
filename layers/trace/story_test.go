package trace

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/trace/story"
)

// A teller keeps the story of a trace.
type teller struct{ story story.Story }

func (r *teller) Show(e Event) error {
	if s, ok := e.(*Story); ok {
		r.story = s.Story
	}
	return nil
}

// plot writes the points of a story, one a line: the id of each note and its arguments.
func plot(s *story.Story) string {
	var b strings.Builder
	note := func(indent string, n layers.Note) {
		b.WriteString(indent + strings.TrimPrefix(n.ID, "story."))
		for _, a := range n.Args {
			if a.Name != "stream" && a.Name != "client" && a.Name != "server" {
				fmt.Fprintf(&b, " %s=%v", a.Name, a.Value.String())
			}
		}
		b.WriteByte('\n')
	}
	for _, list := range [][]story.Point{s.Mails, s.Mailboxes, s.Lost, s.Exposed} {
		for _, p := range list {
			note("", p.Note)
			for _, d := range p.Details {
				note("  ", d)
			}
		}
	}
	return b.String()
}

// act plays a script: lines of a dialogue ("C: …", "S: …", with \r\n added, \n for a line end within), or what happens to the
// connection.
func (k *talk) act(script string) {
	k.t.Helper()
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		who, text, said := strings.Cut(line, ": ")
		side := client
		if strings.HasPrefix(who, "S") {
			side = server
		}
		switch {
		case line == "":
		case said && len(who) == 1:
			k.say(side, strings.ReplaceAll(text, `\n`, "\r\n")+"\r\n")
		case strings.HasSuffix(line, "closes"):
			k.show(0, k.frame(side, "FA", k.seq[side], k.seq[side.Other()], ""))
			k.seq[side]++
		case strings.HasSuffix(line, "resets"):
			k.show(0, k.frame(side, "RA", k.seq[side], k.seq[side.Other()], ""))
		case strings.HasSuffix(line, "loses"): // bytes that the capture lacks
			k.seq[side] += 10
		case strings.HasPrefix(line, "wait "):
			d, err := time.ParseDuration(strings.TrimPrefix(line, "wait "))
			if err != nil {
				k.t.Fatal(err)
			}
			k.now = k.now.Add(d)
		default:
			k.t.Fatalf("no such line: %s", line)
		}
	}
}

const envelope = `
	S: 220 mail.example.org ESMTP
	C: EHLO ana
	S: 250 mail.example.org
	C: MAIL FROM:<ana@example.net>
	S: 250 OK
	C: RCPT TO:<bob@example.org>
`

const lmtpEnvelope = `
	S: 220 mail.example.org LMTP
	C: LHLO ana
	S: 250 mail.example.org
	C: MAIL FROM:<ana@example.net>
	S: 250 OK
	C: RCPT TO:<bob@example.org>
	S: 250 OK
	C: RCPT TO:<eve@example.org>
	S: 250 OK
`

const maildrop = `
	S: +OK
	C: USER bob
	S: +OK
	C: PASS lupine
	S: +OK
	C: STAT
	S: +OK 2 100
`

const retrieved = `
	C: RETR 1
	S: +OK
	S: Subject: Hi\n\nHello\n.
`

const opened = `
	S: * OK ready
	C: a LOGIN bob lupine
	S: a OK in
	C: b SELECT INBOX
	S: * 2 EXISTS\nb OK open
`

// TestStories: what is told of a session is what its dialogue proves, and no more.
func TestStories(t *testing.T) {
	const closed = "\nC closes\nS closes\n"
	for _, row := range []struct{ name, script, want string }{
		{"a mail is handed over when its 250 is seen", envelope + `
			S: 250 OK
			C: DATA
			S: 354 go
			C: Subject: Hi\nMessage-ID: <1@ana>\n\nHello\n.
			S: 250 2.0.0 queued as 17
			C: QUIT
			S: 221 bye` + closed, `
mail from=ana@example.net to=bob@example.org bytes=46 subject=Hi
  hop.taken reply=250 2.0.0 queued as 17
exposed.mail count=1 protocol=SMTP bytes=46`},
		{"the answer to a whole mail is not in the capture", envelope + `
			S: 250 OK
			C: DATA
			S: 354 go
			C: Hello\n.`, `
mail.untitled from=ana@example.net to=bob@example.org bytes=10
  hop.unanswered
lost.open count=1 protocol=SMTP
exposed.mail count=1 protocol=SMTP bytes=10`},
		{"the connection breaks in the midst of a mail", envelope + `
			S: 250 OK
			C: DATA
			S: 354 go
			C: Hello
			S resets`, `
mail.untitled from=ana@example.net to=bob@example.org bytes=7
  hop.broken bytes=7
lost.mails-broken count=1
lost.reset.server count=1 protocol=SMTP
exposed.mail count=1 protocol=SMTP bytes=7`},
		{"the only recipient is refused", envelope + `
			S: 550 5.1.1 no such user
			C: QUIT
			S: 221 bye` + closed, `
mail.envelope from=ana@example.net to=bob@example.org
  hop.refused stage=RCPT reply=550 5.1.1 no such user
lost.mails-refused count=1`},
		{"one recipient of two is refused", envelope + `
			S: 250 OK
			C: RCPT TO:<eve@example.org>
			S: 550 5.1.1 no such user
			C: DATA
			S: 354 go
			C: Hello\n.
			S: 250 OK
			C: QUIT
			S: 221 bye` + closed, `
mail.untitled from=ana@example.net to=bob@example.org, eve@example.org bytes=10
  hop.taken reply=250 OK
  hop.recipients-refused count=1 of=2 address=eve@example.org reply=550 5.1.1 no such user
exposed.mail count=1 protocol=SMTP bytes=10`},
		{"LMTP answers a mail once for each recipient", lmtpEnvelope + `
			C: DATA
			S: 354 go
			C: Hello\n.
			S: 250 2.0.0 bob has it\n452 4.2.2 eve is full
			C: QUIT
			S: 221 bye` + closed, `
mail.untitled from=ana@example.net to=bob@example.org, eve@example.org bytes=10
  hop.taken reply=250 2.0.0 bob has it
  hop.recipients-refused count=1 of=2 address=eve@example.org reply=452 4.2.2 eve is full
exposed.mail count=1 protocol=SMTP bytes=10`},
		{"LMTP, behind the last chunk", lmtpEnvelope + `
			C: BDAT 7 LAST\nHello
			S: 550 5.2.1 bob is gone\n250 2.0.0 eve has it
			C: QUIT
			S: 221 bye` + closed, `
mail.untitled from=ana@example.net to=bob@example.org, eve@example.org bytes=7
  hop.taken reply=250 2.0.0 eve has it
  hop.recipients-refused count=1 of=2 address=bob@example.org reply=550 5.2.1 bob is gone
exposed.mail count=1 protocol=SMTP bytes=7`},
		{"LMTP, refused for all", lmtpEnvelope + `
			C: DATA
			S: 354 go
			C: Hello\n.
			S: 550 5.2.1 bob is gone\n550 5.2.1 eve is gone
			C: QUIT
			S: 221 bye` + closed, `
mail.untitled from=ana@example.net to=bob@example.org, eve@example.org bytes=10
  hop.refused stage=DATA reply=550 5.2.1 eve is gone
lost.mails-refused count=1
exposed.mail count=1 protocol=SMTP bytes=10`},
		{"a full mailbox is a reason to try again", envelope + `
			S: 250 OK
			C: DATA
			S: 354 go
			C: Hello\n.
			S: 452 4.2.2 full
			C: QUIT
			S: 221 bye` + closed, `
mail.untitled from=ana@example.net to=bob@example.org bytes=10
  hop.deferred stage=DATA reply=452 4.2.2 full
lost.mails-refused count=1
exposed.mail count=1 protocol=SMTP bytes=10`},
		{"a client that gives up before DATA", envelope + `
			S: 250 OK
			C: RSET
			S: 250 OK
			C: QUIT
			S: 221 bye` + closed, `
mail.envelope from=ana@example.net to=bob@example.org
  hop.abandoned`},
		{"a mail in chunks", envelope + `
			S: 250 OK
			C: BDAT 7
			C: Hello
			S: 250 got it
			C: BDAT 7 LAST
			C: World
			S: 250 queued` + closed, `
mail.untitled from=ana@example.net to=bob@example.org bytes=14
  hop.taken reply=250 queued
exposed.mail count=1 protocol=SMTP bytes=14`},
		{"a mail with a hole", envelope + `
			S: 250 OK
			C: DATA
			S: 354 go
			C: Hello
			C loses
			C: World\n.
			S: 250 queued` + closed, `
mail.untitled from=ana@example.net to=bob@example.org bytes=27
  hop.taken reply=250 queued
  hop.holes
lost.bytes bytes=10 count=1
exposed.mail count=1 protocol=SMTP bytes=27`},
		{"POP3: downloaded and deleted", maildrop + retrieved + `
			C: DELE 1
			S: +OK
			C: QUIT
			S: +OK` + closed, `
box.pop3.delete user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, STAT, RETR, DELE, QUIT count=6
  box.listed count=2
  box.fetched bytes=25 count=1
  box.removed.pop3 count=1
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS
exposed.mail count=1 protocol=POP3 bytes=25`},
		{"POP3: the connection is cut before QUIT", maildrop + retrieved + `
			C: DELE 1
			S: +OK
			S resets`, `
box.pop3.delete user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, STAT, RETR, DELE count=5
  box.listed count=2
  box.fetched bytes=25 count=1
  box.spared count=1
lost.reset.server count=1 protocol=POP3
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS
exposed.mail count=1 protocol=POP3 bytes=25`},
		{"POP3: the answer to QUIT is lost", maildrop + `
			C: DELE 1
			S: +OK
			C: QUIT
			S resets`, `
box.pop3.delete-unread user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, STAT, DELE, QUIT count=5
  box.listed count=2
  box.unproven count=1
lost.reset.server count=1 protocol=POP3
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS`},
		{"POP3: the capture ends before QUIT", maildrop + `
			C: DELE 1
			S: +OK`, `
box.pop3.delete-unread user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, STAT, DELE count=4
  box.listed count=2
  box.pending count=1
lost.open count=1 protocol=POP3
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS`},
		{"POP3: QUIT fails", maildrop + `
			C: DELE 1
			S: +OK
			C: QUIT
			S: -ERR some were not removed` + closed, `
box.pop3.delete-unread user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, STAT, DELE, QUIT count=5
  box.listed count=2
  box.remove-failed count=1
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS`},
		{"POP3: RSET takes the marks away", maildrop + retrieved + `
			C: DELE 1
			S: +OK
			C: RSET
			S: +OK
			C: QUIT
			S: +OK` + closed, `
box.pop3.delete user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, STAT, RETR, DELE, RSET, QUIT count=7
  box.listed count=2
  box.fetched bytes=25 count=1
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS
exposed.mail count=1 protocol=POP3 bytes=25`},
		{"POP3: a copy is left", maildrop + retrieved + `
			C: QUIT
			S: +OK` + closed, `
box.pop3.leave user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, STAT, RETR, QUIT count=5
  box.listed count=2
  box.fetched bytes=25 count=1
  box.kept count=1
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS
exposed.mail count=1 protocol=POP3 bytes=25`},
		{"POP3: headers alone", maildrop + `
			C: TOP 1 0
			S: +OK\nSubject: Hi\n\n.
			C: QUIT
			S: +OK` + closed, `
box.pop3.headers user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, STAT, TOP, QUIT count=5
  box.listed count=2
  box.headers count=1
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS
exposed.part count=1 protocol=POP3`},
		{"POP3: the password is wrong", `
			S: +OK
			C: USER bob
			S: +OK
			C: PASS wolfish
			S: -ERR no
			C: QUIT
			S: +OK` + closed, `
box.refused user=bob protocol=POP3
  box.commands sessions=1 commands=USER, PASS, QUIT count=3
exposed.password count=1 protocol=POP3 user=bob how=USER/PASS`},
		{"POP3: APOP shows no password", `
			S: +OK <1@mail>
			C: APOP bob c4c9334bac560ecc979e58001b3e22fb
			S: +OK
			C: QUIT
			S: +OK` + closed, `
box.login user=bob protocol=POP3
  box.commands sessions=1 commands=APOP, QUIT count=2
exposed.digest count=1 protocol=POP3 user=bob how=APOP`},
		{"IMAP: headers alone", opened + `
			C: c FETCH 1:2 (FLAGS ENVELOPE)
			S: * 1 FETCH (FLAGS () ENVELOPE (NIL "Hi" NIL NIL NIL NIL NIL NIL NIL NIL))
			S: * 2 FETCH (FLAGS () ENVELOPE (NIL "Ho" NIL NIL NIL NIL NIL NIL NIL NIL))\nc OK
			C: d LOGOUT
			S: * BYE\nd OK` + closed, `
box.imap.headers user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT, FETCH, LOGOUT count=4
  box.headers count=2
exposed.password count=1 protocol=IMAP user=bob how=LOGIN
exposed.part count=2 protocol=IMAP`},
		{"IMAP: a copy that was away", opened + `
			C: c ENABLE QRESYNC
			S: * ENABLED QRESYNC\nc OK
			C: d SELECT Old (QRESYNC (7 9))
			S: * VANISHED (EARLIER) 1:3,5\n* 1 FETCH (UID 4 FLAGS (\Seen) MODSEQ (12))\nd OK
			C: e UID STORE 4 +FLAGS.SILENT (\Deleted)
			S: e OK
			C: f UID EXPUNGE 4
			S: * VANISHED 4\nf OK` + closed, `
box.imap.copy user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT(2), ENABLE, UID STORE, UID EXPUNGE count=5
  box.removed.imap count=1
exposed.password count=1 protocol=IMAP user=bob how=LOGIN`},
		{"IMAP: a folder is removed", `
			S: * OK ready
			C: a LOGIN bob lupine
			S: a OK in
			C: c DELETE Old
			S: c OK` + closed, `
box.imap.folders user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, DELETE count=2
exposed.password count=1 protocol=IMAP user=bob how=LOGIN`},
		{"IMAP: a part alone", opened + `
			C: c FETCH 1 BODY.PEEK[1]
			S: * 1 FETCH (BODY[1] {7}\nHello\n)\nc OK` + closed, `
box.imap.parts user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT, FETCH count=3
  box.parts bytes=7 count=1
exposed.password count=1 protocol=IMAP user=bob how=LOGIN
exposed.part count=1 protocol=IMAP`},
		{"IMAP: whole mails, in several items", opened + `
			C: c FETCH 1 (BODY[HEADER] BODY[])
			S: * 1 FETCH (BODY[HEADER] {9}\nA: b\n\n BODY[] {11}\nA: b\n\nHi)\nc OK` + closed, `
box.imap.whole user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT, FETCH count=3
  box.fetched bytes=20 count=1
exposed.password count=1 protocol=IMAP user=bob how=LOGIN
exposed.mail count=1 protocol=IMAP bytes=20`},
		{"IMAP: marked, and expunged", opened + `
			C: c STORE 1 +FLAGS.SILENT (\Deleted)
			S: c OK
			C: d EXPUNGE
			S: * 1 EXPUNGE\nd OK` + closed, `
box.imap.delete-unread user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT, STORE, EXPUNGE count=4
  box.removed.imap count=1
exposed.password count=1 protocol=IMAP user=bob how=LOGIN`},
		{"IMAP: marked, and left", opened + `
			C: c STORE 1:2 +FLAGS (\Deleted)
			S: * 1 FETCH (FLAGS (\Deleted))
			S: * 2 FETCH (FLAGS (\Deleted))\nc OK
			C: d LOGOUT
			S: * BYE\nd OK` + closed, `
box.imap.delete-unread user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT, STORE, LOGOUT count=4
  box.flagged count=2
exposed.password count=1 protocol=IMAP user=bob how=LOGIN`},
		{"IMAP: marked, and closed", opened + `
			C: c STORE 1 +FLAGS (\Deleted)
			S: * 1 FETCH (FLAGS (\Deleted))\nc OK
			C: d CLOSE
			S: d OK` + closed, `
box.imap.delete-unread user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT, STORE, CLOSE count=4
  box.removed.imap count=1
exposed.password count=1 protocol=IMAP user=bob how=LOGIN`},
		{"IMAP: a copy saved to Sent", opened + `
			C: c APPEND Sent {7}
			S: + go
			C: Hello\n
			S: c OK` + closed, `
box.imap.save user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT, APPEND count=3
  box.saved mailbox=Sent count=1
exposed.password count=1 protocol=IMAP user=bob how=LOGIN
exposed.mail count=1 protocol=IMAP bytes=7`},
		{"IMAP: waiting for news", opened + `
			C: c IDLE
			S: + idling
			wait 10m
			S: * 3 EXISTS
			C: DONE
			S: c OK` + closed, `
box.imap.idle user=bob protocol=IMAP
  box.commands sessions=1 commands=LOGIN, SELECT, IDLE count=3
  box.idle news=1 count=1
exposed.password count=1 protocol=IMAP user=bob how=LOGIN`},
		{"STARTTLS hides what follows", `
			S: 220 mail.example.org ESMTP
			C: EHLO ana
			S: 250-mail.example.org\n250 STARTTLS
			C: STARTTLS
			S: 220 go` + "\nC: \x16\x03\x01\x00\x04\x0e\x00\x00\x00" + closed, `
exposed.starttls.unnamed count=1 protocol=SMTP bytes=727 name= version=TLS`},
	} {
		told := &teller{}
		k, _ := newTalk(t, Options{})
		k.f.face = told
		k.open()
		k.act(row.script)
		k.close()
		want(t, row.name, plot(&told.story), row.want)
		if len(told.story.Sessions) != 1 {
			t.Fatalf("%s: %d sessions", row.name, len(told.story.Sessions))
		}
		s := &told.story.Sessions[0]
		if s.Duration() != k.now.Sub(s.Begin) {
			t.Errorf("%s: the parts of the time add up to %v of %v: %v", row.name, s.Duration(), k.now.Sub(s.Begin), s.Parts)
		}
	}
}

// TestAProxyIsNotTheServer: behind a proxy a mail goes to the server that the client asked for.
func TestAProxyIsNotTheServer(t *testing.T) {
	told := &teller{}
	k, _ := newTalk(t, Options{})
	k.f.face = told
	k.open()
	k.say(client, "\x05\x01\x00")
	k.say(server, "\x05\x00")
	k.say(client, "\x05\x01\x00\x03\x04mail\x00\x19")
	k.say(server, "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x00")
	k.act(envelope)
	k.close()
	if got := told.story.Sessions[0].Server; got != "mail" {
		t.Errorf("%s", got)
	}
}

// TestOneDirectionAlone: where the client goes on, the server did answer, and the capture lacks it.
func TestOneDirectionAlone(t *testing.T) {
	for _, row := range []struct{ goesOn, want string }{
		{"", "lost.unanswered count=1 protocol=SMTP"},
		{"C: EHLO ana\nC closes", "lost.one-sided count=1\nlost.half.client count=1 protocol=SMTP"},
	} {
		told := &teller{}
		k, _ := newTalk(t, Options{})
		k.f.face = told
		k.show(0, k.frame(client, "S", k.seq[client], 0, ""))
		k.seq[client]++
		k.act(row.goesOn)
		k.close()
		want(t, row.goesOn, plot(&told.story), row.want)
	}
}

// TestTimesAreParted: each moment of a session belongs to one part.
func TestTimesAreParted(t *testing.T) {
	told := &teller{}
	k, _ := newTalk(t, Options{})
	k.f.face = told
	k.open() // 10 ms from the SYN to the end of the handshake
	k.act(`
		wait 95ms
		S: 220 mail.example.org ESMTP
		wait 995ms
		C: EHLO ana
		wait 195ms
		S: 250-mail.example.org
		wait 45ms
		S: 250 PIPELINING
		wait 2s
		C: QUIT
	`)
	last := k.frame(client, "A", k.seq[client]-6, k.seq[server], "QUIT\r\n")
	k.now = k.now.Add(295 * time.Millisecond)
	k.show(0, last) // the segment was lost
	k.act(`
		S: 221 bye
		S closes
		wait 15ms
		C closes
		wait 1s
	`)
	k.close()
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	want := [len(story.Parts)]time.Duration{story.Connecting: ms(10), story.Waiting: ms(100 + 200 + 5), story.Transfer: ms(50),
		story.Resending: ms(300), story.Thinking: ms(1000 + 2005 + 5), story.Closing: ms(20)}
	if got := told.story.Sessions[0].Parts; got != want {
		t.Errorf("%v, want %v", got, want)
	}
}
