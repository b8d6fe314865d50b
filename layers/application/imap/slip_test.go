package imap

import (
	"strings"
	"testing"

	"mailwire/layers/application"
	"mailwire/layers/layerstest"
)

// What people type by hand in Telnet is not always the grammar; the password is masked all the same, as soon as its first
// byte is there.
func TestPasswordsInBrokenLines(t *testing.T) {
	for _, row := range []struct{ says, want string }{
		{"a LOGIN\tana lupine\r\n", "c command a LOGIN|a LOGIN\t##########"},
		{"a6 LOGIN lupine\r\n", "c command a6 LOGIN|a6 LOGIN ######"},
		{"a6 LOGIN \"lupine\"\r\n", "c command a6 LOGIN|a6 LOGIN \"######\""},
		{"LOGIN ana lupine\r\n", "c command  LOGIN|LOGIN ##########"},
		{"login lupine\r\n", "c command  LOGIN|login ######"},
		{" a LOGIN ana lupine\r\n", "c command a LOGIN| a LOGIN ##########"},
		{"a\tLOGIN ana lupine\r\n", "c command a LOGIN|a\tLOGIN ##########"},
		{"a LOGINana lupine\r\n", "c command a LOGIN|a LOGIN##########"},
		{"a PASS lupine\r\n", "c command a PASS|a PASS ######"},
		{"a AUTHENTICATE\tPLAIN lupine\r\n", "c command a AUTHENTICATE|a AUTHENTICATE\t############"},
		{"a AUTHENTICATE PLAIN\tlupine\r\n", "c command a AUTHENTICATE|a AUTHENTICATE PLAIN\t######"},
		{"a AUTHENTICATE  PLAIN lupine\r\n", "c command a AUTHENTICATE|a AUTHENTICATE  ############"},
		{"a AUTHENTICATE PLAINlupine=\r\n", "c command a AUTHENTICATE|a AUTHENTICATE ############"},
		{"AUTHENTICATE PLAIN\r\nlupine\r\n", "c command  AUTHENTICATE|AUTHENTICATE #####\nc auth AUTHENTICATE |######"},
	} {
		for _, n := range []int{1, 1 << 20} {
			lines, _ := listen(t, n, []said{{s, "* OK hi\r\n"}, {c, "x NOOP\r\n"}, {c, row.says}})
			if got := strings.Join(lines[2:], "\n"); got != row.want {
				t.Errorf("pieces of %d: %q, want %q", n, got, row.want)
			}
		}
		d := NewDialogue()
		d.Receive(s, []byte("* OK hi\r\n"))
		d.Receive(c, []byte("x NOOP\r\n"))
		for i := range strings.TrimRight(row.says, "\r\n") {
			d.Receive(c, []byte(row.says[i:i+1]))
			// A response that is glued to the mechanism looks like its name up to the byte that no name has.
			if m, ok := d.Pending(c); ok && layerstest.Shows(m, "lup") && !strings.Contains(row.says, "PLAINlup") {
				t.Errorf("pending: %q is shown", m.Text)
			}
		}
	}
}

// The first line of a client may be the end of one that was not recorded.
func TestPasswordsInLostLines(t *testing.T) {
	for _, says := range []string{" a LOGIN ana lupine\r\n", "x\r\nLOGINlupine\r\n", " a AUTHENTICATE PLAIN\r\nlupine\r\n",
		"OGIN ana lupine\r\n", "YW5h\r\nlupine\r\n", "ana {6}\r\nlupine 17\r\n", strings.Repeat("x y\r\n", application.TextMax/5) + "lupine\r\n"} {
		d := NewDialogue()
		d.Receive(c, []byte(says))
		d.End(c)
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			if layerstest.Shows(m, "lupine") || strings.Contains(m.Verb, "LUPINE") {
				t.Errorf("%q is shown", m.Text)
			}
		}
	}
}

// The name of a response stays what it was on the wire, whether or not it is UTF-8.
func TestResponseNamesKeepTheWire(t *testing.T) {
	d := NewDialogue()
	d.Receive(s, []byte("* OK hi\r\n* gr\xfc\xdfe 1\r\n"))
	d.Next()
	m, _ := d.Next()
	if name, _ := textField(&m, "response-name"); name != "GR\xfc\xdfE" {
		t.Errorf("%q", name)
	}
}

// What follows a login that the server refused, or that it could not read, was meant for it all the same.
func TestPasswordsBehindARefusedLogin(t *testing.T) {
	for _, talk := range [][]said{
		{{c, "a AUTHENTICATE PLAIN\r\n"}, {s, "a NO not here\r\n"}, {c, "lupine\r\n"}},
		{{c, "a LOGIN ana {6-}\r\nlupine\r\n"}},
		{{c, "a LOGIN ana {99999999999999999999}\r\nlupine\r\n"}},
	} {
		for _, n := range []int{1, 1 << 20} {
			lines, _ := listen(t, n, append([]said{{s, "* OK hi\r\n"}, {c, "x NOOP\r\n"}}, talk...))
			if got := lines[len(lines)-1]; got != "c command  |######" {
				t.Errorf("pieces of %d: %q", n, got)
			}
		}
	}
}
