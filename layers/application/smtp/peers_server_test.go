package smtp

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	netsmtp "net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gosasl "github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"mailwire/layers/layerstest"
)

// everything is what our server announces to other people's programs.
var everything = append([]string{"STARTTLS", "DSN", "BINARYMIME", "VRFY"}, DefaultAnnounce...)

func TestServerAgainstGoStandardClient(t *testing.T) {
	o := &office{}
	address := serve(t, ServerConfig{Role: Submission}, o, false)
	auth := netsmtp.PlainAuth("", "alice", "secret", "127.0.0.1")
	if err := netsmtp.SendMail(address, auth, "alice@example.test", []string{"c@elsewhere.example"}, []byte("Subject: x\r\n\r\n.dot\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := netsmtp.SendMail(address, nil, "alice@example.test", []string{"bob@example.test"}, []byte("x")); err == nil || !strings.Contains(err.Error(), "530") {
		t.Errorf("without a login: %v", err)
	}
	if got, want := o.mails(), []string{`UTF8SMTPA <alice@example.test> <c@elsewhere.example> "Subject: x\r\n\r\n.dot\r\n"`}; !slices.Equal(got, want) {
		t.Errorf("taken %s", got)
	}
}

func TestServerAgainstGoSMTPClient(t *testing.T) {
	o := &office{}
	plain := serve(t, ServerConfig{Announce: everything}, o, false)
	encrypted := serve(t, ServerConfig{Announce: everything, Role: Submission}, o, true)
	trust := &tls.Config{InsecureSkipVerify: true}
	c, err := gosmtp.Dial(plain)
	if err != nil {
		t.Fatal(err)
	}
	if size, ok := c.MaxMessageSize(); !ok || int64(size) != DefaultLimits.Size {
		t.Error("SIZE", size)
	}
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	must("NOOP", c.Noop())
	must("RSET", c.Reset())
	if err := c.Verify("bob"); err == nil || err.(*gosmtp.SMTPError).Code != 252 { // it takes 250 alone for an answer
		t.Errorf("VRFY: %v", err)
	}
	must("MAIL", c.Mail("ana@example.net", &gosmtp.MailOptions{Size: 100, Body: gosmtp.Body8BitMIME, UTF8: true, Return: gosmtp.DSNReturnFull, EnvelopeID: "a+b"}))
	must("RCPT", c.Rcpt("bob@example.test", &gosmtp.RcptOptions{Notify: []gosmtp.DSNNotify{gosmtp.DSNNotifySuccess}, OriginalRecipientType: gosmtp.DSNAddressTypeRFC822, OriginalRecipient: "bob+x@example.test"}))
	if err := c.Rcpt("nobody@example.test", nil); err == nil || err.(*gosmtp.SMTPError).EnhancedCode != (gosmtp.EnhancedCode{5, 1, 1}) {
		t.Errorf("a refusal: %v", err)
	}
	w, err := c.Data()
	must("DATA", err)
	w.Write([]byte(".\n..\nx"))
	must("the end", w.Close())
	must("QUIT", c.Quit())
	c, err = gosmtp.DialStartTLS(plain, trust)
	must("STARTTLS", err)
	must("AUTH", c.Auth(gosasl.NewPlainClient("", "alice", "secret")))
	must("a mail", c.SendMail("alice@example.test", []string{"x@elsewhere.example"}, strings.NewReader("hi\r\n")))
	must("QUIT", c.Quit())
	c, err = gosmtp.DialTLS(encrypted, trust)
	must("TLS", err)
	must("AUTH LOGIN", c.Auth(gosasl.NewLoginClient("bob", "secret")))
	must("a mail", c.SendMail("bob@example.test", []string{"x@elsewhere.example"}, strings.NewReader("hi\r\n")))
	must("QUIT", c.Quit())
	if got, want := o.mails(), []string{`UTF8SMTP <ana@example.net> <bob@example.test> ".\r\n..\r\nx\r\n"`,
		`ESMTPSA <alice@example.test> <x@elsewhere.example> "hi\r\n"`, `ESMTPSA <bob@example.test> <x@elsewhere.example> "hi\r\n"`}; !slices.Equal(got, want) {
		t.Errorf("taken\n%s", strings.Join(got, "\n"))
	}
}

// LMTP as another program speaks it.
func TestLMTPServerAgainstGoSMTPClient(t *testing.T) {
	o := &office{}
	conn, err := net.Dial("tcp", serve(t, ServerConfig{Role: LMTP}, o, false))
	if err != nil {
		t.Fatal(err)
	}
	c := gosmtp.NewClientLMTP(conn)
	if err := c.Mail("ana@example.net", nil); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"bob@example.test", "eva@example.test"} {
		if err := c.Rcpt(to, nil); err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte("hi\r\n"))
	answers, err := w.CloseWithLMTPResponse()
	if err != nil || len(answers) != 2 {
		t.Errorf("%v %v", answers, err)
	}
	if got := o.mails(); len(got) != 1 || !strings.HasPrefix(got[0], "LMTP <ana@example.net> <bob@example.test> <eva@example.test>") {
		t.Error(got)
	}
	c.Quit()
}

func TestServerAgainstSwaks(t *testing.T) {
	swaks := layerstest.Program(t, "swaks")
	if testing.Short() {
		t.Skip("short")
	}
	o := &office{}
	address := serve(t, ServerConfig{Announce: everything, Mechanisms: []string{"PLAIN", "LOGIN", "CRAM-MD5"}}, o, false)
	encrypted := serve(t, ServerConfig{Announce: everything}, o, true)
	for _, tt := range []struct{ address, args, with string }{
		{address, "", "ESMTP"},
		{address, "--protocol SMTP", "SMTP"},
		{address, "--pipeline", "ESMTP"},
		{address, "--auth PLAIN --auth-user alice --auth-password secret", "ESMTPA"},
		{address, "--auth LOGIN --auth-user alice --auth-password secret", "ESMTPA"},
		{address, "--tls --auth PLAIN --auth-user alice --auth-password secret", "ESMTPSA"},
		{encrypted, "--tls-on-connect", "ESMTPS"},
	} {
		line := append([]string{"--server", tt.address, "--from", "ana@example.net", "--to", "bob@example.test", "--body", ".\n..x"}, strings.Fields(tt.args)...)
		out, err := exec.Command(swaks, line...).CombinedOutput()
		got := o.mails()
		if err != nil || len(got) != 1 || !strings.HasPrefix(got[0], tt.with+" <ana@example.net> <bob@example.test>") || !strings.Contains(got[0], `\r\n.\r\n..x\r\n`) {
			t.Errorf("swaks %s: %v %s\n%s", tt.args, err, got, out)
		}
	}
	line := []string{"--server", address, "--from", "a@b.example", "--to", "c@elsewhere.example"}
	if out, err := exec.Command(swaks, line...).CombinedOutput(); err == nil || !strings.Contains(string(out), "550 5.7.1") {
		t.Errorf("a stranger's mail is relayed: %s", out)
	}
}

func TestServerAgainstCurl(t *testing.T) {
	curl := layerstest.Program(t, "curl")
	if testing.Short() {
		t.Skip("short")
	}
	o := &office{}
	address := serve(t, ServerConfig{Announce: everything}, o, false)
	encrypted := serve(t, ServerConfig{Announce: everything, Role: Submission, NeedTLS: true}, o, true)
	mail := filepath.Join(t.TempDir(), "mail")
	if err := os.WriteFile(mail, []byte("Subject: x\r\n\r\n.leading dot\r\n.\r\nlast line"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ args, with string }{
		{"smtp://" + address + "/client.example.net", "ESMTP"},
		{"smtp://" + address + " --ssl-reqd -k", "ESMTPS"},
		{"smtp://" + address + " -u alice:secret", "ESMTPA"}, // by the strongest mechanism that curl knows
		{"smtps://" + encrypted + " -k -u alice:secret", "ESMTPSA"},
	} {
		line := append([]string{"-sS", "--max-time", "15", "--mail-from", "ana@example.net", "--mail-rcpt", "bob@example.test", "-T", mail}, strings.Fields(tt.args)...)
		out, err := exec.Command(curl, line...).CombinedOutput()
		got := o.mails()
		if want := fmt.Sprintf("%s <ana@example.net> <bob@example.test> %q", tt.with, "Subject: x\r\n\r\n.leading dot\r\n.\r\nlast line\r\n"); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("curl %s: %v %s\n%s", tt.args, err, got, out)
		}
	}
	for _, args := range []string{"-X NOOP", "-X RSET", "--mail-rcpt bob@example.test", "-X HELP"} {
		line := append([]string{"-sS", "--max-time", "15", "smtp://" + address}, strings.Fields(args)...)
		if out, err := exec.Command(curl, line...).CombinedOutput(); err != nil {
			t.Errorf("curl %s: %v %s", args, err, out)
		}
	}
}

// A ready prover drives the server with swaks, curl, msmtp, mutt and Python's smtplib.
func TestServerAgainstTheProver(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	script := layerstest.Shared(t, "peers", "prove-smtp.sh")
	for _, program := range []string{"swaks", "curl", "msmtp", "mutt", "python3"} {
		layerstest.Program(t, program)
	}
	o := &office{}
	_, relay, _ := net.SplitHostPort(serve(t, ServerConfig{Announce: everything}, o, false))
	_, submission, _ := net.SplitHostPort(serve(t, ServerConfig{Announce: everything, Role: Submission, Mechanisms: []string{"PLAIN", "LOGIN", "CRAM-MD5"}}, o, false))
	out, err := exec.Command("bash", script, relay, submission, t.TempDir()).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("ok   python-smtplib")) {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
