package network

import "mailwire/layers"

// A Device has interfaces and is given the frames that arrive there.
type Device interface {
	Name() string
	// Receive takes a frame that arrived at an interface of the device, and owns it.
	Receive(on *Interface, f *Frame)
}

// An Interface is where a cable is plugged into a device.
type Interface struct {
	Name   string // "eth0"
	MAC    MAC
	MTU    int // bytes of a packet that fit into a frame
	Device Device

	cable *Cable
	end   int // of the cable: 0 or 1
}

// EthernetMTU is the size of the largest packet that an Ethernet frame carries, in bytes (RFC 894).
const EthernetMTU = 1500

// NewInterface returns an interface of a device with a hardware address of its own and an MTU of 1500 bytes.
func (n *Network) NewInterface(d Device, name string) *Interface {
	return &Interface{Name: name, MAC: n.NewMAC(), MTU: EthernetMTU, Device: d}
}

// Cable is the cable that is plugged in, or nil.
func (i *Interface) Cable() *Cable { return i.cable }

// Peer is the interface at the other end of the cable, or nil.
func (i *Interface) Peer() *Interface {
	if i.cable == nil {
		return nil
	}
	return i.cable.directions[i.end].to
}

// Send gives a frame to the cable, which owns it from then on. Without a cable it is lost.
func (i *Interface) Send(f *Frame) {
	if i.cable == nil {
		f.network.Drop(&Drop{Device: i.Device.Name(), Data: f.Data, Note: layers.N("network.drop.no-cable")})
		f.Release()
		return
	}
	f.pad()
	i.cable.directions[i.end].send(f)
}
