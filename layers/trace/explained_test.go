package trace

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
	"mailwire/layers/lexicon"
)

// general are notes that say no more than which kind of word a word is: what one of them explains has no note of its own.
var general = []string{"smtp.unknown-command", "smtp.not-a-command", "smtp.cap.other", "smtp.enhanced", "smtp.2yz", "smtp.3yz", "smtp.4yz", "smtp.5yz",
	"smtp.reply.unknown", "imap.unknown-command", "imap.cap.other", "imap.code.other", "pop3.unknown", "pop3.cap.other", "header.other", "sasl.mechanism"}

// nobodys are words of the captures that no standard and no known program has: the general note is all that can be said.
var nobodys = map[string]string{
	"smtp.2yz 225":        "made up by a server for tests",
	"smtp.4yz 400":        "a server in test that turns 500 into it",
	"smtp.4yz 402":        "the same server's 502",
	"smtp.not-a-command":  "binary bytes",
	"smtp.4yz 472":        "made up by a filter",
	"smtp.cap.other EHLO": "a server counts the command among its extensions",
	"header.other SpamDiagnosticOutput, SpamDiagnosticMetadata": "Exchange Online's own, that should begin with X-",
}

// An unexplained gathers what a trace tells without a note.
type unexplained struct {
	words  *lexicon.Lexicon
	file   string
	faults map[string]string // by fault: the file that has it first
	used   map[string]bool   // words that a general note explains
	fields []layers.Field
}

func (u *unexplained) complain(fault string) {
	if u.faults[fault] == "" {
		u.faults[fault] = u.file
	}
}

// Show looks at each packet's fields and notes, and at each message's.
func (u *unexplained) Show(e Event) error {
	switch e := e.(type) {
	case *Packet:
		for _, p := range e.PDUs {
			u.fields = u.fields[:0]
			if p.Header != nil {
				u.fields = p.Header.AppendFields(u.fields)
			}
			for _, f := range u.fields {
				if id := p.Protocol + ".field." + f.Name; !u.has(id) {
					u.complain(id + " has no text")
				}
			}
		}
		u.notes(e.Notes)
	case *Message:
		u.notes(e.Notes)
		if len(e.Notes) == 0 && e.Complete {
			u.complain("nothing is said of " + e.Protocol + " " + string(e.Kind) + " " + e.Verb + ": " + e.Text[:min(len(e.Text), 40)])
		}
	}
	return nil
}

func (u *unexplained) has(id string) bool {
	e, ok := u.words.Entry(id)
	return ok && u.words.Line(layers.N(e.ID)) != ""
}

func (u *unexplained) notes(notes []layers.Note) {
	for _, n := range notes {
		switch {
		case !u.has(n.ID):
			u.complain(n.ID + " has no text")
		case slices.Contains(general, n.ID):
			word := n.ID
			if len(n.Args) > 0 {
				word += " " + n.Args[0].Value.String()
			}
			if u.used[word] = true; nobodys[word] == "" {
				u.complain(word + " has no note of its own")
			}
		}
	}
}

// TestEverythingInTheCapturesIsExplained: each command, reply code, enhanced code, capability, header field, flag and option that
// occurs in a real capture has a note of its own, and each field of a header its meaning. The lexicon's test sees to it that what
// one language has all have.
func TestEverythingInTheCapturesIsExplained(t *testing.T) {
	u := &unexplained{words: lexicon.New(lexicon.English, lexicon.Notes), faults: map[string]string{}, used: map[string]bool{}}
	for _, path := range layerstest.Captures(t, "mail", "lower") {
		if info, err := os.Stat(path); testing.Short() && err == nil && info.Size() > 1<<16 {
			continue
		}
		u.file = filepath.Base(path)
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := capture.Open(file); err == nil { // what is refused is told by another test
			_ = Replay(r, NewFollower(Options{}, u))
		}
		file.Close()
	}
	for _, word := range slices.Sorted(maps.Keys(nobodys)) {
		if !u.used[word] && !testing.Short() {
			t.Errorf("%s occurs nowhere", word)
		}
	}
	for _, fault := range slices.Sorted(maps.Keys(u.faults)) {
		t.Errorf("%s: %s", u.faults[fault], fault)
	}
}
