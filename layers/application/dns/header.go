package dns

import (
	"strconv"

	"mailwire/layers"
)

// A Header is a message as it lies in a frame. It is read only when somebody looks.
type Header struct {
	data   []byte
	offset int
}

// NewHeader returns the message that data holds, where offset is data's place in Frame.Data. A message over TCP is given
// without its two octets of length.
func NewHeader(data []byte, offset int) *Header { return &Header{data, offset} }

// shownRecords is how many records a summary lists.
const shownRecords = 4

// AppendSummary adds "MX? example.org" for a query, and for a response its records, "MX 10 mail.example.net ttl 300", or what
// stands in their place, "NXDOMAIN MX? example.org".
func (h *Header) AppendSummary(dst []byte) []byte {
	m, err := Parse(h.data)
	dst = m.appendSummary(dst)
	if err != nil {
		dst = append(dst, " (malformed)"...)
	}
	return dst
}

func (m *Message) appendSummary(dst []byte) []byte {
	plain := m.Response && m.Code == NoError && len(m.Answers) > 0
	if m.Response && !plain {
		word := m.Code.String()
		if m.Code == NoError {
			word = "NODATA"
		}
		if m.Truncated {
			word += " TC"
		}
		dst = append(append(dst, word...), ' ')
	}
	if !plain {
		for i, q := range m.Questions {
			if i == shownRecords {
				return append(dst, ", …"...)
			}
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = q.appendTo(dst)
		}
		return dst
	}
	for i, r := range m.Answers {
		if i == shownRecords {
			dst = append(dst, ", +"...)
			return strconv.AppendInt(dst, int64(len(m.Answers)-i), 10)
		}
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = r.appendTo(dst)
	}
	return dst
}

// AppendFields adds the fields in the order of their octets. Those of questions and records come as often as these do.
func (h *Header) AppendFields(dst []layers.Field) []layers.Field {
	f := fields{reader{h.data}, h.offset, dst}
	if len(h.data) < headerLength {
		return dst
	}
	m, _ := Parse(h.data)
	f.head(&m)
	for _, q := range m.Questions {
		s := q.span
		f.add("question-name", s.start, s.name, layers.String(string(q.Name)))
		f.add("question-type", s.name, s.name+2, layers.Uint(q.Type).Named(q.Type.String()))
		f.add("question-class", s.name+2, s.end, layers.Uint(q.Class).Named(q.Class.String()))
	}
	for _, section := range [...][]Record{m.Answers, m.Authorities, m.Additionals} {
		for _, r := range section {
			f.record(r)
		}
	}
	return f.all
}

// fields gathers the fields of one message.
type fields struct {
	reader
	offset int
	all    []layers.Field
}

func (f *fields) add(name string, from, to int, v layers.Value) {
	f.all = append(f.all, layers.Field{Name: name, Range: layers.Range{Offset: f.offset + from, Length: to - from}, Value: v})
}

// head adds the twelve octets that begin every message (RFC 1035 §4.1.1).
func (f *fields) head(m *Message) {
	f.add("id", 0, 2, layers.HexUint(m.ID, 4))
	bit := uint8(0)
	flag := func(name string, count uint8, v layers.Value) {
		f.add(name, 2, 4, v)
		f.all[len(f.all)-1].Bits = layers.Bits{First: bit, Count: count}
		bit += count
	}
	flag("response", 1, layers.Bool(m.Response))
	flag("opcode", 4, layers.Uint(m.Opcode))
	flag("authoritative", 1, layers.Bool(m.Authoritative))
	flag("truncated", 1, layers.Bool(m.Truncated))
	flag("recursion-desired", 1, layers.Bool(m.RecursionDesired))
	flag("recursion-available", 1, layers.Bool(m.RecursionAvailable))
	flag("zero", 3, layers.Uint(m.Zero))
	flag("code", 4, layers.Uint(m.Code).Named(m.Code.String()))
	for i, name := range [...]string{"question-count", "answer-count", "authority-count", "additional-count"} {
		f.add(name, 4+2*i, 6+2*i, layers.Uint(f.uint16(4+2*i)))
	}
}

func (f *fields) record(r Record) {
	at := r.span.name
	f.add("record-name", r.span.start, at, layers.String(string(r.Name)))
	f.add("record-type", at, at+2, layers.Uint(r.Type).Named(r.Type.String()))
	f.add("record-class", at+2, at+4, layers.Uint(r.Class).Named(r.Class.String()))
	f.add("record-ttl", at+4, at+8, layers.Uint(r.TTL))
	f.add("record-length", at+8, at+10, layers.Uint(f.uint16(at+8)))
	data, end := at+10, r.span.end
	switch d := r.Data.(type) {
	case Address:
		f.add("address", data, end, layers.Addr(f.b[data:end]))
	case Exchange:
		f.add("preference", data, data+2, layers.Uint(d.Preference))
		f.add("exchange", data+2, end, layers.String(string(d.Host)))
	case Host:
		f.add("host", data, end, layers.String(string(d.Name)))
	case Text:
		f.add("text", data, end, layers.String(string(d.appendText(nil))))
	case Authority:
		_, mailbox, _ := f.name(data, end)
		f.add("primary", data, mailbox, layers.String(string(d.Primary)))
		f.add("mailbox", mailbox, end-20, layers.String(string(d.Mailbox)))
		for i, v := range [...]struct {
			name  string
			value uint32
		}{{"serial", d.Serial}, {"refresh", d.Refresh}, {"retry", d.Retry}, {"expire", d.Expire}, {"minimum", d.Minimum}} {
			f.add(v.name, end-20+4*i, end-16+4*i, layers.Uint(v.value))
		}
	case Opaque:
		f.add("data", data, end, layers.Bytes(d))
	}
}
