package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailwire/layers/layerstest"
)

// letter is a mail as a mail program saves it.
const letter = "From: Ana <ana@example.org>\nTo: Bob <bob@example.org>\nBcc: ana@example.org\nSubject: Lunch\nDate: Mon, 5 Jan 2026 09:00:00 +0000\n\nAt one?\n.dot\n"

// TestConnectAndServe: our client at our server, each protocol, with TLS first, behind STARTTLS and without.
func TestConnectAndServe(t *testing.T) {
	english(t)
	t.Setenv("MAILWIRE_PASSWORD", "open-sesame")
	s := startServe(t, "--account", "ana:open-sesame", "--account", "bob:open-sesame")
	file := filepath.Join(t.TempDir(), "lunch.eml")
	write(t, file, letter)
	for i, way := range []struct {
		suffix string
		flag   string
	}{{"", "--any-certificate"}, {"s", "--any-certificate"}, {"", "--no-tls"}} {
		submission := map[string]string{"": "submission", "s": "submissions"}[way.suffix]
		at := func(protocol, user, service string) string {
			return fmt.Sprintf("%s%s://%s@%s", protocol, way.suffix, user, s.address(service))
		}
		out := connects(t, 0, at("smtp", "ana", submission), way.flag, "--send", file)
		if !strings.Contains(out, `"verb":"RCPT"`) || strings.Contains(out, "Bcc") {
			t.Errorf("%+v: %.2000s", way, out)
		}
		saved := filepath.Join(t.TempDir(), "mails")
		connects(t, 0, at("pop3", "bob", "pop3"+way.suffix), way.flag, "--reads", "pop3-leave", "--save", saved)
		if got := savedMail(t, saved, i+1); !strings.HasSuffix(got, "Subject: Lunch\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\n\r\nAt one?\r\n.dot\r\n") {
			t.Errorf("%+v: Bob got %q", way, got)
		}
		out = connects(t, 0, at("imap", "bob", "imap"+way.suffix), way.flag, "--fetch")
		if !strings.Contains(out, `"mail.listed"`) || !strings.Contains(out, "BODY[1]") {
			t.Errorf("%+v: %.2000s", way, out)
		}
		saved = filepath.Join(t.TempDir(), "mails")
		connects(t, 0, at("imap", "bob", "imap"+way.suffix), way.flag, "--save", saved)
		savedMail(t, saved, i+1)
		if strings.Contains(out, "open-sesame") {
			t.Errorf("%+v: the password is told: %.200s", way, out[strings.Index(out, "open-sesame"):])
		}
	}
	// Bob's mails are on the server until they are fetched by deletion.
	saved := filepath.Join(t.TempDir(), "mails")
	connects(t, 0, "pop3://bob@"+s.address("pop3"), "--any-certificate", "--reads", "pop3-delete", "--save", saved)
	if out := connects(t, 0, "imap://bob@"+s.address("imap"), "--any-certificate"); strings.Contains(out, `"mail.listed"`) {
		t.Errorf("there is still %.2000s", out)
	}
	connects(t, 2, "imap://bob@"+s.address("imap"), "--any-certificate", "--reads", "imap-offline") // it would be nowhere
	// A certificate that nobody knows, a wrong password, nobody there.
	connects(t, 1, "imap://bob@"+s.address("imap"))
	t.Setenv("MAILWIRE_PASSWORD", "wrong")
	if out := connects(t, 1, "pop3://bob@"+s.address("pop3"), "--any-certificate"); !strings.Contains(out, `"status":"-ERR"`) {
		t.Errorf("%.2000s", out)
	}
	connects(t, 1, "smtp://ana@127.0.0.1:1", "--send", file)
}

// TestConnectToDovecot reads a mailbox of a server that others wrote.
func TestConnectToDovecot(t *testing.T) {
	english(t)
	imap, pop3 := layerstest.Dovecot(t)
	t.Setenv("MAILWIRE_PASSWORD", "secret")
	appendMail(t, imap, strings.ReplaceAll(letter, "\n", "\r\n"))
	out := connects(t, 0, "imap://alice@"+imap, "--no-tls", "--fetch")
	if !strings.Contains(out, "Lunch") || !strings.Contains(out, "BODY[1]") {
		t.Errorf("%.2000s", out)
	}
	// A copy of all folders leaves all as it is, unread; IMAP used as POP3 is leaves nothing.
	copied := filepath.Join(t.TempDir(), "copies")
	out = connects(t, 0, "imap://alice@"+imap, "--no-tls", "--reads", "imap-disconnected", "--save", copied)
	if got := savedMail(t, copied, 1); got != strings.ReplaceAll(letter, "\n", "\r\n") || !strings.Contains(out, "ENABLED QRESYNC") {
		t.Errorf("it is %q; %.2000s", got, out)
	}
	connects(t, 0, "imap://alice@"+imap, "--no-tls", "--reads", "imap-offline", "--save", filepath.Join(t.TempDir(), "mails"))
	if out := connects(t, 0, "imap://alice@"+imap, "--no-tls"); strings.Contains(out, `"mail.listed"`) {
		t.Errorf("there is still %.2000s", out)
	}
	appendMail(t, imap, strings.ReplaceAll(letter, "\n", "\r\n"))
	saved := filepath.Join(t.TempDir(), "mails")
	connects(t, 0, "pop3://alice@"+pop3, "--no-tls")
	connects(t, 0, "pop3://alice@"+pop3, "--no-tls", "--reads", "pop3-delete", "--save", saved)
	if got := savedMail(t, saved, 1); got != strings.ReplaceAll(letter, "\n", "\r\n") {
		t.Errorf("it is %q", got)
	}
	if out := connects(t, 0, "pop3://alice@"+pop3, "--no-tls"); strings.Contains(out, `"mail.listed"`) {
		t.Errorf("there is still %.2000s", out)
	}
}

// connects runs connect, wants the exit status, and returns its trace.
func connects(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	if status := run(append([]string{"connect", "--format", "json"}, args...), strings.NewReader(""), &out, &complaints); status != want {
		t.Errorf("connect %s: exit status %d, want %d: %s", strings.Join(args, " "), status, want, complaints.String())
	}
	return out.String()
}

// savedMail is the only or last of n mails in a directory.
func savedMail(t *testing.T, dir string, n int) string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*.eml"))
	if len(files) != n {
		t.Fatalf("%d mails are saved, want %d", len(files), n)
	}
	b, err := os.ReadFile(files[n-1])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// appendMail puts a mail into alice's INBOX, in the fewest words.
func appendMail(t *testing.T, address, mail string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "a LOGIN alice secret\r\nb APPEND INBOX {%d+}\r\n%s\r\nc LOGOUT\r\n", len(mail), mail)
	b := new(bytes.Buffer)
	if _, err := b.ReadFrom(c); err != nil || !strings.Contains(b.String(), "b OK") {
		t.Fatalf("%s %v", b, err)
	}
}
