package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mailwire/layers/layerstest"
)

// TestPartsOfACapture: Wireshark's editcap takes what we write and cuts it into parts; replayed together they tell the same
// messages in the same packets (editcap loses the names).
func TestPartsOfACapture(t *testing.T) {
	editcap := layerstest.Program(t, "editcap")
	english(t)
	folder := t.TempDir()
	whole := filepath.Join(folder, "whole.pcapng")
	if _, complaint, status := mailwire(t, nil, "run", "first-mail", "--quiet", "--write", whole); status != 0 {
		t.Fatal(complaint)
	}
	if out, err := exec.Command(editcap, "-c", "7", whole, filepath.Join(folder, "part.pcapng")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	parts, err := filepath.Glob(filepath.Join(folder, "part_*"))
	if err != nil || len(parts) < 3 {
		t.Fatalf("%q, %v", parts, err)
	}
	parts[0], parts[1] = parts[1], parts[0] // the order in which they are given does not matter
	want, _, _ := mailwire(t, nil, "replay", whole, "--format", "json")
	got, complaint, status := mailwire(t, nil, append([]string{"replay", "--format", "json"}, parts...)...)
	if status != 0 {
		t.Fatal(complaint)
	}
	traced := regexp.MustCompile(`(?m)^\{"type":"message".*\n`)
	same(t, "the whole", strings.Join(traced.FindAllString(want, -1), ""), "its parts", strings.Join(traced.FindAllString(got, -1), ""))
}
