package imap

import (
	"cmp"
	"math"
	"slices"
)

// resynchronise tells a client that was away what has changed and what is gone since (RFC 7162 §3.2.5).
func (s *Server) resynchronise(q *QResync) {
	v := s.box
	if q.UIDValidity != v.mailbox.UIDValidity() || !v.keepsModSeq() {
		return // §3.2.5: the client sees by the UIDVALIDITY that all it knows is void
	}
	known := q.Known
	if known == nil {
		known = Range(1, Star)
	}
	s.tellVanished(known, q.ModSeq, v.matchedUID(q))
	places, _ := v.places(known, true)
	for _, place := range places {
		if v.messages[place].ModSeq > q.ModSeq {
			s.tellFlags(place)
		}
	}
}

// matchMax bounds the pairs of a sample.
const matchMax = 4096

// matchedUID is the greatest UID of the client's sample that still has its sequence number: up to it the client knows
// what is gone (RFC 7162 §3.2.5.2).
func (v *view) matchedUID(q *QResync) (matched uint32) {
	numbers, uids := q.MatchNumbers.Numbers(matchMax), q.MatchUIDs.Numbers(matchMax)
	for i := range min(len(numbers), len(uids)) {
		if n := int(numbers[i]); n <= len(v.messages) && v.messages[n-1].UID == uids[i] {
			matched = max(matched, uids[i])
		}
	}
	return matched
}

// tellVanished tells which of the named messages are gone since a mod-sequence, those above a UID only (§3.2.6).
func (s *Server) tellVanished(named Set, since uint64, above uint32) {
	v := s.box
	newest := v.mailbox.UIDNext() - 1
	var gone spans
	if newest > above {
		gone = v.mailbox.Vanished(since).spans(newest).intersect(named.spans(newest)).intersect(spans{{above + 1, newest}})
	}
	for i := range v.messages {
		if m := &v.messages[i]; m.gone {
			gone = gone.without(m.UID) // its VANISHED is still to come
		}
	}
	if len(gone) > 0 {
		s.untagged("VANISHED (EARLIER) " + Set(gone).String())
	}
}

// spans are ranges in ascending order that do not touch, without "*".
type spans []Span

// spans resolves "*" as largest, and sorts and joins the ranges.
func (s Set) spans(largest uint32) spans {
	all := make(spans, 0, len(s))
	for _, span := range s {
		first, last := span.bounds(largest)
		if last > 0 {
			all = append(all, Span{max(first, 1), last})
		}
	}
	return all.joined()
}

func (a spans) joined() spans {
	slices.SortFunc(a, func(x, y Span) int { return cmp.Compare(x.First, y.First) })
	joined := a[:0]
	for _, span := range a {
		if n := len(joined); n > 0 && (joined[n-1].Last == math.MaxUint32 || span.First <= joined[n-1].Last+1) {
			joined[n-1].Last = max(joined[n-1].Last, span.Last)
		} else {
			joined = append(joined, span)
		}
	}
	return joined
}

// intersect is what both hold.
func (a spans) intersect(b spans) (both spans) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if first, last := max(a[i].First, b[j].First), min(a[i].Last, b[j].Last); first <= last {
			both = append(both, Span{first, last})
		}
		if a[i].Last < b[j].Last {
			i++
		} else {
			j++
		}
	}
	return both
}

// has says whether n is in one of the ranges.
func (a spans) has(n uint32) bool {
	i, found := slices.BinarySearchFunc(a, n, func(s Span, n uint32) int { return cmp.Compare(s.First, n) })
	return found || i > 0 && n <= a[i-1].Last
}

// without is all but n.
func (a spans) without(n uint32) spans {
	i := slices.IndexFunc(a, func(s Span) bool { return s.First <= n && n <= s.Last })
	if i < 0 {
		return a
	}
	var rest spans
	if a[i].First < n {
		rest = append(rest, Span{a[i].First, n - 1})
	}
	if a[i].Last > n {
		rest = append(rest, Span{n + 1, a[i].Last})
	}
	return slices.Replace(a, i, i+1, rest...)
}
