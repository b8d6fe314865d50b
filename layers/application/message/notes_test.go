package message

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

func ids(notes []layers.Note) string {
	var all []string
	for _, n := range notes {
		all = append(all, n.ID)
	}
	return strings.Join(all, " ")
}

func TestNotesOfAMail(t *testing.T) {
	m := Mail{From: "Ana <ana@example.net>", To: []string{"bob@example.org"}, Subject: "Ein Bär", Date: monday, MessageID: "1@x", Text: "Grüß Gott",
		Attachments: []Attachment{{Name: "bär.png", Type: "image/png", Bytes: []byte(strings.Repeat("abc", 38))}}}
	mail := string(Received{From: "a", By: "mail.example.net", Date: monday}.Append(nil)) + build(t, m)
	notes := Notes([]byte(mail), int64(len(mail)))
	want := "header.received header.date header.from header.to header.subject mime.encoded-word header.message-id header.mime-version " +
		"header.content-type message.folding message.header-body-separator mime.multipart mime.boundary mime.quoted-printable mime.attachment " +
		"mime.rfc2231 mime.base64.three-bytes mime.base64"
	if got := ids(notes); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// The sentences say what really happened.
	l := lexicon.New(lexicon.English, lexicon.Notes)
	for _, n := range notes {
		line := l.Line(n)
		if strings.ContainsAny(line, "{}") || l.Why(n) == "" {
			t.Errorf("%s: %q", n.ID, line)
		}
		for id, part := range map[string]string{
			"header.received":   "1 server has stamped this mail; the last one was mail.example.net",
			"mime.base64":       "114 bytes into 156 on the wire, in 2 lines",
			"mime.encoded-word": "=?utf-8?q?B=C3=A4r?= stands for Bär",
			"mime.attachment":   "bär.png, of type image/png",
			"mime.multipart":    "2 parts",
		} {
			if n.ID == id && !strings.Contains(line, part) {
				t.Errorf("%s: %q, want something with %q", id, line, part)
			}
		}
	}
	// Every beginning has notes that are among these, and the numbers of what is cut are not told.
	for cut := range mail {
		head := ids(Notes([]byte(mail[:cut]), int64(len(mail))))
		if cut < len(mail)-60 && strings.HasSuffix(head, "mime.base64") {
			t.Fatalf("cut at %d: %s", cut, head)
		}
	}
}

// Of a picture whose beginning alone is at hand, the notes tell about how large it is.
func TestNotesOfAMailThatIsCut(t *testing.T) {
	m := Mail{From: "a@b", Date: monday, Attachments: []Attachment{{Bytes: make([]byte, 2<<20)}}}
	mail := build(t, m)
	for _, n := range Notes([]byte(mail[:16<<10]), int64(len(mail))) {
		if n.ID != "mime.base64.rest" {
			continue
		}
		before, _ := n.Arg("before")
		if got := before.Number(); got < 2<<20 || got > 2<<20+100 {
			t.Errorf("about %d bytes, it was 2 MiB", got)
		}
		return
	}
	t.Error("no note")
}

func TestEveryNotedFieldIsInTheLexicon(t *testing.T) {
	l := lexicon.New(lexicon.English, lexicon.Notes)
	for _, name := range notedFields {
		if _, ok := l.Entry("header." + name); !ok || !IsNoted(strings.ToUpper(name)) {
			t.Errorf("header.%s: entry %v, noted %v", name, ok, IsNoted(name))
		}
	}
	for _, sub := range notedMultiparts {
		if _, ok := l.Entry("mime.multipart." + sub); !ok {
			t.Errorf("mime.multipart.%s is not in the lexicon", sub)
		}
	}
	for _, id := range []string{"mime.8bit", "mime.binary", "mime.message-rfc822", "mime.base64.rest"} {
		if _, ok := l.Entry(id); !ok {
			t.Errorf("%s is not in the lexicon", id)
		}
	}
}

func BenchmarkNotes(b *testing.B) {
	mail := []byte(nested)
	for b.Loop() {
		Notes(mail, int64(len(mail)))
	}
}
