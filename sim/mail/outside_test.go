package mail

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// An outsider is a client that is not of the world. What it is told lies in said.
type outsider struct {
	program Program
	said    strings.Builder
	deaf    bool // it takes nothing of what is written
	waiting int
	closed  bool
}

func (o *outsider) Attach(p Program) { o.program = p }
func (o *outsider) Waiting() int     { return o.waiting }
func (o *outsider) Close()           { o.closed = true }
func (o *outsider) Local() netip.AddrPort {
	return netip.MustParseAddrPort("127.0.0.1:2525")
}
func (o *outsider) Remote() netip.AddrPort {
	return netip.MustParseAddrPort("127.0.0.1:50000")
}

func (o *outsider) Write(b []byte) {
	o.said.Write(b)
	if o.deaf {
		o.waiting += len(b)
	}
}

// A session that does not come to its end is ended: the client that says a byte a second gets no more time than one that
// is silent.
func TestSlowClientsAreSentAway(t *testing.T) {
	for _, c := range []struct {
		service, first, byByte string
		within                 time.Duration
		want                   string
	}{
		{"smtp", "", "x", time.Hour, "421 "},
		{"smtp", "EHLO x\r\n", "x", time.Hour, "421 "},
		{"smtp", "EHLO x\r\n", "", time.Hour, "421 "},
		{"submission", "", "", time.Hour, "421 "},
		{"imap", "", "x", time.Hour, "* BYE "},
		{"imap", "a LOGIN bob@example.org secret\r\n", "x", time.Hour, "* BYE "},
		{"imap", "a LOGIN bob@example.org secret\r\nb SELECT INBOX\r\n", "", time.Hour, "* BYE "},
		{"pop3", "", "x", time.Hour, ""}, // RFC 1939 §3: an autologout says nothing
		{"pop3", "USER bob@example.org\r\nPASS secret\r\n", "x", time.Hour, ""},
		{"imaps", "", "", time.Hour, ""},
		{"submissions", "", "\x16", time.Hour, ""},
	} {
		s := newStreet(t)
		o := &outsider{}
		s.must(s.org.Accept(c.service, o))
		if c.first != "" {
			o.program.Received([]byte(c.first))
		}
		greeted := o.said.Len()
		start := s.world.Now()
		for !o.closed && s.world.Now().Sub(start) < c.within {
			s.must(s.world.RunFor(time.Second))
			if !o.closed && c.byByte != "" {
				o.program.Received([]byte(c.byByte))
			}
		}
		if end := o.said.String()[greeted:]; !o.closed || !strings.Contains(end, c.want) {
			t.Errorf("%s, %q, then %q: closed %t, %q, want %q", c.service, c.first, c.byByte, o.closed, end, c.want)
		}
		if s.org.Sessions() != 0 {
			t.Errorf("%s, %q: %d sessions are left", c.service, c.first, s.org.Sessions())
		}
	}
}

// A client that reads nothing is kept no more than a bounded answer for, and is sent away as one that is silent.
func TestDeafClientsAreSentAway(t *testing.T) {
	for service, asks := range map[string]string{"smtp": "NOOP\r\n", "imap": "a NOOP\r\n", "pop3": "CAPA\r\n"} {
		s := newStreet(t)
		o := &outsider{deaf: true}
		s.must(s.org.Accept(service, o))
		o.program.Received([]byte(strings.Repeat(asks, 100)))
		s.must(s.world.RunFor(time.Hour))
		if !o.closed || o.said.Len() > 64<<10 {
			t.Errorf("%s: closed %t, %d bytes", service, o.closed, o.said.Len())
		}
	}
}

// A host that goes down tells everybody.
func TestShutdownIsSaid(t *testing.T) {
	s := newStreet(t)
	for service, want := range map[string]string{"smtp": "421 ", "imap": "* BYE ", "pop3": ""} {
		o := &outsider{}
		s.must(s.org.Accept(service, o))
		greeted := o.said.Len()
		s.org.Shutdown()
		if end := o.said.String()[greeted:]; !o.closed || !strings.HasPrefix(end, want) {
			t.Errorf("%s: closed %t, %q, want %q", service, o.closed, end, want)
		}
	}
	if s.org.Sessions() != 0 {
		t.Errorf("%d sessions are left", s.org.Sessions())
	}
}

// There is a word for who finds no place.
func TestRefusal(t *testing.T) {
	s := newStreet(t)
	for service, want := range map[string]string{"smtp": "421 4.7.0 ", "submission": "421 4.7.0 ", "imap": "* BYE [UNAVAILABLE] ", "pop3": "-ERR [SYS/TEMP] ", "imaps": ""} {
		if got := string(s.org.Refuse(service, netip.MustParseAddrPort("127.0.0.1:50000"))); !strings.HasPrefix(got, want) || want == "" != (got == "") {
			t.Errorf("%s: %q, want %q", service, got, want)
		}
	}
}
