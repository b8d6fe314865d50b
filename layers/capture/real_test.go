package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
)

// refused and damaged list the real captures that are no sound files, with what is said of them.
var (
	refused = map[string]string{
		"format-erf.erf":                      "erf",
		"format-modified-kuznetzov-pcap.pcap": "pcap-modified",
	}
	damaged = map[string]string{
		"malformed-fuzz-5188876846235648.pcap":   "capture.frame-too-long@1064",
		"malformed-fuzz-5204104585674752.pcap":   "capture.frame-too-long@84",
		"malformed-fuzz-null-record.pcap":        "capture.frame-too-long@56",
		"imap-session-file-corrupted-midway.cap": "capture.frame-too-long@874",
	}
	// Where tshark is no measure, and why.
	incomparable = map[string]string{
		"malformed-fuzz-5188876846235648.pcap":   "a fraction of more than a second, which tshark prints as it is",
		"malformed-fuzz-5204104585674752.pcap":   "likewise, and a length above what tshark holds",
		"malformed-fuzz-unknown-dlt.pcap":        "tshark refuses link types that it does not know",
		"imap-session-file-corrupted-midway.cap": "tshark stops where we go on",
	}
)

// TestRealCaptures reads every real capture and compares number and lengths of the frames with tshark's.
func TestRealCaptures(t *testing.T) {
	tshark := layerstest.Program(t, "tshark")
	for _, path := range layerstest.Captures(t, "lower", "mail") {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			got, fault := lengths(file)
			var refusal *capture.FormatError
			var damage *capture.DamageError
			switch {
			case errors.As(fault, &refusal):
				if refusal.Seems != refused[name] {
					t.Errorf("refused: %v", refusal)
				}
				return
			case errors.As(fault, &damage):
				if said := fmt.Sprintf("%s@%d", damage.Note.ID, damage.Offset); said != damaged[name] {
					t.Errorf("damaged: %s", said)
				}
			case fault != io.EOF:
				t.Error(fault)
			}
			if incomparable[name] != "" || testing.Short() {
				return
			}
			out, _ := exec.Command(tshark, "-n", "-r", path, "-T", "fields", "-e", "frame.len", "-e", "frame.cap_len", "-e", "frame.time_epoch", "-e", "frame.protocols").Output()
			if want := framesOnly(string(out)); got != want {
				t.Error(firstDifference(got, want))
			}
		})
	}
}

// lengths lists the frames of a file as tshark does.
func lengths(r io.Reader) (string, error) {
	reader, err := capture.Open(r)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	for n := 0; ; {
		f, err := reader.Next()
		if err != nil {
			return b.String(), err
		}
		n++
		if f.Number != n {
			return b.String(), fmt.Errorf("frame %d has number %d", n, f.Number)
		}
		fmt.Fprintf(&b, "%d\t%d\t%d.%09d\n", f.Length, len(f.Data), f.Time.Unix(), f.Time.Nanosecond())
	}
}

// framesOnly leaves out the custom blocks, which tshark counts as frames, and gives frames without a time, as we do, that of
// the frame before.
func framesOnly(listing string) string {
	var b strings.Builder
	last := "0.000000000"
	for line := range strings.Lines(listing) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if cells[2] == "" && cells[3] == "data" {
			continue
		}
		if cells[2] == "" {
			cells[2] = last
		}
		last = cells[2]
		b.WriteString(strings.Join(cells[:3], "\t") + "\n")
	}
	return b.String()
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return strconv.Quote(g[i]) + ", want " + strconv.Quote(w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
