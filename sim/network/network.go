// Package network is what lies between the hosts: interfaces, cables, switches, the faults that befall frames, and the
// taps that see them.
//
// Frames are true Ethernet II frames as a capture holds them: from the destination address on, at least 60 bytes,
// without preamble and frame check sequence. The cable counts those too: a frame of n bytes takes the time of 8 bytes
// of preamble, n bytes, 4 bytes of frame check sequence, and 12 byte times of silence before the next one (IEEE 802.3
// §3.1, §4.4.2). Every cable is full duplex, and a tap: it stamps a frame when its last bit leaves the sender, before
// the faults of that cable.
//
// Not modelled: collisions, auto-negotiation and the carrier signal (a host is not told that its cable is cut), pause
// frames, VLANs, spanning trees (switches in a circle multiply each broadcast: World.SetLimit ends that), and the time a switch needs to think.
package network

import (
	"encoding/binary"
	"fmt"

	"mailwire/layers"
	"mailwire/sim"
)

// A Network is all cables of a world with what they share: the frames in use and those who watch.
type Network struct {
	World     *sim.World
	cables    []*Cable
	observers []Observer
	spare     []*Frame   // frames to be used again
	idle      []*arrival // arrivals to be used again
	serial    uint64     // of the frame that crossed a tap last
	macs      uint32     // hardware addresses given out
	crossing  Crossing   // of the frame that is at its tap now
}

// New returns a network without cables.
func New(w *sim.World) *Network { return &Network{World: w} }

// Cables lists the cables in the order in which they were laid.
func (n *Network) Cables() []*Cable { return n.cables }

// An Observer is told what happens on the cables. Each of its functions may be nil. What they are given is valid until
// they return; they must not change it, nor send.
type Observer struct {
	Crossed   func(*Crossing)           // a frame's last bit left its sender: the tap
	Dropped   func(*Drop)               // a frame will not arrive, or a device threw a packet away
	Disturbed func(*Crossing, *Verdict) // a fault delayed, doubled or damaged a frame; after Crossed
}

// Observe adds an observer. Observers are told in the order in which they were added.
func (n *Network) Observe(o Observer) { n.observers = append(n.observers, o) }

// A Crossing is a frame at a tap.
type Crossing struct {
	Serial uint64 // counts the frames of the whole network at their taps, from 1
	At     sim.Instant
	Cable  *Cable
	From   *Interface // who sends it
	To     *Interface // who is at the other end
	Data   []byte     // from the Ethernet header on, with padding, without frame check sequence
}

// A Drop is a frame, or a packet in a device, that goes no further.
type Drop struct {
	At     sim.Instant
	Cable  *Cable // nil when it was thrown away inside a device
	Device string // name of the device that sent it (cable) or threw it away
	Serial uint64 // of its crossing of Cable; 0 when its tap did not see it
	Data   []byte // the frame; of a packet that has no frame yet, from the Ethernet header on, which may be zero
	Note   layers.Note
}

// Drop tells the observers of a drop. Devices call it for what they throw away.
func (n *Network) Drop(d *Drop) {
	d.At = n.World.Instant()
	for i := range n.observers {
		if f := n.observers[i].Dropped; f != nil {
			f(d)
		}
	}
}

func (n *Network) crossed(c *Crossing) {
	for i := range n.observers {
		if f := n.observers[i].Crossed; f != nil {
			f(c)
		}
	}
}

func (n *Network) disturbed(c *Crossing, v *Verdict) {
	for i := range n.observers {
		if f := n.observers[i].Disturbed; f != nil {
			f(c, v)
		}
	}
}

// A MAC is a hardware address (EUI-48).
type MAC [6]byte

// Broadcast is the hardware address of everyone on a link.
var Broadcast = MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Group reports whether m addresses several stations: a multicast or the broadcast address.
func (m MAC) Group() bool { return m[0]&1 != 0 }

// String is m as people write it: 02:00:00:00:00:01.
func (m MAC) String() string {
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5])
}

// NewMAC returns the next unused hardware address, from the range of those that are administered locally (IEEE 802c).
func (n *Network) NewMAC() MAC {
	n.macs++
	m := MAC{0: 0x02}
	binary.BigEndian.PutUint32(m[2:], n.macs)
	return m
}
