package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// merged lists what a merger hands out: number, second, interface and data of each frame, damages and remarks with their
// files.
func merged(t *testing.T, files ...[]byte) string {
	t.Helper()
	var inputs []capture.Input
	for i, f := range files {
		r, err := capture.Open(bytes.NewReader(f))
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, capture.Input{Name: string(rune('a' + i)), Reader: r})
	}
	var b strings.Builder
	for m := capture.Merge(inputs); ; {
		f, err := m.Next()
		for _, n := range m.Names() {
			fmt.Fprintf(&b, "%s is %s\n", n.Addr, n.Name)
		}
		for _, r := range m.Remarks() {
			fmt.Fprintf(&b, "%s tells of its %s\n", r.File, r.Kind)
		}
		var damage *capture.DamageError
		switch {
		case err == nil:
			fmt.Fprintf(&b, "%d at %d on %d: %s\n", f.Number, f.Time.Unix(), f.Interface.Index, f.Data)
		case err == io.EOF:
			return b.String()
		case errors.As(err, &damage):
			fmt.Fprintf(&b, "%s: %v\n", damage.File, damage)
		default:
			t.Fatal(err)
		}
	}
}

// ng makes a pcapng file of one interface in seconds; a frame is its second and its data.
func ng(name string, frames ...any) []byte {
	b := append(section(little), describe(little, layers.LinkTypeEthernet, option(little, 2, name), option(little, 9, "\x00"))...)
	for i := 0; i < len(frames); i += 2 {
		b = append(b, enhanced(little, 0, uint64(frames[i].(int)), frames[i+1].(string))...)
	}
	return b
}

// TestMerge: several captures are one story.
func TestMerge(t *testing.T) {
	names := block(little, 4, append(option(little, 1, "\xc0\x00\x02\x01mail\x00"), 0, 0, 0, 0))
	for _, c := range []struct {
		name  string
		files [][]byte
		want  string
	}{
		{"one after the other, in whatever order they are given: the second goes on with the interface of the first",
			[][]byte{ng("eth0", 30, "c", 31, "d"), ng("eth0", 10, "a", 20, "b")},
			"a tells of its interface\nb tells of its interface\n1 at 10 on 0: a\n2 at 20 on 0: b\n3 at 30 on 0: c\n4 at 31 on 0: d\n"},
		{"side by side: two views; of the same second the one given first",
			[][]byte{ng("eth0", 10, "a", 20, "c", 20, "d"), ng("eth0", 10, "b", 20, "e")},
			"a tells of its interface\nb tells of its interface\n1 at 10 on 0: a\n2 at 10 on 1: b\n3 at 20 on 0: c\n4 at 20 on 0: d\n5 at 20 on 1: e\n"},
		{"another interface is another",
			[][]byte{ng("eth0", 10, "a"), ng("wlan0", 20, "b")},
			"a tells of its interface\nb tells of its interface\n1 at 10 on 0: a\n2 at 20 on 1: b\n"},
		{"times that go back stay in the order of their file",
			[][]byte{pcap(little, 0xa1b2c3d4, 4, "a", "b"), ng("x", 2000, "d", 1000, "c")},
			"b tells of its interface\n1 at 1000 on 0: a\n2 at 1001 on 0: b\n3 at 2000 on 1: d\n4 at 1000 on 1: c\n"},
		{"a damage is told with its file, between its frames",
			[][]byte{ng("x", 10, "a"), append(append(ng("y", 5, "b"), block(little, 6, numbers(little, 9, 0, 0, 0, 0))...), enhanced(little, 0, 7, "c")...)},
			"a tells of its interface\nb tells of its interface\n1 at 5 on 0: b\nb: capture: byte 100: unknown-interface\n2 at 7 on 0: c\n3 at 10 on 1: a\n"},
		{"one that is cut ends, the others go on",
			[][]byte{ng("x", 10, "a", 30, "c"), ng("y", 20, "b", 40, "d")[:130]},
			"a tells of its interface\nb tells of its interface\n1 at 10 on 0: a\n2 at 20 on 1: b\nb: capture: byte 130: cut\n3 at 30 on 0: c\n"},
		{"names come along", [][]byte{append(ng("x"), names...), ng("y", 1, "a")},
			"192.0.2.1 is mail\na tells of its interface\nb tells of its interface\n1 at 1 on 0: a\n"},
		{"nothing", nil, ""},
	} {
		if got := merged(t, c.files...); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// TestMergeFails: a file that cannot be read further does not end the others.
func TestMergeFails(t *testing.T) {
	disk := errors.New("disk on fire")
	broken, err := capture.Open(io.MultiReader(bytes.NewReader(ng("x", 10, "a")), &failing{disk}))
	if err != nil {
		t.Fatal(err)
	}
	sound, err := capture.Open(bytes.NewReader(ng("y", 20, "b")))
	if err != nil {
		t.Fatal(err)
	}
	m := capture.Merge([]capture.Input{{Name: "x", Reader: broken}, {Name: "y", Reader: sound}})
	for _, want := range []string{"a", "b"} {
		if f, err := m.Next(); err != nil || string(f.Data) != want {
			t.Fatalf("%v, want %s", err, want)
		}
	}
	if _, err := m.Next(); !errors.Is(err, disk) {
		t.Errorf("at the end: %v", err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }
