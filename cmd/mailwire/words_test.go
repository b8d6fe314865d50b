package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mailwire/layers/lexicon"
)

// TestEveryWordOfTheCodeIsInTheLexicon finds the ids that the commands, the faces, the scenarios and the world say.
func TestEveryWordOfTheCodeIsInTheLexicon(t *testing.T) {
	p := newProgram([]string{"--lang=en"}, nil, &bytes.Buffer{}, &bytes.Buffer{})
	id := regexp.MustCompile(`"((?:cli|face|scenario|act|mail|network|host)\.[a-z0-9.-]*[a-z0-9])"`)
	label := regexp.MustCompile(`f\.label\("([a-z0-9.-]*[a-z0-9])"`)
	found := 0
	for _, dir := range []string{".", "../internal/text", "../internal/jsonl", "../../scenarios", "../../sim/mail", "../../sim/host", "../../sim/network"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no code in %s (%v)", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			code, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range id.FindAllStringSubmatch(string(code), -1) {
				found++
				wantEntry(t, p.words, file, m[1])
			}
			for _, m := range label.FindAllStringSubmatch(string(code), -1) {
				found++
				wantEntry(t, p.words, file, "face."+m[1])
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d ids were found: does the test still look where they are?", found)
	}
}

func wantEntry(t *testing.T, words *lexicon.Lexicon, file, id string) {
	t.Helper()
	if _, ok := words.Entry(id); !ok {
		t.Errorf("%s says %s, which no lexicon knows", file, id)
	}
}
