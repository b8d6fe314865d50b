package text

import (
	"strconv"
	"strings"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
	"mailwire/layers/trace/contrast"
	"mailwire/layers/trace/story"
)

// showComparison lays two traces beside each other: first the verdict, then each pair of sessions in two columns.
func (f *Face) showComparison(c *trace.Comparison) {
	f.line(0, f.strong.paint(f.label("contrast", layers.A("left", layers.String(terminal.Safe(c.Left))), layers.A("right", layers.String(terminal.Safe(c.Right))))))
	f.paragraph(0, f.sentence(c.Verdict), "")
	if len(c.Pairs) > 0 {
		f.paragraph(0, f.label("contrast.legend"), "")
	}
	for i := range c.Pairs {
		f.showPair(&c.Pairs[i], c.Left, c.Right)
	}
	f.showAlone(c.LeftOnly, c.Left)
	f.showAlone(c.RightOnly, c.Right)
}

// columnWidth is how wide each of the two columns is.
func (f *Face) columnWidth() int { return (min(f.Width, wrapMax) - 4) / 2 }

func (f *Face) showPair(p *contrast.Pair, left, right string) {
	f.line(0, "")
	f.sides(" ", &f.action, f.parties(p.Left), f.parties(p.Right))
	f.sides(" ", &f.faint, f.appended(left, p.Left.Times), f.appended(right, p.Right.Times))
	for _, n := range p.Notes {
		f.item(2, f.sentence(n))
	}
	for i := 0; i < len(p.Rows); i++ {
		if n := equals(p.Rows[i:]); n > sameMax {
			f.line(2, f.faint.paint(f.label("contrast.equal", layers.A("count", f.number(n)))))
			i += n - 1
			continue
		}
		r := &p.Rows[i]
		brush := &f.bare
		if r.Mark != contrast.Same {
			brush = &f.strong
		}
		f.sides(string(rune(r.Mark)), brush, stepText(&r.Left), stepText(&r.Right))
	}
	if more := max(p.Left.More, p.Right.More); more > 0 {
		f.more(2, more)
	}
	f.showCosts(p)
}

// sameMax is how many equal steps in a row are shown; more are counted.
const sameMax = 8

// equals is how many of the first rows are equal on both sides.
func equals(rows []contrast.Row) int {
	for i := range rows {
		if rows[i].Mark != contrast.Same {
			return i
		}
	}
	return len(rows)
}

// sides writes one line in two columns behind a mark.
func (f *Face) sides(mark string, b *brush, left, right string) {
	width := f.columnWidth()
	f.spaces(1)
	f.left(b, []byte(mark), 2)
	f.left(b, f.appendShortened(nil, []byte(left), width-1), width)
	f.left(b, f.appendShortened(nil, []byte(right), width), 0)
	f.endLine()
}

// stepText is a step as people read it: "RETR +OK (3)".
func stepText(s *contrast.Step) string {
	t := s.Command
	if s.Answer != "" {
		t += " " + s.Answer
	}
	if s.Count > 1 {
		t += " (" + strconv.Itoa(s.Count) + ")"
	}
	return terminal.Safe(t)
}

func (f *Face) parties(s *contrast.Session) string {
	return f.sessionName(&story.Session{Protocol: s.Protocol, Encrypted: s.Encrypted, Client: s.Client, Server: s.Server})
}

// appended is the name of a side, with how often the session happened there.
func (f *Face) appended(name string, times int) string {
	name = terminal.Safe(name)
	if times > 1 {
		name += " (" + strconv.Itoa(times) + ")"
	}
	return name
}

// showCosts writes how the mailbox was read and what both sides cost, where they differ in it.
func (f *Face) showCosts(p *contrast.Pair) {
	a, b := p.Left, p.Right
	if a.Way != b.Way {
		f.sides(" ", &f.bare, f.way(a.Way), f.way(b.Way))
	}
	label := func(name, left, right string) {
		if left != right {
			f.sides(" ", &f.faint, f.label("contrast."+name, layers.A("value", layers.String(left))), f.label("contrast."+name, layers.A("value", layers.String(right))))
		}
	}
	number := func(n int) string { return grouped(n, f.comma) }
	label("trips", number(a.Cost.RoundTrips), number(b.Cost.RoundTrips))
	label("packets", number(a.Cost.Packets), number(b.Cost.Packets))
	label("bytes", number(int(a.Cost.Bytes)), number(int(b.Cost.Bytes)))
	label("repeated", number(a.Cost.Repeated), number(b.Cost.Repeated))
	label("time", f.duration(a.Cost.Duration()), f.duration(b.Cost.Duration()))
}

// way is how a mailbox was read.
func (f *Face) way(way string) string {
	if way == "" {
		return f.glyphs.rule
	}
	return f.Lexicon.Label("story.way." + way)
}

// showAlone writes the sessions that only one side has.
func (f *Face) showAlone(sessions []*contrast.Session, name string) {
	if len(sessions) == 0 {
		return
	}
	f.line(0, "")
	f.line(0, f.action.paint(f.label("contrast.alone", layers.A("name", layers.String(terminal.Safe(name))))))
	for _, s := range sessions {
		steps := make([]string, 0, len(s.Steps))
		for i := range s.Steps {
			steps = append(steps, stepText(&s.Steps[i]))
		}
		f.line(2, f.appended(f.parties(s), s.Times))
		if len(steps) > 0 {
			f.paragraph(4, strings.Join(steps, ", "), "")
		}
	}
}
