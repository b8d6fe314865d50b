package tcp

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

// Whatever the engine and the header name has its text.
func TestEverythingHasWords(t *testing.T) {
	english := lexicon.New(lexicon.English, lexicon.Notes)
	want := func(n layers.Note) {
		t.Helper()
		if line := english.Line(n); strings.HasPrefix(line, "[") || strings.Contains(line, "{") {
			t.Errorf("%s: %s", n.ID, line)
		}
	}
	for s := Closed; s <= TimeWait; s++ {
		want(layers.N("tcp.state." + strings.ToLower(s.String())))
	}
	for r := Orderly; r <= Unreachable; r++ {
		want(layers.N("tcp.reason." + r.String()))
	}
	for k := StateChanged; k <= Challenged; k++ {
		if n, ok := (Event{Kind: k, Reason: Orderly, Len: 1460}).Note(); ok {
			want(n)
		}
	}
	for _, name := range flagNames {
		want(layers.N("tcp." + strings.ToLower(name)))
	}
	for _, k := range []OptionKind{EndOfOptions, NoOperation, MaxSegment, WindowScale, SACKPermitted, SACK, Timestamps,
		UserTimeout, Authenticated, MultiPath, FastOpen, 253} {
		want(layers.N("tcp.option." + k.String()))
		if k > NoOperation {
			want(layers.N("tcp.field." + k.String()))
		}
	}
	for _, row := range wire {
		b := unhex(row.bytes)
		h, _ := NewHeader(b, 0, len(b))
		h.Relative, h.Scaled, h.Analysis = true, true, []string{"retransmission"}
		for _, f := range h.AppendFields(nil) {
			want(layers.N("tcp.field." + f.Name))
		}
	}
}
