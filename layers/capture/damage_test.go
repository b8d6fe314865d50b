package capture_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// TestCut cuts a file at every length: the frames before the cut come, then the cut with its offset, or the end.
func TestCut(t *testing.T) {
	for name, file := range map[string][]byte{
		"pcap":   pcap(little, 0xa1b2c3d4, 4, "one", "second"),
		"pcapng": bytes.Join([][]byte{section(big), describe(big, 1), enhanced(big, 0, 1, "one"), enhanced(big, 0, 2, "second")}, nil),
	} {
		// where records end
		at := map[string][]int{"pcap": {24, 43, 65}, "pcapng": {28, 48, 84, 124}}[name]
		for n := 4; n <= len(file); n++ {
			r, err := capture.Open(bytes.NewReader(file[:n]))
			var f *layers.Frame
			frames := 0
			for err == nil {
				if f, err = r.Next(); err == nil {
					frames++
					if want := []string{"one", "second"}[frames-1]; string(f.Data) != want {
						t.Errorf("%s cut at %d: frame %d is %q", name, n, frames, f.Data)
					}
				}
			}
			want := 0
			for _, end := range at[len(at)-2:] {
				if n >= end {
					want++
				}
			}
			if frames != want {
				t.Errorf("%s cut at %d: %d frames, want %d", name, n, frames, want)
			}
			var damage *capture.DamageError
			switch {
			case slices.Contains(at, n):
				if err != io.EOF {
					t.Errorf("%s ended at %d: %v", name, n, err)
				}
			case !errors.As(err, &damage) || damage.Offset != int64(n):
				t.Errorf("%s cut at %d: %v", name, n, err)
			}
		}
	}
}

// TestDamage breaks one block at a time: what is sound before and, where the file tells how far the damage goes, behind
// it still comes.
func TestDamage(t *testing.T) {
	lying := enhanced(little, 0, 1, "frame")
	little.PutUint32(lying[20:], 4000) // more than the block holds
	unequal := enhanced(little, 0, 1, "frame")
	little.PutUint32(unequal[len(unequal)-4:], 4)
	huge := numbers(little, 6, 0xfffffff0, 0, 0)
	start := bytes.Join([][]byte{section(little), describe(little, 1), enhanced(little, 0, 1, "before")}, nil)
	for _, test := range []struct {
		name string
		bad  []byte
		want string
		goes bool // on behind it
	}{
		{"a frame longer than its block", lying, "capture: byte 88: frame-beyond-block", true},
		{"two lengths", unequal, "capture: byte 88: block-lengths-differ", true},
		{"an interface that nobody described", enhanced(little, 9, 1, "frame"), "capture: byte 88: unknown-interface", true},
		{"a short block", block(little, 6, numbers(little, 0, 0)), "capture: byte 88: block-short", true},
		{"a length below that of every block", numbers(little, 6, 8, 0, 0), "capture: byte 88: block-length", true},
		{"a length of 4 GiB", huge, "capture: byte 88: block-beyond", true},
		{"a length beyond the file", numbers(little, 6, 1<<20, 0, 0), "capture: byte 88: block-beyond", true},
		{"a length beyond the file of a type that is not read", numbers(little, 0xbad, 3<<30, 0), "capture: byte 88: block-beyond", true},
		{"a length that is no multiple of four", numbers(little, 6, 33, 0, 0), "capture: byte 88: block-lengths-differ", true},
		{"a length over the next block", numbers(little, 6, 52, 0, 0), "capture: byte 88: block-lengths-differ", true},
		{"bytes that move all behind them", []byte("moved"), "capture: byte 88: block-beyond", true},
	} {
		file := append(append(bytes.Clone(start), test.bad...), enhanced(little, 0, 1, "behind")...)
		r, err := capture.Open(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		want := "1 00:00:00.000001  1 before 6 \n" + test.want + "\n"
		if test.goes {
			want += "2 00:00:00.000001  1 behind 6 \n"
		}
		if got := story(r); got != want {
			t.Errorf("%s:\n%swant\n%s", test.name, got, want)
		}
	}
}

// TestLongBlocks: a block above 16 MiB is skipped if it ends as it begins; if not, the sound blocks in it and behind it come.
func TestLongBlocks(t *testing.T) {
	long := make([]byte, 17<<20)
	inside := slices.Clone(long)
	little.PutUint32(inside[4:], 3<<30)
	copy(inside, numbers(little, 6, 3<<30))
	copy(inside[9<<20+1:], enhanced(little, 0, 2, "inside"))
	unequal := block(little, 0xbad, slices.Clone(long))
	unequal[len(unequal)-1]++
	start := bytes.Join([][]byte{section(little), describe(little, 1)}, nil)
	for name, test := range map[string]struct {
		block []byte
		want  string
	}{
		"sound and not read":    {block(little, 0xbad, slices.Clone(long)), ""},
		"sound and too long":    {block(little, 6, slices.Clone(long)), "capture: byte 48: frame-too-long\n"},
		"two lengths":           {unequal, "capture: byte 48: block-beyond\n"},
		"a sound block inside":  {inside, "capture: byte 48: block-beyond\n1 00:00:00.000002  1 inside 6 \ncapture: byte 9437273: block-length\n"},
		"a section in no order": {block(little, 0x0a0d0d0a, make([]byte, 16)), "capture: byte 48: byte-order\ncapture: byte 76: unknown-interface\n"},
	} {
		file := bytes.Join([][]byte{start, test.block, describe(little, 1), enhanced(little, 0, 3, "behind")}, nil)
		if name == "a section in no order" {
			file = bytes.Join([][]byte{start, test.block, enhanced(little, 0, 3, "lost"), section(little), describe(little, 1), enhanced(little, 0, 3, "behind")}, nil)
		}
		r, err := capture.Open(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := story(r); !strings.HasPrefix(got, test.want) || !strings.Contains(got[len(test.want):], "behind") || strings.Count(got, "capture:") != strings.Count(test.want, "capture:") {
			t.Errorf("%s: %q, want %q and what is behind", name, got, test.want)
		}
	}
}

// TestLostBytes takes one byte out of a frame, as a copy does that changes line ends: the frame takes a byte of the next
// record, whose header cannot be true any more, and the record behind that one is found again.
func TestLostBytes(t *testing.T) {
	file := pcap(little, 0xa1b2c3d4, 4, "one", "lost\r\nbyte", "hidden", "found", "last")
	at := bytes.Index(file, []byte("\r\n"))
	file = append(file[:at:at], file[at+1:]...)
	r, err := capture.Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	got := story(r)
	if want := "capture: byte 69: frame-too-long\n3 00:16:43.000007  1 found 15 \n4 00:16:44.000007  1 last 14 \n"; !strings.HasSuffix(got, want) {
		t.Errorf("%q\nwant at its end %q", got, want)
	}
}

// TestFirstLengthLies: where no record before tells the time, two that follow each other do.
func TestFirstLengthLies(t *testing.T) {
	file := pcap(little, 0xa1b2c3d4, 4, "lost", "found", "last")
	copy(file[24+8:], numbers(little, 0x7fffffff))
	r, err := capture.Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if got := story(r); !strings.HasSuffix(got, "capture: byte 24: frame-too-long\n1 00:16:41.000007  1 found 15 \n2 00:16:42.000007  1 last 14 \n") {
		t.Errorf("%q", got)
	}
}

// TestDamagedPacking cuts a packed file.
func TestDamagedPacking(t *testing.T) {
	packed := pack(pcap(little, 0xa1b2c3d4, 4, strings.Repeat("x", 5000), strings.Repeat("y", 5000)))
	for n := range packed {
		r, err := capture.Open(bytes.NewReader(packed[:n]))
		for err == nil {
			_, err = r.Next()
		}
		var damage *capture.DamageError
		var refused *capture.FormatError
		if !errors.As(err, &damage) && !(n < 4 && errors.As(err, &refused)) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

// TestHostileLengths feeds blocks that claim gigabytes: memory must follow the bytes that are there.
func TestHostileLengths(t *testing.T) {
	file := append(section(little), describe(little, 1)...)
	for _, kind := range []uint32{1, 2, 3, 4, 5, 6, 10, 77} {
		claim := append(bytes.Clone(file), numbers(little, kind, 3<<30, 0, 0, 0, 3<<29, 3<<29)...)
		if used := testing.AllocsPerRun(1, func() {
			r, err := capture.Open(bytes.NewReader(claim))
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = r.Next()
			}
		}); used > 100 {
			t.Errorf("block type %d: %v allocations", kind, used)
		}
	}
}
