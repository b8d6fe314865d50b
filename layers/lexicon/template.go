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

// fixed says that the sentence has no placeholders.
func (t template) fixed() bool { return len(t) == 0 || len(t) == 1 && t[0].arg == "" }

// literal is a sentence that is fixed.
func (t template) literal() string {
	if len(t) == 0 {
		return ""
	}
	return t[0].literal
}

// fill adds the sentence with the arguments of n in it. A missing argument leaves its name, <count>, as when an entry is
// looked up that nothing has happened to.
func (t template) fill(dst []byte, n layers.Note) []byte {
	for i := range t {
		p := &t[i]
		if p.arg == "" {
			dst = append(dst, p.literal...)
			continue
		}
		v, ok := n.Arg(p.arg)
		switch {
		case !ok && !p.forms:
			dst = append(append(append(dst, '<'), p.arg...), '>')
		case p.forms && v.Number() == 1:
			dst = append(dst, p.one...)
		case p.forms:
			dst = append(dst, p.any...)
		case v.Name() != "":
			dst = append(dst, v.Name()...)
		default:
			dst = v.Append(dst)
		}
	}
	return dst
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
