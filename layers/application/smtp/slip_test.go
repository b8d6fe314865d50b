package smtp

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/layerstest"
)

// What people type by hand in Telnet is not always the grammar; the password is masked all the same, as soon as its first
// byte is there.
func TestPasswordsInBrokenLines(t *testing.T) {
	for _, row := range []struct{ says, verb, want, note string }{
		{" AUTH PLAIN lupine", "AUTH", " AUTH ************", "smtp.not-a-command"},
		{"AUTH\tPLAIN\tlupine", "AUTH", "AUTH\t************", "smtp.not-a-command"},
		{"AUTHPLAIN lupine", "AUTH", "AUTH************", "smtp.not-a-command"},
		{"AUTH PLAINlupine=", "AUTH", "AUTH ************", "smtp.auth"},
		{"auth lupine!", "AUTH", "auth *******", "smtp.auth"},
		{"PASS lupine", "PASS", "PASS ******", "smtp.unknown-command"},
		{"PSAS lupine", "PSAS", "PSAS ******", "smtp.unknown-command"},
		{"ATUH PLAIN lupine", "ATUH", "ATUH ************", "smtp.unknown-command"},
		{"LOGIN ana lupine", "LOGIN", "LOGIN **********", "smtp.unknown-command"},
		{"a LOGIN ana lupine", "LOGIN", "a LOGIN **********", "smtp.unknown-command"},
		{"AUTH PLAIN lupine", "AUTH", "AUTH PLAIN ******", "smtp.auth"},
	} {
		for _, start := range []string{"220 mail.example.org\r\n", ""} {
			d := NewDialogue()
			d.Receive(layers.Server, []byte(start))
			d.Next()
			for i := range row.says {
				d.Receive(layers.Client, []byte(row.says[i:i+1]))
				// A response in the place of the mechanism looks like its name up to the byte that no name has.
				if m, ok := d.Pending(layers.Client); ok && layerstest.Shows(m, "lup") && !strings.ContainsAny(row.says, "=!") {
					t.Errorf("pending: %q is shown", m.Text)
				}
			}
			d.Receive(layers.Client, []byte("\r\n"))
			d.End(layers.Client)
			m, ok := d.Next()
			if !ok || layerstest.Shows(m, "lup") {
				t.Errorf("%q is shown, start %q", m.Text, start)
			}
			if start != "" && (m.Verb != row.verb || stars(m) != row.want || m.Notes[0].ID != row.note) {
				t.Errorf("%q: %s %q %v", row.says, m.Verb, stars(m), m.Notes)
			}
		}
		d := NewDialogue()
		d.Receive(layers.Server, []byte("220 mail.example.org\r\n"))
		d.Next()
		d.Receive(layers.Client, []byte(row.says))
		d.Gap(layers.Client, 3)
		if m, ok := d.Next(); !ok || layerstest.Shows(m, "lup") || stars(m) != row.want {
			t.Errorf("broken off: %q", stars(m))
		}
	}
}

// A server that takes what the grammar refuses goes on with the exchange.
func TestAnExchangeBehindABrokenLine(t *testing.T) {
	for _, lost := range []bool{false, true} {
		d := NewDialogue()
		d.Receive(layers.Server, []byte("220 mail.example.org\r\n"))
		d.Receive(layers.Client, []byte(" AUTH PLAIN\r\n"))
		if lost {
			d.Gap(layers.Server, 6)
		} else {
			d.Receive(layers.Server, []byte("334 \r\n"))
		}
		d.Receive(layers.Client, []byte("lupine==\r\n"))
		if m, ok := d.Pending(layers.Client); ok && layerstest.Shows(m, "lup") {
			t.Errorf("pending: %q is shown", m.Text)
		}
		d.Receive(layers.Server, []byte("235 ok\r\n"))
		d.Receive(layers.Client, []byte("QUIT\r\n"))
		d.End(layers.Client)
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			if layerstest.Shows(m, "lup") {
				t.Errorf("%q is shown", m.Text)
			}
		}
	}
}

// Of a login that is followed by a gap, or begins in one, no line is shown; what comes after it is told.
func TestPasswordsBesideAGap(t *testing.T) {
	for name, script := range map[string][]string{
		"its beginning is missing":       {"S: 220 x", "C! A", "C: UTH PLAIN bHVwaW5lMTc=", "S: 235 ok", "C: QUIT"},
		"the word is missing":            {"S: 220 x", "C! AUTH", "C:  PLAIN bHVwaW5lMTc=", "S: 235 ok", "C: QUIT"},
		"all of it is sent at once":      {"S: 220 x", "C! AUTH LOG", "C< IN\r\nYW5h\r\nbHVwaW5lMTc=\r\n", "S: 235 ok", "C: QUIT"},
		"it goes on behind an answer":    {"S: 504 no", "C: YW5h", "S: 500 what", "C: bHVwaW5lMTc=", "S: 500 what", "C: QUIT"},
		"pipelined, and then cut":        {"S: 220 x", "C< AUTH LOGIN\r\nYW5h\r\nbHVwaW5l", "C! MTc=", "S: 235 ok", "C: QUIT"},
		"pipelined, before a lost reply": {"S: 220 x", "C< AUTH LOGIN\r\nYW5h\r\nbHVwaW5lMTc=\r\n", "S! 334 VXNlcm5hbWU6", "S: 235 ok", "C: QUIT"},
		"a part of the server's proof":   {"S: 220 x", "C: AUTH DIGEST-MD5", "S< 334 bHVwaW5lMTc", "S! =", "C: QUIT"},
	} {
		d := NewDialogue()
		if !strings.HasPrefix(script[0], "S: 220") {
			d.InTheMidst()
		}
		var got []string
		take := func() {
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				if layerstest.Shows(m, "bHVw") {
					t.Errorf("%s: %q is shown", name, stars(m))
				}
				got = append(got, m.Text)
			}
		}
		for _, line := range script {
			from := layers.Client
			if line[0] == 'S' {
				from = layers.Server
			}
			b := bytesOf(line)
			if line[1] == '!' {
				d.Gap(from, int64(len(b)))
			}
			for i := 0; i < len(b) && line[1] != '!'; i++ {
				d.Receive(from, []byte(b[i:i+1]))
				if m, ok := d.Pending(from); ok && layerstest.Shows(m, "bHVw") {
					t.Fatalf("%s, pending: %q is shown", name, stars(m))
				}
			}
			take()
		}
		d.End(layers.Server)
		d.End(layers.Client)
		take()
		if len(got) == 0 || got[len(got)-1] != "QUIT" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// stars is the text with stars in place of its secrets.
func stars(m application.Message) string {
	text := []byte(m.Text)
	for _, r := range m.Secrets {
		for i := r.Offset; i < min(r.End(), len(text)); i++ {
			text[i] = '*'
		}
	}
	return string(text)
}
