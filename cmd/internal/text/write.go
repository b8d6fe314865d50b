package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// wrapMax is the longest line of running text that is comfortable to read.
const wrapMax = 96

// line writes s, which holds no line end, at an indentation.
func (f *Face) line(indent int, s string) {
	f.out = append(f.out, strings.Repeat(" ", indent)...)
	f.out = append(f.out, strings.TrimRight(s, " ")...)
	f.out = append(f.out, '\n')
}

// blank writes an empty line unless the last one was empty.
func (f *Face) blank() {
	if !f.blankBefore && f.started {
		f.out = append(f.out, '\n')
	}
	f.blankBefore = true
}

// wrap cuts running text into lines that fit behind an indentation.
func (f *Face) wrap(indent int, s string) []string {
	width := max(min(f.Width, wrapMax)-indent, 20)
	if columns(s) <= width {
		return []string{s}
	}
	return strings.Split(ansi.Wrap(s, width, ""), "\n")
}

// paragraph writes running text, with an aside (a reference) at the right end of the last line where it fits, else on
// a line of its own.
func (f *Face) paragraph(indent int, s, aside string) {
	lines := f.wrap(indent, s)
	right := max(min(f.Width, wrapMax), indent+20)
	for i, l := range lines {
		if i == len(lines)-1 && aside != "" {
			gap := right - indent - columns(l) - columns(aside)
			if gap >= 2 {
				f.line(indent, l+strings.Repeat(" ", gap)+f.faint.Sprint(aside))
				return
			}
			f.line(indent, l)
			f.line(indent, strings.Repeat(" ", max(0, right-indent-columns(aside)))+f.faint.Sprint(aside))
			return
		}
		f.line(indent, l)
	}
}

// pad makes s at least width columns wide.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

// padLeft is pad with the spaces in front.
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-columns(s))) + s
}

// shorten cuts the middle out of a name that is wider than width.
func (f *Face) shorten(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	ellipsis := f.glyphs.ellipsis
	left := (width - columns(ellipsis)) / 2
	right := width - columns(ellipsis) - left
	return ansi.Truncate(s, left, "") + ellipsis + ansi.TruncateLeft(s, columns(s)-right, "")
}

// columns is how many columns s takes in a terminal. Most text is plain, and then it is the number of bytes.
func columns(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}
