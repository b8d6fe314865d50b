package capture

import (
	"encoding/binary"
	"math/bits"

	"mailwire/layers"
)

// resume goes on at the next sound block behind the start of one that cannot be trusted, of which a head was taken, and
// tells what was skipped. Without one all that is left is skipped.
func (p *pcapngFile) resume(s *source, start int64, fault string, args ...layers.Arg) error {
	s.back(blockOverhead - 4)
	p.search(s, -1)
	return &skippedError{broken(fault, start, append(args, layers.A("skipped", layers.Int(s.offset-start)))...)}
}

// unfinished says what is wrong with a block that ends with the file: the file was cut, or, if a sound block follows, the
// length of this one lies.
func (p *pcapngFile) unfinished(s *source, err error, start int64, length uint32, have int) error {
	cut := s.ended(err, start, padded(length)-int64(have))
	s.back(have - 4)
	if p.search(s, -1) != nil {
		return cut
	}
	return lying(s, start, length)
}

// pass passes over a block that is too long to be held. While it does, it looks for sound blocks: with one inside, or
// with another length at its end, its length lies.
func (p *pcapngFile) pass(s *source, start int64, kind, length uint32) error {
	s.back(blockOverhead - 4)
	end := start + padded(length)
	switch err := p.search(s, end-4); {
	case err == nil && s.offset < end-4:
		return lying(s, start, length)
	case err != nil:
		return s.ended(err, start, end-s.offset)
	}
	again, err := s.take(4)
	if err != nil {
		return s.ended(err, start, int64(4-len(again)))
	}
	switch {
	case p.order.Uint32(again) != length:
		s.back(4)
		p.search(s, -1)
		return lying(s, start, length)
	case isRead(kind):
		return &skippedError{broken("capture.frame-too-long", start, layers.A("length", layers.Uint(length)), layers.A("limit", layers.Int(recordMax)))}
	}
	return nil
}

// lying tells of a block that cannot be as long as it says, when reading goes on here.
func lying(s *source, start int64, length uint32) error {
	return &skippedError{broken("capture.block-beyond", start, layers.A("length", layers.Uint(length)), layers.A("skipped", layers.Int(s.offset-start)))}
}

// search skips up to the next sound block, or to the offset end if none begins before; -1 is no end. An error says that
// the file ended first: all of it has then been skipped. Blocks are looked for at each byte, for a copy that changed line
// ends has moved them. It asks for no byte behind the block that it finds, and costs time by the byte: to look at the end
// of what may be a block moves nothing.
func (p *pcapngFile) search(s *source, end int64) error {
	for s.offset != end {
		b := s.buffered()
		n := 0
		for n+4 <= len(b) && !mayBegin(b[n:]) {
			n++
		}
		if end >= 0 && int64(n) >= end-s.offset {
			return s.skip(end - s.offset)
		}
		s.skip(int64(n)) // cannot fail: the bytes are buffered
		head, err := s.peek(blockOverhead)
		if err == nil && len(b) >= n+4 {
			if p.isSound(s, head) {
				return nil
			}
			s.skip(1)
			continue
		}
		if err != nil {
			s.skip(int64(len(head)))
			return err
		}
	}
	return nil
}

// mayBegin says, quickly, whether b may begin with the type of a block that is read: in either byte order the bytes in
// its middle are zero, or those of a section header.
func mayBegin(b []byte) bool {
	return b[1] == 0 && b[2] == 0 || b[1] == 0x0d && b[2] == 0x0d
}

// isSound says whether the block with this head is one that is read, with a length that can be, and the same length at its
// end. What is next in the source is its head.
func (p *pcapngFile) isSound(s *source, head []byte) bool {
	order, kind := p.order, p.order.Uint32(head)
	if kind == blockSection {
		switch binary.BigEndian.Uint32(head[8:]) {
		case byteOrderMagic:
			order = binary.BigEndian
		case bits.ReverseBytes32(byteOrderMagic):
			order = binary.LittleEndian
		default:
			return false
		}
	}
	length := order.Uint32(head[4:])
	if !isRead(kind) || length < shortest(kind) || length%4 != 0 || length > recordMax {
		return false
	}
	b, err := s.peek(int(length))
	return err == nil && order.Uint32(b[length-4:]) == length
}
