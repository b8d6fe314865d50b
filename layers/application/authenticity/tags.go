package authenticity

import "strings"

// A Tag is one "name=value" of a tag list (RFC 6376 §3.2).
type Tag struct{ Name, Value string }

// Tags are a tag list in its order.
type Tags []Tag

// tagsMax bounds how many tags are read.
const tagsMax = 100

// ParseTags reads a tag list: a DKIM-Signature, a key record, a DMARC record. ok is false when it breaks the grammar or a
// name stands twice: then all of it counts for nothing.
func ParseTags(s string) (tags Tags, ok bool) {
	for piece := range strings.SplitSeq(s, ";") {
		if strings.Trim(piece, blanks) == "" {
			continue // behind the last semicolon
		}
		name, value, found := strings.Cut(piece, "=")
		name = strings.Trim(name, blanks)
		if !found || !isTagName(name) || len(tags) >= tagsMax {
			return nil, false
		}
		if _, twice := tags.Get(name); twice {
			return nil, false
		}
		tags = append(tags, Tag{Name: name, Value: strings.Trim(value, blanks)})
	}
	return tags, len(tags) > 0
}

const blanks = " \t\r\n"

// Get returns the value of the tag called name. Names of tags are case-sensitive.
func (t Tags) Get(name string) (value string, ok bool) {
	for _, tag := range t {
		if tag.Name == name {
			return tag.Value, true
		}
	}
	return "", false
}

// or returns the value of a tag, or what is meant where it is missing.
func (t Tags) or(name, missing string) string {
	if value, ok := t.Get(name); ok {
		return value
	}
	return missing
}

func isTagName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '_')) {
			return false
		}
	}
	return s != ""
}

// list cuts a value at its colons, without blanks around the pieces.
func list(value string) []string {
	var all []string
	for piece := range strings.SplitSeq(value, ":") {
		if piece = strings.Trim(piece, blanks); piece != "" {
			all = append(all, piece)
		}
	}
	return all
}

// unblanked is a value without any blanks: base64 may be folded anywhere.
func unblanked(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(blanks, r) {
			return -1
		}
		return r
	}, s)
}
