package message

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// plan builds a mail of a body and shows the structure that it is read back with.
func plan(t *testing.T, e *Entity) (string, *Message) {
	t.Helper()
	b := build(t, Mail{From: "a@b", Date: monday, MessageID: "1@x", Body: e})
	m := Parse([]byte(b))
	return show(m.BodyStructure()), m
}

func TestBodiesOfParts(t *testing.T) {
	first, second := []byte("Subject: one\r\n\r\nfirst\r\n"), []byte("Subject: two\r\n\r\nsecond\r\n")
	for _, c := range []struct {
		name string
		body *Entity
		want string
	}{
		{"alternative", Multipart("alternative", TextEntity("plain", "a"), TextEntity("html", "<p>é")), "multipart/alternative(text/plain:3/1 text/html:11/1)"},
		{"parallel", Multipart("parallel", TextEntity("plain", "a"), TextEntity("plain", "b")), "multipart/parallel(text/plain:3/1 text/plain:3/1)"},
		{"a digest", Digest(first, second), "multipart/digest(message/rfc822:23/3[one text/plain:7/1] message/rfc822:24/3[two text/plain:8/1])"},
		{"enclosed", Multipart("mixed", Enclosed(first), Enclosed([]byte("Subject: é\r\n\r\n"))), "multipart/mixed(message/rfc822:23/3[one text/plain:7/1] message/global:15/2[é text/plain:0/0])"},
		{"related", Related(TextEntity("html", "<img src=cid:a@x>"), &Entity{Type: "image/gif", Body: []byte("GIF"), Fields: []ExtraField{{"Content-ID", "<a@x>"}}}),
			"multipart/related(text/html:19/1 image/gif:6)"},
		{"a form", Form(FormField{Name: `a"b`, Value: "1"}, FormField{Name: "f", File: &Attachment{Name: "é.txt", Type: "text/plain", Bytes: []byte("x\r\n")}}),
			"multipart/form-data(text/plain:1/0 text/plain:3/1)"},
		{"elsewhere", ExternalBody("URL", Params{{"URL", "https://example.net/a b"}}, ExtraField{"Content-Type", "image/png"}, ExtraField{"Content-ID", "<p@x>"}), "message/external-body:46"},
		{"nested", Multipart("mixed", Multipart("alternative", TextEntity("plain", "a")), Multipart("digest", &Entity{Body: first})),
			"multipart/mixed(multipart/alternative(text/plain:3/1) multipart/digest(message/rfc822:23/3[one text/plain:7/1]))"},
	} {
		got, m := plan(t, c.body)
		if got != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, got, c.want, m.Bytes)
		}
	}
	_, m := plan(t, Related(TextEntity("html", "x"), TextEntity("plain", "y")))
	if m.Root.Type.Params.Get("type") != "text/html" {
		t.Errorf("type: %v", m.Root.Type.Params)
	}
	_, m = plan(t, Form(FormField{Name: `a"b`, Value: "é"}))
	if _, params := m.Root.Parts[0].disposition(); params.Get("name") != "a%22b" || string(m.Content(m.Root.Parts[0])) != "é" {
		t.Errorf("form: %v", params)
	}
	_, m = plan(t, ExternalBody("URL", Params{{"URL", "https://example.net/x"}, {"size", "12"}}, ExtraField{"Content-Type", "image/png"}))
	if x, ok := m.External(m.Root); !ok || x.Access != "URL" || x.Params.Get("url") != "https://example.net/x" || x.Params.Number("size") != 12 || x.Header.Decoded("Content-Type") != "image/png" {
		t.Errorf("external: %+v", x)
	}
}

func TestBodiesThatCannotBe(t *testing.T) {
	deep := TextEntity("plain", "x")
	for range MaxDepth + 1 {
		deep = Multipart("mixed", deep)
	}
	for name, e := range map[string]*Entity{
		"a multipart without parts": Multipart("mixed"), "parts in a leaf": {Type: "text/plain", Parts: []*Entity{TextEntity("plain", "")}}, "no type": {Type: "text"},
		"a mail in base64": {Type: "message/rfc822", Encoding: Base64}, "a fragment in 8bit": {Type: "message/partial", Encoding: Bit8},
		"a line end in a field": {Type: "a/b", Fields: []ExtraField{{"Content-ID", "x\r\nSubject: y"}}}, "a field's name": {Type: "a/b", Fields: []ExtraField{{"a b", "x"}}},
		"a parameter": {Type: "a/b", Params: Params{{"x", "a\r\nb"}}}, "a parameter's name": {Type: "a/b", Params: Params{{"x y", "a"}}}, "too deep": deep,
	} {
		m := Mail{From: "a@b", Date: monday, Body: e}
		if b, err := m.Build(); err == nil {
			t.Errorf("%s was built:\n%.1000s", name, b)
		}
	}
	for _, m := range []Mail{{Text: "x", Body: TextEntity("plain", "y")}, {Charset: "x-unknown"}, {Charset: "a b"}, {To: []string{"josé@example.org"}}} {
		m.From, m.Date = "a@b", monday
		if b, err := m.Build(); err == nil {
			t.Errorf("built:\n%s", b)
		}
	}
}

// Pictures that the HTML shows stand beside it; files stand beside the text.
func TestPicturesOfAPage(t *testing.T) {
	m := Mail{From: "a@b", Date: monday, Text: "x", HTML: "<img src=cid:p@x>", Attachments: []Attachment{
		{Type: "image/png", Bytes: []byte("png"), Inline: true, ContentID: "p@x"}, {Name: "a.pdf", Type: "application/pdf", Bytes: []byte("pdf")}}}
	want := "multipart/mixed(multipart/alternative(text/plain:3/1 multipart/related(text/html:19/1 image/png:6)) application/pdf:6)"
	if got := show(Parse([]byte(build(t, m))).BodyStructure()); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The same words in several charsets, and as they are.
func TestHeadersInCharsets(t *testing.T) {
	for _, c := range []struct {
		mail Mail
		want string
	}{
		{Mail{Subject: "Grüße", Charset: "iso-8859-1"}, "Subject: =?iso-8859-1?q?Gr=FC=DFe?="},
		{Mail{Subject: "€", Charset: "iso-8859-1"}, "Subject: =?utf-8?b?4oKs?="},
		{Mail{Subject: "привет", Charset: "koi8-r"}, "Subject: =?koi8-r?b?0NLJ18XU?="},
		{Mail{Subject: "日本", Charset: "iso-2022-jp"}, "Subject: =?iso-2022-jp?q?=1B=24BF=7CK=5C=1B=28B?="},
		{Mail{Subject: "Grüße, José", UTF8: true}, "Subject: Grüße, José"},
		{Mail{To: []string{"José Ñ. <josé@exámple.net>"}, UTF8: true}, "To: \"José Ñ.\" <josé@exámple.net>"},
		{Mail{To: []string{"José <jose@example.net>"}, UTF8: true}, "To: José <jose@example.net>"},
		{Mail{Comments: "été", Keywords: []string{"one", "two words", "zwölf"}}, "Comments: =?utf-8?b?w6l0w6k=?=\r\nKeywords: one, two words, =?utf-8?q?zw=C3=B6lf?="},
	} {
		c.mail.From, c.mail.Date = "a@b", monday
		b := build(t, c.mail)
		if !strings.Contains(b, "\r\n"+c.want+"\r\n") {
			t.Errorf("want %s in\n%s", c.want, b)
		}
		if got := Parse([]byte(b)).Root.Fields.Decoded("Subject"); got != c.mail.Subject {
			t.Errorf("%q came back as %q", c.mail.Subject, got)
		}
	}
	m := Mail{From: "a@b", Date: monday, Text: "Grüße", Charset: "iso-8859-15"}
	p := Parse([]byte(build(t, m)))
	if p.Root.Type.Params.Get("charset") != "iso-8859-15" || !bytes.Contains(p.Bytes, []byte("Gr=FC=DFe")) || p.Text(p.Root) != "Grüße\r\n" {
		t.Errorf("%s", p.Bytes)
	}
}

// Long text in every charset that has its characters comes back whole, and no line and no word is too long.
func TestLongSubjectsInCharsets(t *testing.T) {
	for charset, text := range map[string]string{"": "日本語とgrüße ", "iso-2022-jp": "日本語の件名 ", "euc-jp": "日本語", "koi8-r": "Привет, мир ", "gb18030": "你好 ", "big5": "你好 ", "iso-8859-1": "à la crème ",
		"euc-kr": "안녕 ", "utf-16be": "é", "windows-1252": "“Zitat” "} {
		text = strings.TrimSpace(strings.Repeat(text, 40))
		m := Mail{From: "a@b", Date: monday, Subject: text, Charset: charset}
		b := build(t, m)
		for line := range strings.SplitSeq(b, "\r\n") {
			if len(line) > lineWanted {
				t.Errorf("%s: a line of %d: %s", charset, len(line), line)
			}
		}
		if got := Parse([]byte(b)).Root.Fields.Decoded("Subject"); got != text {
			t.Errorf("%s: %q came back as %q", charset, text, got)
		}
		if got := DecodeWords(EncodeWords(charset, text)); got != text {
			t.Errorf("%s: words came back as %q", charset, got)
		}
	}
}

func TestResentBlocks(t *testing.T) {
	mail := []byte("Received: by x; 1 Jan 2026 00:00 +0000\r\nFrom: ana@example.net\r\nSubject: Lunch\r\n\r\nx\r\n")
	first := Resent{From: "Bob <bob@example.org>", To: []string{"carol@example.org"}, Bcc: []string{"dora@example.org"}, Date: monday, MessageID: "s1@example.org"}
	b, err := first.Build(mail)
	want := lines("Resent-Date: "+monday.Format(DateLayout), "Resent-From: Bob <bob@example.org>", "Resent-To: carol@example.org", "Resent-Message-ID: <s1@example.org>") + string(mail)
	if err != nil || string(b) != want {
		t.Errorf("%v\n%s", err, b)
	}
	if got := fmt.Sprint(first.Recipients()); got != "[carol@example.org dora@example.org]" {
		t.Errorf("recipients %s", got)
	}
	second := Resent{From: "carol@example.org", Sender: "eve@example.org", To: []string{"f@g"}, Cc: []string{"h@i"}, Date: monday.Add(time.Hour)}
	if b, err = second.Build(append([]byte("Received: by y; 1 Jan 2026 00:00 +0000\r\n"), b...)); err != nil {
		t.Fatal(err)
	}
	blocks := Parse(b).Root.Fields.ResentBlocks()
	if len(blocks) != 2 || blocks[0].From[0].Mailbox != "carol" || blocks[0].Sender[0].Mailbox != "eve" || !blocks[0].Date.Equal(second.Date) || blocks[0].MessageID == "" ||
		blocks[1].MessageID != "s1@example.org" || blocks[1].To[0].Mailbox != "carol" || blocks[0].Cc[0].Host != "i" {
		t.Errorf("%+v", blocks)
	}
	// Two blocks without a trace field between them.
	again, _ := first.Build(b)
	if blocks := Parse(again).Root.Fields.ResentBlocks(); len(blocks) != 3 {
		t.Errorf("%d blocks", len(blocks))
	}
	for _, r := range []Resent{{}, {Date: monday}, {Date: monday, From: "a@b"}, {Date: monday, From: "a", To: []string{"c@d"}}} {
		if _, err := r.Build(mail); err == nil {
			t.Errorf("built %+v", r)
		}
	}
}

func TestFragments(t *testing.T) {
	whole := build(t, Mail{From: "a@b", To: []string{"c@d"}, Subject: "A long text", Date: monday, MessageID: "1@x", Text: strings.Repeat("0123456789\n", 50)})
	pieces, err := Fragments([]byte(whole), "whole@x", 150)
	if err != nil || len(pieces) != 5 {
		t.Fatalf("%d pieces, %v", len(pieces), err)
	}
	want := lines("Date: "+monday.Format(DateLayout), "From: a@b", "To: c@d", "Subject: A long text (2/5)", "Message-ID: <2.whole@x>", "MIME-Version: 1.0",
		"Content-Type: message/partial; number=2; total=5;", "\tid=\"whole@x\"", "")
	if !strings.HasPrefix(string(pieces[1]), want) {
		t.Errorf("got\n%s", pieces[1])
	}
	shuffled := [][]byte{pieces[4], pieces[0], pieces[3], pieces[1], pieces[2]}
	joined, err := Join(shuffled)
	if err != nil {
		t.Fatal(err)
	}
	m, n := Parse(joined), Parse([]byte(whole))
	if string(m.BodyBytes(m.Root)) != string(n.BodyBytes(n.Root)) || len(m.Root.Fields) != len(n.Root.Fields) {
		t.Errorf("joined:\n%s", joined)
	}
	for i := range n.Root.Fields {
		if f := n.Root.Fields[i]; m.Root.Fields.Decoded(f.Name) != f.Decoded() {
			t.Errorf("%s: %q, want %q", f.Name, m.Root.Fields.Decoded(f.Name), f.Decoded())
		}
	}
	other, _ := Fragments([]byte(whole), "other@x", 150)
	for name, mails := range map[string][][]byte{"one is missing": pieces[:4], "the first is missing": pieces[1:], "one of another mail": {pieces[0], other[1], pieces[2], pieces[3], pieces[4]},
		"no fragment": {[]byte(whole)}, "nothing": nil, "twice the same": {pieces[0], pieces[0], pieces[1], pieces[2], pieces[3]}} {
		if b, err := Join(mails); err == nil {
			t.Errorf("%s: joined\n%s", name, b)
		}
	}
	for _, mail := range []string{"Subject: é\r\n\r\n"} {
		if _, err := Fragments([]byte(mail), "x", 10); err == nil {
			t.Error("8bit was cut")
		}
	}
}
