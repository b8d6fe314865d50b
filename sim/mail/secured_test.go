package mail

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"
)

// trusting makes an agent that speaks TLS and trusts the street's authority.
func (s *street) trusting(address string, reads Strategy, security Security) *Agent {
	a := s.agent(address, reads)
	a.config.Security = security
	a.config.Trust = func(server string) *tls.Config { return s.authority.Client("laptop", server) }
	return a
}

// TestMailTravelsInsideTLS: written, sent and read by each protocol, with TLS first or behind STARTTLS.
func TestMailTravelsInsideTLS(t *testing.T) {
	for _, security := range []Security{StartTLS, TLS} {
		for _, reads := range []Strategy{POP3Leave, IMAP} {
			s := newStreet(t)
			var log strings.Builder
			s.authority.KeyLog = func(line []byte) { log.Write(line) }
			ana := s.trusting("ana@example.net", reads, security)
			s.write(ana, "ana@example.net", "bob@example.org")
			for _, do := range []func(func(*Failure)){ana.Send, ana.Look} {
				if f := s.wait(do); f != nil {
					t.Fatalf("%s, %s: %v", security, reads, f)
				}
			}
			if f := s.wait(func(done func(*Failure)) { ana.Read("Lunch", done) }); f != nil {
				t.Errorf("%s, %s: reading: %v", security, reads, f)
			}
			s.run(time.Minute)
			if got := s.inbox(s.bobAtOrg); len(got) != 1 {
				t.Errorf("%s, %s: Bob has %q", security, reads, got)
			}
			if !strings.Contains(log.String(), "CLIENT_TRAFFIC_SECRET_0 ") {
				t.Errorf("%s, %s: the secrets told are %q", security, reads, log.String())
			}
		}
	}
}

// TestACertificateIsChecked: for its name, its time and who issued it.
func TestACertificateIsChecked(t *testing.T) {
	for flaw, want := range map[Flaw]string{
		Expired: "mail.failed.certificate-expired", OtherName: "mail.failed.certificate-name", SelfSigned: "mail.failed.certificate-unknown",
	} {
		for _, security := range []Security{StartTLS, TLS} {
			s := newStreetWith(t, flaw)
			ana := s.trusting("ana@example.net", IMAP, security)
			s.write(ana, "bob@example.org")
			for _, do := range []func(func(*Failure)){ana.Send, ana.Look} {
				if f := s.wait(do); f == nil || f.Note.ID != want {
					t.Errorf("%s, %s: %v, want %s", flaw, security, f, want)
				}
			}
		}
	}
}

// TestTheSameSeedGivesTheSameBytes also where keys are made and mails are encrypted.
func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	play := func() string {
		s := newStreet(t)
		var log strings.Builder
		s.authority.KeyLog = func(line []byte) { log.Write(line) }
		ana := s.trusting("ana@example.net", IMAP, StartTLS)
		s.write(ana, "bob@example.org")
		s.wait(ana.Send)
		s.run(time.Minute)
		s.wait(ana.Look)
		return log.String()
	}
	one, two := play(), play()
	if one != two || one == "" {
		t.Errorf("first\n%s\nthen\n%s", one, two)
	}
	// Sending, passing on and reading are three sessions: each has a random number of its own.
	randoms := map[string]bool{}
	for line := range strings.Lines(one) {
		randoms[strings.Fields(line)[1]] = true
	}
	if len(randoms) != 3 {
		t.Errorf("%d sessions in\n%s", len(randoms), one)
	}
}
