package text

import (
	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
)

func (f *Face) noteLayer(n layers.Note) layers.Layer {
	e, _ := f.Lexicon.Entry(n.ID)
	return e.Layer
}

// saidMax bounds what is remembered of lines.
const saidMax = 1 << 14

// paragraphsAtOnce is how many paragraphs are given under one packet or message. What else is new there has its line,
// and its paragraph when it is met again: nobody learns six things from one packet.
const paragraphsAtOnce = 2

// fresh says whether a note has something to say that has not been said.
func (f *Face) fresh(n layers.Note) bool {
	switch l := f.noteLayer(n); {
	case f.Explain == Never || n.ID == "" || l != 0 && !f.shows(l):
		return false
	case f.Explain == Always || !f.explained[n.ID]:
		return true
	}
	return len(n.Args) > 0 && !f.said[f.Lexicon.Line(n)]
}

// note writes a note under what it explains. Met first, it has its line and its paragraph; later its line alone, and that
// only if it says something that it has not said before.
func (f *Face) note(n layers.Note) {
	if !f.fresh(n) {
		return
	}
	line, why := f.Lexicon.Line(n), terminal.Safe(f.Lexicon.Why(n))
	if len(f.said) < saidMax {
		f.said[line] = true
	}
	line = terminal.Safe(line)
	known := f.explained[n.ID] && f.Explain == FirstTime
	if why == "" || known || f.paragraphs == paragraphsAtOnce && f.Explain == FirstTime {
		f.explained[n.ID] = f.explained[n.ID] || why == ""
		f.paragraph(noteIndent, line, "")
		return
	}
	f.explained[n.ID] = true
	f.paragraphs++
	entry, _ := f.Lexicon.Entry(n.ID)
	f.paragraph(noteIndent, f.strong.Sprint(line), "")
	f.paragraph(noteIndent+2, why, entry.Reference)
}
