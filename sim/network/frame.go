package network

// Sizes of an Ethernet frame as a capture holds it, in bytes (IEEE 802.3 §3.2, §4.4.2).
const (
	HeaderLength = 14 // destination, source, type
	MinFrame     = 60 // shorter ones are padded with zeros
	overhead     = 24 // what the cable carries besides: preamble 8, frame check sequence 4, gap 12
	gap          = 12
)

// A Frame is a buffer that holds one frame. Whoever is given a frame owns it, and either hands it on or releases it.
// Several owners may share one (a switch floods it); who wants to change it asks for an own copy first.
type Frame struct {
	Data    []byte // from the Ethernet header on
	network *Network
	owners  int32
	damaged bool // the frame check sequence no longer fits
}

// NewFrame returns a frame of length zero bytes whose owner is the caller. What the bytes beyond Data hold is unknown.
func (n *Network) NewFrame(length int) *Frame {
	var f *Frame
	if last := len(n.spare) - 1; last >= 0 {
		f, n.spare = n.spare[last], n.spare[:last]
	} else {
		f = &Frame{network: n, Data: make([]byte, 0, 1536)}
	}
	f.owners, f.damaged = 1, false
	if length > cap(f.Data) {
		f.Data = make([]byte, length)
	}
	f.Data = f.Data[:length]
	clear(f.Data)
	return f
}

// Share makes one more owner of f and returns f.
func (f *Frame) Share() *Frame { f.owners++; return f }

// Release ends the caller's ownership.
func (f *Frame) Release() {
	f.owners--
	switch {
	case f.owners == 0:
		f.network.spare = append(f.network.spare, f)
	case f.owners < 0:
		panic("network: a frame was released twice")
	}
}

// Own returns a frame with the bytes of f that nobody else owns; the caller's ownership of f moves to it.
func (f *Frame) Own() *Frame {
	if f.owners == 1 {
		return f
	}
	c := f.network.NewFrame(len(f.Data))
	copy(c.Data, f.Data)
	c.damaged = f.damaged
	f.Release()
	return c
}

// pad brings f to the length that Ethernet asks for. Padding is zeros, so that it tells nothing (RFC 894).
func (f *Frame) pad() {
	for len(f.Data) < MinFrame {
		f.Data = append(f.Data, 0)
	}
}
