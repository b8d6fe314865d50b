package smtp

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/sasl"
)

var (
	epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	peer  = netip.MustParseAddr("192.0.2.10")
)

// A house is the backend of the tests: it takes mail for example.net from anyone and for others from its users.
type house struct {
	taken     []string
	envelopes []*Envelope
	fail      error
	out       bool // nobody can look passwords up
}

func (h *house) Login(_ *Session, user, password string) error {
	if h.out {
		return errors.New("the directory is down")
	}
	if user == "ana" && password == "secret" {
		return nil
	}
	return BadLogin()
}
func (h *house) Secret(user string) (sasl.Secret, bool) {
	return sasl.Secret{Password: "secret"}, user == "ana"
}
func (h *house) Mail(_ *Session, from Path, _ []Param) error { return nil }
func (h *house) Rcpt(s *Session, to Path, _ []Param) error {
	switch {
	case to.Mailbox.Postmaster():
		return nil
	case to.Mailbox.Local == "full":
		return MailboxFull()
	case !strings.EqualFold(to.Mailbox.Domain, "example.net") && s.User == "":
		return RelayDenied()
	case to.Mailbox.Local == "nobody":
		return UnknownUser()
	case to.Mailbox.Local == "moved":
		return Elsewhere(Mailbox{"eva", "example.org"})
	case to.Mailbox.Local == "forwarded":
		return Forwarded(Mailbox{"eva", "example.org"})
	}
	return nil
}
func (h *house) Deliver(e *Envelope, data []byte) error {
	if h.fail != nil {
		return h.fail
	}
	to := ""
	for _, r := range e.To {
		to += r.Path.String()
	}
	h.envelopes = append(h.envelopes, e)
	h.taken = append(h.taken, fmt.Sprintf("%s %s %s %q", e.With(), e.From, to, data))
	return nil
}
func (h *house) Verify(_ *Session, words string, expand bool) *Reply { return nil }

var sessions = []struct {
	name   string
	config ServerConfig
	client string // "\n" stands for CRLF, "\\n" for a bare LF
	want   string // codes in order
	taken  []string
}{
	{"a mail", ServerConfig{}, "EHLO x\nMAIL FROM:<ana@example.net> SIZE=5\nRCPT TO:<bob@example.net>\nDATA\nhi\n..\n.\nQUIT\n",
		"220 250 250 250 354 250 221", []string{`ESMTP <ana@example.net> <bob@example.net> "hi\r\n.\r\n"`}},
	{"HELO, and any case", ServerConfig{}, "helo x\nmail from:<>\nrcpt to:<Postmaster>\ndata\n.\nquit\n",
		"220 250 250 250 354 250 221", []string{`SMTP <> <Postmaster> ""`}},
	{"a server of 1982", ServerConfig{OnlyHELO: true}, "EHLO x\nHELO x\nMAIL FROM:<a@b.example> SIZE=1\nMAIL FROM:<a@b.example>\n", "220 500 250 555 250", nil},
	{"three recipients, one fault", ServerConfig{}, "EHLO x\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@example.net>\nRCPT TO:<c@elsewhere.example>\nRCPT TO:<nobody@example.net>\nRCPT TO:<full@example.net>\nDATA\nx\n.\n",
		"220 250 250 250 550 550 452 354 250", []string{`ESMTP <a@b.example> <bob@example.net> "x\r\n"`}},
	{"with a login a stranger is reached", ServerConfig{}, "EHLO x\nAUTH PLAIN AGFuYQBzZWNyZXQ=\nMAIL FROM:<a@example.net>\nRCPT TO:<c@elsewhere.example>\nDATA\n.\n",
		"220 250 235 250 250 354 250", []string{`ESMTPA <a@example.net> <c@elsewhere.example> ""`}},
	{"AUTH LOGIN, twice", ServerConfig{}, "EHLO x\nAUTH LOGIN\nYW5h\nc2VjcmV0\nAUTH LOGIN\n", "220 250 334 334 235 503", nil},
	{"AUTH with an empty challenge, given up", ServerConfig{}, "EHLO x\nAUTH PLAIN\n*\nAUTH PLAIN =\nAUTH PLAIN !\nAUTH X\nAUTH\n", "220 250 334 501 501 501 504 501", nil},
	{"CRAM-MD5", ServerConfig{Mechanisms: []string{"CRAM-MD5"}, Nonce: always("1"), Hostname: "x"}, "EHLO x\nAUTH CRAM-MD5 eA==\nAUTH CRAM-MD5\n" +
		encode64("ana "+sasl.CramDigest("secret", "<1@x>")) + "\n", "220 250 501 334 235", nil},
	{"three wrong passwords", ServerConfig{}, strings.Join([]string{"EHLO x", "AUTH PLAIN AGFuYQB4", "AUTH PLAIN AGFuYQB4", "AUTH PLAIN AGFuYQB4", "NOOP", ""}, "\n"), "220 250 535 535 535 421", nil},
	{"submission asks for a login", ServerConfig{Role: Submission}, "EHLO x\nMAIL FROM:<a@example.net>\n", "220 250 530", nil},
	{"no AUTH inside a mail", ServerConfig{}, "EHLO x\nMAIL FROM:<a@b.example>\nAUTH PLAIN AGFuYQBzZWNyZXQ=\n", "220 250 250 503", nil},
	{"no password without TLS", ServerConfig{NeedTLS: true}, "EHLO x\nAUTH PLAIN AGFuYQBzZWNyZXQ=\n", "220 250 538", nil},
	{"out of order", ServerConfig{}, "MAIL FROM:<a@b.example>\nRSET\nNOOP\nEHLO x\nRCPT TO:<bob@example.net>\nDATA\nMAIL FROM:<a@b.example>\nMAIL FROM:<a@b.example>\nDATA\nRSET\nDATA\n",
		"220 503 250 250 250 503 503 250 503 503 250 503", nil},
	{"EHLO clears a mail", ServerConfig{}, "EHLO x\nMAIL FROM:<a@b.example>\nEHLO x\nRCPT TO:<bob@example.net>\n", "220 250 250 250 503", nil},
	{"syntax", ServerConfig{}, "EHLO\nEHLO x\nXYZZY\nTURN\nMAIL\nMAIL FROM:a b@b.example\nMAIL FROM:<a@b.example> X=1\nMAIL FROM:<a@b.example> SIZE=x\nMAIL FROM:<a@b.example> BODY=9\nDATA x\n\nRCPT TO:<>\nVRFY\nVRFY bob\nEXPN list\nHELP\n",
		"220 501 250 500 502 501 501 555 501 501 501 500 501 501 252 502 214", nil},
	{"too large, said before and found out", ServerConfig{Limits: Limits{Size: 4}}, "EHLO x\nMAIL FROM:<> SIZE=5\nMAIL FROM:<>\nRCPT TO:<bob@example.net>\nDATA\n12345\n.\nNOOP\n",
		"220 250 552 250 250 354 552 250", nil},
	{"too many recipients", ServerConfig{Limits: Limits{Recipients: 1}}, "EHLO x\nMAIL FROM:<>\nRCPT TO:<bob@example.net>\nRCPT TO:<bob@example.net>\n", "220 250 250 250 452", nil},
	{"chunks", ServerConfig{}, "EHLO x\nMAIL FROM:<>\nRCPT TO:<bob@example.net>\nBDAT 3\n.\nBDAT 0\nDATA\nBDAT 4 LAST\nab\nNOOP\n",
		"220 250 250 250 250 250 503 250 250", []string{`ESMTP <> <bob@example.net> ".\r\nab\r\n"`}},
	{"a chunk out of order is read and refused", ServerConfig{}, "EHLO x\nBDAT 6 LAST\nQUIT\nNOOP\nBDAT x\n", "220 250 503 250 501", nil},
	{"an address that needs SMTPUTF8", ServerConfig{}, "EHLO x\nMAIL FROM:<é@b.example>\nMAIL FROM:<é@b.example> SMTPUTF8\nRCPT TO:<ü@example.net>\n", "220 250 553 250 250", nil},
	{"lookalikes of the end are none", ServerConfig{}, "EHLO x\nMAIL FROM:<>\nRCPT TO:<bob@example.net>\nDATA\na\\n.\\nMAIL FROM:<evil@b.example>\\n.\nx\n.\n",
		"220 250 250 250 354 250", []string{`ESMTP <> <bob@example.net> "a\n.\nMAIL FROM:<evil@b.example>\n.\r\nx\r\n"`}},
	{"a line feed alone ends nothing, and says so", ServerConfig{}, "NOOP\\nNOOP\n", "220 500 250", nil},
	{"no service", ServerConfig{Refuse: NewReply(554, "", "No SMTP here")}, "EHLO x\nQUIT\n", "554 503 221", nil},
	{"too many errors", ServerConfig{Limits: Limits{Errors: 2}}, "X\nX\nNOOP\n", "220 500 500 421", nil},
	{"a long line, and the next is read", ServerConfig{}, "NOOP " + strings.Repeat("x", 3000) + "\nNOOP\n", "220 500 250", nil},
	{"an endless line", ServerConfig{}, strings.Repeat("x", endless) + "\nNOOP\n", "220 421", nil},
}

func talk(config ServerConfig, h *house, client string, cut int) (output string, events []string) {
	client = strings.NewReplacer("\\n", "\n", "\n", "\r\n").Replace(client)
	s := NewServer(epoch, config, h, peer)
	out := string(s.Output())
	for len(client) > 0 {
		n := min(cut, len(client))
		s.Receive(epoch, []byte(client[:n]))
		client = client[n:]
		out += owed(s)
	}
	for e, ok := s.Next(); ok; e, ok = s.Next() {
		events = append(events, fmt.Sprintf("%T", e))
	}
	return out, events
}

// owed is all that a server has to say, and to what waited for the room.
func owed(s *Server) (out string) {
	for b := s.Output(); len(b) > 0; b = s.Output() {
		out += string(b)
	}
	return out
}

func codes(output string) string {
	var list []string
	for line := range strings.Lines(output) {
		if len(line) > 3 && line[3] == ' ' {
			list = append(list, line[:3])
		}
	}
	return strings.Join(list, " ")
}

func TestServerHoweverTheBytesCome(t *testing.T) {
	for _, tt := range sessions {
		t.Run(tt.name, func(t *testing.T) {
			var whole string
			for _, cut := range []int{1 << 20, 1, 2, 1000} {
				h := &house{}
				out, _ := talk(tt.config, h, tt.client, cut)
				if got := codes(out); got != tt.want {
					t.Fatalf("cut %d: answers %s, want %s\n%s", cut, got, tt.want, out)
				}
				if fmt.Sprint(h.taken) != fmt.Sprint(tt.taken) {
					t.Errorf("cut %d: taken %s, want %s", cut, h.taken, tt.taken)
				}
				if whole == "" {
					whole = out
				} else if out != whole {
					t.Errorf("cut %d: %q, whole %q", cut, out, whole)
				}
			}
		})
	}
}

func TestDeliveryComesBeforeThe250(t *testing.T) {
	mail := "EHLO x\nMAIL FROM:<>\nRCPT TO:<bob@example.net>\nDATA\n.\n"
	for _, tt := range []struct {
		fail error
		want string
	}{
		{fmt.Errorf("the disk is on fire"), "451"},
		{NewReply(452, "4.3.1", "No room"), "452"},
		{NewReply(554, "5.6.0", "Not this"), "554"},
	} {
		out, _ := talk(ServerConfig{}, &house{fail: tt.fail}, mail, 1<<20)
		if got := codes(out); !strings.HasSuffix(got, "354 "+tt.want) {
			t.Errorf("%v: %s", tt.fail, got)
		}
	}
}

func TestEnhancedCodesAreForWhoWasToldOfThem(t *testing.T) {
	out, _ := talk(ServerConfig{}, &house{}, "HELO x\nNOOP\nEHLO x\nNOOP\n", 1<<20)
	if !strings.Contains(out, "\r\n250 OK\r\n") || !strings.HasSuffix(out, "\r\n250 2.0.0 OK\r\n") {
		t.Error(out)
	}
}

func TestServerLosesPatience(t *testing.T) {
	s := NewServer(epoch, ServerConfig{Hostname: "mail.example.net"}, &house{}, peer)
	s.Output()
	s.Expire(epoch.Add(5*time.Minute - 1))
	if s.Closing() {
		t.Fatal("it closes before its time")
	}
	s.Expire(s.Deadline())
	if out := string(s.Output()); out != "421 mail.example.net Timeout waiting for the client\r\n" || !s.Closing() {
		t.Errorf("%q", out)
	}
}

func TestServerForgetsWhatCameBeforeTLS(t *testing.T) {
	s := NewServer(epoch, ServerConfig{Announce: []string{"STARTTLS", "AUTH"}, NeedTLS: true}, &house{}, peer)
	s.Receive(epoch, []byte("EHLO x\r\nSTARTTLS\r\nMAIL FROM:<evil@example.net>\r\n"))
	out := string(s.Output())
	if codes(out) != "220 250 220" || strings.Contains(out, "AUTH") {
		t.Fatalf("%q", out)
	}
	var asked, injected bool
	for e, ok := s.Next(); ok; e, ok = s.Next() {
		switch e.(type) {
		case *Secure:
			asked = true
		case *PeerError:
			injected = true
		}
	}
	if !asked || !injected {
		t.Error("TLS asked for:", asked, "injection told:", injected)
	}
	s.Secured(epoch)
	s.Receive(epoch, []byte("MAIL FROM:<a@example.net>\r\nEHLO x\r\n"))
	if out := string(s.Output()); !strings.HasPrefix(out, "503 ") || strings.Contains(out, "STARTTLS") || !strings.Contains(out, "AUTH PLAIN LOGIN") {
		t.Errorf("%q", out)
	}
}

func TestRulesNameOnlyCommandsThatExist(t *testing.T) {
	for _, r := range Rules {
		if !KnownVerb(r.Verb) && len(r.Verb) > 1 && r.Verb != "LAST" && r.Verb != "TLS" {
			t.Errorf("%v", r)
		}
		if !strings.HasPrefix(r.Ref, "RFC ") {
			t.Errorf("%v has no reference", r)
		}
	}
}

func TestReceivedLineSaysHowAMailCame(t *testing.T) {
	e := &Envelope{Session: Session{Peer: peer, Client: "ana.example.net", Extended: true, TLS: true, User: "ana"},
		To: To(MustPath("<bob@example.org>")), At: epoch}
	want := "Received: from ana.example.net ([192.0.2.10])\r\n\tby mail.example.net with ESMTPSA id 17\r\n\tfor <bob@example.org>;\r\n\tMon, 5 Jan 2026 09:00:00 +0000\r\n"
	if got := e.Received("mail.example.net", "17"); got != want {
		t.Errorf("%q", got)
	}
}

// always is a source of nonces for dialogues that are known beforehand.
func always(nonce string) func() string { return func() string { return nonce } }

func encode64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
