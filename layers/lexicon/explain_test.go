package lexicon

import (
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	l := New(English, Notes)
	for _, c := range []struct{ words, first string }{
		{"354", "smtp.354"},
		{"UID FETCH", "imap.uid-fetch"},
		{"retr", "pop3.retr"},
		{`\Seen`, "imap.flag.seen"},
		{"Subject:", "header.subject"},
		{"SYN", "tcp.syn"},
		{"smtp.rcpt.relay-denied", "smtp.rcpt.relay-denied"},
		{"5.7.1", "smtp.enhanced.5.7.1"},
		{"25", "port.25"},
		{"port 25", "port.25"},
		{"MAIL FROM", "smtp.mail"},
		{"window", "tcp.field.window"},
		{"TIME-WAIT", "tcp.state.time-wait"},
	} {
		found := l.Find(c.words)
		if len(found) == 0 || found[0].ID != c.first {
			t.Errorf("Find(%q) = %v, want %s first", c.words, found, c.first)
		}
	}
	for _, words := range []string{"", "xyzzy", "--", "xyzzy words"} {
		if found := l.Find(words); len(found) > 1 {
			t.Errorf("Find(%q) = %v", words, found)
		}
	}
	if near := l.Near("RETT", 5); !slices.Contains(near, "retr") {
		t.Errorf("near RETT: %q", near)
	}
}
