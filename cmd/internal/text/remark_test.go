package text

import (
	"bytes"
	"fmt"
	"testing"

	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// interfaces are the remarks on so many interfaces.
func interfaces(count int) (events []trace.Event) {
	for i := range count {
		events = append(events, &trace.Remark{Kind: "interface", Values: []layers.Arg{
			layers.A("name", layers.String(fmt.Sprintf("eth%d", i))), layers.A("link-type", layers.Int(1)), layers.A("filter", layers.String("port 25")),
		}})
	}
	return append(events, &trace.Summary{})
}

// TestRemarks: who made a capture, and where, before its packets; what is lost is told with its sentence.
func TestRemarks(t *testing.T) {
	section := &trace.Remark{Kind: "section", Values: []layers.Arg{layers.A("application", layers.String("Dumpcap 4.4")), layers.A("system", layers.String("Linux 6.1"))}}
	dropped := &trace.Remark{File: "b.pcapng", Kind: "statistics", Note: layers.N("capture.dropped", layers.A("interface", layers.String("eth0")), layers.A("count", layers.Int(7)))}
	for _, c := range []struct {
		events []trace.Event
		want   string
	}{
		{[]trace.Event{section}, "made by Dumpcap 4.4, on Linux 6.1\n"},
		{interfaces(2), "interface eth0, filter: port 25\ninterface eth1, filter: port 25\n"},
		{interfaces(5), "5 interfaces: eth0, eth1, eth2, eth3, eth4\n"},
		{interfaces(300), "300 interfaces: eth0, eth1, eth2, eth3, eth4, eth5, eth6, eth7 …\n"},
		{[]trace.Event{dropped}, "[capture] b.pcapng: The capturing computer lost 7 frames on eth0"},
	} {
		var out bytes.Buffer
		face := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source), Width: 150, Detail: Packets})
		for _, e := range c.events {
			if err := face.Show(e); err != nil {
				t.Fatal(err)
			}
		}
		if got := out.String(); !bytes.Contains([]byte(got), []byte(c.want)) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
