package scenarios

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

// A checker collects the faults of one file.
type checker struct {
	lines  []string
	faults Faults
}

// complain notes a fault at a node. A node that is not there has been complained of before.
func (c *checker) complain(n *yaml.Node, what layers.Note, right ...layers.Note) {
	if n != nil {
		c.at(n.Line, n.Column, what, right...)
	}
}

// faultyParts are the parts of the file, by their keys, in which a fault has been found.
func (c *checker) faultyParts(root *yaml.Node) map[string]bool {
	parts := map[string]bool{}
	at := ""
	lines := map[int]string{} // the first line of each part
	for key := range pairs(root) {
		lines[key.Line] = key.Value
	}
	faulty := map[int]bool{}
	for _, f := range c.faults {
		faulty[f.Line] = true
	}
	for line := 1; line <= len(c.lines); line++ {
		if key, ok := lines[line]; ok {
			at = key
		}
		if faulty[line] {
			parts[at] = true
		}
	}
	return parts
}

func (c *checker) at(line, column int, what layers.Note, right ...layers.Note) {
	f := Fault{Line: max(line, 1), Column: max(column, 1), What: what}
	if f.Line <= len(c.lines) {
		f.Source = c.lines[f.Line-1]
	}
	if len(right) > 0 {
		f.Right = right[0]
	}
	c.faults = append(c.faults, f)
}

// sorted returns the faults in the order of the file, each once; nil when there is none.
func (c *checker) sorted() error {
	if len(c.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(c.faults, func(a, b Fault) int { return (a.Line-b.Line)*1e6 + a.Column - b.Column })
	c.faults = slices.CompactFunc(c.faults, func(a, b Fault) bool { return a.Line == b.Line && a.Column == b.Column && sameNote(a.What, b.What) })
	return c.faults
}

func sameNote(a, b layers.Note) bool {
	return a.ID == b.ID && slices.EqualFunc(a.Args, b.Args, func(x, y layers.Arg) bool { return x.Name == y.Name && x.Value.String() == y.Value.String() })
}

// parse reads YAML to nodes. Aliases are refused: a file that people read has no use for them, and a small one could
// stand for a huge one.
func (c *checker) parse(source []byte) *yaml.Node {
	var document, more yaml.Node
	in := yaml.NewDecoder(bytes.NewReader(source))
	err := in.Decode(&document)
	if err == nil {
		if err = in.Decode(&more); err == nil {
			c.complain(&more, layers.N("scenario.fault.documents"))
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		var syntax *yaml.LoadError
		if errors.As(err, &syntax) {
			c.at(syntax.Mark.Line, syntax.Mark.Column, layers.N("scenario.fault.syntax", arg("why", syntax.Message)), layers.N("scenario.right.syntax"))
		} else {
			c.at(1, 1, layers.N("scenario.fault.syntax", arg("why", err.Error())), layers.N("scenario.right.syntax"))
		}
		return nil
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) == 0 {
		c.at(1, 1, layers.N("scenario.fault.empty"), layers.N("scenario.right.empty"))
		return nil
	}
	return document.Content[0]
}

// check walks a node beside its shape.
func (c *checker) check(n *yaml.Node, s *shape) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		c.complain(n, layers.N("scenario.fault.alias"))
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null" && s.optional:
	case s.kind == mapping:
		c.checkMapping(n, s)
	case s.kind == named:
		c.checkNamed(n, s)
	case s.kind == texts:
		c.checkTexts(n)
	case s.kind == list:
		if n.Kind != yaml.SequenceNode {
			c.complain(n, layers.N("scenario.fault.not-list"), layers.N("scenario.right.list", arg("example", s.item.example)))
			return
		}
		for _, item := range n.Content {
			c.check(item, s.item)
		}
	default:
		c.checkScalar(n, s)
	}
}

func (c *checker) checkMapping(n *yaml.Node, s *shape) {
	if !c.isMapping(n) {
		return
	}
	var keys []string
	form := s.formOf(n)
	for key, value := range pairs(n) {
		fieldShape := s.field(key.Value)
		switch {
		case slices.Contains(keys, key.Value):
			c.complain(key, layers.N("scenario.fault.twice", arg("key", key.Value)))
		case fieldShape == nil:
			c.complain(key, layers.N("scenario.fault.unknown-key", arg("key", key.Value)), c.near(key.Value, s.names()))
		case form != nil && !slices.Contains(form.keys(), key.Value) && !s.isForm(key.Value):
			c.complain(key, layers.N("scenario.fault.form-key", arg("key", key.Value), arg("form", form.name)), c.near(key.Value, form.takes))
		default:
			c.check(value, fieldShape)
		}
		keys = append(keys, key.Value)
	}
	for _, f := range s.fields {
		if f.required && !slices.Contains(keys, f.name) {
			c.complain(n, layers.N("scenario.fault.missing-key", arg("key", f.name)), layers.N("scenario.right.key", arg("key", f.name), arg("example", f.shape.example)))
		}
	}
	if len(s.forms) > 0 {
		c.checkForms(n, s, keys)
	}
	for _, pair := range s.apart {
		if slices.Contains(keys, pair[0]) && slices.Contains(keys, pair[1]) {
			c.complain(n, layers.N("scenario.fault.two-forms", arg("first", pair[0]), arg("second", pair[1])))
		}
	}
}

// formOf is the form that a mapping has; nil where it has none, or several.
func (s *shape) formOf(n *yaml.Node) *form {
	var found *form
	for i := range s.forms {
		if get(n, s.forms[i].name) == nil {
			continue
		}
		if found != nil {
			return nil
		}
		found = &s.forms[i]
	}
	return found
}

// keys are all that a mapping of this form may have.
func (f *form) keys() []string { return append([]string{f.name}, f.takes...) }

func (s *shape) isForm(key string) bool {
	return slices.ContainsFunc(s.forms, func(f form) bool { return f.name == key })
}

// checkForms wants exactly one of the keys that say what a mapping is.
func (c *checker) checkForms(n *yaml.Node, s *shape, keys []string) {
	var all, found []string
	for _, form := range s.forms {
		all = append(all, form.name)
		if slices.Contains(keys, form.name) {
			found = append(found, form.name)
		}
	}
	switch {
	case len(found) == 0:
		c.complain(n, layers.N("scenario.fault.no-form"), layers.N("scenario.right.one-of", arg("words", strings.Join(all, ", "))))
	case len(found) > 1:
		c.complain(n, layers.N("scenario.fault.two-forms", arg("first", found[0]), arg("second", found[1])))
	}
}

func (c *checker) checkNamed(n *yaml.Node, s *shape) {
	if !c.isMapping(n) {
		return
	}
	seen := map[string]bool{}
	for key, value := range pairs(n) {
		if seen[key.Value] {
			c.complain(key, layers.N("scenario.fault.twice", arg("key", key.Value)))
		}
		seen[key.Value] = true
		if key.Kind != yaml.ScalarNode || key.Value == "" || strings.ContainsFunc(key.Value, unicode.IsControl) {
			c.complain(key, layers.N("scenario.fault.name"))
		}
		c.check(value, s.item)
	}
}

func (c *checker) checkTexts(n *yaml.Node) {
	if !c.isMapping(n) {
		return
	}
	for key, value := range pairs(n) {
		if !slices.Contains(lexicon.Languages[:], lexicon.Language(key.Value)) {
			c.complain(key, layers.N("scenario.fault.language", arg("language", key.Value)), c.near(key.Value, languages()))
		} else if value.Kind != yaml.ScalarNode || value.Value == "" {
			c.complain(value, layers.N("scenario.fault.not-text"))
		}
	}
}

func (c *checker) checkScalar(n *yaml.Node, s *shape) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || s.kind == text && n.Value == "" && !s.empty {
		c.complain(n, layers.N("scenario.fault.not-text"), layers.N("scenario.right.example", arg("example", s.example)))
		return
	}
	ok := true
	switch s.kind {
	case word:
		if !slices.Contains(s.words, n.Value) {
			c.complain(n, layers.N("scenario.fault.word", arg("word", n.Value)), c.near(n.Value, s.words))
		}
		return
	case text:
		ok = s.lines || !strings.ContainsFunc(n.Value, unicode.IsControl)
	case whole:
		v, err := strconv.ParseUint(n.Value, 10, 64)
		ok = err == nil && v <= s.limit()
	case duration:
		_, ok = parseDuration(n.Value)
	case rate:
		_, ok = parseRate(n.Value)
	case flag:
		ok = n.Value == "true" || n.Value == "false"
	case size:
		var v int64
		v, ok = parseSize(n.Value)
		ok = ok && uint64(v) <= s.limit()
	case percent:
		_, ok = parsePercent(n.Value)
	case date:
		_, ok = parseDate(n.Value)
	}
	if !ok {
		c.complain(n, layers.N("scenario.fault.value", arg("value", n.Value)), layers.N("scenario.right.example", arg("example", s.example)))
	}
}

// limit is the largest number that may stand here.
func (s *shape) limit() uint64 {
	if s.most == 0 {
		return 1_000_000
	}
	return s.most
}

func (c *checker) isMapping(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		c.complain(n, layers.N("scenario.fault.not-mapping"), layers.N("scenario.right.mapping"))
		return false
	}
	return true
}

// near says which of the words was meant, or, where none is close, which there are.
func (c *checker) near(got string, words []string) layers.Note {
	if len(words) == 0 {
		return layers.Note{}
	}
	if word := lexicon.Nearest(got, words); word != "" {
		return layers.N("scenario.right.near", arg("word", word))
	}
	return layers.N("scenario.right.one-of", arg("words", strings.Join(words, ", ")))
}

func languages() []string {
	var codes []string
	for _, l := range lexicon.Languages {
		codes = append(codes, string(l))
	}
	return codes
}

func (s *shape) names() []string {
	var names []string
	for _, f := range s.fields {
		names = append(names, f.name)
	}
	return names
}

// pairs yields the keys and values of a mapping in the order of the file.
func pairs(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

func arg(name, value string) layers.Arg { return layers.A(name, layers.String(value)) }
