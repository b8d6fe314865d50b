package tcp

import "slices"

// maxIslands bounds the list of separate pieces that wait for what is missing before them. A segment that would make
// one more is not kept; it will be sent again.
const maxIslands = 512

// A reassembly remembers which bytes behind a gap have arrived (RFC 9293 §3.10.7.4, seventh: "segments with higher
// beginning sequence numbers SHOULD be held"). The bytes themselves lie in the receive queue, ahead of its tail.
type reassembly struct {
	islands []island // by number, apart from each other
	arrived uint32   // counts arrivals
}

type island struct {
	Block
	latest uint32 // when its latest segment arrived
}

func (r *reassembly) empty() bool { return len(r.islands) == 0 }

// insert notes that block has arrived. It says whether it may be kept, and whether any of it is new.
func (r *reassembly) insert(block Block) (keep, fresh bool) {
	r.arrived++
	first, _ := slices.BinarySearchFunc(r.islands, block.Left, func(i island, left Seq) int { return i.Right.Sub(left) })
	end, merged := first, island{block, r.arrived}
	for end < len(r.islands) && r.islands[end].Left.LessEq(block.Right) {
		merged.Left = earlier(merged.Left, r.islands[end].Left)
		merged.Right = later(merged.Right, r.islands[end].Right)
		end++
	}
	if end == first && len(r.islands) >= maxIslands {
		return false, false
	}
	fresh = end != first+1 || merged.Block != r.islands[first].Block
	r.islands = slices.Replace(r.islands, first, end, merged)
	return true, fresh
}

// advance says how far the bytes that have arrived reach when everything before next has, and forgets what lies
// before that.
func (r *reassembly) advance(next Seq) Seq {
	n := 0
	for n < len(r.islands) && r.islands[n].Left.LessEq(next) {
		next = later(next, r.islands[n].Right)
		n++
	}
	if n == 0 {
		return next
	}
	r.islands = slices.Delete(r.islands, 0, n)
	if len(r.islands) == 0 {
		r.islands = nil
	}
	return next
}

// report fills the SACK option. The first block holds the segment that arrived last, the others those that were
// touched most recently before it (RFC 2018 §4).
func (r *reassembly) report(o *Options, most int) {
	o.Blocks = 0
	before := r.arrived + 1
	for int(o.Blocks) < min(most, len(r.islands), MaxSACKBlocks) {
		best := -1
		for i := range r.islands {
			if r.islands[i].latest < before && (best < 0 || r.islands[i].latest > r.islands[best].latest) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		o.SACK[o.Blocks] = r.islands[best].Block
		o.Blocks++
		before = r.islands[best].latest
	}
}

// end is the number behind the last byte that waits; otherwise when none does.
func (r *reassembly) end(otherwise Seq) Seq {
	if len(r.islands) == 0 {
		return otherwise
	}
	return r.islands[len(r.islands)-1].Right
}
