package tcp

// A Seq is a sequence number: it counts the bytes of one direction and, as one each, its SYN and its FIN, modulo 2³²
// (RFC 9293 §3.4). Two of them are compared within half of that circle.
type Seq uint32

// Less says whether s lies before t.
func (s Seq) Less(t Seq) bool { return int32(s-t) < 0 }

// LessEq says whether s lies before t or is t.
func (s Seq) LessEq(t Seq) bool { return int32(s-t) <= 0 }

// Add is the number n places behind s; n may be negative.
func (s Seq) Add(n int) Seq { return s + Seq(uint32(n)) }

// Sub is how far s lies behind t; negative when s lies before t.
func (s Seq) Sub(t Seq) int { return int(int32(s - t)) }

// In says whether s lies in the window of size numbers that begins at left.
func (s Seq) In(left Seq, size int) bool { return uint32(s-left) < uint32(size) }

func later(a, b Seq) Seq {
	if a.Less(b) {
		return b
	}
	return a
}

func earlier(a, b Seq) Seq {
	if a.Less(b) {
		return a
	}
	return b
}

// A Block is the sequence numbers from Left up to, not including, Right, as in a SACK option (RFC 2018 §3).
type Block struct{ Left, Right Seq }

// Len is how many numbers the block holds; negative for a block that is upside down.
func (b Block) Len() int { return b.Right.Sub(b.Left) }
