package text

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// dumped is a packet of three layers and padding, with a secret, whose places go beyond the frame as damage makes them.
func dumped() *trace.Packet {
	return &trace.Packet{
		Frame: &layers.Frame{Number: 1, Interface: &layers.Interface{}, Data: []byte("linkIPTPass me\r\n..\x00\x7f ")},
		PDUs: []layers.PDU{
			{Layer: layers.Link, Length: 99},
			{Layer: layers.Internet, Offset: 4, Length: 2},
			{Layer: layers.Transport, Offset: 6, Length: 1},
			{Layer: layers.Application, Offset: 7, Length: 9},
			{Layer: 0, Offset: 16, Length: 99},
		},
		Secrets: []layers.Range{{Offset: 12, Length: 2}, {Offset: 20, Length: 50}, {Offset: -9, Length: 10}},
	}
}

func dumpOf(width int, colours bool) string {
	f := New(io.Discard, Options{Lexicon: lexicon.New(lexicon.English, words.Source), Width: width, Colors: colours})
	f.hexDump(dumped())
	return string(f.out)
}

// TestHexDump: offset, digits, characters; rows of sixteen or eight; the last one padded; secrets hidden in both columns.
func TestHexDump(t *testing.T) {
	for _, row := range []struct {
		width int
		want  string
	}{
		{80, `        0000  ** 69 6e 6b 49 50 54 50  61 73 73 20 ** ** 0d 0a  *inkIPTPass **..
        0010  2e 2e 00 7f **                                    ....*
`},
		{60, `        0000  ** 69 6e 6b  49 50 54 50  *inkIPTP
        0008  61 73 73 20  ** ** 0d 0a  ass **..
        0010  2e 2e 00 7f  **           ....*
`},
	} {
		if got := dumpOf(row.width, false); got != row.want {
			t.Errorf("%d columns:\n%swant\n%s", row.width, got, row.want)
		}
	}
}

// TestColourIsSetOncePerRun: bytes side by side of one layer share one pair of control sequences, the offset has its own.
func TestColourIsSetOncePerRun(t *testing.T) {
	got := dumpOf(80, true)
	if want := "\x1b[2m0000\x1b[22m  \x1b[35m** 69 6e 6b \x1b[0m\x1b[36m49 50 \x1b[0m\x1b[32m54 \x1b[0m\x1b[33m50  61 73 73 20 ** ** 0d 0a \x1b[0m " +
		"\x1b[35m*ink\x1b[0m\x1b[36mIP\x1b[0m\x1b[32mT\x1b[0m\x1b[33mPass **..\x1b[0m\n"; !strings.Contains(got, want) {
		t.Errorf("%q\nlacks %q", got, want)
	}
}

// TestDumpOfManyMessages: a segment of 64 KiB can hold as many lines of two bytes, each a message and each secret. Its dump
// takes as long as that of any other.
func TestDumpOfManyMessages(t *testing.T) {
	const messages = 1 << 15
	p := &trace.Packet{Frame: &layers.Frame{Number: 1, Interface: &layers.Interface{}, Data: bytes.Repeat([]byte("\r\n"), messages)}}
	for i := range messages {
		p.PDUs = append(p.PDUs, layers.PDU{Layer: layers.Application, Offset: 2 * i, Length: 2})
		p.Secrets = append(p.Secrets, layers.Range{Offset: 2 * i, Length: 1})
	}
	f := New(io.Discard, Options{Lexicon: lexicon.New(lexicon.English, words.Source), Width: 80})
	start := time.Now()
	for range 3 {
		f.out = f.out[:0]
		f.hexDump(p)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("three dumps took %v", took)
	}
	if rows, hidden := bytes.Count(f.out, []byte("\n")), bytes.Count(f.out, []byte("** 0a ")); rows != 2*messages/16 || hidden != messages {
		t.Errorf("%d rows with %d hidden bytes", rows, hidden)
	}
}
