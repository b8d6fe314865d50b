package message

import (
	"strings"
	"testing"
)

// nested is the mail of RFC 9051 §6.4.5.1's example: HEADER, TEXT, 1 TEXT/PLAIN, 2 APPLICATION/OCTET-STREAM,
// 3 MESSAGE/RFC822 (3.1 TEXT/PLAIN, 3.2 APPLICATION/OCTET-STREAM), 4 MULTIPART/MIXED (4.1 IMAGE/GIF,
// 4.2 MESSAGE/RFC822 (4.2.1 TEXT/PLAIN, 4.2.2 MULTIPART/ALTERNATIVE (4.2.2.1 TEXT/PLAIN, 4.2.2.2 TEXT/RICHTEXT))).
var nested = lines(
	"From: ana@example.net",
	"Subject: outer",
	"Content-Type: multipart/mixed; boundary=A",
	"",
	"preamble",
	"--A",
	"",
	"one",
	"--A",
	"Content-Type: application/octet-stream",
	"",
	"two",
	"--A",
	"Content-Type: message/rfc822",
	"",
	"Subject: three",
	"Content-Type: multipart/mixed; boundary=B",
	"",
	"--B",
	"",
	"three one",
	"--B",
	"Content-Type: application/octet-stream",
	"",
	"three two",
	"--B--",
	"--A",
	"Content-Type: multipart/mixed; boundary=C",
	"",
	"--C",
	"Content-Type: image/gif",
	"",
	"four one",
	"--C",
	"Content-Type: message/rfc822",
	"",
	"Subject: four two",
	"To: bob@example.org",
	"Content-Type: multipart/mixed; boundary=D",
	"",
	"--D",
	"",
	"four two one",
	"--D",
	"Content-Type: multipart/alternative; boundary=E",
	"",
	"--E",
	"",
	"four two two one",
	"--E",
	"Content-Type: text/richtext",
	"",
	"four two two two",
	"--E--",
	"--D--",
	"--C--",
	"--A--",
	"epilogue",
)

func lines(l ...string) string { return strings.Join(l, "\r\n") + "\r\n" }

func TestSectionsOfTheExampleOfRFC9051(t *testing.T) {
	m := Parse([]byte(nested))
	for _, c := range []struct {
		path      []int
		specifier Specifier
		fields    []string
		want      string // "-": there is no such part; "…": begins and ends so
	}{
		{nil, Everything, nil, nested},
		{nil, HeaderOnly, nil, nested[:strings.Index(nested, "preamble")]},
		{nil, TextOnly, nil, nested[strings.Index(nested, "preamble"):]},
		{nil, HeaderFields, []string{"subject", "X-None"}, "Subject: outer\r\n\r\n"},
		{nil, HeaderFieldsNot, []string{"CONTENT-TYPE", "From"}, "Subject: outer\r\n\r\n"},
		{nil, HeaderFields, []string{"X-None"}, "\r\n"},
		{nil, MIMEHeader, nil, "-"},
		{[]int{1}, Everything, nil, "one"},
		{[]int{1}, MIMEHeader, nil, "\r\n"},
		{[]int{1}, HeaderOnly, nil, "-"},
		{[]int{1}, TextOnly, nil, "-"},
		{[]int{1, 1}, Everything, nil, "-"},
		{[]int{2}, MIMEHeader, nil, "Content-Type: application/octet-stream\r\n\r\n"},
		{[]int{3}, MIMEHeader, nil, "Content-Type: message/rfc822\r\n\r\n"},
		{[]int{3}, HeaderOnly, nil, "Subject: three\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"},
		{[]int{3}, HeaderFields, []string{"Subject"}, "Subject: three\r\n\r\n"},
		{[]int{3, 1}, Everything, nil, "three one"},
		{[]int{3, 2}, Everything, nil, "three two"},
		{[]int{3, 2}, HeaderOnly, nil, "-"},
		{[]int{3, 3}, Everything, nil, "-"},
		{[]int{4}, HeaderOnly, nil, "-"},
		{[]int{4, 1}, Everything, nil, "four one"},
		{[]int{4, 1}, MIMEHeader, nil, "Content-Type: image/gif\r\n\r\n"},
		{[]int{4, 2}, HeaderFields, []string{"To"}, "To: bob@example.org\r\n\r\n"},
		{[]int{4, 2, 1}, Everything, nil, "four two one"},
		{[]int{4, 2, 2}, MIMEHeader, nil, "Content-Type: multipart/alternative; boundary=E\r\n\r\n"},
		{[]int{4, 2, 2, 1}, Everything, nil, "four two two one"},
		{[]int{4, 2, 2, 2}, Everything, nil, "four two two two"},
		{[]int{4, 2, 2, 3}, Everything, nil, "-"},
		{[]int{0}, Everything, nil, "-"},
		{[]int{-1}, Everything, nil, "-"},
		{[]int{5}, Everything, nil, "-"},
	} {
		got, ok := m.Section(Section{Path: c.path, Specifier: c.specifier, Fields: c.fields})
		if !ok {
			got = []byte("-")
		}
		if string(got) != c.want {
			t.Errorf("%v %s %v: got %q, want %q", c.path, c.specifier, c.fields, got, c.want)
		}
	}
}

func TestAMessageThatIsNoMultipartHasOnePart(t *testing.T) {
	m := Parse([]byte("Subject: x\r\n\r\nbody\r\n"))
	for _, c := range []struct {
		s    Section
		want string
	}{
		{Section{Path: []int{1}}, "body\r\n"},
		{Section{Path: []int{1}, Specifier: MIMEHeader}, "Subject: x\r\n\r\n"},
		{Section{Path: []int{1, 1}}, "-"},
		{Section{Path: []int{2}}, "-"},
		{Section{Path: []int{1}, Specifier: HeaderOnly}, "-"},
	} {
		got, ok := m.Section(c.s)
		if !ok {
			got = []byte("-")
		}
		if string(got) != c.want {
			t.Errorf("%v: got %q, want %q", c.s, got, c.want)
		}
	}
}

func TestAMessageThatIsAMessage(t *testing.T) {
	m := Parse([]byte("Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody\r\n"))
	for _, c := range []struct {
		s    Section
		want string
	}{
		{Section{Path: []int{1}}, "Subject: inner\r\n\r\nbody\r\n"},
		{Section{Path: []int{1}, Specifier: HeaderOnly}, "Subject: inner\r\n\r\n"},
		{Section{Path: []int{1}, Specifier: TextOnly}, "body\r\n"},
		{Section{Path: []int{1}, Specifier: MIMEHeader}, "Content-Type: message/rfc822\r\n\r\n"},
		{Section{Path: []int{1, 1}}, "body\r\n"},
		{Section{Path: []int{1, 1}, Specifier: MIMEHeader}, "Subject: inner\r\n\r\n"},
		{Section{Path: []int{1, 1, 1}}, "-"},
	} {
		got, ok := m.Section(c.s)
		if !ok {
			got = []byte("-")
		}
		if string(got) != c.want {
			t.Errorf("%v: got %q, want %q", c.s, got, c.want)
		}
	}
}

func TestAMultipartWithoutPartsHasAnEmptyOne(t *testing.T) {
	m := Parse([]byte("Content-Type: multipart/mixed; boundary=x\r\n\r\ntext\r\n"))
	if b, ok := m.Section(Section{Path: []int{1}}); !ok || len(b) != 0 {
		t.Errorf("part 1: %q, %v", b, ok)
	}
	for _, path := range [][]int{{2}, {1, 1}} {
		if b, ok := m.Section(Section{Path: path}); ok {
			t.Errorf("part %v: %q", path, b)
		}
	}
}

func TestTop(t *testing.T) {
	mail := "A: b\r\n\r\none\r\ntwo\r\nthree"
	for n, want := range []string{"A: b\r\n\r\n", "A: b\r\n\r\none\r\n", "A: b\r\n\r\none\r\ntwo\r\n", mail, mail} {
		if got := string(Top([]byte(mail), n)); got != want {
			t.Errorf("TOP %d: got %q, want %q", n, got, want)
		}
	}
	if got := string(Top([]byte("A: b"), 5)); got != "A: b" {
		t.Errorf("a mail without a body: got %q", got)
	}
}
