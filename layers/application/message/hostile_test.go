package message

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What is twice as long takes about twice as long: each mail is read at two sizes, and the time of the larger is bounded by
// that of the smaller.
func TestTimeIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("short: mails of ten megabytes")
	}
	tower := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		}
		return b.String()
	}
	for name, mail := range map[string]func(n int) string{ // n is 100,000 and a quarter of it
		"nested multiparts": tower,
		"ten MB of fields":  func(n int) string { return strings.Repeat("X-Field: "+strings.Repeat("y", 89)+"\r\n", n) + "\r\n" },
		"one field of ten MB": func(n int) string {
			return "Subject: x" + strings.Repeat("\r\n "+strings.Repeat("=?utf-8?q?a?= ", 7), n) + "\r\n\r\n"
		},
		"parameters":  func(n int) string { return "Content-Type: text/plain" + strings.Repeat("; a*1*=b", 10*n) + "\r\n\r\n" },
		"addresses":   func(n int) string { return "To: " + strings.Repeat("a@b, <c@d", 5*n) + "\r\n\r\n" },
		"comments":    func(n int) string { return "From: " + strings.Repeat("(", 50*n) + "\r\n\r\n" },
		"identifiers": func(n int) string { return "References: " + strings.Repeat("<", 50*n) + "\r\n\r\n" },
		"parts": func(n int) string {
			return "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n\r\ny\r\n", n)
		},
		"boundaries": func(n int) string {
			return "Content-Type: multipart/mixed; boundary=" + strings.Repeat("x", n) + "\r\n\r\n" + strings.Repeat("--x\r\n", n)
		},
		"groups of a report": func(n int) string {
			return "Content-Type: message/delivery-status\r\n\r\n" + strings.Repeat("Final-Recipient: rfc822; a@b\r\n\r\n", n)
		},
		"signatures": func(n int) string {
			return strings.Repeat("DKIM-Signature: h="+strings.Repeat("a:", 20)+"\r\n", n) + "\r\n"
		},
		"base64": func(n int) string { return "Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("=", 50*n) },
		"quoted-printable": func(n int) string {
			return "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=\r\n", 20*n)
		},
	} {
		read := func(b []byte) time.Duration {
			start := time.Now()
			m := Parse(b)
			m.Envelope()
			m.BodyStructure()
			m.Report()
			m.Root.Fields.ResentBlocks()
			ParseIdentifiers(m.Root.Fields.Unfolded("References").Value)
			m.Root.Fields.Decoded("Subject")
			m.Walk(func(p *Part, _ int) bool { m.Text(p); p.FileName(); ParseDeliveryStatus(m.Content(p)); return true })
			Notes(b[:min(len(b), 1<<20)], int64(len(b)))
			var o Outline
			o.Write(b)
			o.End()
			return time.Since(start)
		}
		small := read([]byte(mail(25000)))
		large := read([]byte(mail(100000)))
		// Four times as long: linear is 4, quadratic 16; the rest is for other programs on the same processor.
		if large > 500*time.Millisecond && large > 9*small {
			t.Errorf("%s: %v, and %v for four times as much", name, small, large)
		}
	}
}
