package text

import (
	"strings"

	"github.com/fatih/color"

	"mailwire/layers"
)

// A brush is what a terminal is told before and after text of one colour. The zero value leaves text as it is.
type brush struct{ on, off string }

func newBrush(attributes ...color.Attribute) brush {
	c := color.New(attributes...)
	c.EnableColor()
	on, off, _ := strings.Cut(c.Sprint("|"), "|")
	return brush{on, off}
}

// paint is s in the brush's colour.
func (b *brush) paint(s string) string { return b.on + s + b.off }

// appendPainted adds s in the brush's colour to dst.
func appendPainted[T string | []byte](dst []byte, b *brush, s T) []byte {
	return append(append(append(dst, b.on...), s...), b.off...)
}

// A palette colours words, or leaves them as they are. Colour never says something that the words do not.
type palette struct {
	bare                         brush
	layer                        [len(layers.All) + 1]brush
	session                      [6]brush // of sessions side by side, in turn
	strong, faint, alarm, action brush
}

func newPalette(colours bool) palette {
	if !colours {
		return palette{}
	}
	return palette{
		layer: [...]brush{
			layers.Link:        newBrush(color.FgMagenta),
			layers.Internet:    newBrush(color.FgCyan),
			layers.Transport:   newBrush(color.FgGreen),
			layers.Application: newBrush(color.FgYellow),
		},
		session: [...]brush{
			newBrush(color.FgHiCyan), newBrush(color.FgHiMagenta), newBrush(color.FgHiGreen),
			newBrush(color.FgHiYellow), newBrush(color.FgHiBlue), newBrush(color.FgHiRed),
		},
		strong: newBrush(color.Bold),
		faint:  newBrush(color.Faint),
		alarm:  newBrush(color.FgRed),
		action: newBrush(color.Bold, color.FgHiBlue),
	}
}
