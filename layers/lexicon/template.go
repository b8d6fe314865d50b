package lexicon

import (
	"strings"

	"mailwire/layers"
)

// A template is a sentence cut at its placeholders.
type template []piece

// A piece is literal text, or the value of an argument, or one of two forms chosen by an argument.
type piece struct {
	literal  string
	arg      string
	one, any string // the forms, when the placeholder has them
	forms    bool
}

// parseTemplate reads "{name}" and "{name|one|other}". A brace without its partner is literal.
func parseTemplate(s string) template {
	var t template
	for s != "" {
		before, rest, found := strings.Cut(s, "{")
		inside, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(t, piece{literal: s})
		}
		if before != "" {
			t = append(t, piece{literal: before})
		}
		parts := strings.Split(inside, "|")
		p := piece{arg: parts[0]}
		if len(parts) == 3 {
			p.one, p.any, p.forms = parts[1], parts[2], true
		}
		t = append(t, p)
		s = after
	}
	return t
}

// fill puts the arguments of n into the sentence. A missing argument leaves its name, <count>, as when an entry is looked
// up that nothing has happened to.
func (t template) fill(n layers.Note) string {
	if len(t) == 1 && t[0].arg == "" {
		return t[0].literal
	}
	var b []byte
	for _, p := range t {
		v, ok := n.Arg(p.arg)
		switch {
		case p.arg == "":
			b = append(b, p.literal...)
		case !ok && !p.forms:
			b = append(append(append(b, '<'), p.arg...), '>')
		case p.forms && v.Number() == 1:
			b = append(b, p.one...)
		case p.forms:
			b = append(b, p.any...)
		case v.Name() != "":
			b = append(b, v.Name()...)
		default:
			b = v.Append(b)
		}
	}
	return string(b)
}

// placeholders lists the arguments that the sentence names, each as often as it does, with a mark for two forms.
func (t template) placeholders() []string {
	var names []string
	for _, p := range t {
		if p.arg != "" {
			names = append(names, p.arg)
		}
	}
	return names
}
