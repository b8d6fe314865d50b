package text

import (
	"strconv"
	"strings"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/trace"
)

// linesMax is how many lines of a message's text are shown.
const linesMax = 16

func (f *Face) showMessage(m *trace.Message) {
	if !f.shows(layers.Application) {
		return
	}
	if f.wraps(m) {
		for i := range m.Notes {
			if !f.known(m.Notes[i].ID).explained {
				f.note(&m.Notes[i])
			}
		}
		return
	}
	alone := f.packet.visible && f.packet.completes == 1 && m.Complete && len(m.Packets) == 1 && m.Packets[0] == f.packet.number
	first, rest := textLine(strings.TrimRight(m.Text, "\r\n"))
	f.milestones = 0
	if !alone { // else the packet's line shows the first
		f.endFold()
		f.breathe()
		if m.Kind == application.Data {
			rest = strings.TrimRight(m.Text, "\r\n")
		}
		f.messageLine(m, first)
	}
	f.moreLines(rest, len(m.Text) >= application.TextMax)
	for i := range m.Notes {
		f.note(&m.Notes[i])
	}
}

// wraps tells whether a message is left out because what it carries is shown: a record of TLS that was read with its key.
func (f *Face) wraps(m *trace.Message) bool {
	return m.Inside != nil && len(m.Inside.Bytes) > 0 && f.Detail < Fields && f.Explain != Always
}

// messageLine shows a message that a packet's line has not shown: one of several in a packet, one in several packets,
// or, in a story, any.
func (f *Face) messageLine(m *trace.Message, first string) {
	f.blankBefore = false
	paint, at := &f.layer[layers.Application], 0
	if m.Names[0] != "" {
		at = f.sessionColumns(m.Stream, m.Time, m.From, m.Names[layers.Server])
	} else if f.Detail == Story {
		f.text = f.text[:0]
		if last := len(m.Packets) - 1; last >= 0 {
			f.text = strconv.AppendInt(f.text, int64(m.Packets[last]), 10)
		}
		at = f.right(&f.bare, f.text, numberWidth)
		f.text = f.appendSince(append(f.text[:0], ' '), m.Time)
		at += f.right(&f.faint, f.text, timeWidth)
		f.spaces(2)
		at += 2
		if f.packet.number > 0 && m.Complete && f.packet.stream == m.Stream {
			from, to := f.packet.from, f.packet.to
			if m.From != f.packet.side { // a packet of the other side made clear what it is
				from, to = to, from
			}
			at = f.route(at, from, to)
		} else {
			at += f.left(&f.bare, f.labels.side[m.From], f.routeWidth)
		}
		f.spaces(1)
		at++
	} else {
		f.spaces(noteIndent)
		f.out = append(append(f.out, f.glyphs.bullet...), ' ')
		at = noteIndent + columns(f.glyphs.bullet) + 1
	}
	at += f.left(paint, f.protocol(m.Protocol).name, protocolWidth-1)
	f.spaces(1)
	at++
	if m.Kind == application.Data {
		f.text = f.appendLabel(f.text[:0], "face.data", layers.A("bytes", f.number(int(m.Length))))
	} else {
		f.text = terminal.AppendSafe(f.text[:0], first)
	}
	mark := f.messageTail(m)
	f.hang(at, &f.bare, f.text, mark, f.tail)
}

// messageTail makes in f.tail what stands behind a message: that it breaks off, and which packets carried it.
func (f *Face) messageTail(m *trace.Message) *brush {
	paint := &f.faint
	f.tail = f.tail[:0]
	if !m.Complete {
		paint = &f.alarm
		f.tail = f.appendLabel(append(f.tail, ' '), "face.incomplete")
	}
	if m.Within != "" && m.Names[0] != "" {
		f.tail = f.appendLabel(append(f.tail, "  "...), "face.within", layers.A("protocol", layers.String(layers.ProtocolName(m.Within))))
	}
	if len(m.Packets) > 1 {
		f.name = appendNumbers(f.name[:0], m.Packets)
		f.tail = f.appendLabel(append(f.tail, "  "...), "face.in-packets", layers.A("packets", layers.String(string(f.name))))
	}
	return paint
}

// moreLines shows lines of a message's text; cut says that there are more than were kept.
func (f *Face) moreLines(text string, cut bool) {
	for shown := 0; text != ""; shown++ {
		f.spaces(noteIndent + 2)
		if shown == linesMax {
			f.text = append(f.text[:0], f.glyphs.ellipsis...)
			if !cut {
				f.text = f.appendLabel(f.text[:0], "face.more-lines", layers.A("count", f.number(strings.Count(text, "\n")+1)))
			}
			f.out = appendPainted(f.out, &f.faint, f.text)
			f.endLine()
			return
		}
		var line string
		line, text = textLine(text)
		f.out = append(appendPainted(f.out, &f.layer[layers.Application], f.glyphs.side), ' ')
		f.text = terminal.AppendSafe(f.text[:0], line)
		f.out = append(f.out, truncate(f.text, max(f.Width-noteIndent-4, 20), f.glyphs.ellipsis)...)
		f.endLine()
	}
}

// textLine is the first line of a message's text, and what follows it.
func textLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

// runsMax is how many runs of packet numbers are listed.
const runsMax = 4

// appendNumbers adds a list of packet numbers, shortened: "20-22, 25". Where that has too many runs, it says from where to
// where.
func appendNumbers(dst []byte, list []int) []byte {
	start := len(dst)
	for i, runs := 0, 0; i < len(list); runs++ {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if runs == runsMax {
			dst, i, j = dst[:start], 0, len(list)-1
		}
		if len(dst) > start {
			dst = append(dst, ", "...)
		}
		dst = strconv.AppendInt(dst, int64(list[i]), 10)
		if j > i {
			dst = strconv.AppendInt(append(dst, '-'), int64(list[j]), 10)
		}
		i = j + 1
	}
	return dst
}
