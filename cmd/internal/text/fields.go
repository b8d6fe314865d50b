package text

import (
	"bytes"
	"hash/maphash"
	"strconv"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// The columns of a field's line: bytes, name, value, meaning; and how narrow that may become.
const (
	bytesWidth    = 9
	nameWidth     = 25
	valueWidth    = 24
	meaningIndent = noteIndent + bytesWidth + 4
	narrowest     = 24
)

// showFields shows every field of every layer: where it stands, what it is called, what it holds, and, when it is first
// met, what that means.
func (f *Face) showFields(p *trace.Packet) {
	for i := range p.PDUs {
		u := &p.PDUs[i]
		if !f.shows(u.Layer) {
			continue
		}
		protocol := f.protocol(u.Protocol)
		literal, ok := u.Header.(layers.Literal)
		if !ok {
			f.showHeader(protocol, u)
			continue
		}
		octets := literal.Octets()
		if f.repeat(protocol, u, octets) {
			continue
		}
		start, news := len(f.out), f.news
		f.showHeader(protocol, u)
		if f.news == news {
			f.keep(protocol, u, octets, f.out[start:])
		}
	}
}

// showHeader shows the fields of one layer. Rows that say what they said for the header before are copied together.
func (f *Face) showHeader(p *protocol, u *layers.PDU) {
	s := &p.sheets[uint(u.Offset/2+u.Length/4)%uint(len(p.sheets))]
	f.layerHead(p, s, u)
	f.fields = u.Header.AppendFields(f.fields[:0])
	start := len(f.out)
	from, to := 0, 0 // in the lines of the sheet: of the rows before this one that are to be copied
	moved := 0       // how much further down a line is than it was
	for i := range f.fields {
		field, row := &f.fields[i], s.row(i)
		if i < s.shown && row.says(field) {
			to = row.end
			row.end += moved
			continue
		}
		f.out = append(f.out, s.lines[from:to]...)
		from = len(s.lines)
		if i < s.shown {
			from = row.end
		}
		to = from
		f.field(p, u, row, field)
		row.end = len(f.out) - start
		moved = row.end - from
	}
	f.out = append(f.out, s.lines[from:to]...)
	s.shown, s.lines = 0, s.lines[:0]
	if len(f.out)-start <= keptMax && len(f.fields) <= rowsMax {
		s.shown, s.lines = len(f.fields), append(s.lines, f.out[start:]...)
	}
}

// A block is the lines of a header that says what its octets say and nothing else: those of Ethernet are the same for each
// packet that goes one way.
type block struct {
	protocol *protocol
	at       layers.Range
	octets   []byte
	lines    []byte
}

// block is where the lines of a header are kept: one of the few places that there are, by its octets.
func (f *Face) block(octets []byte) *block {
	return &f.blocks[maphash.Bytes(f.seed, octets)%uint64(len(f.blocks))]
}

// repeat writes the lines of a header again, if the place for them holds them still.
func (f *Face) repeat(p *protocol, u *layers.PDU, octets []byte) bool {
	b := f.block(octets)
	if b.protocol != p || b.at.Offset != u.Offset || b.at.Length != u.Length || !bytes.Equal(b.octets, octets) {
		return false
	}
	f.out = append(f.out, b.lines...)
	return true
}

// keep remembers the lines of a header, with no meanings among them that were new.
func (f *Face) keep(p *protocol, u *layers.PDU, octets, lines []byte) {
	b := f.block(octets)
	b.protocol, b.at = p, layers.Range{Offset: u.Offset, Length: u.Length}
	b.octets, b.lines = append(b.octets[:0], octets...), append(b.lines[:0], lines...)
}

// A sheet is what the face remembers of the headers of a protocol that begin at one place and have one length. They have mostly
// the same fields in the same order, and many of these the same value in all of them.
type sheet struct {
	at    layers.Range
	head  []byte // the line over the fields
	rows  []fieldRow
	spare fieldRow // for the fields beyond rowsMax
	shown int      // how many rows of the last header are kept
	lines []byte   // of these rows
}

// A fieldRow is what the face remembers of a field.
type fieldRow struct {
	name  string
	at    layers.Range
	head  []byte       // indentation, bytes and name, ready to be written
	room  int          // columns behind it
	told  bool         // its meaning was shown, here or elsewhere, or is not to be shown
	last  bool         // value is what the last line says, and the line says nothing else
	value layers.Value // a lasting one
	end   int          // of that line among those of the sheet
}

// says tells whether the last line of the row is that of a field.
func (r *fieldRow) says(field *layers.Field) bool {
	return r.last && r.value == field.Value && r.at == field.Range && r.name == field.Name
}

// rowsMax bounds how many fields of a sheet are remembered; the most have some dozens.
const rowsMax = 64

// keptMax bounds in bytes what is remembered of the lines of a header; most have some hundreds.
const keptMax = 8 << 10

// row is the row of the field at index i.
func (s *sheet) row(i int) *fieldRow {
	switch {
	case i < len(s.rows):
		return &s.rows[i]
	case i >= rowsMax:
		return &s.spare
	}
	s.rows = append(s.rows, fieldRow{})
	return &s.rows[i]
}

// layerHead writes the name of a layer and which bytes of the frame are its own, if any.
func (f *Face) layerHead(p *protocol, s *sheet, u *layers.PDU) {
	at := layers.Range{Offset: u.Offset, Length: u.Length}
	if s.head == nil || s.at != at {
		start := len(f.out)
		f.spaces(noteIndent)
		f.out = appendPainted(f.out, &f.layer[u.Layer], p.name)
		if at.Length > 0 {
			f.text = f.appendLabel(append(f.text[:0], "  "...), "face.bytes-from-to", layers.A("first", layers.Int(u.Offset)), layers.A("last", layers.Int(at.End()-1)), layers.A("count", f.number(u.Length)))
			f.out = appendPainted(f.out, &f.faint, f.text)
		}
		f.endLine()
		s.at, s.head = at, append(s.head[:0], f.out[start:]...)
		return
	}
	f.out = append(f.out, s.head...)
}

// fieldHead makes a row that of a field, where the field stands.
func (f *Face) fieldHead(row *fieldRow, field *layers.Field) {
	start := len(f.out)
	f.spaces(noteIndent)
	f.text = f.text[:0]
	if at := field.Range; at.Length > 0 {
		f.text = strconv.AppendInt(f.text, int64(at.Offset), 10)
		if at.Length > 1 {
			f.text = strconv.AppendInt(append(f.text, '-'), int64(at.End()-1), 10)
		}
	}
	columns := noteIndent + f.right(&f.faint, f.text, bytesWidth)
	f.spaces(2)
	f.text = terminal.AppendSafe(f.text[:0], field.Name)
	columns += 2 + f.left(&f.bare, f.text, nameWidth)
	row.head = append(row.head[:0], f.out[start:]...)
	row.room = f.Width - columns
	row.told = row.told && row.name == field.Name
	row.name, row.at = field.Name, field.Range
	f.out = f.out[:start]
}

// field writes the line of a field, and its meaning where it is due.
func (f *Face) field(p *protocol, u *layers.PDU, row *fieldRow, field *layers.Field) {
	if row.at != field.Range || row.name != field.Name || row.head == nil {
		f.fieldHead(row, field)
	}
	due := f.Explain == Always || !row.told && f.due(p, row, field)
	if row.last = !due && field.Value.Lasting(); row.last {
		row.value = field.Value
	}
	out := append(f.out, row.head...)
	start := len(out)
	out = field.Value.Append(out)
	meant := field.Value.Name()
	if meant != "" {
		out = append(append(append(out, " ("...), meant...), ')')
	}
	plain := meant == "" && bare(field.Value.Kind()) || terminal.Plain(out[start:])
	if plain && !due && len(out)-start <= row.room {
		f.out = endLine(out)
		return
	}
	f.text = terminal.MakeSafe(append(f.text[:0], out[start:]...), 0)
	f.out = out[:start]
	f.value(u, row, field, due)
}

// bare says that values of a kind are written with digits and letters of mailwire's own alone.
func bare(k layers.Kind) bool {
	return k == layers.Number || k == layers.Hex || k == layers.Address || k == layers.MAC
}

// due says whether the meaning of a field, which its row has not shown, is to be shown: it is not, where the same field
// had a row elsewhere.
func (f *Face) due(p *protocol, row *fieldRow, field *layers.Field) bool {
	row.told = true
	if f.Explain == Never || p.explained[field.Name] || len(p.explained) >= explainedMax {
		return false
	}
	p.explained[field.Name] = true
	f.news++
	return true
}

// explainedMax bounds how many fields of a protocol are explained; the most have some dozens.
const explainedMax = 1 << 10

// value writes f.text, the value of a field, behind the head of its line, and its meaning if that is due: beside the value
// where there is room for it, else below.
func (f *Face) value(u *layers.PDU, row *fieldRow, field *layers.Field, due bool) {
	wide, room := columns(f.text), row.room-valueWidth-1
	if !due || f.Width < 100 || room < narrowest || wide > valueWidth {
		f.hang(f.Width-row.room, &f.bare, f.text, &f.bare, nil)
		if due {
			f.spaces(meaningIndent)
			f.meaning(u, field, meaningIndent, max(min(f.Width, wrapMax)-meaningIndent, narrowest))
		}
	} else {
		f.out = append(f.out, f.text...)
		f.spaces(valueWidth - wide + 1)
		f.meaning(u, field, f.Width-room, room)
	}
}

// meaning writes what a field means, from where the line is, which is indent, on.
func (f *Face) meaning(u *layers.PDU, field *layers.Field, indent, room int) {
	f.text = f.appendLabel(f.text[:0], u.Protocol+".field."+field.Name, layers.A("value", field.Value))
	f.text = terminal.MakeSafe(f.text, 0)
	f.flow(indent, room, &f.faint, f.text)
	f.endLine()
}
