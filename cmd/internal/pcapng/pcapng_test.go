package pcapng

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

var clock = time.Date(2026, 1, 5, 9, 0, 0, 1, time.UTC)

func packet(number int, on *layers.Interface, notes ...layers.Note) *trace.Packet {
	return &trace.Packet{Frame: &layers.Frame{Number: number, Time: clock, Interface: on, Data: bytes.Repeat([]byte{byte(number)}, 60), Length: 60}, Notes: notes}
}

// TestFile: what is shown is there when the file is read again: frames, interfaces, names; the explanation is a comment
// that a replay passes over; other events leave no trace.
func TestFile(t *testing.T) {
	var file bytes.Buffer
	face, err := New(&file, lexicon.New(lexicon.English, lexicon.Notes))
	if err != nil {
		t.Fatal(err)
	}
	first, second := &layers.Interface{Name: "ana-r1", LinkType: layers.LinkTypeEthernet}, &layers.Interface{Index: 1, Name: "r1-mail", LinkType: layers.LinkTypeEthernet}
	ana := trace.Name{Addr: netip.MustParseAddr("192.0.2.2"), Name: "ana"}
	for _, e := range []trace.Event{
		&trace.Title{Name: "x"},
		trace.Names{ana},
		trace.Secrets{{Type: capture.SecretsTLS, Data: []byte("one")}, {Type: 7, Data: []byte("two")}},
		&trace.Act{Text: "Ana waits."},
		packet(1, first, layers.N("tcp.syn"), layers.N("ethernet.padding", layers.A("bytes", layers.Int(6)))),
		&trace.Message{},
		packet(2, second),
		&trace.Summary{},
	} {
		if err := face.Show(e); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(file.String(), capture.CommentPrefix); n != 1 || !strings.Contains(file.String(), "6 bytes of padding") {
		t.Errorf("%d comments of ours, want one that explains the padding", n)
	}
	reader, err := capture.Open(&file)
	if err != nil {
		t.Fatal(err)
	}
	for number, on := range []*layers.Interface{first, second} {
		frame, err := reader.Next()
		if err != nil {
			t.Fatal(err)
		}
		if frame.Number != number+1 || frame.Interface.Name != on.Name || frame.Interface.LinkType != on.LinkType || !frame.Time.Equal(clock) || frame.Length != 60 || frame.Data[0] != byte(number+1) || frame.Comment != "" {
			t.Errorf("frame %d: %+v on %+v", number+1, frame, frame.Interface)
		}
		if names := reader.Names(); number == 0 && (len(names) != 1 || names[0].Addr != ana.Addr || names[0].Name != ana.Name) {
			t.Errorf("names: %v", names)
		}
		if s := reader.Secrets(); number == 0 && (len(s) != 2 || s[0].Type != capture.SecretsTLS || string(s[0].Data) != "one" || s[1].Type != 7 || string(s[1].Data) != "two") {
			t.Errorf("secrets: %v", s)
		}
	}
	if _, err := reader.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("behind the last frame: %v", err)
	}
}

// TestCommentsHoldNoSecret: what a comment says in words does not tell a password, though the trace itself shows it.
func TestCommentsHoldNoSecret(t *testing.T) {
	var file bytes.Buffer
	face, err := New(&file, lexicon.New(lexicon.English, lexicon.Notes))
	if err != nil {
		t.Fatal(err)
	}
	p := packet(1, &layers.Interface{LinkType: layers.LinkTypeEthernet}, layers.N("sasl.credentials",
		layers.A("user", layers.String("ana@example.net")), layers.Hidden("password", layers.String("open sesame"))))
	if err := face.Show(p); err != nil {
		t.Fatal(err)
	}
	if s := file.String(); !strings.Contains(s, "ana@example.net") || strings.Contains(s, "open sesame") {
		t.Errorf("%q", s)
	}
	if v, _ := p.Notes[0].Arg("password"); v.String() != "open sesame" {
		t.Errorf("the trace itself shows %q", v)
	}
}
