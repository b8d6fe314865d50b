package story

import (
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mailwire/layers"
	"mailwire/layers/application"
)

func TestWhatIsReadInAHeader(t *testing.T) {
	for _, row := range []struct{ text, id, subject string }{
		{"Subject: Hi\r\nMessage-ID: <1@ana>\r\n\r\nSubject: not this\r\n", "<1@ana>", "Hi"},
		{"message-id:\r\n <1@ana>\r\nSUBJECT: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n an alle\r\n\r\n", "<1@ana>", "Grüße an alle"},
		{"Subject: first\nSubject: second\n\n", "", "first"},
		{"X-Subject: Hi\r\nno header at all", "", ""},
		{"\r\nSubject: behind the header\r\n", "", ""},
		{"Subject:", "", ""},
		{"", "", ""},
	} {
		if h := headOf(row.text); h.id != row.id || h.subject != row.subject {
			t.Errorf("%q: %+v", row.text, h)
		}
	}
}

func FuzzHead(f *testing.F) {
	f.Add("Subject: Hi\r\n there\r\nMessage-ID: <1@ana>\r\n\r\nbody")
	f.Add("Subject:\n\t=?gb2312?B?xOO6ww==?=\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		h := headOf(text)
		if len(h.id) > 260 || len(h.subject) > 130 {
			t.Fatalf("%d and %d bytes", len(h.id), len(h.subject))
		}
		if utf8.ValidString(text) && !utf8.ValidString(h.subject) && !strings.Contains(text, "=?") {
			t.Fatalf("%q", h.subject)
		}
	})
}

// TestLookupsCountOnce: MX and address together are the look-up of the connection to that address, and of no further one.
func TestLookupsCountOnce(t *testing.T) {
	b := &Book{}
	client, server := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.25")
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	say := func(after time.Duration, kind application.MessageKind, fields ...layers.Field) {
		now = now.Add(after)
		b.Lookup(&application.Message{Protocol: "dns", Kind: kind, Fields: fields}, client, now)
	}
	field := func(name, value string) layers.Field { return layers.Field{Name: name, Value: layers.String(value)} }
	say(0, application.Query, field("question-name", "example.org"))
	say(30*time.Millisecond, application.Query, field("question-name", "example.org")) // asked again
	say(20*time.Millisecond, application.Response, field("question-name", "example.org"), field("exchange", "mx1.example.org"), field("exchange", "mx2.example.org"))
	say(time.Second, application.Query, field("question-name", "mx2.example.org"))
	say(10*time.Millisecond, application.Response, field("question-name", "mx2.example.org"), field("address", server.String()))
	ends := [2]netip.AddrPort{netip.AddrPortFrom(client, 49152), netip.AddrPortFrom(server, 25)}
	if d := b.Open(0, 1, ends, false, "ana", "mx2").times.Parts[Lookup]; d != 60*time.Millisecond {
		t.Errorf("%v", d)
	}
	if d := b.Open(1, 9, ends, false, "ana", "mx2").times.Parts[Lookup]; d != 0 {
		t.Errorf("a second time: %v", d)
	}
}

// TestOnlySoMuchIsTold: the lists end, the sums do not.
func TestOnlySoMuchIsTold(t *testing.T) {
	b := &Book{}
	ends := [2]netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:49152"), netip.MustParseAddrPort("198.51.100.25:110")}
	const sessions = 3 * Told
	for i := range sessions {
		r := b.Open(i, i+1, ends, false, "ana", "mail")
		for _, m := range []application.Message{
			{From: layers.Client, Kind: application.Command, Verb: "USER", Complete: true, Fields: []layers.Field{{Name: "user", Value: layers.Int(i)}}},
			{From: layers.Client, Kind: application.Command, Verb: "PASS", Complete: true},
			{From: layers.Server, Kind: application.Reply, Status: "+OK", Answers: "PASS"},
			{From: layers.Server, Kind: application.Data, Answers: "RETR", Complete: true, Length: 10},
		} {
			m.Protocol = "pop3"
			b.Message(r, &m)
		}
		b.End(r)
		b.End(r) // once is enough
	}
	s := b.Tell()
	if len(s.Mailboxes) != Told+1 || s.Mailboxes[0].Note.ID != "story.boxes.sum" || s.More.Mailboxes != sessions-Told || len(s.Sessions) != Told || s.More.Sessions != sessions-Told {
		t.Errorf("%d mailboxes and %d more, %d sessions and %d more", len(s.Mailboxes), s.More.Mailboxes, len(s.Sessions), s.More.Sessions)
	}
	if n, _ := s.Mailboxes[0].Note.Arg("fetched"); n.Number() != sessions {
		t.Errorf("%v mails downloaded", n)
	}
}
