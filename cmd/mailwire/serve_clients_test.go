package main

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// TestGoClients lets Go's mail clients hand in and read a mail, and looks at what is told of it.
func TestGoClients(t *testing.T) {
	s := startServe(t, "--account", "eva:secret")
	trusting := &tls.Config{InsecureSkipVerify: true}

	sender, err := gosmtp.DialStartTLS(s.address("submission"), trusting)
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Auth(sasl.NewPlainClient("", "eva", "secret")); err != nil {
		t.Fatal(err)
	}
	mail := "From: eva@example.org\r\nTo: eva@example.org\r\nSubject: Lunch\r\n\r\nAt noon?\r\n"
	if err := sender.SendMail("eva@example.org", []string{"eva@example.org"}, strings.NewReader(mail)); err != nil {
		t.Fatal(err)
	}
	sender.Quit()

	told := make(chan uint32, 10)
	reader, err := imapclient.DialTLS(s.address("imaps"), &imapclient.Options{TLSConfig: trusting, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(m *imapclient.UnilateralDataMailbox) {
			if m.NumMessages != nil {
				told <- *m.NumMessages
			}
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := reader.Login("eva@example.org", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	if box, err := reader.Select("INBOX", nil).Wait(); err != nil || box.NumMessages != 1 {
		t.Fatalf("%+v, %v", box, err)
	}
	mails, err := reader.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{UID: true, Envelope: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true}, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil || len(mails) != 1 || mails[0].Envelope.Subject != "Lunch" {
		t.Fatalf("%+v, %v", mails, err)
	}
	for _, section := range mails[0].BodySection {
		if !strings.HasSuffix(string(section.Bytes), "Subject: Lunch\r\n\r\nAt noon?\r\n") {
			t.Errorf("%q", section.Bytes)
		}
	}

	// Somebody else brings a mail while the reader waits.
	idle, err := reader.Idle()
	if err != nil {
		t.Fatal(err)
	}
	host, err := gosmtp.Dial(s.address("smtp"))
	if err != nil {
		t.Fatal(err)
	}
	if err := host.SendMail("bea@example.net", []string{"eva@example.org"}, strings.NewReader(mail)); err != nil {
		t.Fatal(err)
	}
	host.Quit()
	select {
	case n := <-told:
		if n != 2 {
			t.Errorf("%d mails, want 2", n)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody tells the reader")
	}
	if err := idle.Close(); err != nil {
		t.Error(err)
	}
	if err := reader.Logout().Wait(); err != nil {
		t.Error(err)
	}

	s.hears(`"type":"contact"`, `"service":"submission"`, `"trace.socket.opened"`)
	s.hears(`"kind":"handshake"`, "ClientHello")
	s.hears(`"protocol":"smtp"`, `"verb":"MAIL"`, `"within":"tls"`, `"packets":[]`)
	s.hears(`"protocol":"imap"`, `"verb":"IDLE"`, `"within":"tls"`)
	s.hears(`"protocol":"imap"`, `"text":"* 2 EXISTS"`)
	s.hears(`"type":"state"`, `"messages":2`)
	for _, line := range s.stop() {
		if strings.Contains(line, "secret\"") || strings.Contains(line, " secret") {
			t.Errorf("a password is told: %s", line)
		}
	}
	s.hears(`"type":"summary"`, `"sockets":{"connections":3`)
}
