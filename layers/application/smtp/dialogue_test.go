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
