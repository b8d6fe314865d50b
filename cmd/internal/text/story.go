package text

import (
	"strings"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// storyIndent is where the words of an act or a state begin, behind the clock.
const storyIndent = 10

func (f *Face) showTitle(t *trace.Title) {
	seed := f.label("seed", layers.A("seed", layers.Uint(t.Seed)))
	f.line(0, f.strong.Sprint(pad(terminal.Safe(t.Name), f.Width-columns(seed)))+f.faint.Sprint(seed))
	f.paragraph(0, terminal.Safe(t.Text), "")
	if t.Story != "" {
		f.line(0, "")
		f.paragraph(0, terminal.Safe(t.Story), "")
	}
	f.line(0, "")
	f.drawNetwork(t)
	f.line(0, "")
	f.blankBefore = true
}

// drawNetwork draws the cables as one line where they form a line, else one cable a line.
func (f *Face) drawNetwork(t *trace.Title) {
	if chain := chain(t.Links); chain != nil {
		if s := terminal.Safe(strings.Join(chain, " "+f.glyphs.cable+" ")); columns(s) <= f.Width {
			f.line(0, s)
			return
		}
	}
	for _, l := range t.Links {
		f.line(0, pad(terminal.Safe(l.A), 12)+" "+f.glyphs.cable+" "+terminal.Safe(l.B))
	}
}

// chain lists the devices from one end to the other if the cables form a line without branches; nil otherwise.
func chain(links []trace.Link) []string {
	degree := func(name string) (n int) {
		for _, l := range links {
			if l.A == name || l.B == name {
				n++
			}
		}
		return n
	}
	if len(links) == 0 {
		return nil
	}
	at := links[0].A
	for _, l := range links {
		if degree(l.A) > 2 || degree(l.B) > 2 {
			return nil
		}
		if degree(l.A) == 1 {
			at = l.A
			break
		}
		if degree(l.B) == 1 {
			at = l.B
			break
		}
	}
	names := []string{at}
	used := make([]bool, len(links))
	for range links {
		for i, l := range links {
			if !used[i] && (l.A == at || l.B == at) {
				used[i] = true
				if l.A == at {
					at = l.B
				} else {
					at = l.A
				}
				names = append(names, at)
				break
			}
		}
	}
	if len(names) != len(links)+1 {
		return nil
	}
	return names
}

func (f *Face) showAct(a *trace.Act) {
	f.breathe()
	f.blank()
	if day := a.Time.Format("2006-01-02"); day != f.day {
		f.line(0, f.faint.Sprint(day))
		f.day = day
	}
	f.origin = a.Time
	said := a.Text
	if said == "" {
		said = f.Lexicon.Line(a.Note)
	}
	f.timed(a.Time.Format("15:04:05"), f.action.Sprint(terminal.Safe(said)))
	f.blankBefore = false
	f.blank()
}

func (f *Face) timed(clock, s string) {
	for i, l := range f.wrap(storyIndent, s) {
		if i == 0 {
			f.line(0, pad(clock, storyIndent)+l)
		} else {
			f.line(storyIndent, l)
		}
	}
}

// showState tells what no packet shows, marked as such.
func (f *Face) showState(s *trace.State) {
	f.blankBefore = false
	mark := f.label("mark.state")
	f.aside(mark, terminal.Safe(s.Host)+": "+terminal.Safe(f.Lexicon.Line(s.Note)))
	f.whyOnce(s.Note)
}

func (f *Face) showDrop(d *trace.Drop) {
	f.blankBefore = false
	where := terminal.Safe(d.Link)
	if d.Packet > 0 {
		where = f.label("packet-on", layers.A("packet", layers.Int(d.Packet)), layers.A("link", layers.String(where)))
	}
	f.aside(f.alarm.Sprint(f.label("mark.lost")), where+": "+terminal.Safe(f.Lexicon.Line(d.Note)))
	f.whyOnce(d.Note)
}

func (f *Face) aside(mark, s string) {
	head := pad("  ["+mark+"]", storyIndent) + " "
	f.hanging(head, s)
}

// whyOnce writes the paragraph of a note whose line has been written, the first time.
func (f *Face) whyOnce(n layers.Note) {
	if f.Explain == Never || f.explained[n.ID] && f.Explain == FirstTime {
		return
	}
	f.explained[n.ID] = true
	if why := f.Lexicon.Why(n); why != "" {
		entry, _ := f.Lexicon.Entry(n.ID)
		f.paragraph(storyIndent+1, terminal.Safe(why), entry.Reference)
	}
}

func (f *Face) showDamage(d *trace.Damage) {
	f.blank()
	f.paragraph(0, fileOf(d.File)+f.alarm.Sprint(f.label("mark.damage"))+" "+f.label("at-byte", layers.A("offset", layers.Int(d.Offset)))+" "+terminal.Safe(f.Lexicon.Line(d.Note)), "")
	f.whyOnce(d.Note)
	f.blankBefore = false
}
