package message

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestDates(t *testing.T) {
	for _, c := range []struct{ date, want string }{
		{"Sun, 22 Nov 2026 05:06:07 +0100", "2026-11-22 05:06:07 +0100"},
		{"22 Nov 2026 05:06 -0330", "2026-11-22 05:06:00 -0330"},
		{"Sun, 22 Nov 2026 05:06:07 -0000", "2026-11-22 05:06:07 +0000"},
		{"Sun (Sunday), 22 (x) Nov 2026 05 : 06 : 07 (y) +0100 (CET)", "2026-11-22 05:06:07 +0100"},
		{"Sun , 2 Nov 26 5:06:07 EST", "2026-11-02 05:06:07 -0500"},
		{"1 Jan 49 00:00:00 GMT", "2049-01-01 00:00:00 +0000"},
		{"1 Jan 50 00:00:00 GMT", "1950-01-01 00:00:00 +0000"},
		{"1 Jan 99 00:00:00 PDT", "1999-01-01 00:00:00 -0700"},
		{"1 Jan 126 00:00:00 UT", "2026-01-01 00:00:00 +0000"},
		{"1 Jan 2026 00:00:00 A", "2026-01-01 00:00:00 +0000"},
		{"1 Jan 2026 00:00:00", "2026-01-01 00:00:00 +0000"},
		{"Thu, 31 Dec 2026 23:59:60 +0000", "2026-12-31 23:59:59 +0000"},
		{"Sunday, 22-November-2026 05:06:07 +0000", "2026-11-22 05:06:07 +0000"},
		{"Sun, 22 Nov 2026 05:06:07 +01000", "-"},
		{"Sun, 22 Nov 2026 05:06:07 +0160", "-"},
		{"Sun, 31 Nov 2026 05:06:07 +0000", "-"},
		{"Sun, 22 Nov 2026 24:06:07 +0000", "-"},
		{"Sun, 22 Nov 2026 05:60:07 +0000", "-"},
		{"Sun, 22 Nov 2026", "-"}, {"22 Xyz 2026 05:06", "-"}, {"22 Nov 6 05:06", "-"}, {"", "-"}, {"yesterday", "-"}, {strings.Repeat("(", 300), "-"},
		{"22 Nov 2026 05:06:07 +0000 and more", "2026-11-22 05:06:07 +0000"},
	} {
		got := "-"
		if date, ok := ParseDate(c.date); ok {
			got = date.Format("2006-01-02 15:04:05 -0700")
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.date, got, c.want)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	for _, c := range []struct{ field, want string }{
		{"<1@x>", "1@x"}, {"<1@x> <2@x>\t<3@x>", "1@x 2@x 3@x"}, {"(c <no@x>) <1@x>(d)", "1@x"}, {`Your "<no@x>" of <1@x>, thanks`, "1@x"},
		{"<1@x", ""}, {"<1 @ x>", "1@x"}, {"<a<1@x>", "1@x"}, {"<>", ""}, {"", ""}, {`<"a b"@[x]>`, `"ab"@[x]`},
	} {
		if got := strings.Join(ParseIdentifiers(c.field), " "); got != c.want {
			t.Errorf("%q: %q, want %q", c.field, got, c.want)
		}
	}
}

func TestBinary(t *testing.T) {
	m := Parse([]byte(lines("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Transfer-Encoding: base64", "", "aGk=", "--x",
		"Content-Transfer-Encoding: quoted-printable", "", "caf=E9=", "--x", "Content-Transfer-Encoding: x-other", "", "?", "--x",
		"Content-Type: message/rfc822", "", "Content-Transfer-Encoding: base64", "", "aGk=", "--x--")))
	for _, c := range []struct {
		path []int
		want string
		err  error
	}{
		{nil, string(m.Bytes), nil}, {[]int{1}, "hi", nil}, {[]int{2}, "caf\xe9", nil}, {[]int{3}, "", ErrUnknownEncoding},
		{[]int{4}, "Content-Transfer-Encoding: base64\r\n\r\naGk=", nil}, {[]int{4, 1}, "hi", nil}, {[]int{5}, "", ErrNoPart},
	} {
		if b, err := m.Binary(c.path); !errors.Is(err, c.err) || string(b) != c.want {
			t.Errorf("%v: %q, %v, want %q, %v", c.path, b, err, c.want, c.err)
		}
	}
}

func TestPartials(t *testing.T) {
	section := []byte("0123456789")
	for _, c := range []struct {
		offset, length int64
		want           string
	}{{0, 4, "0123"}, {8, 4, "89"}, {10, 1, ""}, {1 << 40, 1 << 40, ""}, {3, 1<<63 - 1, "3456789"}, {-1, 2, "01"}, {2, -1, ""}} {
		if got := Partial(section, c.offset, c.length); !bytes.Equal(got, []byte(c.want)) {
			t.Errorf("<%d.%d>: %q, want %q", c.offset, c.length, got, c.want)
		}
	}
}
