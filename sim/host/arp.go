package host

import (
	"encoding/binary"
	"net/netip"
	"time"

	"mailwire/layers"
	"mailwire/sim"
	"mailwire/sim/network"
)

// How the Address Resolution Protocol is used here.
const (
	ARPTries   = 3           // requests before a neighbour counts as unreachable
	ARPWait    = time.Second // between requests; RFC 1122 §2.3.2.1: at most one a second
	ARPQueue   = 16          // packets that wait for one answer; RFC 1122 §2.3.2.2: at least one
	ARPEntries = 1024        // neighbours remembered on an interface
)

// neighbours is the ARP cache of an interface (RFC 826).
type neighbours struct {
	on    *Interface
	known map[netip.Addr]*neighbour
	list  []*neighbour // the same, in the order in which they were met
}

// A neighbour is a host on the same cable or switch.
type neighbour struct {
	cache    *neighbours
	address  netip.Addr
	mac      network.MAC
	resolved bool
	heard    sim.Instant      // when its hardware address was last confirmed
	waiting  []*network.Frame // packets for it while it is not resolved
	tries    int
	timer    sim.Timer
}

func (c *neighbours) init(on *Interface) { *c = neighbours{on: on, known: map[netip.Addr]*neighbour{}} }

// A Neighbour is one line of an ARP cache.
type Neighbour struct {
	Address netip.Addr
	MAC     network.MAC
	Age     time.Duration // since it was last confirmed
}

// Neighbours lists the ARP cache of the interface as arp -a does, in the order in which they were met.
func (i *Interface) Neighbours() []Neighbour {
	var all []Neighbour
	for _, n := range i.arp.list {
		if n.resolved && !n.old() {
			all = append(all, Neighbour{n.address, n.mac, i.host.world.Instant().Sub(n.heard)})
		}
	}
	return all
}

// Forget empties the ARP cache of the interface; packets that wait for an answer are dropped.
func (i *Interface) Forget() {
	list := i.arp.list
	i.arp.init(i)
	for _, n := range list {
		n.timer.Stop()
		n.abandon(layers.N("host.arp.forgotten"))
	}
}

func (n *neighbour) old() bool {
	h := n.cache.on.host
	return h.world.Instant().Sub(n.heard) > h.config.ARPKeep
}

// send gives a packet to the neighbour that has this address: at once when its hardware address is known, else after
// asking for it. The frame's Ethernet header is written here.
func (c *neighbours) send(f *network.Frame, to netip.Addr) {
	n, ok := c.known[to]
	switch {
	case ok && n.resolved && !n.old():
		c.transmit(f, n.mac)
		return
	case ok && n.resolved:
		n.resolved = false
		c.on.host.tell(n.state("host.arp.expired"))
	case !ok:
		if n = c.add(to); n == nil {
			c.on.host.drop(f, layers.N("host.arp.full"))
			return
		}
	}
	n.wait(f)
}

func (c *neighbours) transmit(f *network.Frame, to network.MAC) {
	c.on.header(f, to, etherIPv4)
	c.on.Send(f)
}

// header writes the Ethernet header of a frame.
func (i *Interface) header(f *network.Frame, to network.MAC, etherType uint16) {
	copy(f.Data[0:], to[:])
	copy(f.Data[6:], i.MAC[:])
	binary.BigEndian.PutUint16(f.Data[12:], etherType)
}

// add makes room for a neighbour; nil when there is none.
func (c *neighbours) add(a netip.Addr) *neighbour {
	if len(c.list) >= ARPEntries {
		c.purge()
	}
	if len(c.list) >= ARPEntries {
		return nil
	}
	n := &neighbour{cache: c, address: a}
	n.timer.Init(c.on.host.world, n)
	c.known[a] = n
	c.list = append(c.list, n)
	return n
}

// purge removes the neighbours whose time is over.
func (c *neighbours) purge() {
	kept := c.list[:0]
	for _, n := range c.list {
		if n.resolved && n.old() {
			delete(c.known, n.address)
		} else {
			kept = append(kept, n)
		}
	}
	clear(c.list[len(kept):])
	c.list = kept
}

// wait keeps a packet until the neighbour has answered. Of too many the oldest is dropped: RFC 1122 §2.3.2.2 asks to
// keep the latest.
func (n *neighbour) wait(f *network.Frame) {
	if len(n.waiting) == ARPQueue {
		n.cache.on.host.drop(n.waiting[0], layers.N("host.arp.queue-full", n.addressArg()))
		n.waiting = append(n.waiting[:0], n.waiting[1:]...)
	}
	n.waiting = append(n.waiting, f)
	if _, asking := n.timer.Armed(); !asking {
		n.tries = 0
		n.ask()
	}
}

// ask sends a request to everyone on the link.
func (n *neighbour) ask() {
	n.tries++
	i := n.cache.on
	i.sendARP(arpRequest, network.Broadcast, network.MAC{}, n.address)
	n.timer.Set(i.host.world.Instant().Add(ARPWait))
}

// Happen is the moment when an answer has been waited for long enough.
func (n *neighbour) Happen(sim.Instant) {
	if n.resolved {
		return
	}
	if n.tries < ARPTries {
		n.ask()
		return
	}
	c := n.cache
	delete(c.known, n.address)
	for at, other := range c.list {
		if other == n {
			c.list = append(c.list[:at], c.list[at+1:]...)
			break
		}
	}
	c.on.host.tell(n.state("host.arp.unresolved"))
	n.abandon(layers.N("host.arp.unresolved", n.addressArg()))
}

// abandon drops the packets that wait, and tells their senders (RFC 1122 §2.3.2.2).
func (n *neighbour) abandon(why layers.Note) {
	h := n.cache.on.host
	waiting := n.waiting
	n.waiting = nil
	for _, f := range waiting {
		f.Share()
		h.drop(f, why)
		h.unreachable(f.Data[network.HeaderLength:], codeHost, 0)
		f.Release()
	}
}

// learn notes the hardware address of the neighbour and sends what waits for it.
func (n *neighbour) learn(mac network.MAC) {
	news := !n.resolved || n.mac != mac
	n.mac, n.resolved = mac, true
	n.heard = n.cache.on.host.world.Instant()
	n.timer.Stop()
	if news {
		n.cache.on.host.tell(n.state("host.arp.learned"))
	}
	waiting := n.waiting
	n.waiting = nil
	for _, f := range waiting {
		n.cache.transmit(f, mac)
	}
}

func (n *neighbour) addressArg() layers.Arg {
	return layers.A("address", layers.Addr(n.address.AsSlice()))
}

func (n *neighbour) state(id string) State {
	args := []layers.Arg{n.addressArg(), layers.A("mac", layers.HardwareAddr(n.mac[:]))}
	return State{Kind: "arp", Values: args, Note: layers.N(id, args...)}
}

const (
	arpRequest = 1
	arpReply   = 2
	arpLength  = 28
)

// receive takes an ARP packet, as RFC 826 "Packet Reception" has it.
func (c *neighbours) receive(b []byte) {
	// "?Do I have the hardware type in ar$hrd?", "?Do I speak the protocol in ar$pro?": Ethernet and IPv4.
	if len(b) < arpLength || [6]byte(b[:6]) != [6]byte{0, 1, 8, 0, 6, 4} {
		return
	}
	operation := binary.BigEndian.Uint16(b[6:])
	mac, from := network.MAC(b[8:14]), netip.AddrFrom4([4]byte(b[14:18]))
	to := netip.AddrFrom4([4]byte(b[24:28]))
	mine := to == c.on.Address()
	switch {
	case mac.Group() || mac == c.on.MAC || from == c.on.Address():
		return
	case from.IsUnspecified():
		// RFC 5227 §2.1.1: a probe asks whether an address is in use, and says nothing of its sender.
	default:
		// "If the pair <protocol type, sender protocol address> is already in my translation table, update the sender
		// hardware address field of the entry"; only who is asked makes a new entry.
		n := c.known[from]
		if n == nil && mine && c.on.Prefix.Contains(from) {
			n = c.add(from)
		}
		if n != nil {
			n.learn(mac)
		}
	}
	if mine && operation == arpRequest {
		c.on.sendARP(arpReply, mac, mac, from)
	}
}

// sendARP sends an ARP packet about the address of the interface.
func (i *Interface) sendARP(operation uint16, destination, target network.MAC, address netip.Addr) {
	f := i.host.network.NewFrame(network.HeaderLength + arpLength)
	i.header(f, destination, etherARP)
	b := f.Data[network.HeaderLength:]
	copy(b, []byte{0, 1, 8, 0, 6, 4})
	binary.BigEndian.PutUint16(b[6:], operation)
	copy(b[8:], i.MAC[:])
	own, other := i.Address().As4(), address.As4()
	copy(b[14:], own[:])
	copy(b[18:], target[:])
	copy(b[24:], other[:])
	i.Send(f)
}
