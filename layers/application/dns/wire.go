package dns

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// A ParseError says where a message stops making sense.
type ParseError struct {
	At  int    // offset of the octet in the message
	Why string // what is wrong there
	Ref string // the rule
}

func (e *ParseError) Error() string {
	return "dns: byte " + strconv.Itoa(e.At) + ": " + e.Why + " (" + e.Ref + ")"
}

const headerLength = 12

// Parse reads a message. With an error (a *ParseError) the message holds what came before the fault. Octets behind the last
// record are ignored.
func Parse(b []byte) (Message, error) {
	r := reader{b: b}
	if len(b) < headerLength {
		return Message{}, &ParseError{len(b), "shorter than the header of 12 octets", "RFC 1035 §4.1.1"}
	}
	flags := r.uint16(2)
	m := Message{
		ID:                 r.uint16(0),
		Response:           flags&0x8000 != 0,
		Opcode:             uint8(flags >> 11 & 15),
		Authoritative:      flags&0x0400 != 0,
		Truncated:          flags&0x0200 != 0,
		RecursionDesired:   flags&0x0100 != 0,
		RecursionAvailable: flags&0x0080 != 0,
		Zero:               uint8(flags >> 4 & 7),
		Code:               Code(flags & 15),
	}
	at := headerLength
	for range r.uint16(4) {
		q, err := r.question(at)
		if err != nil {
			return m, err
		}
		m.Questions = append(m.Questions, q)
		at = q.span.end
	}
	for i, section := range []*[]Record{&m.Answers, &m.Authorities, &m.Additionals} {
		for range r.uint16(6 + 2*i) {
			record, err := r.record(at)
			if err != nil {
				return m, err
			}
			*section = append(*section, record)
			at = record.span.end
		}
	}
	return m, nil
}

// A reader reads one message.
type reader struct{ b []byte }

func (r reader) uint16(at int) uint16 { return binary.BigEndian.Uint16(r.b[at:]) }
func (r reader) uint32(at int) uint32 { return binary.BigEndian.Uint32(r.b[at:]) }

func (r reader) question(at int) (Question, error) {
	name, next, err := r.name(at, len(r.b))
	if err != nil {
		return Question{}, err
	}
	if next+4 > len(r.b) {
		return Question{}, &ParseError{next, "the question is cut short", "RFC 1035 §4.1.2"}
	}
	return Question{name, Type(r.uint16(next)), Class(r.uint16(next + 2)), span{at, next, next + 4}}, nil
}

func (r reader) record(at int) (Record, error) {
	name, next, err := r.name(at, len(r.b))
	if err != nil {
		return Record{}, err
	}
	if next+10 > len(r.b) {
		return Record{}, &ParseError{next, "the record is cut short", "RFC 1035 §4.1.3"}
	}
	data := next + 10
	end := data + int(r.uint16(next+8))
	if end > len(r.b) {
		return Record{}, &ParseError{next + 8, "RDLENGTH reaches behind the message", "RFC 1035 §4.1.3"}
	}
	record := Record{Name: name, Type: Type(r.uint16(next)), Class: Class(r.uint16(next + 2)), TTL: r.uint32(next + 4), span: span{at, next, end}}
	record.Data, err = r.data(record.Type, data, end)
	return record, err
}

// data reads RDATA, the octets from at to end. What does not have its type's form is kept as Opaque.
func (r reader) data(t Type, at, end int) (Data, error) {
	switch t {
	case TypeA, TypeAAAA:
		if a, ok := netip.AddrFromSlice(r.b[at:end]); ok && a.Is4() == (t == TypeA) {
			return Address{a}, nil
		}
	case TypeNS, TypeCNAME, TypePTR:
		host, next, err := r.name(at, end)
		if err != nil || next == end {
			return Host{host}, err
		}
	case TypeMX:
		if at+2 < end {
			host, next, err := r.name(at+2, end)
			if err != nil || next == end {
				return Exchange{r.uint16(at), host}, err
			}
		}
	case TypeTXT:
		if text, ok := r.text(at, end); ok {
			return text, nil
		}
	case TypeSOA:
		if soa, ok, err := r.authority(at, end); ok || err != nil {
			return soa, err
		}
	}
	return Opaque(r.b[at:end:end]), nil
}

func (r reader) text(at, end int) (Text, bool) {
	var all Text
	for at < end {
		next := at + 1 + int(r.b[at])
		if next > end {
			return nil, false
		}
		all = append(all, string(r.b[at+1:next]))
		at = next
	}
	return all, len(all) > 0
}

func (r reader) authority(at, end int) (soa Authority, ok bool, err error) {
	if soa.Primary, at, err = r.name(at, end); err != nil {
		return soa, false, err
	}
	if soa.Mailbox, at, err = r.name(at, end); err != nil || at+20 != end {
		return soa, false, err
	}
	for i, v := range []*uint32{&soa.Serial, &soa.Refresh, &soa.Retry, &soa.Expire, &soa.Minimum} {
		*v = r.uint32(at + 4*i)
	}
	return soa, true, nil
}

// maxPointers bounds how many pointers one name may go through. A name has at most 127 labels, so honest ones need fewer.
const maxPointers = 127

// name reads the name at at, whose own octets end before end, and returns the offset behind it there. A pointer leads to an
// earlier place in the message, so a name can't lead back into itself.
func (r reader) name(at, end int) (Name, int, error) {
	const ref = "RFC 1035 §4.1.4"
	var text []byte
	length, pointers, next, start := 1, 0, -1, at
	for {
		if at >= end {
			return "", 0, &ParseError{at, "a name is cut short", ref}
		}
		n := int(r.b[at])
		switch n & 0xC0 {
		case 0x00:
			if n == 0 {
				if next < 0 {
					next = at + 1
				}
				if text == nil {
					return Root, next, nil
				}
				return Name(text), next, nil
			}
			if at+1+n > end {
				return "", 0, &ParseError{at, "a label is cut short", ref}
			}
			// RFC 1035 §2.3.4: names have 255 octets or less
			if length += 1 + n; length > maxName {
				return "", 0, &ParseError{at, "a name is longer than 255 octets", "RFC 1035 §2.3.4"}
			}
			if text != nil {
				text = append(text, '.')
			}
			text = appendLabel(text, r.b[at+1:at+1+n])
			at += 1 + n
		case 0xC0:
			if at+2 > end {
				return "", 0, &ParseError{at, "a pointer is cut short", ref}
			}
			target := int(r.uint16(at) & 0x3FFF)
			// RFC 1035 §4.1.4: a pointer is to a prior occurrence of the name
			if target >= start {
				return "", 0, &ParseError{at, "a pointer does not lead back", ref}
			}
			if pointers++; pointers > maxPointers {
				return "", 0, &ParseError{at, "a name goes through too many pointers", ref}
			}
			if next < 0 {
				next = at + 2
			}
			at, start, end = target, target, len(r.b)
		default:
			return "", 0, &ParseError{at, "a label of an unknown kind", ref}
		}
	}
}

// Append adds the message's octets to dst, with its names compressed. It fails when a name can't be one, or a part is too
// long for its length field; then it adds nothing.
func (m *Message) Append(dst []byte) ([]byte, error) {
	w := writer{b: dst, start: len(dst), names: map[string]int{}}
	flags := uint16(m.Opcode&15)<<11 | uint16(m.Zero&7)<<4 | uint16(m.Code&15)
	for _, f := range []struct {
		set bool
		bit uint16
	}{{m.Response, 0x8000}, {m.Authoritative, 0x0400}, {m.Truncated, 0x0200}, {m.RecursionDesired, 0x0100}, {m.RecursionAvailable, 0x0080}} {
		if f.set {
			flags |= f.bit
		}
	}
	w.uint16(m.ID)
	w.uint16(flags)
	sections := [...][]Record{m.Answers, m.Authorities, m.Additionals}
	w.uint16(uint16(len(m.Questions)))
	for _, s := range sections {
		w.uint16(uint16(len(s)))
	}
	for _, q := range m.Questions {
		if err := w.name(q.Name, true); err != nil {
			return dst, err
		}
		w.uint16(uint16(q.Type))
		w.uint16(uint16(q.Class))
	}
	for _, s := range sections {
		for _, r := range s {
			if err := w.record(r); err != nil {
				return dst, err
			}
		}
	}
	if len(w.b)-w.start > 1<<16-1 {
		return dst, &ParseError{1 << 16, "a message longer than 65535 octets", "RFC 1035 §4.2.2"}
	}
	return w.b, nil
}

// A writer writes one message.
type writer struct {
	b     []byte
	start int            // of the message in b
	names map[string]int // offsets in the message of names already written, by their labels with lengths
}

func (w *writer) uint16(v uint16) { w.b = binary.BigEndian.AppendUint16(w.b, v) }
func (w *writer) uint32(v uint32) { w.b = binary.BigEndian.AppendUint32(w.b, v) }

func (w *writer) record(r Record) error {
	if err := w.name(r.Name, true); err != nil {
		return err
	}
	w.uint16(uint16(r.Type))
	w.uint16(uint16(r.Class))
	w.uint32(r.TTL)
	length := len(w.b)
	w.uint16(0)
	if r.Data != nil {
		if err := r.Data.appendWire(w); err != nil {
			return err
		}
	}
	n := len(w.b) - length - 2
	if n > 1<<16-1 {
		return &ParseError{length - w.start, "RDATA longer than 65535 octets", "RFC 1035 §4.1.3"}
	}
	binary.BigEndian.PutUint16(w.b[length:], uint16(n))
	return nil
}

// name writes a name; the longest tail that stands in the message already becomes a pointer to it. Names that differ in
// the case of letters are not shared, so that each keeps its own.
func (w *writer) name(n Name, compress bool) error {
	labels, err := n.labels()
	if err != nil {
		return err
	}
	tails := make([]string, len(labels)+1)
	for i := len(labels) - 1; i >= 0; i-- {
		tails[i] = string([]byte{byte(len(labels[i]))}) + labels[i] + tails[i+1]
	}
	for i, label := range labels {
		if at, ok := w.names[tails[i]]; ok && compress {
			w.uint16(0xC000 | uint16(at))
			return nil
		}
		if at := len(w.b) - w.start; at <= 0x3FFF {
			w.names[tails[i]] = at
		}
		w.b = append(append(w.b, byte(len(label))), label...)
	}
	w.b = append(w.b, 0)
	return nil
}

func (a Address) appendWire(w *writer) error {
	w.b = append(w.b, a.AsSlice()...)
	return nil
}

func (x Exchange) appendWire(w *writer) error {
	w.uint16(x.Preference)
	return w.name(x.Host, true)
}

func (h Host) appendWire(w *writer) error { return w.name(h.Name, true) }

func (a Authority) appendWire(w *writer) error {
	if err := w.name(a.Primary, true); err != nil {
		return err
	}
	if err := w.name(a.Mailbox, true); err != nil {
		return err
	}
	for _, v := range [...]uint32{a.Serial, a.Refresh, a.Retry, a.Expire, a.Minimum} {
		w.uint32(v)
	}
	return nil
}

func (t Text) appendWire(w *writer) error {
	for _, s := range t {
		if len(s) > 255 {
			return &ParseError{len(w.b) - w.start, "a string longer than 255 octets", "RFC 1035 §3.3"}
		}
		w.b = append(append(w.b, byte(len(s))), s...)
	}
	return nil
}

func (o Opaque) appendWire(w *writer) error {
	w.b = append(w.b, o...)
	return nil
}

func (a Address) appendText(dst []byte) []byte { return a.AppendTo(dst) }

func (x Exchange) appendText(dst []byte) []byte {
	dst = strconv.AppendUint(dst, uint64(x.Preference), 10)
	return append(append(dst, ' '), x.Host...)
}

func (h Host) appendText(dst []byte) []byte { return append(dst, h.Name...) }

func (a Authority) appendText(dst []byte) []byte {
	dst = append(append(append(dst, a.Primary...), ' '), a.Mailbox...)
	for _, v := range [...]uint32{a.Serial, a.Refresh, a.Retry, a.Expire, a.Minimum} {
		dst = strconv.AppendUint(append(dst, ' '), uint64(v), 10)
	}
	return dst
}

func (t Text) appendText(dst []byte) []byte {
	for i, s := range t {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = strconv.AppendQuoteToASCII(dst, s)
	}
	return dst
}

// appendText shows unknown data as RFC 3597 §5 does.
func (o Opaque) appendText(dst []byte) []byte {
	const hex = "0123456789abcdef"
	dst = strconv.AppendUint(append(dst, `\# `...), uint64(len(o)), 10)
	if len(o) > 0 {
		dst = append(dst, ' ')
	}
	for _, c := range o {
		dst = append(dst, hex[c>>4], hex[c&15])
	}
	return dst
}
