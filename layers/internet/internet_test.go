package internet_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
	"mailwire/layers/internet"
	"mailwire/layers/transport/udp"
)

var (
	ana  = net.ParseIP("192.0.2.1").To4()
	mail = net.ParseIP("198.51.100.25").To4()
	ana6 = net.ParseIP("2001:db8::1")
	far6 = net.ParseIP("2001:db8:1::25")
)

// build puts layers into one another, with true lengths and checksums.
func build(t testing.TB, envelopes ...gopacket.SerializableLayer) []byte {
	t.Helper()
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, envelopes...); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b.Bytes())
}

func ip4(protocol gopackets.IPProtocol) *gopackets.IPv4 {
	return &gopackets.IPv4{Version: 4, TTL: 64, Id: 7, Protocol: protocol, SrcIP: ana, DstIP: mail, Flags: gopackets.IPv4DontFragment}
}

func ip6(next gopackets.IPProtocol) *gopackets.IPv6 {
	return &gopackets.IPv6{Version: 6, HopLimit: 64, NextHeader: next, SrcIP: ana6, DstIP: far6}
}

// query is a UDP datagram.
func query(t testing.TB) []byte {
	n, u := ip4(gopackets.IPProtocolUDP), &gopackets.UDP{SrcPort: 40000, DstPort: 53}
	u.SetNetworkLayerForChecksum(n)
	return build(t, n, u, gopacket.Payload("question"))
}

func query6(t testing.TB) []byte {
	n, u := ip6(gopackets.IPProtocolUDP), &gopackets.UDP{SrcPort: 40000, DstPort: 53}
	u.SetNetworkLayerForChecksum(n)
	return build(t, n, u, gopacket.Payload("question"))
}

func icmp4(t testing.TB, kind, code uint8, body []byte) []byte {
	return build(t, ip4(gopackets.IPProtocolICMPv4), &gopackets.ICMPv4{TypeCode: gopackets.CreateICMPv4TypeCode(kind, code), Id: 1, Seq: 2}, gopacket.Payload(body))
}

func icmp6(t testing.TB, kind, code uint8, body string) []byte {
	n, m := ip6(gopackets.IPProtocolICMPv6), &gopackets.ICMPv6{TypeCode: gopackets.CreateICMPv6TypeCode(kind, code)}
	m.SetNetworkLayerForChecksum(n)
	return build(t, n, m, gopacket.Payload(unhex(body)))
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// with returns b with one byte changed, at at.
func with(b []byte, at int, value byte) []byte {
	b = bytes.Clone(b)
	b[at] = value
	return b
}

// packets are one of each kind, with the story that is told of them.
func packets(t testing.TB) []struct {
	name string
	data []byte
	want string
} {
	return []struct {
		name string
		data []byte
		want string
	}{
		{"UDP over IPv4", query(t), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 UDP ttl 64
udp 20+8: 40000 > 53 len 8`},
		{"UDP over IPv6", query6(t), `
ipv6 0+40: 2001:db8::1 > 2001:db8:1::25 UDP hop-limit 64
udp 40+8: 40000 > 53 len 8`},
		{"padding behind the datagram", append(query(t), 0, 0, 0), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 UDP ttl 64
udp 20+8: 40000 > 53 len 8
ethernet.trailer bytes=3`},
		{"a bit that changed in the IPv4 header", with(query(t), 8, 63), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 UDP ttl 63
udp 20+8: 40000 > 53 len 8
ipv4.checksum-wrong found=0x4e74 right=0x4f74`},
		{"a bit that changed in the data", with(query(t), 28, 'Q'), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 UDP ttl 64
udp 20+8: 40000 > 53 len 8
udp.checksum-wrong found=0xbc49 right=0xdc49`},
		{"a total length beyond the frame", with(query(t), 2, 4), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 UDP ttl 64
udp 20+8: 40000 > 53 len 8
ipv4.total-length-beyond-frame length=1060 have=36
ipv4.checksum-wrong found=0x4e74 right=0x4a74`},
		{"a header length of less than a header", with(query(t), 0, 0x42), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 UDP ttl 64
ipv4.header-too-short length=8`},
		{"a UDP length that lies", with(query(t), 24, 9), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 UDP ttl 64
udp 20+8: 40000 > 53 len 2312
udp.length-wrong length=2320 have=16`},
		{"IPv4 options", build(t, &gopackets.IPv4{Version: 4, TTL: 1, Protocol: 2, SrcIP: ana, DstIP: net.ParseIP("224.0.0.22").To4(), Options: []gopackets.IPv4Option{{OptionType: 148, OptionLength: 4, OptionData: []byte{0, 0}}}}), `
ipv4 0+24: 192.0.2.1 > 224.0.0.22 IGMP ttl 1
ipv4.options bytes=4
ipv4.router-alert
ipv4.protocol-not-explained protocol=2`},
		{"ping", icmp4(t, 8, 0, []byte("data")), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 ICMP ttl 64
icmp 20+8: echo request id 1 seq 2
icmp.echo-request sequence=2`},
		{"a closed port", icmp4(t, 3, 3, query(t)), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 ICMP ttl 64
icmp 20+44: destination unreachable: port (192.0.2.1 > 198.51.100.25 UDP 40000 > 53)
icmp.unreachable.port destination=198.51.100.25 port=53`},
		{"a packet that is too large", icmp4(t, 3, 4, query(t)), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 ICMP ttl 64
icmp 20+44: destination unreachable: fragmentation needed mtu 2 (192.0.2.1 > 198.51.100.25 UDP 40000 > 53)
icmp.unreachable.fragmentation-needed destination=198.51.100.25 mtu=2`},
		{"a TTL that reached zero", icmp4(t, 11, 0, query(t)), `
ipv4 0+20: 192.0.2.1 > 198.51.100.25 ICMP ttl 64
icmp 20+44: time exceeded: in transit (192.0.2.1 > 198.51.100.25 UDP 40000 > 53)
icmp.time-exceeded.transit destination=198.51.100.25`},
		{"a neighbour is asked for", icmp6(t, 135, 0, "00000000 20010db8000000000000000000000025 0101020000000001"), `
ipv6 0+40: 2001:db8::1 > 2001:db8:1::25 ICMPv6 hop-limit 64
icmpv6 40+32: neighbor solicitation 2001:db8::25
icmpv6.neighbor-solicitation target=2001:db8::25`},
		{"and answers", icmp6(t, 136, 0, "60000000 20010db8000000000000000000000025 0201020000000025"), `
ipv6 0+40: 2001:db8::1 > 2001:db8:1::25 ICMPv6 hop-limit 64
icmpv6 40+32: neighbor advertisement 2001:db8::25 = 02:00:00:00:00:25
icmpv6.neighbor-advertisement target=2001:db8::25`},
		{"a router announces itself", icmp6(t, 134, 0, "40c00708 00000000 00000000 030440c0 00000e10 00000e10 00000000 20010db8000000000000000000000000"), `
ipv6 0+40: 2001:db8::1 > 2001:db8:1::25 ICMPv6 hop-limit 64
icmpv6 40+48: router advertisement
icmpv6.router-advertisement lifetime=1800`},
		{"a packet too big", icmp6(t, 2, 0, "00000500"+hex.EncodeToString(query6(t))), `
ipv6 0+40: 2001:db8::1 > 2001:db8:1::25 ICMPv6 hop-limit 64
icmpv6 40+64: packet too big mtu 1280 (2001:db8::1 > 2001:db8:1::25 UDP 40000 > 53)
icmpv6.packet-too-big destination=2001:db8:1::25 mtu=1280`},
		{"hop-by-hop options before ICMPv6", with6(icmp6(t, 128, 0, "00010002"), 0, "3a00050200000100"), `
ipv6 0+40: 2001:db8::1 > 2001:db8:1::25 hop-by-hop options hop-limit 64
ipv6-extension 40+8: hop-by-hop options, then ICMPv6
icmpv6 48+8: echo request id 1 seq 2
ipv6-extension.router-alert protocol=0
icmpv6.echo-request sequence=2`},
	}
}

// with6 puts an extension header behind the IPv6 header.
func with6(packet []byte, kind byte, extension string) []byte {
	e := unhex(extension)
	b := append(bytes.Clone(packet[:40]), e...)
	b[5] += byte(len(e))
	b[6] = kind
	return append(b, packet[40:]...)
}

func raw(data []byte) *layers.Frame {
	return &layers.Frame{Number: 1, Interface: &layers.Interface{LinkType: layers.LinkTypeRaw}, Data: data, Length: len(data)}
}

// tell decodes a frame and tells its story, without the envelope of the link.
func tell(d *internet.Decoder, f *layers.Frame) string {
	p := d.Decode(f)
	var h udp.Header
	if p.Whole != nil && p.Whole.Protocol == internet.UDP {
		p.PDUs, p.Notes, _ = h.Decode(p.Whole, p.PDUs, p.Notes)
	}
	var b strings.Builder
	for _, u := range p.PDUs[1:] {
		fmt.Fprintf(&b, "\n%s %d+%d: %s", u.Protocol, u.Offset, u.Length, u.Header.AppendSummary(nil))
	}
	for _, n := range p.Notes {
		b.WriteString("\n" + n.ID)
		for _, a := range n.Args {
			b.WriteString(" " + a.Name + "=" + a.Value.String())
		}
	}
	return b.String()
}

func TestPackets(t *testing.T) {
	d := internet.NewDecoder()
	for _, test := range packets(t) {
		if got := tell(d, raw(test.data)); got != test.want {
			t.Errorf("%s:%s\nwant%s", test.name, got, test.want)
		}
	}
}

// TestCutPackets cuts every packet at every length: nothing that is told lies beyond what is there, and no checksum is
// judged over bytes that are missing.
func TestCutPackets(t *testing.T) {
	d := internet.NewDecoder()
	for _, test := range packets(t) {
		if strings.Contains(test.want, "wrong") {
			continue
		}
		for n := range test.data {
			f := raw(test.data)
			f.Data = f.Data[:n]
			if got := tell(d, f); strings.Contains(got, "checksum-wrong") {
				t.Errorf("%s cut at %d:%s", test.name, n, got)
			}
			within(t, d, f)
		}
	}
}

// within looks whether everything that a decoder says lies within the frame, or the datagram that it completed.
func within(t testing.TB, d *internet.Decoder, f *layers.Frame) {
	p := d.Decode(f)
	size := len(f.Data)
	if p.Whole != nil && p.Whole.Frames != nil {
		size = max(size, len(p.Whole.Data))
	}
	var h udp.Header
	if p.Whole != nil {
		if r := p.Whole.Payload; r.Offset < 0 || r.Length < 0 || r.End() > len(p.Whole.Data) {
			t.Fatalf("the payload lies at %+v of %d", r, len(p.Whole.Data))
		}
		p.PDUs, p.Notes, _ = h.Decode(p.Whole, p.PDUs, p.Notes)
	}
	for _, r := range []layers.Range{p.Rest, p.Trailer} {
		if r.Offset < 0 || r.Length < 0 || r.End() > len(f.Data) {
			t.Fatalf("rest %+v, trailer %+v of %d", p.Rest, p.Trailer, len(f.Data))
		}
	}
	for _, u := range p.PDUs {
		u.Header.AppendSummary(nil)
		if u.Offset < 0 || u.Length < 0 || u.Offset+u.Length > size {
			t.Fatalf("%s lies at %d+%d of %d", u.Protocol, u.Offset, u.Length, size)
		}
		for _, field := range u.Header.AppendFields(nil) {
			if field.Range.Offset < u.Offset && field.Range.Length > 0 || field.Range.End() > u.Offset+u.Length {
				t.Fatalf("%s %s lies at %+v, beyond its envelope %d+%d", u.Protocol, field.Name, field.Range, u.Offset, u.Length)
			}
			field.Value.Append(nil)
		}
	}
}

func TestIPv4Fields(t *testing.T) {
	d := internet.NewDecoder()
	var got strings.Builder
	for _, f := range d.Decode(raw(query(t))).PDUs[1].Header.AppendFields(nil) {
		fmt.Fprintf(&got, "%d+%d %d:%d %s %s %s\n", f.Range.Offset, f.Range.Length, f.Bits.First, f.Bits.Count, f.Name, f.Value, f.Value.Name())
	}
	if want := `0+1 0:4 version 4 
0+1 4:4 header-length 20 
1+1 0:6 dscp 0 CS0
1+1 6:2 ecn 0 Not-ECT
2+2 0:0 total-length 36 
4+2 0:0 identification 0x0007 
6+2 0:3 flags DF 
6+2 3:13 fragment-offset 0 
8+1 0:0 ttl 64 
9+1 0:0 protocol 17 UDP
10+2 0:0 checksum 0x4e74 
12+4 0:0 source 192.0.2.1 
16+4 0:0 destination 198.51.100.25 
`; got.String() != want {
		t.Errorf("%s\nwant\n%s", got.String(), want)
	}
}

// fragment cuts bytes from up to to out of the payload of an IPv4 packet.
func fragment(t testing.TB, packet []byte, from, to int) []byte {
	h := ip4(gopackets.IPProtocol(packet[9]))
	h.Flags, h.FragOffset = 0, uint16(from/8)
	if to < len(packet)-20 {
		h.Flags = gopackets.IPv4MoreFragments
	}
	return build(t, h, gopacket.Payload(packet[20+from:20+to]))
}

// TestReassembly sends the fragments of one datagram in every order, and then with what goes wrong.
func TestReassembly(t *testing.T) {
	n, u := ip4(gopackets.IPProtocolUDP), &gopackets.UDP{SrcPort: 40000, DstPort: 53}
	u.SetNetworkLayerForChecksum(n)
	whole := build(t, n, u, gopacket.Payload(strings.Repeat("abcdefgh", 10)))
	last := len(whole) - 20
	a, b, c := fragment(t, whole, 0, 24), fragment(t, whole, 24, 48), fragment(t, whole, 48, last)
	other := with(b, 30, 'X')
	for _, test := range []struct {
		name   string
		pieces [][]byte
		want   string // the notes, without those of the header checksum
	}{
		{"in order", [][]byte{a, b, c}, "first later later reassembled"},
		{"last first", [][]byte{c, b, a}, "later waiting later first reassembled"},
		{"middle last", [][]byte{a, c, b}, "first later waiting later reassembled"},
		{"one twice", [][]byte{a, b, b, c}, "first later later repeated later reassembled"},
		{"one is lost", [][]byte{a, c}, "first later waiting"},
		{"bytes behind the end", [][]byte{a, fragment(t, whole[:len(whole)-16], 48, last-16), fragment(t, whole, 72, 80)}, "first later waiting later conflict"},
		{"the end before bytes that are there", [][]byte{a, fragment(t, whole, 48, 48), fragment(t, whole, 48, 72), fragment(t, whole[:len(whole)-32], 24, last-32)}, "first later empty later later conflict"},
		{"a first one without the ports", [][]byte{fragment(t, whole, 8, 24), with(fragment(t, with(whole, 9, 6), 0, 8), 9, 6)}, "later first tiny"},
		{"two versions", [][]byte{a, b, other, c}, "first later later overlap-differs later reassembled"},
		{"overlapping", [][]byte{a, fragment(t, whole, 16, 48), c}, "first later overlap later reassembled"},
		{"two ends", [][]byte{a, c, fragment(t, whole[:len(whole)-8], 24, last-8)}, "first later waiting later conflict"},
	} {
		d := internet.NewDecoder()
		at := &layers.Interface{LinkType: layers.LinkTypeRaw}
		var told []string
		for i, piece := range test.pieces {
			p := d.Decode(&layers.Frame{Number: i + 1, Interface: at, Data: piece, Length: len(piece)})
			for _, n := range p.Notes {
				if id, ok := strings.CutPrefix(n.ID, "fragment."); ok {
					told = append(told, id)
				}
			}
			if p.Whole != nil {
				if !bytes.Equal(p.Whole.Bytes(), whole[20:]) || p.Whole.Source != p.Datagram.Source || p.Whole.Protocol != internet.UDP {
					t.Errorf("%s: %+v", test.name, p.Whole)
				}
				var h udp.Header
				if _, notes, ok := h.Decode(p.Whole, nil, nil); !ok || len(notes) > 0 || h.DestinationPort != 53 {
					t.Errorf("%s: UDP: %v %+v", test.name, notes, h)
				}
			}
		}
		if got := strings.Join(told, " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// fragment6 is a fragment of an IPv6 packet with the bytes b from an offset on.
func fragment6(offset int, more bool, b string) []byte {
	h := make([]byte, 48)
	h[0], h[5], h[6], h[7] = 0x60, byte(8+len(b)), 44, 64
	h[8], h[24], h[40], h[43] = 0x20, 0x20, 17, byte(offset)
	if h[42] = byte(offset >> 8); more {
		h[43] |= 1
	}
	return append(h, b...)
}

// TestOverlapInIPv6 drops the whole, and what comes of it later, but not for an exact copy (RFC 5722, RFC 8200 §4.5).
func TestOverlapInIPv6(t *testing.T) {
	a, b, c := fragment6(0, true, "abcdefgh"), fragment6(8, true, "ijklmnop"), fragment6(16, false, "q")
	for _, test := range []struct {
		name   string
		pieces [][]byte
		want   string
		whole  bool
	}{
		{"a copy", [][]byte{a, b, b, c}, "first later later repeated later reassembled", true},
		{"the same bytes otherwise cut", [][]byte{a, fragment6(0, true, "abcdefghijklmnop"), c}, "first first overlap-drops later of-dropped", false},
		{"known bytes in one piece", [][]byte{a, b, fragment6(0, true, "abcdefghijklmnop"), c}, "first later first repeated later reassembled", true},
		{"other bytes", [][]byte{a, b, fragment6(8, true, "IJKLMNOP"), c, a}, "first later later overlap-drops later of-dropped first of-dropped", false},
		{"one that is the whole", [][]byte{fragment6(0, false, "abcdefgh")}, "atomic", true},
	} {
		d := internet.NewDecoder()
		at := &layers.Interface{LinkType: layers.LinkTypeRaw}
		var told []string
		whole := false
		for i, piece := range test.pieces {
			p := d.Decode(&layers.Frame{Number: i + 1, Interface: at, Data: piece, Length: len(piece)})
			whole = whole || p.Whole != nil
			for _, n := range p.Notes {
				if id, ok := strings.CutPrefix(n.ID, "fragment."); ok {
					told = append(told, id)
				}
			}
		}
		if got := strings.Join(told, " "); got != test.want || whole != test.whole {
			t.Errorf("%s: %s, want %s; joined %t", test.name, got, test.want, whole)
		}
	}
}

// TestReassemblyGivesUp lets time pass.
func TestReassemblyGivesUp(t *testing.T) {
	d := internet.NewDecoder()
	at := &layers.Interface{LinkType: layers.LinkTypeRaw}
	packet := build(t, ip4(gopackets.IPProtocolUDP), gopacket.Payload(strings.Repeat("x", 64)))
	first, rest := fragment(t, packet, 0, 32), fragment(t, packet, 32, 64)
	d.Decode(&layers.Frame{Number: 1, Interface: at, Data: first, Length: len(first), Time: time.Unix(0, 0)})
	p := d.Decode(&layers.Frame{Number: 2, Interface: at, Data: rest, Length: len(rest), Time: time.Unix(61, 0)})
	if p.Whole != nil || p.Notes[0].ID != "fragment.timeout" || fmt.Sprint(p.Notes[0].Args[3].Value) != "32-" {
		t.Errorf("%v", p.Notes)
	}
}

// TestReassemblyIsBounded sends first fragments that nobody ever completes.
func TestReassemblyIsBounded(t *testing.T) {
	d := internet.NewDecoder()
	at := &layers.Interface{LinkType: layers.LinkTypeRaw}
	far := fragment(t, build(t, ip4(gopackets.IPProtocolUDP), gopacket.Payload(make([]byte, 64000))), 63000, 63992)
	dropped := false
	for i := range 1000 {
		far[4], far[5] = byte(i>>8), byte(i)
		for _, n := range d.Decode(&layers.Frame{Number: i, Interface: at, Data: far, Length: len(far)}).Notes {
			dropped = dropped || n.ID == "fragment.dropped"
		}
	}
	if !dropped {
		t.Error("a thousand unfinished datagrams of 64 kB, and none was dropped")
	}
}

// TestNoAllocation keeps replay quick.
func TestNoAllocation(t *testing.T) {
	d := internet.NewDecoder()
	for _, f := range []*layers.Frame{raw(query(t)), raw(query6(t)), raw(icmp4(t, 8, 0, nil))} {
		var h udp.Header
		read := func() {
			p := d.Decode(f)
			if p.Whole.Protocol == internet.UDP {
				p.PDUs, p.Notes, _ = h.Decode(p.Whole, p.PDUs, p.Notes)
			}
		}
		read()
		if n := testing.AllocsPerRun(100, read); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	tcp := build(b, &gopackets.Ethernet{SrcMAC: make(net.HardwareAddr, 6), DstMAC: make(net.HardwareAddr, 6), EthernetType: gopackets.EthernetTypeIPv4},
		ip4(gopackets.IPProtocolTCP), gopacket.Payload(make([]byte, 600)))
	f := &layers.Frame{Number: 1, Interface: &layers.Interface{LinkType: layers.LinkTypeEthernet}, Data: tcp, Length: len(tcp)}
	d := internet.NewDecoder()
	b.ReportAllocs()
	for b.Loop() {
		d.Decode(f)
	}
}

// FuzzDecode reads two frames of any bytes with one decoder, as an Ethernet frame or as an IP packet.
func FuzzDecode(f *testing.F) {
	for _, test := range packets(f) {
		f.Add(test.data, test.data, uint16(0), true)
	}
	for _, test := range tunnels {
		data, _ := hex.DecodeString(test.packet)
		f.Add(data, data, uint16(0), true)
	}
	packet := query(f)
	f.Add(fragment(f, packet, 0, 8), fragment(f, packet, 8, 16), uint16(0), true)
	f.Add(append(make([]byte, 12), append([]byte{8, 0}, packet...)...), packet, uint16(3), false)
	f.Fuzz(func(t *testing.T, one, two []byte, cut uint16, isRaw bool) {
		at := &layers.Interface{LinkType: layers.LinkTypeEthernet}
		if isRaw {
			at.LinkType = layers.LinkTypeRaw
		}
		d := internet.NewDecoder()
		for i, data := range [][]byte{one, two} {
			within(t, d, &layers.Frame{Number: i + 1, Interface: at, Data: data, Length: len(data) + int(cut)})
		}
	})
}
