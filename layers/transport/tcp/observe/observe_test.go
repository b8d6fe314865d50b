package observe

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
)

var (
	ana  = netip.MustParseAddrPort("192.0.2.10:49152")
	mail = netip.MustParseAddrPort("198.51.100.25:25")
	noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
)

// A step of a story is a segment in short: who, flags, numbers, and what it says.
type step struct {
	after   time.Duration // since the step before; default 10 ms
	from    string        // "ana" or "mail"
	flags   tcp.Flags
	seq     tcp.Seq
	ack     tcp.Seq
	data    string
	length  int // on the cable, when more than data
	window  int // default 1000; -1 is a closed one
	scale   int8
	tap     int
	damaged bool   // its checksum is wrong
	want    string // analysis and milestones
	reading string // what can be read now: C"…" S"…", with C-n for n missing bytes, C. for an end
}

func run(t *testing.T, o *Observer, story []step) {
	t.Helper()
	now := noon
	for i, s := range story {
		if s.after == 0 {
			s.after = 10 * time.Millisecond
		}
		now = now.Add(s.after)
		g := Segment{Source: ana, Destination: mail, Interface: s.tap, Frame: i + 1, Time: now, Sequence: s.seq,
			Acknowledgment: s.ack, Flags: s.flags, Window: 1000, WindowScale: -1, Payload: []byte(s.data), ChecksumWrong: s.damaged, Length: max(len(s.data), s.length)}
		if s.from == "mail" {
			g.Source, g.Destination = mail, ana
		}
		switch {
		case s.window > 0:
			g.Window = uint16(s.window)
		case s.window < 0:
			g.Window = 0
		}
		if s.scale > 0 {
			g.WindowScale = s.scale
		}
		seen := o.Observe(&g)
		if got := strings.Join(append(append([]string{}, seen.Analysis...), seen.Milestones...), " "); got != s.want {
			t.Errorf("step %d (%s %v %d): said %q, want %q", i+1, s.from, s.flags, s.seq, got, s.want)
		}
		if got := reading(seen.Deliveries); got != s.reading {
			t.Errorf("step %d (%s %v %d): read %s, want %s", i+1, s.from, s.flags, s.seq, got, s.reading)
		}
	}
}

func reading(deliveries []Delivery) string {
	var words []string
	for _, d := range deliveries {
		who := "C"
		if d.From == layers.Server {
			who = "S"
		}
		switch {
		case d.Last:
			words = append(words, who+".")
		case d.Gap > 0:
			words = append(words, fmt.Sprintf("%s-%d", who, d.Gap))
		default:
			words = append(words, fmt.Sprintf("%s%q", who, d.Bytes))
		}
	}
	return strings.Join(words, " ")
}

const (
	syn    = tcp.SYN
	synAck = tcp.SYN | tcp.ACK
	ack    = tcp.ACK
	psh    = tcp.PSH | tcp.ACK
	fin    = tcp.FIN | tcp.ACK
)

// opened is a handshake whose first bytes are 101 (Ana) and 501 (mail).
func opened(more ...step) []step {
	return append([]step{
		{from: "ana", flags: syn, seq: 100},
		{from: "mail", flags: synAck, seq: 500, ack: 101},
		{from: "ana", flags: ack, seq: 101, ack: 501, want: "handshake.complete"},
	}, more...)
}

func TestStories(t *testing.T) {
	for name, story := range map[string][]step{
		"a whole connection, in order": opened(
			step{from: "mail", flags: psh, seq: 501, ack: 101, data: "220 hi", reading: `S"220 hi"`},
			step{from: "ana", flags: psh, seq: 101, ack: 507, data: "QUIT", reading: `C"QUIT"`},
			step{from: "mail", flags: fin, seq: 507, ack: 105, data: "221", reading: `S"221" S.`},
			step{from: "ana", flags: fin, seq: 105, ack: 511, reading: `C.`},
			step{from: "mail", flags: ack, seq: 511, ack: 106, want: "fin.close-complete"}),
		"one side closes and the other goes on": opened(
			step{from: "ana", flags: fin, seq: 101, ack: 501, data: "bye", reading: `C"bye" C.`},
			step{from: "mail", flags: ack, seq: 501, ack: 105, want: "fin.half-closed"},
			step{from: "mail", flags: psh, seq: 501, ack: 105, data: "still here", reading: `S"still here"`}),
		"a segment is lost and sent again after a time-out": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", reading: `C"aaa"`},
			step{after: time.Second, from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", want: "retransmission"}),
		"three duplicate acknowledgements bring a fast retransmission": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", reading: `C"aaa"`},
			step{from: "mail", flags: ack, seq: 501, ack: 104},
			step{from: "ana", flags: psh, seq: 107, ack: 501, data: "ccc", want: "gap"},
			step{from: "mail", flags: ack, seq: 501, ack: 104, want: "duplicate-ack"},
			step{from: "ana", flags: psh, seq: 110, ack: 501, data: "ddd"},
			step{from: "mail", flags: ack, seq: 501, ack: 104, want: "duplicate-ack"},
			step{from: "ana", flags: psh, seq: 113, ack: 501, data: "eee"},
			step{from: "mail", flags: ack, seq: 501, ack: 104, want: "duplicate-ack"},
			step{from: "ana", flags: psh, seq: 104, ack: 501, data: "bbb", want: "fast-retransmission", reading: `C"bbb" C"ccc" C"ddd" C"eee"`}),
		"what has been acknowledged is sent again": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", reading: `C"aaa"`},
			step{from: "mail", flags: ack, seq: 501, ack: 104},
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", want: "spurious-retransmission"}),
		"two segments change places": opened(
			step{from: "ana", flags: psh, seq: 104, ack: 501, data: "bbb", want: "gap"},
			step{after: time.Millisecond, from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", want: "out-of-order", reading: `C"aaa" C"bbb"`}),
		"overlapping copies: the bytes that came first count": opened(
			step{from: "ana", flags: psh, seq: 104, ack: 501, data: "bbb", want: "gap"},
			step{after: time.Millisecond, from: "ana", flags: psh, seq: 101, ack: 501, data: "aaaXX", want: "out-of-order different-overlap", reading: `C"aaa" C"bbb"`},
			step{after: time.Second, from: "ana", flags: psh, seq: 101, ack: 501, data: "aaabbbcc", want: "retransmission", reading: `C"cc"`},
			step{after: time.Second, from: "ana", flags: psh, seq: 102, ack: 501, data: "aZ", want: "retransmission different-overlap"}),
		"bytes that the capture missed are given up when they are acknowledged": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", reading: `C"aaa"`},
			step{from: "ana", flags: psh, seq: 107, ack: 501, data: "ccc", want: "gap"},
			step{from: "mail", flags: psh, seq: 501, ack: 110, data: "250", reading: `C-3 C"ccc" S"250"`}),
		"bytes that nobody acknowledged with words are given up a moment later": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", reading: `C"aaa"`},
			step{from: "ana", flags: psh, seq: 107, ack: 501, data: "ccc", want: "gap"},
			step{from: "mail", flags: ack, seq: 501, ack: 110},
			step{after: time.Second, from: "ana", flags: psh, seq: 110, ack: 501, data: "ddd", reading: `C-3 C"ccc" C"ddd"`}),
		"an answer overtakes its command on the way into the capture": opened(
			step{from: "mail", flags: psh, seq: 501, ack: 101, data: "220", reading: `S"220"`},
			step{from: "mail", flags: psh, seq: 504, ack: 105, data: "250", want: "ack-of-unseen"},
			step{after: time.Millisecond, from: "ana", flags: psh, seq: 101, ack: 504, data: "EHLO", reading: `C"EHLO" S"250"`},
			step{from: "ana", flags: psh, seq: 105, ack: 507, data: "QUIT", reading: `C"QUIT"`}),
		"an answer whose command never comes waits a moment": opened(
			step{from: "mail", flags: psh, seq: 501, ack: 105, data: "250", want: "ack-of-unseen"},
			step{after: time.Second, from: "mail", flags: psh, seq: 504, ack: 105, data: "more", reading: `C-4 S"250" S"more"`}),
		"the last answer, whose command never comes, is read at the end": opened(
			step{from: "mail", flags: fin, seq: 501, ack: 105, data: "221", want: "ack-of-unseen"},
			step{after: time.Second, from: "ana", flags: fin, seq: 105, ack: 505, want: "gap", reading: `C-4 S"221" C. S.`}),
		"a bare acknowledgement overtakes its bytes on the way into the capture": opened(
			step{from: "mail", flags: ack, seq: 501, ack: 104, want: "ack-of-unseen"},
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "a", reading: `C"a"`},
			step{after: time.Millisecond, from: "ana", flags: psh, seq: 102, ack: 501, data: "aa", reading: `C"aa"`}),
		"nobody saw the bytes, nor any behind them": opened(
			step{from: "mail", flags: ack, seq: 501, ack: 151, want: "ack-of-unseen"},
			step{after: 30 * time.Millisecond, from: "mail", flags: psh, seq: 501, ack: 151, data: "250", reading: `C-50 S"250"`}),
		"numbers wrap": {
			{from: "ana", flags: syn, seq: 0xfffffffd},
			{from: "mail", flags: synAck, seq: 0xffffffff, ack: 0xfffffffe},
			{from: "ana", flags: ack, seq: 0xfffffffe, ack: 0, want: "handshake.complete"},
			{from: "ana", flags: psh, seq: 0xfffffffe, ack: 0, data: "abcd", reading: `C"abcd"`},
			{from: "ana", flags: psh, seq: 2, ack: 0, data: "ef", reading: `C"ef"`},
			{from: "mail", flags: psh, seq: 0, ack: 4, data: "ok", reading: `S"ok"`},
		},
		"a window closes, is probed, and opens": opened(
			step{from: "mail", flags: ack, seq: 501, ack: 101, window: -1, want: "zero-window"},
			step{after: time.Second, from: "ana", flags: ack, seq: 101, ack: 501, data: "a", want: "zero-window-probe", reading: `C"a"`},
			step{from: "mail", flags: ack, seq: 501, ack: 101, window: -1, want: "zero-window zero-window-probe-ack"},
			step{from: "mail", flags: ack, seq: 501, ack: 101, window: 500, want: "window-update"}),
		"keep-alive": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "a", reading: `C"a"`},
			step{from: "mail", flags: ack, seq: 501, ack: 102},
			step{after: time.Hour, from: "ana", flags: ack, seq: 101, ack: 501, want: "keep-alive"},
			step{from: "mail", flags: ack, seq: 501, ack: 102, want: "keep-alive-ack"}),
		"a window is filled to its end": {
			{from: "ana", flags: syn, seq: 100, scale: 2},
			{from: "mail", flags: synAck, seq: 500, ack: 101, scale: 1},
			{from: "ana", flags: ack, seq: 101, ack: 501, want: "handshake.complete"},
			{from: "mail", flags: ack, seq: 501, ack: 101, window: 2, want: "window-update"},
			{from: "ana", flags: psh, seq: 101, ack: 501, data: "abcd", want: "window-full", reading: `C"abcd"`},
		},
		"nobody listens at first": {
			{from: "ana", flags: syn, seq: 100},
			{from: "mail", flags: tcp.RST | tcp.ACK, seq: 0, ack: 101, want: "rst.refused"},
			{after: time.Second, from: "ana", flags: syn, seq: 100, want: "retransmission"},
			{from: "mail", flags: synAck, seq: 500, ack: 101},
			{from: "ana", flags: ack, seq: 101, ack: 501, want: "handshake.complete"},
			{from: "mail", flags: psh, seq: 501, ack: 101, data: "220", reading: `S"220"`},
		},
		"a connection is broken off": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "MAIL", reading: `C"MAIL"`},
			step{from: "mail", flags: tcp.RST, seq: 501, want: "rst.reset", reading: "S."}),
		"a reset from far away breaks nothing": opened(
			step{from: "mail", flags: tcp.RST, seq: 500000000},
			step{from: "mail", flags: psh, seq: 501, ack: 101, data: "220", reading: `S"220"`}),
		"the ports are used again": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "MAIL", reading: `C"MAIL"`},
			step{from: "ana", flags: syn, seq: 9000, want: "port-reuse"},
			step{from: "mail", flags: synAck, seq: 7000, ack: 9001},
			step{from: "ana", flags: psh, seq: 9001, ack: 7001, data: "EHLO", want: "handshake.complete", reading: `C"EHLO"`}),
		"a SYN that is sent again opens nothing new": {
			{from: "ana", flags: syn, seq: 100},
			{after: time.Second, from: "ana", flags: syn, seq: 100, want: "retransmission"},
		},
		"the capture begins in the midst": {
			{from: "mail", flags: psh, seq: 7000, ack: 300, data: "250 ok", want: "mid-stream", reading: `S"250 ok"`},
			{from: "ana", flags: psh, seq: 300, ack: 7006, data: "QUIT", reading: `C"QUIT"`},
		},
		"one side only": {
			{from: "mail", flags: psh, seq: 7000, ack: 300, data: "250 ok", want: "mid-stream", reading: `S"250 ok"`},
			{from: "mail", flags: psh, seq: 7006, ack: 310, data: "221", reading: `S"221"`},
			{from: "mail", flags: fin, seq: 7009, ack: 310, reading: `S.`},
		},
		"the capture kept only the first bytes of a segment": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "abc", length: 10, reading: `C"abc" C-7`},
			step{from: "ana", flags: psh, seq: 111, ack: 501, data: "def", reading: `C"def"`}),
		"two taps: bytes are read once, loss is judged for each": opened(
			step{tap: 0, from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa", reading: `C"aaa"`},
			step{tap: 1, from: "ana", flags: psh, seq: 101, ack: 501, data: "aaa"},
			step{tap: 0, from: "ana", flags: psh, seq: 104, ack: 501, data: "bbb", reading: `C"bbb"`},
			step{tap: 0, from: "ana", flags: psh, seq: 107, ack: 501, data: "ccc", reading: `C"ccc"`},
			step{tap: 1, from: "ana", flags: psh, seq: 107, ack: 501, data: "ccc", want: "gap"},
			step{after: time.Second, tap: 0, from: "ana", flags: psh, seq: 104, ack: 501, data: "bbb", want: "retransmission"},
			step{tap: 1, from: "ana", flags: psh, seq: 104, ack: 501, data: "bbb", want: "retransmission"}),
	} {
		t.Run(name, func(t *testing.T) { run(t, New(Options{}), story) })
	}
}

// Each byte is delivered once and in order, however the segments come.
func TestEveryByteOnceInAnyOrder(t *testing.T) {
	text := "The quick brown fox jumps over the lazy dog. "
	for seed := range 200 {
		random := uint32(seed)*2654435761 + 1
		next := func(n int) int { random = random*1664525 + 1013904223; return int(random>>8) % n }
		o := New(Options{})
		g := Segment{Source: ana, Destination: mail, Time: noon, Flags: syn, Sequence: tcp.Seq(0xffffffff - 20), WindowScale: -1}
		o.Observe(&g)
		first := g.Sequence + 1
		var got []byte
		covered := make([]bool, len(text))
		for i := 0; i < 5000 && string(got) != text; i++ {
			from := next(len(text))
			to := min(len(text), from+1+next(9))
			g := Segment{Source: ana, Destination: mail, Frame: i, Time: noon, Flags: psh, Sequence: first.Add(from), WindowScale: -1,
				Payload: []byte(text[from:to]), Length: to - from}
			for j := from; j < to; j++ {
				covered[j] = true
			}
			seen := o.Observe(&g)
			if seen.Says(DifferentOverlap) {
				t.Fatal("equal copies are said to differ")
			}
			for _, d := range seen.Deliveries {
				if d.Offset != int64(len(got)) {
					t.Fatalf("seed %d: bytes at %d come after %d", seed, d.Offset, len(got))
				}
				got = append(got, d.Bytes...)
			}
			ready := 0
			for ready < len(text) && covered[ready] {
				ready++
			}
			if len(got) != ready {
				t.Fatalf("seed %d: %d bytes delivered, %d could be", seed, len(got), ready)
			}
		}
		if string(got) != text {
			t.Fatalf("seed %d: %q", seed, got)
		}
	}
}

func TestHeldBytesAreBounded(t *testing.T) {
	o := New(Options{Held: 1000})
	run(t, o, opened(step{from: "mail", flags: psh, seq: 501, ack: 101, data: "220", reading: `S"220"`}))
	seen := 0
	for i := range 20 {
		g := Segment{Source: ana, Destination: mail, Frame: 10 + i, Time: noon, Flags: psh, Sequence: tcp.Seq(200 + 100*i), Acknowledgment: 504,
			WindowScale: -1, Payload: make([]byte, 100), Length: 100}
		for _, d := range o.Observe(&g).Deliveries {
			if d.Gap == 99 {
				seen++
			}
		}
		if s := o.Open()[0]; s.halves[0].heldSize > 1000 {
			t.Fatalf("%d bytes held", s.halves[0].heldSize)
		}
	}
	if seen != 1 {
		t.Errorf("the gap was told %d times, want once", seen)
	}
}

// The more connections hold, the less each may: together they stay below the bound, and the last one still finds room.
func TestHeldBytesOfAllAreBounded(t *testing.T) {
	const total = 100 << 10
	o := New(Options{Held: 10 << 10, HeldTotal: total})
	gaps := 0
	for i := range 200 {
		client := netip.AddrPortFrom(ana.Addr(), uint16(1000+i))
		o.Observe(&Segment{Source: client, Destination: mail, Time: noon, Flags: syn, Sequence: 1, WindowScale: -1})
		o.Observe(&Segment{Source: mail, Destination: client, Time: noon, Flags: syn | ack, Sequence: 1, Acknowledgment: 2, WindowScale: -1})
		for n := range 20 {
			seen := o.Observe(&Segment{Source: client, Destination: mail, Time: noon, Flags: ack, Sequence: tcp.Seq(3 + 100*n), Acknowledgment: 2,
				WindowScale: -1, Payload: make([]byte, 100), Length: 100})
			for _, d := range seen.Deliveries {
				if d.Gap > 0 {
					gaps++
				}
			}
			if o.held > total {
				t.Fatalf("connection %d: %d bytes held", i, o.held)
			}
		}
	}
	if gaps == 0 || gaps > 200 {
		t.Errorf("%d gaps told", gaps)
	}
	for _, s := range o.Open() {
		o.Finish(s)
	}
	if o.held != 0 {
		t.Errorf("%d bytes are still counted", o.held)
	}
}

// Of connections that are over some are still known; no more are, however long the capture.
func TestClosedConnectionsAreForgotten(t *testing.T) {
	o := New(Options{Streams: 1 << 20})
	for i := range 3 * closedKept {
		client := netip.AddrPortFrom(ana.Addr(), uint16(1000+i))
		for _, g := range []Segment{
			{Source: client, Destination: mail, Flags: syn, Sequence: 1},
			{Source: mail, Destination: client, Flags: syn | ack, Sequence: 1, Acknowledgment: 2},
			{Source: client, Destination: mail, Flags: tcp.FIN | tcp.ACK, Sequence: 2, Acknowledgment: 2},
			{Source: mail, Destination: client, Flags: tcp.FIN | tcp.ACK, Sequence: 2, Acknowledgment: 3},
			{Source: client, Destination: mail, Flags: tcp.ACK, Sequence: 3, Acknowledgment: 3},
		} {
			g.Time, g.WindowScale = noon, -1
			if seen := o.Observe(&g); len(seen.Dropped) > 0 {
				t.Fatal("a connection that is over was told as given up")
			}
		}
	}
	if len(o.streams) != closedKept || o.Streams() != 3*closedKept || len(o.Open()) != 0 {
		t.Errorf("%d known, %d counted, %d open", len(o.streams), o.Streams(), len(o.Open()))
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	o := New(Options{Streams: 10})
	dropped := 0
	for i := range 100 {
		g := Segment{Source: netip.AddrPortFrom(ana.Addr(), uint16(1000+i)), Destination: mail, Time: noon, Flags: syn, WindowScale: -1}
		dropped += len(o.Observe(&g).Dropped)
	}
	if len(o.streams) != 10 || dropped != 90 || o.Streams() != 100 || len(o.Open()) != 10 {
		t.Errorf("%d kept, %d dropped, %d counted, %d open", len(o.streams), dropped, o.Streams(), len(o.Open()))
	}
}

func TestFinishTellsWhatWasHeld(t *testing.T) {
	o := New(Options{})
	run(t, o, opened(step{from: "ana", flags: psh, seq: 111, ack: 501, data: "late", want: "gap"}))
	if got := reading(o.Finish(o.Open()[0])); got != `C-10 C"late" C. S.` {
		t.Errorf("read %s", got)
	}
	if len(o.Open()) != 0 {
		t.Error("a finished connection is still open")
	}
}

func FuzzObserve(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x12\x01\x00\x00\x00\x00\x18\x00\x01\x05hello"))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := New(Options{Held: 256, Streams: 2})
		var next [3][2]int64
		for i := 0; len(b) >= 6; i++ {
			g := Segment{Source: ana, Destination: mail, Interface: int(b[0] >> 7), Frame: i, Time: noon.Add(time.Duration(i) * time.Millisecond),
				Flags: tcp.Flags(b[0] & 0x3f), Sequence: tcp.Seq(b[1]) - 64, Acknowledgment: tcp.Seq(b[2]) - 64, Window: uint16(b[3]), WindowScale: int8(b[4]%17) - 1}
			if b[4]&0x80 != 0 {
				g.Source, g.Destination = mail, ana
			}
			n := min(int(b[5]), len(b)-6)
			g.Payload, g.Length = b[6:6+n], n+int(b[3]&1)
			b = b[6+n:]
			seen := o.Observe(&g)
			if seen.Opened {
				next[0] = [2]int64{}
			}
			for _, d := range seen.Deliveries {
				if d.Offset != next[0][d.From] {
					t.Fatalf("delivered from %d, want %d", d.Offset, next[0][d.From])
				}
				next[0][d.From] += int64(len(d.Bytes)) + d.Gap
			}
		}
		for _, s := range o.Open() {
			o.Finish(s)
		}
	})
}

// Of bytes that come twice with different contents both versions are told, from the first difference on.
func TestOverlapTellsBothVersions(t *testing.T) {
	o := New(Options{})
	segment := func(at int, data string) *Observation {
		return o.Observe(&Segment{Source: ana, Destination: mail, Time: noon, Flags: psh, Sequence: tcp.Seq(101 + at), WindowScale: -1,
			Payload: []byte(data), Length: len(data)})
	}
	segment(0, "MAIL FROM:<ana@example.org>\r\n")
	seen := segment(0, "MAIL FROM:<eve@example.org>\r\n")
	if got := seen.Overlap; got.Offset != 11 || string(got.First) != "ana@example.org>\r\n" || string(got.Now) != "eve@example.org>\r\n" {
		t.Errorf("delivered before: %d %q %q", got.Offset, got.First, got.Now)
	}
	segment(40, "DATA\r\n")
	seen = segment(38, "\r\nRSET\r\n")
	if got := seen.Overlap; got.Offset != 40 || string(got.First) != "DATA\r\n" || string(got.Now) != "RSET\r\n" {
		t.Errorf("held before: %d %q %q", got.Offset, got.First, got.Now)
	}
}
