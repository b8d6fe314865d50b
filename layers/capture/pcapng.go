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
	byteOrderMagic  = 0x1a2b3c4d
	blockOverhead   = 12 // type, length, and the length again at the end
	sectionShortest = 28 // with byte order, version and length of the section
	interfacesMax   = 1 << 16
	sectionMax      = 64 << 10 // bytes of the options of a section that are looked at
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

// openPcapng looks at the first section header, which is read as the first block.
func openPcapng(s *source) (format, error) {
	p := &pcapngFile{order: binary.LittleEndian}
	h, err := s.take(sectionShortest)
	if err != nil {
		return nil, s.ended(err, 0, int64(sectionShortest-len(h)))
	}
	if p.begin(h) && p.order.Uint16(h[12:]) != 1 {
		return nil, &FormatError{Seems: "pcap-version"}
	}
	s.back(sectionShortest)
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
	head, err := s.take(blockOverhead)
	if err != nil {
		return false, s.ended(err, start, int64(blockOverhead-len(head)))
	}
	kind := p.order.Uint32(head)
	if kind == blockSection && !p.begin(head) {
		return false, p.resume(s, start, "capture.byte-order")
	}
	length := p.order.Uint32(head[4:])
	whole := padded(length)
	switch {
	case length < shortest(kind):
		return false, p.resume(s, start, "capture.block-length", layers.A("length", layers.Uint(length)))
	case whole > recordMax:
		return false, p.pass(s, start, kind, length)
	}
	s.back(blockOverhead)
	b, err := s.take(int(whole))
	if err != nil {
		return false, p.unfinished(s, err, start, length, len(b))
	}
	if again := p.order.Uint32(b[whole-4:]); again != length {
		s.back(int(whole) - blockOverhead)
		return false, p.resume(s, start, "capture.block-lengths-differ", layers.A("length", layers.Uint(length)), layers.A("again", layers.Uint(again)))
	}
	return p.read(r, kind, b[8:length-4], start)
}

// padded is the room of a block. A length that is no multiple of four is a fault of the writer, who padded all the same.
func padded(length uint32) int64 { return (int64(length) + 3) &^ 3 }

// shortest is the least length of a block of this kind, without which its length is none. What a block that is read lacks
// within is told when it is read.
func shortest(kind uint32) uint32 {
	if kind == blockSection {
		return sectionShortest
	}
	return blockOverhead
}

func isRead(kind uint32) bool {
	switch kind {
	case blockSection, blockInterface, blockPacket, blockSimple, blockNames, blockStatistics, blockEnhanced, blockSecrets:
		return true
	}
	return false
}

// read understands the body of a block.
func (p *pcapngFile) read(r *Reader, kind uint32, body []byte, start int64) (found bool, err error) {
	switch kind {
	case blockSection:
		return false, p.section(r, body)
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
	case blockEnhanced, blockPacket, blockSimple:
	default:
		return false, nil
	}
	if fault := p.packet(r, kind, body); fault != "" {
		return false, &skippedError{broken(fault, start)}
	}
	return true, nil
}

// begin begins the section whose header starts with head: it says in which byte order the section is written, or nothing
// that can be true. Its interfaces are described anew.
func (p *pcapngFile) begin(head []byte) bool {
	p.interfaces = p.interfaces[:0]
	switch binary.BigEndian.Uint32(head[8:]) {
	case byteOrderMagic:
		p.order = binary.BigEndian
	case bits.ReverseBytes32(byteOrderMagic):
		p.order = binary.LittleEndian
	default:
		return false
	}
	return true
}

// section reads what a section header says of its section.
func (p *pcapngFile) section(r *Reader, body []byte) error {
	if major := p.order.Uint16(body[4:]); major != 1 {
		return &FormatError{Seems: "pcap-version"}
	}
	r.remarks.add(tellSection(options{body[16:min(len(body), 16+sectionMax)], p.order}))
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
