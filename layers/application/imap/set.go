package imap

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Set is a sequence-set: numbers and ranges, in the order they were written (RFC 3501 §9). They are sequence numbers
// or UIDs; the place says which.
type Set []Span

// A Span is the numbers from First to Last, in either order. Star stands for the largest number in use.
type Span struct{ First, Last uint32 }

// Star is the "*" of a set.
const Star uint32 = 0

// spansMax bounds a set: more spans are more than any mailbox needs on one line.
const spansMax = 16384

// SetOf returns the set of the numbers, which it sorts and joins to spans.
func SetOf(numbers ...uint32) Set {
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
	return inOrder(slices.Compact(sorted))
}

// inOrder joins numbers to spans and keeps their order, which COPYUID depends on (RFC 4315 §3).
func inOrder(numbers []uint32) Set {
	var set Set
	for _, n := range numbers {
		if k := len(set) - 1; k >= 0 && set[k].Last+1 == n {
			set[k].Last = n
		} else {
			set = append(set, Span{n, n})
		}
	}
	return set
}

// Range returns the set of the numbers from first to last.
func Range(first, last uint32) Set { return Set{{first, last}} }

// Contains says whether n is in the set, when largest is the largest number in use. An empty mailbox has no "*".
func (s Set) Contains(n, largest uint32) bool {
	for _, span := range s {
		first, last := span.bounds(largest)
		if n >= first && n <= last {
			return true
		}
	}
	return false
}

// bounds resolves "*", and puts the smaller number first (RFC 3501 §9 seq-range).
func (s Span) bounds(largest uint32) (first, last uint32) {
	first, last = s.First, s.Last
	if first == Star {
		first = largest
	}
	if last == Star {
		last = largest
	}
	return min(first, last), max(first, last)
}

// Numbers lists the numbers in the order of the set; nil when they are more than limit or the set holds "*".
func (s Set) Numbers(limit int) []uint32 {
	var all []uint32
	for _, span := range s {
		if span.First == Star || span.Last == Star {
			return nil
		}
		first, last := span.bounds(math.MaxUint32)
		if int64(last)-int64(first) >= int64(limit-len(all)) {
			return nil
		}
		for n := int64(first); n <= int64(last); n++ {
			all = append(all, uint32(n))
		}
	}
	return all
}

// String is the set as it stands on the wire: "1:3,7,9:*".
func (s Set) String() string {
	var b strings.Builder
	for i, span := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(number(span.First))
		if span.Last != span.First {
			b.WriteString(":" + number(span.Last))
		}
	}
	return b.String()
}

func number(n uint32) string {
	if n == Star {
		return "*"
	}
	return strconv.FormatUint(uint64(n), 10)
}

// SequenceSet is a sequence-set.
func (d *Decoder) SequenceSet(to *Set) bool {
	at := d.at
	var set Set
	for d.span(&set) {
		if !d.maybe(",") {
			*to = set
			return true
		}
		if len(set) >= spansMax {
			return d.want("a shorter sequence-set") || d.back(at)
		}
	}
	return d.back(at)
}

func (d *Decoder) span(set *Set) bool {
	var s Span
	at := d.at
	if !d.seqNumber(&s.First) {
		return false
	}
	s.Last = s.First
	if d.maybe(":") && !d.seqNumber(&s.Last) {
		return d.back(at)
	}
	*set = append(*set, s)
	return true
}

func (d *Decoder) seqNumber(to *uint32) bool {
	if d.is('*') {
		d.at++
		*to = Star
		return true
	}
	return d.NzNumber(to)
}

// ParseSet reads a set: "1:3,7,9:*".
func ParseSet(s string) (Set, error) {
	var set Set
	if d := NewDecoder([]byte(s)); !d.SequenceSet(&set) || !d.End() {
		return nil, d.Err()
	}
	return set, nil
}
