// Package host is a host's stack: interfaces with addresses, ARP, routes, ICMP, sockets for UDP and TCP, and names. A
// router is a host that forwards.
//
// The protocols' own rules are the engines of package layers (tcp.Stack, dns.Resolver, dns.Server); this package gives
// them what a host has: an address, a route, frames, timers of the world, and programs that are called when something
// happens. Programs run in the world's one goroutine; a call of theirs never calls back before it returns.
//
// Addresses are netip.Addr throughout. What is spoken today is IPv4 (RFC 791, RFC 1122, RFC 1812) over Ethernet (RFC
// 894) with ARP (RFC 826). Headers are written here and not by gopacket, which takes three times as long for a full
// segment; the tests compare the two byte by byte.
//
// Not modelled: IPv6, fragmentation and reassembly (each packet is sent with DF; a fragment that arrives is dropped and
// told), IP options (passed over), redirects, multicast, proxy ARP, address conflict detection, the rate limits of ICMP
// errors, and routing protocols.
package host

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/layers/transport/tcp"
	"mailwire/sim"
	"mailwire/sim/network"
)

// A Config says what a host is like. The zero value but for Name is a host as a user has it.
type Config struct {
	Name    string
	Forward bool          // it is a router
	TTL     uint8         // of the packets it sends; 0 means 64
	ARPKeep time.Duration // how long a neighbour's hardware address is believed without news; 0 means 5 minutes
	TCP     *tcp.Config   // options, buffers and timers of its connections; nil: tcp.Defaults(), with 65535 bytes of ReceiveBuffer
	// State, unless nil, is told what the host now holds or believes and no packet shows.
	State func(*Host, State)
}

// A State is something that a host has come to hold or believe. It is valid until the call returns.
type State struct {
	Kind   string // "arp", "tcp", "dns", "udp"
	Values []layers.Arg
	Note   layers.Note
}

// DefaultTTL is the time to live of packets, by the recommendation of the Assigned Numbers (RFC 1700).
const DefaultTTL = 64

// A Host is a device with a stack.
type Host struct {
	config     Config
	network    *network.Network
	world      *sim.World
	chance     *rand.Rand
	interfaces []*Interface
	routes     []Route
	identity   uint16 // of the packet sent last (RFC 6864)

	sockets  map[uint16]*Socket
	pings    []*ping
	pinged   uint16
	stack    stack
	resolver *Resolver
}

// New returns a host without interfaces.
func New(n *network.Network, config Config) *Host {
	if config.TTL == 0 {
		config.TTL = DefaultTTL
	}
	if config.ARPKeep == 0 {
		config.ARPKeep = 5 * time.Minute
	}
	h := &Host{config: config, network: n, world: n.World, chance: n.World.Rand("host " + config.Name), sockets: map[uint16]*Socket{}}
	h.identity = uint16(h.chance.Uint32())
	h.stack.init(h)
	return h
}

// Name is the name that the host was given.
func (h *Host) Name() string { return h.config.Name }

// World is where the host lives.
func (h *Host) World() *sim.World { return h.world }

// An Interface is a network interface with its address and the neighbours it has met.
type Interface struct {
	*network.Interface
	Prefix netip.Prefix // its address and how much of it names the network: 192.0.2.10/24
	host   *Host
	arp    neighbours
}

// Address is the interface's address.
func (i *Interface) Address() netip.Addr { return i.Prefix.Addr() }

// AddInterface gives the host an interface with an address, and the route to the network that the address is in. The
// name is eth0 for the first one. Its MTU may be changed before the first packet; Config.TCP.MSS should then be the MTU
// less 40. A prefix that is not IPv4 is a fault of the program, and panics.
func (h *Host) AddInterface(prefix netip.Prefix) *Interface {
	if !prefix.Addr().Is4() {
		panic(fmt.Sprintf("host: %s: an interface with the address %s: only IPv4 is spoken", h.Name(), prefix))
	}
	i := &Interface{Prefix: prefix, host: h}
	i.Interface = h.network.NewInterface(h, fmt.Sprintf("eth%d", len(h.interfaces)))
	i.arp.init(i)
	h.interfaces = append(h.interfaces, i)
	h.AddRoute(Route{Prefix: prefix.Masked(), Interface: i})
	return i
}

// Interfaces lists the host's interfaces.
func (h *Host) Interfaces() []*Interface { return h.interfaces }

// Address is the address of the host's first interface, or the zero Addr.
func (h *Host) Address() netip.Addr {
	if len(h.interfaces) == 0 {
		return netip.Addr{}
	}
	return h.interfaces[0].Address()
}

// A Route says where packets for a part of the address space go.
type Route struct {
	Prefix    netip.Prefix
	Via       netip.Addr // the router; the zero Addr when the destination is on the cable itself
	Interface *Interface
}

// AddRoute adds a route. The one with the longest prefix that fits is taken; of two alike the one added first.
func (h *Host) AddRoute(r Route) {
	h.routes = append(h.routes, r)
	slices.SortStableFunc(h.routes, func(a, b Route) int { return b.Prefix.Bits() - a.Prefix.Bits() })
}

// SetGateway sends packets for all other networks to a router on a network that the host is part of.
func (h *Host) SetGateway(router netip.Addr) error {
	return h.RouteVia(netip.PrefixFrom(netip.IPv4Unspecified(), 0), router)
}

// RouteVia sends packets for a part of the address space to a router on a network that the host is part of.
func (h *Host) RouteVia(prefix netip.Prefix, router netip.Addr) error {
	for _, i := range h.interfaces {
		if i.Prefix.Contains(router) {
			h.AddRoute(Route{Prefix: prefix, Via: router, Interface: i})
			return nil
		}
	}
	return fmt.Errorf("host: %s: router %s is on none of its networks (RFC 1122 §3.3.1.1)", h.Name(), router)
}

// Route finds the route to an address (RFC 1812 §5.2.4.3: the longest matching prefix).
func (h *Host) Route(to netip.Addr) (Route, bool) {
	for _, r := range h.routes {
		if r.Prefix.Contains(to) {
			return r, true
		}
	}
	return Route{}, false
}

// owns reports whether a is an address of the host.
func (h *Host) owns(a netip.Addr) bool {
	for _, i := range h.interfaces {
		if i.Address() == a {
			return true
		}
	}
	return a.Is4() && a.IsLoopback()
}

// broadcast reports whether a means everyone, on all networks or on one of the host's own.
func (h *Host) broadcast(a netip.Addr) bool {
	if a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return true
	}
	for _, i := range h.interfaces {
		if i.Prefix.Contains(a) && i.Prefix.Bits() < 31 && a == last(i.Prefix) {
			return true
		}
	}
	return false
}

// last is the highest address of an IPv4 prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])|1<<(32-p.Bits())-1)
	return netip.AddrFrom4(b)
}

// Receive takes a frame from a cable.
func (h *Host) Receive(on *network.Interface, f *network.Frame) {
	i := h.interfaceOf(on)
	if i == nil || len(f.Data) < network.HeaderLength {
		f.Release()
		return
	}
	// A network interface passes on what is for it or for everyone; the rest is none of its business.
	to := network.MAC(f.Data[:6])
	if to != on.MAC && !to.Group() {
		f.Release()
		return
	}
	switch binary.BigEndian.Uint16(f.Data[12:]) {
	case etherIPv4:
		h.receiveIPv4(i, f)
	case etherARP:
		i.arp.receive(f.Data[network.HeaderLength:])
		f.Release()
	default:
		h.drop(f, layers.N("host.drop.ethertype", layers.A("type", layers.HexUint(binary.BigEndian.Uint16(f.Data[12:]), 4))))
	}
}

func (h *Host) interfaceOf(on *network.Interface) *Interface {
	for _, i := range h.interfaces {
		if i.Interface == on {
			return i
		}
	}
	return nil
}

// drop tells that a packet goes no further, and releases it.
func (h *Host) drop(f *network.Frame, why layers.Note) {
	h.network.Drop(&network.Drop{Device: h.Name(), Data: f.Data, Note: why})
	f.Release()
}

func (h *Host) tell(s State) {
	if h.config.State != nil {
		h.config.State(h, s)
	}
}

// Types of what an Ethernet frame carries (IEEE 802 Numbers).
const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
)
