package host

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"mailwire/layers/application/dns"
	"mailwire/layers/transport/tcp"
	"mailwire/sim"
	"mailwire/sim/network"
)

// Before the first packet each device asks who has the next address. The second packet needs no question, and the TTL
// falls by one at each router.
func TestARPBeforeTheFirstPacket(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	var pongs []Pong
	ping := func() {
		if err := l.ana.Ping(mailAddress, PingConfig{}, func(p Pong) { pongs = append(pongs, p) }); err != nil {
			t.Fatal(err)
		}
		l.run()
	}
	ping()
	expect(t, "first ping", l.seen,
		"ana-r1: ARP 192.0.2.10 who has 192.0.2.1",
		"ana-r1: ARP 192.0.2.1 is at 192.0.2.10",
		"ana-r1: 192.0.2.10>198.51.100.25 ttl 64 EchoRequest",
		"r1-r2: ARP 10.0.0.1 who has 10.0.0.2",
		"r1-r2: ARP 10.0.0.2 is at 10.0.0.1",
		"r1-r2: 192.0.2.10>198.51.100.25 ttl 63 EchoRequest",
		"r2-mail: ARP 198.51.100.1 who has 198.51.100.25",
		"r2-mail: ARP 198.51.100.25 is at 198.51.100.1",
		"r2-mail: 192.0.2.10>198.51.100.25 ttl 62 EchoRequest",
		"r2-mail: 198.51.100.25>192.0.2.10 ttl 64 EchoReply",
		"r1-r2: 198.51.100.25>192.0.2.10 ttl 63 EchoReply",
		"ana-r1: 198.51.100.25>192.0.2.10 ttl 62 EchoReply")
	l.seen = nil
	ping()
	if len(l.seen) != 6 || strings.Contains(strings.Join(l.seen, ""), "ARP") {
		t.Errorf("second ping: %v, want six frames and no ARP", l.seen)
	}
	if len(pongs) != 2 || pongs[0].From != mailAddress || pongs[0].TTL != 62 || pongs[1].Time >= pongs[0].Time {
		t.Errorf("pongs %+v", pongs)
	}
	if n := l.ana.Interfaces()[0].Neighbours(); len(n) != 1 || n[0].Address != addr("192.0.2.1") || n[0].MAC != l.r1.Interfaces()[0].MAC {
		t.Errorf("ana's ARP cache: %v", n)
	}
	if err := l.world.RunFor(6 * time.Minute); err != nil {
		t.Fatal(err)
	}
	l.seen = nil
	ping()
	if l.seen[0] != "ana-r1: ARP 192.0.2.10 who has 192.0.2.1" {
		t.Errorf("after six silent minutes the cache is old: %s", l.seen[0])
	}
	if !slices.Contains(l.states, "ana host.arp.expired") {
		t.Errorf("nobody told that the entry expired: %v", l.states)
	}
}

func TestNobodyAnswersARP(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	var got error
	for range ARPQueue + 1 {
		err := l.ana.Ping(addr("192.0.2.99"), PingConfig{Wait: time.Minute}, func(p Pong) { got = cmp.Or(got, p.Err) })
		if err != nil {
			t.Fatal(err)
		}
	}
	l.run()
	expect(t, "frames", l.seen, slices.Repeat([]string{"ana-r1: ARP 192.0.2.10 who has 192.0.2.99"}, ARPTries)...)
	expect(t, "drops", l.drops, append([]string{"ana host.arp.queue-full"}, slices.Repeat([]string{"ana host.arp.unresolved"}, ARPQueue)...)...)
	var unreachable *ICMPError
	if !errors.As(got, &unreachable) || unreachable.Code != codeHost {
		t.Errorf("the program was told %v, want host unreachable", got)
	}
}

// Traceroute: a packet that may make n hops is answered by the router behind them.
func TestTimeExceededComesBack(t *testing.T) {
	for ttl, want := range map[uint8]string{1: "192.0.2.1", 2: "10.0.0.2", 3: "198.51.100.25"} {
		l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
		var got Pong
		if err := l.ana.Ping(mailAddress, PingConfig{TTL: ttl, Wait: time.Minute}, func(p Pong) { got = p }); err != nil {
			t.Fatal(err)
		}
		l.run()
		var exceeded *ICMPError
		if got.From.String() != want || errors.As(got.Err, &exceeded) != (ttl < 3) {
			t.Errorf("ttl %d: %+v, want an answer from %s", ttl, got, want)
		}
	}
}

func TestUnreachable(t *testing.T) {
	for _, lesson := range []struct {
		name string
		to   string
		code uint8
		mtu  int
		do   func(l *lesson)
	}{
		{"nobody has the address", "198.51.100.99:53", codeHost, 0, nil},
		{"nobody listens on the port", "198.51.100.25:53", codePort, 0, nil},
		{"no router knows the network", "203.0.113.1:53", codeNet, 0, func(l *lesson) {
			// r2 has no default route.
		}},
		{"too big for the link behind the router", "198.51.100.25:53", codeFragment, 576, func(l *lesson) {
			l.r1.Interfaces()[1].MTU = 576
		}},
	} {
		l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
		if lesson.do != nil {
			lesson.do(l)
		}
		s, err := l.ana.OpenUDP(0)
		if err != nil {
			t.Fatal(err)
		}
		var got error
		s.Failed = func(to netip.AddrPort, err error) {
			if to.String() == lesson.to {
				got = err
			}
		}
		if err := s.Send(netip.MustParseAddrPort(lesson.to), make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		l.run()
		var e *ICMPError
		if !errors.As(got, &e) || e.Type != icmpUnreachable || e.Code != lesson.code || e.MTU != lesson.mtu {
			t.Errorf("%s: told %v (%+v)", lesson.name, got, e)
		}
	}
}

func TestNoRoute(t *testing.T) {
	h := New(network.New(sim.New(epoch, 1)), Config{Name: "lonely"})
	s, err := h.OpenUDP(0)
	if err != nil {
		t.Fatal(err)
	}
	var e *NoRouteError
	if err := s.Send(netip.MustParseAddrPort("192.0.2.1:53"), nil); !errors.As(err, &e) {
		t.Errorf("Send without any route: %v", err)
	}
	if err := h.SetGateway(addr("192.0.2.1")); err == nil {
		t.Error("a gateway that is on no network of the host was taken")
	}
}

// A packet in a frame that was sent to everyone is not passed on, or each router on the link would send a copy.
func TestRoutersDoNotForwardWhatCameToEveryone(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	// The group bit is the last one of the destination's first byte.
	l.cables[0].AddFault(network.Nth(network.UDP, []int{1}, func(*network.Crossing, int) network.Verdict {
		return network.Verdict{Corrupt: []int{7}, Inside: true}
	}))
	s, err := l.ana.OpenUDP(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(netip.AddrPortFrom(mailAddress, 53), nil); err != nil {
		t.Fatal(err)
	}
	l.run()
	expect(t, "drops", l.drops, "r1 host.drop.not-mine")
}

func TestTheLongestPrefixWins(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	one, two := addr("10.0.0.2"), addr("192.0.2.7")
	for _, r := range []struct{ prefix, via string }{{"203.0.113.0/24", "10.0.0.2"}, {"203.0.113.64/26", "192.0.2.7"}} {
		if err := l.r1.RouteVia(prefix(r.prefix), addr(r.via)); err != nil {
			t.Fatal(err)
		}
	}
	for to, want := range map[string]netip.Addr{"203.0.113.1": one, "203.0.113.70": two, "8.8.8.8": one, "192.0.2.20": {}} {
		if r, ok := l.r1.Route(addr(to)); !ok || r.Via != want {
			t.Errorf("r1 sends %s via %v, want %v", to, r.Via, want)
		}
	}
}

func TestDatagrams(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	server, err := l.mail.OpenUDP(7)
	if err != nil {
		t.Fatal(err)
	}
	server.Received = func(from netip.AddrPort, to netip.Addr, b []byte) {
		if err := server.SendFrom(to, from, bytes.ToUpper(b)); err != nil {
			t.Error(err)
		}
	}
	if _, err := l.mail.OpenUDP(7); err == nil {
		t.Error("a port was opened twice")
	}
	client, err := l.ana.OpenUDP(0)
	if err != nil {
		t.Fatal(err)
	}
	if client.Port() < firstEphemeral {
		t.Errorf("an own port of %d", client.Port())
	}
	var got string
	client.Received = func(_ netip.AddrPort, _ netip.Addr, b []byte) { got = string(b) }
	if err := client.Send(netip.AddrPortFrom(mailAddress, 7), []byte("ana")); err != nil {
		t.Fatal(err)
	}
	l.run()
	if got != "ANA" {
		t.Errorf("the echo said %q", got)
	}
	// A program may also talk to one on its own host; no cable sees it.
	l.seen = nil
	self, _ := l.mail.OpenUDP(0)
	self.Received = func(_ netip.AddrPort, _ netip.Addr, b []byte) { got = string(b) }
	if err := self.Send(netip.AddrPortFrom(mailAddress, 7), []byte("self")); err != nil {
		t.Fatal(err)
	}
	l.run()
	if got != "SELF" || len(l.seen) != 0 {
		t.Errorf("talking to oneself: %q, frames %v", got, l.seen)
	}
	var e *TooBigError
	if err := client.Send(netip.AddrPortFrom(mailAddress, 7), make([]byte, 1473)); !errors.As(err, &e) {
		t.Errorf("1473 bytes do not fit into a frame of 1500: %v", err)
	}
}

func TestNames(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	server, err := dns.NewServer(dns.Zone{Name: "example.org", TTL: 300, Authority: dns.Authority{Primary: "mail.example.org", Mailbox: "postmaster.example.org"}, Records: []dns.Record{
		{Name: "mail.example.org", Type: dns.TypeA, TTL: 300, Data: dns.Address{Addr: mailAddress}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.mail.ServeNames(server); err != nil {
		t.Fatal(err)
	}
	ask := func(h *Host, name dns.Name) (a dns.Answer) {
		calls, early := 0, true
		h.Lookup(name, dns.TypeA, func(answer dns.Answer) { calls++; a = answer; early = calls == 1 && early })
		if calls > 0 {
			t.Error("the answer came before the question was out")
		}
		l.run()
		if calls != 1 {
			t.Errorf("%d answers to one question", calls)
		}
		return a
	}
	if a := ask(l.ana, "mail.example.org"); !a.Unanswered {
		t.Errorf("without a name server: %+v", a)
	}
	l.ana.SetNameServer(mailAddress)
	l.seen = nil
	if a := ask(l.ana, "mail.example.org"); len(a.Addresses()) != 1 || a.Addresses()[0].Addr != mailAddress {
		t.Errorf("mail.example.org: %+v", a)
	}
	if n := len(l.seen); n != 12 { // six of ARP, three each way
		t.Errorf("%d frames: %v", n, l.seen)
	}
	l.seen = nil
	if a := ask(l.ana, "mail.example.org"); !a.Cached || len(l.seen) != 0 {
		t.Errorf("asked again: %+v, frames %v", a, l.seen)
	}
	if q := l.ana.CachedNames(); len(q) != 1 {
		t.Errorf("ana keeps %v", q)
	}
	if a := ask(l.ana, "no.example.org"); a.Code != dns.NameError {
		t.Errorf("no.example.org: %+v", a)
	}
	l.cables[1].Cut()
	l.seen = nil
	if a := ask(l.ana, "www.example.org"); !a.Unanswered || len(l.seen) != 2*dns.Tries {
		t.Errorf("over a cut cable: %+v, %v", a, l.seen)
	}
}

// A router changes the TTL by one and mends the checksum without computing it anew.
func TestTheChecksumOfEachHop(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	frames := 0
	l.net.Observe(network.Observer{Crossed: func(c *network.Crossing) {
		if binary.BigEndian.Uint16(c.Data[12:]) != etherIPv4 {
			return
		}
		frames++
		if _, fault := readIPv4(c.Data[network.HeaderLength:]); fault != "" {
			t.Errorf("%s: %s: % x", c.Cable.Name, fault, c.Data)
		}
	}})
	for ttl := 3; ttl < 256; ttl++ {
		if err := l.ana.Ping(mailAddress, PingConfig{TTL: uint8(ttl), Size: 8}, func(Pong) {}); err != nil {
			t.Fatal(err)
		}
		l.run()
	}
	if frames != 253*6 {
		t.Errorf("%d frames, want %d", frames, 253*6)
	}
}

// What the stack writes is what gopacket writes.
func TestFramesAgreeWithGopacket(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	frames := 0
	l.net.Observe(network.Observer{Crossed: func(c *network.Crossing) {
		frames++
		if got := rebuild(t, c.Data); !bytes.Equal(got, c.Data) {
			t.Errorf("%s: %d bytes\n% x, gopacket %d\n% x", describe(c.Data), len(c.Data), c.Data[:60], len(got), got[:60])
		}
	}})
	s, _ := l.ana.OpenUDP(0)
	for _, n := range []int{0, 1, 2, 17, 18, 19, 1471, 1472} {
		if err := s.Send(netip.AddrPortFrom(mailAddress, 9), bytes.Repeat([]byte{0xa5}, n)); err != nil {
			t.Fatal(err)
		}
		if err := l.ana.Ping(mailAddress, PingConfig{Size: n}, func(Pong) {}); err != nil {
			t.Fatal(err)
		}
	}
	l.run()
	if frames < 50 {
		t.Fatalf("only %d frames were compared", frames)
	}
}

// rebuild takes a frame apart and puts it together with gopacket.
func rebuild(t *testing.T, frame []byte) []byte {
	var parts []gopacket.SerializableLayer
	var ip *layers.IPv4
	for _, layer := range gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default).Layers() {
		part, ok := layer.(gopacket.SerializableLayer)
		if !ok {
			continue
		}
		switch p := part.(type) {
		case *layers.IPv4:
			ip = p
		case *layers.UDP:
			if err := p.SetNetworkLayerForChecksum(ip); err != nil {
				t.Fatal(err)
			}
		}
		parts = append(parts, part)
	}
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, parts...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// No bytes that arrive, at a host or at a router, may stop the stack or fill its memory.
func FuzzReceive(f *testing.F) {
	build := func(parts ...gopacket.SerializableLayer) []byte {
		b := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, parts...); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	ether := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 9}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, EthernetType: layers.EthernetTypeIPv4}
	ip := func(p layers.IPProtocol) *layers.IPv4 {
		return &layers.IPv4{Version: 4, TTL: 2, Protocol: p, SrcIP: net.IP{192, 0, 2, 1}, DstIP: net.IP{192, 0, 2, 10}}
	}
	udpIP, tcpIP := ip(layers.IPProtocolUDP), ip(layers.IPProtocolTCP)
	udp, syn := &layers.UDP{SrcPort: 53, DstPort: 53}, &layers.TCP{SrcPort: 1024, DstPort: 25, SYN: true, Window: 1000}
	for _, err := range []error{udp.SetNetworkLayerForChecksum(udpIP), syn.SetNetworkLayerForChecksum(tcpIP)} {
		if err != nil {
			f.Fatal(err)
		}
	}
	quoted := build(udpIP, udp, gopacket.Payload("quoted"))
	f.Add(build(ether, udpIP, udp, gopacket.Payload("hello")))
	f.Add(build(ether, tcpIP, syn))
	f.Add(build(ether, ip(layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(8, 0), Id: pingID}, gopacket.Payload("hello")))
	f.Add(build(ether, ip(layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 4)}, gopacket.Payload(quoted)))
	f.Add(build(&layers.Ethernet{SrcMAC: ether.SrcMAC, DstMAC: ether.DstMAC, EthernetType: layers.EthernetTypeARP},
		&layers.ARP{AddrType: 1, Protocol: 0x800, HwAddressSize: 6, ProtAddressSize: 4, Operation: 1, SourceHwAddress: ether.SrcMAC,
			SourceProtAddress: []byte{192, 0, 2, 1}, DstHwAddress: make([]byte, 6), DstProtAddress: []byte{192, 0, 2, 10}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
		l.quiet = true
		if _, err := l.ana.Listen(25, func(*Conn) {}); err != nil {
			t.Fatal(err)
		}
		for _, i := range []*Interface{l.ana.Interfaces()[0], l.r1.Interfaces()[0]} {
			frame := l.net.NewFrame(len(b))
			copy(frame.Data, b)
			if len(b) >= 6 {
				copy(frame.Data, i.MAC[:])
			}
			i.host.Receive(i.Interface, frame)
		}
		if err := l.world.RunFor(time.Hour); err != nil {
			t.Fatal(err)
		}
	})
}

// A flood of forged neighbours fills a bounded cache and nothing else.
func TestTheARPCacheIsBounded(t *testing.T) {
	l := newLesson(t, 1, network.CableConfig{}, tcp.Defaults())
	l.quiet = true
	i := l.ana.Interfaces()[0]
	i.Prefix = netip.PrefixFrom(i.Prefix.Addr(), 8)
	r := rand.New(rand.NewPCG(1, 1))
	b := make([]byte, arpLength)
	copy(b, []byte{0, 1, 8, 0, 6, 4, 0, 1})
	own := i.Address().As4()
	copy(b[24:], own[:])
	for range 3 * ARPEntries {
		binary.BigEndian.PutUint32(b[10:], r.Uint32())
		binary.BigEndian.PutUint32(b[14:], 192<<24|r.Uint32()>>8)
		i.arp.receive(b)
	}
	if len(i.arp.list) != ARPEntries || len(i.arp.known) != ARPEntries {
		t.Errorf("%d entries, %d in the index, want %d", len(i.arp.list), len(i.arp.known), ARPEntries)
	}
}
