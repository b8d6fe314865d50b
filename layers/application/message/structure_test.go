package message

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// show writes a structure as a line: type, octets, lines, and what it holds.
func show(s *BodyStructure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s", s.Type, s.Subtype)
	if len(s.Parts) > 0 {
		for i, p := range s.Parts {
			fmt.Fprintf(&b, "%c%s", "(  "[min(i, 1)], show(p))
		}
		return b.String() + ")"
	}
	fmt.Fprintf(&b, ":%d", s.Octets)
	if s.IsText() || s.Message != nil {
		fmt.Fprintf(&b, "/%d", s.Lines)
	}
	if s.Message != nil {
		fmt.Fprintf(&b, "[%s %s]", s.Envelope.Subject.Value, show(s.Message))
	}
	return b.String()
}

func TestBodyStructures(t *testing.T) {
	for _, c := range []struct{ name, mail, want string }{
		{"nothing", "", "text/plain:0/0"},
		{"no header", "\r\nbody\r\n", "text/plain:6/1"},
		{"no empty line", "Subject: x\r\n", "text/plain:0/0"},
		{"the last line is open", "\r\none\r\ntwo", "text/plain:8/1"},
		{"the example of RFC 9051", nested, "multipart/mixed(text/plain:3/0 application/octet-stream:3 " +
			"message/rfc822:142/10[three multipart/mixed(text/plain:9/0 application/octet-stream:9)] " +
			"multipart/mixed(image/gif:8 message/rfc822:253/18[four two multipart/mixed(text/plain:12/0 " +
			"multipart/alternative(text/plain:16/0 text/richtext:16/0))]))"},
		{"a multipart that is never closed", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\r\n--x\r\n\r\ntwo\r\n",
			"multipart/mixed(text/plain:3/0 text/plain:5/1)"},
		{"a multipart without parts", "Content-Type: multipart/mixed; boundary=x\r\n\r\ntext\r\n", "multipart/mixed(text/plain:0/0)"},
		{"a multipart without a boundary", "Content-Type: multipart/mixed\r\n\r\n--x\r\n", "multipart/mixed(text/plain:0/0)"},
		{"the outer delimiter ends the inner multipart",
			"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\none\r\n--x\r\n\r\ntwo\r\n--x--\r\n",
			"multipart/mixed(multipart/mixed(text/plain:3/0) text/plain:3/0)"},
		{"a part without a header and without its empty line", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x--\r\n", "multipart/mixed(text/plain:0/0)"},
		{"one boundary begins with the other", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n--xx\r\n\r\none\r\n--xx--\r\n--x--\r\n",
			"multipart/mixed(multipart/mixed(text/plain:3/0))"},
		{"lone LF", "Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x--\n", "multipart/mixed(text/plain:3/0)"},
		{"blanks behind the delimiter", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x \t\r\n\r\none\r\n--x-- \r\n", "multipart/mixed(text/plain:3/0)"},
		{"a digest", "Content-Type: multipart/digest; boundary=x\r\n\r\n--x\r\n\r\nSubject: s\r\n\r\none\r\n--x--\r\n",
			"multipart/digest(message/rfc822:17/2[s text/plain:3/0])"},
	} {
		if got := show(Parse([]byte(c.mail)).BodyStructure()); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestWhatBodyStructureTellsOfAPart(t *testing.T) {
	s := Parse([]byte("Content-Type: Image/PNG; name=a; x=\"b c\"\r\nContent-ID: <1@x>\r\nContent-Description: cat\r\nContent-Transfer-Encoding: BASE64 (c)\r\n" +
		"Content-MD5: abc==\r\nContent-Disposition: Attachment; filename*=utf-8''%C3%A9\r\nContent-Language: ca, de-AT\r\nContent-Location: http://x/\r\n\r\nAAAA")).BodyStructure()
	got := fmt.Sprint(s.Type, " ", s.Subtype, s.Params, s.ID, s.Description, s.Encoding, s.MD5, s.Disposition, s.DispositionOf, s.Language, s.Location)
	want := "Image PNG[{name a} {x b c}] {<1@x> true} {cat true}base64{abc== true} {Attachment true} [{filename* utf-8''%C3%A9}] [ca de-AT] {http://x/ true}"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEnvelopes(t *testing.T) {
	e := Parse([]byte("From: Ana <ana@example.net>\r\nTo: a@b\r\nTo: c@d\r\nSubject:\r\nReply-To: ()\r\n\r\n")).Envelope()
	switch {
	case e.Date.Present || !e.Subject.Present || e.Subject.Value != "":
		t.Errorf("absent date %v, empty subject %v", e.Date, e.Subject)
	case len(e.To) != 2 || len(e.Cc) != 0:
		t.Errorf("to %v, cc %v", e.To, e.Cc)
	case len(e.Sender) != 1 || e.Sender[0].Mailbox != "ana" || len(e.ReplyTo) != 1 || e.ReplyTo[0].Mailbox != "ana":
		t.Errorf("sender %v, reply-to %v: not the author", e.Sender, e.ReplyTo)
	}
}

// Parts within parts beyond the limit, and mails made to be slow, are read in linear time.
func TestHostileMails(t *testing.T) {
	deep := strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 5000)
	var tower strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&tower, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	for name, mail := range map[string]string{
		"messages in messages": deep, "multiparts in multiparts": tower.String(),
		"many parts":     "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n\r\n", 100000),
		"almost a limit": "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--xy\r\n", 200000),
		"many fields":    strings.Repeat("To: a@b\r\n", 100000),
		"one long field": "To:" + strings.Repeat("(", 500000) + strings.Repeat(" a <b", 100000),
		"open words":     "Subject: " + strings.Repeat("=?utf-8?q?", 100000),
		"open quotes":    "Content-Type: a/b" + strings.Repeat(`; "x`, 200000),
		"parameters":     "Content-Type: a/b" + strings.Repeat(`; x*1=y`, 100000),
		"stamps":         strings.Repeat("Received: from a by b; x\r\n", 50000),
		"one char lines": strings.Repeat("\n a", 300000),
	} {
		start := time.Now()
		m := Parse([]byte(mail))
		m.Envelope()
		m.BodyStructure()
		Notes(m.Bytes, 0)
		m.Walk(func(p *Part, depth int) bool { p.FileName(); return depth <= MaxDepth })
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: %d bytes took %v", name, len(mail), took)
		}
	}
	if got := strings.Count(show(Parse([]byte(deep)).BodyStructure()), "["); got != MaxDepth {
		t.Errorf("%d messages in messages, want %d", got, MaxDepth)
	}
}
