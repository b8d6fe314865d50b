package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// showSummary closes a trace: how many packets and bytes, how many of them mail and how many envelopes.
func (f *Face) showSummary(s *trace.Summary) {
	f.blank()
	f.line(0, strings.Repeat(f.glyphs.rule, f.Width))
	if s.Sockets != nil {
		f.paragraph(0, f.label("summary.sockets", layers.A("connections", f.number(s.Sockets.Connections)), layers.A("bytes", f.number(int(s.Sockets.Bytes)))), "")
	}
	f.paragraph(0, f.label("summary.packets", layers.A("packets", f.number(s.Packets)), layers.A("bytes", f.number(int(s.Bytes))),
		layers.A("messages", f.number(s.Messages)), layers.A("streams", f.number(s.Streams))), "")
	if s.Filtered != nil {
		f.paragraph(0, f.label("summary.filtered", layers.A("packets", f.number(s.Filtered.Packets)),
			layers.A("messages", f.number(s.Filtered.Messages))), "")
	}
	rest := s.Bytes
	for _, l := range layers.All {
		n := s.Headers[l]
		rest -= n
		if n > 0 {
			f.share(l, f.label("summary."+l.String()), n, s.Bytes)
		}
	}
	if rest > 0 {
		f.share(0, f.label("summary.rest"), rest, s.Bytes)
	}
	f.paragraph(0, f.label("summary.time", layers.A("mail", f.number(int(s.Mail))), layers.A("roundtrips", f.number(s.RoundTrips)),
		layers.A("duration", layers.String(f.duration(s.Duration)))), "")
	f.showLessons(s.Notes)
}

// showLessons writes what the trace has shown to be wrong, each with its paragraph.
func (f *Face) showLessons(notes []layers.Note) {
	if len(notes) == 0 || f.Explain == Never {
		return
	}
	f.line(0, "")
	f.line(0, f.strong.paint(f.label("lessons")))
	for _, n := range notes {
		f.line(0, "")
		f.prose(2, &f.strong, []byte(terminal.Safe(f.Lexicon.Line(n))), "")
		f.prose(4, &f.bare, []byte(terminal.Safe(f.Lexicon.Why(n))), f.known(n.ID).reference)
	}
}

// share writes how many of all bytes are of one kind, with a bar where bars are drawn.
func (f *Face) share(l layers.Layer, what string, n, of int64) {
	percent := (n*1000/max(of, 1) + 5) / 10
	line := "  " + f.layer[l].paint(pad(what, 28)) + padLeft(grouped(int(n), f.comma), 12) + padLeft(fmt.Sprintf("%d %%", percent), 7)
	if f.glyphs.boxes {
		line += "  " + f.layer[l].paint(strings.Repeat("█", int(percent*int64(max(f.Width-54, 10))/100)))
	}
	f.line(0, line)
}

// duration is d with the digits that people care about.
func (f *Face) duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d%s%03d ms", d.Milliseconds(), f.point, d.Microseconds()%1000)
	case d < 100*time.Second:
		return string(f.appendSeconds(nil, d))
	}
	return string(appendClock(nil, d)) + " h"
}

// numbersMax bounds how many numbers are remembered with their separators.
const numbersMax = 1 << 12

// number is n, to be shown with the separators of the reader's language.
func (f *Face) number(n int) layers.Value {
	if n < 1000 {
		return layers.Int(n)
	}
	s, ok := f.numbers[n]
	if !ok {
		if len(f.numbers) >= numbersMax {
			clear(f.numbers)
		}
		s = grouped(n, f.comma)
		f.numbers[n] = s
	}
	return layers.Int(n).Named(s)
}

// size is a number of bytes with the unit that people would choose; units are those of the SI.
func (f *Face) size(n int64) string {
	switch {
	case n < 10_000:
		return grouped(int(n), f.comma) + " B"
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%d%s%d MB", n/1_000_000, f.point, n%1_000_000/100_000)
}

func grouped(n int, separator string) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + separator + s[i:]
	}
	return s
}
