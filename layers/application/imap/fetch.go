package imap

import (
	"strings"

	"mailwire/layers/application/message"
)

// A FetchItem is one thing that FETCH asks for or tells (RFC 3501 §6.4.5 and §7.4.2).
type FetchItem struct {
	// Name is FLAGS, UID, INTERNALDATE, RFC822, RFC822.SIZE, RFC822.HEADER, RFC822.TEXT, ENVELOPE, BODYSTRUCTURE, BODY
	// (the structure without extension data), or BODY[] (a section of the bytes); BINARY[] (a part, decoded) and
	// BINARY.SIZE[] of RFC 3516; MODSEQ of RFC 7162; PREVIEW of RFC 8970.
	Name    string
	Peek    bool // BODY.PEEK[], BINARY.PEEK[]: leaves \Seen alone
	Lazy    bool // PREVIEW (LAZY): only if it is at hand
	Section message.Section
	Partial *Partial // which bytes of the section; nil for all
}

// A Partial is <Offset.Count>, in octets of the section.
type Partial struct{ Offset, Count uint32 }

// fetchWords are the items that are one word. Longer words stand before those they begin with.
var fetchWords = []string{
	"BODYSTRUCTURE", "BODY", "ENVELOPE", "FLAGS", "INTERNALDATE", "MODSEQ", "PREVIEW", "RFC822.HEADER", "RFC822.SIZE", "RFC822.TEXT", "RFC822", "UID",
}

// fetchMacros are words for several items; each stands alone (RFC 3501 §6.4.5).
var fetchMacros = []struct {
	name  string
	items []string
}{
	{"ALL", []string{"FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"}},
	{"FAST", []string{"FLAGS", "INTERNALDATE", "RFC822.SIZE"}},
	{"FULL", []string{"FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"}},
}

// itemsMax bounds the items of one FETCH.
const itemsMax = 256

// FetchItems is what a FETCH command asks for: a macro, one item, or a list of them.
func (d *Decoder) FetchItems(to *[]FetchItem) bool {
	at := d.at
	for _, m := range fetchMacros {
		if d.maybe(m.name) && (d.at == len(d.b) || d.b[d.at] == ' ') {
			for _, name := range m.items {
				*to = append(*to, FetchItem{Name: name})
			}
			return true
		}
		d.at = at
	}
	item := func() bool {
		var i FetchItem
		if len(*to) >= itemsMax || !d.FetchItem(&i) {
			return false
		}
		*to = append(*to, i)
		return true
	}
	if d.at < len(d.b) && d.b[d.at] == '(' {
		return d.List(item) && (len(*to) > 0 || d.back(at) || d.want("fetch-att"))
	}
	return item()
}

// FetchItem is one fetch-att of a command.
func (d *Decoder) FetchItem(to *FetchItem) bool {
	at := d.at
	if d.maybe("BODY[") || d.maybe("BODY.PEEK[") {
		to.Name, to.Peek = "BODY[]", d.at-at > len("BODY[")
		if d.sectionRest(&to.Section) && d.partial(to) {
			return true
		}
		return d.back(at)
	}
	if d.binaryItem(to) {
		return true
	}
	for _, w := range fetchWords {
		if d.maybe(w) {
			if d.at == len(d.b) || !atomChar(d.b[d.at]) && d.b[d.at] != '[' {
				to.Name = w
				to.Lazy = w == "PREVIEW" && d.Word(" (LAZY)") // RFC 8970 §3.1
				return true
			}
			d.at = at
		}
	}
	return d.want("fetch-att")
}

// sectionRest is a section behind its opening bracket.
func (d *Decoder) sectionRest(to *message.Section) bool {
	for {
		var n uint32
		if !d.NzNumber(&n) {
			break
		}
		if len(to.Path) >= depthMax || n > 1<<30 {
			return d.want("a shorter section-part")
		}
		to.Path = append(to.Path, int(n))
		if !d.Special('.') {
			return d.Special(']')
		}
	}
	switch {
	case len(to.Path) == 0 && d.maybe("]"):
		return true
	case d.maybe("HEADER.FIELDS.NOT"):
		to.Specifier = message.HeaderFieldsNot
	case d.maybe("HEADER.FIELDS"):
		to.Specifier = message.HeaderFields
	case d.maybe("HEADER"):
		to.Specifier = message.HeaderOnly
	case d.maybe("TEXT"):
		to.Specifier = message.TextOnly
	case len(to.Path) > 0 && d.maybe("MIME"): // MIME needs a part before it (RFC 3501 §6.4.5)
		to.Specifier = message.MIMEHeader
	default:
		return d.want("section-text")
	}
	if to.Specifier == message.HeaderFields || to.Specifier == message.HeaderFieldsNot {
		field := func() bool {
			var name string
			if !d.Astring(&name) {
				return false
			}
			to.Fields = append(to.Fields, name)
			return true
		}
		if !d.SP() || !d.List(field) || len(to.Fields) == 0 {
			return d.want("header-list")
		}
	}
	return d.Special(']')
}

// partial is <origin.count>, or nothing. In a response <origin> stands alone; that is read elsewhere.
func (d *Decoder) partial(to *FetchItem) bool {
	at := d.at
	if d.at >= len(d.b) || d.b[d.at] != '<' {
		return true
	}
	var p Partial
	if d.Special('<') && d.Number(&p.Offset) && d.Special('.') && d.NzNumber(&p.Count) && d.Special('>') {
		to.Partial = &p
		return true
	}
	return d.back(at)
}

// Section writes what stands between the brackets of BODY[…].
func (e *Encoder) Section(s message.Section) *Encoder {
	for i, n := range s.Path {
		if i > 0 {
			e.Special('.')
		}
		e.Number(int64(n))
	}
	if s.Specifier != "" && len(s.Path) > 0 {
		e.Special('.')
	}
	e.Atom(string(s.Specifier))
	if len(s.Fields) > 0 {
		e.SP().list(len(s.Fields), func(i int) { e.Astring(s.Fields[i]) })
	}
	return e
}

// FetchItem writes an item as a command has it.
func (e *Encoder) FetchItem(i FetchItem) *Encoder {
	name, section := strings.CutSuffix(i.Name, "[]")
	e.Atom(name)
	if i.Lazy {
		e.Atom(" (LAZY)")
	}
	if !section {
		return e
	}
	if i.Peek {
		e.Atom(".PEEK")
	}
	e.Special('[').Section(i.Section).Special(']')
	if p := i.Partial; p != nil {
		e.Special('<').Number(int64(p.Offset)).Special('.').Number(int64(p.Count)).Special('>')
	}
	return e
}

// String is the item as a command writes it.
func (i FetchItem) String() string { return string(NewEncoder().FetchItem(i).Bytes()) }

// SetsSeen says whether fetching the item marks the message \Seen (RFC 3501 §6.4.5).
func (i FetchItem) SetsSeen() bool {
	return (i.Name == "BODY[]" || i.Name == "BINARY[]") && !i.Peek || i.Name == "RFC822" || i.Name == "RFC822.TEXT"
}

// ParseFetchItems reads what stands behind the set in a FETCH: "(UID FLAGS BODY.PEEK[1]<0.2048>)", "ALL", "ENVELOPE".
func ParseFetchItems(s string) ([]FetchItem, error) {
	var items []FetchItem
	if d := NewDecoder([]byte(s)); !d.FetchItems(&items) || !d.End() {
		return nil, d.Err()
	}
	return items, nil
}
