package text

import (
	"github.com/fatih/color"

	"mailwire/layers"
)

// A palette colours words, or leaves them as they are. Colour never says something that the words do not.
type palette struct {
	layer                        [len(layers.All) + 1]*color.Color
	strong, faint, alarm, action *color.Color
}

func newPalette(colours bool) palette {
	p := palette{
		layer: [...]*color.Color{
			layers.Link:        color.New(color.FgMagenta),
			layers.Internet:    color.New(color.FgCyan),
			layers.Transport:   color.New(color.FgGreen),
			layers.Application: color.New(color.FgYellow),
			0:                  color.New(),
		},
		strong: color.New(color.Bold),
		faint:  color.New(color.Faint),
		alarm:  color.New(color.FgRed),
		action: color.New(color.Bold, color.FgHiBlue),
	}
	for _, c := range append(p.layer[:], p.strong, p.faint, p.alarm, p.action) {
		if colours {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
	}
	return p
}
