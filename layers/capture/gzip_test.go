package capture_test

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"mailwire/layers/capture"
)

// TestGzip: the members of a packed file are one; zeros behind them are their end, anything else is damage behind all frames.
func TestGzip(t *testing.T) {
	file := pcap(little, 0xa1b2c3d4, 4, "one", "second")
	all := "1 00:16:40.000007  1 one 13 \n2 00:16:41.000007  1 second 16 \n"
	members := append(pack(file[:30]), append(pack(nil), pack(file[30:])...)...)
	for _, c := range []struct {
		name   string
		packed []byte
		want   string
	}{
		{"one member", pack(file), all},
		{"several, cut in the midst of a record, one of them empty", members, all},
		{"zeros behind", append(bytes.Clone(members), make([]byte, 1000)...), all},
		{"other bytes behind", append(bytes.Clone(members), "trailing rubbish"...), all + "capture: byte 65: packed-broken\n"},
		{"zeros, and a member behind them", append(append(pack(file[:30]), 0, 0), pack(file[30:])...), all},
		{"cut in the last member", members[:len(members)-9], "1 00:16:40.000007  1 one 13 \n2 00:16:41.000007  1 second 16 \ncapture: byte 65: packed-broken\n"},
		{"a wrong sum", append(bytes.Clone(pack(file)[:len(pack(file))-8]), make([]byte, 8)...), all + "capture: byte 65: packed-broken\n"},
	} {
		for _, input := range []io.Reader{bytes.NewReader(c.packed), iotest.OneByteReader(bytes.NewReader(c.packed))} {
			r, err := capture.Open(input)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if got := story(r); got != c.want {
				t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
			}
		}
	}
}
