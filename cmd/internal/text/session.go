package text

import (
	"strconv"
	"time"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// Sessions that are followed without packets stand side by side: each line begins with the number of its session, in one of
// a few colours, the time of the day, and whether it was said to the server or by it.

// sessionColumns writes these, and returns where the next column begins.
func (f *Face) sessionColumns(stream int, at time.Time, from layers.Side, server string) int {
	f.text = strconv.AppendInt(append(f.text[:0], '#'), int64(stream), 10)
	column := f.right(&f.session[stream%len(f.session)], f.text, numberWidth)
	f.text = at.Local().AppendFormat(f.text[:0], "15:04:05")
	f.spaces(2)
	column += 2 + f.left(&f.faint, f.text, len("15:04:05")+2)
	arrow := f.glyphs.arrow
	if from == layers.Server {
		arrow = f.glyphs.back
	}
	f.out = append(append(f.out, arrow...), ' ')
	column += f.glyphs.arrowColumns + 1 + f.host(server)
	f.spaces(2)
	return column + 2
}

// showContact tells that a session opens, what it turns into, that it ends.
func (f *Face) showContact(c *trace.Contact) {
	if !f.shows(layers.Application) && !f.shows(layers.Transport) {
		return
	}
	f.endFold()
	f.breathe()
	f.milestones, f.blankBefore = 0, false
	at := f.sessionColumns(c.Stream, c.Time, layers.Client, c.Names[layers.Server])
	at += f.left(&f.layer[layers.Application], f.protocol(c.Protocol).name, protocolWidth-1)
	f.spaces(1)
	line := terminal.Safe(f.Lexicon.Line(c.Note))
	f.hang(at+1, &f.strong, []byte(line), &f.bare, nil)
	f.whyOnce(c.Note)
}
