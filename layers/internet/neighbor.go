package internet

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"mailwire/layers"
)

// The options of neighbour discovery (RFC 4861 §4.6; the last ones RFC 4191, RFC 8106, RFC 8781).
const (
	ndSourceAddress = 1
	ndTargetAddress = 2
	ndPrefix        = 3
	ndRedirected    = 4
	ndMTU           = 5
	ndNonce         = 14
	ndRoute         = 24
	ndNameServers   = 25
	ndSearchList    = 31
	ndNAT64         = 38
)

// neighborOptions walks the options of neighbour discovery, whose length counts units of eight bytes (RFC 4861 §4.6).
type neighborOptions struct {
	message []byte
	at      int
}

func (o *neighborOptions) more() bool {
	return o.at+8 <= len(o.message) && o.message[o.at+1] != 0 && o.at+8*int(o.message[o.at+1]) <= len(o.message)
}

// next returns the type of an option, where it begins and its length.
func (o *neighborOptions) next() (kind uint8, at, length int) {
	at, length = o.at, 8*int(o.message[o.at+1])
	o.at += length
	return o.message[at], at, length
}

// noteClaim says when a neighbour claims an address that another one had.
func (d *Decoder) noteClaim(m *ICMPMessage) {
	for o := (neighborOptions{m.bytes, 24}); o.more(); {
		kind, at, length := o.next()
		if kind != ndTargetAddress {
			continue
		}
		address, _ := netip.AddrFromSlice(m.bytes[8:24])
		hardware := m.bytes[at+2 : at+length]
		if claim := d.link.Neighbors.Hear(d.frame, d.packet.Link.VLAN, address, hardware); claim.Moved {
			before := claim.Before // its bytes outlive the claim
			d.note("icmpv6.address-moved", layers.A("address", layers.Addr(m.bytes[8:24])), layers.A("before", layers.HardwareAddr(before[:])), layers.A("now", layers.HardwareAddr(hardware)))
		}
		return
	}
}

func (m *ICMPMessage) listOptions(l *layers.FieldList, start int) {
	for o := (neighborOptions{m.bytes, start}); o.more(); {
		kind, at, length := o.next()
		listNeighborOption(l, kind, at, m.bytes[at:at+length])
	}
}

// prefixFlags are the words for the flags of a prefix: on-link, autonomous (RFC 4861 §4.6.2).
var prefixFlags = [4][]string{{}, {"autonomous"}, {"on-link"}, {"on-link", "autonomous"}}

func listNeighborOption(l *layers.FieldList, kind uint8, at int, b []byte) {
	length := len(b)
	switch {
	case kind == ndSourceAddress:
		l.Add("source-link-address", at+2, length-2, layers.HardwareAddr(b[2:]))
	case kind == ndTargetAddress:
		l.Add("target-link-address", at+2, length-2, layers.HardwareAddr(b[2:]))
	case kind == ndPrefix && length == 32:
		l.Add("prefix-length", at+2, 1, layers.Uint(b[2]))
		l.AddBits("prefix-flags", at+3, 1, layers.Bits{First: 0, Count: 2}, layers.Words(prefixFlags[b[3]>>6]))
		l.Add("valid-lifetime", at+4, 4, layers.Uint(binary.BigEndian.Uint32(b[4:])))
		l.Add("preferred-lifetime", at+8, 4, layers.Uint(binary.BigEndian.Uint32(b[8:])))
		l.Add("prefix", at+16, 16, layers.Addr(b[16:32]))
	case kind == ndMTU && length == 8:
		l.Add("mtu", at+4, 4, layers.Uint(binary.BigEndian.Uint32(b[4:])))
	case kind == ndNonce:
		l.Add("nonce", at+2, length-2, layers.Bytes(b[2:]))
	case kind == ndRoute:
		l.Add("route-prefix-length", at+2, 1, layers.Uint(b[2]))
		l.Add("route-lifetime", at+4, 4, layers.Uint(binary.BigEndian.Uint32(b[4:])))
		var prefix [16]byte
		copy(prefix[:], b[8:])
		l.Add("route-prefix", at+8, length-8, layers.Addr(prefix[:]))
	case kind == ndNameServers:
		l.Add("name-server-lifetime", at+4, 4, layers.Uint(binary.BigEndian.Uint32(b[4:])))
		for i := 8; i+16 <= length; i += 16 {
			l.Add("name-server", at+i, 16, layers.Addr(b[i:i+16]))
		}
	case kind == ndSearchList:
		l.Add("search-list", at+8, length-8, layers.String(searchList(b[8:])))
	case kind == ndNAT64 && length == 16:
		var prefix [16]byte
		copy(prefix[:12], b[4:])
		l.Add("nat64-prefix", at+4, 12, layers.Addr(prefix[:]))
	default:
		l.Add("option", at, length, layers.Uint(kind))
	}
}

// searchList is the domain names in an option, as DNS writes them but without pointers (RFC 8106 §5.2).
func searchList(b []byte) string {
	var names strings.Builder
	for len(b) > 0 && b[0] != 0 {
		if names.Len() > 0 {
			names.WriteByte(' ')
		}
		for len(b) > 0 && b[0] != 0 {
			n := min(int(b[0]), len(b)-1)
			names.Write(b[1 : 1+n])
			names.WriteByte('.')
			b = b[1+n:]
		}
		b = b[min(1, len(b)):]
	}
	return names.String()
}

// listRecords lists a report of version 2: for each group what the host wants to hear of it (RFC 3810 §5.2).
func (m *ICMPMessage) listRecords(l *layers.FieldList) {
	const fixed = 20
	b := m.bytes
	count := int(m.word(6))
	l.Add("records", 6, 2, layers.Int(count))
	for at := icmpFixed; count > 0 && at+fixed <= len(b); count-- {
		l.Add("record-type", at, 1, recordType(b[at]))
		l.Add("group", at+4, 16, layers.Addr(b[at+4:at+20]))
		at += fixed + 16*int(binary.BigEndian.Uint16(b[at+2:])) + 4*int(b[at+1])
	}
}

func recordType(n uint8) layers.Value {
	names := [...]string{1: "mode is include", 2: "mode is exclude", 3: "change to include", 4: "change to exclude", 5: "allow new sources", 6: "block old sources"}
	if int(n) < len(names) {
		return layers.Uint(n).Named(names[n])
	}
	return layers.Uint(n)
}
