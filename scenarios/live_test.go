package scenarios

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
	"mailwire/sim/mail"
)

// A caller is a client from outside of the world, whose lines are said one after another.
type caller struct {
	program mail.Program
	heard   strings.Builder
	closed  bool
}

func (c *caller) Attach(p mail.Program)  { c.program = p }
func (c *caller) Write(b []byte)         { c.heard.Write(b) }
func (c *caller) Waiting() int           { return 0 }
func (c *caller) Close()                 { c.closed = true }
func (c *caller) Local() netip.AddrPort  { return netip.MustParseAddrPort("127.0.0.1:2587") }
func (c *caller) Remote() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:50000") }

// A witness keeps what is shown: notes of states, and the hosts whose packets were seen.
type witness struct {
	states []string
	hosts  []string
	last   trace.Event
}

func (w *witness) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.State:
		w.states = append(w.states, e.Host+" "+e.Note.ID)
	case *trace.Packet:
		w.hosts = append(w.hosts, e.From)
	}
	w.last = e
	return nil
}

func TestMailForElsewhereStaysInTheWorld(t *testing.T) {
	s, err := Load(Served(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{}
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	l, err := s.Serve(LiveOptions{Language: lexicon.English, Start: start, Accounts: []Account{{"eva", "secret"}, {"ana@example.org", "other"}}, Face: w})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := l.Accounts(), []Account{{"ana@example.org", "other"}, {"bob@example.org", "open sesame"}, {"eva@example.org", "secret"}}; !slices.Equal(got, want) {
		t.Errorf("accounts %v, want %v", got, want)
	}
	if err := l.Begin(); err != nil {
		t.Fatal(err)
	}
	c := &caller{}
	if err := l.Accept("submission", c); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"EHLO laptop", "AUTH PLAIN AGV2YQBzZWNyZXQ=", "MAIL FROM:<eva@example.org>", "RCPT TO:<bea@example.net>",
		"RCPT TO:<nobody@nowhere.example>", "DATA", "Subject: Lunch\r\n\r\nAt noon?\r\n.", "QUIT",
	} {
		c.program.Received([]byte(line + "\r\n"))
	}
	if !c.closed || !strings.Contains(c.heard.String(), "\r\n221 ") {
		t.Errorf("%q", c.heard.String())
	}
	if err := l.World().RunFor(time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"mail mail.queued", "mail-net mail.mailbox", "mail mail.passed-on", "mail mail.bounced"} {
		if !slices.Contains(w.states, want) {
			t.Errorf("nobody tells %q; told were %q", want, w.states)
		}
	}
	if !slices.Contains(w.hosts, "mail-net") {
		t.Error("no packet of the other provider was shown")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if end, ok := w.last.(*trace.Summary); !ok || end.Sockets == nil || end.Sockets.Connections != 1 {
		t.Errorf("the trace ends with %+v", w.last)
	}
}

func TestServeRefusals(t *testing.T) {
	s, err := Load(Served(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var host *HostError
	if _, err := s.Serve(LiveOptions{Host: "r1"}); !errors.As(err, &host) || len(host.Known) != 2 {
		t.Errorf("a router is served: %v", err)
	}
	var account *AccountError
	for _, user := range []string{"eva@example.com", "", "a b", "../../eva", "eva\r\n", "eva@"} {
		if _, err := s.Serve(LiveOptions{Accounts: []Account{{user, "x"}}}); !errors.As(err, &account) {
			t.Errorf("%q is a user: %v", user, err)
		}
	}
	var tap *TapError
	if _, err := s.Serve(LiveOptions{At: []string{"nowhere"}}); !errors.As(err, &tap) {
		t.Errorf("nowhere is a tap: %v", err)
	}
}

// Whoever has logged in can't fill the memory of the computer: an account that the scenario sets no limit has one all the same.
func TestServedAccountsHaveAQuota(t *testing.T) {
	for _, test := range []struct{ scenario, want string }{
		{string(Served()), `* QUOTA "" (STORAGE 0 1048576)`},
		{strings.Replace(string(Served()), "mail: {domain: example.org,", "mail: {domain: example.org, quota: 2MiB,", 1), `* QUOTA "" (STORAGE 0 2048)`},
	} {
		s, err := Load([]byte(test.scenario), nil)
		if err != nil {
			t.Fatal(err)
		}
		l, err := s.Serve(LiveOptions{Face: &witness{}})
		if err != nil {
			t.Fatal(err)
		}
		c := &caller{}
		if err := l.Accept("imap", c); err != nil {
			t.Fatal(err)
		}
		c.program.Received([]byte("a LOGIN bob \"open sesame\"\r\nb GETQUOTA \"\"\r\nc LOGOUT\r\n"))
		if !strings.Contains(c.heard.String(), test.want) {
			t.Errorf("want %s in %q", test.want, c.heard.String())
		}
	}
}

// FuzzSession lets somebody who has logged in, or not, say anything to a service: it is answered or closed, and never shown
// what is another's.
func FuzzSession(f *testing.F) {
	logins := map[string]string{
		"smtp": "EHLO x\r\n", "submission": "EHLO x\r\nAUTH PLAIN AGV2YQBzZWNyZXQ=\r\n",
		"imap": "a LOGIN eva secret\r\nb SELECT INBOX\r\n", "pop3": "USER eva\r\nPASS secret\r\n", "imaps": "", "pop3s": "", "submissions": "",
	}
	f.Add("smtp", true, []byte("MAIL FROM:<>\r\nRCPT TO:<eva@example.org>\r\nDATA\r\nx\r\n.\r\n"))
	f.Add("submission", true, []byte("MAIL FROM:<eva@example.org>\r\nRCPT TO:<bea@example.net>\r\nBDAT 3 LAST\r\nx\r\nSTARTTLS\r\n"))
	f.Add("imap", true, []byte("c APPEND \"../ana\" {3+}\r\nabc\r\nd CREATE ../../x\r\ne LIST \"\" *\r\nf FETCH 1:* BODY[]\r\ng IDLE\r\n"))
	f.Add("imap", false, []byte("a AUTHENTICATE PLAIN\r\n*\r\nb LOGIN ana {3}\r\nxxx\r\nc STARTTLS\r\n\x16\x03\x01"))
	f.Add("pop3", true, []byte("STAT\r\nRETR 1\r\nTOP 1 99999999999\r\nDELE -1\r\nQUIT\r\n"))
	f.Add("imaps", false, []byte("\x16\x03\x01\x00\x05hello"))
	s, err := Load(Served(), nil)
	if err != nil {
		f.Fatal(err)
	}
	certificate := selfSigned(f)
	f.Fuzz(func(t *testing.T, service string, in bool, says []byte) {
		login, known := logins[service]
		if !known {
			return
		}
		l, err := s.Serve(LiveOptions{Language: lexicon.English, Start: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}, Accounts: []Account{{"eva", "secret"}}, Face: &witness{}})
		if err != nil {
			t.Fatal(err)
		}
		c := &caller{}
		if err := l.Accept(service, c); err != nil {
			t.Fatal(err)
		}
		if in {
			c.program.Received([]byte(login))
		}
		c.program.Received(says)
		c.program.PeerClosed()
		if err := l.World().RunFor(time.Minute); err != nil {
			t.Fatal(err)
		}
		if !c.closed {
			t.Errorf("%s is not closed when its client has gone", service)
		}
		if strings.Contains(c.heard.String(), "this mailbox lies on a mail host") {
			t.Errorf("eva reads the mail of ana: %q", c.heard.String())
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// selfSigned is a certificate that nobody trusts.
func selfSigned(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
