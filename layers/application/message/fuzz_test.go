package message

import (
	"bytes"
	"net/mail"
	"slices"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(nested))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n--x--\r\n"))
	f.Add([]byte("From: a: b@c, ; <@r:d@e> (x\nSubject: =?utf-8?q?=C3?= =?utf-8?b?qQ==?=\n\n"))
	f.Add([]byte("--x\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m := Parse(b)
		parts := 0
		m.Walk(func(p *Part, depth int) bool {
			parts++
			whole := p.Header.Offset >= 0 && p.Header.End() <= p.Body.Offset && p.Body.End() <= len(b) && p.Body.Length >= 0
			if !whole || depth > MaxDepth {
				t.Fatalf("header %v, body %v of %d bytes, depth %d", p.Header, p.Body, len(b), depth)
			}
			end := p.Header.Offset
			for _, field := range p.Fields {
				if field.Range.Offset != end || field.Value().Length < 0 {
					t.Fatalf("fields leave a hole at %d: %v", end, field.Range)
				}
				end = field.Range.End()
				field.Decoded()
			}
			for _, child := range p.Parts {
				if child.Header.Offset < p.Body.Offset || child.Body.End() > p.Body.End() {
					t.Fatalf("part %v reaches out of %v", child.Body, p.Body)
				}
			}
			m.Text(p)
			m.Content(p)
			p.FileName()
			return true
		})
		if parts > MaxParts+MaxDepth {
			t.Fatalf("%d parts", parts)
		}
		if m.Root.Header.Length+m.Root.Body.Length != len(b) {
			t.Fatalf("%v and %v are not %d bytes", m.Root.Header, m.Root.Body, len(b))
		}
		if longestLine(b) < outlineLine {
			equalOutline(t, b, m)
		}
		m.Envelope()
		m.BodyStructure()
		Notes(b, int64(len(b)))
		Notes(b, int64(len(b))+1000)
		if top := Top(b, 3); !bytes.HasPrefix(b, top) {
			t.Fatalf("TOP is not a beginning")
		}
		// The choice of all fields, and of none, together are the header.
		all, _ := m.Section(Section{Specifier: HeaderFieldsNot})
		if !bytes.Equal(all, m.HeaderBytes(m.Root)) {
			t.Fatalf("all fields are %q, the header %q", all, m.HeaderBytes(m.Root))
		}
	})
}

// What is built is read back as it was meant.
func FuzzBuild(f *testing.F) {
	f.Add("Lunch?", "Ana", "ana@example.net", "text\n.\n", "file.txt", []byte("bytes"))
	f.Add("  ñ  =?x ", "Á, b\"", "a b@[192.0.2.1]", "é\r", "a/b\"\\;é", []byte{0, 255})
	f.Fuzz(func(t *testing.T, subject, name, address, body, file string, content []byte) {
		if all := ParseAddresses("<" + address + ">"); len(all) != 1 || all[0].String() != address {
			return // several: From may name them all (RFC 5322 §3.6.2); or a comment, which may be a name
		}
		if !strings.Contains(address, "@") || len(subject)+len(name)+len(file) > 10000 {
			return
		}
		for _, s := range []string{subject, name, body, file} {
			if !isPrintable(s) {
				return
			}
		}
		m := Mail{From: quote(name) + " <" + address + ">", Subject: subject, Date: monday, Text: body,
			Attachments: []Attachment{{Name: file, Bytes: content}}}
		b, err := m.Build()
		if err != nil {
			return
		}
		for _, line := range bytes.Split(b, []byte("\r\n")) {
			if len(line) > lineMax || bytes.ContainsAny(line, "\r\n") {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
		parsed := Parse(b)
		if got := parsed.Root.Fields.Decoded("Subject"); got != subject {
			t.Errorf("subject %q came back as %q", subject, got)
		}
		if from := parsed.Envelope().From; len(from) != 1 || DecodeWords(from[0].Name) != DecodeWords(name) {
			t.Errorf("name %q came back as %+v", name, from)
		}
		p, ok := parsed.Part([]int{2})
		if !ok || !bytes.Equal(parsed.Content(p), content) {
			t.Fatalf("attachment came back wrong:\n%s", b)
		}
		if got := p.FileName(); got != DecodeWords(file) && got != file {
			t.Errorf("file name %q came back as %q", file, got)
		}
		text, _ := parsed.Part([]int{1})
		want := string(CRLF([]byte(body)))
		if want != "" && !strings.HasSuffix(want, "\n") {
			want += "\r\n"
		}
		if got := parsed.Text(text); got != want {
			t.Errorf("text %q came back as %q", want, got)
		}
	})
}

func isPrintable(s string) bool {
	return DecodeWords(s) == s && strings.ToValidUTF8(s, "") == s && !strings.ContainsAny(s, "\x00")
}

func FuzzAddresses(f *testing.F) {
	f.Add(`Ana <ana@example.net>, "b c"@d, G: x@y, z;, (c) <@r,@s:t@u>`)
	f.Add("a@b (c), d . e@f . g, \"h\\\"i\" <j@[1.2.3.4]>, K L M <n@o>")
	f.Fuzz(func(t *testing.T, s string) {
		var got []string
		for _, a := range ParseAddresses(s) {
			a.Display()
			if a.Group == NoGroup {
				got = append(got, a.Mailbox+"@"+a.Host)
			}
		}
		// What the strict parser of the standard library takes, we read in the same way.
		if list, err := mail.ParseAddressList(s); err == nil {
			var want []string
			for _, a := range list {
				want = append(want, a.Address)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: got %q, net/mail %q", s, got, want)
			}
		}
		ParseReceived(s)
		ParseContentType(s)
		ParseDate(s)
		DecodeWords(s)
	})
}

// What a report says is read back as it was said.
func FuzzReports(f *testing.F) {
	f.Add("dns", "mail.example.net", "bob@example.org", "5.1.1", "550 no\r\n such user", []byte("Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b\nAction: failed\n"))
	f.Add("", "", "josé@x", "", "\x00;", []byte("Disposition: manual-action/MDN-sent-manually; displayed/error,\r\n"))
	f.Fuzz(func(t *testing.T, kind, name, address, status, said string, b []byte) {
		s := &DeliveryStatus{ReportingMTA: Typed{kind, name}, Recipients: []RecipientStatus{{Final: AddressOf(address), Action: Failed, Status: status, Diagnostic: Typed{"smtp", said}}}}
		r := Report{From: "a@b", To: "c@d", Date: monday, Delivery: s, Original: b}
		if mail, err := r.Build(); err == nil {
			if got, ok := Parse(mail).Report(); !ok || got.Delivery == nil || len(got.Delivery.Recipients) > 1 {
				t.Fatalf("read back as %+v:\n%q", got, mail)
			}
		}
		// What was read once is written and read again as the same.
		first := ParseDeliveryStatus(b)
		again := ParseDeliveryStatus(first.append(nil))
		if len(again.Recipients) > len(first.Recipients) {
			t.Fatalf("%q: %+v became %+v", b, first, again)
		}
		d := ParseDisposition(b)
		if e := ParseDisposition(d.append(nil)); e.Type != d.Type && len(d.Type) < 900 {
			t.Fatalf("%q: %+v became %+v", b, d, e)
		}
		h, _ := ParseHeader(b)
		h.ResentBlocks()
		ParseIdentifiers(name)
		if pieces, err := Fragments(b, "x@y", 1+len(b)/4); err == nil && len(pieces) > 0 {
			Join(pieces)
		}
	})
}
