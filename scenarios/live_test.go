package scenarios

import (
	"errors"
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
