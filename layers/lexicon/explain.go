package lexicon

import (
	"cmp"
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

// Nearest is the one of the known words that was probably meant: the one spelt most like got, or else the first that
// begins with it, in upper or lower case; "" where none is close.
func Nearest(got string, known []string) string {
	got = strings.ToLower(got)
	nearest, beginning, least := "", "", max(2, len(got)/3)+1
	for _, word := range known {
		lower := strings.ToLower(word)
		if beginning == "" && got != "" && strings.HasPrefix(lower, got) {
			beginning = word
		}
		longer, shorter := max(len(got), len(lower)), min(len(got), len(lower))
		if longer-shorter >= least {
			continue // so many letters would have to be inserted
		}
		if d := Distance(got, lower); d < least && d < longer { // else they have no letter in common
			nearest, least = word, d
		}
	}
	return cmp.Or(nearest, beginning)
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

// Distance is the number of letters to insert, delete, replace or swap with the next one to get from a to b (Damerau and
// Levenshtein, each letter touched once).
func Distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			cost := last[j]
			if a[i] != b[j] {
				cost++
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cost = min(cost, before[j-1]+1)
			}
			row[j+1] = min(cost, row[j]+1, last[j+1]+1)
		}
	}
	return row[len(b)]
}
