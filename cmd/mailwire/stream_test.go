package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailwire/scenarios"
)

// mailwire runs the program and returns what it wrote and its exit status.
func mailwire(t testing.TB, stdin io.Reader, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errors bytes.Buffer
	status = run(args, stdin, &out, &errors)
	return out.String(), errors.String(), status
}

// english keeps the language of whoever runs the tests out of them.
func english(t testing.TB) {
	t.Helper()
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
}

// told are the lines of a JSON trace that come from frames alone.
func told(trace string) string {
	var b strings.Builder
	for line := range strings.Lines(trace) {
		if strings.HasPrefix(line, `{"type":"packet"`) || strings.HasPrefix(line, `{"type":"message"`) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestReplayTellsWhatTheRunTold: the trace of a run equals the replay of the file it wrote, and two runs are equal.
func TestReplayTellsWhatTheRunTold(t *testing.T) {
	english(t)
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), name+".pcapng")
			first, complaint, status := mailwire(t, nil, "run", name, "--format", "json", "--write", file)
			if status != 0 {
				t.Fatalf("run: exit status %d\n%s", status, complaint)
			}
			replayed, complaint, status := mailwire(t, nil, "replay", file, "--format", "json", "--show-secrets")
			if status != 0 {
				t.Fatalf("replay: exit status %d\n%s", status, complaint)
			}
			same(t, "run", told(first), "replay", told(replayed))
			if testing.Short() {
				return
			}
			for _, tap := range []string{"all", "r1"} {
				shown, complaint, status := mailwire(t, nil, "run", name, "--format", "json", "--write", file, "--at", tap, "--lang", "de")
				if status == statusUsage && tap != "all" { // no such host here
					continue
				}
				replayed, _, _ := mailwire(t, nil, "replay", file, "--format", "json", "--show-secrets", "--lang", "de")
				if status != 0 {
					t.Fatalf("run --at %s: exit status %d\n%s", tap, status, complaint)
				}
				same(t, "run --at "+tap, told(shown), "replay", told(replayed))
			}
		})
	}
}

// same wants two traces to be equal and shows the first line where they are not.
func same(t *testing.T, nameA, a, nameB, b string) {
	t.Helper()
	if a == b {
		return
	}
	linesA, linesB := strings.SplitAfter(a, "\n"), strings.SplitAfter(b, "\n")
	for i := range linesA {
		if i >= len(linesB) || linesA[i] != linesB[i] {
			other := "nothing"
			if i < len(linesB) {
				other = linesB[i]
			}
			t.Fatalf("line %d of %s and %s differ:\n%s%s", i+1, nameA, nameB, linesA[i], other)
		}
	}
	t.Fatalf("%s has %d lines more than %s", nameB, len(linesB)-len(linesA), nameA)
}

// TestReplayStreams: what was captured so far is explained while the rest is still to come.
func TestReplayStreams(t *testing.T) {
	english(t)
	file := filepath.Join(t.TempDir(), "first-mail.pcapng")
	if _, complaint, status := mailwire(t, nil, "run", "first-mail", "--quiet", "--write", file); status != 0 {
		t.Fatal(complaint)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ first, last, arguments string }{
		{`{"type":"packet","n":1,`, `{"type":"summary"`, "--format json"},
		{"    1    +0.000  ", "round trip", "--detail packets"},
		{"    1    +0.000  ", "round trip", "--detail fields"},
		{"    3    +2.012  ", "round trip", "--detail story"},
	} {
		t.Run(row.arguments, func(t *testing.T) {
			input, feed := io.Pipe()
			output, results := io.Pipe()
			ended := make(chan int)
			go func() {
				status := run(append([]string{"replay", "-", "--notes", "none"}, strings.Fields(row.arguments)...), input, results, io.Discard)
				results.Close()
				ended <- status
			}()
			late := time.AfterFunc(20*time.Second, func() { results.CloseWithError(os.ErrDeadlineExceeded) })
			defer late.Stop()
			lines := bufio.NewReader(output)
			if _, err := feed.Write(whole[:len(whole)/2]); err != nil {
				t.Fatal(err)
			}
			for line := ""; !strings.HasPrefix(line, row.first); {
				if line, err = lines.ReadString('\n'); err != nil {
					t.Fatalf("before the input ended: %q, %v", line, err)
				}
			}
			go func() {
				feed.Write(whole[len(whole)/2:])
				feed.Close()
			}()
			rest, err := io.ReadAll(lines)
			if err != nil || !strings.Contains(string(rest), row.last) {
				t.Errorf("after it: %v, %d bytes", err, len(rest))
			}
			if status := <-ended; status != 0 {
				t.Errorf("exit status %d", status)
			}
		})
	}
}

// A closedPipe fails as a pipe does whose reader is gone: after some bytes, for good.
type closedPipe struct{ left int }

func (c *closedPipe) Write(b []byte) (int, error) {
	if c.left -= len(b); c.left < 0 {
		return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
	}
	return len(b), nil
}

// TestClosedPipe: mailwire run … | head ends at once and without a word.
func TestClosedPipe(t *testing.T) {
	english(t)
	for _, args := range [][]string{
		{"run", "picture"},
		{"run", "picture", "--format", "json"},
		{"compare"},
		{"list"},
		{"schema"},
		{"explain", "25"},
		{"--help"},
	} {
		var complaint bytes.Buffer
		if status := run(args, nil, &closedPipe{left: 100}, &complaint); status != 0 || complaint.Len() > 0 {
			t.Errorf("mailwire %s: exit status %d, %q", strings.Join(args, " "), status, complaint.String())
		}
	}
}

// A fullDisk takes some bytes and no more.
type fullDisk struct{ left int }

func (d *fullDisk) Write(b []byte) (int, error) {
	n := min(d.left, len(b))
	if d.left -= n; n < len(b) {
		return n, &os.PathError{Op: "write", Path: "trace.txt", Err: syscall.ENOSPC}
	}
	return n, nil
}

// TestFullDisk: what could not be written is told, once, also where it is the last bytes that had no room.
func TestFullDisk(t *testing.T) {
	english(t)
	whole, _, _ := mailwire(t, nil, "run", "first-mail")
	for _, room := range []int{0, 100, len(whole) - 1} {
		var complaint bytes.Buffer
		status := run([]string{"run", "first-mail"}, nil, &fullDisk{left: room}, &complaint)
		if want := "mailwire: write trace.txt: no space left on device\n"; status != statusFailed || complaint.String() != want {
			t.Errorf("room for %d bytes: exit status %d, %q", room, status, complaint.String())
		}
	}
}

// TestComplaintsComeLast: where both go to one terminal, what is wrong stands behind what could be shown.
func TestComplaintsComeLast(t *testing.T) {
	english(t)
	file := filepath.Join(t.TempDir(), "cut.pcapng")
	if _, complaint, status := mailwire(t, nil, "run", "first-mail", "--quiet", "--write", file); status != 0 {
		t.Fatal(complaint)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var both bytes.Buffer
	if status := run([]string{"replay", "-"}, bytes.NewReader(whole[:len(whole)-50]), &both, &both); status != statusFailed {
		t.Errorf("exit status %d", status)
	}
	if trace, complaint, found := strings.Cut(both.String(), "mailwire: "); !found || strings.Count(complaint, "\n") != 1 || !strings.Contains(trace, "round trip") {
		t.Errorf("%q", both.String()[max(0, both.Len()-300):])
	}
}

// TestHelpSpeaksEachLanguage: the help of no command is the same in two languages.
func TestHelpSpeaksEachLanguage(t *testing.T) {
	english(t)
	for _, command := range []string{"", "run", "compare", "replay", "list", "show", "check", "schema", "explain", "completion"} {
		seen := map[string]string{}
		for _, language := range []string{"en", "es", "pt", "ca", "de"} {
			args := append(strings.Fields(command), "--help", "--lang", language)
			help, complaint, status := mailwire(t, nil, args...)
			if status != 0 || help == "" {
				t.Fatalf("%v: exit status %d, %q", args, status, complaint)
			}
			if strings.Contains(help, "[cli.") {
				t.Errorf("%v: a text is missing:\n%s", args, help)
			}
			if other, ok := seen[help]; ok {
				t.Errorf("mailwire %s --help is the same in %s and %s", command, other, language)
			}
			seen[help] = language
		}
	}
}
