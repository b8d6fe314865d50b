package words

import "testing"

func TestWordsAreCompleteInEveryLanguage(t *testing.T) {
	for _, fault := range Source.Check() {
		t.Error(fault)
	}
}
