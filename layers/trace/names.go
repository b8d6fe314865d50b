package trace

import (
	"net/netip"

	"mailwire/layers"
	"mailwire/layers/internet"
)

// Everyone is the receiver of what goes to more than one: Packet.To of a broadcast or multicast.
const Everyone = "*"

// addressesNamed bounds how many addresses' texts are kept.
const addressesNamed = 1 << 16

// ends tells who sent a frame to whom: by the innermost IP addresses, for ARP by the protocol addresses in it, else by
// hardware addresses; "" where there are none. What goes to a group goes to Everyone.
func (f *Follower) ends(p *internet.Packet) (from, to string) {
	group := len(p.Link.To) > 0 && p.Link.To[0]&1 == 1 // IEEE 802 §8.2: the first bit on the cable marks a group
	dg := p.Datagram
	if p.Whole != nil {
		dg = p.Whole // the innermost, when a packet inside a packet came out of fragments
	}
	switch {
	case dg != nil:
		from = f.name(dg.Source)
		if d := dg.Destination; !group && !d.IsMulticast() && d != broadcast {
			return from, f.name(d)
		}
		return from, Everyone
	case len(p.PDUs) > 0 && p.PDUs[len(p.PDUs)-1].Protocol == "arp":
		from, to = f.arpEnds(f.packet.Frame.Data, p.PDUs[len(p.PDUs)-1].Offset)
	}
	if from == "" && len(p.Link.From) > 0 {
		from = layers.HardwareAddr(p.Link.From).String()
	}
	if group {
		to = Everyone
	} else if to == "" && len(p.Link.To) > 0 {
		to = layers.HardwareAddr(p.Link.To).String()
	}
	return from, to
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// arpEnds reads the protocol addresses of sender and target (RFC 826): behind 8 bytes, each after a hardware address.
func (f *Follower) arpEnds(data []byte, offset int) (from, to string) {
	b := data[min(offset, len(data)):]
	if len(b) < 8 || b[5] != 4 {
		return "", ""
	}
	sender := 8 + int(b[4])
	target := sender + 4 + int(b[4])
	if len(b) >= sender+4 {
		from = f.name(netip.AddrFrom4([4]byte(b[sender:])))
	}
	if len(b) >= target+4 {
		to = f.name(netip.AddrFrom4([4]byte(b[target:])))
	}
	return from, to
}

// A nameCache holds the names that were asked for last, so that most packets need no look-up in the large maps.
type nameCache [1024]Name

func (c *nameCache) place(a netip.Addr) *Name {
	var b [4]byte
	if a.Is4() {
		b = a.As4()
	} else {
		whole := a.As16()
		b = [4]byte(whole[12:])
	}
	return &c[(uint(b[3])^uint(b[2])<<4^uint(b[1]))%uint(len(c))]
}

// name is what the host with the address is called, or the address.
func (f *Follower) name(a netip.Addr) string {
	last := f.lastNames.place(a)
	if last.Addr != a {
		*last = Name{Addr: a, Name: f.findName(a)}
	}
	return last.Name
}

func (f *Follower) findName(a netip.Addr) string {
	if name, ok := f.names[a]; ok {
		return name
	}
	if name, ok := f.addresses[a]; ok {
		return name
	}
	if len(f.addresses) >= addressesNamed {
		clear(f.addresses)
	}
	name := a.String()
	f.addresses[a] = name
	return name
}
