package imap

import (
	"fmt"
	"strings"
	"testing"
)

// TestMuchAtOnce: what one line can ask for is bounded, however it repeats itself.
func TestMuchAtOnce(t *testing.T) {
	mail := "Subject: long\r\n\r\n" + strings.Repeat("A line of a long mail.\r\n", 50000)
	var sections, keys []string
	for i := range 200 {
		sections = append(sections, fmt.Sprintf("BODY.PEEK[]<%d.2000000000>", i))
		keys = append(keys, "BODY nowhere")
	}
	for _, row := range []struct{ command, status string }{
		{"c FETCH 1 (" + strings.Join(sections, " ") + ")", "c NO [LIMIT] "},
		{"c FETCH 1 (" + strings.Join(sections[:5], " ") + ")", "c OK "},
		{"c FETCH " + strings.Repeat("1:*,", 12000) + "1 UID", "* 1 FETCH (UID 1)\r\nc OK "},
		{"c UID FETCH " + strings.Repeat("1:*,", 12000) + "1 UID", "* 1 FETCH (UID 1)\r\nc OK "},
		{"c SEARCH " + strings.Join(keys, " "), "c BAD "},
		{"c SEARCH " + strings.Join(keys[:50], " "), "* SEARCH\r\nc OK "},
		{"c SEARCH " + strings.Repeat("(", 1000) + "ALL" + strings.Repeat(")", 1000), "c BAD "},
		{"c SEARCH " + strings.Repeat("NOT ", 1000) + "ALL", "c BAD "},
		{"c FETCH 1 BODY[" + strings.Repeat("1.", 1000) + "1]", "c BAD "},
		{"c LIST \"\" " + strings.Repeat("*", 1200), "c OK "},
		{"c LIST \"\" " + strings.Repeat("%*", 400), "* LIST (\\HasNoChildren) \"/\" INBOX\r\nc OK "},
	} {
		s := NewServer(epoch, Config{Backend: newMemory(mail)})
		say(s, "a LOGIN bob secret")
		say(s, "b SELECT INBOX")
		got := say(s, row.command)
		for more := s.Output(); len(more) > 0; more = s.Output() {
			got += string(more)
		}
		if row.status == "c OK " {
			got = got[strings.LastIndex(got[:len(got)-2], "\n")+1:]
		}
		if !strings.HasPrefix(got, row.status) {
			t.Errorf("%.40s…: %.100q, want %q", row.command, got, row.status)
		}
	}
}

// TestDeafInIdle: news for a client in IDLE that does not read are gathered, not piled up, and told when it reads again.
func TestDeafInIdle(t *testing.T) {
	backend := newMemory(lunch)
	writer, deaf := NewServer(epoch, Config{Backend: backend}), NewServer(epoch, Config{Backend: backend})
	for _, s := range []*Server{writer, deaf} {
		say(s, "a LOGIN bob secret")
		say(s, "b SELECT INBOX")
	}
	say(deaf, "c IDLE")
	for i := range 20000 {
		say(writer, "c STORE 1 "+"+-"[i%2:i%2+1]+"FLAGS.SILENT (\\Flagged)")
		deaf.Wake(epoch)
	}
	backend.Append(Inbox, NewMessage{Body: []byte(lunch)})
	deaf.Wake(epoch)
	if owed := len(deaf.out); owed > outputMax+1024 {
		t.Errorf("the deaf client is owed %d bytes", owed)
	}
	told := ""
	for more := deaf.Output(); len(more) > 0; more = deaf.Output() {
		told += string(more)
	}
	if !strings.Contains(told, "* 2 EXISTS\r\n") {
		t.Errorf("it never hears of the new mail: …%q", told[max(0, len(told)-100):])
	}
}
