package text

import (
	"bytes"
	"strings"
)

// What a face shows it adds to f.out, the space of which is used again for the next event: no line is put together as a
// string first.

// wrapMax is the longest line of running text that is comfortable to read.
const wrapMax = 96

// spaces adds n spaces.
func (f *Face) spaces(n int) {
	const some = "                                                                "
	for ; n > len(some); n -= len(some) {
		f.out = append(f.out, some...)
	}
	f.out = append(f.out, some[:max(n, 0)]...)
}

// left adds s at the left of a column of width, and returns how wide that became.
func (f *Face) left(b *brush, s []byte, width int) int {
	f.out = appendPainted(f.out, b, s)
	n := columns(s)
	f.spaces(width - n)
	return max(n, width)
}

// right adds s at the right of a column of width, and returns how wide that became.
func (f *Face) right(b *brush, s []byte, width int) int {
	n := columns(s)
	f.spaces(width - n)
	f.out = appendPainted(f.out, b, s)
	return max(n, width)
}

// endLine ends a line, but for the spaces at its end.
func (f *Face) endLine() { f.out = endLine(f.out) }

func endLine(out []byte) []byte {
	end := len(out)
	for end > 0 && out[end-1] == ' ' {
		end--
	}
	return append(out[:end], '\n')
}

// line writes s, which holds no line end, at an indentation.
func (f *Face) line(indent int, s string) {
	f.spaces(indent)
	f.out = append(f.out, s...)
	f.endLine()
}

// blank writes an empty line unless the last one was empty.
func (f *Face) blank() {
	if !f.blankBefore && f.started {
		f.out = append(f.out, '\n')
	}
	f.blankBefore = true
}

// room is how many columns there are for running text behind an indentation.
func (f *Face) room(indent int) int { return max(min(f.Width, wrapMax)-indent, 20) }

// flow writes s from where the line is, which is column indent, with further lines under its start, each of them room
// columns wide. The last one is left open; how far it reaches is returned.
func (f *Face) flow(indent, room int, b *brush, s []byte) int {
	for {
		line, rest := firstLine(s, room)
		f.out = appendPainted(f.out, b, line)
		if len(rest) == 0 {
			return indent + columns(line)
		}
		f.endLine()
		f.spaces(indent)
		s = rest
	}
}

// prose writes running text, with an aside (a reference) at the right end of the last line where it fits, else on
// a line of its own.
func (f *Face) prose(indent int, b *brush, s []byte, aside string) {
	f.spaces(indent)
	at := f.flow(indent, f.room(indent), b, s)
	if aside != "" {
		start := max(min(f.Width, wrapMax), indent+20) - columns(aside)
		if start < at+2 {
			f.endLine()
			at = 0
		}
		f.spaces(start - at)
		f.out = appendPainted(f.out, &f.faint, aside)
	}
	f.endLine()
}

// paragraph is prose without a colour.
func (f *Face) paragraph(indent int, s, aside string) { f.prose(indent, &f.bare, []byte(s), aside) }

// hangRoom is how many columns there must be behind the beginning of a line for what is longer to hang there.
const hangRoom = 24

// hang goes on with a line whose beginning took indent columns: with s, on further lines under its start where it is too
// long, or, where that leaves too little room, on lines of their own; and with a tail in a colour of its own.
func (f *Face) hang(indent int, b *brush, s []byte, tailBrush *brush, tail []byte) {
	room, wide := f.Width-indent, columns(s)
	if len(tail) == 0 && wide <= room && wide == len(s) { // and plain: the most are
		f.out = appendPainted(f.out, b, s)
		f.endLine()
		return
	}
	if wide+columns(tail) > room && (room < hangRoom || f.cutsWord(s, room)) {
		f.endLine()
		indent = noteIndent
		f.spaces(indent)
	}
	at := f.flow(indent, f.Width-indent, b, s)
	if len(tail) > 0 && at+columns(tail) > f.Width {
		f.endLine()
		tail = bytes.TrimLeft(tail, " ")
		f.spaces(min(indent, max(f.Width-columns(tail), 0)))
	}
	if len(tail) > 0 {
		f.out = appendPainted(f.out, tailBrush, tail)
	}
	f.endLine()
}

// cutsWord says that s has a word for which room columns are not enough, but a line of its own would be.
func (f *Face) cutsWord(s []byte, room int) bool {
	for len(s) > 0 {
		line, rest := firstLine(s, room)
		if next := len(s) - len(rest); len(rest) > 0 && len(line) == next && line[len(line)-1] != '-' {
			word := line[bytes.LastIndexByte(line, ' ')+1:]
			end := bytes.IndexByte(rest, ' ')
			if end < 0 {
				end = len(rest)
			}
			return columns(word)+columns(rest[:end]) <= f.Width-noteIndent
		}
		s = rest
	}
	return false
}

// pad makes s at least width columns wide.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

// padLeft is pad with the spaces in front.
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-columns(s))) + s
}

// appendShortened adds a name to dst, with its middle cut out if it is wider than width.
func (f *Face) appendShortened(dst, name []byte, width int) []byte {
	wide := columns(name)
	if wide <= width {
		return append(dst, name...)
	}
	room := width - columns(f.glyphs.ellipsis)
	dst = append(append(dst, name[:prefix(name, room/2)]...), f.glyphs.ellipsis...)
	skip := wide - (room - room/2)
	end := prefix(name, skip)
	if columns(name[:end]) < skip { // a wide character lies across
		size, _ := cell(name, end)
		end += size
	}
	return append(dst, name[end:]...)
}
