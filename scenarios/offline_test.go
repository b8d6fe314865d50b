package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"mailwire/layers/lexicon"
)

// TestTheCableBreaksWhileTheLaptopSynchronises: wherever it does, the next look ends with what the file wants: each change
// is on the server once.
func TestTheCableBreaksWhileTheLaptopSynchronises(t *testing.T) {
	source, _ := Shipped("imap-offline-train")
	const last = "  - {mend: laptop to r1}\n  - {who: Bob, on: laptop, does: send}\n"
	if strings.Count(string(source), last) != 1 {
		t.Fatal("the scenario has no such acts")
	}
	seeds := []uint64{1, 2, 3}
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, command := range []string{"ENABLE", "LIST", "SELECT", "UID STORE", "UID EXPUNGE", "CREATE", "UID MOVE", "APPEND", "UID FETCH", "LOGOUT"} {
		for _, when := range []string{"once sent", "once answered"} {
			broken := last + fmt.Sprintf("  - {cut: laptop to r1, %s: %s}\n  - {who: Bob, on: laptop, does: look}\n  - {wait: 40m}\n  - {mend: laptop to r1}\n", when, command)
			s, err := Load([]byte(strings.Replace(string(source), last, broken, 1)), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, seed := range seeds {
				unmet, err := s.Run(Options{Language: lexicon.English, Seed: seed, Face: &record{}})
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range unmet {
					t.Errorf("%s %s, seed %d: %s %v", when, command, seed, n.ID, n.Args)
				}
			}
		}
	}
}
