package tcp

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// protocolNumber is TCP's number in an IP header.
const protocolNumber = 6

// Checksum is the checksum of segment, header and payload, between these addresses, over the pseudo-header of their
// family (RFC 9293 §3.1, RFC 8200 §8.1). The two bytes of the checksum field count as zero.
func Checksum(from, to netip.Addr, segment []byte) uint16 {
	sum := pseudoHeader(from, to, len(segment))
	sum = add(sum, segment)
	if len(segment) >= 18 {
		sum = addWord(sum, uint64(^binary.BigEndian.Uint16(segment[16:]))) // take the field out again
	}
	return ^fold(sum)
}

// Verify says whether the checksum in segment is right.
func Verify(from, to netip.Addr, segment []byte) bool {
	return fold(add(pseudoHeader(from, to, len(segment)), segment)) == 0xffff
}

func pseudoHeader(from, to netip.Addr, length int) uint64 {
	sum := uint64(protocolNumber) + uint64(length)
	for _, a := range [2]netip.Addr{from, to} {
		if a.Is4() {
			b := a.As4()
			sum = add(sum, b[:])
		} else {
			b := a.As16()
			sum = add(sum, b[:])
		}
	}
	return sum
}

// add adds the 16-bit words of b to sum in ones' complement (RFC 1071), eight bytes at a time: a carry out of 64 bits
// is worth one, like a carry out of 16.
func add(sum uint64, b []byte) uint64 {
	var carry uint64
	for len(b) >= 32 {
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b), carry)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[8:]), carry)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[16:]), carry)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[24:]), carry)
		b = b[32:]
	}
	for len(b) >= 8 {
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b), carry)
		b = b[8:]
	}
	sum = addWord(sum, carry)
	for len(b) >= 2 {
		sum = addWord(sum, uint64(binary.BigEndian.Uint16(b)))
		b = b[2:]
	}
	if len(b) == 1 {
		sum = addWord(sum, uint64(b[0])<<8)
	}
	return sum
}

func addWord(sum, word uint64) uint64 {
	sum, carry := bits.Add64(sum, word, 0)
	return sum + carry
}

func fold(sum uint64) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}
