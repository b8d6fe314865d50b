package lexicon

import (
	"testing"
)

func TestNotesAreCompleteInEveryLanguage(t *testing.T) {
	for _, fault := range Notes.Check() {
		t.Error(fault)
	}
}
