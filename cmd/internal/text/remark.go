package text

import (
	"strings"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

const (
	interfacesListed = 4 // that have a line each; more share one
	interfacesNamed  = 8 // on that line
)

// A listing gathers the interfaces that a capture describes one after the other.
type listing struct {
	lines []string
	names []string
	count int
}

// showRemark writes what a capture tells of itself, faint, for it is beside the story; what got lost is not.
func (f *Face) showRemark(r *trace.Remark) {
	if r.Note.ID != "" {
		f.blankBefore = false
		f.aside(&f.bare, f.label("mark.capture"), fileOf(r.File)+terminal.Safe(f.Lexicon.Line(r.Note)))
		f.whyOnce(r.Note)
		return
	}
	told := f.told(r)
	switch {
	case f.Quiet || told == "":
	case r.Kind == "interface":
		f.list(r, told)
	default:
		f.faintly(told)
	}
}

// list keeps the line of an interface until it is known how many there are.
func (f *Face) list(r *trace.Remark, line string) {
	l := &f.interfaces
	l.count++
	if l.count <= interfacesListed {
		l.lines = append(l.lines, line)
	}
	for _, v := range r.Values {
		if v.Name == "name" && len(l.names) < interfacesNamed {
			l.names = append(l.names, terminal.Safe(v.Value.String()))
		}
	}
}

// endList writes the interfaces that were gathered.
func (f *Face) endList() {
	l := f.interfaces
	f.interfaces = listing{}
	if l.count <= interfacesListed {
		for _, line := range l.lines {
			f.faintly(line)
		}
		return
	}
	names := strings.Join(l.names, ", ")
	if l.count > len(l.names) {
		names += " " + f.glyphs.ellipsis
	}
	f.faintly(f.label("about.interfaces", layers.A("count", f.number(l.count)), layers.A("names", layers.String(names))))
}

// told puts the texts of a remark on one line. Numbers are for programs.
func (f *Face) told(r *trace.Remark) string {
	var parts []string
	for _, v := range r.Values {
		if v.Value.Kind() == layers.Text {
			parts = append(parts, f.label("about."+v.Name, layers.A("value", layers.String(terminal.Safe(v.Value.String())))))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return fileOf(r.File) + strings.Join(parts, ", ")
}

// fileOf is the name of a file in front of what is told of it; "" where only one is read.
func fileOf(name string) string {
	if name == "" {
		return ""
	}
	return terminal.Safe(name) + ": "
}

func (f *Face) faintly(s string) {
	f.prose(0, &f.faint, []byte(s), "")
	f.blankBefore = false
}
