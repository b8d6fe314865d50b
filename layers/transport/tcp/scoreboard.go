package tcp

import "slices"

// maxSacked bounds the list of blocks that the peer has reported.
const maxSacked = 512

// dupThresh is how many segments must have overtaken one before it counts as lost (RFC 6675 §2, RFC 5681 §3.2).
const dupThresh = 3

// A scoreboard remembers which bytes the peer reported by SACK (RFC 6675 §3): blocks by number, apart from each other,
// all behind the cumulative acknowledgement.
type scoreboard struct {
	blocks []Block
	bytes  int // in all blocks
}

func (b *scoreboard) clear() { b.blocks, b.bytes = nil, 0 }

// update takes the blocks of a segment. It says whether they told anything new (RFC 6675 §4, Update).
func (b *scoreboard) update(o *Options, una, max Seq) (news bool) {
	for _, k := range o.SACKBlocks() {
		// What is not between the acknowledgement and what was sent is D-SACK (RFC 2883), old, or nonsense.
		if k.Left.Less(una) || !k.Left.Less(k.Right) || max.Less(k.Right) {
			continue
		}
		news = b.insert(k) || news
	}
	return news
}

func (b *scoreboard) insert(k Block) (news bool) {
	first, _ := slices.BinarySearchFunc(b.blocks, k.Left, func(have Block, left Seq) int { return have.Right.Sub(left) })
	end, covered := first, 0
	for end < len(b.blocks) && b.blocks[end].Left.LessEq(k.Right) {
		k.Left = earlier(k.Left, b.blocks[end].Left)
		k.Right = later(k.Right, b.blocks[end].Right)
		covered += b.blocks[end].Len()
		end++
	}
	if end == first && len(b.blocks) >= maxSacked || k.Len() == covered {
		return false
	}
	b.blocks = slices.Replace(b.blocks, first, end, k)
	b.bytes += k.Len() - covered
	return true
}

// acknowledged forgets what lies before una.
func (b *scoreboard) acknowledged(una Seq) {
	n := 0
	for n < len(b.blocks) && b.blocks[n].Left.Less(una) {
		if una.Less(b.blocks[n].Right) {
			b.bytes -= una.Sub(b.blocks[n].Left)
			b.blocks[n].Left = una
			break
		}
		b.bytes -= b.blocks[n].Len()
		n++
	}
	if n > 0 {
		b.blocks = slices.Delete(b.blocks, 0, n)
	}
	if len(b.blocks) == 0 {
		b.blocks = nil
	}
}

// lostBefore is the number before which every byte that is not reported counts as lost: behind it lie dupThresh blocks,
// or more bytes than dupThresh-1 segments hold (RFC 6675 §4, IsLost). una when nothing is lost.
func (b *scoreboard) lostBefore(una Seq, mss int) Seq {
	bytes := 0
	for i := len(b.blocks) - 1; i >= 0; i-- {
		bytes += b.blocks[i].Len()
		if len(b.blocks)-i >= dupThresh || bytes > (dupThresh-1)*mss {
			return b.blocks[i].Left
		}
	}
	return una
}

// below is how many bytes before s are reported.
func (b *scoreboard) below(s Seq) int {
	n := 0
	for _, k := range b.blocks {
		if s.LessEq(k.Left) {
			break
		}
		n += earlier(s, k.Right).Sub(k.Left)
	}
	return n
}

// hole is the first range of bytes at or behind from, and before limit, that is not reported.
func (b *scoreboard) hole(from, limit Seq) (Block, bool) {
	for _, k := range b.blocks {
		if k.Right.LessEq(from) {
			continue
		}
		if from.Less(k.Left) {
			return Block{from, earlier(k.Left, limit)}, from.Less(limit)
		}
		from = k.Right
	}
	return Block{from, limit}, from.Less(limit)
}

// highest is the number behind the last byte reported; una when there is none.
func (b *scoreboard) highest(una Seq) Seq {
	if len(b.blocks) == 0 {
		return una
	}
	return b.blocks[len(b.blocks)-1].Right
}

func (b *scoreboard) empty() bool { return len(b.blocks) == 0 }
