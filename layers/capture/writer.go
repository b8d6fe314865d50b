package capture

import (
	"encoding/binary"
	"io"
	"math"
	"strings"
	"time"

	"mailwire/layers"
)

// A Writer writes a pcapng file of one section, little-endian, with times in nanoseconds. Each call writes whole blocks in
// one Write, so what was written so far can be read at any moment; give it a buffered writer where that matters less
// than speed.
type Writer struct {
	w          io.Writer
	interfaces map[*layers.Interface]uint32
	block      []byte // the block being built, used again
}

// NewWriter writes the section header. The application is the name of the writing program.
func NewWriter(w io.Writer, application string) (*Writer, error) {
	n := &Writer{w: w, interfaces: map[*layers.Interface]uint32{}}
	n.begin(blockSection)
	n.uint32(byteOrderMagic)
	n.uint16(1) // version 1.0
	n.uint16(0)
	n.uint32(math.MaxUint32) // the length of the section is not known: -1
	n.uint32(math.MaxUint32)
	n.option(optionApplication, application)
	n.endOptions()
	return n, n.end()
}

// Interface describes an interface. Frame does it for one that has not been described; doing it before sets their order.
func (w *Writer) Interface(i *layers.Interface) error {
	if _, known := w.interfaces[i]; known {
		return nil
	}
	w.interfaces[i] = uint32(len(w.interfaces))
	w.begin(blockInterface)
	w.uint16(uint16(i.LinkType))
	w.uint16(0)
	w.uint32(0) // no limit to the length of frames
	w.option(optionName, i.Name)
	w.option(optionTimeResolution, "\x09")
	w.endOptions()
	return w.end()
}

// Names writes what addresses are called. A reader uses a name from there on, so names go before the frames.
func (w *Writer) Names(names []Name) error {
	if len(names) == 0 {
		return nil
	}
	w.begin(blockNames)
	for _, n := range names {
		kind := uint16(recordIPv4)
		if n.Addr.Is6() {
			kind = recordIPv6
		}
		w.option(kind, string(n.Addr.AsSlice())+strings.ToValidUTF8(strings.ReplaceAll(n.Name, "\x00", ""), "\uFFFD")+"\x00")
	}
	w.uint32(recordEnd)
	return w.end()
}

// Secrets writes decryption secrets, which must precede the frames that they open.
func (w *Writer) Secrets(s Secrets) error {
	w.begin(blockSecrets)
	w.uint32(s.Type)
	w.uint32(uint32(len(s.Data)))
	w.padded(s.Data)
	return w.end()
}

// Frame writes a frame with its own comment and, when explanation is not empty, a second comment: CommentPrefix and
// the explanation. What is not UTF-8 in them is replaced; what is longer than an option can be (65535 bytes) is cut. A
// time stamp is 64 bits of nanoseconds since 1970: an earlier time is written as the first of them, one later than July
// 2554 as the last.
func (w *Writer) Frame(f *layers.Frame, explanation string) error {
	if err := w.Interface(f.Interface); err != nil {
		return err
	}
	w.begin(blockEnhanced)
	w.uint32(w.interfaces[f.Interface])
	at := stamp(f.Time)
	w.uint32(uint32(at >> 32))
	w.uint32(uint32(at))
	w.uint32(uint32(len(f.Data)))
	w.uint32(uint32(max(f.Length, len(f.Data))))
	w.padded(f.Data)
	if f.Comment != "" {
		w.option(optionComment, strings.ToValidUTF8(f.Comment, "\uFFFD"))
	}
	if explanation != "" {
		w.option(optionComment, CommentPrefix+strings.ToValidUTF8(explanation, "\uFFFD"))
	}
	if f.Comment != "" || explanation != "" {
		w.endOptions()
	}
	return w.end()
}

// stamp is a time in nanoseconds since 1970, or the nearest that 64 bits hold. Time.UnixNano has only 63 bits for them.
func stamp(t time.Time) uint64 {
	const second = 1_000_000_000
	const last, lastNanosecond = math.MaxUint64 / second, math.MaxUint64 % second
	switch s := t.Unix(); {
	case s < 0:
		return 0
	case s > last || s == last && t.Nanosecond() > lastNanosecond:
		return math.MaxUint64
	default:
		return uint64(s)*second + uint64(t.Nanosecond())
	}
}

func (w *Writer) begin(kind uint32) {
	w.block = binary.LittleEndian.AppendUint32(w.block[:0], kind)
	w.uint32(0) // the length, when it is known
}

func (w *Writer) uint16(n uint16) { w.block = binary.LittleEndian.AppendUint16(w.block, n) }
func (w *Writer) uint32(n uint32) { w.block = binary.LittleEndian.AppendUint32(w.block, n) }

// padded adds b and zeros up to a multiple of four bytes.
func (w *Writer) padded(b []byte) {
	w.block = append(w.block, b...)
	w.pad()
}

func (w *Writer) pad() {
	for len(w.block)%4 != 0 {
		w.block = append(w.block, 0)
	}
}

// option adds an option, or a record of the same form. A value that is too long is cut before a character.
func (w *Writer) option(code uint16, value string) {
	if len(value) > math.MaxUint16 {
		value = strings.ToValidUTF8(value[:math.MaxUint16], "")
	}
	w.uint16(code)
	w.uint16(uint16(len(value)))
	w.block = append(w.block, value...)
	w.pad()
}

func (w *Writer) endOptions() { w.uint32(optionEnd) }

// end fills in the length and writes the block.
func (w *Writer) end() error {
	length := uint32(len(w.block) + 4)
	binary.LittleEndian.PutUint32(w.block[4:], length)
	w.uint32(length)
	_, err := w.w.Write(w.block)
	return err
}
