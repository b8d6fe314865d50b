package imap

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

// TestEveryNoteHasItsWords plays sessions that lead to every situation, and looks up each note and field.
func TestEveryNoteHasItsWords(t *testing.T) {
	words := lexicon.New(lexicon.English, lexicon.Notes)
	seen := map[string]bool{}
	check := func(n layers.Note) {
		seen[n.ID] = true
		for _, text := range []string{words.Line(n), words.Why(n)} {
			if text == "" && !strings.Contains(n.ID, ".field.") || strings.ContainsAny(text, "{}") || strings.HasPrefix(text, "[imap") {
				t.Errorf("%s says %q", n.ID, text)
			}
		}
	}
	commands := ""
	for verb := range commandNoteIDs {
		commands += "x " + verb + " 1\r\n"
	}
	for name := range dataNoteIDs {
		check(layers.N(dataNote(name), layers.A("number", layers.String("3"))))
	}
	for _, ids := range []map[string]string{codeNoteIDs, capabilityNoteIDs, flagNoteIDs, commandNoteIDs} {
		for _, id := range ids {
			check(layers.N(id))
		}
	}
	for _, conversation := range [][]said{
		{{s, "* OK [ALERT] hi\r\n"}, {c, "a LOGIN {3}\r\n"}, {s, "+ go\r\n"}, {c, "bob pw\r\n"}, {s, "a NO [AUTHENTICATIONFAILED] no\r\n"}, {c, "b LOGIN bob pw\r\n"}, {s, "b OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] in\r\n"}},
		{{s, "* PREAUTH hi\r\n"}, {c, "a IDLE\r\n"}, {s, "+ idling\r\n* 3 EXPUNGE\r\n"}, {c, "DONE\r\nb FROB\r\nc NOOP\r\nnothing\r\n"}, {s, "c OK\r\nb BAD what\r\nz OK\r\nz NO\r\nz BAD\r\nz HUH\r\n* HUH\r\n"}},
		{{s, "* BYE no\r\n"}},
		{{s, "* OK [CAPABILITY THREAD=REFS LISTEXT SNIPPET=FUZZY METADATA-SERVER CONTEXT=SEARCH I18NLEVEL=1 RIGHTS=kxte X-OWN FOO] hi\r\n"}, {c, "a XOWN\r\n"},
			{s, "* LIST (\\Noselect \\NoInferiors \\Marked \\Unmarked \\HasChildren \\HasNoChildren \\NonExistent \\Subscribed \\Sent) \"/\" a\r\n"},
			{s, "* OK [PERMANENTFLAGS (\\Seen $Junk \\*)] hm\r\n* OK [FOO] hm\r\n"},
			{c, "b FETCH 1 (FLAGS BINARY[1] BINARY.SIZE[1] MODSEQ PREVIEW SAVEDATE EMAILID THREADID)\r\n"}},
		{{s, "* OK hi\r\n"}, {c, "a AUTHENTICATE PLAIN\r\n"}, {s, "+ \r\n"}, {c, "*\r\n"}, {s, "a BAD\r\n"}, {c, "b AUTHENTICATE LOGIN\r\n"}, {s, "+ \r\n"}, {c, "eA==\r\n"}, {s, "b OK\r\n"}},
		{{s, "* OK hi\r\n"}, {c, "a STARTTLS\r\nb NOOP\r\n"}, {s, "a OK\r\n"}},
		{{s, "* OK hi\r\n"}, {c, "a COMPRESS DEFLATE\r\n"}, {s, "a OK\r\n"}},
		{{s, "* OK hi\r\n* OK by the way\r\n* NO w\r\n* BAD w\r\n* PREAUTH w\r\n* FLAGS (\\Seen)\r\n* 1 FETCH (FLAGS (\\Draft) ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"c\" 1))\r\n* CAPABILITY IDLE\r\n* BYE\r\n"}},
		{{c, "a FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY BODYSTRUCTURE BODY[] BODY.PEEK[1]<0.9> RFC822 RFC822.HEADER RFC822.TEXT)\r\nb FETCH 1 BODY.PEEK[HEADER]\r\nc UID STORE 1 +FLAGS.SILENT (\\Deleted)\r\n" +
			"d STORE 1 -FLAGS (\\Deleted)\r\ne SEARCH ALL\r\nf APPEND a {3+}\r\nabc\r\nh APPEND a {3}\r\nabc\r\ng CLOSE\r\n"}, {s, "g OK\r\n"}, {c, "half"}},
		{{c, "of a mail\r\n" + commands}},
		{{s, "* OK hi\r\n"}, {c, "a ENABLE QRESYNC\r\nb SELECT a (CONDSTORE QRESYNC (1 2))\r\nc UID FETCH $ (MODSEQ BINARY.PEEK[1]) (CHANGEDSINCE 3 VANISHED)\r\nd STORE 1 (UNCHANGEDSINCE 3) FLAGS ()\r\n"},
			{c, "e SEARCH RETURN (SAVE MIN) $\r\nf LIST (SUBSCRIBED) \"\" * RETURN (STATUS (MESSAGES))\r\ng CREATE a (USE (\\Sent))\r\nh APPEND a {1+}\r\na {1+}\r\nb\r\n"},
			{s, "* VANISHED (EARLIER) 1\r\n* ENABLED QRESYNC\r\n* 1 FETCH (MODSEQ (3) PREVIEW \"x\" BINARY.SIZE[1] 3 BINARY[1] \"abc\")\r\n"}},
	} {
		d := NewDialogue()
		for _, piece := range conversation {
			d.Receive(piece.from, []byte(piece.text))
		}
		d.End(c)
		d.End(s)
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			for _, n := range m.Notes {
				check(n)
			}
			for _, f := range m.Fields {
				check(layers.N("imap.field." + f.Name))
				if f.Range.Offset < 0 || int64(f.Range.End()) > m.Length {
					t.Errorf("field %s at %v of %q", f.Name, f.Range, m.Text)
				}
			}
		}
	}
	for _, e := range words.Entries() {
		glossary := strings.HasPrefix(e.ID, "imap.misconception.") // for the questions of scenarios
		if strings.HasPrefix(e.ID, "imap.") && !seen[e.ID] && !glossary {
			t.Errorf("no session above leads to %s", e.ID)
		}
	}
}
