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
		rows := &protocol.rows[uint(u.Offset)/2%uint(len(protocol.rows))]
		literal, ok := u.Header.(layers.Literal)
		if ok && f.repeat(protocol, u, literal.Octets()) {
			continue
		}
		start, news := len(f.out), f.news
		rows.last = &rows.before
		f.layerHead(protocol, u)
		f.fields = u.Header.AppendFields(f.fields[:0])
		for i := range f.fields {
			f.field(protocol, u, rows, &f.fields[i])
		}
		if ok && f.news == news {
			f.keep(protocol, u, literal.Octets(), f.out[start:])
		}
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

// A layerHead is the line over the fields of one layer.
type layerHead struct {
	at   layers.Range
	line []byte
}

// layerHead writes the name of a layer and which bytes of the frame are its own, if any.
func (f *Face) layerHead(p *protocol, u *layers.PDU) {
	at := layers.Range{Offset: u.Offset, Length: u.Length}
	head := &p.heads[uint(at.Length)/4%uint(len(p.heads))]
	if head.line == nil || head.at != at {
		start := len(f.out)
		f.spaces(noteIndent)
		f.out = appendPainted(f.out, &f.layer[u.Layer], p.name)
		if at.Length > 0 {
			f.text = f.appendLabel(append(f.text[:0], "  "...), "face.bytes-from-to", layers.A("first", layers.Int(u.Offset)), layers.A("last", layers.Int(at.End()-1)), layers.A("count", f.number(u.Length)))
			f.out = appendPainted(f.out, &f.faint, f.text)
		}
		f.endLine()
		head.at, head.line = at, append(head.line[:0], f.out[start:]...)
		return
	}
	f.out = append(f.out, head.line...)
}

// FieldRows are what the face remembers of the fields of a protocol where its headers begin at one place. They have mostly
// the same fields in the same order, so the row for a field is nearly always the one that came next the last time.
type fieldRows struct {
	byName map[string]*fieldRow
	before fieldRow  // stands for the beginning of a header, and for fields beyond fieldsMax
	last   *fieldRow // of the header at hand
}

// A fieldRow is how the line of a field begins.
type fieldRow struct {
	name      string
	at        layers.Range
	head      []byte    // indentation, bytes and name, ready to be written
	columns   int       // that the head takes
	explained bool      // its meaning was shown, here or elsewhere
	next      *fieldRow // the row that came next the last time; nil before that is known
}

// fieldsMax bounds how many fields of a protocol are remembered; the most have some dozens.
const fieldsMax = 1 << 10

// row is the row of a field, with its head for the place where the field stands.
func (f *Face) row(r *fieldRows, field *layers.Field) *fieldRow {
	row := r.last.next
	if row == nil || row.name != field.Name {
		row = r.find(field.Name)
		r.last.next = row
	}
	if row.head == nil || row.at != field.Range || row == &r.before {
		f.fieldHead(row, field)
	}
	return row
}

// find is the row of the field name; the one before all, which is made anew each time, where there are too many.
func (r *fieldRows) find(name string) *fieldRow {
	row := r.byName[name]
	switch {
	case row != nil:
		return row
	case r.byName == nil:
		r.byName = map[string]*fieldRow{}
	case len(r.byName) >= fieldsMax:
		return &r.before
	}
	row = &fieldRow{name: name}
	r.byName[name] = row
	return row
}

// fieldHead writes the head of a row anew.
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
	row.columns = noteIndent + f.right(&f.faint, f.text, bytesWidth)
	f.spaces(2)
	f.text = terminal.AppendSafe(f.text[:0], field.Name)
	row.columns += 2 + f.left(&f.bare, f.text, nameWidth)
	row.head = append(row.head[:0], f.out[start:]...)
	row.at = field.Range
	f.out = f.out[:start]
}

// field writes the line of a field, and its meaning where it is due.
func (f *Face) field(p *protocol, u *layers.PDU, rows *fieldRows, field *layers.Field) {
	row := rows.last.next
	if row == nil || row.name != field.Name || row.at != field.Range {
		row = f.row(rows, field)
	}
	rows.last = row
	due := f.Explain == Always || !row.explained && f.due(p, row, field)
	out := append(f.out, row.head...)
	start := len(out)
	out = field.Value.Append(out)
	meant := field.Value.Name()
	if meant != "" {
		out = append(append(append(out, " ("...), meant...), ')')
	}
	plain := meant == "" && bare(field.Value.Kind()) || terminal.Plain(out[start:])
	if plain && !due && len(out)-start <= f.Width-row.columns {
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
	row.explained = true
	if f.Explain == Never || p.explained[field.Name] || len(p.explained) >= fieldsMax {
		return false
	}
	p.explained[field.Name] = true
	f.news++
	return true
}

// value writes f.text, the value of a field, behind the head of its line, and its meaning if that is due: beside the value
// where there is room for it, else below.
func (f *Face) value(u *layers.PDU, row *fieldRow, field *layers.Field, due bool) {
	wide, room := columns(f.text), f.Width-row.columns-valueWidth-1
	if !due || f.Width < 100 || room < narrowest || wide > valueWidth {
		f.hang(row.columns, &f.bare, f.text, &f.bare, nil)
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
