// Package link reads the envelopes of the link layer: Ethernet II, 802.3 with LLC and SNAP, VLAN tags, PPPoE, PPP with the
// protocols by which its ends agree, MPLS, 802.11 with the headers that tell about the radio, EAPOL, the loopback and "cooked" headers that capturing programs put in their place,
// and ARP, which asks for hardware addresses.
//
// The values of Ethernet, 802.1Q, LLC, SNAP and loopback headers come from gopacket, which reads them soundly; its ARP
// and "cooked" decoders fail on hostile bytes, so those are read here.
//
// Not modelled: what PPP has compressed or encrypted, Frame Relay, Token Ring, ATM, and the headers of the makers of
// switches. They are named and left as bytes.
package link

import (
	"github.com/google/gopacket"

	"mailwire/layers"
)

// tagsMax is how many VLAN tags are read in one frame.
const tagsMax = 8

// A Decoder reads the link layer of one frame at a time. What it returned is valid until the next call of Decode. It
// allocates nothing once it is warm. The zero value is ready; it must not be copied.
type Decoder struct {
	ethernet Ethernet
	tags     [tagsMax]VLAN
	llc      LLC
	loopback Loopback
	cooked   Cooked
	raw      Raw
	unread   Unread
	arp      ARP

	more  shelves
	depth int

	Neighbors Neighbors // what has been claimed in all frames so far

	space layers.ArgSpace
	frame *layers.Frame
	data  []byte // Frame.Data, or what came out of fragments
	pdus  []layers.PDU
	notes []layers.Note
	out   Payload
}

// A Payload is what the envelopes of the link layer hold.
type Payload struct {
	Type    EtherType    // the protocol within; 0 when it cannot be told or was read to its end here (ARP)
	Range   layers.Range // its bytes in Frame.Data, with padding if any
	Missing int          // bytes of it that were on the cable and are not in Frame.Data
	From    []byte       // hardware address of the sender, nil when the link has none
	To      []byte       // hardware address of the receiver, nil when the link or capture has none
	VLAN    uint32       // the virtual networks' numbers, outermost first, 12 bits each; 0 without tags
	Sealed  bool         // Range lies in an envelope that may hold a packet and was not opened
	Secret  layers.Range // a password, in what the envelope before Range held; Length 0 without one
	Done    bool         // the link layer was read to its end: Range is padding
	Trailer int          // bytes of Frame.Data behind Range that are the link's own: a frame check sequence
}

// Decode reads the envelopes of f and appends them, and what is worth a note, to pdus and notes. A note that explains an
// envelope as such has the protocol's name as its id ("ethernet", "vlan"); it is left to the caller, who knows whether
// it is new.
func (d *Decoder) Decode(f *layers.Frame, pdus []layers.PDU, notes []layers.Note) (Payload, []layers.PDU, []layers.Note) {
	d.space.Reset()
	d.frame, d.data, d.pdus, d.notes = f, f.Data, pdus, notes
	if d.depth > 0 {
		d.more.reset()
		d.depth = 0
	}
	d.out = Payload{Range: layers.Range{Length: len(f.Data)}, Missing: f.Cut()}
	if f.Cut() > 0 {
		d.note("capture.frame-cut", layers.A("kept", layers.Int(len(f.Data))), layers.A("length", layers.Int(f.Length)))
	}
	d.readFrame(f.Interface.LinkType)
	return d.out, d.pdus, d.notes
}

// readFrame reads what a link of type t carries.
func (d *Decoder) readFrame(t layers.LinkType) {
	switch t {
	case layers.LinkTypeEthernet:
		d.readEthernet()
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		d.readLoopback()
	case layers.LinkTypeSLL:
		d.readCooked(1)
	case layers.LinkTypeSLL2:
		d.readCooked(2)
	case layers.LinkTypeRaw12, layers.LinkTypeRaw14, layers.LinkTypeRaw, layers.LinkTypeIPv4, layers.LinkTypeIPv6:
		d.readRaw()
	default:
		d.readOther(t)
	}
}

func (d *Decoder) note(id string, args ...layers.Arg) {
	d.notes = append(d.notes, d.space.N(id, args...))
}

// rest is the bytes that no envelope read so far accounts for.
func (d *Decoder) rest() []byte { return d.data[d.out.Range.Offset:d.out.Range.End()] }

// envelope appends a PDU of length bytes at the start of the rest and leaves what is behind it as the rest.
func (d *Decoder) envelope(protocol string, length int, h layers.Header) {
	length = min(length, d.out.Range.Length)
	d.pdus, _ = layers.Add(d.pdus, layers.Link, protocol, d.out.Range.Offset, length, h)
	d.out.Range.Offset += length
	d.out.Range.Length -= length
}

// bound cuts the rest to length bytes, because a header says so; the bytes behind are not part of what it holds.
func (d *Decoder) bound(length int) {
	d.out.Missing = max(0, length-d.out.Range.Length)
	d.out.Range.Length = min(length, d.out.Range.Length)
}

// truncated notes that a header of want bytes is not all there, and gives up what would follow it.
func (d *Decoder) truncated(id string, want int) {
	d.out.Type = 0
	d.note(id, layers.A("have", layers.Int(d.out.Range.Length)), layers.A("want", layers.Int(want)))
}

// follow reads what an envelope says is in it, as far as that belongs to the link layer.
func (d *Decoder) follow(t EtherType) {
	for depth := 0; t.isTag(); depth++ {
		if depth == tagsMax {
			d.note("vlan.too-many", layers.A("limit", layers.Int(tagsMax)))
			d.seal()
			return
		}
		v := &d.tags[depth]
		if d.depth > 0 {
			v = d.more.tags.Next()
		}
		var ok bool
		if t, ok = d.readTag(v); !ok {
			return
		}
	}
	switch {
	case t == TypeIPv4, t == TypeIPv6:
		d.out.Type = t
	case t < firstType:
		d.bound(int(t))
		d.readLLC()
	case t == TypeARP, t == TypeRARP:
		d.readARP()
	default:
		d.open(t)
	}
}

// carry ends the link layer: what is left belongs to t.
func (d *Decoder) carry(t EtherType) {
	d.out.Type = t
	if t != TypeIPv4 && t != TypeIPv6 {
		d.out.Sealed = t.seals()
		d.note("ethernet.type-not-explained", layers.A("type", t.Value()))
	}
}

// lookup is the feedback that gopacket wants; we look at lengths ourselves.
type lookup struct{}

func (lookup) SetTruncated() {}

var feedback gopacket.DecodeFeedback = lookup{}
