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
	f.line(0, f.strong.paint(pad(terminal.Safe(t.Name), f.Width-columns(seed)))+f.faint.paint(seed))
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
		f.line(0, f.faint.paint(day))
		f.day = day
	}
	f.origin = a.Time
	said := a.Text
	if said == "" {
		said = f.Lexicon.Line(a.Note)
	}
	f.out = append(f.out, a.Time.Format("15:04:05")...)
	f.spaces(storyIndent - len("15:04:05"))
	f.flow(storyIndent, f.room(storyIndent), &f.action, []byte(terminal.Safe(said)))
	f.endLine()
	f.blankBefore = false
	f.blank()
}

// showState tells what no packet shows, marked as such.
func (f *Face) showState(s *trace.State) {
	f.blankBefore = false
	f.aside(&f.bare, f.label("mark.state"), terminal.Safe(s.Host)+": "+terminal.Safe(f.Lexicon.Line(s.Note)))
	f.whyOnce(s.Note)
}

func (f *Face) showDrop(d *trace.Drop) {
	f.blankBefore = false
	where := terminal.Safe(d.Link)
	if d.Packet > 0 {
		where = f.label("packet-on", layers.A("packet", layers.Int(d.Packet)), layers.A("link", layers.String(where)))
	}
	f.aside(&f.alarm, f.label("mark.lost"), where+": "+terminal.Safe(f.Lexicon.Line(d.Note)))
	f.whyOnce(d.Note)
}

// aside writes s behind a mark in brackets.
func (f *Face) aside(b *brush, mark, s string) {
	f.out = append(appendPainted(append(f.out, "  ["...), b, mark), ']')
	at := len("  []") + columns(mark)
	f.spaces(max(storyIndent-at, 0) + 1)
	f.hang(max(at, storyIndent)+1, &f.bare, []byte(s), &f.bare, nil)
}

// whyOnce writes the paragraph of a note whose line has been written, the first time.
func (f *Face) whyOnce(n layers.Note) {
	k := f.known(n.ID)
	if f.Explain == Never || k.explained && f.Explain == FirstTime {
		return
	}
	k.explained = true
	if why := f.Lexicon.Why(n); why != "" {
		f.prose(storyIndent+1, &f.bare, []byte(terminal.Safe(why)), k.reference)
	}
}

func (f *Face) showDamage(d *trace.Damage) {
	f.blank()
	f.prose(0, &f.alarm, []byte(fileOf(d.File)+f.label("mark.damage")+" "+f.label("at-byte", layers.A("offset", layers.Int(d.Offset)))+" "+terminal.Safe(f.Lexicon.Line(d.Note))), "")
	f.whyOnce(d.Note)
	f.blankBefore = false
}
