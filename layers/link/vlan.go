package link

import (
	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
)

const tagLength = 4

// VLAN is a tag that says to which virtual network a frame belongs (IEEE 802.1Q §9.6), from behind its own EtherType on.
type VLAN struct {
	header
	values gopackets.Dot1Q
}

// readTag reads a tag and returns the EtherType in it.
func (d *Decoder) readTag(v *VLAN) (t EtherType, ok bool) {
	var b []byte
	b, v.header = d.whole(tagLength)
	v.values.DecodeFromBytes(b, feedback)
	ok = len(v.bytes) == tagLength
	if !ok {
		d.truncated("vlan.truncated", tagLength)
	}
	d.envelope("vlan", tagLength, v)
	d.out.VLAN = d.out.VLAN<<12 | uint32(v.values.VLANIdentifier)
	return EtherType(v.values.Type), ok
}

// AppendSummary adds the number of the network and the type of what follows.
func (v *VLAN) AppendSummary(dst []byte) []byte {
	dst = layers.Uint(v.values.VLANIdentifier).Append(append(dst, "id "...))
	if v.values.Priority != 0 {
		dst = layers.Uint(v.values.Priority).Append(append(dst, " priority "...))
	}
	return appendType(append(dst, ' '), EtherType(v.values.Type))
}

// AppendFields lists the parts of the tag and the type.
func (v *VLAN) AppendFields(dst []layers.Field) []layers.Field {
	l := v.list(dst)
	l.AddBits("priority", 0, 2, layers.Bits{First: 0, Count: 3}, layers.Uint(v.values.Priority))
	l.AddBits("drop-eligible", 0, 2, layers.Bits{First: 3, Count: 1}, layers.Bool(v.values.DropEligible))
	l.AddBits("id", 0, 2, layers.Bits{First: 4, Count: 12}, layers.Uint(v.values.VLANIdentifier))
	if t := EtherType(v.values.Type); t < firstType {
		l.Add("length", 2, 2, layers.Uint(t))
	} else {
		l.Add("type", 2, 2, t.Value())
	}
	return l.Fields
}
