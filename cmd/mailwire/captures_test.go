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

// misjudged are captures on which tshark can't be the measure, and why.
var misjudged = map[string]string{
	"imap-auth-plain-idle-plus-smtp.pcap":           "it takes the text of mails inside literals for commands and replies",
	"imap-session-file-corrupted-midway.cap":        "it stops where the file is damaged",
	"smtp-2525-null-loopback.pcap":                  "it knows SMTP on ports 25 and 587 only",
	"smtp-bdat-on-port-1224.pcap":                   "it knows SMTP on ports 25 and 587 only",
	"smtp-starttls-and-decrypted-copy-25-2525.pcap": "it knows SMTP on ports 25 and 587 only",
}

// TestAgreesWithTshark compares frame by frame, over all captures with mail: the commands and replies that tshark finds are
// found in the same frames, and hardly a command is found that tshark does not see.
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
	args := []string{script, binary}
	for _, file := range layerstest.Captures(t, "mail") {
		if misjudged[filepath.Base(file)] == "" {
			args = append(args, file)
		}
	}
	out, err := exec.Command(python, append(args, "--least", "0.97")...).CombinedOutput()
	t.Logf("%s", out[bytes.LastIndexByte(bytes.TrimSpace(out), '\n')+1:])
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
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
