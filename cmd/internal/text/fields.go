package text

import (
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

// A layerHead is the line over the fields of one layer, as it was last written.
type layerHead struct {
	at   layers.Range
	line []byte
}

// showFields shows every field of every layer: where it stands, what it is called, what it holds, and, when it is first
// met, what that means.
func (f *Face) showFields(p *trace.Packet) {
	for i := range p.PDUs {
		u := &p.PDUs[i]
		if !f.shows(u.Layer) {
			continue
		}
		f.layerHead(u)
		f.fields.list = u.Header.AppendFields(f.fields.list[:0])
		for i := range f.fields.list {
			f.field(u, &f.fields.list[i])
		}
	}
}

// layerHead writes the name of a layer and which bytes of the frame are its own.
func (f *Face) layerHead(u *layers.PDU) {
	p := f.protocol(u.Protocol)
	if at := (layers.Range{Offset: u.Offset, Length: u.Length}); p.head.line == nil || p.head.at != at {
		start := len(f.out)
		f.spaces(noteIndent)
		f.out = append(appendPainted(f.out, &f.layer[u.Layer], p.name), "  "...)
		f.text = f.appendLabel(f.text[:0], "face.bytes-from-to", layers.A("first", layers.Int(u.Offset)), layers.A("last", layers.Int(max(at.End()-1, u.Offset))), layers.A("count", f.number(u.Length)))
		f.out = appendPainted(f.out, &f.faint, f.text)
		f.endLine()
		p.head = layerHead{at, append(p.head.line[:0], f.out[start:]...)}
		return
	}
	f.out = append(f.out, p.head.line...)
}

// FieldRows are what the face remembers of fields. Headers of a kind have the same fields in the same order, mostly at the
// same place, so the row for a field is nearly always the one that came next the last time.
type fieldRows struct {
	list []layers.Field // of the header at hand
	rows map[fieldKey]*fieldRow
	last *fieldRow
}

type fieldKey struct{ protocol, name string }

// A fieldRow is how the lines of a field begin.
type fieldRow struct {
	fieldKey
	at        layers.Range
	head      []byte // indentation, bytes and name, ready to be written
	columns   int    // that the head takes
	explained bool   // its meaning was shown
	next      *fieldRow
}

// fieldsMax bounds how many fields are remembered; there are some hundred.
const fieldsMax = 1 << 12

// row is the row of a field, with its head for the place where the field stands.
func (f *Face) row(protocol string, field *layers.Field) *fieldRow {
	r := &f.fields
	key := fieldKey{protocol, field.Name}
	var row *fieldRow
	if r.last != nil {
		row = r.last.next
	}
	if row == nil || row.fieldKey != key {
		row = r.rows[key]
	}
	if row == nil {
		if len(r.rows) >= fieldsMax {
			clear(r.rows)
		}
		row = &fieldRow{fieldKey: key}
		r.rows[key] = row
	}
	if r.last != nil {
		r.last.next = row
	}
	r.last = row
	if row.head == nil || row.at != field.Range {
		f.fieldHead(row, field)
	}
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

// field writes the line of a field, and its meaning where it is due: beside the value where there is room for it, else
// below.
func (f *Face) field(u *layers.PDU, field *layers.Field) {
	row := f.row(u.Protocol, field)
	f.out = append(f.out, row.head...)
	start := len(f.out)
	f.out = field.Value.Append(f.out)
	if meant := field.Value.Name(); meant != "" {
		f.out = append(append(append(f.out, " ("...), meant...), ')')
	}
	f.out = terminal.MakeSafe(f.out, start)
	wide, room := columns(f.out[start:]), f.Width-row.columns-valueWidth-1
	due := f.Explain == Always || f.Explain == FirstTime && !row.explained
	beside := due && f.Width >= 100 && room >= narrowest && wide <= valueWidth
	switch {
	case wide > f.Width-row.columns:
		f.text = append(f.text[:0], f.out[start:]...)
		f.out = f.out[:start]
		f.hang(row.columns, &f.bare, f.text, &f.bare, nil)
	case beside:
		f.spaces(valueWidth - wide + 1)
		f.meaning(u, field, f.Width-room, room)
	default:
		f.endLine()
	}
	if due && !beside {
		f.spaces(meaningIndent)
		f.meaning(u, field, meaningIndent, max(min(f.Width, wrapMax)-meaningIndent, narrowest))
	}
	row.explained = true
}

// meaning writes what a field means, from where the line is, which is indent, on.
func (f *Face) meaning(u *layers.PDU, field *layers.Field, indent, room int) {
	f.text = f.appendLabel(f.text[:0], u.Protocol+".field."+field.Name, layers.A("value", field.Value))
	f.text = terminal.MakeSafe(f.text, 0)
	f.flow(indent, room, &f.faint, f.text)
	f.endLine()
}
