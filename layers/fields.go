package layers

// A FieldList collects the fields of one header for AppendFields. It leaves out every field whose bytes are not all
// there, so that a header that the capture cut is shown as far as it goes.
type FieldList struct {
	Fields []Field
	Start  int // offset of the header's first byte, from where the ranges of the fields count
	Have   int // bytes of the header that are there
}

// Add adds the field name in the length bytes from offset at of the header.
func (l *FieldList) Add(name string, at, length int, v Value) {
	l.AddBits(name, at, length, Bits{}, v)
}

// AddBits adds a field that is only some bits of these bytes.
func (l *FieldList) AddBits(name string, at, length int, bits Bits, v Value) {
	if at+length > l.Have {
		return
	}
	f := l.next()
	f.Name, f.Range, f.Bits, f.Value, f.Secret = name, Range{Offset: l.Start + at, Length: length}, bits, v, false
}

// Derive adds a field without bytes of its own.
func (l *FieldList) Derive(name string, v Value) {
	l.Fields = append(l.Fields, Field{Name: name, Value: v})
}

// next makes room for a field, to be filled where it lies: frames have dozens of fields.
func (l *FieldList) next() *Field {
	n := len(l.Fields)
	if n == cap(l.Fields) {
		l.Fields = append(l.Fields, Field{})
	}
	l.Fields = l.Fields[:n+1]
	return &l.Fields[n]
}
