package message

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func TestAMailAsItIsSent(t *testing.T) {
	m := Mail{
		From: "Ana <ana@example.net>", To: []string{"Bob <bob@example.org>"}, Bcc: []string{"boss@example.net"},
		Subject: "Lunch", Date: monday, MessageID: "1@example.net", Text: "Hello Bob,\n.\nbye\n",
	}
	want := lines(
		"Date: Mon, 5 Jan 2026 09:00:00 +0000",
		"From: Ana <ana@example.net>",
		"To: Bob <bob@example.org>",
		"Subject: Lunch",
		"Message-ID: <1@example.net>",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=us-ascii",
		"Content-Transfer-Encoding: 7bit",
		"",
		"Hello Bob,",
		".",
		"bye",
	)
	if got := build(t, m); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := strings.Join(m.Recipients(), " "); got != "bob@example.org boss@example.net" {
		t.Errorf("recipients %s", got)
	}
	m.NoMIME, m.KeepBcc = true, true
	want = strings.Replace(want, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n", "", 1)
	want = strings.Replace(want, "Subject:", "Bcc: boss@example.net\r\nSubject:", 1)
	if got := build(t, m); got != want {
		t.Errorf("as before 1992, got:\n%s\nwant:\n%s", got, want)
	}
}

func TestAMailWithAPicture(t *testing.T) {
	picture := bytes.Repeat([]byte{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, 10)
	m := Mail{
		From: "ana@example.net", To: []string{"bob@example.org"}, Subject: "Das Maß ist voll, señor",
		Date: monday, MessageID: "2@example.net", Text: "Schöne Grüße", HTML: "<p>Schöne Grüße</p>",
		Attachments: []Attachment{{Name: "Ébène vue du grand château de la montagne.png", Type: "image/png", Bytes: picture}},
	}
	want := lines(
		"Date: Mon, 5 Jan 2026 09:00:00 +0000",
		"From: ana@example.net",
		"To: bob@example.org",
		"Subject: Das =?utf-8?q?Ma=C3=9F_ist_voll=2C_se=C3=B1or?=",
		"Message-ID: <2@example.net>",
		"MIME-Version: 1.0",
		"Content-Type: multipart/mixed; boundary=mailwire-b3d1fb67b5d5c0f9",
		"",
		"--mailwire-b3d1fb67b5d5c0f9",
		"Content-Type: multipart/alternative; boundary=mailwire-b3d1fb67b5d5c0f9-1",
		"",
		"--mailwire-b3d1fb67b5d5c0f9-1",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: quoted-printable",
		"",
		"Sch=C3=B6ne Gr=C3=BC=C3=9Fe",
		"",
		"--mailwire-b3d1fb67b5d5c0f9-1",
		"Content-Type: text/html; charset=utf-8",
		"Content-Transfer-Encoding: quoted-printable",
		"",
		"<p>Sch=C3=B6ne Gr=C3=BC=C3=9Fe</p>",
		"",
		"--mailwire-b3d1fb67b5d5c0f9-1--",
		"",
		"--mailwire-b3d1fb67b5d5c0f9",
		"Content-Type: image/png",
		"Content-Transfer-Encoding: base64",
		"Content-Disposition: attachment;",
		"\tfilename*0*=utf-8''%C3%89b%C3%A8ne%20vue%20du%20grand%20ch%C3%A2teau;",
		"\tfilename*1*=%20de%20la%20montagne.png",
		"",
		"iVBORw0KGgqJUE5HDQoaColQTkcNChoKiVBORw0KGgqJUE5HDQoaColQTkcNChoKiVBORw0KGgqJ",
		"UE5HDQoaColQTkcNChoKiVBORw0KGgo=",
		"",
		"--mailwire-b3d1fb67b5d5c0f9--",
	)
	want = strings.ReplaceAll(want, "mailwire-b3d1fb67b5d5c0f9", "mailwire-"+digest("2@example.net"))
	got := build(t, m)
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	parsed := Parse([]byte(got))
	p, _ := parsed.Part([]int{2})
	if !bytes.Equal(parsed.Content(p), picture) || p.FileName() != m.Attachments[0].Name {
		t.Errorf("attachment %q came back as %q", p.FileName(), parsed.Content(p))
	}
	p, _ = parsed.Part([]int{1, 1})
	if parsed.Text(p) != "Schöne Grüße\r\n" {
		t.Errorf("text came back as %q", parsed.Text(p))
	}
}

// The lesson of the picture: 2 MiB are 2,869,790 bytes of base64.
func TestWhatBase64Costs(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 56, 57, 58, 114, 2 << 20} {
		if got := len(Base64.Encode(make([]byte, n))); got != EncodedLength(n) {
			t.Errorf("%d bytes are %d, EncodedLength says %d", n, got, EncodedLength(n))
		}
	}
	if got := EncodedLength(2 << 20); got != 2869790 {
		t.Errorf("2 MiB are %d bytes", got)
	}
	m := Mail{From: "a@b", Date: monday, Attachments: []Attachment{{Bytes: make([]byte, 2<<20)}}}
	s := Parse([]byte(build(t, m))).BodyStructure()
	if got := s.Parts[1].Octets; got != 2869790 {
		t.Errorf("BODYSTRUCTURE says %d octets", got)
	}
}

func TestEqualValuesMakeEqualBytes(t *testing.T) {
	m := Mail{From: "a@b", To: []string{"c@d"}, Subject: "x", Date: monday, Text: "y", Attachments: []Attachment{{Bytes: []byte("z")}}}
	first := build(t, m)
	if second := build(t, m); second != first {
		t.Errorf("got:\n%s\nthen:\n%s", first, second)
	}
	m.Text = "other"
	if other := build(t, m); Parse([]byte(other)).Envelope().MessageID == Parse([]byte(first)).Envelope().MessageID {
		t.Error("two mails have one Message-ID")
	}
}

func TestABoundaryOccursInNoPart(t *testing.T) {
	m := Mail{From: "a@b", Date: monday, MessageID: "x@y", Text: "--mailwire-" + digest("x@y") + "\n--mailwire-" + digest("x@y") + ".1--\n",
		Attachments: []Attachment{{Bytes: []byte("z")}}}
	if parsed := Parse([]byte(build(t, m))); len(parsed.Root.Parts) != 2 {
		t.Errorf("%d parts, want 2:\n%s", len(parsed.Root.Parts), parsed.Bytes)
	}
}

func TestLongFieldsAreFolded(t *testing.T) {
	for _, subject := range []string{
		strings.Repeat("word ", 60) + "end",
		strings.Repeat("ñandú ", 60) + "end",
		strings.Repeat("漢字", 120),
		strings.Repeat("x", 2000),
		"plain words before " + strings.Repeat("é", 90) + " and behind",
		" blanks  at the   edges ",
		"looks like =?utf-8?q?a_word?=",
		"tab\there",
	} {
		m := Mail{From: "Á" + strings.Repeat("é", 80) + " <a@example.net>", To: []string{strings.Repeat("long.name@example.org, ", 20) + "z@z"},
			Subject: subject, Date: monday, References: []string{strings.Repeat("a", 60) + "@x", strings.Repeat("b", 60) + "@x"}}
		built := build(t, m)
		for _, line := range strings.Split(built, "\r\n") {
			if len(line) > 78 || strings.Contains(line, "=?") && len(line) > 76 {
				t.Errorf("line of %d bytes: %s", len(line), line)
			}
			for _, word := range strings.Fields(line) {
				if strings.HasPrefix(word, "=?") && len(word) > 75 {
					t.Errorf("encoded word of %d bytes: %s", len(word), word)
				}
			}
			if strings.TrimSpace(line) == "" && line != "" {
				t.Errorf("a line of blanks alone in:\n%s", built)
			}
		}
		parsed := Parse([]byte(built))
		if got := parsed.Root.Fields.Decoded("Subject"); got != subject {
			t.Errorf("subject came back as\n%q, was\n%q", got, subject)
		}
		if e := parsed.Envelope(); len(e.To) != 21 || e.From[0].Display() != "Á"+strings.Repeat("é", 80) {
			t.Errorf("addresses came back as %v %v", e.From, e.To)
		}
	}
}

func TestWhatCannotBeSent(t *testing.T) {
	good := Mail{From: "a@b", Date: monday}
	for _, c := range []struct {
		spoil func(m *Mail)
		says  string
	}{
		{func(m *Mail) { m.From = "" }, "From"},
		{func(m *Mail) { m.Date = time.Time{} }, "Date"},
		{func(m *Mail) { m.From = "nobody" }, "name@domain"},
		{func(m *Mail) { m.To = []string{"<>"} }, "no address"},
		// A line end in a value would become a field of its own, or the end of the header.
		{func(m *Mail) { m.Subject = "x\r\nBcc: everybody@example.org" }, "line end"},
		{func(m *Mail) { m.To = []string{"a@b\n\nhello"} }, "line end"},
		{func(m *Mail) { m.Extra = []ExtraField{{"X\r\nY", "z"}} }, "line end"},
		{func(m *Mail) { m.Extra = []ExtraField{{"X Y", "z"}} }, "no name of a field"},
		{func(m *Mail) { m.MessageID = "a>b" }, "identifier"},
		{func(m *Mail) { m.References = []string{"a b"} }, "identifier"},
		{func(m *Mail) { m.NoMIME, m.HTML = true, "<p>" }, "MIME"},
		{func(m *Mail) { m.Attachments = []Attachment{{Type: "a/b\r\nX: y"}} }, "type"},
		{func(m *Mail) { m.Attachments = []Attachment{{Name: "a\r\nX: y"}} }, ""},
		{func(m *Mail) { m.Attachments = []Attachment{{ContentID: "a\r\nX: y"}} }, "identifier"},
	} {
		m := good
		c.spoil(&m)
		b, err := m.Build()
		switch {
		case c.says == "" && err != nil:
			t.Errorf("refused: %v", err)
		case c.says == "" && strings.Contains(string(b), "\r\nX: y"):
			t.Errorf("a field was injected:\n%s", b)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("error %v, want one about %s; built:\n%s", err, c.says, b)
		}
	}
}

func TestReceivedAndReturnPath(t *testing.T) {
	r := Received{From: "ana.example.net", Source: "[192.0.2.5]", By: "mail.example.net", With: "ESMTPSA", ID: "q1", For: "bob@example.org", Date: monday}
	want := "Received: from ana.example.net ([192.0.2.5])\r\n\tby mail.example.net with ESMTPSA id q1\r\n\tfor <bob@example.org>;\r\n" +
		"\tMon, 5 Jan 2026 09:00:00 +0000\r\n"
	b := r.Append(nil)
	if string(b) != want {
		t.Errorf("got:\n%s\nwant:\n%s", b, want)
	}
	h, _ := ParseHeader(append(AppendReturnPath(nil, ""), append(b, b...)...))
	if got := ParseReceived(h[1].Unfolded()); !got.Date.Equal(r.Date) || got.From != r.From || got.Source != r.Source || got.By != r.By ||
		got.With != r.With || got.ID != r.ID || got.For != r.For {
		t.Errorf("came back as %+v", got)
	}
	if h.Hops() != 2 || h[0].Unfolded() != "<>" {
		t.Errorf("%d hops, return path %s", h.Hops(), h[0].Unfolded())
	}
	b = Received{By: "x", Date: monday}.Append(nil)
	if want := "Received: by x;\r\n\tMon, 5 Jan 2026 09:00:00 +0000\r\n"; string(b) != want {
		t.Errorf("got %q, want %q", b, want)
	}
}

func TestLineEnds(t *testing.T) {
	for in, want := range map[string]string{"": "", "a\nb": "a\r\nb", "a\r\nb\r\n": "a\r\nb\r\n", "\n\n": "\r\n\r\n", "a\rb\r": "a\r\nb\r\n", "\r\r\n": "\r\n\r\n"} {
		if got := string(CRLF([]byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func build(t *testing.T, m Mail) string {
	t.Helper()
	b, err := m.Build()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
