package save

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailwire/layers/application"
)

const withPicture = "From: ana@example.org\r\nSubject: ../../etc/passwd \x1b[31m\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
	"--x\r\n\r\nHello.\r\n" +
	"--x\r\nContent-Type: image/png; name=\"..\\\\..\\\\picture.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n" +
	"--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=run.exe\r\n\r\nMZ\r\n" +
	"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: forwarded\r\n\r\nHello again.\r\n" +
	"--x--\r\n"

// Each mail is a file, each attachment another, under names that a stranger cannot choose.
func TestBox(t *testing.T) {
	dir := t.TempDir()
	for round := range 2 {
		box := open(t, dir)
		pass(box, 0, withPicture, len(withPicture))
		saved := closed(t, box)
		if saved != (Saved{Mails: 1, Attachments: 3}) {
			t.Errorf("round %d: %+v", round, saved)
		}
	}
	// The second round writes nothing over what the first one left.
	want := []string{
		"0001-etc-passwd-31m-2.eml", "0001-etc-passwd-31m.eml", "0001-mail-2.eml", "0001-mail.eml", "0001-picture-2.png",
		"0001-picture.png", "0001-run-exe-2.bin", "0001-run-exe.bin",
	}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for name, want := range map[string]string{
		"0001-etc-passwd-31m.eml": withPicture,
		"0001-picture.png":        "\x89PNG\r\n\x1a\n",
		"0001-mail.eml":           "Subject: forwarded\r\n\r\nHello again.",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A mail may have no text beside the file that it brings, as scanners and phones send it.
func TestNothingButAFile(t *testing.T) {
	dir := t.TempDir()
	box := open(t, dir)
	mail := "Subject: scan\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
	pass(box, 0, mail, len(mail))
	if saved := closed(t, box); saved != (Saved{Mails: 1, Attachments: 1}) {
		t.Errorf("%+v", saved)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "0001-scan.pdf")); string(got) != "%PDF" {
		t.Errorf("%q, %v", got, err)
	}
}

// A link that waits under the name of the next mail is not followed.
func TestLinkInTheWay(t *testing.T) {
	dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	if err := os.Symlink(victim, filepath.Join(dir, "0001-lunch.eml")); err != nil {
		t.Skip("no links here:", err)
	}
	box := open(t, dir)
	pass(box, 0, "Subject: lunch\r\n\r\nAt noon.\r\n", 5)
	closed(t, box)
	if _, err := os.Stat(victim); err == nil {
		t.Error("the link was followed")
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "0001-lunch-2.eml")); !strings.HasSuffix(string(got), "At noon.\r\n") {
		t.Errorf("%q", got)
	}
}

// Long mails, and many at once, are written as they come.
func TestManyLongMails(t *testing.T) {
	dir := t.TempDir()
	box := open(t, dir)
	head, line := "Subject: long\r\n\r\n", []byte(strings.Repeat("x", 998)+"\r\n")
	var mails []application.MailWriter
	for stream := range 100 {
		w := box.Mail(stream, application.MailStart{Verb: "DATA"})
		w.Write([]byte(head))
		mails = append(mails, w)
	}
	const lines = 500
	for range lines {
		for _, w := range mails {
			w.Write(line)
		}
		if box.held > heldMax {
			t.Fatalf("%d bytes are held", box.held)
		}
	}
	for i, w := range mails {
		w.Close(i > 0)
	}
	if saved := closed(t, box); saved != (Saved{Mails: 100, Incomplete: 1}) {
		t.Errorf("%+v", saved)
	}
	for _, name := range []string{"0001-long.incomplete.eml", "0100-long.eml"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() != int64(len(head)+lines*len(line)) || info.Mode().Perm()&0o111 != 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// IMAP programs fetch a long mail in pieces; each may come twice.
func TestPieces(t *testing.T) {
	dir := t.TempDir()
	box := open(t, dir)
	piece := func(number string, origin int64, text string) {
		if w := box.Mail(3, application.MailStart{Verb: "FETCH", Number: number, Piece: true, Origin: origin}); w != nil {
			w.Write([]byte(text))
			w.Close(true)
		}
	}
	piece("7", 0, "Subject: seven\r\n\r\n")
	piece("8", 0, "Subject: eight\r\n\r\n")
	piece("7", 18, "At ")
	piece("7", 18, "At ")
	piece("7", 21, "noon.\r\n")
	piece("9", 100, "the midst of a mail")
	if saved := closed(t, box); saved.Mails != 2 {
		t.Errorf("%+v", saved)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "0001-seven.eml")); string(got) != "Subject: seven\r\n\r\nAt noon.\r\n" {
		t.Errorf("%q", got)
	}
}

func open(t *testing.T, dir string) *Box {
	t.Helper()
	box, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func closed(t *testing.T, box *Box) Saved {
	t.Helper()
	saved, err := box.Close()
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func pass(box *Box, stream int, mail string, size int) {
	w := box.Mail(stream, application.MailStart{Verb: "DATA"})
	for piece := range slices.Chunk([]byte(mail), size) {
		w.Write(piece)
	}
	w.Close(true)
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := fs.ReadDir(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}
