package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
	"mailwire/layers/trace/story"
)

// The end of a trace lists so many things of each kind, and so many details of each; JSON has more of them.
const (
	endingMax  = 12
	detailsMax = 10
)

// showEnding tells what the whole trace comes to.
func (f *Face) showEnding(s *trace.Story) {
	if !f.shows(layers.Application) {
		return
	}
	f.blankBefore = false
	f.blank()
	f.line(0, strings.Repeat(f.glyphs.rule, f.Width))
	f.line(0, f.strong.paint(f.label("ending")))
	f.showPoints("mails", s.Mails, s.More.Mails)
	f.showPoints("mailboxes", s.Mailboxes, s.More.Mailboxes)
	f.showPoints("lost", s.Lost, s.More.Lost)
	f.showPoints("exposed", s.Exposed, s.More.Exposed)
	f.showTimes(s)
	f.blankBefore = false
}

// showPoints writes one part of the story, each point behind the number of the packet where it begins; nothing where there is
// nothing to tell.
func (f *Face) showPoints(part string, points []story.Point, more int) {
	if len(points) == 0 {
		return
	}
	f.line(0, "")
	f.prose(0, &f.action, []byte(f.label("ending."+part)), "")
	for i := range points[:min(len(points), endingMax)] {
		p := &points[i]
		number := ""
		if p.Packet > 0 {
			number = strconv.Itoa(p.Packet)
		}
		f.right(&f.faint, []byte(number), numberWidth)
		f.spaces(2)
		f.flow(numberWidth+2, f.room(numberWidth+2), &f.bare, []byte(f.sentence(p.Note)))
		f.endLine()
		for _, d := range p.Details[:min(len(p.Details), detailsMax)] {
			f.item(numberWidth+2, f.sentence(d))
		}
		if more := len(p.Details) - detailsMax; more > 0 {
			f.more(numberWidth+2, more)
		}
	}
	if more += max(0, len(points)-endingMax); more > 0 {
		f.more(numberWidth+2, more)
	}
}

// more says that there is more than is listed.
func (f *Face) more(indent, count int) {
	f.line(indent, f.faint.paint(f.label("ending.more", layers.A("count", f.number(count)))))
}

// sentence is the line of a note, safe to show, its numbers written as people write them.
func (f *Face) sentence(n layers.Note) string {
	args := make([]layers.Arg, len(n.Args))
	for i, a := range n.Args {
		if a.Value.Kind() == layers.Number && a.Value.Name() == "" {
			a.Value = f.number(int(a.Value.Number()))
		}
		args[i] = a
	}
	return terminal.Safe(f.Lexicon.Line(layers.Note{ID: n.ID, Args: args}))
}

// item writes running text behind a bullet.
func (f *Face) item(indent int, s string) {
	f.spaces(indent)
	f.out = append(append(f.out, f.glyphs.bullet...), ' ')
	f.flow(indent+2, f.room(indent+2), &f.bare, []byte(s))
	f.endLine()
}

// timeColumn is how wide a column of the table of times is.
const timeColumn = 8

// showTimes writes where the time of each session went: columns for the parts that any has.
func (f *Face) showTimes(s *trace.Story) {
	if len(s.Sessions) == 0 {
		return
	}
	var parts []story.Part
	for p, d := range s.Total.Parts {
		if d > 0 {
			parts = append(parts, story.Part(p))
		}
	}
	f.line(0, "")
	f.prose(0, &f.action, []byte(f.label("ending.times")), "")
	if 2+timeColumn*(len(parts)+1) > f.Width {
		f.listTimes(s, parts)
		return
	}
	label := max(0, f.Width-2-timeColumn*(len(parts)+1))
	apart := columns(f.label("ending.all")) > label
	for i := range s.Sessions[:min(len(s.Sessions), endingMax)] {
		apart = apart || columns(f.sessionName(&s.Sessions[i])) > label
	}
	if !apart {
		label = min(label, 44)
	}
	header := strings.Repeat(" ", label)
	for _, p := range parts {
		header += padLeft(f.label("ending.part."+story.Parts[p]), timeColumn)
	}
	f.line(2, f.faint.paint(header+padLeft(f.label("ending.part.total"), timeColumn)))
	row := func(name string, t *story.Times) {
		cells := f.timeCells(t, parts)
		if apart {
			f.line(2, string(f.appendShortened(nil, []byte(name), f.Width-2)))
			f.line(2, strings.Repeat(" ", label)+cells)
			return
		}
		f.line(2, pad(name, label)+cells)
	}
	for i := range s.Sessions[:min(len(s.Sessions), endingMax)] {
		row(f.sessionName(&s.Sessions[i]), &s.Sessions[i].Times)
	}
	more := s.More.Sessions + max(0, len(s.Sessions)-endingMax)
	if more > 0 {
		f.more(2, more)
	}
	if len(s.Sessions)+more > 1 {
		row(f.label("ending.all"), &s.Total)
	}
	f.line(2, strings.Repeat(" ", label)+f.faint.paint(shares(&s.Total, parts)))
}

// listTimes is showTimes without columns, for a narrow screen.
func (f *Face) listTimes(s *trace.Story, parts []story.Part) {
	row := func(name string, t *story.Times) {
		f.paragraph(2, name, "")
		var list []string
		for _, p := range parts {
			if t.Parts[p] > 0 {
				list = append(list, f.label("ending.part."+story.Parts[p])+" "+f.shortTime(t.Parts[p]))
			}
		}
		f.paragraph(4, strings.Join(append(list, f.label("ending.part.total")+" "+f.shortTime(t.Duration())), ", "), "")
	}
	for i := range s.Sessions[:min(len(s.Sessions), endingMax)] {
		row(f.sessionName(&s.Sessions[i]), &s.Sessions[i].Times)
	}
	if more := s.More.Sessions + max(0, len(s.Sessions)-endingMax); more > 0 {
		f.more(2, more)
	}
	if len(s.Sessions) > 1 {
		row(f.label("ending.all"), &s.Total)
	}
}

// sessionName says who talked to whom in which protocol.
func (f *Face) sessionName(s *story.Session) string {
	protocol := layers.ProtocolName(s.Protocol)
	if s.Encrypted {
		protocol += "+TLS"
	}
	return protocol + " " + terminal.Safe(s.Client) + " " + f.glyphs.arrow + " " + terminal.Safe(s.Server)
}

func (f *Face) timeCells(t *story.Times, parts []story.Part) string {
	var cells string
	for _, p := range parts {
		cells += padLeft(f.shortTime(t.Parts[p]), timeColumn)
	}
	return cells + padLeft(f.shortTime(t.Duration()), timeColumn)
}

// shortTime is a time in seconds, or from an hour on in hours, minutes and seconds, in no more than 7 columns.
func (f *Face) shortTime(d time.Duration) string {
	switch {
	case d == 0:
		return f.glyphs.rule
	case d < 1000*time.Second:
		return fmt.Sprintf("%d%s%03d", d/time.Second, f.point, d.Milliseconds()%1000)
	case d < time.Hour:
		return fmt.Sprintf("%d%s%d", d/time.Second, f.point, d.Milliseconds()%1000/100)
	case d < 10*time.Hour:
		return string(appendClock(nil, d))
	}
	return fmt.Sprintf("%d h", d/time.Hour)
}

// shares is how much of the whole each part is, in percent.
func shares(t *story.Times, parts []story.Part) string {
	var cells string
	whole := t.Duration()
	for _, p := range parts {
		percent := int64(0)
		if whole > 0 {
			percent = (int64(t.Parts[p])/1000*100 + int64(whole)/2000) / max(int64(whole)/1000, 1)
		}
		cells += padLeft(fmt.Sprintf("%d %%", percent), timeColumn)
	}
	return cells
}
