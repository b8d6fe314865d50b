package text

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// TestAttemptsAreFolded: somebody who opens one connection after the other and says nothing does not fill the story; what is
// said between them is told.
func TestAttemptsAreFolded(t *testing.T) {
	for _, detail := range []Detail{Story, Packets} {
		var out bytes.Buffer
		f := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source), Width: 80, Detail: detail})
		show := func(e trace.Event) {
			if err := f.Show(e); err != nil {
				t.Fatal(err)
			}
		}
		attempt := func(number int) {
			show(&trace.Packet{Frame: &layers.Frame{Number: number, Time: time.Unix(0, 0), Length: 60}, From: "a", To: "b", Milestone: true,
				PDUs: []layers.PDU{{Layer: layers.Transport, Protocol: "tcp", Header: &still{summary: []byte("SYN seq 0")}}}})
		}
		for n := range 1000 {
			attempt(n + 1)
		}
		show(&trace.Message{Message: application.Message{Protocol: "smtp", Kind: application.Command, Text: "QUIT", Complete: true}, Packets: []int{999, 1000}})
		attempt(1001)
		got := out.String()
		if shown := strings.Count(got, "SYN seq 0"); shown != milestonesAfter+1 {
			t.Errorf("%d attempts are shown", shown)
		}
		if want := "964 more packets like these (37 to 1000, 57,840 bytes)"; !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %q", got, want)
		}
		if at := strings.Index(got, "QUIT"); at < strings.Index(got, "964 more") || strings.LastIndex(got, "SYN") < at {
			t.Errorf("in another order:\n%s", got)
		}
	}
}
