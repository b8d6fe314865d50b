package pop3

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/lexicon"
)

// Every note and field has its words, and every placeholder its value.
func TestEveryNoteHasItsWords(t *testing.T) {
	words := lexicon.New(lexicon.English, lexicon.Notes)
	var all []application.Message
	for _, turns := range [][]turn{
		{s("+OK <1@a>\r\n"), c("CAPA\r\n"), s("+OK\r\nTOP\r\nX-OWN\r\n.\r\n"), c("APOP bob 00\r\n"), s("-ERR [SYS/TEMP] no\r\n"), c("UTF8\r\n"), s("+OK\r\n"), c("AUTH\r\n"), s("+OK\r\nPLAIN\r\n.\r\n"),
			c("AUTH LOGIN\r\n"), s("+ VXNlcm5hbWU6\r\n"), c("Ym9i\r\n"), s("+ UGFzc3dvcmQ6\r\n"), c("*\r\n"), s("-ERR [AUTH]\r\n"),
			c("AUTH CRAM-MD5\r\n"), s("+ YQ==\r\n"), c("YQ==\r\n"), s("-ERR [IN-USE] x\r\n"), c("AUTH PLAIN\r\n"), s("+ \r\n"), c("AGEAYg==\r\n"), s("-ERR [SYS/PERM] x\r\n"),
			c("AUTH PLAIN AGEAYg==\r\n"), s("-ERR\r\n"), c("USER bob\r\n"), s("+OK\r\n"), c("PASS x\r\n"), s("-ERR [LOGIN-DELAY] x\r\n"), c("PASS x\r\n"), s("+OK\r\n")},
		{s("+OK\r\n"), c("PASS x\r\n"), s("+OK\r\n"), c("STAT\r\n"), s("+OK 2 30\r\n"), c("LIST\r\n"), s("+OK\r\n1 10\r\n2 20\r\n.\r\n"), c("LIST 1\r\n"), s("+OK 1 10\r\n"),
			c("UIDL\r\n"), s("+OK\r\n1 a\r\n.\r\n"), c("UIDL 1\r\n"), s("+OK 1 a\r\n"), c("TOP 1 0\r\n"), s("+OK\r\na: b\r\n.\r\n"), c("RETR 1\r\n"), s("+OK\r\n..\r\n.\r\n"),
			c("DELE 1\r\n"), s("+OK\r\n"), c("STAT\r\n"), s("+OK 1 20\r\n"), c("LIST\r\n"), s("+OK\r\n2 20\r\n.\r\n"), c("DELE 9\r\n"), s("-ERR\r\n"), c("RSET\r\n"), s("+OK\r\n"),
			c("DELE 1\r\n"), s("+OK\r\n"), c("NOOP\r\n"), s("+OK\r\n"), c("MKDIR a\r\n"), s("-ERR\r\n"), c("RETR 3\r\n"), s("-ERR [UTF8] x\r\n"), c("LANG\r\n"), s("+OK\r\nen English\r\n.\r\n"), c("LAST\r\n"), s("+OK 1\r\n"),
			c("XTND XLST From\r\n"), s("+OK\r\n1 From: a\r\n.\r\n"), c("RPOP bob\r\n"), s("-ERR\r\n"), c("QUIT\r\n"), s("+OK\r\n"), c("STAT\r\n"), s("what\r\n-ERR\r\n")},
		{s("+OK\r\n"), c("PASS x\r\n"), s("+OK\r\n"), c("QUIT\r\n"), s("+OK\r\n")},
		{s("+OK\r\n"), c("PASS x\r\n"), s("+OK\r\n"), c("DELE 1\r\nQUIT\r\n"), s("+OK\r\n-ERR\r\n")},
		{s("+OK\r\n"), c("QUIT\r\n"), s("+OK\r\n")},
		{s("-ERR busy\r\n")}, {s("+OK\r\n"), c("STLS\r\n"), s("+OK\r\n")}, {s("+OK\r\n"), c("RETR 1\r\n"), s("+OK\r\nhalf")}, {s("+OK\r\n"), c("RETR\r\nTOP 1\r\nDELE\r\n")},
	} {
		all = append(all, follow(NewDialogue(true), 100, turns)...)
	}
	seen := map[string]bool{}
	check := func(n layers.Note) {
		seen[n.ID] = true
		for _, text := range []string{words.Line(n), words.Why(n)} {
			if text == "" && !strings.Contains(n.ID, ".field.") || strings.ContainsAny(text, "{}") || strings.HasPrefix(text, "[pop3") {
				t.Errorf("%s says %q", n.ID, text)
			}
		}
	}
	for _, m := range all {
		for _, n := range m.Notes {
			if strings.HasPrefix(n.ID, "pop3.") {
				check(n)
			}
		}
		for _, f := range m.Fields {
			check(layers.N("pop3.field." + f.Name))
			if f.Range.Offset < 0 || f.Range.End() > len(m.Text) {
				t.Errorf("field %s at %v of %q", f.Name, f.Range, m.Text)
			}
		}
	}
	for _, e := range words.Entries() {
		glossary := strings.HasPrefix(e.ID, "pop3.cap.") || strings.HasPrefix(e.ID, "pop3.state.") || strings.HasPrefix(e.ID, "pop3.misconception.")
		world := e.ID == "pop3.not-updated" || e.ID == "pop3.expired"
		if strings.HasPrefix(e.ID, "pop3.") && !seen[e.ID] && !glossary && !world {
			t.Errorf("no session above leads to %s", e.ID)
		}
	}
}
