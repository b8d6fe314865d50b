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
	if at+length <= l.Have {
		l.Fields = append(l.Fields, Field{Name: name, Range: Range{Offset: l.Start + at, Length: length}, Bits: bits, Value: v})
	}
}

// Derive adds a field without bytes of its own.
func (l *FieldList) Derive(name string, v Value) {
	l.Fields = append(l.Fields, Field{Name: name, Value: v})
}
