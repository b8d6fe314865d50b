package scenarios

import "mailwire/layers"

// A Fault is one thing that is wrong with a scenario file.
type Fault struct {
	Line, Column int         // from 1
	What         layers.Note // the fault
	Right        layers.Note // what would be right; ID "" where that is plain
	Source       string      // the line, as it stands in the file
}

// Faults is everything that is wrong with a scenario file, in the order of its lines. It is never empty when it is an
// error.
type Faults []Fault

// Error names the first fault; people are shown each by its note.
func (f Faults) Error() string { return "scenario: " + f[0].What.ID }
