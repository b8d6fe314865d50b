// Package lexicon turns notes into sentences, in five languages that are equal.
//
// A [Source] is a folder of texts: index/*.txt lists every id with its layer and its reference, once; en/*.md, es/*.md,
// pt/*.md, ca/*.md and de/*.md say the same in each language. The name of a file is the first part of the ids it holds:
// smtp.md holds "smtp.mail". So a program that never meets IMAP never reads its texts. [Notes] is the source that
// explains the protocols; the world, the scenarios and the faces bring sources of their own in the same form.
//
// An entry of a text file is a heading with the id, one line (what happens), an empty line and one paragraph (why):
//
//	## smtp.mail
//	The envelope's sender is {address}: where a failure report would go.
//
//	It need not be the address behind From: that the reader will see. …
//
// Labels and the meanings of fields (ids with ".field.") have the line alone. {address} stands for an argument of the
// note, {count|mail|mails} for the first form when the argument count is 1 and the second otherwise.
//
// Not modelled: more than two plural forms, which none of the five languages needs for whole numbers below a million.
package lexicon

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"mailwire/layers"
)

// An Entry is what the index says of an id.
type Entry struct {
	ID        string
	Layer     layers.Layer // zero for a label
	Label     bool         // a word or line of a face or a field: it has no paragraph
	Reference string       // where the fact stands: "RFC 5321 §4.1.1.2"; "" where none is needed
}

// A Source is a folder of texts in the form that the package comment describes.
type Source struct{ FS fs.FS }

// A Lexicon holds the texts of one language, from one or more sources. It reads a file when a note first needs it, so
// it must not be used by several goroutines at once.
type Lexicon struct {
	language Language
	sources  []Source
	groups   map[string][]Entry // by the first part of their ids, in the order of the index
	texts    map[string]*text   // of the groups that were read
}

type text struct {
	entry     Entry
	line, why template
}

// New returns the lexicon of a language over the sources, which should not share a file name.
func New(language Language, sources ...Source) *Lexicon {
	return &Lexicon{language: language, sources: sources, groups: map[string][]Entry{}, texts: map[string]*text{}}
}

// Language is the language of the texts.
func (l *Lexicon) Language() Language { return l.language }

// Line is what happens, in one line. A note without a text gives its id in brackets.
func (l *Lexicon) Line(n layers.Note) string {
	if t := l.text(n.ID); t != nil && t.line.fixed() {
		return t.line.literal()
	}
	return string(l.AppendLine(nil, n))
}

// AppendLine adds Line to dst.
func (l *Lexicon) AppendLine(dst []byte, n layers.Note) []byte {
	t := l.text(n.ID)
	if t == nil {
		return append(append(append(dst, '['), n.ID...), ']')
	}
	return t.line.fill(dst, n)
}

// Why is why it happens, a paragraph; "" for a label or a note without a text.
func (l *Lexicon) Why(n layers.Note) string {
	if t := l.text(n.ID); t != nil && t.why.fixed() {
		return t.why.literal()
	}
	return string(l.AppendWhy(nil, n))
}

// AppendWhy adds Why to dst.
func (l *Lexicon) AppendWhy(dst []byte, n layers.Note) []byte {
	t := l.text(n.ID)
	if t == nil {
		return dst
	}
	return t.why.fill(dst, n)
}

// FixedWhy is the paragraph of an id that is the same whatever the arguments; fixed is false for one with places for them.
func (l *Lexicon) FixedWhy(id string) (why string, fixed bool) {
	t := l.text(id)
	switch {
	case t == nil:
		return "", true
	case !t.why.fixed():
		return "", false
	}
	return t.why.literal(), true
}

// Label is the line of a label, for the words of a face.
func (l *Lexicon) Label(id string, args ...layers.Arg) string { return l.Line(layers.N(id, args...)) }

// Entry is what the index says of id.
func (l *Lexicon) Entry(id string) (Entry, bool) {
	t := l.text(id)
	if t == nil {
		return Entry{}, false
	}
	return t.entry, true
}

// Entries lists every id of every source, in the order of the index files' names and lines.
func (l *Lexicon) Entries() []Entry {
	var all []Entry
	for _, name := range l.groupNames() {
		all = append(all, l.group(name)...)
	}
	return all
}

func (l *Lexicon) groupNames() []string {
	var names []string
	for _, s := range l.sources {
		files, _ := fs.Glob(s.FS, "index/*.txt")
		for _, f := range files {
			names = append(names, strings.TrimSuffix(path.Base(f), ".txt"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// text is nil for an id that is not in the index.
func (l *Lexicon) text(id string) *text {
	t := l.texts[id]
	if t == nil {
		first, _, _ := strings.Cut(id, ".")
		l.group(first)
		t = l.texts[id]
	}
	return t
}

// group reads the texts of a group on first use. A fault in an embedded file is a fault of the program, found by its
// tests; here what can be read is used.
func (l *Lexicon) group(name string) []Entry {
	if entries, ok := l.groups[name]; ok {
		return entries
	}
	var all []Entry
	for _, s := range l.sources {
		entries, _ := s.index(name)
		texts, _ := s.texts(l.language, name)
		all = append(all, entries...)
		for _, e := range entries {
			t := texts[e.ID]
			l.texts[e.ID] = &text{entry: e, line: parseTemplate(t.line), why: parseTemplate(t.why)}
		}
	}
	l.groups[strings.Clone(name)] = all // so that nothing of a note outlives the call, nor needs a place on the heap
	return all
}

// index reads index/<group>.txt: on each line an id, a layer or "label", and a reference or "-".
func (s Source) index(group string) ([]Entry, error) {
	file := "index/" + group + ".txt"
	b, err := fs.ReadFile(s.FS, file)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for number, line := range strings.Split(string(b), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, rest, _ := strings.Cut(line, " ")
		layer, reference, _ := strings.Cut(strings.TrimSpace(rest), " ")
		e := Entry{ID: id, Reference: strings.TrimSpace(reference)}
		if e.Reference == "-" {
			e.Reference = ""
		}
		var ok bool
		if e.Layer, ok = layerNamed(layer); !ok {
			return entries, fmt.Errorf("lexicon: %s:%d: %q is neither a layer nor label", file, number+1, layer)
		}
		e.Label = e.Layer == 0 || strings.Contains(id, ".field.")
		entries = append(entries, e)
	}
	return entries, nil
}

func layerNamed(name string) (layers.Layer, bool) {
	for _, l := range layers.All {
		if l.String() == name {
			return l, true
		}
	}
	return 0, name == "label"
}

// A written text is what a text file says of one id, before its placeholders are read.
type written struct{ line, why string }

// texts reads <language>/<group>.md.
func (s Source) texts(language Language, group string) (map[string]written, error) {
	file := string(language) + "/" + group + ".md"
	b, err := fs.ReadFile(s.FS, file)
	if err != nil {
		return nil, err
	}
	all := map[string]written{}
	for _, part := range strings.Split("\n"+string(b), "\n## ")[1:] {
		id, body, _ := strings.Cut(part, "\n")
		id = strings.TrimSpace(id)
		if _, twice := all[id]; twice {
			return all, fmt.Errorf("lexicon: %s: %s stands twice", file, id)
		}
		line, why, _ := strings.Cut(strings.TrimSpace(body), "\n\n")
		all[id] = written{oneLine(line), oneLine(why)}
	}
	return all, nil
}

// oneLine undoes the line breaks of a text file. A no-break space stays.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\r' || r == '\t' }), " ")
}
