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

// What stands in the fields about a mail's authenticity is explained word by word, once.
func TestNotesOfASignedMail(t *testing.T) {
	mail := "Authentication-Results: mx.example.org; dkim=pass header.d=example.net; spf=softfail smtp.mailfrom=example.net\r\nARC-Seal: i=1; cv=none; a=rsa-sha256; b=x\r\n" +
		"Received-SPF: softfail (x) client-ip=192.0.2.5\r\nDKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=k1; h=from:subject:from; l=20; y=?; bh=x; b=x\r\nFrom: a@example.net\r\n" +
		"Subject: é\r\nTo: Friends: b@c;\r\n\r\n"
	notes := Notes([]byte(mail), int64(len(mail)))
	want := "header.authentication-results header.arc-seal header.received-spf header.dkim-signature header.from header.subject header.to message.beyond-ascii message.address-group " +
		"message.header-body-separator authentication.results dkim.signature dkim.oversigned dkim.length authentication.field.dkim authentication.field.pass authentication.field.spf " +
		"authentication.field.softfail arc.field.i arc.field.cv dkim.field.v dkim.field.a dkim.field.d dkim.field.s dkim.field.h dkim.field.l dkim.field.bh dkim.field.b"
	if got := ids(notes); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	l := lexicon.New(lexicon.English, lexicon.Notes)
	for _, n := range notes {
		for id, line := range map[string]string{"dkim.signature": "example.net signs 3 fields and the body. Its key stands in the DNS under k1._domainkey.example.net.",
			"authentication.results": "mx.example.org has checked where the mail comes from: dkim=pass, spf=softfail."} {
			if n.ID == id && l.Line(n) != line {
				t.Errorf("%s: %s", id, l.Line(n))
			}
		}
	}
}

// A report is explained by its facts, for people and programs.
func TestNotesOfReports(t *testing.T) {
	b, _ := bounce.Build()
	got := ids(Notes(b, int64(len(b))))
	for _, id := range []string{"mime.multipart.report", "report.delivery", "report.recipient report.recipient", "report.field.failed report.field.delayed", "report.field.reporting-mta",
		"report.field.diagnostic-code", "report.returned-header", "header.auto-submitted"} {
		if !strings.Contains(got, id) {
			t.Errorf("no %s in %s", id, got)
		}
	}
	for mail, want := range map[string]string{
		"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; a@b\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n": "report.field.displayed report.field.final-recipient report.field.disposition",
		"Content-Type: message/partial; number=2; id=x\r\n\r\nx":                                    "mime.message-partial",
		"Content-Type: message/external-body; access-type=URL\r\n\r\n\r\n":                          "mime.message-external-body",
		"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n\r\n--x--":                     "mime.multipart.form-data",
		"Content-Type: multipart/parallel; boundary=x\r\n\r\n--x\r\n\r\n--x--":                      "mime.multipart.parallel",
		"Subject: " + strings.Repeat("x", 1000) + "\r\n\r\n":                                        "message.line-length",
		"Errors-To: a\r\nX-Loop: b\r\nTLS-Required: No\r\nSensitivity: c\r\n\r\n":                   "header.errors-to header.x-loop header.tls-required header.sensitivity",
		"Resent-Reply-To: a\r\nReturn-Receipt-To: b\r\nDisposition-Notification-Options: c\r\n\r\n": "header.resent-reply-to header.return-receipt-to header.disposition-notification-options",
	} {
		if got := ids(Notes([]byte(mail), int64(len(mail)))); !strings.Contains(got, want) {
			t.Errorf("%q: no %s in %s", mail, want, got)
		}
	}
}

// Every word that a note may name has its line in the lexicon.
func TestEveryNotedWordIsInTheLexicon(t *testing.T) {
	l := lexicon.New(lexicon.English, lexicon.Notes)
	for group, words := range map[string][][]string{"dkim": {notedTags}, "arc": {notedARCTags}, "authentication": {notedMethods, notedResults}, "report": {notedStatus, notedActions, notedDispositions}} {
		for _, list := range words {
			for _, word := range list {
				if _, ok := l.Entry(group + ".field." + word); !ok {
					t.Errorf("%s.field.%s is not in the lexicon", group, word)
				}
			}
		}
	}
	for _, id := range []string{"dkim.signature", "dkim.oversigned", "dkim.length", "authentication.results", "report.delivery", "report.recipient", "report.disposition",
		"report.returned-header", "mime.message-partial", "mime.message-external-body", "message.beyond-ascii"} {
		if e, ok := l.Entry(id); !ok || e.Label {
			t.Errorf("%s is not in the lexicon", id)
		}
	}
}
