package trace

import (
	"strings"
	"testing"

	"mailwire/layers"
)

// TestMaskComment: whoever wrote a comment may have written down the password.
func TestMaskComment(t *testing.T) {
	for _, c := range []struct{ comment, want string }{
		{"the client says PASS tiger\nand waits", "the client says PASS ********\nand waits"},
		{`a1 LOGIN ana "my tiger" fails`, "a1 LOGIN ana ******** fails"},
		{"AUTH PLAIN AGFuYQB0aWdlcg==", "AUTH PLAIN ********"},
		{"AUTH LOGIN", "AUTH LOGIN"},
		{"a2 AUTHENTICATE PLAIN AGFuYQB0aWdlcg==", "a2 AUTHENTICATE PLAIN ********"},
		{"APOP ana c4c9334bac560ecc979e58001b3e22fb", "APOP ana ********"},
		{"Password: tiger", "Password: ********"},
		{"user=ana password=tiger", "user=ana password=********"},
		{"Das Passwort ist tiger", "Das Passwort ist ********"},
		{"la contraseña es tiger", "la contraseña es ********"},
		{`pass="my tiger", seen twice`, "pass=********, seen twice"},
		{"imap://ana:tiger@mail.example.org/INBOX", "imap://ana:********@mail.example.org/INBOX"},
		{"these do pass through the router", "these do pass through the router"},
		{"password in plain words", "password in plain words"},
		{"said in the frame: swordfish", "said in the frame: ********"},
		{"PASS", "PASS"},
		{`PASS "`, `PASS ********`},
		{"password password=password:", "password password=********"},
		{"APOP password=x tiger", "APOP password=******** ********"},
		{"", ""},
	} {
		data := []byte("PASS swordfish\r\n")
		if got := maskComment(c.comment, data, []layers.Range{{Offset: 5, Length: 11}, {Offset: 20, Length: 4}}); got != c.want {
			t.Errorf("%q: %q, want %q", c.comment, got, c.want)
		}
	}
}

// FuzzMaskComment: no comment breaks it, and what follows PASS is never there in the end.
func FuzzMaskComment(f *testing.F) {
	for _, seed := range []string{"PASS tiger", `LOGIN "a b" "c`, "x://a:b@c", "password=\"", "AUTH PLAIN \xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		if strings.ContainsAny(comment, "tiger") {
			t.Skip()
		}
		if got := maskComment(comment+" PASS tiger", nil, nil); strings.Contains(got, "tiger") {
			t.Errorf("%q: %q", comment, got)
		}
	})
}
