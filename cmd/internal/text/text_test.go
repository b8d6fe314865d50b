package text

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"

	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// hostile is what a frame may hold where a name, a line or a comment stands.
const hostile = "a\x1b[2J\x1b]0;t\x07\u202eb\u200b\xff\x00\u2028c\r\nd\u009b31m"

// A header that says hostile things.
type header struct{}

func (header) AppendSummary(dst []byte) []byte { return append(dst, hostile...) }

func (header) AppendFields(dst []layers.Field) []layers.Field {
	return append(dst, layers.Field{Name: "name", Value: layers.String(hostile)}, layers.Field{Name: "words", Value: layers.Words([]string{hostile})})
}

// events are all that can come from a capture, and what may quote it.
func events() []trace.Event {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	note := layers.N("dns.query.a", layers.A("name", layers.String(hostile)))
	return []trace.Event{
		&trace.Act{Time: at, Who: hostile, Text: hostile, Note: note},
		&trace.State{Time: at, Host: hostile, Kind: "mailbox", Values: []layers.Arg{layers.A("name", layers.String(hostile))}, Note: note},
		&trace.Packet{Frame: &layers.Frame{Number: 1, Time: at, Interface: &layers.Interface{Name: hostile}, Data: []byte(hostile), Length: 99, Comment: hostile}, From: hostile, To: hostile, Completes: 1, Milestone: true,
			PDUs: []layers.PDU{{Layer: layers.Link, Protocol: "ethernet", Length: 4, Stream: -1, Header: header{}}, {Layer: layers.Application, Protocol: "smtp", Offset: 4, Length: 20, Header: header{}}}, Notes: []layers.Note{note}},
		&trace.Message{Message: application.Message{Protocol: "smtp", Kind: application.Command, Verb: hostile, Text: hostile, Length: 50, Notes: []layers.Note{note}}, Packets: []int{1}, Time: at},
		&trace.Contact{Time: at, Service: hostile, Protocol: "smtp", Names: [2]string{hostile, hostile}, Note: note},
		&trace.Message{Message: application.Message{Protocol: "smtp", Kind: application.Command, Verb: hostile, Text: hostile, Length: 50, Notes: []layers.Note{note}}, Names: [2]string{hostile, hostile}, Within: "tls", Time: at},
		&trace.Drop{Time: at, Link: hostile, From: hostile, Length: 60, Note: note},
		&trace.Remark{File: hostile, Kind: "section", Values: []layers.Arg{layers.A("application", layers.String(hostile)), layers.A("comment", layers.String(hostile))}},
		&trace.Remark{File: hostile, Kind: "interface", Values: []layers.Arg{layers.A("name", layers.String(hostile))}},
		&trace.Remark{Kind: "statistics", Note: layers.N("capture.dropped", layers.A("interface", layers.String(hostile)), layers.A("count", layers.Int(3)))},
		&trace.Damage{File: hostile, Offset: 7, Note: note},
		&trace.Summary{Packets: 1, Bytes: 99, Messages: 1},
	}
}

// TestHostileText: whatever a capture holds, nothing of it can command a terminal or hide in it.
func TestHostileText(t *testing.T) {
	for _, o := range []Options{{Detail: Story}, {Detail: Packets}, {Detail: Fields}, {Detail: Bytes}, {Detail: Packets, ASCII: true, Explain: Always}, {Detail: Packets, Explain: Never}} {
		o.Lexicon, o.Width = lexicon.New(lexicon.English, lexicon.Notes, words.Source), 80
		var out bytes.Buffer
		face := New(&out, o)
		for _, e := range events() {
			if err := face.Show(e); err != nil {
				t.Fatal(err)
			}
		}
		for line := range strings.Lines(out.String()) {
			for _, r := range strings.TrimSuffix(line, "\n") {
				if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.In(r, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
					t.Errorf("%+v: %U in %q", o.Detail, r, line)
					break
				}
			}
		}
	}
}

// TestColoursAddNothing: without its colours a trace is the same text.
func TestColoursAddNothing(t *testing.T) {
	show := func(colours bool) string {
		var out bytes.Buffer
		face := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source), Width: 80, Colors: colours, Detail: Bytes})
		for _, e := range events() {
			if err := face.Show(e); err != nil {
				t.Fatal(err)
			}
		}
		return out.String()
	}
	plain, coloured := show(false), show(true)
	if plain == coloured {
		t.Error("there is no colour")
	}
	for strings.Contains(coloured, "\x1b[") {
		before, rest, _ := strings.Cut(coloured, "\x1b[")
		_, after, _ := strings.Cut(rest, "m")
		coloured = before + after
	}
	with := strings.Split(coloured, "\n")
	for i, line := range strings.Split(plain, "\n") {
		if i >= len(with) || line != strings.TrimRight(with[i], " ") {
			t.Fatalf("line %d: %q, with colours %q", i+1, line, with[min(i, len(with)-1)])
		}
	}
}

func TestChain(t *testing.T) {
	for _, row := range []struct{ links, want string }{
		{"", ""},
		{"a-b", "a b"},
		{"a-b b-c", "a b c"},
		{"b-c a-b", "c b a"},
		{"a-b b-c b-d", ""}, // a branch
		{"a-b b-c c-a", "a b c a"},
		{"a-b c-d", ""}, // two networks
	} {
		var links []trace.Link
		for _, l := range strings.Fields(row.links) {
			a, b, _ := strings.Cut(l, "-")
			links = append(links, trace.Link{A: a, B: b})
		}
		if got := strings.Join(chain(links), " "); got != row.want {
			t.Errorf("%s: %q, want %q", row.links, got, row.want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := grouped(n, ","); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// TestNothingIsHidden: a frame whose link type nobody reads has its line, and its bytes.
func TestNothingIsHidden(t *testing.T) {
	var out bytes.Buffer
	face := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source), Width: 100, Detail: Bytes, Explain: Never})
	f := trace.NewFollower(trace.Options{}, face)
	if err := f.Frame(&layers.Frame{Number: 1, Interface: &layers.Interface{LinkType: 189}, Data: []byte("ab"), Length: 2}); err != nil {
		t.Fatal(err)
	}
	const want = `
    1    +0.000                   link        data  link type 189 (USB) 2 bytes
        data
        0000  61 62                                             ab
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("%s", got)
	}
}

// TestEnvelopesAddUp: what no envelope accounts for is a part of the sum too.
func TestEnvelopesAddUp(t *testing.T) {
	f := New(nil, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source)})
	list := []envelope{{layer: layers.Link, protocol: "Ethernet", length: 14}, {layer: layers.Application, protocol: "data", length: 8}}
	for total, want := range map[int]string{22: "Ethernet 14 + data 8 = 22 bytes", 60: "Ethernet 14 + data 8 + … 38 = 60 bytes"} {
		if got := f.envelopesInWords(list, total); !strings.Contains(got, want) {
			t.Errorf("%s", got)
		}
	}
}

// TestWhoSaidIt: a message that became clear with a packet of the other side still comes from its own.
func TestWhoSaidIt(t *testing.T) {
	var out bytes.Buffer
	face := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source), Width: 80, Detail: Story, Explain: Never})
	for _, e := range []trace.Event{
		&trace.Packet{Frame: &layers.Frame{Number: 5}, From: "ana", To: "mail", Side: layers.Client, Completes: 2},
		&trace.Message{Message: application.Message{Protocol: "smtp", From: layers.Server, Text: "220 hello", Complete: true}, Packets: []int{4}},
		&trace.Message{Message: application.Message{Protocol: "smtp", From: layers.Client, Text: "EHLO ana", Complete: true}, Packets: []int{5}},
	} {
		if err := face.Show(e); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"mail → ana       SMTP  220 hello", "ana → mail       SMTP  EHLO ana"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

// TestNarrowLines: a number and a time stay apart however long the trace is, and what stands behind a line fits where its own
// column is too narrow.
func TestNarrowLines(t *testing.T) {
	var out bytes.Buffer
	face := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source), Width: 80, Detail: Story, Explain: Never})
	begin := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for _, e := range []trace.Event{
		&trace.Packet{Frame: &layers.Frame{Number: 1, Time: begin}},
		&trace.Packet{Frame: &layers.Frame{Number: 130, Time: begin.Add(7618 * time.Hour)}, From: "212.227.15.166", To: "192.168.0.4", Side: layers.Server, Completes: 1},
		&trace.Message{Message: application.Message{Protocol: "pop3", From: layers.Server, Kind: application.Data, Text: "content", Length: 8416, Complete: true}, Packets: []int{122, 124, 125, 127, 128, 130},
			Time: begin.Add(7618 * time.Hour)},
	} {
		if err := face.Show(e); err != nil {
			t.Fatal(err)
		}
	}
	const want = `
  130 +7618:00:00  212.227.15.166 → 192.168.0.4 POP3  content, 8,416 bytes
                                            (packets 122, 124-125, 127-128, 130)
          │ content
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("%s", got)
	}
}

// TestChecksumsAreToldOncePerStream: that each packet has another checksum is no news.
func TestChecksumsAreToldOncePerStream(t *testing.T) {
	var out bytes.Buffer
	face := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source), Width: 40})
	face.Detail = Fields
	for i := range 6 {
		p := &trace.Packet{Frame: &layers.Frame{Number: i + 1, Interface: &layers.Interface{}}, From: "192.168.100.101", To: "192.168.100.102", Stream: i / 3,
			PDUs:  []layers.PDU{{Layer: layers.Link, Protocol: "ethernet", Stream: -1, Header: &still{summary: []byte("a > b")}}},
			Notes: []layers.Note{layers.N("ipv4.checksum-wrong", layers.A("found", layers.HexUint(uint16(i), 4)), layers.A("right", layers.HexUint(uint16(9), 4)))}}
		if err := face.Show(p); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(out.String(), "checksum is"); n != 2 {
		t.Errorf("told %d times for two streams:\n%s", n, out.String())
	}
	for line := range strings.Lines(out.String()) {
		if n := columns(strings.TrimSuffix(line, "\n")); n > 40 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
