package trace

import (
	"hash/crc32"
	"net/netip"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/dns"
	"mailwire/layers/internet"
	"mailwire/layers/transport/udp"
)

// exchangesKept bounds how many exchanges over UDP are remembered. A resolver uses a new port for each question, so
// they are many and short.
const exchangesKept = 1024

// An exchangeKey names a conversation: who asked whom, in which network.
type exchangeKey struct {
	client, server netip.AddrPort
	network        uint32
}

// An exchange is questions and answers over UDP between two ports.
type exchange struct {
	dialogue *dns.Dialogue
	last     [2]sighting
	asked    bool
}

// A sighting is when and where a datagram was seen.
type sighting struct {
	sum   uint32 // of its payload
	time  time.Time
	index int
}

// exchangeOf returns the exchange of a key.
func (f *Follower) exchangeOf(k exchangeKey) *exchange {
	x, ok := f.exchanges.get(k)
	if !ok {
		x = &exchange{dialogue: dns.NewDatagrams()}
		f.exchanges.put(k, x)
	}
	return x
}

// followUDP reads the UDP datagram that dg carries, and what it says where that is DNS.
func (f *Follower) followUDP(frame *layers.Frame, dg *internet.Datagram) {
	var ok bool
	f.packet.PDUs, f.situation, ok = f.udp.Decode(dg, f.packet.PDUs, f.situation)
	if !ok {
		return
	}
	f.packet.Source = netip.AddrPortFrom(dg.Source, f.udp.SourcePort)
	f.packet.Destination = netip.AddrPortFrom(dg.Destination, f.udp.DestinationPort)
	if f.udp.Payload.Length == 0 {
		return
	}
	if dg.Frames == nil {
		f.packet.Payload = f.udp.Payload
	}
	f.summary.Headers[layers.Application] += int64(f.udp.Payload.Length + f.udp.Missing)
	payload := dg.Data[f.udp.Payload.Offset:f.udp.Payload.End()]
	if f.udp.SourcePort != dns.Port && f.udp.DestinationPort != dns.Port {
		f.hideTunnel(dg)
		p := f.parts.next()
		*p = part{end: int64(len(payload)), at: f.udp.Payload.Offset}
		f.addPDU("data", f.udp.Payload, p)
		return
	}
	f.addPDU("dns", f.udp.Payload, dns.NewHeader(payload, f.udp.Payload.Offset))
	f.followDNS(frame, dg, payload)
}

// hideTunnel names a tunnel that is not opened, and hides what it holds: there may be a client's words in it.
func (f *Follower) hideTunnel(dg *internet.Datagram) {
	name := udp.Tunnel(f.udp.SourcePort, f.udp.DestinationPort)
	if name == "" {
		return
	}
	f.note(layers.N("udp.tunnel", layers.A("name", layers.String(name))))
	if !f.options.ShowSecrets && len(dg.Frames) == 0 {
		f.packet.Secrets = append(f.packet.Secrets, f.udp.Payload)
	}
}

func (f *Follower) addPDU(protocol string, r layers.Range, h layers.Header) {
	f.packet.PDUs = append(f.packet.PDUs,
		layers.PDU{Layer: layers.Application, Protocol: protocol, Offset: r.Offset, Length: r.Length, Stream: -1, Header: h})
}

// followDNS gives a datagram to its exchange, unless it is a copy of one that another interface has shown already: a
// message is listed once.
func (f *Follower) followDNS(frame *layers.Frame, dg *internet.Datagram, payload []byte) {
	source, destination := f.packet.Source, f.packet.Destination
	side, k := layers.Client, exchangeKey{source, destination, f.decoded.Link.VLAN}
	if source.Port() == dns.Port && (destination.Port() != dns.Port || isResponse(payload)) {
		side, k.client, k.server = layers.Server, destination, source
	}
	f.packet.Side = side
	x := f.exchangeOf(k)
	now := sighting{crc32.Checksum(payload, castagnoli), frame.Time, frame.Interface.Index}
	before := x.last[side]
	if before.sum == now.sum && before.index != now.index && now.time.Sub(before.time) < CopyWithin {
		return
	}
	x.last[side] = now
	if side == layers.Client {
		x.asked = true
	} else if x.asked {
		x.asked = false
		f.summary.RoundTrips++
	}
	x.dialogue.Receive(side, payload)
	for heard, ok := x.dialogue.Next(); ok; heard, ok = x.dialogue.Next() {
		m := f.room()
		m.Message = heard
		f.book.Lookup(&m.Message, k.client.Addr(), frame.Time)
		from := len(f.numbers)
		if f.numbers = append(f.numbers, dg.Frames...); len(dg.Frames) == 0 {
			f.numbers = append(f.numbers, frame.Number)
		}
		m.Stream, m.Ends, m.Time = -1, [2]netip.AddrPort{k.client, k.server}, frame.Time
		m.Packets = f.numbers[from:len(f.numbers):len(f.numbers)]
		f.keep(m)
	}
}

// isResponse reads the bit QR (RFC 1035 §4.1.1).
func isResponse(message []byte) bool { return len(message) > 2 && message[2]&0x80 != 0 }
