package smtp

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// RFC 2033 §4.2: behind the dot there is an answer for each recipient who was accepted, in their order.
func TestLMTPAnswersForEachRecipient(t *testing.T) {
	const before = "LHLO x\nMAIL FROM:<>\nRCPT TO:<bob@example.net>\nRCPT TO:<nobody@example.net>\nRCPT TO:<eva@example.net>\n"
	both := Outcomes{nil, MailboxFull()}
	for _, tt := range []struct {
		name, client string
		fail         error
		want         string
	}{
		{"LHLO alone greets", "EHLO x\nHELO x\nMAIL FROM:<>\nLHLO x\nNOOP\n", nil, "500 500 503 250 250"},
		{"both", before + "DATA\nhi\n.\nNOOP\n", nil, "250 250 250 550 250 354 250 250 250"},
		{"one", before + "DATA\nhi\n.\nNOOP\n", both, "250 250 250 550 250 354 250 452 250"},
		{"nobody, for one reason", before + "DATA\nhi\n.\n", errors.New("fire"), "250 250 250 550 250 354 451 451"},
		{"chunks", before + "BDAT 2\nhiBDAT 2 LAST\nho", both, "250 250 250 550 250 250 250 452"},
		{"no recipient", "LHLO x\nMAIL FROM:<>\nRCPT TO:<nobody@example.net>\nDATA\n", nil, "250 250 550 503"},
		{"too large", before + "DATA\n" + strings.Repeat("x", 2000) + "\n.\n", nil, "250 250 250 550 250 354 552 552"},
	} {
		for _, cut := range []int{1 << 20, 1, 3} {
			out, _ := talk(ServerConfig{Role: LMTP, Limits: Limits{Size: 1000}}, &house{fail: tt.fail}, tt.client, cut)
			if got := codes(out); got != "220 "+tt.want {
				t.Errorf("%s, cut %d: %s, want %s\n%s", tt.name, cut, got, tt.want, out)
			}
		}
	}
}

// By SMTP one answer stands for all: yes where anybody gets the mail, and not now before never.
func TestOneAnswerStandsForAllRecipients(t *testing.T) {
	const mail = "EHLO x\nMAIL FROM:<>\nRCPT TO:<bob@example.net>\nRCPT TO:<eva@example.net>\nDATA\nhi\n.\n"
	for _, tt := range []struct {
		fail error
		want string
	}{
		{Outcomes{nil, UnknownUser()}, "250"},
		{Outcomes{UnknownUser(), MailboxFull()}, "452"},
		{Outcomes{UnknownUser(), errors.New("fire")}, "451"},
		{Outcomes{UnknownUser(), RelayDenied()}, "550"},
	} {
		out, _ := talk(ServerConfig{}, &house{fail: tt.fail}, mail, 1<<20)
		if got := codes(out); !strings.HasSuffix(got, " 354 "+tt.want) {
			t.Errorf("%v: %s", tt.fail, got)
		}
	}
}

// RFC 5321 §3.4: a server may forward a mail, or say where it should go.
func TestForwardingIsToldAndMovedIsRefused(t *testing.T) {
	out, _ := talk(ServerConfig{}, &house{}, "EHLO x\nMAIL FROM:<>\nRCPT TO:<moved@example.net>\nRCPT TO:<forwarded@example.net>\nDATA\n.\n", 1<<20)
	if codes(out) != "220 250 250 551 251 354 250" || !strings.Contains(out, "551 5.1.6 User not local; please try <eva@example.org>\r\n") ||
		!strings.Contains(out, "251 2.1.5 User not local; will forward to <eva@example.org>\r\n") {
		t.Error(out)
	}
}

// RFC 3461 §4: what the sender wants to hear comes to the backend, for the mail and for each recipient.
func TestEnvelopeSaysWhichReportsAreWanted(t *testing.T) {
	h := &house{}
	out, _ := talk(ServerConfig{Announce: append([]string{"DSN"}, DefaultAnnounce...)}, h, strings.Join([]string{"EHLO x",
		"MAIL FROM:<ana@example.net> RET=hdrs ENVID=QQ+2B1 AUTH=ana+3D@example.net", "RCPT TO:<bob@example.net> NOTIFY=success,Failure ORCPT=rfc822;Bob+2Bx@example.net",
		"RCPT TO:<eva@example.net> NOTIFY=NEVER", "RCPT TO:<pia@example.net>", "DATA", ".", ""}, "\n"), 3)
	if codes(out) != "220 250 250 250 250 250 354 250" {
		t.Fatal(out)
	}
	e := h.envelopes[0]
	if e.Return != ReturnHeaders || e.ID != "QQ+1" {
		t.Errorf("%+v", e)
	}
	if who, ok := e.Submitter(); !ok || who != "ana=@example.net" {
		t.Errorf("submitter %q", who)
	}
	var got []string
	for _, r := range e.To {
		got = append(got, fmt.Sprint(r.Notify, " ", r.Original, " ", r.Notify.Wants(NotifySuccess), r.Notify.Wants(NotifyFailure), r.Notify.Wants(NotifyDelay)))
	}
	if want := "SUCCESS,FAILURE rfc822;Bob+x@example.net true true false|NEVER  false false false|  false true true"; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}

// DSN's parameters are unknown where DSN is not offered.
func TestUnofferedParametersAreUnknown(t *testing.T) {
	out, _ := talk(ServerConfig{}, &house{}, "EHLO x\nMAIL FROM:<> RET=FULL\nMAIL FROM:<> ENVID=1\nMAIL FROM:<>\nRCPT TO:<bob@example.net> NOTIFY=NEVER\nRCPT TO:<bob@example.net> ORCPT=rfc822;a\n", 1<<20)
	if codes(out) != "220 250 555 555 250 555 555" {
		t.Error(out)
	}
}

// RFC 3030 §3: a mail that is no text of lines goes by BDAT alone.
func TestBINARYMIMEGoesByBDAT(t *testing.T) {
	h := &house{}
	config := ServerConfig{Announce: append([]string{"BINARYMIME"}, DefaultAnnounce...), RefuseBare: true}
	out, _ := talk(config, h, "EHLO x\nMAIL FROM:<> BODY=BINARYMIME\nRCPT TO:<bob@example.net>\nDATA\nBDAT 4 LAST\n\x00\\n\\n\xff", 1)
	if codes(out) != "220 250 250 250 503 250" || len(h.taken) != 1 {
		t.Errorf("%s%q", out, h.taken)
	}
}

// RFC 5321 §2.3.8: a CR or LF alone is refused by who is told to be strict, and kept by others. It ends a mail for nobody.
func TestBareLineEndsAreRefusedOrKept(t *testing.T) {
	for _, tt := range []struct{ body, data string }{
		{"a\\nb\n.\n", "a\nb\r\n"},
		{"a\\n.\\nRSET\n.\n", "a\n.\nRSET\r\n"},
		{"a\\rb\n.\n", "a\rb\r\n"},
		{"\\n.\nx\n.\n", "\n.\r\nx\r\n"},
	} {
		for _, strict := range []bool{false, true} {
			h := &house{}
			out, _ := talk(ServerConfig{RefuseBare: strict}, h, strings.ReplaceAll("EHLO x\nMAIL FROM:<>\nRCPT TO:<bob@example.net>\nDATA\n"+tt.body+"NOOP\n", "\\r", "\r"), 1)
			want, taken := "250", fmt.Sprintf("[ESMTP <> <bob@example.net> %q]", tt.data)
			if strict {
				want, taken = "554", "[]"
			}
			if codes(out) != "220 250 250 250 354 "+want+" 250" || fmt.Sprint(h.taken) != taken {
				t.Errorf("%q, strict %v: %s %s", tt.body, strict, codes(out), h.taken)
			}
		}
	}
}

// RFC 4954 §6: where nobody can tell whether a password is right, the client is asked to come again.
func TestALoginThatCannotBeCheckedIsForLater(t *testing.T) {
	out, _ := talk(ServerConfig{}, &house{out: true}, "EHLO x\nAUTH PLAIN AGFuYQBzZWNyZXQ=\n", 1<<20)
	if !strings.HasSuffix(out, "454 4.7.0 Temporary authentication failure\r\n") {
		t.Error(out)
	}
}

// Ways in which a mail can come, and the words of RFC 3848 and RFC 6531 §4.3 for them.
func TestWithSaysHowAMailCame(t *testing.T) {
	utf8 := []Param{{Keyword: "SMTPUTF8"}}
	for _, tt := range []struct {
		e    Envelope
		want string
	}{
		{Envelope{}, "SMTP"},
		{Envelope{Session: Session{Extended: true}}, "ESMTP"},
		{Envelope{Session: Session{Extended: true, TLS: true}}, "ESMTPS"},
		{Envelope{Session: Session{Extended: true, User: "ana"}}, "ESMTPA"},
		{Envelope{Session: Session{Extended: true, TLS: true, User: "ana"}}, "ESMTPSA"},
		{Envelope{Session: Session{Extended: true, Local: true}}, "LMTP"},
		{Envelope{Session: Session{Extended: true, Local: true, TLS: true, User: "ana"}}, "LMTPSA"},
		{Envelope{Session: Session{Extended: true, TLS: true}, Params: utf8}, "UTF8SMTPS"},
		{Envelope{Session: Session{Extended: true, Local: true}, Params: utf8}, "UTF8LMTP"},
	} {
		if got := tt.e.With(); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.e.Session, got, tt.want)
		}
	}
}

// What came in the clear is forgotten under TLS: who the client is, its login, its mail, and what an attacker put behind
// STARTTLS (RFC 3207 §4.2).
func TestTLSBeginsAnew(t *testing.T) {
	announce := append([]string{"STARTTLS"}, DefaultAnnounce...)
	for _, cut := range []int{1 << 20, 1} {
		h := &house{}
		s := NewServer(epoch, ServerConfig{Announce: announce}, h, peer)
		hello := "EHLO x\r\nAUTH PLAIN AGFuYQBzZWNyZXQ=\r\nSTARTTLS\r\nMAIL FROM:<eve@example.net>\r\nRCPT TO:<x@elsewhere.example>\r\nDATA\r\n.\r\n"
		for rest := hello; rest != ""; rest = rest[min(cut, len(rest)):] {
			s.Receive(epoch, []byte(rest[:min(cut, len(rest))]))
		}
		if got := codes(owed(s)); got != "220 250 235 220" {
			t.Fatal(got)
		}
		s.Secured(epoch)
		if out := owed(s); out != "" {
			t.Errorf("it speaks first: %q", out)
		}
		s.Receive(epoch, []byte("MAIL FROM:<a@example.net>\r\nEHLO x\r\nSTARTTLS\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<x@elsewhere.example>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n.\r\n"))
		if got := codes(owed(s)); got != "503 250 503 250 550 250 354 250" {
			t.Error(got)
		}
		if len(h.envelopes) != 1 || h.envelopes[0].With() != "ESMTPS" {
			t.Errorf("%q", h.taken)
		}
	}
}

// A server for submission says first what it needs (RFC 3207 §4, RFC 4954 §6, RFC 6409 §4.3).
func TestSubmissionAsksForTLSAndALogin(t *testing.T) {
	config := ServerConfig{Role: Submission, NeedTLS: true, Announce: append([]string{"STARTTLS"}, DefaultAnnounce...)}
	out, _ := talk(config, &house{}, "EHLO x\nMAIL FROM:<ana@example.net>\nAUTH PLAIN AGFuYQBzZWNyZXQ=\n", 1<<20)
	if codes(out) != "220 250 530 538" || strings.Contains(out, "AUTH") {
		t.Error(out)
	}
	s := NewServer(epoch, config, &house{}, peer) // port 465: TLS comes first (RFC 8314 §3.3)
	s.Secured(epoch)
	s.Receive(epoch, []byte("EHLO x\r\nMAIL FROM:<ana@example.net>\r\nAUTH PLAIN AGFuYQBzZWNyZXQ=\r\nMAIL FROM:<ana@example.net>\r\n"))
	if out := owed(s); codes(out) != "220 250 530 235 250" || strings.Contains(out, "STARTTLS") || !strings.Contains(out, "250-AUTH PLAIN LOGIN") {
		t.Error(out)
	}
}
