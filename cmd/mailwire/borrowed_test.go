package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mailwire/cmd/internal/jsonl"
	"mailwire/cmd/internal/text"
	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// A lender gives each frame space of its own, and spoils it when the next one is asked for, if it is spiteful.
type lender struct {
	*capture.Reader
	spiteful bool
	lent     []byte
}

func (l *lender) Next() (*layers.Frame, error) {
	if l.spiteful {
		for i := range l.lent {
			l.lent[i] = 0xa5
		}
	}
	frame, err := l.Reader.Next()
	if frame != nil {
		l.lent = bytes.Clone(frame.Data)
		frame.Data = l.lent
	}
	return frame, err
}

// Frames are valid until the next one: nothing of what is told later may still look into them.
func TestNothingLooksIntoFramesThatAreGone(t *testing.T) {
	known := lexicon.New(lexicon.English, lexicon.Notes, words.Source)
	faces := map[string]func(out *bytes.Buffer) trace.Face{
		"json": func(out *bytes.Buffer) trace.Face { return jsonl.New(out, jsonl.Options{Lexicon: known}) },
		"text": func(out *bytes.Buffer) trace.Face {
			return text.New(out, text.Options{Lexicon: known, Detail: text.Packets, Width: 80})
		},
		"story": func(out *bytes.Buffer) trace.Face {
			return text.New(out, text.Options{Lexicon: known, Detail: text.Story, Width: 80})
		},
	}
	for _, file := range layerstest.Captures(t, "mail", "lower") {
		for name, face := range faces {
			told := func(spiteful bool) string {
				f, err := os.Open(file)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				r, err := capture.Open(f)
				if err != nil {
					return ""
				}
				var out bytes.Buffer
				var damage *capture.DamageError
				if err := trace.Replay(&lender{Reader: r, spiteful: spiteful}, trace.NewFollower(trace.Options{}, face(&out))); err != nil && !errors.As(err, &damage) {
					t.Errorf("%s: %v", filepath.Base(file), err)
				}
				return out.String()
			}
			if a, b := told(false), told(true); a != b {
				at := 0
				for at < min(len(a), len(b)) && a[at] == b[at] {
					at++
				}
				t.Errorf("%s, %s: byte %d: %q, but %q where old frames are overwritten", filepath.Base(file), name, at, a[max(0, at-60):min(len(a), at+40)], b[max(0, at-60):min(len(b), at+40)])
			}
		}
	}
}
