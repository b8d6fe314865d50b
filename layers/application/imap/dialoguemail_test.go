package imap

import (
	"fmt"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
)

// What a FETCH response brings in a literal.
func TestFetched(t *testing.T) {
	for _, row := range []struct {
		line, number, section string
		piece                 piece
		ok                    bool
	}{
		{"* 12 FETCH (UID 5 BODY[] {310}", "12", "", piece{}, true},
		{"* 12 FETCH (BODY[]<65536> {310}", "12", "", piece{true, 65536}, true},
		{"* 3 FETCH (RFC822 {310}", "3", "", piece{}, true},
		{"* 3 FETCH (RFC822.HEADER {310}", "3", "HEADER", piece{}, true},
		{"* 3 FETCH (BODY[HEADER.FIELDS (From To)] {310}", "3", "HEADER.FIELDS (FROM TO)", piece{}, true},
		{"* 3 FETCH (BODY[2.1] ~{310}", "3", "2.1", piece{}, true},
		{" BODY[text] {20}", "", "TEXT", piece{}, true},
		{"* 3 FETCH (RFC822.TEXT {310}", "", "", piece{}, false},
		{"* LIST () \"/\" {310}", "", "", piece{}, false},
	} {
		number, section, piece, ok := fetched([]byte(row.line))
		if ok != row.ok || ok && (number != row.number || section != row.section || piece != row.piece) {
			t.Errorf("%s: %q %q %v %v", row.line, number, section, piece, ok)
		}
	}
}

// A mail in a literal is handed on, whichever way it goes, and its header is explained.
func TestMailsInLiterals(t *testing.T) {
	mail := "From: ana@example.org\r\nSubject: lunch\r\n\r\nAt noon.\r\n"
	literal := fmt.Sprintf("{%d}\r\n%s", len(mail), mail)
	talk := []struct {
		from layers.Side
		said string
	}{
		{layers.Server, "* OK ready\r\n"},
		{layers.Client, "a1 APPEND Sent (\\Seen) " + literal[:strings.Index(literal, "\n")+1]},
		{layers.Server, "+ go on\r\n"},
		{layers.Client, mail + "\r\n"},
		{layers.Server, "a1 OK done\r\n"},
		{layers.Client, "a2 FETCH 1:2 (BODY[])\r\n"},
		{layers.Server, "* 1 FETCH (BODY[] " + literal + ")\r\n* 2 FETCH (BODY[TEXT] {3}\r\nabc BODY[HEADER] " + literal + ")\r\na2 OK done\r\n"},
	}
	for _, size := range []int{1000, 1} {
		var kept keptMails
		d := NewDialogue()
		d.KeepMails(kept.open)
		explained := 0
		for _, turn := range talk {
			for at := 0; at < len(turn.said); at += size {
				d.Receive(turn.from, []byte(turn.said[at:min(at+size, len(turn.said))]))
			}
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				for _, n := range m.Notes {
					if n.ID == "header.subject" && m.Kind == application.Data {
						explained++
					}
				}
			}
		}
		want := "APPEND  0: " + mail + "complete\nFETCH 1 0: " + mail + "complete\n"
		if got := kept.String(); got != want {
			t.Errorf("kept\n%s\nwant\n%s", got, want)
		}
		if explained != 3 {
			t.Errorf("%d mails were explained", explained)
		}
	}
}

// keptMails writes down the mails that were handed on.
type keptMails struct{ strings.Builder }

func (k *keptMails) open(s application.MailStart) application.MailWriter {
	fmt.Fprintf(&k.Builder, "%s %s %d: ", s.Verb, s.Number, s.Origin)
	return k
}

func (k *keptMails) Write(b []byte) { k.Builder.Write(b) }

func (k *keptMails) Gap(n int64) { fmt.Fprintf(&k.Builder, "(%d missing)", n) }

func (k *keptMails) Close(complete bool) {
	if complete {
		k.WriteString("complete")
	}
	k.WriteString("\n")
}
