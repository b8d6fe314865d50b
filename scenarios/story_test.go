package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
	"mailwire/layers/trace/story"
)

// A storyteller keeps the story of a run.
type storyteller struct{ story.Story }

func (s *storyteller) Show(e trace.Event) error {
	if told, ok := e.(*trace.Story); ok {
		s.Story = told.Story
	}
	return nil
}

// plot writes the points of a story in English, and who talked to whom.
func (s *storyteller) plot() string {
	words := lexicon.New(lexicon.English, lexicon.Notes)
	var b strings.Builder
	for _, part := range []struct {
		name   string
		points []story.Point
	}{{"mails", s.Mails}, {"mailboxes", s.Mailboxes}, {"lost", s.Lost}, {"exposed", s.Exposed}} {
		for _, p := range part.points {
			fmt.Fprintf(&b, "%s: %s\n", part.name, words.Line(p.Note))
			for _, d := range p.Details {
				fmt.Fprintf(&b, "- %s\n", words.Line(d))
			}
		}
	}
	for i := range s.Sessions {
		x := &s.Sessions[i]
		fmt.Fprintf(&b, "session: %s %s %s\n", layers.ProtocolName(x.Protocol), x.Client, x.Server)
	}
	return b.String()
}

// TestStoriesOfScenarios: what is told at the end of each scenario is what it teaches.
func TestStoriesOfScenarios(t *testing.T) {
	for name, want := range map[string]string{
		"first-mail": `
mails: “Lunch on Friday?” from ana@example.net to bob@example.net (334 bytes)
- ana handed it to mail, which took it: 250 2.0.0 OK: the mail is accepted
exposed: AUTH LOGIN at mail (SMTP): the password of ana@example.net could be read by anyone on the way (1 time)
exposed: 1 mail (334 bytes) passed in the clear between ana and mail (SMTP)
session: SMTP ana mail
`,
		"two-servers": `
mails: “Minutes of the meeting” from ana@example.net to bob@example.org (360 bytes)
- ana handed it to mail-net, which took it: 250 2.0.0 OK: the mail is accepted
- mail-net handed it to mail-org, which took it: 250 2.0.0 OK: the mail is accepted
- bob@example.org downloaded it from mail-org to bob by POP3
mailboxes: bob@example.org at mail-org, POP3: downloaded, a copy left on the server
- from bob, in 1 session: CAPA, USER, PASS, STAT, LIST, UIDL, RETR, QUIT
- STAT or LIST told 1 mail before anything was marked
- 1 mail downloaded, 699 bytes
- no DELE: 1 mail that was downloaded stays on the server
exposed: AUTH LOGIN at mail-net (SMTP): the password of ana@example.net could be read by anyone on the way (1 time)
exposed: 1 mail (360 bytes) passed in the clear between ana and mail-net (SMTP)
exposed: 1 mail (510 bytes) passed in the clear between mail-net and mail-org (SMTP)
exposed: USER/PASS at mail-org (POP3): the password of bob@example.org could be read by anyone on the way (1 time)
exposed: 1 mail (699 bytes) passed in the clear between bob and mail-org (POP3)
session: SMTP ana mail-net
session: SMTP mail-net mail-org
session: POP3 bob mail-org
`,
		"picture": `
mails: “The view from our window” from ana@example.net to bob@example.net (2870399 bytes)
- ana handed it to mail, which took it: 250 2.0.0 OK: the mail is accepted
exposed: AUTH LOGIN at mail (SMTP): the password of ana@example.net could be read by anyone on the way (1 time)
exposed: 1 mail (2870399 bytes) passed in the clear between ana and mail (SMTP)
session: SMTP ana mail
`,
		"pop-delete": `
mailboxes: bob@example.org at mail, POP3: downloaded and deleted
- from laptop, in 1 session: CAPA, USER, PASS, STAT, LIST, UIDL, RETR(4), DELE(4), QUIT
- STAT or LIST told 4 mails before anything was marked
- 4 mails downloaded, 2871418 bytes
- 4 removed from the server: DELE, then QUIT, answered +OK
exposed: USER/PASS at mail (POP3): the password of bob@example.org could be read by anyone on the way (1 time)
exposed: 4 mails (2871418 bytes) passed in the clear between laptop and mail (POP3)
session: POP3 laptop mail
`,
		"pop-cable": `
mailboxes: bob@example.org at mail, POP3: downloaded and deleted
- from laptop, in 1 session: CAPA, USER, PASS, STAT, LIST, UIDL, RETR(3), DELE(3), QUIT
- STAT or LIST told 3 mails before anything was marked
- 3 mails downloaded, 1007 bytes
- 3 marked by DELE; the answer to QUIT was not seen, so nothing proves that they are gone
- a later session found 3 mails there
mailboxes: bob@example.org at mail, POP3: deleted without downloading
- from laptop, in 1 session: CAPA, USER, PASS, STAT, LIST, UIDL, DELE(3), QUIT
- STAT or LIST told 3 mails before anything was marked
- 3 removed from the server: DELE, then QUIT, answered +OK
lost: 18 segments were sent again, in 1 connection
lost: laptop to mail (POP3): the client closed, and the server's end was never seen (1 connection)
exposed: USER/PASS at mail (POP3): the password of bob@example.org could be read by anyone on the way (2 times)
exposed: 3 mails (1007 bytes) passed in the clear between laptop and mail (POP3)
session: POP3 laptop mail
session: POP3 laptop mail
`,
		"imap-headers-first": `
mailboxes: bob@example.org at mail, IMAP: only headers read
- from phone, in 1 session: LOGIN, SELECT, FETCH, LOGOUT
- 10 headers or envelopes fetched without the mail itself
mailboxes: bob@example.org at mail, IMAP: only parts of mails read
- from phone, in 1 session: LOGIN, SELECT, UID FETCH(2), LOGOUT
- 1 part of a mail downloaded, 25 bytes
- 1 header or envelope fetched without the mail itself
exposed: LOGIN at mail (IMAP): the password of bob@example.org could be read by anyone on the way (2 times)
exposed: 12 headers or parts of mails passed in the clear between phone and mail (IMAP)
session: IMAP phone mail
session: IMAP phone mail
`,
		"imap-offline-train": `
mails: “Re: Lunch on Friday?” from bob@example.org to ana@example.net (286 bytes)
- laptop handed it to mail, which took it: 250 2.0.0 OK: the mail is accepted
- mail handed it to other, which took it: 250 2.0.0 OK: the mail is accepted
mailboxes: bob@example.org at mail, IMAP: a copy on the device was synchronised
- from laptop, in 3 sessions: LOGIN(3), ENABLE(3), LIST(3), SELECT(7), UID FETCH(4), LOGOUT(3), UID STORE(2), UID EXPUNGE, CREATE(2), UID MOVE, APPEND
- 5 mails downloaded, 275598 bytes
- 1 removed from the server by EXPUNGE or CLOSE
- 1 moved to another mailbox by MOVE
- 1 mail saved to Sent: APPEND, answered OK
mailboxes: bob@example.org at mail, IMAP: only headers read
- from phone, in 2 sessions: LOGIN(2), SELECT(2), FETCH(2), LOGOUT(2)
- 7 headers or envelopes fetched without the mail itself
mailboxes: bob@example.org at mail, IMAP: looked at mailboxes and flags, read nothing
- from phone, in 1 session: LOGIN, SELECT, UID STORE, LOGOUT
mailboxes: bob@example.org at mail, IMAP: deleted or marked as deleted without reading
- from phone, in 1 session: LOGIN, SELECT, UID STORE, UID EXPUNGE, LOGOUT
- 1 removed from the server by EXPUNGE or CLOSE
exposed: All together 8 logins with a readable password, 8 mails in the clear, 0 sessions hidden by TLS
exposed: LOGIN at mail (IMAP): the password of bob@example.org could be read by anyone on the way (7 times)
exposed: 6 mails (275881 bytes) passed in the clear between laptop and mail (IMAP)
exposed: 7 headers or parts of mails passed in the clear between phone and mail (IMAP)
exposed: AUTH LOGIN at mail (SMTP): the password of bob@example.org could be read by anyone on the way (1 time)
exposed: 1 mail (286 bytes) passed in the clear between laptop and mail (SMTP)
exposed: 1 mail (432 bytes) passed in the clear between mail and other (SMTP)
session: IMAP laptop mail
session: IMAP phone mail
session: IMAP phone mail
session: IMAP phone mail
session: SMTP laptop mail
session: SMTP mail other
session: IMAP laptop mail
session: IMAP laptop mail
session: IMAP phone mail
`,
		"imap-uidvalidity": `
mailboxes: bob@example.org at mail, IMAP: a copy on the device was synchronised
- from laptop, in 3 sessions: LOGIN(3), ENABLE(3), LIST(3), SELECT(6), UID FETCH(5), LOGOUT(3), CREATE, UID MOVE
- 3 mails downloaded, 984 bytes
- 1 moved to another mailbox by MOVE
mailboxes: bob@example.org at mail, IMAP: only headers read
- from phone, in 1 session: LOGIN, SELECT, FETCH, LOGOUT
- 1 header or envelope fetched without the mail itself
mailboxes: bob@example.org at mail, IMAP: folders made, renamed or removed
- from phone, in 1 session: LOGIN, DELETE, LOGOUT
mailboxes: bob@example.org at mail, IMAP: looked at mailboxes and flags, read nothing
- from phone, in 1 session: LOGIN, SELECT, UID MOVE(2), CREATE, LOGOUT
- 1 moved to another mailbox by MOVE
exposed: LOGIN at mail (IMAP): the password of bob@example.org could be read by anyone on the way (6 times)
exposed: 3 mails (984 bytes) passed in the clear between laptop and mail (IMAP)
exposed: 1 header or part of a mail passed in the clear between phone and mail (IMAP)
session: IMAP laptop mail
session: IMAP laptop mail
session: IMAP phone mail
session: IMAP phone mail
session: IMAP phone mail
session: IMAP laptop mail
`,
		"imap-two-devices": `
mailboxes: bob@example.org at mail, IMAP: only headers read
- from phone, in 2 sessions: LOGIN(2), SELECT(2), FETCH(2), LOGOUT(2)
- 8 headers or envelopes fetched without the mail itself
mailboxes: bob@example.org at mail, IMAP: stayed connected and waited for news (IDLE)
- from phone, in 1 session: LOGIN, SELECT, IDLE, LOGOUT
- waited in IDLE 1 time, and 1 piece of news came unasked
mailboxes: bob@example.org at mail, IMAP: deleted or marked as deleted without reading
- from laptop, in 1 session: LOGIN, SELECT, UID STORE, UID EXPUNGE, LOGOUT
- 1 removed from the server by EXPUNGE or CLOSE
exposed: LOGIN at mail (IMAP): the password of bob@example.org could be read by anyone on the way (4 times)
exposed: 8 headers or parts of mails passed in the clear between several clients and mail (IMAP)
session: IMAP phone mail
session: IMAP phone mail
session: IMAP laptop mail
session: IMAP laptop mail
`,
		"duel": `
mailboxes: pia@example.org at mail, POP3: downloaded and deleted
- from pia, in 1 session: CAPA, USER, PASS, STAT, LIST, UIDL, RETR(3), DELE(3), QUIT
- STAT or LIST told 3 mails before anything was marked
- 3 mails downloaded, 2902384 bytes
- 3 removed from the server: DELE, then QUIT, answered +OK
mailboxes: ivo@example.org at mail, IMAP: only headers read
- from ivo, in 1 session: LOGIN, SELECT, FETCH, LOGOUT
- 3 headers or envelopes fetched without the mail itself
mailboxes: ivo@example.org at mail, IMAP: only parts of mails read
- from ivo, in 1 session: LOGIN, SELECT, UID FETCH(2), LOGOUT
- 1 part of a mail downloaded, 29 bytes
- 1 header or envelope fetched without the mail itself
exposed: USER/PASS at mail (POP3): the password of pia@example.org could be read by anyone on the way (1 time)
exposed: 3 mails (2902384 bytes) passed in the clear between pia and mail (POP3)
exposed: LOGIN at mail (IMAP): the password of ivo@example.org could be read by anyone on the way (2 times)
exposed: 5 headers or parts of mails passed in the clear between ivo and mail (IMAP)
session: POP3 pia mail
session: IMAP ivo mail
session: IMAP ivo mail
`,
	} {
		source, _ := Shipped(name)
		s, err := Load(source, nil)
		if err != nil {
			t.Fatal(err)
		}
		told := &storyteller{}
		if _, err := s.Run(Options{Language: lexicon.English, Face: told}); err != nil {
			t.Fatal(err)
		}
		if got := told.plot(); got != strings.TrimPrefix(want, "\n") {
			t.Errorf("%s:\n%s", name, got)
		}
		var sum story.Times
		for i := range told.Sessions {
			for p, d := range told.Sessions[i].Parts {
				sum.Parts[p] += d
			}
		}
		if sum.Parts != told.Total.Parts || sum.Duration() != told.Total.Duration() {
			t.Errorf("%s: the sessions come to %v, the total is %v", name, sum.Parts, told.Total.Parts)
		}
	}
}
