// Package contrast lays two traces beside each other and says where their dialogues differ: which commands stand in one
// alone, which were answered otherwise, how the mailboxes were read, whether TLS hid them, and what it cost.
//
// It compares skeletons: for each session the commands in their order with the word of their final answer (a reply code,
// a status). Names, addresses, numbers and texts are expected to differ. Sessions of the same skeleton on one side count as
// one that happened several times; then each session is laid beside the one of the same protocol that is most like it.
//
// Bounded: of the first connections of each side [SessionsMax] different sessions with [StepsMax] steps are kept.
//
// NOT modelled: the order in which sessions happened, untagged responses of IMAP, and what is inside TLS.
package contrast

import (
	"mailwire/layers"
	"mailwire/layers/trace/story"
)

// The bounds of what is kept of one side.
const (
	SessionsMax = 32
	StepsMax    = 200
)

// A Step is a command, or a mail, with the word of its final answer, and how many times in a row it was said.
type Step struct {
	Command string // "GREETING", "MAIL" (data), or a verb; "" where nothing was seen
	Answer  string // "250", "+OK", "OK"; "" where none was seen
	Count   int
}

// A Session is what was said in one or more connections that said the same.
type Session struct {
	Protocol  string
	Encrypted bool
	Client    string // of the first of them
	Server    string
	Packet    int // of the first of them, its first frame
	Way       string
	Steps     []Step
	More      int // steps beyond StepsMax
	Times     int // how many connections
	Cost      story.Times
}

// A Row is one line of the two dialogues laid beside each other.
type Row struct {
	Mark        Mark
	Left, Right Step
}

// A Mark says how the two sides of a row stand to each other.
type Mark byte

// The marks.
const (
	Same      Mark = '='
	Otherwise Mark = '~' // the same command, answered otherwise
	LeftOnly  Mark = '<'
	RightOnly Mark = '>'
)

// A Pair is two sessions that are most like each other.
type Pair struct {
	Left, Right *Session
	Rows        []Row
	Notes       []layers.Note // where they differ, in words
}

// A Comparison is two traces beside each other.
type Comparison struct {
	Left, Right         string // what they are called
	Verdict             layers.Note
	Pairs               []Pair
	LeftOnly, RightOnly []*Session
}
