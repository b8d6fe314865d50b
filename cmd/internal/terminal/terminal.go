// Package terminal is what mailwire knows of the screen it writes to: how wide it is, whether it shows colours, and which
// characters it must not be given, for it would obey them ([Safe]).
package terminal

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// The widths between which text is laid out. Longer lines are hard to read, shorter ones hold no packet.
const (
	NarrowestWidth = 40
	DefaultWidth   = 80
	WidestWidth    = 200
)

// Is reports whether w is a terminal.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Width is the number of columns to lay text out for: those of the terminal w, else those of the variable COLUMNS,
// else DefaultWidth.
func Width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return min(max(columns, NarrowestWidth), WidestWidth)
		}
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return min(max(columns, NarrowestWidth), WidestWidth)
	}
	return DefaultWidth
}

// Colors decides whether to colour what goes to w: always or never where the person said so, else when w is a terminal
// that is not called dumb and NO_COLOR is not set (https://no-color.org).
func Colors(w io.Writer, choice string) bool {
	switch choice {
	case "always":
		return true
	case "never":
		return false
	}
	return Is(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
