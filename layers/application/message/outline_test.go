package message

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A mail is read as it passes: whole, byte by byte, and in pieces of 7 bytes the plan is the same.
func TestOutline(t *testing.T) {
	mail := strings.ReplaceAll(`From: ana@example.org
Content-Type: multipart/mixed; boundary="outer"

A preamble that nobody sees.
--outer
Content-Type: multipart/alternative; boundary=inner

--inner

Hello.
-- 
Ana
--inner
Content-Type: text/html
Content-Transfer-Encoding: quoted-printable

<p>Hello.</p>
--inner--
--outer
Content-Type: image/png; name="=?utf-8?q?caf=C3=A9.png?="
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--outer
Content-Type: message/rfc822

Subject: inside

--inner is no delimiter here
--outer
Content-Type: text/plain
--outer--
An epilogue.
`, "\n", "\r\n")
	const want = `1.1 text/plain 7bit 16, 1.2 text/html quoted-printable 13, 2 image/png base64 12 "café.png", ` +
		`3.1 text/plain 7bit 28, 4 text/plain 7bit 0`
	for _, size := range []int{len(mail), 1, 7} {
		if got := string(outlineOf([]byte(mail), size).AppendTree(nil)); got != want {
			t.Errorf("in pieces of %d:\n%s, want\n%s", size, got, want)
		}
	}
	// What is missing is counted where it is missing.
	var o Outline
	half := strings.Index(mail, "ORw0")
	o.Write([]byte(mail[:half]))
	o.Gap(4)
	o.Write([]byte(mail[half+4:]))
	o.End()
	if got := string(o.AppendTree(nil)); got != want {
		t.Errorf("with a gap:\n%s, want\n%s", got, want)
	}
}

func TestOutlineOfManyParts(t *testing.T) {
	mail := "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n\r\na\r\n", 100) + "--x--\r\n"
	o := outlineOf([]byte(mail), 100)
	if len(o.Parts) != outlineMax || o.More != 101-outlineMax {
		t.Errorf("%d parts and %d more", len(o.Parts), o.More)
	}
}

func outlineOf(mail []byte, size int) *Outline {
	o := &Outline{}
	for piece := range slices.Chunk(mail, max(size, 1)) {
		o.Write(piece)
	}
	o.End()
	return o
}

// equalOutline checks that the outline finds what the parser finds.
func equalOutline(t *testing.T, b []byte, m *Message) {
	var want []string
	m.Walk(func(p *Part, depth int) bool {
		leaf := len(p.Parts) == 0 && p.Message == nil && !(p.Type.Is("multipart") && p.Type.Params.Get("boundary") != "" && depth < MaxDepth)
		if leaf && !(p.Type.Is("multipart") && p.Body.Length == 0) {
			want = append(want, fmt.Sprintf("%s %d %d", p.Type, depth, p.Body.Length))
		}
		return true
	})
	for _, size := range []int{len(b), 1, 5} {
		var got []string
		for _, p := range outlineOf(b, size).Parts {
			// Of a multipart that holds nothing the parser does not tell whether a delimiter cut its header short.
			if p.Leaf && !(strings.HasPrefix(p.Type, "multipart/") && p.Length == 0) {
				got = append(got, fmt.Sprintf("%s %d %d", p.Type, p.Depth, p.Length))
			}
		}
		if len(b) > 0 && len(want) < outlineMax/2 && !slices.Equal(got, want) {
			t.Fatalf("in pieces of %d: %q, want %q", size, got, want)
		}
	}
}
