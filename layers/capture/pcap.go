package capture

import (
	"encoding/binary"
	"math"
	"time"

	"mailwire/layers"
)

// A pcapFile is a classic capture file: one header, then records of seconds, fraction, kept and true length and the
// frame (draft-ietf-opsawg-pcap).
type pcapFile struct {
	order      binary.ByteOrder
	unit       time.Duration // of the fraction of a second
	swapped    func(kept, length uint32) bool
	frameMax   uint32
	interfaces [1]layers.Interface
}

const (
	pcapHeaderLength = 24
	pcapRecordLength = 16
)

// openPcap reads the file header.
func openPcap(s *source, order binary.ByteOrder, unit time.Duration) (format, error) {
	h, err := s.take(pcapHeaderLength)
	if err != nil {
		return nil, s.ended(err, 0, int64(pcapHeaderLength-len(h)))
	}
	if major := order.Uint16(h[4:]); major != 2 {
		return nil, &FormatError{Seems: "pcap-version"}
	}
	p := &pcapFile{order: order, unit: unit, swapped: lengthsSwapped(order.Uint16(h[6:]))}
	p.frameMax = min(max(FrameMax, order.Uint32(h[16:])), recordMax)
	// The link type is the lower 16 bits; above them stand the length of the frame check sequence and a class.
	p.interfaces[0].LinkType = layers.LinkType(order.Uint32(h[20:]))
	if b := s.buffered(); !p.fits(b, 0) && (p.fits(b, 4) || p.fits(b, 8)) {
		return nil, &FormatError{Seems: "pcap-modified"}
	}
	return p, nil
}

// fits says whether the first records in b, with headers that are longer by extra bytes, follow each other without a fault.
// Some systems wrote such headers (Nokia's 4 bytes more, those of old Red Hat 8), behind a file header like any other.
func (p *pcapFile) fits(b []byte, extra int) bool {
	const records = 4
	for range records {
		if len(b) < pcapRecordLength {
			break // all that there was
		}
		kept, _, ok := p.isRecordHeader(b, anyTime)
		if !ok {
			return false
		}
		b = b[min(pcapRecordLength+extra+kept, len(b)):]
	}
	return true
}

// lengthsSwapped tells of records with the true length before the kept one, as files below version 2.3, and some of that
// version, have them.
func lengthsSwapped(minor uint16) func(kept, length uint32) bool {
	switch {
	case minor < 3:
		return func(kept, length uint32) bool { return true }
	case minor == 3:
		return func(kept, length uint32) bool { return kept > length }
	}
	return func(kept, length uint32) bool { return false }
}

func (p *pcapFile) next(r *Reader) error {
	start := r.source.offset
	h, err := r.source.take(pcapRecordLength)
	if err != nil {
		return r.source.ended(err, start, int64(pcapRecordLength-len(h)))
	}
	seconds, fraction := p.order.Uint32(h), p.order.Uint32(h[4:])
	kept, length := p.order.Uint32(h[8:]), p.order.Uint32(h[12:])
	if p.swapped(kept, length) {
		kept, length = length, kept
	}
	if kept > p.frameMax {
		damage := broken("capture.frame-too-long", start, layers.A("length", layers.Uint(kept)), layers.A("limit", layers.Uint(p.frameMax)))
		last := anyTime
		if !r.frame.Time.IsZero() {
			last = r.frame.Time.Unix()
		}
		if p.resume(&r.source, last) {
			return &skippedError{damage}
		}
		return damage
	}
	data, err := r.source.take(int(kept))
	if err != nil {
		return r.source.ended(err, start, int64(kept)-int64(len(data)))
	}
	r.frame.Time = time.Unix(int64(seconds), int64(fraction)*int64(p.unit)).UTC()
	r.frame.Interface = &p.interfaces[0]
	r.frame.Data = data
	r.frame.Length = int(max(length, kept))
	return nil
}

// resume looks for the next whole record behind a header that cannot be true, which begins 16 bytes back. A file that
// lost a few bytes, as by a copy that changed line ends, goes on that way.
func (p *pcapFile) resume(s *source, last int64) bool {
	s.back(pcapRecordLength - 1)
	for searched := 0; searched < resumeMax; {
		b, err := s.peek(bufferSize)
		for i := range b {
			if p.isRecord(b[i:], last, err != nil) {
				return s.skip(int64(i)) == nil
			}
		}
		if err != nil {
			return false
		}
		// A record that the end of the buffer cut is found when the buffer has moved on.
		searched += bufferSize / 2
		if s.skip(bufferSize/2) != nil {
			return false
		}
	}
	return false
}

// anyTime stands for the time of the last record where none has been read.
const anyTime int64 = math.MinInt64

// resumeMax is how many bytes are searched for a record.
const resumeMax = 16 << 20

// isRecord says whether b begins with a whole record that is followed by another, or by the end of the file if b ends
// there.
func (p *pcapFile) isRecord(b []byte, last int64, atEnd bool) bool {
	kept, seconds, ok := p.isRecordHeader(b, last)
	if !ok {
		return false
	}
	if last == anyTime {
		last = seconds
	}
	next := b[pcapRecordLength:]
	if len(next) < kept {
		return false
	}
	next = next[kept:]
	if len(next) == 0 {
		return atEnd
	}
	_, _, ok = p.isRecordHeader(next, last)
	return ok
}

// isRecordHeader says whether b begins with a header that may be true: a time within a day of the last one, a fraction of
// less than a second, and lengths that can be. It returns its length of what was kept, and its seconds.
func (p *pcapFile) isRecordHeader(b []byte, last int64) (kept int, seconds int64, ok bool) {
	if len(b) < pcapRecordLength {
		return 0, 0, false
	}
	seconds, fraction := int64(p.order.Uint32(b)), p.order.Uint32(b[4:])
	k, length := p.order.Uint32(b[8:]), p.order.Uint32(b[12:])
	if p.swapped(k, length) {
		k, length = length, k
	}
	const day = 24 * 60 * 60
	ok = (last == anyTime || seconds > last-day && seconds < last+day) && int64(fraction)*int64(p.unit) < 1e9 && k > 0 && k <= min(length, p.frameMax) && length <= FrameMax
	return int(k), seconds, ok
}
