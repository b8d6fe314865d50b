package smtp

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/sasl"
)

// A line of a wire between the two engines: n bytes cross at a time.
func converse(now time.Time, c *Client, s *Server, cut int, secure bool) (events []Event) {
	for moved := true; moved; {
		moved = false
		for out := s.Output(); len(out) > 0; out = s.Output() {
			moved = true
			for len(out) > 0 {
				n := min(cut, len(out))
				c.Receive(now, out[:n])
				out = out[n:]
			}
		}
		for out := c.Output(); len(out) > 0; out = c.Output() {
			moved = true
			for len(out) > 0 {
				n := min(cut, len(out))
				s.Receive(now, out[:n])
				out = out[n:]
			}
		}
		for e, ok := c.Next(); ok; e, ok = c.Next() {
			events = append(events, e)
			if _, tls := e.(*Secure); tls && secure {
				for out := c.Output(); len(out) > 0; out = c.Output() {
					s.Receive(now, out)
				}
				s.Secured(now)
				c.Secured(now)
				moved = true
			}
		}
		if s.Closing() && !moved {
			c.End(now, nil)
		}
	}
	return events
}

func addresses(list ...string) (to []Recipient) {
	for _, a := range list {
		to = append(to, Recipient{Path: MustPath("<" + a + ">")})
	}
	return to
}

var errAny = errors.New("any")

func TestClientAgainstServer(t *testing.T) {
	from := MustPath("<ana@example.net>")
	for _, tt := range []struct {
		name   string
		client ClientConfig
		server ServerConfig
		mails  []*Outgoing
		sent   string // verbs
		taken  int
		codes  string // of the recipients of each mail
		why    error
	}{
		{"one mail in one go", ClientConfig{}, ServerConfig{}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi\n.\n")}},
			"EHLO MAIL RCPT DATA QUIT", 1, "250", nil},
		{"step by step", ClientConfig{NoPipelining: true}, ServerConfig{}, []*Outgoing{{From: from, To: addresses("bob@example.net", "nobody@example.net"), Data: []byte("hi")}},
			"EHLO MAIL RCPT RCPT DATA QUIT", 1, "250,550", nil},
		{"an old server", ClientConfig{}, ServerConfig{OnlyHELO: true}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}},
			"EHLO HELO MAIL RCPT DATA QUIT", 1, "250", nil},
		{"an old client", ClientConfig{OnlyHELO: true}, ServerConfig{}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}},
			"HELO MAIL RCPT DATA QUIT", 1, "250", nil},
		{"nobody takes it, another follows", ClientConfig{NoPipelining: true}, ServerConfig{}, []*Outgoing{
			{From: from, To: addresses("c@elsewhere.example"), Data: []byte("hi")},
			{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}}, "EHLO MAIL RCPT RSET MAIL RCPT DATA QUIT", 1, "550 250", errAny},
		{"nobody takes it in one go", ClientConfig{}, ServerConfig{}, []*Outgoing{
			{From: from, To: addresses("c@elsewhere.example", "d@elsewhere.example"), Data: []byte("hi")},
			{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}}, "EHLO MAIL RCPT RCPT DATA RSET MAIL RCPT DATA QUIT", 1, "550,550 250", errAny},
		{"a login opens the way", ClientConfig{User: "ana", Password: "secret", Auth: sasl.Policy{Clear: true}}, ServerConfig{Role: Submission}, []*Outgoing{{From: from, To: addresses("c@elsewhere.example"), Data: []byte("hi")}},
			"EHLO AUTH MAIL RCPT DATA QUIT", 1, "250", nil},
		{"AUTH LOGIN", ClientConfig{User: "ana", Password: "secret", Auth: sasl.Policy{Only: "LOGIN", Clear: true}}, ServerConfig{Role: Submission}, []*Outgoing{{From: from, To: addresses("c@elsewhere.example"), Data: []byte("hi")}},
			"EHLO AUTH YW5H C2VJCMV0 MAIL RCPT DATA QUIT", 1, "250", nil},
		{"no password in the clear", ClientConfig{User: "ana", Password: "secret"}, ServerConfig{Role: Submission}, []*Outgoing{{From: from, To: addresses("c@elsewhere.example"), Data: []byte("hi")}},
			"EHLO QUIT", 0, "", errAny},
		{"CRAM-MD5", ClientConfig{User: "ana", Password: "secret"}, ServerConfig{Role: Submission, Mechanisms: []string{"CRAM-MD5"}, Nonce: always("1"), Hostname: "x"}, []*Outgoing{{From: from, To: addresses("c@elsewhere.example"), Data: []byte("hi")}},
			"EHLO AUTH " + strings.ToUpper(encode64("ana "+sasl.CramDigest("secret", "<1@x>"))) + " MAIL RCPT DATA QUIT", 1, "250", nil},
		{"a wrong password", ClientConfig{User: "ana", Password: "x", Auth: sasl.Policy{Clear: true}}, ServerConfig{Role: Submission}, []*Outgoing{{From: from, To: addresses("c@elsewhere.example"), Data: []byte("hi")}},
			"EHLO AUTH QUIT", 0, "", errAny},
		{"STARTTLS", ClientConfig{TLS: TryTLS}, ServerConfig{Announce: []string{"STARTTLS"}}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}},
			"EHLO STARTTLS EHLO MAIL RCPT DATA QUIT", 1, "250", nil},
		{"STARTTLS stripped", ClientConfig{TLS: NeedTLS}, ServerConfig{}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}},
			"EHLO QUIT", 0, "", errAny},
		{"chunks", ClientConfig{ChunkSize: 2}, ServerConfig{}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi\r\n.\n")}},
			"EHLO MAIL RCPT BDAT BDAT BDAT BDAT QUIT", 1, "250", nil},
		{"too large to try", ClientConfig{}, ServerConfig{Limits: Limits{Size: 1}}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}},
			"EHLO QUIT", 0, "", errAny},
		{"eight bits to a server of seven", ClientConfig{}, ServerConfig{Announce: []string{}}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("ü")}},
			"EHLO QUIT", 0, "", errAny},
		{"no service", ClientConfig{}, ServerConfig{Refuse: NewReply(554, "", "Go away")}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}},
			"QUIT", 0, "", errAny},
		{"not now", ClientConfig{}, ServerConfig{Refuse: NewReply(421, "", "Too busy")}, []*Outgoing{{From: from, To: addresses("bob@example.net"), Data: []byte("hi")}},
			"", 0, "", errAny},
	} {
		for _, cut := range []int{1 << 20, 1, 3} {
			t.Run(fmt.Sprintf("%s/%d", tt.name, cut), func(t *testing.T) {
				h := &house{}
				s := NewServer(epoch, tt.server, h, peer)
				c := NewClient(epoch, tt.client)
				for _, m := range tt.mails {
					c.Send(epoch, m)
				}
				c.Quit(epoch)
				var sent, codes []string
				var why error
				results, ended := 0, false
				for _, e := range converse(epoch, c, s, cut, true) {
					switch e := e.(type) {
					case *Sent:
						cmd, _ := ParseCommand(e.Line)
						sent = append(sent, cmd.Verb)
					case *Delivered:
						results++
						why = errors.Join(why, e.Why)
						var of []string
						for _, r := range e.Recipients {
							if r != nil {
								of = append(of, fmt.Sprint(r.Code))
							}
						}
						codes = append(codes, strings.Join(of, ","))
					case *Ended:
						ended = true
					}
				}
				if got := strings.Join(sent, " "); got != tt.sent {
					t.Errorf("sent %s, want %s", got, tt.sent)
				}
				if len(h.taken) != tt.taken || results != len(tt.mails) || !ended || !c.Closing() {
					t.Errorf("taken %q, %d results, ended %v", h.taken, results, ended)
				}
				if got := strings.TrimSpace(strings.Join(codes, " ")); got != tt.codes {
					t.Errorf("recipients %q, want %q", got, tt.codes)
				}
				if (why != nil) != (tt.why != nil) {
					t.Errorf("why %v", why)
				}
			})
		}
	}
}

func TestSingleCommandsForLessons(t *testing.T) {
	h := &house{}
	s, c := NewServer(epoch, ServerConfig{}, h, peer), NewClient(epoch, ClientConfig{})
	for _, line := range []string{"NOOP", "DATA", "MAIL FROM:<>", "RCPT TO:<bob@example.net>", "DATA"} {
		c.Do(epoch, line)
	}
	answers := func() (list []string) {
		for _, e := range converse(epoch, c, s, 1<<20, false) {
			if a, ok := e.(*Answered); ok {
				list = append(list, fmt.Sprint(a.Reply.Code))
			}
		}
		return list
	}
	if got := strings.Join(answers(), " "); got != "220 250 250 503 250 250 354" {
		t.Fatal(got)
	}
	c.Content(epoch, []byte("one\r\n.\r\ntwo"), true)
	// The dot that was not doubled ends the mail, and the server takes what follows for commands.
	if got := strings.Join(answers(), " "); got != "250 500 500" && got != "250 500" {
		t.Error(got)
	}
	if fmt.Sprint(h.taken) != `[ESMTP <> <bob@example.net> "one\r\n"]` {
		t.Error(h.taken)
	}
}

func TestClientLosesPatience(t *testing.T) {
	c := NewClient(epoch, ClientConfig{})
	c.Send(epoch, &Outgoing{From: Path{}, To: addresses("bob@example.net")})
	if want := epoch.Add(5 * time.Minute); c.Deadline() != want {
		t.Errorf("deadline %v, want %v", c.Deadline(), want)
	}
	c.Expire(c.Deadline())
	var last Event
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		last = e
	}
	if e, ok := last.(*Ended); !ok || e.Why == nil || !c.Closing() {
		t.Errorf("%#v", last)
	}
}

func FuzzClient(f *testing.F) {
	f.Add([]byte("220 x\r\n250-x\r\n250 PIPELINING\r\n250 a\r\n250 b\r\n354 c\r\n250 d\r\n221 e\r\n"))
	f.Add([]byte("220 x\r\n500 x\r\n250 x\r\n250 x\r\n550 x\r\n250 x\r\n421 x\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := NewClient(epoch, ClientConfig{User: "ana", TLS: TryTLS, ChunkSize: int(len(b) % 3)})
		c.Send(epoch, &Outgoing{To: addresses("bob@example.net"), Data: []byte("hi")})
		c.Quit(epoch)
		c.Receive(epoch, b)
		c.End(epoch, nil)
		results := 0
		for e, ok := c.Next(); ok; e, ok = c.Next() {
			if _, ok := e.(*Delivered); ok {
				results++
			}
		}
		if results != 1 || !c.Closing() {
			t.Fatalf("%d results", results)
		}
	})
}
