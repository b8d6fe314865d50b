package text

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/fatih/color"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// The columns of a packet's line: number, time, route, layer, protocol, summary.
const (
	numberWidth   = 5
	timeWidth     = 10
	layerWidth    = 12
	protocolWidth = 6
	noteIndent    = 8
	routeWidest   = 34
)

// shownPacket is what the messages of a packet need to know of it.
type shownPacket struct {
	trace.Packet
	visible   bool
	completes int
}

func (f *Face) showPacket(p *trace.Packet) {
	if f.origin.IsZero() {
		f.origin = p.Frame.Time
	}
	f.packet = shownPacket{Packet: *p, completes: p.Completes}
	pdu := f.topmost(p)
	if pdu == nil {
		return
	}
	if f.Detail == Story && !p.Milestone {
		return
	}
	if f.folds(p) {
		return
	}
	f.packet.visible = true
	f.breathe()
	f.packetLine(p, pdu)
	if f.Detail >= Fields {
		f.showFields(p)
	} else {
		f.drawEnvelopes(p)
	}
	if f.Detail >= Bytes {
		f.hexDump(p)
	}
	f.comment(p)
	for _, n := range p.Notes {
		if f.noteLayer(n) == layers.Application && p.Completes > 0 {
			continue // the message says it
		}
		f.note(n)
	}
}

// breathe leaves a line empty behind what was explained at length.
func (f *Face) breathe() {
	if f.paragraphs > 0 {
		f.blank()
	}
	f.paragraphs = 0
}

// topmost is the innermost PDU among the layers that are shown, the first of several of the application; nil when the
// packet has none.
func (f *Face) topmost(p *trace.Packet) *layers.PDU {
	var found *layers.PDU
	for i := range p.PDUs {
		u := &p.PDUs[i]
		if f.shows(u.Layer) && (found == nil || u.Layer != layers.Application || found.Layer != layers.Application) {
			found = u
		}
	}
	return found
}

func (f *Face) packetLine(p *trace.Packet, u *layers.PDU) {
	f.blankBefore = false
	route := f.route(p.From, p.To)
	head := f.strong.Sprint(padLeft(fmt.Sprint(p.Frame.Number), numberWidth)) + f.faint.Sprint(padLeft(f.since(p.Frame.Time), timeWidth)) + "  " + pad(route, f.routeWidth) + " "
	if f.routeWidth <= 20 || f.Width >= 100 {
		head += f.layer[u.Layer].Sprint(pad(f.label("layer."+u.Layer.String()), layerWidth))
	}
	head += f.layer[u.Layer].Sprint(pad(layers.ProtocolName(u.Protocol), protocolWidth-1)) + " "
	f.hangingIn(f.layer[u.Layer], head, f.summary(p, u, f.Width-columns(head)))
}

// hanging writes a line that goes on, where it is too long, under the start of its second part, or, where that leaves
// too little room, on lines of their own.
func (f *Face) hanging(head, s string) { f.hangingIn(f.layer[0], head, s) }

// hangingIn is hanging with a colour for the second part.
func (f *Face) hangingIn(paint *color.Color, head, s string) {
	indent := columns(head)
	if columns(s) <= f.Width-indent {
		f.line(0, head+paint.Sprint(s))
		return
	}
	if f.Width-indent < 24 {
		f.line(0, head)
		head, indent = strings.Repeat(" ", noteIndent), noteIndent
	}
	for _, l := range strings.Split(ansi.Wrap(s, f.Width-indent, ""), "\n") {
		f.line(0, head+paint.Sprint(l))
		head = strings.Repeat(" ", indent)
	}
}

// summary is what a packet's line says of the PDU. Where more of the same layer follow, which are shown on lines of their
// own, it is cut to room columns.
func (f *Face) summary(p *trace.Packet, u *layers.PDU, room int) string {
	s := terminal.Safe(strings.TrimRight(string(u.Header.AppendSummary(nil)), "\r\n"))
	more := 0
	for i := range p.PDUs {
		if p.PDUs[i].Layer == layers.Application && u.Layer == layers.Application && &p.PDUs[i] != u {
			more++
		}
	}
	if more == 0 {
		return ansi.Truncate(s, 3*f.Width, f.glyphs.ellipsis)
	}
	tail := " " + f.faint.Sprint(f.label("more-messages", layers.A("count", f.number(more))))
	return ansi.Truncate(s, max(room-columns(tail), 8), f.glyphs.ellipsis) + tail
}

func (f *Face) route(from, to string) string {
	name := func(s string) string {
		if s == "*" {
			return f.label("everyone")
		}
		return f.shorten(terminal.Safe(s), (routeWidest-3)/2)
	}
	route := name(from) + " " + f.glyphs.arrow + " " + name(to)
	f.routeWidth = min(max(f.routeWidth, columns(route)), routeWidest)
	return route
}

// since is the time since the last act: in milliseconds, from ten seconds on in seconds, from a hundred seconds on in
// hours, minutes and seconds.
func (f *Face) since(t time.Time) string {
	d, sign := t.Sub(f.origin), "+"
	if d < 0 {
		d, sign = -d, "-"
	}
	switch {
	case d >= 100*time.Second:
		return sign + clock(d)
	case d >= 10*time.Second:
		return sign + f.seconds(d)
	}
	return fmt.Sprintf("%s%d%s%03d", sign, d.Milliseconds(), f.point, d.Microseconds()%1000)
}

func clock(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// comment shows what the capture file's author wrote beside the frame.
func (f *Face) comment(p *trace.Packet) {
	if p.Frame.Comment != "" {
		f.paragraph(noteIndent, f.label("comment", layers.A("text", layers.String(terminal.Safe(p.Frame.Comment)))), "")
	}
}

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

// folds counts p into the fold if it says nothing new, and otherwise ends the fold.
func (f *Face) folds(p *trace.Packet) bool {
	if f.Detail >= Fields || f.Explain == Always {
		return false
	}
	if p.Completes > 0 || p.Milestone || f.saysSomethingNew(p) {
		f.endFold()
		return false
	}
	f.fold.run++
	if f.fold.run <= foldAfter {
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
	for _, n := range p.Notes {
		if f.fresh(n) {
			return true
		}
	}
	return p.Frame.Comment != ""
}

func (f *Face) endFold() {
	if f.fold.hidden > 0 {
		f.paragraph(noteIndent, f.faint.Sprint(f.glyphs.ellipsis+" "+f.label("folded", layers.A("count", f.number(f.fold.hidden)),
			layers.A("bytes", f.number(int(f.fold.bytes))), layers.A("first", layers.Int(f.fold.first)), layers.A("last", layers.Int(f.fold.last)))), "")
	}
	f.fold = fold{}
}
