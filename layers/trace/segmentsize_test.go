package trace

import (
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
)

// TestSegmentsLargerThanEthernet: where nobody has said how much the receiver takes, the link tells what cannot have been on it.
func TestSegmentsLargerThanEthernet(t *testing.T) {
	const note = "tcp.segmentation-offload.unknown-mss"
	for _, row := range []struct {
		name  string
		bytes int
		hosts string // the hardware addresses, "" for those of cards
		on    layers.LinkType
		want  bool
	}{
		{"a full frame", 1460, "", layers.LinkTypeEthernet, false},
		{"a byte more, within what tags may need", 1461, "", layers.LinkTypeEthernet, false},
		{"more than any tag explains", 1480, "", layers.LinkTypeEthernet, true},
		{"a large frame", 8948, "", layers.LinkTypeEthernet, true},
		{"what a card is to cut", 30000, "", layers.LinkTypeEthernet, true},
		{"a loopback interface", 30000, strings.Repeat("\x00", 12), layers.LinkTypeEthernet, false},
		{"a link without frames of Ethernet", 30000, "", layers.LinkTypeRaw, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			k, r := newTalk(t, Options{})
			k.taps[0].LinkType = row.on
			frame := k.next(server, strings.Repeat("x", row.bytes))
			copy(frame, row.hosts)
			if row.on == layers.LinkTypeRaw {
				frame = frame[14:]
			}
			k.show(0, frame)
			k.close()
			if got := slices.Contains(r.notes, note); got != row.want {
				t.Errorf("%v", r.notes)
			}
		})
	}
}
