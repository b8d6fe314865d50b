package lexicon

import (
	"slices"
	"strings"
)

// Find lists the entries that words name: an id ("smtp.mail"), or what stands behind the dots of ids ("354", "UID
// FETCH", "\\Seen", "SYN", "Subject:"), in any case. Where there is none, a field of that name ("window"), and then what
// the first word alone names ("MAIL FROM"). Labels are found by their whole id alone.
func (l *Lexicon) Find(words string) []Entry {
	id := strings.ToLower(strings.TrimSpace(words))
	key := Key(words)
	if key == "" {
		return nil
	}
	dotted := strings.ReplaceAll(key, "-", ".") // "port 25"
	found := l.entriesWhere(func(e Entry) bool {
		return e.ID == id || e.ID == dotted || !e.Label && strings.HasSuffix(e.ID, "."+key)
	})
	if len(found) == 0 {
		found = l.entriesWhere(func(e Entry) bool { return e.Layer != 0 && strings.HasSuffix(e.ID, ".field."+key) })
	}
	if first, _, more := strings.Cut(strings.TrimSpace(words), " "); len(found) == 0 && more {
		return l.Find(first)
	}
	return found
}

// entriesWhere lists entries, the plainest ids first: "smtp.mail" before "smtp.param.mail".
func (l *Lexicon) entriesWhere(fits func(Entry) bool) []Entry {
	var found []Entry
	for _, e := range l.Entries() {
		if fits(e) {
			found = append(found, e)
		}
	}
	slices.SortStableFunc(found, func(a, b Entry) int { return strings.Count(a.ID, ".") - strings.Count(b.ID, ".") })
	return found
}

// Near lists up to n keys of entries that are spelt like words, the nearest first.
func (l *Lexicon) Near(words string, n int) []string {
	key := Key(words)
	var near []string
	for limit := 1; limit <= 2; limit++ {
		for _, e := range l.Entries() {
			last := e.ID[strings.LastIndexByte(e.ID, '.')+1:]
			if !e.Label && len(last) > limit && len(near) < n && !slices.Contains(near, last) && Distance(key, last) == limit {
				near = append(near, last)
			}
		}
	}
	return near
}

// Key is words as they stand in an id: lower case, joined by "-", without the signs of the wire.
func Key(words string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '+':
			return r
		}
		return '-'
	}, strings.Join(strings.Fields(strings.Trim(words, `\:[]*`)), "-")), "-")
}

// Distance is the number of letters to insert, delete or replace to get from a to b (Levenshtein).
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
