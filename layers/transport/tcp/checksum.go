package tcp

import (
	"encoding/binary"
	"net/netip"

	"mailwire/layers/internet"
)

// Checksum is the checksum of segment, header and payload, between these addresses, over the pseudo-header of their
// family (RFC 9293 §3.1, RFC 8200 §8.1). The two bytes of the checksum field count as zero.
func Checksum(from, to netip.Addr, segment []byte) uint16 {
	sum := internet.Sum(internet.PseudoSum(from, to, internet.TCP, len(segment)), segment)
	if len(segment) >= MinHeader {
		sum += uint64(^binary.BigEndian.Uint16(segment[16:])) // take the field out again
	}
	return internet.Checksum(sum)
}

// Verify says whether the checksum in segment is right.
func Verify(from, to netip.Addr, segment []byte) bool {
	return internet.Checksum(internet.Sum(internet.PseudoSum(from, to, internet.TCP, len(segment)), segment)) == 0
}
