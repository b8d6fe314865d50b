package lexicon

import (
	"slices"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "quit", 4}, {"quit", "", 4}, {"quit", "quit", 0},
		{"retr", "rtr", 1}, {"rtr", "retr", 1}, {"retr", "rett", 1}, {"dns", "dsn", 1}, {"expunge", "xepugne", 2}, {"ehlo", "noop", 4},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	commands := []string{"run", "compare", "replay", "dns", "Bob", "completion"}
	for got, want := range map[string]string{
		"rnu": "run", "replai": "replay", "REPLAY": "replay", "dsn": "dns", "bob": "Bob", // misspelt
		"comp": "compare", "compl": "completion", // begun
		"": "", "x": "", "zz": "", "elephant": "", "rerunandreplay": "", // something else
	} {
		if nearest := Nearest(got, commands); nearest != want {
			t.Errorf("nearest to %q: %q, want %q", got, nearest, want)
		}
	}
	if nearest := Nearest("run", nil); nearest != "" {
		t.Errorf("nearest among none: %q", nearest)
	}
}

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
