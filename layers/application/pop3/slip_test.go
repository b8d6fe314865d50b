package pop3

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/layerstest"
)

// What people type by hand in Telnet is not always the grammar; the password is masked all the same, as soon as its first
// byte is there.
func TestPasswordsInBrokenLines(t *testing.T) {
	for _, row := range []struct{ says, want string }{
		{" PASS lupine\r\n", `client command PASS " PASS ******" @6+14 pass cleartext`},
		{"PASS\tlupine\r\n", `client command PASS "PASS\t******" @6+13 pass cleartext`},
		{"PASSWORD lupine\r\n", `client command PASS "PASS***********" @6+17 pass cleartext`},
		{"passlupine\r\n", `client command PASS "pass******" @6+12 pass cleartext`},
		{"LOGIN ana lupine\r\n", `client command LOGIN "LOGIN **********" @6+18 unknown`},
		{"PSAS lupine\r\n", `client command PSAS "PSAS ******" @6+13 unknown`},
		{"USER ana lupine\r\n", `client command USER "USER ana ******" @6+17 user`},
		{"APOP lupine\r\n", `client command APOP "APOP ******" @6+13 apop`},
		{"APOP\tana lupine\r\n", `client command APOP "APOP\t**********" @6+17 apop`},
		{"APOP ana\tlupine\r\n", `client command APOP "APOP **********" @6+17 apop`},
		{"AUTH\tPLAIN lupine\r\n", `client command AUTH "AUTH\t************" @6+19 auth`},
		{"AUTH PLAIN\tlupine\r\n", `client command AUTH "AUTH ************" @6+19 auth`},
		{" AUTH PLAIN\r\nlupine\r\n", "client command AUTH \" AUTH *****\" @6+13 auth\nclient auth  \"******\" @19+8 sasl.response"},
	} {
		for _, n := range []int{1, 1 << 10} {
			var got []string
			for _, m := range follow(NewDialogue(true), n, []turn{s("+OK\r\n"), c("NOOP\r\n"), s("+OK\r\n"), c(row.says)})[3:] {
				got = append(got, line(m))
				if layerstest.Shows(m, "lupine") {
					t.Errorf("%q is shown", m.Text)
				}
			}
			if strings.Join(got, "\n") != row.want {
				t.Errorf("pieces of %d:\n%s\nwant\n%s", n, strings.Join(got, "\n"), row.want)
			}
		}
		d := NewDialogue(true)
		for i := range strings.TrimRight(row.says, "\r\n") {
			d.Receive(layers.Client, []byte(row.says[i:i+1]))
			if m, ok := d.Pending(layers.Client); ok && layerstest.Shows(m, "lup") {
				t.Errorf("pending: %q is shown", m.Text)
			}
		}
	}
}

// A password that is typed without PASS, or sent as if AUTH had not been refused, is a password; what is no command otherwise
// is shown.
func TestPasswordsThatNobodyAskedFor(t *testing.T) {
	for name, talk := range map[string][]turn{
		"without PASS":   {s("+OK\r\n"), c("USER ana\r\n"), s("+OK\r\n"), c("lupine 17\r\n"), s("-ERR what\r\n")},
		"AUTH refused":   {s("+OK\r\n"), c("AUTH LOGIN\r\n"), s("-ERR no\r\n"), c("YW5h\r\n"), s("-ERR what\r\n"), c("lupine\r\n"), s("-ERR what\r\n")},
		"in the midst":   {s("-ERR what\r\n"), c("x\r\n"), s("-ERR what\r\n"), c("lupine\r\n"), s("-ERR what\r\n")},
		"after a detour": {s("+OK\r\n"), c("USER ana\r\n"), s("+OK\r\n"), c("x\r\n"), s("-ERR what\r\n"), c("lupine\r\n"), s("-ERR what\r\n")},
	} {
		for _, n := range []int{1, 1 << 10} {
			for _, m := range follow(NewDialogue(name != "in the midst"), n, talk) {
				if layerstest.Shows(m, "lupine") {
					t.Errorf("%s: %s", name, line(m))
				}
			}
		}
	}
	told := follow(NewDialogue(true), 1, []turn{s("+OK\r\n"), c("USER ana\r\n"), s("+OK\r\n"), c("STAT\r\n"), s("-ERR\r\n"), c("FOO bar\r\n")})
	if m := told[len(told)-1]; m.Verb != "FOO" || len(m.Secrets) > 0 {
		t.Errorf("%s is no password", line(m))
	}
}

// An exchange whose AUTH was not recorded is one, as soon as the server asks.
func TestAnExchangeWithoutItsBeginning(t *testing.T) {
	for _, m := range follow(NewDialogue(false), 5, []turn{s("+ VXNlcm5hbWU6\r\n"), c("YW5h\r\n"), s("+ UGFzc3dvcmQ6\r\n"), c("lupine\r\n"), s("+OK\r\n")}) {
		if layerstest.Shows(m, "lupine") {
			t.Errorf("%q is shown", m.Text)
		}
	}
}

// A verb stays what it was on the wire, whether or not it is UTF-8.
func TestVerbsKeepTheWire(t *testing.T) {
	if got := ParseCommand([]byte("st\xe4t 1")).Verb; got != "ST\xe4T" {
		t.Errorf("%q", got)
	}
}
