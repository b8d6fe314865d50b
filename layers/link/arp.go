package link

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"mailwire/layers"
)

const arpFixed = 8 // bytes before the addresses, whose lengths they hold

// ARP is a message of the Address Resolution Protocol (RFC 826): who has this protocol address, and which hardware
// address is it?
type ARP struct {
	header
	hardware, protocol uint16
	hlen, plen         int
	operation          uint16
	sha, spa, tha, tpa []byte // sender's and target's hardware and protocol addresses; nil when they are not all there
}

// The operations (RFC 826, RFC 903).
const (
	ARPRequest = 1
	ARPReply   = 2

	arpReverseRequest = 3
	arpReverseReply   = 4
	arpInverseRequest = 8 // RFC 2390
	arpInverseReply   = 9
)

func (d *Decoder) readARP() {
	a := &d.arp
	if d.depth > 0 {
		a = d.more.arps.Next()
	}
	b, h := d.whole(arpFixed)
	be := binary.BigEndian
	*a = ARP{header: h, hardware: be.Uint16(b), protocol: be.Uint16(b[2:]), hlen: int(b[4]), plen: int(b[5]), operation: be.Uint16(b[6:])}
	want := arpFixed
	if len(h.bytes) == arpFixed {
		want += 2*a.hlen + 2*a.plen
	}
	rest := d.rest()
	a.bytes = rest[:min(want, len(rest))]
	if len(rest) < want || want == arpFixed {
		d.truncated("arp.truncated", want)
	}
	at := arpFixed
	for _, address := range [...]struct {
		to     *[]byte
		length int
	}{{&a.sha, a.hlen}, {&a.spa, a.plen}, {&a.tha, a.hlen}, {&a.tpa, a.plen}} {
		if at+address.length <= len(a.bytes) {
			*address.to = a.bytes[at : at+address.length]
		}
		at += address.length
	}
	d.envelope("arp", want, a)
	d.finish()
	if len(a.tpa) > 0 {
		d.noteARP(a)
		if a.operation == ARPRequest || a.operation == ARPReply {
			d.noteClaim(a)
		}
	}
}

// noteClaim says when the sender claims an address that another one had, or a second address.
func (d *Decoder) noteClaim(a *ARP) {
	address, ok := netip.AddrFromSlice(a.spa)
	if !ok || len(a.spa) != 4 {
		return
	}
	claim := d.Neighbors.Hear(d.frame, d.out.VLAN, address, a.sha)
	switch {
	case claim.Moved:
		before := claim.Before // its bytes outlive the claim
		d.note("arp.address-moved", layers.A("address", layers.Addr(a.spa)), layers.A("before", layers.HardwareAddr(before[:])), layers.A("now", layers.HardwareAddr(a.sha)))
	case claim.Other.IsValid():
		d.note("arp.second-address", layers.A("hardware", layers.HardwareAddr(a.sha)), layers.A("address", layers.Addr(a.spa)), layers.A("other", layers.String(claim.Other.String())))
	}
	if from := d.out.From; len(from) == 6 && len(a.sha) == 6 && !bytes.Equal(from, a.sha) {
		d.note("arp.sender-differs", layers.A("frame", layers.HardwareAddr(from)), layers.A("claimed", layers.HardwareAddr(a.sha)))
	}
}

// noteARP says what kind of question or answer it is (RFC 5227 §1.1: probe and announcement).
func (d *Decoder) noteARP(a *ARP) {
	sender, target := layers.A("sender", addr(a.spa)), layers.A("target", addr(a.tpa))
	address := layers.A("address", layers.HardwareAddr(a.sha))
	switch {
	case a.operation == ARPRequest && isZero(a.spa):
		d.note("arp.probe", target, address)
	case a.operation == ARPRequest && bytes.Equal(a.spa, a.tpa):
		d.note("arp.announcement", sender, address)
	case a.operation == ARPRequest:
		d.note("arp.request", target, sender)
	case a.operation == ARPReply && bytes.Equal(a.spa, a.tpa):
		d.note("arp.announcement", sender, address)
	case a.operation == ARPReply:
		d.note("arp.reply", sender, address)
	case a.operation == arpReverseRequest:
		d.note("arp.reverse-request", layers.A("address", layers.HardwareAddr(a.tha)))
	case a.operation == arpReverseReply:
		d.note("arp.reverse-reply", target, layers.A("address", layers.HardwareAddr(a.tha)))
	case a.operation == arpInverseRequest, a.operation == arpInverseReply:
		d.note("arp.inverse")
	default:
		d.note("arp.other-operation", layers.A("operation", a.operationValue()))
	}
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// addr is a protocol address, which is an IPv4 address nearly always.
func addr(b []byte) layers.Value {
	if len(b) == 4 {
		return layers.Addr(b)
	}
	return layers.Bytes(b)
}

func (a *ARP) operationValue() layers.Value {
	names := [...]string{ARPRequest: "request", ARPReply: "reply", 3: "reverse request", 4: "reverse reply", 8: "inverse request", 9: "inverse reply"}
	if int(a.operation) < len(names) {
		return layers.Uint(a.operation).Named(names[a.operation])
	}
	return layers.Uint(a.operation)
}

// AppendSummary adds the operation and the address that is asked for or told.
func (a *ARP) AppendSummary(dst []byte) []byte {
	operation := a.operationValue()
	if name := operation.Name(); name != "" {
		dst = append(dst, name...)
	} else {
		dst = operation.Append(append(dst, "operation "...))
	}
	if a.operation == ARPReply {
		dst = addr(a.spa).Append(append(dst, ' '))
		return layers.HardwareAddr(a.sha).Append(append(dst, " = "...))
	}
	return addr(a.tpa).Append(append(dst, ' '))
}

// AppendFields lists the fields.
func (a *ARP) AppendFields(dst []layers.Field) []layers.Field {
	l := a.list(dst)
	hardware := layers.Uint(a.hardware)
	if a.hardware == 1 {
		hardware = hardware.Named("Ethernet")
	}
	l.Add("hardware-type", 0, 2, hardware)
	l.Add("protocol-type", 2, 2, EtherType(a.protocol).Value())
	l.Add("hardware-length", 4, 1, layers.Int(a.hlen))
	l.Add("protocol-length", 5, 1, layers.Int(a.plen))
	l.Add("operation", 6, 2, a.operationValue())
	at := arpFixed
	l.Add("sender-hardware-address", at, a.hlen, layers.HardwareAddr(a.sha))
	at += a.hlen
	l.Add("sender-protocol-address", at, a.plen, addr(a.spa))
	at += a.plen
	l.Add("target-hardware-address", at, a.hlen, layers.HardwareAddr(a.tha))
	at += a.hlen
	l.Add("target-protocol-address", at, a.plen, addr(a.tpa))
	return l.Fields
}
