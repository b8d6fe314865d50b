package tcp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/google/gopacket"
	glayers "github.com/google/gopacket/layers"

	"mailwire/layers"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// One row is bytes, value and summary; it is read, written, and cut at every length.
var wire = []struct {
	name    string
	bytes   string
	segment Segment
	summary string
}{
	{
		name:  "a SYN as Linux sends it",
		bytes: "c001 0019 00000064 00000000 a002 faf0 0000 0000  0204 05b4 0402 080a 00000001 00000000 01 030307",
		segment: Segment{SourcePort: 49153, DestinationPort: 25, Seq: 100, Flags: SYN, Window: 64240, Options: Options{
			HasMSS: true, MSS: 1460, SACKPermitted: true, HasTimestamps: true, TSValue: 1, HasWindowScale: true, WindowShift: 7}},
		summary: "SYN seq 100 win 64240 mss 1460 sack-permitted ts 1 ecr 0 wscale 7",
	}, {
		name:  "its answer without timestamps",
		bytes: "0019 c001 00000007 00000065 8012 faf0 0000 0000  0204 05b4 0101 0402 01 030300",
		segment: Segment{SourcePort: 25, DestinationPort: 49153, Seq: 7, Ack: 101, Flags: SYN | ACK, Window: 64240, Options: Options{
			HasMSS: true, MSS: 1460, SACKPermitted: true, HasWindowScale: true}},
		summary: "SYN ACK seq 7 ack 101 win 64240 mss 1460 sack-permitted wscale 0",
	}, {
		name:    "a line of SMTP",
		bytes:   "c001 0019 00000065 00000008 5018 01f6 0000 0000  51554954 0d0a",
		segment: Segment{SourcePort: 49153, DestinationPort: 25, Seq: 101, Ack: 8, Flags: PSH | ACK, Window: 502, Payload: []byte("QUIT\r\n")},
		summary: "PSH ACK seq 101 ack 8 win 502 len 6",
	}, {
		name:  "a selective acknowledgement beside a timestamp",
		bytes: "0019 c001 00000008 00000065 b010 01f6 0000 0000  0101 080a 00000009 00000008 0101 050a 000000c9 0000012d",
		segment: Segment{SourcePort: 25, DestinationPort: 49153, Seq: 8, Ack: 101, Flags: ACK, Window: 502, Options: Options{
			HasTimestamps: true, TSValue: 9, TSReply: 8, Blocks: 1, SACK: [4]Block{{201, 301}}}},
		summary: "ACK seq 8 ack 101 win 502 ts 9 ecr 8 sack 201-301",
	}, {
		name:    "all flags",
		bytes:   "0001 0002 00000003 00000004 51ff 0005 0000 0006",
		segment: Segment{SourcePort: 1, DestinationPort: 2, Seq: 3, Ack: 4, Flags: 0x1ff, Window: 5, Urgent: 6},
		summary: "FIN SYN RST PSH ACK URG ECE CWR AE seq 3 ack 4 win 5 urg 6",
	},
}

var addresses = [][2]netip.Addr{
	{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.7")},
	{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::ffff:7")},
}

func TestWire(t *testing.T) {
	for _, row := range wire {
		b := unhex(row.bytes)
		var s Segment
		if err := s.Decode(b); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		if len(s.Payload) == 0 {
			s.Payload = nil
		}
		if !reflect.DeepEqual(s, row.segment) {
			t.Errorf("%s: read\n%+v, want\n%+v", row.name, s, row.segment)
		}
		for _, a := range addresses {
			out := s.Append(nil, a[0], a[1])
			if !Verify(a[0], a[1], out) {
				t.Errorf("%s: wrong checksum", row.name)
			}
			out[16], out[17] = 0, 0
			if !bytes.Equal(out, b) {
				t.Errorf("%s: wrote\n%x, want\n%x", row.name, out, b)
			}
		}
		h, err := NewHeader(b, 34, len(b))
		if got := string(h.AppendSummary(nil)); err != nil || got != row.summary {
			t.Errorf("%s: summary %q, %v, want %q", row.name, got, err, row.summary)
		}
		for n := range b {
			h, err := NewHeader(b[:n], 34, len(b))
			if n < MinHeader && err == nil {
				t.Errorf("%s: no error at %d bytes", row.name, n)
			}
			h.AppendSummary(nil)
			for _, f := range h.AppendFields(nil) {
				if f.Range.Length > 0 && (f.Range.Offset < 34 || f.Range.End() > 34+n) {
					t.Errorf("%s: cut at %d: %s lies at %v", row.name, n, f.Name, f.Range)
				}
			}
			var cut Segment
			header := View(b).HeaderLen()
			if err := cut.Decode(b[:n]); (err == nil) != (n >= header) {
				t.Errorf("%s: cut at %d: %v", row.name, n, err)
			}
		}
	}
}

// gopacket, which others have tested, writes the same checksums over every length.
func TestChecksumAsGopacket(t *testing.T) {
	for n := range 80 {
		for i, a := range addresses {
			s := Segment{SourcePort: 25, DestinationPort: 40000, Seq: 1 << 31, Ack: 77, Flags: ACK, Window: 1000, Payload: pattern(n)}
			ours := s.Append(nil, a[0], a[1])
			g := &glayers.TCP{SrcPort: 25, DstPort: 40000, Seq: 1 << 31, Ack: 77, ACK: true, Window: 1000}
			if i == 0 {
				g.SetNetworkLayerForChecksum(&glayers.IPv4{SrcIP: a[0].AsSlice(), DstIP: a[1].AsSlice(), Protocol: 6})
			} else {
				g.SetNetworkLayerForChecksum(&glayers.IPv6{SrcIP: a[0].AsSlice(), DstIP: a[1].AsSlice(), NextHeader: 6})
			}
			buf := gopacket.NewSerializeBuffer()
			err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, g, gopacket.Payload(s.Payload))
			if err != nil || !bytes.Equal(buf.Bytes(), ours) {
				t.Fatalf("%d bytes: ours %x, gopacket's %x, %v", n, ours, buf.Bytes(), err)
			}
			if n > 0 {
				ours[len(ours)-1] ^= 4
				if Verify(a[0], a[1], ours) {
					t.Errorf("%d bytes: a flipped bit is not noticed", n)
				}
			}
		}
	}
}

// RFC 9293 §3.2 (MUST-7): an impossible length of an option makes nothing worse than the option unreadable.
func TestBadOptions(t *testing.T) {
	for _, row := range []struct{ options, summary string }{
		{"0204 05b4 0200 0000", "mss 1460 mss malformed"},
		{"0201 05b4", "mss malformed"},
		{"0203 ff 01", "mss malformed"},
		{"05 0c 00000001 00000002 0000", "sack malformed"},
		{"01 01 01 08", "timestamps malformed"},
		{"00 02 04 05", ""},
		{"fd 04 abcd", "unknown-option"},
		{"1e 02 1e 02", "multipath multipath"},
	} {
		o := unhex(row.options)
		b := append(unhex("0001 0002 00000003 00000004 0010 0005 0000 0000"), o...)
		b[12] = byte(len(b)/4) << 4
		var s Segment
		if err := s.Decode(b); err != nil {
			t.Errorf("%s: %v", row.options, err)
		}
		if s.Options.Malformed != strings.Contains(row.summary, "malformed") {
			t.Errorf("%s: malformed %v", row.options, s.Options.Malformed)
		}
		h, _ := NewHeader(b, 0, len(b))
		if got := strings.TrimSpace(strings.TrimPrefix(string(h.AppendSummary(nil)), "ACK seq 3 ack 4 win 5")); got != row.summary {
			t.Errorf("%s: %q, want %q", row.options, got, row.summary)
		}
		names := map[string]bool{}
		for _, f := range h.AppendFields(nil) {
			if names[f.Name] {
				t.Errorf("%s: two fields %s", row.options, f.Name)
			}
			names[f.Name] = true
		}
	}
}

// What the follower of the stream fills in is shown instead of the raw numbers, and beside them in the fields.
func TestHeaderOfFollowedStream(t *testing.T) {
	b := unhex("0019 c001 00000008 00000065 8010 01f6 0000 0000 0101 050a 000000c9 0000012d")
	h, err := NewHeader(b, 34, len(b)+3)
	if err != nil {
		t.Fatal(err)
	}
	h.Relative, h.RelativeSeq, h.RelativeAck = true, 1, 1
	h.Scaled, h.ScaledWindow = true, 64256
	h.Analysis = []string{"duplicate-ack"}
	if got, want := string(h.AppendSummary(nil)), "ACK seq 1 ack 1 win 64256 sack 101-201 len 3"; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	var got []string
	for _, f := range h.AppendFields(nil) {
		got = append(got, fmt.Sprintf("%s=%v@%d+%d", f.Name, f.Value, f.Range.Offset, f.Range.Length))
	}
	want := []string{"source-port=25@34+2", "destination-port=49153@36+2", "raw-seq=8@38+4", "raw-ack=101@42+4",
		"header-length=32@46+1", "reserved=0@46+1", "flags=ACK@46+2", "raw-window=502@48+2", "checksum=0x0000@50+2", "urgent=0@52+2",
		"options=nop nop sack@54+12", "sack=101-201@56+10",
		"seq=1@0+0", "ack=1@0+0", "window=64256@0+0", "data-length=3@0+0", "analysis=duplicate-ack@0+0"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("fields\n%v, want\n%v", got, want)
	}
}

func TestBrokenHeader(t *testing.T) {
	b := unhex("0019 c001 00000008 00000065 1010 01f6 0000 0000")
	h, err := NewHeader(b, 0, len(b))
	var p *ParseError
	if !errors.As(err, &p) || p.Field != "header-length" {
		t.Errorf("%v", err)
	}
	if got := string(h.AppendSummary(nil)); got != "ACK seq 8 ack 101 win 502" {
		t.Errorf("%q", got)
	}
	var _ layers.Header = &h
}

func FuzzDecode(f *testing.F) {
	for _, row := range wire {
		f.Add(unhex(row.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, _ := NewHeader(b, 0, len(b))
		h.AppendSummary(nil)
		h.AppendFields(nil)
		var s, again Segment
		if s.Decode(b) != nil {
			return
		}
		out := s.Append(nil, addresses[0][0], addresses[0][1])
		if err := again.Decode(out); err != nil {
			t.Fatal(err)
		}
		s.Options.Malformed = false
		if o := s.Options; o.HasTimestamps && o.Blocks > 3 || o.size() > MaxOptions || o.Blocks > again.Options.Blocks {
			return // more blocks than fit once the options are padded
		}
		for i := s.Options.Blocks; i < MaxSACKBlocks; i++ {
			s.Options.SACK[i] = Block{}
		}
		if !reflect.DeepEqual(s, again) && (len(s.Payload) > 0 || len(again.Payload) > 0 || s.Options != again.Options) {
			t.Fatalf("read %+v\nthen %+v", s, again)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for i, name := range []string{"SYN", "", "data", "SACK"} {
		if name == "" {
			continue
		}
		bytes := unhex(wire[i].bytes)
		b.Run(name+"/ours", func(b *testing.B) {
			b.ReportAllocs()
			var s Segment
			for b.Loop() {
				_ = s.Decode(bytes)
			}
		})
		b.Run(name+"/gopacket", func(b *testing.B) {
			b.ReportAllocs()
			var g glayers.TCP
			for b.Loop() {
				_ = g.DecodeFromBytes(bytes, gopacket.NilDecodeFeedback)
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	b.ReportAllocs()
	s := Segment{Flags: ACK, Payload: pattern(1460)}
	var out []byte
	for b.Loop() {
		out = s.Append(out[:0], addresses[0][0], addresses[0][1])
	}
}
