package layers

import (
	"slices"
	"strconv"
	"testing"
	"unsafe"
)

func TestValuesAsPeopleWriteThem(t *testing.T) {
	for _, lesson := range []struct {
		value Value
		kind  Kind
		text  string
	}{
		{Value{}, None, ""},
		{Uint(uint16(587)), Number, "587"},
		{Int(-1), Number, "0"},
		{Uint(uint8(6)).Named("TCP"), Number, "6"},
		{HexUint(uint16(0x800), 4), Hex, "0x0800"},
		{HexUint(uint32(0x12345), 4), Hex, "0x12345"},
		{HexUint(uint8(0), 2), Hex, "0x00"},
		{Bool(true), Boolean, "true"},
		{Bool(false), Boolean, "false"},
		{String("Ana"), Text, "Ana"},
		{Addr([]byte{192, 0, 2, 1}), Address, "192.0.2.1"},
		{Addr([]byte{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), Address, "2001:db8::1"},
		{Addr([]byte{192, 0}), Address, "c000"}, // cut short
		{HardwareAddr([]byte{2, 0, 0, 0, 0, 0xab}), MAC, "02:00:00:00:00:ab"},
		{HardwareAddr(nil), MAC, ""},
		{Bytes([]byte{0xde, 0xad}), Octets, "dead"},
		{Bytes(nil), Octets, ""},
		{Bytes([]byte{}), Octets, ""},
		{Words([]string{"SYN", "ACK"}), List, "SYN ACK"},
		{Words(nil), List, ""},
		{Words([]string{}), List, ""},
	} {
		if got := lesson.value.String(); lesson.value.Kind() != lesson.kind || got != lesson.text {
			t.Errorf("kind %d, %q; want %d, %q", lesson.value.Kind(), got, lesson.kind, lesson.text)
		}
	}
}

// A value is what the bytes are that it was made of, and keeps them from being collected; nothing but the value looks into them.
func TestValuesLieWhereTheirBytesLie(t *testing.T) {
	frame := []byte{192, 0, 2, 1}
	address := Addr(frame)
	frame[3] = 2
	if got := address.String(); got != "192.0.2.2" {
		t.Errorf("the address of the frame is %s", got)
	}
	said := address.String()
	frame[3] = 3
	if said != "192.0.2.2" || address.Name() != "" || address.List() != nil {
		t.Errorf("what was said of the frame before is now %s; name %q, list %q", said, address.Name(), address.List())
	}
}

func TestWordsAreKeptAsTheyWere(t *testing.T) {
	list := make([]string, 0, 8)
	for n := range 5 {
		list = append(list, strconv.Itoa(n))
	}
	v := Words(list[1:4])
	if got := v.List(); !slices.Equal(got, []string{"1", "2", "3"}) || v.Number() != 0 {
		t.Errorf("%q, number %d", got, v.Number())
	}
	if got := v.List(); cap(got) != len(got) {
		t.Errorf("whoever appends to the list writes over what lies behind it: %d words of %d", len(got), cap(got))
	}
}

func TestValuesAreFewBytes(t *testing.T) {
	if strconv.IntSize == 64 && unsafe.Sizeof(Value{}) != 32 {
		t.Errorf("a value has %d bytes", unsafe.Sizeof(Value{}))
	}
}

func TestNumbersHaveTheirDigits(t *testing.T) {
	for power := uint64(1); power < 1e15; power *= 10 {
		for _, n := range []uint64{power - 1, power, power + 1, 7*power + power/3, 1<<32 - power%9} {
			if got := Uint(n).String(); got != strconv.FormatUint(n, 10) {
				t.Errorf("%d is written %s", n, got)
			}
		}
	}
}
