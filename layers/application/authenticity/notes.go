package authenticity

import (
	"slices"
	"strings"

	"mailwire/layers"
)

// The words of records that the lexicon explains in a line each: tags of a key as "dkim.field.key-<tag>", terms of SPF as
// "spf.field.<term>", tags of a policy as "dmarc.field.<tag>".
var (
	notedKeyTags   = []string{"h", "k", "n", "p", "s", "t", "v"}
	notedTerms     = []string{"a", "all", "exists", "exp", "include", "ip4", "ip6", "mx", "ptr", "redirect"}
	notedDMARCTags = []string{"adkim", "aspf", "fo", "p", "pct", "rf", "ri", "rua", "ruf", "sp", "v"}
)

// Note explains what was wrong with a signature. There is none for "".
func (w Why) Note() layers.Note { return layers.N("dkim.field.why-" + string(w)) }

// Note explains why no term of the record decided. There is none for "".
func (w SPFWhy) Note() layers.Note { return layers.N("spf.field.why-" + string(w)) }

// Note explains what is behind a result of DMARC. There is none for "".
func (w DMARCWhy) Note() layers.Note { return layers.N("dmarc.field.why-" + string(w)) }

// Note explains a result.
func (r Result) Note() layers.Note { return layers.N("authentication.field." + string(r)) }

// recordWords bounds how many words of a record are looked at.
const recordWords = 100

// RecordNotes explains the text of a TXT record word by word, each once, where it is an SPF record, a key of DKIM or a policy
// of DMARC; others have no notes. Name is the record's.
func RecordNotes(name, text string) []layers.Note {
	version, _, _ := strings.Cut(text, " ")
	switch {
	case strings.EqualFold(version, "v=spf1"):
		return termNotes(text)
	case strings.HasPrefix(text, "v=DMARC1"):
		return tagNotes("dmarc.field.", text, notedDMARCTags)
	case strings.HasPrefix(text, "v=DKIM1"), strings.Contains(strings.ToLower(name), "._domainkey."):
		return tagNotes("dkim.field.key-", text, notedKeyTags)
	}
	return nil
}

func tagNotes(prefix, text string, noted []string) []layers.Note {
	var notes []layers.Note
	tags, _ := ParseTags(text)
	for _, tag := range tags {
		if slices.Contains(noted, tag.Name) {
			notes = append(notes, layers.N(prefix+tag.Name))
		}
	}
	return notes
}

func termNotes(text string) []layers.Note {
	var notes []layers.Note
	var said []string
	terms := strings.Fields(text)
	for _, term := range terms[1:min(len(terms), recordWords)] {
		term = strings.TrimLeft(term, "+-~?")
		word := strings.ToLower(term)
		if end := strings.IndexAny(term, ":=/"); end >= 0 {
			word = word[:end]
		}
		if slices.Contains(notedTerms, word) && !slices.Contains(said, word) {
			said = append(said, word)
			notes = append(notes, layers.N("spf.field."+word))
		}
	}
	return notes
}
