package trace

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/internet"
)

// The stages of a replay, each over the same frames, per packet: reading the file, decoding the envelopes, and following the
// conversations with the notes that explain them. What a face adds is measured beside the faces.

type nobody struct{}

func (nobody) Show(Event) error { return nil }

// benchmarkCapture is a file of the shared captures with SMTP, without which these benchmarks are skipped.
func benchmarkCapture(b *testing.B) []byte {
	b.Helper()
	shared := os.Getenv("MAILWIRE_SHARED")
	if shared == "" {
		b.Skip("MAILWIRE_SHARED is not set")
	}
	files, err := filepath.Glob(filepath.Join(shared, "captures", "mail", "*"))
	if err != nil || len(files) == 0 {
		b.Fatal("no captures")
	}
	var largest []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err == nil && len(content) > len(largest) {
			if _, err := capture.Open(bytes.NewReader(content)); err == nil {
				largest = content
			}
		}
	}
	return largest
}

// eachFrame reads the capture again and again until b.N frames have been given to f.
func eachFrame(b *testing.B, each func(*layers.Frame)) {
	content := benchmarkCapture(b)
	b.ReportAllocs()
	for n := 0; n < b.N; {
		r, err := capture.Open(bytes.NewReader(content))
		if err != nil {
			b.Fatal(err)
		}
		for ; n < b.N; n++ {
			frame, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil {
				each(frame)
			}
		}
	}
}

func BenchmarkRead(b *testing.B) { eachFrame(b, func(*layers.Frame) {}) }

func BenchmarkDecode(b *testing.B) {
	d := internet.NewDecoder()
	eachFrame(b, func(f *layers.Frame) { d.Decode(f) })
}

func BenchmarkFollow(b *testing.B) {
	f := NewFollower(Options{}, nobody{})
	eachFrame(b, func(frame *layers.Frame) { f.Frame(frame) })
}
