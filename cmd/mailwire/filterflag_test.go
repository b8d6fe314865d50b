package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// Whatever protocol a trace shows can be asked for by name.
func TestEveryProtocolCanBeFiltered(t *testing.T) {
	known := filterWords(lexicon.New(lexicon.English, lexicon.Notes)).Protocols
	seen := map[string]bool{}
	check := func(file, name string) {
		if !seen[name] && !slices.Contains(known, name) {
			t.Errorf("%s: %s cannot be asked for", filepath.Base(file), name)
		}
		seen[name] = true
	}
	for _, file := range layerstest.Captures(t, "mail", "lower") {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := capture.Open(f); err == nil {
			_ = trace.Replay(r, trace.NewFollower(trace.Options{}, showing(func(e trace.Event) {
				switch e := e.(type) {
				case *trace.Packet:
					for _, u := range e.PDUs {
						check(file, u.Protocol)
					}
				case *trace.Message:
					check(file, e.Protocol)
				}
			})))
		}
		f.Close()
	}
}

type showing func(trace.Event)

func (s showing) Show(e trace.Event) error { s(e); return nil }
