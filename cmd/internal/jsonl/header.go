package jsonl

import (
	"bytes"
	"hash/maphash"
	"strconv"

	"mailwire/layers"
)

// pdu writes one layer of a packet.
func (f *Face) pdu(u *layers.PDU) {
	if f.out[len(f.out)-1] == '}' {
		f.out = append(f.out, ',')
	}
	literal, ok := u.Header.(layers.Literal)
	if !ok || u.Stream >= 0 {
		f.header(u)
		return
	}
	octets := literal.Octets()
	b := &f.blocks[maphash.Bytes(f.seed, octets)%uint64(len(f.blocks))]
	if b.protocol == u.Protocol && b.at.Offset == u.Offset && b.at.Length == u.Length && bytes.Equal(b.octets, octets) {
		f.out = append(f.out, b.json...)
		return
	}
	start := len(f.out)
	f.header(u)
	b.protocol, b.at = u.Protocol, layers.Range{Offset: u.Offset, Length: u.Length}
	b.octets, b.json = append(b.octets[:0], octets...), append(b.json[:0], f.out[start:]...)
}

// A block is a header that says what its octets say and nothing else: those of Ethernet are the same for each packet that goes
// one way.
type block struct {
	protocol string
	at       layers.Range
	octets   []byte
	json     []byte
}

func (f *Face) header(u *layers.PDU) {
	s := f.sheet(u)
	o := object(append(f.out, s.head...))
	if u.Stream >= 0 {
		o = strconv.AppendInt(o.raw(`,"stream":`), int64(u.Stream), 10)
	}
	f.buffer = u.Header.AppendSummary(f.buffer[:0])
	o = appendString(o.raw(`,"summary":`), f.buffer)
	f.fields = u.Header.AppendFields(f.fields[:0])
	f.out = append(s.appendFields(o.raw(`,"fields":{`), f.fields), '}', '}')
}

// Sheets are those of a protocol, by where its headers begin and how long they are.
type sheets [32]sheet

// A sheet is what the face remembers of the headers of a protocol that begin at one place and have one length. They have mostly
// the same fields in the same order, and many of these the same value in all of them.
type sheet struct {
	at    layers.Range
	head  []byte // up to the length
	rows  []row
	shown int    // how many rows of the last header are kept
	json  []byte // of these rows
}

// A row is what the face remembers of a field.
type row struct {
	name  string
	key   []byte       // a comma, the name in quotes, a colon
	last  bool         // value is that of the last header
	value layers.Value // a lasting one
	end   int          // in the JSON of the sheet
}

// rowsMax bounds how many fields of a sheet are remembered; the most have some dozens.
const rowsMax = 64

// keptMax bounds in bytes what is remembered of the fields of a header; most have some hundreds.
const keptMax = 4 << 10

// sheet is what is remembered of headers such as that of u.
func (f *Face) sheet(u *layers.PDU) *sheet {
	all := f.sheets.Get(u.Protocol)
	if all == nil {
		all = new(sheets)
		f.sheets.Set(u.Protocol, all)
	}
	s := &all[uint(u.Offset/2+u.Length/4)%uint(len(all))]
	if at := (layers.Range{Offset: u.Offset, Length: u.Length}); s.head == nil || s.at != at {
		o := append(object(s.head[:0]), `{"layer":"`...)
		o = append(o, u.Layer.String()...)
		o = append(o.raw(`","protocol":"`), u.Protocol...)
		o = strconv.AppendInt(o.raw(`","offset":`), int64(u.Offset), 10)
		s.at, s.head = at, strconv.AppendInt(o.raw(`,"length":`), int64(u.Length), 10)
	}
	return s
}

// appendFields writes the fields as members of an object. Those that say what they said for the header before are copied
// together.
func (s *sheet) appendFields(o object, fields []layers.Field) object {
	if !s.named(fields) {
		return appendFields(o, fields)
	}
	start := len(o)
	from, to := 0, 0 // in the JSON of the sheet: of the rows before this one that are to be copied
	moved := 0       // how much further back a row is than it was
	for i := range fields {
		r, v := &s.rows[i], &fields[i].Value
		known := i < s.shown
		if known && r.last && r.value == *v {
			to = r.end
			r.end += moved
			continue
		}
		o = append(o, s.json[from:to]...)
		from = len(s.json)
		if known {
			from = r.end
		}
		to = from
		if r.last = v.Lasting(); r.last {
			r.value = *v
		}
		key := r.key
		if i == 0 {
			key = key[1:]
		}
		o = appendValue(append(o, key...), *v)
		r.end = len(o) - start
		moved = r.end - from
	}
	o = append(o, s.json[from:to]...)
	s.shown, s.json = 0, s.json[:0]
	if len(o)-start <= keptMax {
		s.shown, s.json = len(fields), append(s.json, o[start:]...)
	}
	return o
}

// named gives the rows the names of the fields. It reports false where there are too many of them, or several with one name.
func (s *sheet) named(fields []layers.Field) bool {
	for i := range fields {
		if i == len(s.rows) || s.rows[i].name != fields[i].Name {
			return s.rename(fields)
		}
	}
	return true
}

// rename is named where the fields are not those of the header before.
func (s *sheet) rename(fields []layers.Field) bool {
	s.shown = 0
	if len(fields) > rowsMax || repeated(fields) {
		s.rows = s.rows[:0]
		return false
	}
	for i := range fields {
		if i == len(s.rows) {
			s.rows = append(s.rows, row{})
		}
		if r := &s.rows[i]; r.name != fields[i].Name || r.key == nil {
			r.name = fields[i].Name
			r.key = append(append(append(r.key[:0], ',', '"'), r.name...), '"', ':')
		}
	}
	s.rows = s.rows[:len(fields)]
	return true
}

// appendFields writes the fields as members of an object; those with one name (the records of a DNS message) as one
// member, an array, in the place of the first.
func appendFields(o object, fields []layers.Field) object {
	several := repeated(fields)
	for i := range fields {
		name := fields[i].Name
		if several && contains(fields[:i], name) {
			continue
		}
		if !several || !contains(fields[i+1:], name) {
			o = o.value(name, fields[i].Value)
			continue
		}
		o = append(o.key(name), '[')
		for j := i; j < len(fields); j++ {
			if fields[j].Name == name {
				if j > i {
					o = append(o, ',')
				}
				o = appendValue(o, fields[j].Value)
			}
		}
		o = append(o, ']')
	}
	return o
}

// repeated tells whether fields have one name.
func repeated(fields []layers.Field) bool {
	var names nameSet
	for i := range fields {
		if name := fields[i].Name; names.add(name) && contains(fields[:i], name) {
			return true
		}
	}
	return false
}

func contains(fields []layers.Field, name string) bool {
	for i := range fields {
		if fields[i].Name == name {
			return true
		}
	}
	return false
}

// A nameSet remembers names roughly: it may take a new one for one that is there, never the reverse.
type nameSet [4]uint64

// add tells whether the name may have been there.
func (s *nameSet) add(name string) bool {
	if name == "" {
		return true
	}
	sum := uint(len(name)) + 5*uint(name[0]) + 37*uint(name[len(name)-1]) + 83*uint(name[len(name)/2])
	word, bit := &s[sum>>6&3], uint64(1)<<(sum&63)
	there := *word&bit != 0
	*word |= bit
	return there
}
