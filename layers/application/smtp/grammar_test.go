package smtp

import (
	"errors"
	"strings"
	"testing"
)

func TestPaths(t *testing.T) {
	for _, tt := range []struct{ in, local, domain, out string }{
		{"<>", "", "", "<>"},
		{"<ana@example.net>", "ana", "example.net", "<ana@example.net>"},
		{"<Postmaster>", "Postmaster", "", "<Postmaster>"},
		{`<"a b"@example.net>`, "a b", "example.net", `<"a b"@example.net>`},
		{`<"a\"b\\"@example.net>`, `a"b\`, "example.net", `<"a\"b\\"@example.net>`},
		{`<"ana"@example.net>`, "ana", "example.net", "<ana@example.net>"},
		{"<ana@[192.0.2.1]>", "ana", "[192.0.2.1]", "<ana@[192.0.2.1]>"},
		{"<ana@[IPv6:2001:db8::1]>", "ana", "[IPv6:2001:db8::1]", "<ana@[IPv6:2001:db8::1]>"},
		{"<@r1.example,@r2.example:ana@example.net>", "ana", "example.net", "<ana@example.net>"},
		{"<a+b.c=d@example.net>", "a+b.c=d", "example.net", "<a+b.c=d@example.net>"},
		{"<ü@bücher.example>", "ü", "bücher.example", "<ü@bücher.example>"},
	} {
		p, err := ParsePath(tt.in)
		if err != nil || p.Mailbox != (Mailbox{tt.local, tt.domain}) || p.String() != tt.out {
			t.Errorf("%s: %q %v", tt.in, p, err)
		}
		again, err := ParsePath(p.String())
		if err != nil || again.Mailbox != p.Mailbox {
			t.Errorf("%s: read again: %q %v", tt.in, again, err)
		}
		for cut := range len(tt.in) {
			if p, err := ParsePath(tt.in[:cut]); err == nil {
				t.Errorf("%q is taken for a path: %v", tt.in[:cut], p)
			}
		}
	}
	for _, in := range []string{"<a b@example.net>", "<.a@example.net>", "<a..b@example.net>", "<a@>", "<@example.net>", "<a@-x.example>",
		"<a@[300.1.1.1]>", "<a@[IPv6:x]>", "<a@b@c>", "<a@example.net> x", "<\"a@example.net>", "<a\x00@example.net>", "<a@\xff.example>"} {
		if p, err := ParsePath(in); err == nil {
			t.Errorf("%q is taken for the path %v", in, p)
		}
	}
}

func TestFaultsNamePlaceAndRule(t *testing.T) {
	for _, tt := range []struct {
		line string
		code int
		want string
	}{
		{"MAIL FROM:<ana>", 501, `smtp: byte 15: an address has "@" between local part and domain (RFC 5321 §4.1.2)`},
		{"MAIL FROM:<a@example.net> SIZE=1 size=1", 501, "smtp: byte 34: a parameter stands once (RFC 5321 §4.1.2)"},
		{"MAIL ana", 501, "smtp: byte 6: MAIL is followed by FROM: (RFC 5321 §4.1.1.2)"},
		{"RCPT TO:<a@example.net>NOTIFY=NEVER", 501, "smtp: byte 24: a space stands before each parameter (RFC 5321 §4.1.2)"},
		{"RCPT TO:<>", 501, "smtp: byte 9: a recipient is not empty (RFC 5321 §4.1.1.3)"},
		{"EHLO", 501, "smtp: byte 5: EHLO needs the client's domain or an address literal (RFC 5321 §4.1.1.1)"},
		{"DATA now", 501, "smtp: byte 6: DATA has no parameter (RFC 5321 §4.1.1)"},
		{"BDAT many", 501, "smtp: byte 6: the size of a chunk is a decimal number (RFC 3030 §2)"},
		{"NOOP \rx", 500, "smtp: byte 6: a command has no control characters (RFC 5321 §2.3.8)"},
		{"<html>", 500, "smtp: byte 1: a command begins with a verb of letters (RFC 5321 §2.4)"},
	} {
		_, err := ParseCommand(tt.line)
		var fault *SyntaxError
		if !errors.As(err, &fault) || err.Error() != tt.want || fault.Code != tt.code {
			t.Errorf("%q: %v, want %s", tt.line, err, tt.want)
		}
	}
	c, err := ParseCommand("mail from: <ana@example.net> size=10 body=8bitmime")
	if size, _ := c.Param("SIZE"); err != nil || c.Overlooked == nil || size != "10" || c.Path.Mailbox.Local != "ana" {
		t.Errorf("%+v %v", c, err)
	}
	c, err = ParseCommand("RCPT TO:bob@example.net NOTIFY=NEVER")
	if err != nil || c.Overlooked == nil || c.Path.Mailbox.Local != "bob" || len(c.Params) != 1 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestReplies(t *testing.T) {
	r := NewReply(250, "2.1.0", "one\ntwo")
	wire := string(r.Append(nil))
	if wire != "250-2.1.0 one\r\n250 2.1.0 two\r\n" {
		t.Errorf("%q", wire)
	}
	for _, tt := range []struct {
		line string
		want ReplyLine
	}{
		{"250-2.1.0 one", ReplyLine{Code: 250, More: true, Enhanced: Enhanced{2, 1, 0}, Text: "one"}},
		{"250 5.1.0 one", ReplyLine{Code: 250, Text: "5.1.0 one"}},
		{"354", ReplyLine{Code: 354}},
		{"220 1.2.3.4 hello", ReplyLine{Code: 220, Text: "1.2.3.4 hello"}},
	} {
		got, err := ParseReplyLine(tt.line)
		got.textAt = 0
		if err != nil || got != tt.want {
			t.Errorf("%q: %+v %v", tt.line, got, err)
		}
	}
	for _, line := range []string{"", "25", "2x0 a", "250x", "+OK"} {
		if _, err := ParseReplyLine(line); err == nil {
			t.Errorf("%q is taken for a reply", line)
		}
	}
}

func TestDotsGoAndComeBack(t *testing.T) {
	for _, tt := range []struct{ mail, wire, back string }{
		{"", ".\r\n", ""},
		{"a", "a\r\n.\r\n", "a\r\n"},
		{".\r\n..\r\n", "..\r\n...\r\n.\r\n", ".\r\n..\r\n"},
		{"a\n.b\rc\r\n", "a\r\n..b\r\nc\r\n.\r\n", "a\r\n.b\r\nc\r\n"},
		{"a\r", "a\r\n.\r\n", "a\r\n"},
		{"\r\n.\r\n", "\r\n..\r\n.\r\n", "\r\n.\r\n"},
	} {
		for cut := 1; cut <= len(tt.wire); cut++ {
			var s Stuffer
			var wire []byte
			for rest := tt.mail; rest != ""; rest = rest[min(cut, len(rest)):] {
				wire = s.Append(wire, []byte(rest[:min(cut, len(rest))]))
			}
			if wire = s.End(wire); string(wire) != tt.wire {
				t.Errorf("%q: %q, want %q", tt.mail, wire, tt.wire)
			}
			var u Unstuffer
			var back []byte
			var done bool
			for rest := wire; len(rest) > 0; {
				var n int
				back, n, done = u.Append(back, rest[:min(cut, len(rest))])
				rest = rest[n:]
				if done != (len(rest) == 0) {
					t.Errorf("%q: the end is seen with %d bytes left", tt.wire, len(rest))
				}
			}
			if string(back) != tt.back {
				t.Errorf("%q: %q, want %q", tt.mail, back, tt.back)
			}
		}
	}
}

func TestOnlyCRLFDotCRLFEndsAMail(t *testing.T) {
	for _, wire := range []string{"a\n.\n", "a\r\n.\n", "a\n.\r\n", "a\r.\r", "a\r\n.\r", "a\r\n. \r\n", "a\r\n..\r\n"} {
		var u Unstuffer
		if _, done := u.Skip([]byte(wire)); done {
			t.Errorf("%q ends a mail", wire)
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, s := range []string{"MAIL FROM:<a@example.net> SIZE=1", `RCPT TO:<"a\ b"@[IPv6:::1]>`, "AUTH PLAIN =", "BDAT 5 LAST", "EHLO [192.0.2.1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := ParseCommand(line)
		if err != nil || (c.Verb != "MAIL" && c.Verb != "RCPT") {
			return
		}
		p, err := ParsePath(c.Path.String())
		if err != nil || p.Mailbox != c.Path.Mailbox {
			t.Fatalf("%q: %q read again: %q %v", line, c.Path, p, err)
		}
	})
}

func FuzzDots(f *testing.F) {
	f.Add([]byte("a\r\n.\r\n..b"), uint8(1))
	f.Fuzz(func(t *testing.T, mail []byte, cut uint8) {
		var s Stuffer
		wire := s.End(s.Append(nil, mail))
		var u Unstuffer
		back, n, done := u.Append(nil, wire)
		if !done || n != len(wire) || u.Lookalikes > 0 {
			t.Fatalf("%q: end %v at %d of %d", wire, done, n, len(wire))
		}
		want := strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n").Replace(string(mail))
		if want != "" && !strings.HasSuffix(want, "\r\n") {
			want += "\r\n"
		}
		if string(back) != want {
			t.Fatalf("%q comes back as %q", mail, back)
		}
	})
}
