package trace

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// TestReplayPassesOnWhatTheCaptureTells: names and secrets come before the frame that they precede in the file, behind the
// last one too; secrets only where they are to be shown.
func TestReplayPassesOnWhatTheCaptureTells(t *testing.T) {
	var file bytes.Buffer
	w, err := capture.NewWriter(&file, "mailwire")
	names := func(name string) error {
		return w.Names([]capture.Name{{Addr: netip.MustParseAddr("192.0.2.1"), Name: name}})
	}
	keys := func(data string) error {
		return w.Secrets(capture.Secrets{Type: capture.SecretsTLS, Data: []byte(data)})
	}
	frame := func() error {
		return w.Frame(&layers.Frame{Time: time.Unix(0, 0), Interface: &layers.Interface{LinkType: layers.LinkTypeEthernet}, Data: make([]byte, 60)}, "")
	}
	if err := errors.Join(err, names("ana"), keys("first"), keys("second"), frame(), frame(), names("ben"), keys("third")); err != nil {
		t.Fatal(err)
	}
	told := func(o Options) string {
		r, err := capture.Open(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		err = Replay(r, NewFollower(o, faceFunc(func(e Event) error {
			switch e := e.(type) {
			case Names:
				lines = append(lines, "names "+e[0].Name)
			case Secrets:
				for _, s := range e {
					lines = append(lines, fmt.Sprintf("secrets %#x %s", s.Type, s.Data))
				}
			case *Packet:
				lines = append(lines, fmt.Sprint("packet ", e.Frame.Number))
			case *Summary:
				lines = append(lines, "summary")
			}
			return nil
		})))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(lines, "\n")
	}
	want(t, "with secrets", told(Options{ShowSecrets: true}), `names ana
secrets 0x544c534b first
secrets 0x544c534b second
packet 1
packet 2
names ben
secrets 0x544c534b third
summary`)
	want(t, "without", told(Options{}), "names ana\npacket 1\npacket 2\nnames ben\nsummary")
}

// TestNamesAreBounded: a capture that names ever more addresses fills no memory, and the last name given holds.
func TestNamesAreBounded(t *testing.T) {
	f := NewFollower(Options{}, faceFunc(func(Event) error { return nil }))
	addr := netip.MustParseAddr("10.0.0.0")
	for range 3*addressesNamed + 1 {
		addr = addr.Next()
		f.Name(addr, "x")
		f.Name(addr, "ana")
		if len(f.names) > addressesNamed {
			t.Fatalf("%d names are kept", len(f.names))
		}
		if f.name(addr) != "ana" {
			t.Fatalf("%v is called %s", addr, f.name(addr))
		}
	}
}
