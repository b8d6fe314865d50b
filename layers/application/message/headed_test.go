package message

import "testing"

// What begins with no field is the body: a stamp on top of it must not make it a part of the header.
func TestHeaded(t *testing.T) {
	for _, test := range []struct{ mail, want string }{
		{"Hello\r\n", "\r\nHello\r\n"},
		{"Hello", "\r\nHello"},
		{"two words: here\r\n", "\r\ntwo words: here\r\n"},
		{" Subject: folded to nothing\r\n", "\r\n Subject: folded to nothing\r\n"},
		{"", ""},
		{"\r\nHello\r\n", "\r\nHello\r\n"},
		{"Subject: x\r\n\r\nHello\r\n", "Subject: x\r\n\r\nHello\r\n"},
		{"Subject : x\r\n", "Subject : x\r\n"},
		{"From ana Mon Jan  5 09:00:00 2026\r\nSubject: x\r\n", "From ana Mon Jan  5 09:00:00 2026\r\nSubject: x\r\n"},
	} {
		if got := string(Headed([]byte(test.mail))); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.mail, got, test.want)
		}
	}
}
