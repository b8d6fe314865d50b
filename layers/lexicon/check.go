package lexicon

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Check lists what is missing or differs between the languages of a source: texts without an id in the index, ids
// without a text, a missing paragraph, and sentences whose placeholders are not the English ones. Tests call it for
// every source.
func (s Source) Check() []string {
	var faults []string
	complain := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	groups := New(English, s).groupNames()
	if len(groups) == 0 {
		complain("no index/*.txt")
	}
	for _, group := range groups {
		entries, err := s.index(group)
		if err != nil {
			complain("%v", err)
		}
		english, err := s.texts(English, group)
		if err != nil {
			complain("%v", err)
		}
		for _, language := range Languages {
			texts, err := s.texts(language, group)
			if err != nil {
				complain("%v", err)
				continue
			}
			file := string(language) + "/" + group + ".md"
			listed := map[string]bool{}
			for _, e := range entries {
				if listed[e.ID] {
					complain("index/%s.txt: %s stands twice", group, e.ID)
				}
				listed[e.ID] = true
				for _, fault := range e.compare(texts[e.ID], english[e.ID]) {
					complain("%s: %s: %s", file, e.ID, fault)
				}
			}
			for _, id := range slices.Sorted(maps.Keys(texts)) {
				if !listed[id] {
					complain("%s: %s is not in index/%s.txt", file, id, group)
				}
			}
		}
	}
	slices.Sort(faults)
	return faults
}

func (e Entry) compare(text, english written) []string {
	var faults []string
	switch {
	case text.line == "":
		return []string{"no line"}
	case e.Label && text.why != "":
		faults = append(faults, "a label has no paragraph")
	case !e.Label && text.why == "":
		faults = append(faults, "no paragraph")
	}
	for _, depth := range []struct{ name, text, english string }{{"line", text.line, english.line}, {"paragraph", text.why, english.why}} {
		got, want := placeholders(depth.text), placeholders(depth.english)
		if !slices.Equal(got, want) {
			faults = append(faults, fmt.Sprintf("%s: placeholders %v, want %v", depth.name, got, want))
		}
		if strings.Count(depth.text, "{") != strings.Count(depth.text, "}") {
			faults = append(faults, depth.name+": a brace without its partner")
		}
	}
	return faults
}

// placeholders lists each argument that a sentence names, once, sorted: a language may need a form where another has
// none.
func placeholders(s string) []string {
	names := parseTemplate(s).placeholders()
	slices.Sort(names)
	return slices.Compact(names)
}
