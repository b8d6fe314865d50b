package tls

// A reader takes values from the front of b (RFC 8446 §3). When there are too few bytes it gives zeros and is short.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) more() bool { return len(r.b) > 0 && !r.short }

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.b, r.short = nil, true
		return nil
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) skip(n int) { r.take(n) }

func (r *reader) number(size int) (n int) {
	for _, b := range r.take(size) {
		n = n<<8 | int(b)
	}
	return n
}

func (r *reader) uint8() uint8   { return uint8(r.number(1)) }
func (r *reader) uint16() uint16 { return uint16(r.number(2)) }

// A vector is bytes behind their number.
func (r *reader) vector8() []byte  { return r.take(r.number(1)) }
func (r *reader) vector16() []byte { return r.take(r.number(2)) }
func (r *reader) vector24() []byte { return r.take(r.number(3)) }
