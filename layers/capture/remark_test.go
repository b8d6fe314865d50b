package capture_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// remarksOf lists what a file says of itself, a line a remark, and its frames.
func remarksOf(t *testing.T, file []byte) string {
	t.Helper()
	r, err := capture.Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for {
		f, err := r.Next()
		for _, m := range r.Remarks() {
			b.WriteString(m.Kind)
			for _, v := range m.Values {
				b.WriteString(" " + v.Name + "=" + v.Value.String())
			}
			if m.Note.ID != "" {
				b.WriteString(" " + m.Note.ID)
			}
			b.WriteString("\n")
		}
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("frame " + string(f.Data) + "\n")
	}
}

// sectionWith makes a section header with options.
func sectionWith(order binary.AppendByteOrder, options ...[]byte) []byte {
	b := section(order)
	body := append(bytes.Clone(b[8:len(b)-4]), bytes.Join(options, nil)...)
	return block(order, 0x0a0d0d0a, body)
}

func counts(order binary.AppendByteOrder, n uint64) string { return string(order.AppendUint64(nil, n)) }

// TestRemarks: who made the capture, where, with what filter, and what got lost on the way.
func TestRemarks(t *testing.T) {
	file := bytes.Join([][]byte{
		sectionWith(little, option(little, 1, "homework 3"), option(little, 2, "a laptop"), option(little, 3, "Linux 6.1"), option(little, 4, "Dumpcap 4.4")),
		describe(little, 1, option(little, 2, "eth0"), option(little, 3, "the cable"), option(little, 11, "\x00port 25"), option(little, 12, "Linux 6.1"), option(little, 1, "by the door")),
		describe(little, 1, option(little, 3, "only described"), option(little, 11, "\x01\x00\x00\x00")),
		enhanced(little, 0, 7, "one"),
		block(little, 5, append(numbers(little, 0, 0, 0), bytes.Join([][]byte{option(little, 4, counts(little, 90)), option(little, 5, counts(little, 3)), option(little, 7, counts(little, 4))}, nil)...)),
		block(little, 5, append(numbers(little, 1, 0, 0), bytes.Join([][]byte{option(little, 4, counts(little, 9)), option(little, 5, counts(little, 0))}, nil)...)),
		block(little, 5, append(numbers(little, 1, 0, 0), option(little, 4, "short")...)),
		block(little, 5, numbers(little, 7, 0, 0)), // an interface that is not there
		enhanced(little, 0, 8, "two", option(little, 4, counts(little, 12))),
		sectionWith(big, option(big, 4, "another")),
		describe(big, 1),
		block(big, 2, append(numbers(big, 5, 0, 7, 4, 4), "drop"...)),      // interface 0, 5 dropped
		block(big, 2, append(numbers(big, 0xffff, 0, 7, 4, 4), "what"...)), // not known how many
	}, nil)
	want := `section application=Dumpcap 4.4 system=Linux 6.1 hardware=a laptop comment=homework 3
interface name=eth0 description=the cable link-type=1 filter=port 25 system=Linux 6.1 comment=by the door
interface name=only described link-type=1
frame one
statistics interface=eth0 received=90 dropped=7 capture.dropped
statistics interface=only described received=9 dropped=0 capture.none-dropped
statistics interface=eth0 dropped=12 capture.dropped
frame two
section application=another
interface link-type=1
statistics interface=#2 dropped=5 capture.dropped
frame drop
frame what
`
	if got := remarksOf(t, file); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestRemarksAreBounded: a file that talks only of itself does not fill the memory.
func TestRemarksAreBounded(t *testing.T) {
	long := option(little, 1, strings.Repeat("x", 60000))
	r, err := capture.Open(io.MultiReader(bytes.NewReader(section(little)), bytes.NewReader(bytes.Repeat(describe(little, layers.LinkTypeEthernet, long), 200))))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Fatal(err)
	}
	held := 0
	for _, m := range r.Remarks() {
		for _, v := range m.Values {
			held += len(v.Value.String())
		}
	}
	if held > 1<<20+1<<16 {
		t.Errorf("%d bytes of remarks are held", held)
	}
}
