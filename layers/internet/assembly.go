package internet

import (
	"bytes"
	"slices"
	"time"

	"mailwire/layers"
)

// An assembly is a datagram of which a part has arrived.
type assembly struct {
	key          fragmentKey
	began        time.Time
	head         Datagram       // of the fragment with offset 0, once it is there
	data         []byte         // up to the last byte that has arrived
	have         []layers.Range // of data, in order, with gaps between
	end          int            // length of the whole; -1 until the last fragment has arrived
	frames       []int
	dead         bool // it broke a rule: nothing of it is taken any more
	held         int  // what it counted for in Reassembly.bytes
	older, newer *assembly
}

// kill lets go of all that has arrived.
func (a *assembly) kill() { a.dead, a.data, a.have, a.frames = true, nil, nil, nil }

// about is the arguments of a note that tell which datagram it is, and further ones.
func (a *assembly) about(more ...layers.Arg) []layers.Arg {
	source, destination := a.key.source.AsSlice(), a.key.destination.AsSlice()
	return append([]layers.Arg{layers.A("id", layers.HexUint(a.key.id, 4)), layers.A("source", layers.Addr(source)), layers.A("destination", layers.Addr(destination))}, more...)
}

// gapsTold is how many gaps are named.
const gapsTold = 3

// missing names the bytes that have not arrived: "24-47", "0-23 48-" where the end is not known.
func (a *assembly) missing() string {
	var b []byte
	gaps := 0
	gap := func(from, to int) {
		if gaps++; gaps > gapsTold {
			return
		}
		if gaps > 1 {
			b = append(b, ' ')
		}
		b = append(layers.Int(from).Append(b), '-')
		if to >= 0 {
			b = layers.Int(to).Append(b)
		}
	}
	at := 0
	for _, h := range a.have {
		if h.Offset > at {
			gap(at, h.Offset-1)
		}
		at = h.End()
	}
	if a.end < 0 {
		gap(at, -1)
	} else if at < a.end {
		gap(at, a.end-1)
	}
	if gaps > gapsTold {
		b = append(b, " …"...)
	}
	return string(b)
}

// contradicts says whether a piece cannot belong to what is known: there are two ends, or bytes behind the end.
func (a *assembly) contradicts(piece layers.Range, last bool) bool {
	if a.end >= 0 {
		return last && piece.End() != a.end || piece.End() > a.end
	}
	return last && piece.End() < len(a.data)
}

// touched is the ranges that a piece overlaps or adjoins, from low up to, not including, high.
func (a *assembly) touched(piece layers.Range) (low, high int) {
	low, _ = slices.BinarySearchFunc(a.have, piece.Offset, func(h layers.Range, at int) int { return h.End() - at })
	for high = low; high < len(a.have) && a.have[high].Offset <= piece.End(); high++ {
	}
	return low, high
}

// compare looks at a piece beside what has arrived: which bytes they share (from the first to the last), whether any of
// these differ, and whether all of the piece is known already.
func (a *assembly) compare(piece layers.Range, b []byte) (shared layers.Range, differs, known bool) {
	low, high := a.touched(piece)
	for _, have := range a.have[low:high] {
		from, to := max(have.Offset, piece.Offset), min(have.End(), piece.End())
		if from >= to {
			continue
		}
		if shared.Length == 0 {
			shared.Offset = from
		}
		shared.Length = to - shared.Offset
		known = known || from == piece.Offset && to == piece.End()
		differs = differs || !bytes.Equal(a.data[from:to], b[from-piece.Offset:to-piece.Offset])
	}
	return shared, differs, known
}

// fill copies what is new in a piece; where it overlaps, what came first stays.
func (a *assembly) fill(piece layers.Range, b []byte) {
	if n := piece.End() - len(a.data); n > 0 {
		a.data = append(a.data, make([]byte, n)...)
	}
	low, high := a.touched(piece)
	merged, at := piece, piece.Offset
	for _, h := range a.have[low:high] {
		if h.Offset > at {
			copy(a.data[at:h.Offset], b[at-piece.Offset:])
		}
		at = max(at, h.End())
		end := max(merged.End(), h.End())
		merged.Offset = min(merged.Offset, h.Offset)
		merged.Length = end - merged.Offset
	}
	if at < piece.End() {
		copy(a.data[at:piece.End()], b[at-piece.Offset:])
	}
	a.have = slices.Replace(a.have, low, high, merged)
}
