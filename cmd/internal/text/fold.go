package text

import (
	"mailwire/layers"
	"mailwire/layers/trace"
)

// A fold is a run of packets that say nothing new: after the first few they are counted, not shown.
type fold struct {
	run    int // packets in a row that say nothing new
	hidden int
	bytes  int64
	first  int // number of the first one hidden
	last   int
}

// foldAfter is how many packets that say nothing new are shown before the rest is folded.
const foldAfter = 3

// milestonesAfter is how many packets that only open, close or break connections are shown in a row: a dozen connections
// that never say a word, as of somebody who tries all doors, are enough of them.
const milestonesAfter = 36

// folds counts p into the fold if it says nothing new, and otherwise ends the fold.
func (f *Face) folds(p *trace.Packet) bool {
	if f.Detail >= Fields || f.Explain == Always {
		return false
	}
	if p.Completes > 0 || f.saysSomethingNew(p) {
		f.milestones = 0
		f.endFold()
		return false
	}
	if p.Milestone {
		f.milestones++
	}
	if p.Milestone && f.milestones <= milestonesAfter {
		f.endFold()
		return false
	}
	f.fold.run++
	if f.fold.run <= foldAfter && !p.Milestone {
		return false
	}
	if f.fold.hidden == 0 {
		f.fold.first = p.Frame.Number
	}
	f.fold.hidden++
	f.fold.bytes += int64(p.Frame.Length)
	f.fold.last = p.Frame.Number
	return true
}

func (f *Face) saysSomethingNew(p *trace.Packet) bool {
	for i := range p.Notes {
		if f.fresh(&p.Notes[i]) {
			return true
		}
	}
	return p.Frame.Comment != ""
}

func (f *Face) endFold() {
	if f.fold.hidden > 0 {
		f.text = append(append(f.text[:0], f.glyphs.ellipsis...), ' ')
		f.text = f.appendLabel(f.text, "face.folded", layers.A("count", f.number(f.fold.hidden)), layers.A("bytes", f.number(int(f.fold.bytes))),
			layers.A("first", layers.Int(f.fold.first)), layers.A("last", layers.Int(f.fold.last)))
		f.prose(noteIndent, &f.faint, f.text, "")
	}
	f.fold = fold{}
}
