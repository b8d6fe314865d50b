package words

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mailwire/layers/lexicon"
)

func TestNotesAreCompleteInEveryLanguage(t *testing.T) {
	for _, fault := range Notes.Check() {
		t.Error(fault)
	}
}

// Each id that the code of the network and of the hosts names has its text, and each text is named somewhere.
func TestTheCodeAndTheIndexAgree(t *testing.T) {
	id := regexp.MustCompile(`"((?:network|host)\.[a-z0-9.-]+)"`)
	used := map[string]bool{}
	for _, folder := range []string{"network", "host"} {
		files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s (%v)", folder, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range id.FindAllSubmatch(b, -1) {
				used[string(m[1])] = true
			}
		}
	}
	listed := map[string]bool{}
	for _, e := range lexicon.New(lexicon.English, Notes).Entries() {
		listed[e.ID] = true
		if group, _, _ := strings.Cut(e.ID, "."); (group == "network" || group == "host") && !used[e.ID] {
			t.Errorf("%s is in the index and nowhere in the code", e.ID)
		}
	}
	for id := range used {
		if !listed[id] {
			t.Errorf("%s is in the code and not in the index", id)
		}
	}
}
