package internet

import "testing"

// slowly is the checksum as RFC 1071 §1 defines it, word by word.
func slowly(b []byte) uint16 {
	var sum uint32
	for i, c := range b {
		if i%2 == 0 {
			sum += uint32(c) << 8
		} else {
			sum += uint32(c)
		}
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// TestChecksum compares the quick sum with the slow one at every length, over bytes that make many carries.
func TestChecksum(t *testing.T) {
	// The example of RFC 1071 §3: the sum is ddf2.
	if got := Checksum(Sum(0, []byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7})); got != ^uint16(0xddf2) {
		t.Errorf("%04x", got)
	}
	b := make([]byte, 300)
	for _, step := range []int{1, 7, 101, 255} {
		for i := range b {
			b[i] = byte(255 - i*step)
		}
		for n := range b {
			if got, want := Checksum(Sum(0, b[:n])), slowly(b[:n]); got != want {
				t.Errorf("%d bytes: %04x, want %04x", n, got, want)
			}
			if even := n &^ 1; Checksum(Sum(Sum(0, b[:even]), b[even:])) != slowly(b) {
				t.Errorf("two parts of %d and %d bytes", even, len(b)-even)
			}
		}
	}
}

func BenchmarkSum(b *testing.B) {
	data := make([]byte, 1460)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Sum(0, data)
	}
}
