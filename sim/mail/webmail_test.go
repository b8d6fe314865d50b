package mail

import (
	"crypto/tls"
	"net/netip"
	"testing"
	"time"

	"mailwire/layers/application/message"
	"mailwire/sim/host"
	"mailwire/sim/network"
)

// web adds a webmail of example.net to a street, and returns Ana's browser.
func (s *street) web(password string, security Security) *Browser {
	s.t.Helper()
	h := host.New(s.network, host.Config{Name: "web"})
	i := h.AddInterface(netip.MustParsePrefix("192.0.2.40/24"))
	s.network.Connect(i.Interface, s.middle.NewPort(), network.CableConfig{Delay: time.Millisecond})
	h.SetNameServer(netip.MustParseAddr("192.0.2.20"))
	_, err := NewWebmail(h, WebmailConfig{Domain: "example.net", TLS: s.authority.Server(WebmailName("example.net"), "")})
	s.must(err)
	return NewBrowser(On(s.laptop), AgentConfig{
		Person: "ana", Address: "ana@example.net", Password: password, Server: WebmailName("example.net"), Security: security,
		Trust: func(server string) *tls.Config { return s.authority.Client("laptop", server) },
	})
}

// TestABrowserReadsAndSendsMail, over HTTP alone, and keeps nothing.
func TestABrowserReadsAndSendsMail(t *testing.T) {
	for _, security := range []Security{NoTLS, TLS} {
		s := newStreet(t)
		s.put(s.anaAtNet, "Lunch & <b>more</b>", "At one?\n")
		s.put(s.anaAtNet, "News", "None.\n")
		ana := s.web("secret", security)
		s.must(ana.Write(&message.Mail{To: []string{"bob@example.org"}, Subject: "Grüße", Text: "Hello & good-bye\n"}))
		for _, do := range []func(func(*Failure)){
			ana.Look, ana.Send,
			func(done func(*Failure)) { ana.Read("Lunch & <b>more</b>", done) },
			func(done func(*Failure)) { ana.Delete("News", done) },
		} {
			if f := s.wait(do); f != nil {
				t.Fatalf("%s: %v", security, f)
			}
		}
		s.run(time.Minute)
		if got := s.inbox(s.anaAtNet); len(got) != 1 || ana.Known() != 1 || ana.Holding().Messages != 0 {
			t.Errorf("%s: Ana has %q, the page shows %d, the device holds %+v", security, got, ana.Known(), ana.Holding())
		}
		if got := s.inbox(s.bobAtOrg); len(got) != 1 || got[0] != "Grüße" {
			t.Errorf("%s: Bob has %q", security, got)
		}
	}
}

// TestAWebmailLetsNobodyInWithoutPassword, and shows nobody's pages to others.
func TestAWebmailLetsNobodyInWithoutPassword(t *testing.T) {
	s := newStreet(t)
	s.put(s.anaAtNet, "Lunch", "At one?\n")
	wrong := s.web("wrong", NoTLS)
	if f := s.wait(wrong.Look); f == nil || f.Note.ID != "mail.failed.refused" {
		t.Errorf("a wrong password: %v", f)
	}
	wrong.cookie = "session=0000000000000000"
	if f := s.wait(wrong.Look); f == nil || f.Note.ID != "mail.failed.refused" || wrong.Known() != 0 {
		t.Errorf("a cookie that nobody gave: %v, %d mails", f, wrong.Known())
	}
}
