package anonymize

import (
	"net/netip"
	"slices"

	"mailwire/layers"
)

// A direction is what one side of a TCP connection said, with what was made of it.
type direction struct {
	pieces   []span // in the order of their offsets, without overlap
	messages []message
	mail     mail
	hidden   bool // TLS: encrypted from here on
	chunked  bool // HTTP: the body comes in chunks
}

// A span is bytes of a stream without a gap.
type span struct {
	offset int64
	bytes  []byte
}

func (s *span) end() int64 { return s.offset + int64(len(s.bytes)) }

// A message is what is kept of a trace's message: where it lies, and what it is.
type message struct {
	protocol, kind, verb string
	from                 layers.Side
	offset, length       int64
	secret               bool
}

// A directionKey names a direction: its connection and who sends.
type directionKey struct {
	stream int
	source netip.AddrPort
}

// piecesMax bounds the pieces of a direction; what would make more is not kept.
const piecesMax = 1 << 16

// add keeps bytes; what is there already stays.
func (d *direction) add(offset int64, b []byte) {
	for len(b) > 0 {
		i := d.find(offset)
		if i < len(d.pieces) && d.pieces[i].offset <= offset {
			skip := min(d.pieces[i].end()-offset, int64(len(b)))
			offset, b = offset+skip, b[skip:]
			continue
		}
		n := int64(len(b))
		if i < len(d.pieces) {
			n = min(n, d.pieces[i].offset-offset)
		}
		switch {
		case i > 0 && d.pieces[i-1].end() == offset:
			d.pieces[i-1].bytes = append(d.pieces[i-1].bytes, b[:n]...)
		case len(d.pieces) < piecesMax:
			d.pieces = slices.Insert(d.pieces, i, span{offset, slices.Clone(b[:n])})
		}
		offset, b = offset+n, b[n:]
	}
}

// find is the first piece that ends behind an offset.
func (d *direction) find(offset int64) int {
	i, _ := slices.BinarySearchFunc(d.pieces, offset, func(s span, at int64) int {
		if s.end() <= at {
			return -1
		}
		return 1
	})
	return i
}

// join makes one of pieces that touch.
func (d *direction) join() {
	joined := d.pieces[:0]
	for _, p := range d.pieces {
		if n := len(joined); n > 0 && joined[n-1].end() == p.offset {
			joined[n-1].bytes = append(joined[n-1].bytes, p.bytes...)
		} else {
			joined = append(joined, p)
		}
	}
	d.pieces = joined
}

// at is the bytes from an offset on, as far as they are there without a gap, at most n of them.
func (d *direction) at(offset, n int64) []byte {
	i := d.find(offset)
	if i == len(d.pieces) || d.pieces[i].offset > offset {
		return nil
	}
	b := d.pieces[i].bytes[offset-d.pieces[i].offset:]
	return b[:min(n, int64(len(b)))]
}

// copyTo replaces the bytes of a segment that begins at an offset; what the stream does not know is blanked.
func (d *direction) copyTo(b []byte, offset int64) {
	for len(b) > 0 {
		known := d.at(offset, int64(len(b)))
		n := copy(b, known)
		if n == 0 {
			n = 1
			blank(b[:1])
		}
		b, offset = b[n:], offset+int64(n)
	}
}

// rewrite replaces all that the direction says. Bytes that belong to no message are blanked.
func (a *Anonymizer) rewrite(d *direction) {
	slices.SortStableFunc(d.messages, func(m, n message) int { return int(max(-1, min(1, m.offset-n.offset))) })
	d.join()
	original := make([]span, len(d.pieces))
	for i := range d.pieces {
		original[i] = span{d.pieces[i].offset, slices.Clone(d.pieces[i].bytes)}
		blank(d.pieces[i].bytes)
	}
	was := direction{pieces: original}
	ends := d.tlsEnds()
	reached := int64(-1 << 62) // bytes before it have been replaced
	for i := range d.messages {
		m := &d.messages[i]
		if m.offset < reached {
			continue // within another
		}
		if m.protocol == "tls" {
			reached = a.records(d, &was, m, ends[i])
			continue
		}
		for at := m.offset; at < m.offset+m.length; {
			b := d.at(at, m.offset+m.length-at)
			if len(b) == 0 {
				break // missing
			}
			copy(b, was.at(at, int64(len(b))))
			n := int64(len(b))
			if at == m.offset {
				n = a.message(d, m, b, was.before(at))
			} else {
				fill(b)
			}
			at += n
			reached = at
		}
	}
}

// tlsEnds tells for each message where the next one that is not TLS begins.
func (d *direction) tlsEnds() []int64 {
	ends := make([]int64, len(d.messages))
	next := int64(1) << 62
	for i := len(ends) - 1; i >= 0; i-- {
		ends[i] = next
		if d.messages[i].protocol != "tls" {
			next = d.messages[i].offset
		}
	}
	return ends
}

// records replaces TLS records from a message on, up to a gap or an offset. A message tells where its bytes begin, which
// may be in the midst of a record. It returns the offset that it has reached.
func (a *Anonymizer) records(d, was *direction, m *message, until int64) int64 {
	b := d.at(m.offset, until-m.offset)
	copy(b, was.at(m.offset, int64(len(b))))
	n := a.tls(d, b)
	cover(b[n:])
	return m.offset + max(int64(n), min(m.length, int64(len(b))))
}

// before is up to a kilobyte of what stands before an offset.
func (d *direction) before(offset int64) []byte {
	const most = 1024
	i := d.find(offset - 1)
	if i == len(d.pieces) || d.pieces[i].offset >= offset {
		return nil
	}
	b := d.pieces[i].bytes[:offset-d.pieces[i].offset]
	return b[max(0, len(b)-most):]
}

// message replaces a message, or as much of it as is there, and returns how many bytes it has replaced.
func (a *Anonymizer) message(d *direction, m *message, b, before []byte) int64 {
	switch m.protocol {
	case "smtp", "lmtp":
		a.smtp(d, m, b)
	case "pop3":
		a.pop3(d, m, b)
	case "imap":
		a.imap(d, m, b, before)
	case "http":
		a.http(d, m, b)
	case "socks":
		a.socks(m, b)
	case "dns":
		if len(b) >= 2 && int(b[0])<<8|int(b[1]) == len(b)-2 { // RFC 1035 §4.2.2
			a.dns(b[2:])
		} else {
			a.dns(b)
		}
	default:
		blank(b)
	}
	return int64(len(b))
}
