package mail

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/message"
	"mailwire/sim/mail/store"
)

// submit hands a mail to a host as one who has logged in does, with the parameters that programs of people rarely use.
func (s *street) submit(at *Server, from, params string, rcpts ...string) {
	s.t.Helper()
	o := &outsider{}
	s.must(at.Accept("submission", o))
	lines := []string{"EHLO laptop", "AUTH PLAIN AGFuYUBleGFtcGxlLm5ldABzZWNyZXQ=", "MAIL FROM:<" + from + ">" + params}
	for _, to := range rcpts {
		lines = append(lines, "RCPT TO:"+to)
	}
	lines = append(lines, "DATA", "From: ana@example.net\r\nMessage-ID: <lunch@laptop>\r\nSubject: Lunch\r\n\r\nAt one?\r\n.", "QUIT")
	for _, line := range lines {
		o.program.Received([]byte(line + "\r\n"))
	}
	if said := o.said.String(); !strings.Contains(said, "\r\n354 ") || !strings.Contains(said, "\r\n221 ") || strings.Contains(said, "\r\n5") {
		s.t.Fatalf("the host said %q", said)
	}
}

// reports reads the reports in an inbox.
func (s *street) reports(account *store.Account) []message.ReadReport {
	s.t.Helper()
	box, _ := account.Mailbox(store.Inbox)
	var all []message.ReadReport
	for _, m := range box.Messages() {
		b, err := m.Bytes()
		s.must(err)
		if !strings.HasPrefix(string(b), "Return-Path: <>\r\n") {
			continue // RFC 3461 §6.1: a report comes from the null path, always
		}
		r, ok := message.Parse(b).Report()
		if !ok {
			s.t.Fatalf("no report: %s", b)
		}
		all = append(all, r)
	}
	return all
}

// told is a report in a few words: action, recipient, original recipient, status.
func told(reports []message.ReadReport) []string {
	var all []string
	for _, r := range reports {
		for _, to := range r.Delivery.Recipients {
			all = append(all, fmt.Sprintf("%s %s (%s) %s", to.Action, to.Final.Value, to.Original.Value, to.Status))
		}
	}
	return all
}

// TestAReportSaysWhatHappened: the facts are for programs, the words for people, and the mail comes back as the sender wants it.
func TestAReportSaysWhatHappened(t *testing.T) {
	for _, c := range []struct {
		ret  string
		want bool // the text of the mail is in the report
	}{{"", false}, {" RET=HDRS", false}, {" RET=FULL", true}} {
		s := newStreet(t)
		s.submit(s.net, "ana@example.net", c.ret+" ENVID=QQ314159", "<nobody@example.org> ORCPT=rfc822;Bobby@example.org")
		s.run(time.Minute)
		reports := s.reports(s.anaAtNet)
		if len(reports) != 1 {
			t.Fatalf("%q: %d reports", c.ret, len(reports))
		}
		r := reports[0]
		d := r.Delivery
		if r.Type != "delivery-status" || !strings.Contains(r.Text, "mail.example.org answered: 550 5.1.1") {
			t.Errorf("%q: %s, %q", c.ret, r.Type, r.Text)
		}
		if d.EnvelopeID != "QQ314159" || d.ReportingMTA.String() != "dns; mail.example.net" || d.Arrival.Sub(monday) > time.Minute || d.Arrival.Before(monday) {
			t.Errorf("%q: about the mail: %+v", c.ret, d)
		}
		if len(d.Recipients) != 1 {
			t.Fatalf("%q: %d recipients", c.ret, len(d.Recipients))
		}
		to := d.Recipients[0]
		if to.Original.String() != "rfc822; Bobby@example.org" || to.Final.String() != "rfc822; nobody@example.org" || to.Action != message.Failed || to.Status != "5.1.1" ||
			to.RemoteMTA.String() != "dns; mail.example.org" || to.Diagnostic.String() != "smtp; 550 5.1.1 No such user here" {
			t.Errorf("%q: about the recipient: %+v", c.ret, to)
		}
		if got := r.Original.Decoded("Subject"); got != "Lunch" {
			t.Errorf("%q: the header that came back is of %q", c.ret, got)
		}
		if got := strings.Contains(s.first(s.anaAtNet), "At one?"); got != c.want {
			t.Errorf("%q: the text came back: %v", c.ret, got)
		}
	}
}

// TestTheSenderHearsWhatHeAskedFor (RFC 3461 §4.1, §5.2): of each end of a mail, by NOTIFY.
func TestTheSenderHearsWhatHeAskedFor(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     []string
	}{
		{"ana@example.net", "<bob@example.org>", nil},
		{"ana@example.net", "<bob@example.org> NOTIFY=SUCCESS", []string{"delivered bob@example.org () 2.1.5"}},
		{"ana@example.net", "<bob@example.org> NOTIFY=FAILURE,DELAY", nil},
		{"ana@example.net", "<ana@example.net> NOTIFY=SUCCESS ORCPT=rfc822;ana@home.example", []string{"delivered ana@example.net (ana@home.example) 2.1.5"}},
		{"ana@example.net", "<nobody@example.org>", []string{"failed nobody@example.org () 5.1.1"}},
		{"ana@example.net", "<nobody@example.org> NOTIFY=FAILURE", []string{"failed nobody@example.org () 5.1.1"}},
		{"ana@example.net", "<nobody@example.org> NOTIFY=SUCCESS,DELAY", nil},
		{"ana@example.net", "<nobody@example.org> NOTIFY=NEVER", nil},
		{"", "<nobody@example.org> NOTIFY=SUCCESS,FAILURE", nil}, // never for the null path
		{"", "<bob@example.org> NOTIFY=SUCCESS", nil},
		{"ana@example.net", "<office@example.net> NOTIFY=SUCCESS", []string{"expanded office@example.net () 2.0.0"}},
		{"ana@example.net", "<desk@example.net> NOTIFY=SUCCESS", []string{"delivered bob@example.org (desk@example.net) 2.1.5"}},
		{"ana@example.net", "<friends@example.net> NOTIFY=SUCCESS", []string{"delivered friends@example.net () 2.1.5"}},
		{"ana@example.net", "<broken@example.net>", []string{"failed nobody@example.org (broken@example.net) 5.1.1"}},
	} {
		s := newStreet(t)
		s.net.config.Aliases = []Alias{
			{Name: "office", To: []string{"bob@example.org", "eva@example.org"}}, {Name: "desk", To: []string{"bob@example.org"}},
			{Name: "friends", To: []string{"bob@example.org"}, Owner: "eva@example.org"}, {Name: "broken", To: []string{"nobody@example.org"}},
		}
		_, err := s.org.store.Add("eva@example.org", "secret", "eva@example.org")
		s.must(err)
		s.submit(s.net, c.from, "", c.to)
		s.run(time.Minute)
		if got := told(s.reports(s.anaAtNet)); !slices.Equal(got, c.want) {
			t.Errorf("%s from <%s>: %q, want %q", c.to, c.from, got, c.want)
		}
	}
}

// TestAHostWithoutReportsIsTheLastThatIsHeardOf (RFC 3461 §5.2.2).
func TestAHostWithoutReportsIsTheLastThatIsHeardOf(t *testing.T) {
	s := newStreet(t)
	s.org.config.Lacks = []string{"DSN"}
	s.submit(s.net, "ana@example.net", "", "<bob@example.org> NOTIFY=SUCCESS", "<nobody@example.org> NOTIFY=SUCCESS")
	s.run(time.Minute)
	if got := told(s.reports(s.anaAtNet)); !slices.Equal(got, []string{"relayed bob@example.org () 2.0.0"}) {
		t.Errorf("Ana is told %q", got)
	}
	if s.wasTold("net mail.told-relayed") != 1 || s.wasTold("net mail.unreported") != 1 {
		t.Errorf("the world was told %q", s.told)
	}
}

// TestADelayIsToldOnce, after hours, with the time when the host will give up; then, after days, the failure.
func TestADelayIsToldOnce(t *testing.T) {
	s := newStreet(t)
	s.cables["org"].Cut()
	s.submit(s.net, "ana@example.net", " ENVID=slow", "<bob@example.org>", "<eva@example.org> NOTIFY=FAILURE")
	s.run(3 * time.Hour)
	if got := told(s.reports(s.anaAtNet)); got != nil {
		t.Fatalf("after three hours: %q", got)
	}
	s.run(24 * time.Hour)
	reports := s.reports(s.anaAtNet)
	if got := told(reports); !slices.Equal(got, []string{"delayed bob@example.org () 4.4.1"}) {
		t.Fatalf("after a day: %q", got)
	}
	if d := reports[0].Delivery; d.Recipients[0].RetryUntil.Sub(d.Arrival) != giveUpAfter || d.EnvelopeID != "slow" {
		t.Errorf("the warning says %+v", d)
	}
	s.run(4 * 24 * time.Hour)
	want := []string{"delayed bob@example.org () 4.4.1", "failed bob@example.org () 4.4.1", "failed eva@example.org () 4.4.1"}
	if got := told(s.reports(s.anaAtNet)); !slices.Equal(got, want) || s.net.Waiting() != 0 {
		t.Errorf("after five days: %q, %d mails wait", got, s.net.Waiting())
	}
}
