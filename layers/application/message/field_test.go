package message

import (
	"testing"

	"mailwire/layers"
)

func TestFieldsAndTheirBytes(t *testing.T) {
	mail := "Subject: one\r\n two\r\nX :  blanks \t\r\nno colon here\r\nEmpty:\r\nlf: only\n: nameless\r\nbad name: x\r\n\r\nbody: not a field\r\n"
	h, length := ParseHeader([]byte(mail))
	if want := len(mail) - len("body: not a field\r\n"); length != want {
		t.Errorf("length %d, want %d", length, want)
	}
	want := []struct{ name, unfolded string }{
		{"Subject", "one two"}, {"X", "blanks"}, {"", "no colon here"}, {"Empty", ""}, {"lf", "only"},
		{"", ": nameless"}, {"", "bad name: x"},
	}
	if len(h) != len(want) {
		t.Fatalf("%d fields, want %d: %v", len(h), len(want), h)
	}
	end := 0
	for i, w := range want {
		f := h[i]
		if f.Name != w.name || f.Unfolded() != w.unfolded {
			t.Errorf("field %d: %q %q, want %q %q", i, f.Name, f.Unfolded(), w.name, w.unfolded)
		}
		if f.Range.Offset != end || string(f.Bytes()) != mail[f.Range.Offset:f.Range.End()] {
			t.Errorf("field %d: range %v, bytes %q", i, f.Range, f.Bytes())
		}
		end = f.Range.End()
	}
	if got, want := h[0].Value(), (layers.Range{Offset: 8, Length: 10}); got != want {
		t.Errorf("value of Subject at %v, want %v", got, want)
	}
}

func TestHeadersCutShort(t *testing.T) {
	mail := "From: a@b\r\nSubject: x\r\n y\r\n\r\nbody"
	for n := range len(mail) {
		h, length := ParseHeader([]byte(mail[:n]))
		if length > n {
			t.Fatalf("cut at %d: length %d", n, length)
		}
		for _, f := range h {
			if f.Range.End() > n {
				t.Fatalf("cut at %d: %v", n, f.Range)
			}
		}
	}
}

func TestEncodedWords(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>", "Keld Jørn Simonsen <keld@dkuug.dk>"},
		{"=?US-ASCII?Q?Keith_Moore?=", "Keith Moore"},
		// RFC 2047 §8: blanks between encoded words vanish, others stay.
		{"(=?ISO-8859-1?Q?a?=)", "(a)"},
		{"(=?ISO-8859-1?Q?a?= b)", "(a b)"},
		{"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
		{"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"},
		{"(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
		{"(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"},
		// A character cut in two by a careless program.
		{"=?utf-8?B?w6nD?= =?utf-8?B?qQ==?=", "éé"},
		{"=?gb2312?B?xOO6ww==?=", "你好"},
		{"=?utf-8*en?Q?language?=", "language"},
		{"=?x-unknown?Q?abc?= rest", "=?x-unknown?Q?abc?= rest"},
		{"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
		{"=?utf-8?Q?not closed", "=?utf-8?Q?not closed"},
		{"=?", "=?"},
		{"a =?utf-8?q?=C3=A9?= b", "a é b"},
		{"raw \xe9 byte", "raw \uFFFD byte"},
		{"raw é", "raw é"},
	} {
		if got := DecodeWords(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestParameters(t *testing.T) {
	for _, c := range []struct{ in, name, want string }{
		{`text/plain; charset=us-ascii (a comment)`, "charset", "us-ascii"},
		{`text/plain; charset="us-ascii"`, "CHARSET", "us-ascii"},
		{`a/b; name="a;b\"c"; x=y`, "name", `a;b"c`},
		{`a/b; name="a;b\"c"; x=y`, "x", "y"},
		{`a/b; name=a b.txt; x=y`, "x", "y"},
		{`a/b;; ;x=y;`, "x", "y"},
		{`a/b; boundary=a/b=c?d`, "boundary", "a/b=c?d"},
		{`a/b; name="open`, "name", "open"},
		// RFC 2231 §3, §4, §4.1.
		{`message/external-body; URL*0="ftp://"; URL*1="cs.utk.edu/pub"`, "url", "ftp://cs.utk.edu/pub"},
		{`application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A`, "title", "This is ***fun***"},
		{`application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2="isn't it!"`,
			"title", "This is even more ***fun*** isn't it!"},
		{`a/b; name*1=b; name*0=a`, "name", "ab"},
		{`a/b; name*=iso-8859-1''%E9`, "name", "é"},
		{`a/b; name="=?utf-8?Q?=C3=A9.txt?="`, "name", "é.txt"},
	} {
		if got := ParseContentType(c.in).Params.Get(c.name); got != c.want {
			t.Errorf("%s of %s: got %q, want %q", c.name, c.in, got, c.want)
		}
	}
	for _, in := range []string{"", "text", "/plain", "text/", ";", "text plain"} {
		if got := ParseContentType(in).String(); got != "text/plain" {
			t.Errorf("%q: %s, want the default", in, got)
		}
	}
}
