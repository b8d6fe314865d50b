package text

import (
	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
)

func (f *Face) noteLayer(n layers.Note) layers.Layer {
	e, _ := f.Lexicon.Entry(n.ID)
	return e.Layer
}

// note writes a note under what it explains: in full when it is met first, later its line alone, and only if it has
// something new to say (an argument).
func (f *Face) note(n layers.Note) {
	if f.Explain == Never || n.ID == "" {
		return
	}
	if l := f.noteLayer(n); l != 0 && !f.shows(l) {
		return
	}
	known := f.explained[n.ID]
	if known && f.Explain == FirstTime && len(n.Args) == 0 {
		return
	}
	f.explained[n.ID] = true
	entry, _ := f.Lexicon.Entry(n.ID)
	line, why := terminal.Safe(f.Lexicon.Line(n)), terminal.Safe(f.Lexicon.Why(n))
	if why == "" || known && f.Explain == FirstTime {
		f.paragraph(noteIndent, line, "")
		return
	}
	f.paragraph(noteIndent, f.strong.Sprint(line), "")
	f.paragraph(noteIndent, why, entry.Reference)
}
