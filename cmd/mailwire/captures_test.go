package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mailwire/layers/layerstest"
)

// patience bounds the replay of one real capture, on a slow and busy machine.
const patience = 60 * time.Second

// TestRealCaptures: each is explained or refused with a reason, soon, and what it holds can do nothing to a terminal.
func TestRealCaptures(t *testing.T) {
	english(t)
	for _, file := range layerstest.Captures(t, "mail", "lower") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if info, err := os.Stat(file); testing.Short() && err == nil && info.Size() > 1<<16 {
				t.Skip("a large one")
			}
			for _, args := range [][]string{{"--detail", "packets"}, {"--detail", "bytes", "--ascii", "--notes", "all"}, {"--format", "json"}} {
				started := time.Now()
				out, complaint, status := mailwire(t, nil, append([]string{"replay", file}, args...)...)
				if took := time.Since(started); took > patience {
					t.Errorf("%v took %v", args, took)
				}
				switch {
				case status == 0 && complaint != "":
					t.Errorf("%v: done, and yet %q", args, complaint)
				case status == statusFailed && !strings.HasPrefix(complaint, "mailwire: "):
					t.Errorf("%v: failed without a reason: %q", args, complaint)
				case status != 0 && status != statusFailed:
					t.Errorf("%v: exit status %d", args, status)
				}
				harmless(t, out)
				harmless(t, complaint)
			}
		})
	}
}

// harmless wants text without a character that a terminal obeys, hides or reorders, and without a text that is missing.
func harmless(t *testing.T, s string) {
	t.Helper()
	for line := range strings.Lines(s) {
		if !utf8.ValidString(line) {
			t.Errorf("not UTF-8: %q", line)
			return
		}
		for _, r := range strings.TrimSuffix(line, "\n") {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.In(r, unicode.Zl, unicode.Zp) {
				t.Errorf("%U in %q", r, line)
				return
			}
		}
	}
}

// TestNothingIsWithoutWords: no note of a real capture lacks its sentence.
func TestNothingIsWithoutWords(t *testing.T) {
	english(t)
	missing := regexp.MustCompile(`"text":"\[[a-z0-9]+[.-][a-z0-9.+-]+\]"`)
	ids := map[string]string{}
	for _, file := range layerstest.Captures(t, "mail", "lower") {
		if info, err := os.Stat(file); testing.Short() && err == nil && info.Size() > 1<<16 {
			continue
		}
		out, _, _ := mailwire(t, nil, "replay", file, "--format", "json")
		for _, id := range missing.FindAllString(out, -1) {
			ids[id] = filepath.Base(file)
		}
	}
	for id, file := range ids {
		t.Errorf("%s: %s", file, id)
	}
}

// differences lists what one of tshark and mailwire alone says of each capture. It has agree.py's functions.
const differences = `
import os, sys
source = open(sys.argv[1]).read()
exec(source[:source.rindex("main()")])
for path in sys.argv[3:]:
    theirs, ours = tshark(path)[0], mailwire(sys.argv[2], path)[0]
    found = compare(theirs, ours)
    said = [("tshark", n, *what) for n, *what in found[2]] + [("mailwire", min(n), *what) for n, *what in found[5]]
    for who, frame, protocol, kind, word in said:
        print(os.path.basename(path), who, frame, protocol, kind, word[:8])
`

// TestAgreesWithTshark compares frame by frame, over all captures with mail: the commands and replies that tshark finds are
// found in the same frames, and no command is found that tshark does not see, but for the differences that
// testdata/differences/tshark.list records with their reasons.
func TestAgreesWithTshark(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	python, script := layerstest.Program(t, "python3"), layerstest.Shared(t, "tools", "agree.py")
	layerstest.Program(t, "tshark")
	binary := filepath.Join(t.TempDir(), "mailwire")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files := layerstest.Captures(t, "mail")
	cmd := exec.Command(python, append([]string{"-c", differences, script, binary}, files...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]int{}
	for line := range strings.Lines(readFile(t, "testdata/differences/tshark.list")) {
		words := strings.Fields(line)
		if len(words) < 6 || words[0] == "#" {
			continue
		}
		for _, word := range words[5:] {
			recorded[strings.Join(append(words[:5:5], word), " ")]++
		}
	}
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if recorded[line]--; recorded[line] < 0 {
			t.Errorf("not recorded: %s", line)
		}
	}
	for line, left := range recorded {
		if left > 0 {
			t.Errorf("recorded, and no longer so: %s", line)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// FuzzReplay: whatever the bytes of a capture are, replay ends, with status 0 or 1, and writes nothing that a terminal
// obeys.
func FuzzReplay(f *testing.F) {
	english(f)
	for _, scenario := range []string{"first-mail", "pop-cable", "imap-two-devices"} {
		file := filepath.Join(f.TempDir(), scenario+".pcapng")
		if _, complaint, status := mailwire(f, nil, "run", scenario, "--quiet", "--write", file); status != 0 {
			f.Fatal(complaint)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	if root := os.Getenv("MAILWIRE_SHARED"); root != "" {
		for _, folder := range []string{"mail", "lower"} {
			for _, file := range layerstest.Captures(f, folder) {
				if b, err := os.ReadFile(file); err == nil && len(b) < 6_000 {
					f.Add(b)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, args := range [][]string{{"replay", "-", "--detail", "bytes"}, {"replay", "-", "--format", "json"}} {
			var out, complaint bytes.Buffer
			if status := run(args, bytes.NewReader(b), &out, &complaint); status != 0 && status != statusFailed {
				t.Errorf("%v: exit status %d: %s", args, status, complaint.String())
			}
			harmless(t, out.String())
			harmless(t, complaint.String())
		}
	})
}
