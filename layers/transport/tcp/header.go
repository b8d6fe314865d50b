package tcp

import (
	"encoding/binary"
	"strconv"

	"mailwire/layers"
)

var _ layers.Header = (*Header)(nil)

// A Header is a TCP header of a frame, for people to read. What the bytes alone do not tell (numbers relative to the
// stream, the scaled window, what the segment means in its conversation) is filled in by whoever follows the stream.
type Header struct {
	View     View // the header as far as the frame holds it, and perhaps more behind it; may be cut anywhere
	Offset   int  // of its first byte in Frame.Data
	DataSize int  // bytes of data that the segment had on the cable

	Relative     bool // RelativeSeq holds, and RelativeAck where the segment has ACK
	RelativeSeq  uint32
	RelativeAck  uint32
	Scaled       bool // ScaledWindow holds
	ScaledWindow uint32
	Analysis     []string // what an observer saw: "retransmission", "duplicate-ack"

	optionNames []string // space for the value of the field that lists them
}

// NewHeader returns the header that Decode reads.
func NewHeader(b []byte, offset, size int) (h Header, err error) {
	err = h.Decode(b, offset, size)
	return h, err
}

// Decode fills h from the header that begins at b[0], which is Frame.Data[offset]. Size is the segment's length on the
// cable, header included, by the IP header. When b is too short for a header, or the header lies about its length,
// what is there can still be shown; the error, a *ParseError, says so.
func (h *Header) Decode(b []byte, offset, size int) error {
	names := h.optionNames[:0]
	*h = Header{}
	h.View, h.Offset, h.optionNames = View(b), offset, names
	if len(b) < MinHeader {
		return errShort
	}
	n := h.View.HeaderLen()
	if n < MinHeader || n > size {
		h.DataSize = max(0, size-MinHeader)
		return errDataStart
	}
	h.View, h.DataSize = h.View[:min(n, len(b))], size-n
	return nil
}

// AppendSummary adds flags, numbers, window, options and the amount of data: "SYN seq 0 win 64240 mss 1460".
func (h *Header) AppendSummary(dst []byte) []byte {
	v := h.View
	if len(v) < MinHeader {
		return append(dst, "header cut short"...)
	}
	seq, ack, window := uint32(v.Seq()), uint32(v.Ack()), uint32(v.Window())
	if h.Relative {
		seq, ack = h.RelativeSeq, h.RelativeAck
	}
	if h.Scaled {
		window = h.ScaledWindow
	}
	dst = v.Flags().Append(dst)
	dst = appendNumber(dst, " seq ", seq)
	if v.Flags().Has(ACK) {
		dst = appendNumber(dst, " ack ", ack)
	}
	dst = appendNumber(dst, " win ", window)
	if v.Flags().Has(URG) {
		dst = appendNumber(dst, " urg ", uint32(v.Urgent()))
	}
	dst = h.appendOptions(dst)
	if h.DataSize > 0 {
		dst = appendNumber(dst, " len ", uint32(h.DataSize))
	}
	return dst
}

func (h *Header) appendOptions(dst []byte) []byte {
	r := NewOptionReader(h.View.Options())
	for {
		o, ok := r.Next()
		if !ok {
			return dst
		}
		if o.Bad {
			dst = append(append(append(dst, ' '), o.Kind.String()...), " malformed"...)
			continue
		}
		switch d := o.Data; o.Kind {
		case EndOfOptions, NoOperation:
		case MaxSegment:
			dst = appendNumber(dst, " mss ", uint32(binary.BigEndian.Uint16(d)))
		case WindowScale:
			dst = appendNumber(dst, " wscale ", uint32(d[0]))
		case SACK:
			dst = append(dst, " sack"...)
			for ; len(d) >= 8; d = d[8:] {
				dst = h.appendBlock(append(dst, ' '), d)
			}
		case Timestamps:
			dst = appendNumber(dst, " ts ", binary.BigEndian.Uint32(d))
			dst = appendNumber(dst, " ecr ", binary.BigEndian.Uint32(d[4:]))
		case SACKPermitted:
			dst = append(dst, " sack-permitted"...)
		default:
			dst = append(append(dst, ' '), o.Kind.String()...)
		}
	}
}

// appendBlock adds the block in the first 8 bytes of d, relative like the acknowledgement number.
func (h *Header) appendBlock(dst, d []byte) []byte {
	var base uint32
	if h.Relative {
		base = uint32(h.View.Ack()) - h.RelativeAck
	}
	dst = strconv.AppendUint(dst, uint64(binary.BigEndian.Uint32(d)-base), 10)
	dst = append(dst, '-')
	return strconv.AppendUint(dst, uint64(binary.BigEndian.Uint32(d[4:])-base), 10)
}

func appendNumber(dst []byte, before string, n uint32) []byte {
	return layers.Uint(n).Append(append(dst, before...))
}

// AppendFields adds the fields that the frame holds, in the order of RFC 9293 §3.1, each option that says something
// (once), and behind them what was derived: relative numbers, the scaled window, the data's size, the analysis.
func (h *Header) AppendFields(dst []layers.Field) []layers.Field {
	v := h.View
	if len(v) < MinHeader {
		padded := make(View, MinHeader) // of a header that is cut short the fields that are there are shown
		copy(padded, v)
		v = padded
	}
	l := layers.FieldList{Fields: dst, Start: h.Offset, Have: len(h.View)}
	l.Add("source-port", 0, 2, layers.Uint(v.SourcePort()))
	l.Add("destination-port", 2, 2, layers.Uint(v.DestinationPort()))
	l.Add("raw-seq", 4, 4, layers.Uint(v.Seq()))
	l.Add("raw-ack", 8, 4, layers.Uint(v.Ack()))
	l.AddBits("header-length", 12, 1, layers.Bits{First: 0, Count: 4}, layers.Int(v.HeaderLen()))
	l.AddBits("reserved", 12, 1, layers.Bits{First: 4, Count: 3}, layers.Uint(v.Reserved()))
	l.AddBits("flags", 12, 2, layers.Bits{First: 7, Count: 9}, layers.Words(v.Flags().Names()))
	l.Add("raw-window", 14, 2, layers.Uint(v.Window()))
	l.Add("checksum", 16, 2, layers.HexUint(v.Checksum(), 4))
	l.Add("urgent", 18, 2, layers.Uint(v.Urgent()))
	if len(h.View) < MinHeader {
		return l.Fields
	}
	return h.appendDerived(h.appendOptionFields(l.Fields))
}

// appendOptionFields adds a field for each option that says something, and before them one that lists all. An option
// that occurs again has no second field.
func (h *Header) appendOptionFields(dst []layers.Field) []layers.Field {
	b := h.View.Options()
	if len(b) == 0 {
		return dst
	}
	list := len(dst)
	dst = append(dst, layers.Field{Name: "options", Range: layers.Range{Offset: h.Offset + MinHeader, Length: len(b)}})
	names := h.optionNames[:0]
	var seen [256]bool
	r := NewOptionReader(b)
	for {
		o, ok := r.Next()
		if !ok {
			break
		}
		names = append(names, o.Kind.String())
		if o.Kind <= NoOperation || seen[o.Kind] {
			continue
		}
		at := layers.Range{Offset: h.Offset + MinHeader + o.Offset, Length: o.Length}
		name := o.Kind.String()
		if name == "unknown-option" {
			if seen[EndOfOptions] { // stands for: an unknown option has its field already
				continue
			}
			seen[EndOfOptions] = true
		}
		seen[o.Kind] = true
		if o.Kind == Timestamps && !o.Bad {
			at.Length = 6
			dst = append(dst, layers.Field{Name: "timestamp", Range: at, Value: layers.Uint(binary.BigEndian.Uint32(o.Data))})
			at.Offset, at.Length = at.Offset+6, 4
			dst = append(dst, layers.Field{Name: "timestamp-echo", Range: at, Value: layers.Uint(binary.BigEndian.Uint32(o.Data[4:]))})
			continue
		}
		dst = append(dst, layers.Field{Name: name, Range: at, Value: h.optionValue(o)})
	}
	h.optionNames = names
	dst[list].Value = layers.Words(names)
	return dst
}

func (h *Header) optionValue(o RawOption) layers.Value {
	if o.Bad {
		return layers.Bytes(o.Data)
	}
	switch o.Kind {
	case MaxSegment:
		return layers.Uint(binary.BigEndian.Uint16(o.Data))
	case WindowScale:
		return layers.Uint(o.Data[0])
	case SACKPermitted:
		return layers.Bool(true)
	case SACK:
		var blocks []string
		for d := o.Data; len(d) >= 8; d = d[8:] {
			blocks = append(blocks, string(h.appendBlock(nil, d)))
		}
		return layers.Words(blocks)
	}
	return layers.Bytes(o.Data)
}

func (h *Header) appendDerived(dst []layers.Field) []layers.Field {
	if h.Relative {
		dst = append(dst, layers.Field{Name: "seq", Value: layers.Uint(h.RelativeSeq)})
		if h.View.Flags().Has(ACK) {
			dst = append(dst, layers.Field{Name: "ack", Value: layers.Uint(h.RelativeAck)})
		}
	}
	if h.Scaled {
		dst = append(dst, layers.Field{Name: "window", Value: layers.Uint(h.ScaledWindow)})
	}
	dst = append(dst, layers.Field{Name: "data-length", Value: layers.Int(h.DataSize)})
	if len(h.Analysis) > 0 {
		dst = append(dst, layers.Field{Name: "analysis", Value: layers.Words(h.Analysis)})
	}
	return dst
}
