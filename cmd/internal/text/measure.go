package text

import (
	"bytes"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"mailwire/cmd/internal/terminal"
)

// columns is how many columns s takes in a terminal. Most text is plain, and then it is the number of bytes.
func columns[T string | []byte](s T) int {
	if terminal.Plain(s) {
		return len(s)
	}
	n := 0
	for i := 0; i < len(s); {
		size, width := cell(s, i)
		i, n = i+size, n+width
	}
	return n
}

// prefix is how many bytes of s fit into width columns.
func prefix[T string | []byte](s T, width int) int {
	for i, n := 0, 0; i < len(s); {
		size, w := cell(s, i)
		if n += w; n > width {
			return i
		}
		i += size
	}
	return len(s)
}

// cell is the character that begins at byte i of s: its bytes, and the columns it takes. Letters of Latin scripts and the
// signs that mailwire's own sentences are written with are known to take one; others are looked up, together with the
// marks that stand on them.
func cell[T string | []byte](s T, i int) (size, width int) {
	size = narrow(s[i:])
	if size > 0 && (i+size == len(s) || narrow(s[i+size:]) > 0) {
		return size, 1
	}
	end := min(i+clusterMax, len(s))
	for end < len(s) && end > i+1 && !utf8.RuneStart(s[end]) {
		end--
	}
	cluster, width := ansi.FirstGraphemeCluster(string(s[i:end]), ansi.GraphemeWidth)
	return max(len(cluster), 1), width
}

// clusterMax is how many bytes are looked at for a character with the marks on it.
const clusterMax = 64

// narrow is the length of the character that s begins with, if it is one that takes one column and cannot join others;
// else 0.
func narrow[T string | []byte](s T) int {
	if c := s[0]; c < utf8.RuneSelf {
		if c < ' ' || c > '~' {
			return 0
		}
		return 1
	}
	r, size := utf8.DecodeRuneInString(string(s[:min(utf8.UTFMax, len(s))]))
	switch {
	case r >= 0xc0 && r <= 0x24f, // Latin letters with accents
		r >= 0x2018 && r <= 0x201e, r == '–', r == '…', r == '«', r == '»', r == '·', r == '§', r == '¿', r == '¡', r == nbsp,
		r == '→', r >= 0x2500 && r <= 0x257f: // lines of boxes
		return size
	}
	return 0
}

// nbsp is the space at which no line ends.
const nbsp = '\u00a0'

// firstLine cuts s so that line fits into width columns: at spaces, which are dropped, or behind a hyphen; within a word
// only where a word has no room on a line. line is empty only if s is.
func firstLine(s []byte, width int) (line, rest []byte) {
	if terminal.Plain(s[:min(len(s), width+1)]) {
		return firstPlainLine(s, width)
	}
	end, next := 0, 0 // of the longest line so far, and where the one after it would begin
	for i, n := 0, 0; i < len(s); {
		size, w := cell(s, i)
		if s[i] == ' ' && size == 1 {
			if i > 0 && s[i-1] != ' ' {
				end = i
			}
			if i, n = i+1, n+1; end > 0 {
				next = i
			}
			continue
		}
		if n += w; n > width {
			if end == 0 {
				if i == 0 {
					i = size // wider than the line
				}
				end, next = i, i
			}
			return s[:end], s[next:]
		}
		if i += size; s[i-1] == '-' {
			end, next = i, i
		}
	}
	if end > 0 && next == len(s) {
		s = s[:end]
	}
	return s, nil
}

// firstPlainLine is firstLine where as many bytes as could be needed are known to be plain.
func firstPlainLine(s []byte, width int) (line, rest []byte) {
	if len(s) <= width {
		return s, nil
	}
	for i := width; i > 0; i-- {
		switch {
		case s[i] == ' ':
			line, rest = bytes.TrimRight(s[:i], " "), bytes.TrimLeft(s[i:], " ")
			if len(line) > 0 {
				return line, rest
			}
		case s[i-1] == '-':
			return s[:i], s[i:]
		}
	}
	return s[:width], s[width:]
}

// truncate cuts s to width columns, the last of them ellipsis if something had to be cut.
func truncate(s []byte, width int, ellipsis string) []byte {
	if len(s) <= width || columns(s) <= width {
		return s
	}
	return append(s[:prefix(s, max(width-columns(ellipsis), 0))], ellipsis...)
}
