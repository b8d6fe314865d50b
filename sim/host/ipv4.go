package host

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"mailwire/layers"
	"mailwire/layers/internet"
	"mailwire/sim/network"
)

const (
	ipv4Header     = 20
	headers        = network.HeaderLength + ipv4Header
	protoICMP      = 1
	protoTCP       = 6
	protoUDP       = 17
	dontFragment   = 0x4000
	moreFragments  = 0x2000
	fragmentOffset = 0x1fff
)

// An ipv4 is what the stack needs of an IPv4 packet, known to be sound (RFC 791 §3.1).
type ipv4 struct {
	header   int // in bytes
	protocol uint8
	from, to netip.Addr
	data     []byte
}

// readIPv4 reads a packet, with what may follow it in its frame. Without fault the id is "".
func readIPv4(b []byte) (p ipv4, fault string) {
	if len(b) < ipv4Header || b[0]>>4 != 4 {
		return p, "host.drop.version"
	}
	p.header = int(b[0]&15) * 4
	total := int(binary.BigEndian.Uint16(b[2:]))
	if p.header < ipv4Header || total < p.header || total > len(b) {
		return p, "host.drop.length"
	}
	// RFC 1122 §3.2.1.2: a host verifies the header's checksum of every packet and silently discards the bad.
	if internet.Checksum(internet.Sum(0, b[:p.header])) != 0 {
		return p, "host.drop.ip-checksum"
	}
	p.protocol = b[9]
	p.from, p.to = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	p.data = b[p.header:total]
	return p, ""
}

// receiveIPv4 takes a packet from an interface, or from the host itself when on is nil.
func (h *Host) receiveIPv4(on *Interface, f *network.Frame) {
	b := f.Data[network.HeaderLength:]
	p, fault := readIPv4(b)
	switch {
	case fault != "":
		h.drop(f, layers.N(fault))
	case p.from.IsMulticast() || h.broadcast(p.from) || on != nil && (h.owns(p.from) || p.to.IsLoopback()):
		// RFC 1122 §3.2.1.3: no packet comes from a group, nor another's from our own address.
		h.drop(f, layers.N("host.drop.source"))
	case h.owns(p.to) || h.broadcast(p.to):
		h.deliver(f, p)
	case !h.config.Forward || network.MAC(f.Data[:6]).Group():
		// RFC 1122 §3.2.1.3: what is for others is silently discarded. RFC 1812 §5.3.4: nothing that came to everyone on
		// a link is passed on.
		h.drop(f, layers.N("host.drop.not-mine"))
	default:
		h.forward(f, p)
	}
}

// deliver gives a packet to the protocol above.
func (h *Host) deliver(f *network.Frame, p ipv4) {
	b := f.Data[network.HeaderLength:]
	if binary.BigEndian.Uint16(b[6:])&(moreFragments|fragmentOffset) != 0 {
		h.drop(f, layers.N("host.drop.fragment"))
		return
	}
	packet := b[:p.header+len(p.data)]
	fault := ""
	switch p.protocol {
	case protoTCP:
		fault = h.stack.receive(p)
	case protoUDP:
		fault = h.receiveUDP(packet, p)
	case protoICMP:
		fault = h.receiveICMP(packet, p)
	default:
		h.unreachable(packet, codeProtocol, 0)
		fault = "host.drop.protocol"
	}
	if fault != "" {
		h.drop(f, layers.N(fault))
		return
	}
	f.Release()
}

// forward passes a packet on, as RFC 1812 §5.2 has it.
func (h *Host) forward(f *network.Frame, p ipv4) {
	b := f.Data[network.HeaderLength:]
	packet := b[:p.header+len(p.data)]
	// RFC 1812 §5.3.1: a packet whose TTL would come to zero is discarded, and its sender told.
	if b[8] <= 1 {
		h.icmpError(packet, icmpTimeExceeded, codeTTL, 0)
		h.drop(f, layers.N("host.drop.ttl"))
		return
	}
	route, ok := h.Route(p.to)
	if !ok {
		h.unreachable(packet, codeNet, 0)
		h.drop(f, layers.N("host.drop.no-route", layers.A("address", layers.Addr(b[16:20]))))
		return
	}
	if len(packet) > route.Interface.MTU {
		// RFC 1191 §4: the sender is told how much would fit.
		h.unreachable(packet, codeFragment, uint32(route.Interface.MTU))
		h.drop(f, layers.N("host.drop.too-big", layers.A("mtu", layers.Int(route.Interface.MTU))))
		return
	}
	f = f.Own()
	b = f.Data[network.HeaderLength:]
	b[8]--
	// RFC 1624 §3, eqn. 3: HC' = ~(~HC + ~m + m'), for the word of TTL and protocol that has become 0x0100 less.
	sum := uint32(^binary.BigEndian.Uint16(b[10:])) + 0xfeff
	binary.BigEndian.PutUint16(b[10:], ^uint16(sum+sum>>16))
	// What the last cable's frame was padded with stays behind.
	f.Data = f.Data[:network.HeaderLength+len(packet)]
	h.hop(f, route, p.to)
}

// hop sends a packet to the next device on its way.
func (h *Host) hop(f *network.Frame, route Route, to netip.Addr) {
	if route.Via.IsValid() {
		to = route.Via
	}
	route.Interface.arp.send(f, to)
}

// newPacket returns a frame with room for the headers of Ethernet and IPv4, to which a packet's data is appended.
func (h *Host) newPacket() *network.Frame { return h.network.NewFrame(headers) }

// A NoRouteError says that a host knows no way to an address.
type NoRouteError struct {
	Host string
	To   netip.Addr
}

func (e *NoRouteError) Error() string {
	return fmt.Sprintf("host: %s: no route to %s (RFC 1122 §3.3.1)", e.Host, e.To)
}

// A TooBigError says that a packet does not fit into a frame of the interface it must leave by.
type TooBigError struct{ Length, MTU int }

func (e *TooBigError) Error() string {
	return fmt.Sprintf("host: packet length: %d bytes, the link takes %d (RFC 1122 §3.3.3)", e.Length, e.MTU)
}

// source is the address that the host has on the way to another.
func (h *Host) source(to netip.Addr) (netip.Addr, error) {
	if h.owns(to) {
		return to, nil
	}
	r, ok := h.Route(to)
	if !ok || !to.Is4() {
		return netip.Addr{}, &NoRouteError{h.Name(), to}
	}
	return r.Interface.Address(), nil
}

// output writes the IPv4 header of a packet whose data stands in the frame, and sends it. The frame is the host's from
// then on.
func (h *Host) output(f *network.Frame, protocol, tos, ttl uint8, from, to netip.Addr) error {
	h.identity++
	b := f.Data[network.HeaderLength:]
	b[0], b[1] = 0x45, tos
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	binary.BigEndian.PutUint16(b[4:], h.identity)
	binary.BigEndian.PutUint16(b[6:], dontFragment)
	b[8], b[9] = ttl, protocol
	b[10], b[11] = 0, 0
	source, destination := from.As4(), to.As4()
	copy(b[12:], source[:])
	copy(b[16:], destination[:])
	binary.BigEndian.PutUint16(b[10:], internet.Checksum(internet.Sum(0, b[:ipv4Header])))
	if h.owns(to) {
		h.loop(f)
		return nil
	}
	route, ok := h.Route(to)
	if !ok {
		err := &NoRouteError{h.Name(), to}
		h.drop(f, layers.N("host.drop.no-route", layers.A("address", layers.Addr(b[16:20]))))
		return err
	}
	if len(b) > route.Interface.MTU {
		err := &TooBigError{len(b), route.Interface.MTU}
		h.drop(f, layers.N("host.drop.too-big", layers.A("mtu", layers.Int(route.Interface.MTU))))
		return err
	}
	if h.broadcast(to) {
		route.Interface.arp.transmit(f, network.Broadcast)
		return nil
	}
	h.hop(f, route, to)
	return nil
}

// loop gives a packet to the host that sends it, without a cable (RFC 1122 §3.2.1.3 (g)).
func (h *Host) loop(f *network.Frame) {
	h.world.After(0, func() { h.receiveIPv4(nil, f) })
}
