package smtp

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

// Every note and field that this package can yield has its text, and every text its note; scenarios name the misconceptions.
func TestEveryNoteHasItsText(t *testing.T) {
	if !slices.IsSorted(notedEnhanced) {
		t.Error("notedEnhanced is searched by halves and not sorted")
	}
	ids := idsInCode(t)
	for table, list := range map[string][]string{"smtp.": notedVerbs, "smtp.param.": notedParams,
		"smtp.enhanced.": notedEnhanced} {
		for _, word := range list {
			ids = append(ids, table+strings.ToLower(word))
		}
	}
	for _, id := range notedCapabilities {
		ids = append(ids, id)
	}
	for _, id := range notedCodes {
		ids = append(ids, id)
	}
	for _, n := range []layers.Note{codeNote(299), codeNote(399), codeNote(499), codeNote(599)} {
		ids = append(ids, n.ID)
	}
	ids = append(ids, "smtp.ehlo", "smtp.helo", "smtp.lhlo")
	english := lexicon.New(lexicon.English, lexicon.Notes)
	for _, id := range ids {
		e, ok := english.Entry(id)
		if !ok {
			t.Errorf("%s has no text", id)
		} else if line := english.Line(layers.N(id)); line == "" || !e.Label && english.Why(layers.N(id)) == "" {
			t.Errorf("%s: line %q", id, line)
		}
	}
	for _, e := range english.Entries() {
		if strings.HasPrefix(e.ID, "smtp.") && !strings.HasPrefix(e.ID, "smtp.misconception.") && !slices.Contains(ids, e.ID) {
			t.Errorf("%s is never said", e.ID)
		}
	}
}

// idsInCode finds the ids and field names that stand in the code.
func idsInCode(t *testing.T) (ids []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no code", err)
	}
	note := regexp.MustCompile(`"(smtp\.[a-z0-9.-]*[a-z0-9])"`)
	field := regexp.MustCompile(`(?:\{Name: |\bname :?= )"([a-z-]+)"`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range note.FindAllSubmatch(code, -1) {
			ids = append(ids, string(m[1]))
		}
		for _, m := range field.FindAllSubmatch(code, -1) {
			ids = append(ids, "smtp.field."+string(m[1]))
		}
	}
	return ids
}

// Exim has changed the word under which it lets clients speak early; each of its versions is understood.
func TestPipeConnectByAnyName(t *testing.T) {
	for _, word := range []string{"PIPECONNECT", "PIPE_CONNECT", "X_PIPE_CONNECT"} {
		notes := capabilityNotes(&Reply{Code: 250, Lines: []string{"mail.example.net Hello", word}})
		if len(notes) != 1 || notes[0].ID != "smtp.cap.pipe-connect" {
			t.Errorf("%s: %v", word, notes)
		}
	}
}
