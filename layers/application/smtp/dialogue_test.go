package smtp

import (
	"fmt"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A line of a script is what one side sends: "C: …" or "S: …", with CRLF behind it; "C< …" without.
func follow(t *testing.T, script []string, cut int) []application.Message {
	t.Helper()
	d := NewDialogue()
	var all []application.Message
	drain := func() {
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			all = append(all, m)
		}
	}
	for i := 0; i < len(script); i++ {
		from := layers.Client
		if script[i][0] == 'S' {
			from = layers.Server
		}
		b := bytesOf(script[i])
		for cut == 0 && i+1 < len(script) && script[i+1][0] == script[i][0] {
			i++
			b += bytesOf(script[i])
		}
		switch cut {
		case 0:
			d.Receive(from, []byte(b))
		default:
			for len(b) > 0 {
				n := min(cut, len(b))
				d.Receive(from, []byte(b[:n]))
				d.Pending(from)
				b = b[n:]
			}
		}
		drain()
	}
	d.End(layers.Client)
	d.End(layers.Server)
	drain()
	return all
}

func bytesOf(line string) string {
	if line[1] == '<' {
		return line[3:]
	}
	return line[3:] + "\r\n"
}

// show is a message as the tables below write it: "C command MAIL | smtp.mail …".
func show(m application.Message) string {
	side := "C"
	if m.From == layers.Server {
		side = "S"
	}
	words := []string{side, string(m.Kind)}
	if m.Verb != "" {
		words = append(words, m.Verb)
	}
	if m.Code != 0 {
		words = append(words, fmt.Sprint(m.Code))
	}
	if m.Kind == application.Data {
		words = append(words, fmt.Sprint(m.Length))
	}
	if !m.Complete {
		words = append(words, "incomplete")
	}
	for _, r := range m.Secrets {
		words = append(words, fmt.Sprintf("secret=%d+%d", r.Offset, r.Length))
	}
	words = append(words, "|")
	for _, n := range m.Notes {
		if strings.HasPrefix(n.ID, "smtp.") {
			words = append(words, strings.TrimPrefix(n.ID, "smtp."))
		} else if strings.HasPrefix(n.ID, "sasl.") {
			words = append(words, n.ID)
		}
	}
	return strings.Join(words, " ")
}

var dialogues = []struct {
	name   string
	script []string
	want   []string
}{
	{"LMTP answers for each recipient", []string{
		"S: 220 mail.example.net LMTP", "C: LHLO a", "S: 250 x", "C: MAIL FROM:<a@b.example>", "S: 250 ok", "C: RCPT TO:<c@d.example>", "S: 250 ok",
		"C: RCPT TO:<e@d.example>", "S: 250 ok", "C: DATA", "S: 354 go", "C: x", "C: .", "S: 250 2.0.0 ok", "S: 452 4.2.2 full",
		"C: MAIL FROM:<a@b.example>", "S: 250 ok", "C: RCPT TO:<c@d.example>", "S: 250 ok", "C: RCPT TO:<e@d.example>", "S: 250 ok",
		"C: BDAT 3 LAST", "C< abc", "S: 250 ok", "S: 250 ok", "C: QUIT", "S: 221 bye",
	}, []string{
		"S greeting 220 | greeting", "C command LHLO | lhlo", "S reply 250 | ehlo.reply", "C command MAIL | mail", "S reply 250 | mail.accepted",
		"C command RCPT | rcpt", "S reply 250 | rcpt.accepted", "C command RCPT | rcpt.another", "S reply 250 | rcpt.accepted",
		"C command DATA | data", "S reply 354 | 354", "C data 6 | data.content", "S reply 250 | lmtp.accepted enhanced.2.0.0",
		"S reply 452 | lmtp.refused enhanced.4.2.2", "C command MAIL | mail", "S reply 250 | mail.accepted",
		"C command RCPT | rcpt", "S reply 250 | rcpt.accepted", "C command RCPT | rcpt.another", "S reply 250 | rcpt.accepted",
		"C command BDAT | bdat bdat.last", "C data 3 | bdat.chunk", "S reply 250 | lmtp.accepted", "S reply 250 | lmtp.accepted",
		"C command QUIT | quit", "S reply 221 | 221",
	}},
	{"a mail behind a refused DATA", []string{
		"S: 220 mail.example.net ESMTP", "C: DATA", "S: 503 no recipients", "C: Hello, Bob", "S: 500 what", "C: .", "S: 500 what",
		"C: QUIT", "S: 221 bye",
	}, []string{
		"S greeting 220 | greeting", "C command DATA | data", "S reply 503 | 503",
		"C data 12 | data.unwanted", "S reply 500 | 500", "C data 3 | data.unwanted", "S reply 500 | 500",
		"C command QUIT | quit", "S reply 221 | 221",
	}},
	{"a login behind a refused AUTH", []string{
		"S: 220 mail.example.net ESMTP", "C: AUTH LOGIN", "S: 503 not here", "C: bHVw", "S: 500 what", "C: bHVwaW5l", "S: 500 what",
		"C: QUIT", "S: 221 bye",
	}, []string{
		"S greeting 220 | greeting", "C command AUTH | auth sasl.login", "S reply 503 | 503",
		"C auth secret=0+4 | auth.unwanted", "S reply 500 | 500", "C auth secret=0+8 | auth.unwanted", "S reply 500 | 500",
		"C command QUIT | quit", "S reply 221 | 221",
	}},
	{"a mail", []string{
		"S: 220 mail.example.net ESMTP",
		"C: EHLO ana.example.net",
		"S: 250-mail.example.net", "S: 250-SIZE 1000", "S: 250 X-NEW",
		"C: MAIL FROM:<ana@example.net> SIZE=100",
		"S: 250 2.1.0 OK",
		"C: RCPT TO:<bob@example.org>",
		"S: 250 2.1.5 OK",
		"C: DATA",
		"S: 354 Go",
		"C: Subject: x", "C: ", "C: ..hidden", "C: .",
		"S: 250 2.0.0 OK",
		"C: QUIT",
		"S: 221 2.0.0 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command EHLO | ehlo",
		"S reply 250 | ehlo.reply cap.size cap.x",
		"C command MAIL | mail param.size",
		"S reply 250 | mail.accepted enhanced.2.1.0",
		"C command RCPT | rcpt",
		"S reply 250 | rcpt.accepted enhanced.2.1.5",
		"C command DATA | data",
		"S reply 354 | 354",
		"C data 27 | data.content data.dots",
		"S reply 250 | data.accepted enhanced.2.0.0",
		"C command QUIT | quit",
		"S reply 221 | 221 enhanced.2.0.0",
	}},
	{"two recipients, one refused, in one go", []string{
		"S: 220 mail.example.net ESMTP",
		"C: MAIL FROM:<>", "C: RCPT TO:<a@example.net>", "C: RCPT TO:<b@elsewhere.example>", "C: DATA",
		"S: 250 OK", "S: 250 OK", "S: 550 5.7.1 Relaying denied", "S: 354 Go",
		"C: .", "S: 554 5.6.0 Nothing in it",
		"C: MAIL FROM:<a@example.net>", "S: 250 OK", "C: MAIL FROM:<a@example.net>", "S: 503 5.5.1 Nested MAIL",
	}, []string{
		"S greeting 220 | greeting",
		"C command MAIL | mail.null-sender",
		"C command RCPT | rcpt pipelining",
		"C command RCPT | rcpt.another",
		"C command DATA | data",
		"S reply 250 | mail.accepted",
		"S reply 250 | rcpt.accepted",
		"S reply 550 | rcpt.relay-denied enhanced.5.7.1",
		"S reply 354 | 354",
		"C data 3 | data.content",
		"S reply 554 | data.refused enhanced.5.6.0",
		"C command MAIL | mail",
		"S reply 250 | mail.accepted",
		"C command MAIL | mail mail.second",
		"S reply 503 | 503 enhanced.5.5.1",
	}},
	{"refused DATA is followed by a command", []string{
		"S: 220 x", "C: DATA", "S: 503 5.5.1 MAIL first", "C: RSET", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command DATA | data",
		"S reply 503 | 503 enhanced.5.5.1",
		"C command RSET | rset",
		"S reply 250 | rset.done",
	}},
	{"chunks with a dot alone in them", []string{
		"S: 220 x",
		"C: BDAT 5", "C: .", "C< ..", "S: 250 5 octets",
		"C: BDAT 3 LAST", "C< ab", "C< c", "S: 250 OK", "C: BDAT x", "S: 501 5.5.4 Size", "C: QUIT", "S: 221 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command BDAT | bdat",
		"C data 5 | bdat.chunk",
		"S reply 250 | bdat.accepted",
		"C command BDAT | bdat bdat.last",
		"C data 3 | bdat.chunk",
		"S reply 250 | data.accepted",
		"C command BDAT | bdat syntax",
		"S reply 501 | 501 enhanced.5.5.4",
		"C command QUIT | quit",
		"S reply 221 | 221",
	}},
	{"AUTH PLAIN with its response at once", []string{
		"S: 220 x", "C: AUTH PLAIN AGFuYQBzZWNyZXQ=", "S: 235 2.7.0 Welcome", "C: RSET", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command AUTH secret=11+16 | auth sasl.plain sasl.credentials sasl.cleartext",
		"S reply 235 | 235 enhanced.2.7.0",
		"C command RSET | rset",
		"S reply 250 | rset.done",
	}},
	{"AUTH LOGIN, then a response that is no command", []string{
		"S: 220 x", "C: auth login", "S: 334 VXNlcm5hbWU6", "C: YW5h", "S: 334 UGFzc3dvcmQ6", "C: c2VjcmV0", "S: 535 5.7.8 No", "C: QUIT", "S: 221 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command AUTH | auth sasl.login",
		"S auth 334 | 334 sasl.login.user",
		"C auth | sasl.user",
		"S auth 334 | 334 sasl.login.password",
		"C auth secret=0+8 | sasl.credentials sasl.cleartext",
		"S reply 535 | 535 enhanced.5.7.8",
		"C command QUIT | quit",
		"S reply 221 | 221",
	}},
	{"an unknown mechanism, given up", []string{
		"S: 220 x", "C: AUTH X-OWN", "S: 334 Zm9v", "C: Zm9v", "S: 334 Zm9v", "C: *", "S: 501 5.7.0 Cancelled", "C: NOOP", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command AUTH | auth sasl.mechanism",
		"S auth 334 | 334 sasl.challenge",
		"C auth secret=0+4 | sasl.response",
		"S auth 334 | 334 sasl.challenge",
		"C auth | sasl.cancel",
		"S reply 501 | 501 enhanced.5.7.0",
		"C command NOOP | noop",
		"S reply 250 | 250",
	}},
	{"CRAM-MD5 keeps the password off the wire", []string{
		"S: 220 x", "C: AUTH CRAM-MD5", "S: 334 PDFAeD4=", "C: YW5hIDAwMTEyMjMz", "S: 235 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command AUTH | auth sasl.cram-md5",
		"S auth 334 | 334 sasl.cram-md5.challenge",
		"C auth secret=0+16 | sasl.digest",
		"S reply 235 | 235",
	}},
	{"a server that ends at LF.LF", []string{
		"S: 220 x", "C: DATA", "S: 354 Go", "C< a\n.\n", "S: 250 OK", "C: MAIL FROM:<x@example.org>", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command DATA | data",
		"S reply 354 | 354",
		"C data 4 | data.content data.smuggling",
		"S reply 250 | data.accepted",
		"C command MAIL | mail",
		"S reply 250 | mail.accepted",
	}},
	{"a smuggled end inside a mail", []string{
		"S: 220 x", "C: DATA", "S: 354 Go", "C< a\r\n.\nMAIL FROM:<evil@example.org>\r\n.\r\n", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command DATA | data",
		"S reply 354 | 354",
		"C data 38 | data.content data.dots data.smuggling",
		"S reply 250 | data.accepted",
	}},
	{"what is no command", []string{
		"S: 220 x", "C: XYZZY now", "S: 500 5.5.2 What", "C: Subject: hi", "S: 500 What", "C< quit\n", "S: 221 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command XYZZY | private",
		"S reply 500 | 500 enhanced.5.5.2",
		"C command SUBJECT: | not-a-command",
		"S reply 500 | 500",
		"C command QUIT | quit bare-lf",
		"S reply 221 | 221",
	}},
	{"it begins in the midst of a mail", []string{
		"C: ZGF0YQ== and more", "C: .", "S: 250 OK", "C: QUIT", "S: 221 Bye",
	}, []string{
		"C data 22 | data.middle",
		"S reply 250 | data.accepted",
		"C command QUIT | quit",
		"S reply 221 | 221",
	}},
	{"the client alone", []string{
		"C: EHLO x", "C: MAIL FROM:<a@example.net>", "C: RCPT TO:<b@example.net>", "C: DATA", "C: hi", "C: .", "C: QUIT",
	}, []string{
		"C command EHLO | ehlo",
		"C command MAIL | mail pipelining",
		"C command RCPT | rcpt",
		"C command DATA | data",
		"C data 7 | data.content",
		"C command QUIT | quit",
	}},
	{"LMTP answers once for each recipient", []string{
		"S: 220 x", "C: LHLO y", "S: 250 x", "C: MAIL FROM:<a@example.net>", "S: 250 OK", "C: RCPT TO:<b@example.net>", "S: 250 OK",
		"C: RCPT TO:<c@example.net>", "S: 250 OK", "C: DATA", "S: 354 Go", "C: .", "S: 250 OK", "S: 452 Full", "C: QUIT", "S: 221 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command LHLO | lhlo", "S reply 250 | ehlo.reply",
		"C command MAIL | mail", "S reply 250 | mail.accepted",
		"C command RCPT | rcpt", "S reply 250 | rcpt.accepted",
		"C command RCPT | rcpt.another", "S reply 250 | rcpt.accepted",
		"C command DATA | data", "S reply 354 | 354",
		"C data 3 | data.content", "S reply 250 | lmtp.accepted", "S reply 452 | lmtp.refused",
		"C command QUIT | quit", "S reply 221 | 221",
	}},
	{"a server goes away", []string{
		"S: 220 x", "C: NOOP", "S: 250 OK", "S: 421 4.3.2 Going down", "C< QUI",
	}, []string{
		"S greeting 220 | greeting", "C command NOOP | noop", "S reply 250 | 250",
		"S reply 421 | 421 reply.unasked enhanced.4.3.2", "C command QUI incomplete | cut",
	}},
}

func TestDialogueHoweverItIsCut(t *testing.T) {
	for _, tt := range dialogues {
		for _, cut := range []int{0, 1, 2, 7, 1 << 20} {
			t.Run(fmt.Sprintf("%s/%d", tt.name, cut), func(t *testing.T) {
				var got []string
				for _, m := range follow(t, tt.script, cut) {
					got = append(got, show(m))
				}
				if g, w := strings.Join(got, "\n"), strings.Join(tt.want, "\n"); g != w {
					t.Errorf("got\n%s\nwant\n%s", g, w)
				}
			})
		}
	}
}

// Every byte of a side is in one message, at its place.
func TestDialogueAccountsForEveryByte(t *testing.T) {
	for _, tt := range dialogues {
		var next [2]int64
		for _, m := range follow(t, tt.script, 3) {
			if m.Offset != next[m.From] {
				t.Errorf("%s: %s begins at %d, want %d", tt.name, show(m), m.Offset, next[m.From])
			}
			next[m.From] = m.Offset + m.Length
			for _, f := range m.Fields {
				if f.Range.Length > 0 && f.Range.End() > int(m.Length) {
					t.Errorf("%s: field %s of %s ends behind it", tt.name, f.Name, show(m))
				}
			}
		}
		var sent [2]int64
		for _, line := range tt.script {
			side := layers.Client
			if line[0] == 'S' {
				side = layers.Server
			}
			sent[side] += int64(len(bytesOf(line)))
		}
		if next != sent {
			t.Errorf("%s: %d bytes told, %d sent", tt.name, next, sent)
		}
	}
}

func TestStartTLSUpgrades(t *testing.T) {
	for _, tt := range []struct {
		name, behind string
		client       int64
		messages     int
	}{
		{"nothing between", "", 18, 4},
		{"a command smuggled in the clear", "RSET\r\n", 24, 5},
		{"an eager TLS client", "\x16\x03\x01", 18, 4},
	} {
		d := NewDialogue()
		d.Receive(layers.Server, []byte("220 x\r\n"))
		d.Receive(layers.Client, []byte("EHLO x\r\nSTARTTLS\r\n"+tt.behind))
		d.Receive(layers.Server, []byte("250 x\r\n220 Go\r\n\x16\x03\x03"))
		u, ok := d.Upgrade()
		if want := (application.Upgrade{Protocol: "tls", From: [2]int64{tt.client, 22}}); !ok || u != want {
			t.Errorf("%s: upgrade %v %v, want %v", tt.name, u, ok, want)
		}
		n := 0
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			n++
			if m.From == layers.Client && strings.HasPrefix(m.Text, "RSET") && m.Notes[0].ID != "smtp.starttls.injected" {
				t.Errorf("%s: %s", tt.name, show(m))
			}
		}
		if want := tt.messages + 1; n != want {
			t.Errorf("%s: %d messages, want %d", tt.name, n, want)
		}
	}
	d := NewDialogue()
	d.Receive(layers.Client, []byte("\x16\x03\x01"))
	if u, ok := d.Upgrade(); !ok || u.From != [2]int64{} {
		t.Error("TLS from the first byte is not seen")
	}
	d = NewDialogue()
	d.Receive(layers.Client, []byte("STARTTLS\r\n"))
	d.Receive(layers.Server, []byte("454 4.7.0 Not now\r\n"))
	d.Receive(layers.Client, []byte("QUIT\r\n"))
	if _, ok := d.Upgrade(); ok {
		t.Error("a refused STARTTLS upgrades")
	}
}

// A password is masked even where what would tell that it is one was not recorded.
func TestNoPasswordSlipsThroughAGap(t *testing.T) {
	const password = "c2VjcmV0"
	for _, tt := range []struct {
		name string
		play func(d *Dialogue)
	}{
		{"it begins behind AUTH LOGIN", func(d *Dialogue) {
			d.Receive(layers.Server, []byte("334 UGFzc3dvcmQ6\r\n"))
			d.Receive(layers.Client, []byte(password+"\r\n"))
		}},
		{"it begins with the password, cut", func(d *Dialogue) { d.Receive(layers.Client, []byte(password)) }},
		{"it begins with the password", func(d *Dialogue) { d.Receive(layers.Client, []byte(password+"\r\n")) }},
		{"the user name is missing", func(d *Dialogue) {
			d.Receive(layers.Server, []byte("220 x\r\n"))
			d.Receive(layers.Client, []byte("AUTH LOGIN\r\n"))
			d.Receive(layers.Server, []byte("334 VXNlcm5hbWU6\r\n"))
			d.Gap(layers.Client, 10)
			d.Receive(layers.Server, []byte("334 UGFzc3dvcmQ6\r\n"))
			d.Receive(layers.Client, []byte(password+"\r\n"))
		}},
		{"the answers are missing", func(d *Dialogue) {
			d.Receive(layers.Client, []byte("AUTH LOGIN\r\nYW5h\r\n"+password+"\r\n"))
		}},
		{"the answer to AUTH is missing", func(d *Dialogue) {
			d.Receive(layers.Server, []byte("220 x\r\n"))
			d.Receive(layers.Client, []byte("AUTH PLAIN\r\n"))
			d.Gap(layers.Server, 6)
			d.Receive(layers.Client, []byte(password+"\r\n"))
		}},
		{"the line is cut", func(d *Dialogue) { d.Receive(layers.Client, []byte("AUTH PLAIN "+password)) }},
		{"its beginning is missing", func(d *Dialogue) {
			d.Receive(layers.Server, []byte("220 x\r\n"))
			d.Receive(layers.Client, []byte("AUTH PL"))
			d.Gap(layers.Client, 4)
			d.Receive(layers.Client, []byte(password+"\r\n"))
		}},
	} {
		d := NewDialogue()
		tt.play(d)
		if m, ok := d.Pending(layers.Client); ok && (strings.Contains(m.Text, password) && !masked(m, password) || strings.EqualFold(m.Verb, password)) {
			t.Errorf("%s: it shows in %q, pending", tt.name, m.Text)
		}
		d.End(layers.Client)
		seen := false
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			if strings.Contains(m.Text, password) {
				seen = true
				if !masked(m, password) || strings.EqualFold(m.Verb, password) {
					t.Errorf("%s: it shows in %s %q", tt.name, show(m), m.Text)
				}
			}
		}
		if !seen {
			t.Errorf("%s: the password is lost", tt.name)
		}
	}
}

func masked(m application.Message, word string) bool {
	at := strings.Index(m.Text, word)
	for _, r := range m.Secrets {
		if r.Offset <= at && r.End() >= at+len(word) {
			return true
		}
	}
	return false
}

// After AUTH a client that is recorded alone goes on with commands.
func TestTheClientAloneGoesOnBehindAuth(t *testing.T) {
	d := NewDialogue()
	d.Receive(layers.Client, []byte("AUTH PLAIN AGFuYQBzZWNyZXQ=\r\nMAIL FROM:<a@example.net>\r\n"))
	d.Next()
	if m, ok := d.Next(); !ok || m.Verb != "MAIL" {
		t.Errorf("%s", show(m))
	}
}

func TestGapsAreTold(t *testing.T) {
	d := NewDialogue()
	d.Receive(layers.Server, []byte("220 x\r\n"))
	d.Receive(layers.Client, []byte("DATA\r\n"))
	d.Receive(layers.Server, []byte("354 Go\r\n"))
	d.Receive(layers.Client, []byte("one\r\n"))
	d.Gap(layers.Client, 100)
	d.Receive(layers.Client, []byte("two\r\n.\r\nMAIL FR"))
	d.Gap(layers.Client, 10)
	d.Receive(layers.Client, []byte("RCPT TO:<b@example.net>\r\n"))
	var got []string
	for m, ok := d.Next(); ok; m, ok = d.Next() {
		got = append(got, fmt.Sprintf("%d %s", m.Offset, show(m)))
	}
	want := []string{"0 S greeting 220 | greeting", "0 C command DATA | data", "0 S", "6 C data 113 incomplete | data.content gap",
		"119 C command MAIL incomplete | gap", "136 C command RCPT | rcpt pipelining"}
	for i, w := range want {
		if i >= len(got) || !strings.HasPrefix(got[i], w) && i != 2 {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func FuzzDialogue(f *testing.F) {
	for _, tt := range dialogues {
		var b []byte
		for _, line := range tt.script {
			s := bytesOf(line)
			b = append(append(b, line[0]&1, byte(len(s))), s...)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := NewDialogue()
		var next [2]int64
		for len(b) >= 2 {
			side, n := layers.Side(b[0]&1), min(int(b[1]), len(b)-2)
			if b[0]&6 == 6 {
				d.Gap(side, int64(b[1]))
			}
			d.Receive(side, b[2:2+n])
			d.Pending(side)
			b = b[2+n:]
		}
		d.End(layers.Client)
		d.End(layers.Server)
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			if m.Offset < next[m.From] {
				t.Fatalf("%+v begins before %d", m, next[m.From])
			}
			next[m.From] = m.Offset + m.Length
			for _, r := range m.Secrets {
				if r.Offset < 0 || int64(r.End()) > m.Length {
					t.Fatalf("secret %v outside of %+v", r, m)
				}
			}
			for _, field := range m.Fields {
				if field.Range.Offset < 0 || int64(field.Range.End()) > m.Length {
					t.Fatalf("field %v outside of %+v", field, m)
				}
			}
		}
	})
}
