package imap

import (
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// wordsMax bounds the capabilities or flags of one message that are explained.
const wordsMax = 100

// capabilityNotes explains what a server can do, word by word.
func capabilityNotes(notes []layers.Note, words []string) []layers.Note {
	for _, w := range words[:min(len(words), wordsMax)] {
		notes = append(notes, capabilityNote(application.Upper(w[:min(len(w), 64)])))
	}
	return notes
}

func capabilityNote(word string) layers.Note {
	if id := capabilityNoteIDs[word]; id != "" {
		return layers.N(id)
	}
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "AUTH":
		return layers.N("imap.cap.auth", layers.A("mechanism", layers.String(value)))
	case "THREAD":
		return layers.N("imap.cap.thread", layers.A("method", layers.String(value)))
	case "LISTEXT", "LIST-SUBSCRIBED":
		return layers.N("imap.cap.listext", layers.A("keyword", layers.String(key)))
	case "SNIPPET":
		key = "PREVIEW"
	case "METADATA-SERVER":
		key = "METADATA"
	case "QUOTASET":
		key = "QUOTA"
	}
	switch {
	case slices.Contains(capabilityFamilies, key):
		return layers.N("imap.cap." + strings.ToLower(key))
	case strings.HasPrefix(word, "X"):
		return layers.N("imap.cap.x", layers.A("keyword", layers.String(word)))
	}
	return layers.N("imap.cap.other", layers.A("keyword", layers.String(word)))
}

// capabilityFamilies are capabilities with a value behind "=" that one note explains.
var capabilityFamilies = []string{"CONTEXT", "I18NLEVEL", "RIGHTS", "PREVIEW", "METADATA", "QUOTA", "APPENDLIMIT"}

// flagNotes explains flags: those of the system one by one, the keywords that clients have agreed on together.
func flagNotes(notes []layers.Note, flags []string) []layers.Note {
	var keywords []string
	for _, f := range flags[:min(len(flags), wordsMax)] {
		switch id := flagNoteIDs[CanonicalFlag(f)]; {
		case id != "":
			notes = append(notes, layers.N(id))
		case f != "" && f[0] != '\\':
			keywords = append(keywords, f[:min(len(f), 64)])
		}
	}
	if len(keywords) > 0 {
		notes = append(notes, layers.N("imap.flag.keyword", layers.A("keyword", layers.String(strings.Join(keywords, " ")))))
	}
	return notes
}

// attributeNotes explains what stands in parentheses before a mailbox in LIST.
func attributeNotes(notes []layers.Note, m *application.Message) []layers.Note {
	data, _ := textField(m, "response-data")
	list, _, _ := strings.Cut(strings.TrimPrefix(data, "("), ")")
	if !strings.HasPrefix(data, "(") {
		return notes
	}
	words := strings.Fields(list)
	for _, w := range words[:min(len(words), wordsMax)] {
		lower := strings.ToLower(strings.TrimPrefix(w, `\`))
		switch {
		case slices.Contains(attributes, lower):
			notes = append(notes, layers.N("imap.attribute."+lower))
		case slices.Contains(specialUses, lower):
			notes = append(notes, layers.N("imap.attribute.special", layers.A("use", layers.String(w))))
		}
	}
	return notes
}

// attributes are those of RFC 3501 §7.2.2, RFC 3348 and RFC 5258; specialUses those of RFC 6154 §2 and RFC 8457, and of XLIST.
var (
	attributes  = []string{"noselect", "noinferiors", "marked", "unmarked", "haschildren", "hasnochildren", "nonexistent", "subscribed"}
	specialUses = []string{"all", "archive", "drafts", "flagged", "junk", "sent", "trash", "important", "inbox", "allmail", "starred", "spam"}
)

// furtherItems are items of FETCH besides fetchWords that have a note.
var furtherItems = []string{"BINARY", "BINARY.SIZE", "SAVEDATE", "EMAILID", "THREADID"}

// itemNotes explains the items in a list that the grammar does not read as a whole, as far as they are known: words outside of
// strings and of further parentheses.
func itemNotes(notes []layers.Note, list string) []layers.Note {
	depth, quoted, from := 0, false, 0
	word := func(to int) {
		name := application.Upper(list[from:to])
		section := to < len(list) && list[to] == '['
		switch {
		case depth > 1:
		case section && (name == "BODY" || name == "BODY.PEEK"):
			notes = itemNote(notes, "BODY[]", to+1 < len(list) && list[to+1] != ']')
		case section && name == "BINARY.PEEK":
			notes = itemNote(notes, "BINARY", true)
		case itemNoteIDs[name] != "":
			notes = itemNote(notes, name, false)
		}
		from = to + 1
	}
	for i := range len(list) {
		switch c := list[i]; {
		case quoted:
			if c == '"' && list[i-1] != '\\' {
				quoted, from = false, i+1
			}
		case c == '"':
			quoted = true
		case c == ' ' || c == '[' || c == '\r':
			word(i)
		case c == '(':
			word(i)
			depth++
		case c == ')':
			word(i)
			depth--
		}
	}
	if !quoted {
		word(len(list))
	}
	return notes
}
