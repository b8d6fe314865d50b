package smtp

import (
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
)

// What is missing in the midst of a session: "C! …" and "S! …" are bytes that were on the wire and are not in the record.
func TestWhatIsMissingIsGotOver(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script []string
		midst  bool
		want   []string
	}{
		{"a line of a mail", []string{"S: 220 x", "C: DATA", "S: 354 go", "C: a", "C! b", "C: c", "C: .", "S: 250 ok", "C: QUIT", "S: 221 bye"}, false, []string{
			"S greeting 220 | greeting", "C command DATA | data", "S reply 354 | 354", "C data 12 incomplete | data.content gap",
			"S reply 250 | data.accepted", "C command QUIT | quit", "S reply 221 | 221",
		}},
		{"the end of a mail", []string{"S: 220 x", "C: DATA", "S: 354 go", "C: a", "C! .", "S: 250 ok", "C: MAIL FROM:<a@b.example>", "S: 250 ok", "C: QUIT", "S: 221 bye"}, false, []string{
			"S greeting 220 | greeting", "C command DATA | data", "S reply 354 | 354", "C data 6 incomplete | data.content gap",
			"S reply 250 | data.accepted", "C command MAIL | mail", "S reply 250 | mail.accepted", "C command QUIT | quit", "S reply 221 | 221",
		}},
		{"a command", []string{"S: 220 x", "C! EHLO a", "S: 250 x", "C: RSET", "S: 250 ok"}, false, []string{
			"S greeting 220 | greeting", "S reply 250 | 250 reply.unasked", "C command RSET | rset", "S reply 250 | rset.done",
		}},
		{"a reply", []string{"S: 220 x", "C: EHLO a", "S! 250 x", "C: RSET", "S: 250 ok"}, false, []string{
			"S greeting 220 | greeting", "C command EHLO | ehlo", "C command RSET | rset", "S reply 250 | rset.done",
		}},
		{"the end of a reply of several lines", []string{"S: 220 x", "C: EHLO a", "S< 250-x\r\n250-PI", "S! PELINING", "S: 250 ok", "C: RSET", "S: 250 ok"}, false, []string{
			"S greeting 220 | greeting", "C command EHLO | ehlo", "S reply 250 incomplete | gap", "S reply 250 | 250 reply.unasked", "C command RSET | rset", "S reply 250 | rset.done",
		}},
		{"the bytes of a chunk", []string{"S: 220 x", "C< BDAT 9 LAST\r\n123", "C! 4567", "S: 250 ok", "C: QUIT", "S: 221 bye"}, false, []string{
			"S greeting 220 | greeting", "C command BDAT | bdat bdat.last", "C data 9 incomplete | bdat.chunk gap", "S reply 250 | data.accepted",
			"C command QUIT | quit", "S reply 221 | 221",
		}},
		{"all before the midst of a mail", []string{"C: some words, and so on", "C: HELO is what they say", "C: .", "S: 250 ok", "C: QUIT", "S: 221 bye"}, true, []string{
			"C data 49 | data.middle", "S reply 250 | data.accepted", "C command QUIT | quit", "S reply 221 | 221",
		}},
		{"all before a command", []string{"C: RSET", "S: 250 ok", "C: QUIT", "S: 221 bye"}, true, []string{
			"C command RSET | rset", "S reply 250 | rset.done", "C command QUIT | quit", "S reply 221 | 221",
		}},
		{"nothing, but TLS is spoken to a server that does not", []string{"S: 220 x", "C: \x16\x03\x01", "S: 500 what", "C: QUIT", "S: 221 bye"}, false, []string{
			"S greeting 220 | greeting", "C data 5 | not-a-command tls-misplaced", "S reply 500 | 500", "C command QUIT | quit", "S reply 221 | 221",
		}},
	} {
		d := NewDialogue()
		if tt.midst {
			d.InTheMidst()
		}
		var got []string
		for _, line := range tt.script {
			from := layers.Client
			if line[0] == 'S' {
				from = layers.Server
			}
			b := bytesOf(line)
			if line[1] == '!' {
				d.Gap(from, int64(len(b)))
			} else {
				d.Receive(from, []byte(b))
			}
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				got = append(got, show(m))
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// However much of whatever dialogue is missing wherever, the rest is told, each byte once and in order.
func TestACutAtEachByte(t *testing.T) {
	for _, tt := range dialogues {
		for missing := 1; missing <= 64; missing *= 4 {
			total := 0
			for _, line := range tt.script {
				total += len(bytesOf(line))
			}
			for at := 0; at < total; at += 3 {
				d := NewDialogue()
				var next [2]int64
				check := func() {
					for m, ok := d.Next(); ok; m, ok = d.Next() {
						if m.Offset < next[m.From] || m.Length < 0 {
							t.Fatalf("%s, %d bytes missing at %d: %s at %d, behind %d", tt.name, missing, at, show(m), m.Offset, next[m.From])
						}
						next[m.From] = m.Offset + m.Length
					}
				}
				place := 0
				for _, line := range tt.script {
					from := layers.Client
					if line[0] == 'S' {
						from = layers.Server
					}
					b := bytesOf(line)
					low, high := min(max(at-place, 0), len(b)), min(max(at+missing-place, 0), len(b))
					place += len(b)
					if low > 0 {
						d.Receive(from, []byte(b[:low]))
					}
					if high > low {
						d.Gap(from, int64(high-low))
					}
					if high < len(b) {
						d.Receive(from, []byte(b[high:]))
					}
					check()
				}
				d.End(layers.Client)
				d.End(layers.Server)
				check()
			}
		}
	}
}
