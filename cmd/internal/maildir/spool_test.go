package maildir

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailwire/layers/application/smtp"
	"mailwire/sim/mail"
)

func TestWhatWaitsIsThereAgain(t *testing.T) {
	root := t.TempDir()
	disk, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	made, err := disk.Spool("mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	spool := made.(*Spool)
	one := mail.QueuedMail{
		ID: "188b.1", From: smtp.MustPath("<ana@example.net>"), Return: smtp.ReturnHeaders, Envelope: "QQ314159", Domain: "example.com", Since: monday, Warned: true,
		To: []smtp.Recipient{
			{Path: smtp.MustPath(`<"odd name"@example.com>`), Notify: smtp.NotifyNever},
			{Path: smtp.MustPath("<bob@example.com>"), Original: "rfc822;bob@example.org"},
		},
		Data: []byte("Subject: one\r\n\r\n\x00\xff{}\n"),
	}
	report := mail.QueuedMail{ID: "188b.2", Domain: "example.com", Since: monday, To: smtp.To(smtp.MustPath("<eva@example.com>")), Data: []byte("x")}
	for _, m := range []mail.QueuedMail{one, report, one} {
		if err := spool.Put(m); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(spool.folder, "188b.3.tmp"), `{"id":"188b.3"`)
	got, err := spool.Waiting()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]mail.QueuedMail{one, report}, got); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		if err := spool.Remove("188b.1"); err != nil {
			t.Error(err)
		}
	}
	if got, err := spool.Waiting(); err != nil || len(got) != 1 {
		t.Errorf("%d mails wait (%v)", len(got), err)
	}
	var damage *Damage
	if err := os.Truncate(spool.path("188b.2"), 20); err != nil {
		t.Fatal(err)
	}
	if _, err := spool.Waiting(); !errors.As(err, &damage) {
		t.Errorf("a file that was cut off: %v", err)
	}
}
