package tcp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// MinHeader is the length of a header without options, in bytes.
const MinHeader = 20

// MaxHeader is the length of a header with as many options as fit, in bytes.
const MaxHeader = MinHeader + MaxOptions

// A Segment is one segment as sound values: what the engine takes and gives. It costs no allocation; Payload points
// into the bytes it was decoded from, or into the sender's queue.
type Segment struct {
	SourcePort, DestinationPort uint16
	Seq                         Seq
	Ack                         Seq // holds with the ACK flag
	Flags                       Flags
	Window                      uint16 // as it stands in the header, not scaled
	Urgent                      uint16 // holds with the URG flag
	Options                     Options
	Payload                     []byte
}

// Len is how many sequence numbers the segment takes: its bytes, and one each for SYN and FIN (RFC 9293 §3.4).
func (s *Segment) Len() int {
	n := len(s.Payload)
	if s.Flags&SYN != 0 {
		n++
	}
	if s.Flags&FIN != 0 {
		n++
	}
	return n
}

// End is the sequence number behind the segment.
func (s *Segment) End() Seq { return s.Seq.Add(s.Len()) }

// HeaderLen is the length of the header that Append writes, in bytes.
func (s *Segment) HeaderLen() int { return MinHeader + s.Options.size() }

// A ParseError says why bytes are no TCP segment.
type ParseError struct {
	Field string // name of the field at fault, as in the lexicon: "header-length"
	At    int    // offset of the field, in bytes from the start of the header
	Why   string
	Ref   string
}

// Error is layer, place, reason and rule.
func (e *ParseError) Error() string {
	return fmt.Sprintf("tcp: %s at byte %d: %s (%s)", e.Field, e.At, e.Why, e.Ref)
}

var (
	errShort     = &ParseError{"header-length", 12, "fewer than 20 bytes", "RFC 9293 §3.1"}
	errDataStart = &ParseError{"header-length", 12, "the header is said to be shorter than 20 bytes or longer than the segment", "RFC 9293 §3.1"}
)

// Decode fills s from b, a whole segment with its header. Options are read as far as they make sense. The checksum is
// not looked at: see [Verify]. The error is a *ParseError.
//
// The header is read here and not by gopacket, whose decoder refuses a segment for one bad option, though an option
// with an impossible length must not make the rest unreadable (RFC 9293 §3.2), and leaves the options as bytes
// (BenchmarkDecode compares them).
func (s *Segment) Decode(b []byte) error {
	if len(b) < MinHeader {
		return errShort
	}
	n := View(b).HeaderLen()
	if n < MinHeader || n > len(b) {
		return errDataStart
	}
	s.SourcePort, s.DestinationPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	s.Seq, s.Ack = Seq(binary.BigEndian.Uint32(b[4:])), Seq(binary.BigEndian.Uint32(b[8:]))
	s.Flags = View(b).Flags()
	s.Window, s.Urgent = binary.BigEndian.Uint16(b[14:]), binary.BigEndian.Uint16(b[18:])
	s.Options.parse(b[MinHeader:n])
	s.Payload = b[n:]
	return nil
}

// Append adds the segment to dst, header and payload, with the checksum that it has between these addresses.
func (s *Segment) Append(dst []byte, from, to netip.Addr) []byte {
	start := len(dst)
	words := s.HeaderLen() / 4
	dst = binary.BigEndian.AppendUint16(dst, s.SourcePort)
	dst = binary.BigEndian.AppendUint16(dst, s.DestinationPort)
	dst = binary.BigEndian.AppendUint32(dst, uint32(s.Seq))
	dst = binary.BigEndian.AppendUint32(dst, uint32(s.Ack))
	dst = append(dst, byte(words<<4)|byte(s.Flags>>8&1), byte(s.Flags))
	dst = binary.BigEndian.AppendUint16(dst, s.Window)
	dst = append(dst, 0, 0, byte(s.Urgent>>8), byte(s.Urgent))
	dst = s.Options.append(dst)
	dst = append(dst, s.Payload...)
	binary.BigEndian.PutUint16(dst[start+16:], Checksum(from, to, dst[start:]))
	return dst
}

// A View reads the fields of a header in place and judges nothing, so that a broken header can be shown. It must have
// at least MinHeader bytes.
type View []byte

// SourcePort is the sender's port.
func (v View) SourcePort() uint16 { return binary.BigEndian.Uint16(v) }

// DestinationPort is the receiver's port.
func (v View) DestinationPort() uint16 { return binary.BigEndian.Uint16(v[2:]) }

// Seq is the raw sequence number.
func (v View) Seq() Seq { return Seq(binary.BigEndian.Uint32(v[4:])) }

// Ack is the raw acknowledgement number.
func (v View) Ack() Seq { return Seq(binary.BigEndian.Uint32(v[8:])) }

// HeaderLen is what the header says its length is, in bytes: 0 to 60.
func (v View) HeaderLen() int { return int(v[12]>>4) * 4 }

// Flags are the control bits.
func (v View) Flags() Flags { return Flags(v[12]&1)<<8 | Flags(v[13]) }

// Reserved are the three bits between header length and flags, which should be zero.
func (v View) Reserved() uint8 { return v[12] >> 1 & 7 }

// Window is the window as it stands in the header, not scaled.
func (v View) Window() uint16 { return binary.BigEndian.Uint16(v[14:]) }

// Checksum is the checksum as it stands in the header.
func (v View) Checksum() uint16 { return binary.BigEndian.Uint16(v[16:]) }

// Urgent is the urgent pointer.
func (v View) Urgent() uint16 { return binary.BigEndian.Uint16(v[18:]) }

// Options are the bytes between the fixed header and the data, as far as they are there.
func (v View) Options() []byte {
	return v[MinHeader:max(MinHeader, min(v.HeaderLen(), len(v)))]
}
