package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mailwire/layers"
)

// A listener writes down what is shown: a line for each event.
type listener struct{ lines []string }

func (l *listener) Show(e Event) error {
	switch e := e.(type) {
	case *Contact:
		l.lines = append(l.lines, fmt.Sprintf("%d %s %s", e.Stream, e.Protocol, e.Note.ID))
	case *Message:
		l.lines = append(l.lines, fmt.Sprintf("%d %s %s %s %q %v", e.Stream, e.Names[layers.Client], e.From, e.Kind, e.Text, e.Packets))
	case *Summary:
		l.lines = append(l.lines, fmt.Sprintf("%d messages, %+v, %d round trips, %v", e.Messages, *e.Sockets, e.RoundTrips, e.Duration))
	}
	return nil
}

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// said is what two sides say, a side's name in front of each.
var said = []string{
	"S:* OK ready\r\n", "C:a LOGIN eva secret\r\n", "S:a OK [CAPABILITY IMAP4rev1] in\r\n", "C:b LOGOUT\r\n", "S:* BYE\r\nb OK\r\n",
}

func ends(port uint16) [2]netip.AddrPort {
	home := netip.MustParseAddr("127.0.0.1")
	return [2]netip.AddrPort{layers.Client: netip.AddrPortFrom(home, 50000), layers.Server: netip.AddrPortFrom(home, port)}
}

// tell says a talk over a socket, in pieces of n bytes, and returns what is shown of it.
func tell(t *testing.T, o Options, config SocketConfig, n int) []string {
	t.Helper()
	l := &listener{}
	f := NewFollower(o, l)
	s, err := f.Socket(noon, config)
	if err != nil {
		t.Fatal(err)
	}
	at := noon
	for _, words := range said {
		at = at.Add(time.Second)
		from := layers.Client
		if words[0] == 'S' {
			from = layers.Server
		}
		for b := []byte(words[2:]); len(b) > 0; b = b[min(n, len(b)):] {
			if err := s.Bytes(at, from, b[:min(n, len(b))]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, side := range []layers.Side{layers.Server, layers.Client, layers.Client} {
		if err := s.End(at, side); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return l.lines
}

func TestASocketIsFollowedWithoutFrames(t *testing.T) {
	config := SocketConfig{Ends: ends(49152), Names: [2]string{"eva", "mail"}, Service: "imap"} // a port that speaks for nothing
	want := []string{
		"0 imap trace.socket.opened",
		`0 eva server greeting "* OK ready" []`,
		`0 eva client command "a LOGIN eva ******" []`,
		`0 eva server reply "a OK [CAPABILITY IMAP4rev1] in" []`,
		`0 eva client command "b LOGOUT" []`,
		`0 eva server reply "* BYE" []`,
		`0 eva server reply "b OK" []`,
		"0 imap trace.socket.closed",
		"6 messages, {Connections:1 Bytes:87}, 2 round trips, 5s",
	}
	for _, n := range []int{1, 7, 1000} {
		if got := tell(t, Options{}, config, n); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("in pieces of %d bytes:\n%s\nwant\n%s", n, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if got := tell(t, Options{ShowSecrets: true}, config, 1000)[2]; !strings.Contains(got, "LOGIN eva secret") {
		t.Error(got)
	}
}

func TestACountedSocketIsNotRead(t *testing.T) {
	got := tell(t, Options{}, SocketConfig{Ends: ends(2143), Names: [2]string{"eva", "mail"}, Service: "imap", Counted: true}, 1000)
	if want := "0 messages, {Connections:1 Bytes:87}, 0 round trips, 5s"; len(got) != 1 || got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWhatASocketBreaksOffIsShown(t *testing.T) {
	l := &listener{}
	f := NewFollower(Options{}, l)
	s, _ := f.Socket(noon, SocketConfig{Ends: ends(2525), Names: [2]string{"eva", "mail"}, Service: "submission"})
	s.Bytes(noon, layers.Server, []byte("220 mail ESMTP\r\n"))
	s.Bytes(noon, layers.Client, []byte("EHLO ev"))
	s.End(noon, layers.Client)
	s.End(noon, layers.Server)
	want := []string{"0 smtp trace.socket.opened", `0 eva server greeting "220 mail ESMTP" []`, `0 eva client command "EHLO ev" []`, "0 smtp trace.socket.closed"}
	if strings.Join(l.lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q, want %q", l.lines, want)
	}
	if s.Bytes(noon, layers.Client, []byte("lo")) != nil || len(l.lines) != len(want) {
		t.Error("a side that has said its last byte says more")
	}
}

func FuzzSocket(f *testing.F) {
	f.Add([]byte("* OK\r\n"), []byte("a STARTTLS\r\n"), []byte("\x16\x03\x01\x00\x05hello"))
	f.Add([]byte("220 x\r\n"), []byte("EHLO x\r\nMAIL FROM:<>\r\n"), []byte("250 OK\r\n"))
	f.Fuzz(func(t *testing.T, first, second, third []byte) {
		l := &listener{}
		follower := NewFollower(Options{}, l)
		s, _ := follower.Socket(noon, SocketConfig{Ends: ends(2143), Names: [2]string{"eva", "mail"}, Service: "imap"})
		s.Bytes(noon, layers.Server, first)
		s.Bytes(noon, layers.Client, second)
		s.Bytes(noon, layers.Server, third)
		s.End(noon, layers.Server)
		s.End(noon, layers.Client)
		if follower.Close() != nil || len(l.lines) < 3 {
			t.Errorf("%q", l.lines)
		}
	})
}
