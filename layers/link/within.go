package link

import "mailwire/layers"

// depthMax is how many envelopes of the link layer are read, one inside the other, before the rest is left as bytes. A
// provider's network has five or six of them.
const depthMax = 24

// Within reads the envelopes of the link layer that a tunnel carries as t in the bytes r of data, of which missing are not
// there; it appends what it finds as Decode does. It must follow a Decode of the same frame: the numbers of virtual
// networks and hardware addresses that were found there go on.
func (d *Decoder) Within(data []byte, r layers.Range, missing int, t EtherType, pdus []layers.PDU, notes []layers.Note) (Payload, []layers.PDU, []layers.Note) {
	d.data, d.pdus, d.notes = data, pdus, notes
	d.out = Payload{Range: r, Missing: missing, From: d.out.From, To: d.out.To, VLAN: d.out.VLAN, Trailer: d.out.Trailer}
	d.follow(t)
	return d.out, d.pdus, d.notes
}

// deeper counts an envelope that may hold others of its kind. It says no, and why, where there are too many.
func (d *Decoder) deeper() bool {
	if d.depth++; d.depth <= depthMax {
		return true
	}
	d.note("link.too-deep", layers.A("limit", layers.Int(depthMax)))
	d.seal()
	return false
}

// seal ends the link layer at an envelope that is not opened, though there may be a packet in it.
func (d *Decoder) seal() { d.out.Type, d.out.Sealed = 0, true }

// short notes that a header of want bytes is not all there, and gives up what would follow it.
func (d *Decoder) short(protocol string, want int) {
	d.note("link.truncated", layers.A("protocol", layers.String(protocol)), layers.A("have", layers.Int(d.out.Range.Length)), layers.A("want", layers.Int(want)))
	d.seal()
}

// shelves are the headers that few frames have.
type shelves struct {
	ethernets layers.Shelf[Ethernet] // but the outermost
	llcs      layers.Shelf[LLC]      // likewise
	arps      layers.Shelf[ARP]      // likewise
	tags      layers.Shelf[VLAN]     // likewise
	ppp       layers.Shelf[PPP]
	pppoe     layers.Shelf[PPPoE]
	control   layers.Shelf[PPPControl]
	login     layers.Shelf[PPPLogin]
	cisco     layers.Shelf[CiscoHDLC]
	labels    layers.Shelf[MPLS]
	wifi      layers.Shelf[WiFi]
	radiotap  layers.Shelf[Radiotap]
	ppi       layers.Shelf[PPI]
	prism     layers.Shelf[Prism]
	eapol     layers.Shelf[EAPOL]
}

func (s *shelves) reset() {
	s.ethernets.Reset()
	s.llcs.Reset()
	s.arps.Reset()
	s.tags.Reset()
	s.ppp.Reset()
	s.pppoe.Reset()
	s.control.Reset()
	s.login.Reset()
	s.cisco.Reset()
	s.labels.Reset()
	s.wifi.Reset()
	s.radiotap.Reset()
	s.ppi.Reset()
	s.prism.Reset()
	s.eapol.Reset()
}
