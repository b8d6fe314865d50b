package internet

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// Sum adds b, as 16-bit words in network byte order, to a sum that may begin with another (RFC 1071). A last odd byte is
// padded with zero, so b must have an even length unless it is the last.
func Sum(sum uint64, b []byte) uint64 {
	// RFC 1071 §2 (B) and (C): the bytes may be added in the other order and eight at a time, with the carries brought
	// back, as long as the result is swapped.
	var wide, carry uint64
	for len(b) >= 32 {
		wide, carry = bits.Add64(wide, binary.LittleEndian.Uint64(b), carry)
		wide, carry = bits.Add64(wide, binary.LittleEndian.Uint64(b[8:]), carry)
		wide, carry = bits.Add64(wide, binary.LittleEndian.Uint64(b[16:]), carry)
		wide, carry = bits.Add64(wide, binary.LittleEndian.Uint64(b[24:]), carry)
		b = b[32:]
	}
	for len(b) >= 8 {
		wide, carry = bits.Add64(wide, binary.LittleEndian.Uint64(b), carry)
		b = b[8:]
	}
	sum += uint64(bits.ReverseBytes16(fold(wide>>32 + wide&0xffffffff + carry)))
	for len(b) >= 2 {
		sum += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		sum += uint64(b[0]) << 8
	}
	return sum
}

func fold(sum uint64) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}

// Checksum is the complement of the folded sum: what a sender writes into a field that was zero in the sum. Over bytes that hold
// their true checksum it is 0.
func Checksum(sum uint64) uint16 { return ^fold(sum) }

// PseudoSum is the sum of the pseudo-header that TCP, UDP and ICMPv6 put before length bytes of their own (RFC 9293 §3.1,
// RFC 768, RFC 8200 §8.1). Both addresses are of one family.
func PseudoSum(source, destination netip.Addr, protocol Protocol, length int) uint64 {
	sum := uint64(length) + uint64(protocol)
	if source.Is4() {
		from, to := source.As4(), destination.As4()
		return Sum(Sum(sum, from[:]), to[:])
	}
	from, to := source.As16(), destination.As16()
	return Sum(Sum(sum, from[:]), to[:])
}

// PseudoSum is the sum of the datagram's own pseudo-header before length bytes.
func (d *Datagram) PseudoSum(length int) uint64 {
	return PseudoSum(d.Source, d.Destination, d.Protocol, length)
}

// ChecksumUnfinished says whether the two bytes at offset at of the payload are what a host writes there that leaves the checksum to its
// network card: nothing, or the sum of the pseudo-header alone, not complemented, with the length or (where the card is to cut
// the segment up) without it.
func (d *Datagram) ChecksumUnfinished(length, at int) bool {
	b := d.Bytes()
	if length > len(b) || at+2 > length {
		return false
	}
	field := binary.BigEndian.Uint16(b[at:])
	return field == 0 || field == fold(d.PseudoSum(length)) || field == fold(d.PseudoSum(0))
}

// ChecksumOK says whether the checksum in the first length bytes of the payload, over the pseudo-header too, is right. It is
// not known when these bytes are not all there.
func (d *Datagram) ChecksumOK(length int) (ok, known bool) {
	if length > d.Payload.Length {
		return false, false
	}
	b := d.Bytes()[:length]
	return Checksum(Sum(d.PseudoSum(length), b)) == 0, true
}
