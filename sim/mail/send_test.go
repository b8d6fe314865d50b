package mail

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/message"
	"mailwire/layers/application/smtp"
	"mailwire/sim/mail/store"
)

func TestAMailIsStoredAndForwarded(t *testing.T) {
	s := newStreet(t)
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "bob@example.org", "ana@example.net")
	if f := s.wait(ana.Send); f != nil {
		t.Fatal(f)
	}
	s.run(time.Minute)
	if got := s.inbox(s.bobAtOrg); !slices.Equal(got, []string{"Lunch"}) {
		t.Errorf("Bob has %q", got)
	}
	if got := s.inbox(s.anaAtNet); !slices.Equal(got, []string{"Lunch"}) {
		t.Errorf("Ana's own copy: %q", got)
	}
	if s.net.Waiting() != 0 {
		t.Errorf("%d mails wait", s.net.Waiting())
	}
	// Two transfer agents took it: two stamps, the last one on top, and the sender of the envelope above them.
	box, _ := s.bobAtOrg.Mailbox(store.Inbox)
	b, err := box.Messages()[0].Bytes()
	s.must(err)
	header, _ := message.ParseHeader(b)
	if got := header.Hops(); got != 2 {
		t.Errorf("%d Received fields, want 2", got)
	}
	if !strings.HasPrefix(string(b), "Return-Path: <ana@example.net>\r\nReceived: from mail.example.net") {
		t.Errorf("the mail begins %.80q", b)
	}
}

func TestAWrongPasswordKeepsTheMailInTheOutbox(t *testing.T) {
	s := newStreet(t)
	ana := s.agent("ana@example.net", IMAP)
	ana.config.Password = "wrong"
	s.write(ana, "bob@example.org")
	f := s.wait(ana.Send)
	if f == nil || f.Note.ID != "mail.failed.refused" {
		t.Fatalf("sending ended with %v", f)
	}
	ana.config.Password = "secret"
	if f := s.wait(ana.Send); f != nil {
		t.Fatalf("the second time: %v", f)
	}
	if f := s.wait(ana.Send); f == nil || f.Note.ID != "mail.failed.empty-outbox" {
		t.Errorf("with an empty outbox: %v", f)
	}
}

func TestAHostThatIsDownIsTriedAgain(t *testing.T) {
	s := newStreet(t)
	s.cables["org"].Cut()
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "bob@example.org")
	if f := s.wait(ana.Send); f != nil {
		t.Fatalf("the own provider is there: %v", f)
	}
	s.run(20 * time.Minute)
	if s.net.Waiting() != 1 || s.wasTold("net mail.deferred") != 1 {
		t.Fatalf("after 20 minutes %d mails wait; told %q", s.net.Waiting(), s.told)
	}
	s.cables["org"].Mend()
	s.run(time.Hour)
	if got := s.inbox(s.bobAtOrg); len(got) != 1 || s.net.Waiting() != 0 {
		t.Errorf("Bob has %q, %d mails wait", got, s.net.Waiting())
	}
}

func TestAfterFourDaysTheSenderGetsAReport(t *testing.T) {
	s := newStreet(t)
	s.cables["org"].Cut()
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "bob@example.org")
	s.wait(ana.Send)
	s.run(4*24*time.Hour + 2*time.Hour)
	if got := s.inbox(s.anaAtNet); !slices.Equal(got, []string{"Delayed mail", "Undelivered mail"}) || s.net.Waiting() != 0 {
		t.Fatalf("Ana has %q, %d mails wait", got, s.net.Waiting())
	}
	box, _ := s.anaAtNet.Mailbox(store.Inbox)
	b, err := box.Messages()[0].Bytes()
	s.must(err)
	if !strings.HasPrefix(string(b), "Return-Path: <>\r\n") {
		t.Errorf("the report comes from %.40q, not from the null path", b)
	}
}

func TestAnUnknownUserElsewhereIsReportedAtOnce(t *testing.T) {
	s := newStreet(t)
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "nobody@example.org", "bob@example.org")
	if f := s.wait(ana.Send); f != nil {
		t.Fatalf("the own provider can't know: %v", f)
	}
	s.run(time.Minute)
	if got := s.inbox(s.bobAtOrg); len(got) != 1 {
		t.Errorf("Bob has %q: one bad address must not keep the mail from the good one", got)
	}
	if got := s.inbox(s.anaAtNet); !slices.Equal(got, []string{"Undelivered mail"}) || s.net.Waiting() != 0 {
		t.Errorf("Ana has %q, %d mails wait", got, s.net.Waiting())
	}
}

func TestADomainWithoutMailIsReported(t *testing.T) {
	s := newStreet(t)
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "x@example.com")
	s.wait(ana.Send)
	s.run(time.Minute)
	if got := s.inbox(s.anaAtNet); !slices.Equal(got, []string{"Undelivered mail"}) {
		t.Errorf("Ana has %q", got)
	}
}

func TestStrangersMayNotRelay(t *testing.T) {
	s := newStreet(t)
	for _, c := range []struct {
		to   string
		want int
	}{{"bob@example.org", 550}, {"ana@example.net", 250}, {"nobody@example.net", 550}} {
		var answer *smtp.Reply
		f := s.wait(func(done func(*Failure)) {
			a := s.agent("ana@example.net", IMAP)
			a.open(ports{plain: portSMTP}, func(conn Connection) {
				client := smtp.NewClient(s.world.Now(), smtp.ClientConfig{})
				client.Send(s.world.Now(), &smtp.Outgoing{From: smtp.MustPath("<spam@example.com>"), To: smtp.To(smtp.MustPath("<" + c.to + ">")), Data: []byte("Subject: x\r\n\r\nx\r\n")})
				client.Quit(s.world.Now())
				run(s.world, conn, client, func() {
					for e, ok := client.Next(); ok; e, ok = client.Next() {
						if d, is := e.(*smtp.Delivered); is {
							answer = d.Recipients[0]
						}
					}
				}, func(error) { done(nil) })
			}, done)
		})
		if f != nil || answer == nil || answer.Code != c.want {
			t.Errorf("RCPT TO %s without login: %v (%v), want %d", c.to, answer, f, c.want)
		}
	}
}

func TestWhatWasRefusedStaysInTheOutboxAlone(t *testing.T) {
	s := newStreet(t)
	ana := s.agent("ana@example.net", IMAP)
	s.write(ana, "bob@example.org")
	s.write(ana, "nobody@example.net")
	for range 2 {
		if f := s.wait(ana.Send); f == nil || f.Note.ID != "mail.failed.refused" {
			t.Fatalf("sending ended with %v", f)
		}
	}
	s.run(time.Minute)
	if got := s.inbox(s.bobAtOrg); len(got) != 1 {
		t.Errorf("Bob has %q: a mail that was accepted must not be sent again", got)
	}
}

func TestAMailForAFullMailboxReachesNobodyHalf(t *testing.T) {
	s := newStreet(t)
	s.anaAtNet.Quota = 200
	ana := s.agent("ana@example.net", IMAP)
	second, err := s.net.store.Add("eva@example.net", "secret", "eva@example.net")
	s.must(err)
	s.write(ana, "eva@example.net", "ana@example.net")
	if f := s.wait(ana.Send); f == nil || f.Note.ID != "mail.failed.refused" {
		t.Fatalf("sending ended with %v", f)
	}
	if got := s.inbox(second); len(got) != 0 {
		t.Errorf("Eva has %q, and the sender was told that nobody has it", got)
	}
}

func TestTimeConnectedCountsSessionsAtOnceOnce(t *testing.T) {
	s := newStreet(t)
	ana := s.agent("ana@example.net", IMAP)
	s.wait(ana.Listen)
	s.run(100 * time.Second)
	if f := s.wait(ana.Look); f != nil {
		t.Fatal(f)
	}
	s.wait(ana.Stop)
	if got := ana.Connected(); got < 100*time.Second || got > 102*time.Second {
		t.Errorf("connected for %v, want a little more than 100 s", got)
	}
}
