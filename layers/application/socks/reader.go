package socks

import (
	"bytes"
	"net/netip"

	"mailwire/layers"
)

// A reader takes values from the front of a message. It is short when too few bytes are there, wrong when one is not what it
// must be.
type reader struct {
	bytes        []byte
	at           int
	short, wrong bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.bytes)-r.at {
		r.short = true
		return nil
	}
	r.at += n
	return r.bytes[r.at-n : r.at]
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint16() uint16 { return uint16(r.byte())<<8 | uint16(r.byte()) }

// expect takes a byte that must be b.
func (r *reader) expect(b byte) { r.wrong = r.byte() != b && !r.short || r.wrong }

// text takes bytes up to a zero.
func (r *reader) text() string {
	n := bytes.IndexByte(r.bytes[r.at:], 0)
	if n < 0 {
		r.short = true
		return ""
	}
	return string(r.take(n + 1)[:n])
}

// address reads an address and a port (RFC 1928 §5).
func (r *reader) address() (host string, port uint16) {
	switch r.byte() {
	case 1:
		host = addressText(r.take(4))
	case 3:
		host = string(r.take(int(r.byte())))
	case 4:
		host = "[" + addressText(r.take(16)) + "]"
	default:
		r.wrong = !r.short
	}
	return host, r.uint16()
}

func addressText(b []byte) string {
	a, ok := netip.AddrFromSlice(b)
	if !ok {
		return ""
	}
	return a.String()
}

func field(name string, at, length int, v layers.Value) layers.Field {
	return layers.Field{Name: name, Range: layers.Range{Offset: at, Length: max(0, length)}, Value: v}
}
