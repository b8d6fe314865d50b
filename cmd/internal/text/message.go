package text

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

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
	alone := f.packet.visible && f.packet.completes == 1 && len(m.Packets) == 1 && f.packet.Frame.Number == m.Packets[0] && m.Complete
	lines := f.textLines(m)
	switch {
	case alone:
		f.moreLines(lines[1:], cut(m)) // the packet's line shows the first
	default:
		f.endFold()
		f.breathe()
		f.messageLine(m, lines)
	}
	for _, n := range m.Notes {
		f.note(n)
	}
}

// messageLine shows a message that a packet's line has not shown: one of several in a packet, one in several packets,
// or, in a story, any.
func (f *Face) messageLine(m *trace.Message, lines []string) {
	f.blankBefore = false
	color := f.layer[layers.Application]
	who := f.label("side." + m.From.String())
	if f.packet.Frame != nil && m.Complete && f.packet.Stream == m.Stream {
		who = f.route(f.packet.From, f.packet.To)
	}
	protocol := color.Sprint(pad(layers.ProtocolName(m.Protocol), protocolWidth-1)) + " "
	first := ""
	if m.Kind == application.Data {
		first = f.label("data", layers.A("bytes", f.number(int(m.Length))))
	} else if len(lines) > 0 {
		first, lines = lines[0], lines[1:]
	}
	if !m.Complete {
		first += " " + f.alarm.Sprint(f.label("incomplete"))
	}
	if f.Detail == Story {
		head := padLeft(numbers(m.Packets), numberWidth) + f.faint.Sprint(padLeft(f.since(m.Time), timeWidth)) + "  " + pad(who, f.routeWidth) + " " + protocol
		f.hanging(head, first)
	} else {
		head := strings.Repeat(" ", noteIndent) + f.glyphs.bullet + " " + protocol
		if len(m.Packets) > 1 {
			first += "  " + f.faint.Sprint(f.label("in-packets", layers.A("packets", layers.String(numbers(m.Packets)))))
		}
		f.hanging(head, first)
	}
	f.moreLines(lines, cut(m))
}

// cut says that the text of a message is only its beginning.
func cut(m *trace.Message) bool { return len(m.Text) >= application.TextMax }

// moreLines shows lines of a message's text; cut says that there are more than were kept.
func (f *Face) moreLines(lines []string, cut bool) {
	for i, l := range lines {
		if i == linesMax && cut {
			f.line(noteIndent+2, f.faint.Sprint(f.glyphs.ellipsis))
			return
		}
		if i == linesMax {
			f.line(noteIndent+2, f.faint.Sprint(f.label("more-lines", layers.A("count", f.number(len(lines)-i)))))
			return
		}
		f.line(noteIndent+2, f.layer[layers.Application].Sprint(f.glyphs.side)+" "+ansi.Truncate(l, max(f.Width-noteIndent-4, 20), f.glyphs.ellipsis))
	}
}

// textLines is the text of a message, line by line, safe to show. There is at least one.
func (f *Face) textLines(m *trace.Message) []string {
	lines := strings.Split(strings.TrimRight(m.Text, "\r\n"), "\n")
	for i, l := range lines {
		lines[i] = terminal.Safe(strings.TrimSuffix(l, "\r"))
	}
	return lines
}

// numbers shortens a list of packet numbers: "20-22, 25".
func numbers(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if j > i {
			parts = append(parts, fmt.Sprintf("%d-%d", list[i], list[j]))
		} else {
			parts = append(parts, fmt.Sprint(list[i]))
		}
		i = j + 1
	}
	if len(parts) > 4 {
		return fmt.Sprintf("%d-%d", list[0], list[len(list)-1])
	}
	return strings.Join(parts, ", ")
}
