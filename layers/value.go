package layers

import (
	"encoding/hex"
	"math/bits"
	"net/netip"
	"strconv"
	"unsafe"
)

// A Kind says which type of value a [Value] holds.
type Kind uint8

// The kinds of values.
const (
	None    Kind = iota
	Number       // an unsigned integer
	Hex          // an unsigned integer that people read in hexadecimal (a checksum, a type)
	Boolean      // true or false
	Text         // characters; untrusted when they come from a frame
	Address      // an IPv4 or IPv6 address
	MAC          // a hardware address
	Octets       // bytes without further meaning
	List         // words, such as flags
)

// A Value is what a field of a header or an argument of a note holds. It is small, comparable in cost to a string, and
// is turned into characters only when somebody looks. Values made from slices of a frame are valid as long as the
// frame is.
//
// Traces hold many values, so one has 32 bytes and four parts at most, which the compiler keeps in registers: one place for
// characters, bytes and where a list begins. That takes package unsafe. A string is taken to be unchanged for ever, and the bytes
// of a frame are not; so no string that lies in a frame leaves this file.
type Value struct {
	kind   Kind
	digits uint8 // of a Hex
	number uint64
	text   string // of a Text; of a Number or Hex: its name, such as "TCP" for 6; of an Address, MAC or Octets: the bytes, where they lie; of a List: the words, where they lie, with their number as its length
}

// Uint is the number n.
func Uint[T ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uint](n T) Value {
	return Value{kind: Number, number: uint64(n)}
}

// Int is the number n, which is not negative.
func Int[T ~int | ~int64 | ~int32](n T) Value { return Value{kind: Number, number: uint64(max(n, 0))} }

// HexUint is the number n, shown as 0x and at least digits hexadecimal digits.
func HexUint[T ~uint8 | ~uint16 | ~uint32 | ~uint64](n T, digits uint8) Value {
	return Value{kind: Hex, number: uint64(n), digits: digits}
}

// Bool is true or false.
func Bool(b bool) Value {
	v := Value{kind: Boolean}
	if b {
		v.number = 1
	}
	return v
}

// String is the text s, which may be any bytes: whoever shows it makes it safe to show.
func String(s string) Value { return Value{kind: Text, text: s} }

// Addr is the IP address that stands in b, 4 or 16 bytes in network byte order.
func Addr(b []byte) Value { return Value{kind: Address, text: inPlace(b)} }

// HardwareAddr is the hardware address that stands in b.
func HardwareAddr(b []byte) Value { return Value{kind: MAC, text: inPlace(b)} }

// Bytes is b itself.
func Bytes(b []byte) Value { return Value{kind: Octets, text: inPlace(b)} }

// Words is a list of words.
func Words(list []string) Value {
	return Value{kind: List, text: unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(list))), len(list))}
}

// Named returns v, a Number or Hex, with the name that people know it by ("TCP" for 6).
func (v Value) Named(name string) Value { v.text = name; return v }

// Kind says what v holds.
func (v Value) Kind() Kind { return v.kind }

// Number is the integer that v holds; 1 for true.
func (v Value) Number() uint64 { return v.number }

// Lasting tells whether v is the same for ever, and keeps no more than a name in memory: it is neither text nor bytes of a frame,
// nor a list, which somebody may fill anew. Of two lasting values == tells whether they are the same.
func (v Value) Lasting() bool { return v.kind <= Boolean }

// Name is the name given by Named, or "".
func (v Value) Name() string {
	if v.kind == Number || v.kind == Hex {
		return v.text
	}
	return ""
}

// List is the list of words that v holds, or nil.
func (v Value) List() []string {
	if v.kind != List || v.text == "" {
		return nil
	}
	return unsafe.Slice((*string)(unsafe.Pointer(unsafe.StringData(v.text))), len(v.text))
}

// inPlace is b as a string without a copy, to be read by bytes alone, and only as long as the value is valid.
func inPlace(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytes is what inPlace was given, to read.
func (v *Value) bytes() []byte { return unsafe.Slice(unsafe.StringData(v.text), len(v.text)) }

// Append adds v as people write it to dst: 6, 0x0800, 192.0.2.1, 02:00:00:00:00:01, "SYN ACK". A name is not added.
func (v Value) Append(dst []byte) []byte {
	switch v.kind {
	case Number:
		return appendNumber(dst, v.number)
	case Hex:
		return appendHex(dst, v.number, int(v.digits))
	case Boolean:
		return strconv.AppendBool(dst, v.number == 1)
	case Text:
		return append(dst, v.text...)
	case Address:
		return appendAddress(dst, v.bytes())
	case MAC:
		return appendMAC(dst, v.bytes())
	case Octets:
		return hex.AppendEncode(dst, v.bytes())
	case List:
		for i, w := range v.List() {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = append(dst, w...)
		}
		return dst
	}
	return dst
}

// String is v as people write it.
func (v Value) String() string {
	if v.kind == Text {
		return v.text
	}
	return string(v.Append(nil))
}

// appendNumber adds n in decimal digits: most numbers of headers are small, and a trace holds dozens of them for each packet.
func appendNumber(dst []byte, n uint64) []byte {
	switch {
	case n < 10:
		return append(dst, byte('0'+n))
	case n < 100:
		return append(dst, byte('0'+n/10), byte('0'+n%10))
	case n>>32 != 0:
		return strconv.AppendUint(dst, n, 10)
	}
	var digits [10]byte
	at := len(digits)
	rest := uint32(n)
	for ; rest >= 100; rest /= 100 {
		two := rest % 100
		at -= 2
		digits[at], digits[at+1] = byte('0'+two/10), byte('0'+two%10)
	}
	if rest >= 10 {
		at--
		digits[at] = byte('0' + rest%10)
		rest /= 10
	}
	at--
	digits[at] = byte('0' + rest)
	return append(dst, digits[at:]...)
}

// appendHex adds n as 0x and at least so many digits.
func appendHex(dst []byte, n uint64, digits int) []byte {
	digits = max(digits, (bits.Len64(n|1)+3)/4)
	dst = append(dst, '0', 'x')
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[n>>shift&15])
	}
	return dst
}

func appendAddress(dst, b []byte) []byte {
	if len(b) == 4 {
		dst = append(appendNumber(dst, uint64(b[0])), '.')
		dst = append(appendNumber(dst, uint64(b[1])), '.')
		dst = append(appendNumber(dst, uint64(b[2])), '.')
		return appendNumber(dst, uint64(b[3]))
	}
	if a, ok := netip.AddrFromSlice(b); ok {
		return a.AppendTo(dst)
	}
	return hex.AppendEncode(dst, b)
}

func appendMAC(dst, b []byte) []byte {
	for i, c := range b {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

const hexDigits = "0123456789abcdef"
