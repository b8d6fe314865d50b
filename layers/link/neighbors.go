package link

import (
	"net/netip"

	"mailwire/layers"
)

// neighborsMax is how many claims are remembered; when there are more, all are forgotten.
const neighborsMax = 4096

// Neighbors remembers which hardware address claimed which protocol address, so that a claim that contradicts one before it
// can be told: that is how somebody redirects the traffic of others. The zero value knows nobody.
type Neighbors struct {
	addresses map[neighborKey][6]byte
	owners    map[ownerKey]netip.Addr
}

// A neighborKey is a protocol address on one link.
type neighborKey struct {
	at      *layers.Interface
	vlan    uint32
	address netip.Addr
}

// An ownerKey is a hardware address on one link.
type ownerKey struct {
	at       *layers.Interface
	vlan     uint32
	hardware [6]byte
}

// A Claim is what is known beside a claim.
type Claim struct {
	Before [6]byte // the hardware address that claimed the same address before, when Moved
	Moved  bool
	Other  netip.Addr // another address that the same hardware address claimed before; not valid without one
}

// Hear takes the claim that address is at the hardware address, in the frame f within the virtual networks vlan, and tells what
// was known before. Claims that say nothing (zeros, groups, other lengths) are passed over.
func (n *Neighbors) Hear(f *layers.Frame, vlan uint32, address netip.Addr, hardware []byte) (c Claim) {
	if len(hardware) != 6 || isZero(hardware) || hardware[0]&1 == 1 || !address.IsValid() || address.IsUnspecified() || address.IsMulticast() {
		return c
	}
	if n.addresses == nil || len(n.addresses) >= neighborsMax || len(n.owners) >= neighborsMax {
		n.addresses, n.owners = map[neighborKey][6]byte{}, map[ownerKey]netip.Addr{}
	}
	key, owner := neighborKey{f.Interface, vlan, address}, ownerKey{f.Interface, vlan, [6]byte(hardware)}
	before, known := n.addresses[key]
	if c.Moved = known && before != owner.hardware; c.Moved {
		c.Before = before
	}
	if other, known := n.owners[owner]; known && other != address && other.Is4() == address.Is4() {
		c.Other = other
	}
	n.addresses[key], n.owners[owner] = owner.hardware, address
	return c
}
