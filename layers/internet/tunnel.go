package internet

import (
	"mailwire/layers"
	"mailwire/layers/link"
)

// tunnelsMax is how many IP headers are read in one frame, one packet inside the other. A mobile network or a provider has
// three or four; a frame with more was made to trouble whoever reads it.
const tunnelsMax = 8

// readTunnel reads the packet that dg carries as its payload, and says whether dg is a tunnel at all.
func (d *Decoder) readTunnel(dg *Datagram) bool {
	switch dg.Protocol {
	case IPv4InIP, IPv6InIP:
		t := link.TypeIPv4
		if dg.Protocol == IPv6InIP {
			t = link.TypeIPv6
		}
		if d.enter(dg) {
			d.note("tunnel.ip-in-ip", layers.A("outer", layers.Int(int(dg.Version))), layers.A("inner", layers.Int(innerVersion(t))))
			d.readNetwork(t, dg.Missing)
		}
	case GRE:
		if d.enter(dg) {
			d.readGRE(dg)
		}
	case MPLSInIP:
		if d.enter(dg) {
			d.carry(link.TypeMPLS, dg.Missing)
		}
	case EtherIP:
		if d.enter(dg) {
			d.readEtherIP(dg)
		}
	case ESP:
		d.readESP(dg)
	case Authentication:
		d.readAuthentication(dg)
	default:
		return false
	}
	return true
}

func innerVersion(t link.EtherType) int {
	if t == link.TypeIPv4 {
		return 4
	}
	return 6
}

// enter makes the payload of dg what is read next. It says no, and why, where there are too many packets inside each other.
func (d *Decoder) enter(dg *Datagram) bool {
	if d.depth++; d.depth >= tunnelsMax {
		d.note("tunnel.too-deep", layers.A("limit", layers.Int(tunnelsMax)))
		return false
	}
	p := &d.packet
	if dg != &d.datagram { // what came out of fragments lies in no frame
		if !p.Joined {
			p.Joined, d.fragment, d.fragmentRest = true, d.datagram, p.Rest
		}
		d.data, d.frames = dg.Data, dg.Frames
	}
	d.carrier = *dg
	p.Whole, p.Rest = nil, d.carrier.Payload
	return true
}

// leave puts the places back that tell of the frame itself.
func (d *Decoder) leave() {
	d.packet.Datagram, d.packet.Rest = &d.fragment, d.fragmentRest
}

// carry reads what a tunnel holds as t, of which missing bytes are not there.
func (d *Decoder) carry(t link.EtherType, missing int) {
	p := &d.packet
	secret := p.Link.Secret
	p.Link, p.PDUs, p.Notes = d.link.Within(d.data, p.Rest, missing, t, p.PDUs, p.Notes)
	if p.Link.Secret.Length == 0 {
		p.Link.Secret = secret
	}
	p.Rest = p.Link.Range
	d.readNetwork(p.Link.Type, p.Link.Missing)
}

// EtherIP is Ethernet in IP: two bytes with the version, then the frame (RFC 3378 §3).
const etherIPLength = 2

func (d *Decoder) readEtherIP(dg *Datagram) {
	if len(d.rest()) < etherIPLength {
		d.short("EtherIP", etherIPLength)
		return
	}
	r := &d.packet.Rest
	r.Offset += etherIPLength
	r.Length -= etherIPLength
	d.carry(link.TypeBridged, dg.Missing)
}

// short notes that a header of want bytes is not all there.
func (d *Decoder) short(protocol string, want int) {
	d.note("internet.truncated", layers.A("protocol", layers.String(protocol)), layers.A("have", layers.Int(d.packet.Rest.Length)), layers.A("want", layers.Int(want)))
}
