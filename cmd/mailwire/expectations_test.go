package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailwire/layers/layerstest"
)

// TestExpectations: what is told of each real capture is what was found right when it was read by hand, beside tshark. Of a
// message the expectation holds the skeleton, never what somebody wrote. -update writes the expectations anew; read
// the difference before you keep it.
func TestExpectations(t *testing.T) {
	english(t)
	for _, folder := range []string{"mail", "lower"} {
		for _, file := range layerstest.Captures(t, folder) {
			t.Run(folder+"/"+filepath.Base(file), func(t *testing.T) {
				if info, err := os.Stat(file); testing.Short() && err == nil && info.Size() > 1<<16 {
					t.Skip("a large one")
				}
				golden := filepath.Join("testdata", "captures", folder, filepath.Base(file)+".txt")
				got := toldOf(t, file)
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatalf("nobody has said yet what is right for this capture: %v", err)
				}
				if got != string(want) {
					t.Errorf("another trace than expected:\n%s", firstDifference(string(want), got))
				}
			})
		}
	}
}

// toldOf is the skeleton of a replay: its end, the stacks of its packets, its messages by stream, and its notes by id.
func toldOf(t *testing.T, file string) string {
	t.Helper()
	out, complaint, status := mailwire(t, nil, "replay", file, "--format", "json")
	var b strings.Builder
	fmt.Fprintf(&b, "status %d\n", status)
	if complaint != "" {
		fmt.Fprintf(&b, "%s\n", strings.ReplaceAll(strings.TrimSpace(complaint), file, filepath.Base(file)))
	}
	stacks, notes, messages := map[string]int{}, map[string][]int{}, map[int][]string{}
	lines := bufio.NewScanner(strings.NewReader(out))
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var e toldEvent
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		switch e.Type {
		case "packet":
			var stack []string
			for _, l := range e.Layers {
				stack = append(stack, l.Protocol)
			}
			stacks[strings.Join(stack, " ")]++
			for _, n := range e.Notes {
				notes[n.ID] = append(notes[n.ID], e.N)
			}
		case "message":
			messages[e.Stream] = append(messages[e.Stream], e.message())
		case "damage":
			fmt.Fprintf(&b, "damage at byte %d\n", e.Offset)
		}
	}
	for _, stack := range slices.Sorted(maps.Keys(stacks)) {
		fmt.Fprintf(&b, "%6d %s\n", stacks[stack], stack)
	}
	for _, stream := range slices.Sorted(maps.Keys(messages)) {
		fmt.Fprintf(&b, "stream %d\n%s", stream, strings.Join(messages[stream], ""))
	}
	for _, id := range slices.Sorted(maps.Keys(notes)) {
		fmt.Fprintf(&b, "%6d %s: %s\n", len(notes[id]), id, some(notes[id]))
	}
	return b.String()
}

// A toldEvent is what an expectation needs of a line of JSON.
type toldEvent struct {
	Type   string
	N      int
	Layers []struct{ Protocol string }
	Notes  []struct{ ID string }
	Offset int64

	Stream                                   int
	Protocol, From, Kind, Verb, Status, Code any
	Complete                                 bool
	Packets                                  json.RawMessage // of a message: numbers
}

func (e *toldEvent) message() string {
	words := []string{fmt.Sprint(e.Protocol), fmt.Sprint(e.From), fmt.Sprint(e.Kind)}
	for _, v := range []any{e.Verb, e.Status, e.Code} {
		if v != nil && v != "" {
			words = append(words, fmt.Sprintf("%.16s", strings.ReplaceAll(fmt.Sprint(v), " ", "_")))
		}
	}
	if !e.Complete {
		words = append(words, "incomplete")
	}
	var packets []int
	if err := json.Unmarshal(e.Packets, &packets); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("  %s in %s\n", strings.Join(words, " "), some(packets))
}

// some lists the first numbers.
func some(numbers []int) string {
	const shown = 8
	s := strings.Trim(fmt.Sprint(numbers[:min(len(numbers), shown)]), "[]")
	if len(numbers) > shown {
		s += fmt.Sprintf(" … %d", numbers[len(numbers)-1])
	}
	return s
}

// firstDifference shows where two texts part, a few lines of each.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	at := 0
	for at < len(w) && at < len(g) && w[at] == g[at] {
		at++
	}
	return fmt.Sprintf("line %d\nwant %s\ngot  %s", at+1, strings.Join(w[min(at, len(w)):min(at+4, len(w))], "\n     "),
		strings.Join(g[min(at, len(g)):min(at+4, len(g))], "\n     "))
}
