package tcp

import "encoding/binary"

// An OptionKind is the first byte of an option (RFC 9293 §3.2, IANA "TCP Option Kind Numbers").
type OptionKind uint8

// The kinds that mailwire reads.
const (
	EndOfOptions  OptionKind = 0
	NoOperation   OptionKind = 1
	MaxSegment    OptionKind = 2 // MSS, RFC 9293 §3.7.1
	WindowScale   OptionKind = 3 // RFC 7323 §2.2
	SACKPermitted OptionKind = 4 // RFC 2018 §2
	SACK          OptionKind = 5 // RFC 2018 §3
	Timestamps    OptionKind = 8 // RFC 7323 §3.2
	UserTimeout   OptionKind = 28
	Authenticated OptionKind = 29
	MultiPath     OptionKind = 30
	FastOpen      OptionKind = 34
)

// String is the kind's name as in a summary: "mss", "wscale".
func (k OptionKind) String() string {
	switch k {
	case EndOfOptions:
		return "eol"
	case NoOperation:
		return "nop"
	case MaxSegment:
		return "mss"
	case WindowScale:
		return "window-scale"
	case SACKPermitted:
		return "sack-permitted"
	case SACK:
		return "sack"
	case Timestamps:
		return "timestamps"
	case UserTimeout:
		return "user-timeout"
	case Authenticated:
		return "authentication"
	case MultiPath:
		return "multipath"
	case FastOpen:
		return "fast-open"
	}
	return "unknown-option"
}

// MaxOptions is the most bytes of options that a header has room for.
const MaxOptions = 40

// MaxSACKBlocks is the most blocks that fit into the options; three beside a timestamp.
const MaxSACKBlocks = 4

// Options are the options that the engine knows, as sound values. They hold no pointers and cost no allocation.
// An option that occurs twice has the value of its last occurrence.
type Options struct {
	HasMSS           bool
	HasWindowScale   bool
	SACKPermitted    bool
	HasTimestamps    bool
	Malformed        bool // the reader met an impossible length and ignored the rest
	WindowShift      uint8
	Blocks           uint8 // how many of SACK hold
	MSS              uint16
	TSValue, TSReply uint32 // TSval and TSecr
	SACK             [MaxSACKBlocks]Block
}

// SACKBlocks are the blocks of the SACK option, in the sender's order; empty without one.
func (o *Options) SACKBlocks() []Block { return o.SACK[:o.Blocks] }

// A RawOption is one option as it lies in a header.
type RawOption struct {
	Kind   OptionKind
	Offset int    // of its kind byte, from the start of the options
	Length int    // in bytes, with kind and length bytes
	Data   []byte // what follows the length byte
	Bad    bool   // its length is impossible, or not the one its kind demands
}

// An OptionReader walks over the options of a header; NewOptionReader makes one.
type OptionReader struct {
	b  []byte
	at int
}

// NewOptionReader returns a reader of b, the bytes between the fixed header and the data.
func NewOptionReader(b []byte) OptionReader { return OptionReader{b: b} }

// Next returns the next option. The list ends behind an end-of-options option, behind an option whose length is
// impossible, or with the bytes.
func (r *OptionReader) Next() (RawOption, bool) {
	if r.at >= len(r.b) {
		return RawOption{}, false
	}
	o := RawOption{Kind: OptionKind(r.b[r.at]), Offset: r.at, Length: 1}
	rest := r.b[r.at:]
	switch {
	case o.Kind == EndOfOptions:
		r.at = len(r.b)
		return o, true
	case o.Kind == NoOperation:
		r.at++
		return o, true
	case len(rest) < 2 || rest[1] < 2 || int(rest[1]) > len(rest):
		o.Bad, o.Length = true, len(rest)
		r.at = len(r.b)
		return o, true
	}
	o.Length = int(rest[1])
	o.Data = rest[2:o.Length]
	o.Bad = !o.Kind.fits(len(o.Data))
	r.at += o.Length
	return o, true
}

// fits says whether an option of kind k may hold n bytes of data.
func (k OptionKind) fits(n int) bool {
	switch k {
	case MaxSegment:
		return n == 2
	case WindowScale:
		return n == 1
	case SACKPermitted:
		return n == 0
	case SACK:
		return n >= 8 && n%8 == 0
	case Timestamps:
		return n == 8
	}
	return true
}

// parse fills o from the bytes of a header's options. What is malformed is passed over. It walks as OptionReader does,
// without the places that nobody asks for here: it is done for each segment.
func (o *Options) parse(b []byte) {
	*o = Options{}
	for len(b) > 0 {
		kind := OptionKind(b[0])
		if kind == EndOfOptions {
			return
		}
		if kind == NoOperation {
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			o.Malformed = true
			return
		}
		data := b[2:b[1]]
		b = b[b[1]:]
		if kind.fits(len(data)) {
			o.set(kind, data)
		} else {
			o.Malformed = true
		}
	}
}

// set takes one option whose length fits its kind.
func (o *Options) set(kind OptionKind, d []byte) {
	switch kind {
	case MaxSegment:
		o.HasMSS, o.MSS = true, binary.BigEndian.Uint16(d)
	case WindowScale:
		o.HasWindowScale, o.WindowShift = true, d[0]
	case SACKPermitted:
		o.SACKPermitted = true
	case SACK:
		o.Blocks = 0
		for ; len(d) >= 8 && o.Blocks < MaxSACKBlocks; d = d[8:] {
			o.SACK[o.Blocks] = Block{Seq(binary.BigEndian.Uint32(d)), Seq(binary.BigEndian.Uint32(d[4:]))}
			o.Blocks++
		}
	case Timestamps:
		o.HasTimestamps = true
		o.TSValue, o.TSReply = binary.BigEndian.Uint32(d), binary.BigEndian.Uint32(d[4:])
	}
}

// size is the number of bytes that append will add.
func (o *Options) size() int {
	n := 0
	if o.HasMSS {
		n += 4
	}
	if o.SACKPermitted && !o.HasTimestamps {
		n += 4
	}
	if o.HasTimestamps {
		n += 12
	}
	if o.HasWindowScale {
		n += 4
	}
	if blocks := o.sackRoom(n); blocks > 0 {
		n += 4 + 8*blocks
	}
	return n
}

// sackRoom is how many blocks of the SACK option fit beside n bytes of other options.
func (o *Options) sackRoom(n int) int { return min(int(o.Blocks), max(0, (MaxOptions-n-4)/8)) }

// append adds the options in the order and with the padding that most systems use, so that the fields of each lie on
// even bytes and the whole ends on a multiple of four (RFC 9293 §3.1, RFC 7323 appendix A).
func (o *Options) append(b []byte) []byte {
	start := len(b)
	if o.HasMSS {
		b = append(b, byte(MaxSegment), 4, byte(o.MSS>>8), byte(o.MSS))
	}
	switch {
	case o.SACKPermitted && o.HasTimestamps:
		b = append(b, byte(SACKPermitted), 2)
	case o.SACKPermitted:
		b = append(b, byte(NoOperation), byte(NoOperation), byte(SACKPermitted), 2)
	case o.HasTimestamps:
		b = append(b, byte(NoOperation), byte(NoOperation))
	}
	if o.HasTimestamps {
		b = append(b, byte(Timestamps), 10)
		b = binary.BigEndian.AppendUint32(b, o.TSValue)
		b = binary.BigEndian.AppendUint32(b, o.TSReply)
	}
	if o.HasWindowScale {
		b = append(b, byte(NoOperation), byte(WindowScale), 3, o.WindowShift)
	}
	if blocks := o.sackRoom(len(b) - start); blocks > 0 {
		b = append(b, byte(NoOperation), byte(NoOperation), byte(SACK), byte(2+8*blocks))
		for _, k := range o.SACK[:blocks] {
			b = binary.BigEndian.AppendUint32(b, uint32(k.Left))
			b = binary.BigEndian.AppendUint32(b, uint32(k.Right))
		}
	}
	return b
}
