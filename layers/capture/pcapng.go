package capture

import (
	"encoding/binary"
	"math"
	"math/bits"
	"time"

	"mailwire/layers"
)

// The types of blocks that are read or written (draft-ietf-opsawg-pcapng §4).
const (
	blockSection    = 0x0a0d0d0a // the same in both byte orders
	blockInterface  = 1
	blockPacket     = 2 // obsolete
	blockSimple     = 3
	blockNames      = 4
	blockStatistics = 5
	blockEnhanced   = 6
	blockSecrets    = 10
)

const (
	byteOrderMagic = 0x1a2b3c4d
	blockOverhead  = 12 // type, length, and the length again at the end
	interfacesMax  = 1 << 16
	sectionMax     = 64 << 10 // bytes of the options of a section that are looked at
)

// A pcapngFile is a file of blocks (draft-ietf-opsawg-pcapng).
type pcapngFile struct {
	order      binary.ByteOrder
	interfaces []*pcapngInterface // of the current section
	described  int                // interfaces in the whole file
}

type pcapngInterface struct {
	layers.Interface
	snapLength uint32
	clock      clock
}

// openPcapng reads the first section header.
func openPcapng(r *Reader) (format, error) {
	p := &pcapngFile{}
	r.source.take(4)
	if err := p.section(r, 0); err != nil {
		return nil, err
	}
	return p, nil
}

// next reads blocks until one of them is a frame.
func (p *pcapngFile) next(r *Reader) error {
	for {
		found, err := p.block(r)
		if found || err != nil {
			return err
		}
	}
}

// block reads one block and says whether it held a frame, which is then in r.frame.
func (p *pcapngFile) block(r *Reader) (found bool, err error) {
	s := &r.source
	start := s.offset
	head, err := s.take(4)
	if err != nil {
		return false, s.ended(err, start, int64(blockOverhead-len(head)))
	}
	kind := p.order.Uint32(head)
	if kind == blockSection {
		return false, p.section(r, start)
	}
	head, err = s.take(4)
	if err != nil {
		return false, s.ended(err, start, int64(blockOverhead-4-len(head)))
	}
	length := p.order.Uint32(head)
	if length < blockOverhead {
		// Nothing tells where the next block begins.
		return false, broken("capture.block-length", start, layers.A("length", layers.Uint(length)))
	}
	rest := (int64(length)+3)&^3 - 8 // a length that is no multiple of four is a fault of the writer, who padded all the same
	if !isRead(kind) {
		if err := s.skip(rest); err != nil {
			return false, s.ended(err, start, rest+start+8-s.offset)
		}
		return false, nil
	}
	if rest > recordMax {
		if err := s.skip(rest); err != nil {
			return false, s.ended(err, start, rest+start+8-s.offset)
		}
		return false, &skippedError{broken("capture.frame-too-long", start, layers.A("length", layers.Uint(length)), layers.A("limit", layers.Int(recordMax)))}
	}
	body, err := s.take(int(rest))
	if err != nil {
		return false, s.ended(err, start, rest-int64(len(body)))
	}
	if again := p.order.Uint32(body[len(body)-4:]); again != length {
		return false, &skippedError{broken("capture.block-lengths-differ", start, layers.A("length", layers.Uint(length)), layers.A("again", layers.Uint(again)))}
	}
	return p.read(r, kind, body[:length-blockOverhead], start)
}

func isRead(kind uint32) bool {
	switch kind {
	case blockInterface, blockPacket, blockSimple, blockNames, blockStatistics, blockEnhanced, blockSecrets:
		return true
	}
	return false
}

// read understands the body of a block.
func (p *pcapngFile) read(r *Reader, kind uint32, body []byte, start int64) (found bool, err error) {
	switch kind {
	case blockInterface:
		return false, p.describe(r, body, start)
	case blockStatistics:
		return false, p.statistics(r, body, start)
	case blockNames:
		var dropped int
		if r.names, dropped = p.readNames(r.names, body); dropped > 0 {
			r.remarks.add(tellNames(len(r.names), dropped))
		}
		return false, nil
	case blockSecrets:
		r.secrets = p.readSecrets(r.secrets, body)
		return false, nil
	}
	if fault := p.packet(r, kind, body); fault != "" {
		return false, &skippedError{broken(fault, start)}
	}
	return true, nil
}

// section reads a section header from behind its type on; it says in which byte order the section is written.
func (p *pcapngFile) section(r *Reader, start int64) error {
	s := &r.source
	head, err := s.take(8)
	if err != nil {
		return s.ended(err, start, int64(28-4-len(head)))
	}
	switch binary.BigEndian.Uint32(head[4:]) {
	case byteOrderMagic:
		p.order = binary.BigEndian
	case bits.ReverseBytes32(byteOrderMagic):
		p.order = binary.LittleEndian
	default:
		return broken("capture.byte-order", start)
	}
	length := p.order.Uint32(head)
	if length < 28 {
		return broken("capture.block-length", start, layers.A("length", layers.Uint(length)))
	}
	body, err := s.take(12)
	if err != nil {
		return s.ended(err, start, int64(length)-12-int64(len(body)))
	}
	if major := p.order.Uint16(body); major != 1 {
		return &FormatError{Seems: "pcap-version"}
	}
	rest := (int64(length)+3)&^3 - 24
	described, err := s.take(int(min(rest, sectionMax)))
	if err != nil {
		return s.ended(err, start, rest-int64(len(described)))
	}
	r.remarks.add(tellSection(options{described[:max(0, len(described)-4)], p.order}))
	if err := s.skip(rest - int64(len(described))); err != nil {
		return s.ended(err, start, start+24+rest-s.offset)
	}
	p.interfaces = p.interfaces[:0]
	return nil
}

// describe reads an interface description block.
func (p *pcapngFile) describe(r *Reader, body []byte, start int64) error {
	if len(body) < 8 {
		return &skippedError{broken("capture.block-short", start)}
	}
	if p.described == interfacesMax {
		return broken("capture.too-many-interfaces", start, layers.A("limit", layers.Int(interfacesMax)))
	}
	i := &pcapngInterface{snapLength: p.order.Uint32(body[4:]), clock: clock{decimals: 6}}
	i.Index = p.described
	i.LinkType = layers.LinkType(p.order.Uint16(body))
	p.described++
	p.interfaces = append(p.interfaces, i)
	description := ""
	for o := (options{body[8:], p.order}); o.more(); {
		code, value := o.next()
		switch {
		case code == optionName:
			i.Name = text(value)
		case code == optionDescription:
			description = text(value)
		case code == optionTimeResolution && len(value) >= 1:
			i.clock.resolution(value[0])
		case code == optionTimeOffset && len(value) >= 8:
			i.clock.offset = int64(p.order.Uint64(value))
		}
	}
	if i.Name == "" {
		i.Name = description
	}
	r.remarks.add(tellInterface(i, options{body[8:], p.order}))
	return nil
}

// statistics reads an interface statistics block.
func (p *pcapngFile) statistics(r *Reader, body []byte, start int64) error {
	if len(body) < 12 {
		return &skippedError{broken("capture.block-short", start)}
	}
	index := p.order.Uint32(body)
	if uint64(index) >= uint64(len(p.interfaces)) {
		return nil // counts of nobody knows what: no frame is lost with them
	}
	r.remarks.add(tellStatistics(p.interfaces[index], options{body[12:], p.order}))
	return nil
}

// packet reads a block that holds a frame into r.frame, or returns the id of what is wrong with it.
func (p *pcapngFile) packet(r *Reader, kind uint32, body []byte) (fault string) {
	head := 20
	if kind == blockSimple {
		head = 4
	}
	if len(body) < head {
		return "capture.block-short"
	}
	var index, kept, length uint32
	switch kind {
	case blockEnhanced:
		index, kept, length = p.order.Uint32(body), p.order.Uint32(body[12:]), p.order.Uint32(body[16:])
	case blockPacket:
		index, kept, length = uint32(p.order.Uint16(body)), p.order.Uint32(body[12:]), p.order.Uint32(body[16:])
	case blockSimple:
		length = p.order.Uint32(body)
		kept = min(length, uint32(len(body)-head))
	}
	if uint64(index) >= uint64(len(p.interfaces)) {
		return "capture.unknown-interface"
	}
	i := p.interfaces[index]
	if kind == blockSimple && i.snapLength != 0 {
		kept = min(kept, i.snapLength)
	}
	if uint64(kept) > uint64(len(body)-head) {
		return "capture.frame-beyond-block"
	}
	f := &r.frame
	f.Interface = &i.Interface
	f.Data = body[head : head+int(kept)]
	f.Length = int(max(length, kept))
	if kind == blockSimple {
		if f.Time.IsZero() {
			f.Time = time.Unix(0, 0).UTC()
		}
		return "" // it has no time: that of the frame before it stays
	}
	f.Time = i.clock.time(uint64(p.order.Uint32(body[4:]))<<32 | uint64(p.order.Uint32(body[8:])))
	dropped := uint64(0)
	if behind := head + int(kept+3)&^3; behind < len(body) {
		o := options{body[behind:], p.order}
		f.Comment = comments(o)
		dropped = droppedBefore(o)
	}
	if kind == blockPacket {
		dropped = 0
		if n := p.order.Uint16(body[2:]); n != math.MaxUint16 { // not known
			dropped = uint64(n)
		}
	}
	if dropped > 0 {
		r.remarks.add(tellDropped(i, dropped))
	}
	return ""
}

// droppedBefore is how many frames got lost between this one and the one before it on its interface, as its options say
// (§4.3).
func droppedBefore(o options) (dropped uint64) {
	for o.more() {
		if code, value := o.next(); code == optionDropCount && len(value) >= 8 {
			dropped = o.order.Uint64(value)
		}
	}
	return dropped
}

// A clock turns the time stamps of an interface into times.
type clock struct {
	decimals uint8 // the unit is 10^-decimals seconds
	binary   uint8 // or, with power, 2^-binary
	power    bool
	offset   int64 // seconds to add
}

// resolution reads the option if_tsresol: the most significant bit says that the rest is a power of two.
func (c *clock) resolution(b byte) {
	c.power, c.decimals, c.binary = b&0x80 != 0, b&0x7f, b&0x7f
}

// The first and the last second that have four digits in their year: beyond, a time stamp is no time.
const firstSecond, lastSecond = -62135596800, 253402300799

func (c *clock) time(stamp uint64) time.Time {
	var seconds, nanoseconds uint64
	switch {
	case c.power && c.binary < 64:
		seconds = stamp >> c.binary
		high, low := bits.Mul64(stamp&(1<<c.binary-1), 1e9)
		nanoseconds = low>>c.binary | high<<(64-c.binary)
	case !c.power && c.decimals <= 9:
		unit := power10(c.decimals)
		seconds, nanoseconds = stamp/unit, stamp%unit*power10(9-c.decimals)
	case !c.power && c.decimals <= 19:
		unit := power10(c.decimals)
		seconds, nanoseconds = stamp/unit, stamp%unit/power10(c.decimals-9)
	}
	whole := int64(min(seconds, lastSecond)) + min(max(c.offset, firstSecond), lastSecond)
	return time.Unix(min(max(whole, firstSecond), lastSecond), int64(nanoseconds)).UTC()
}

func power10(n uint8) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
