package dns

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

// Every note and field has its words, and every placeholder its value.
func TestEveryNoteHasItsWords(t *testing.T) {
	words := lexicon.New(lexicon.English, lexicon.Notes)
	check := func(n layers.Note) {
		if text := words.Line(n) + words.Why(n); strings.ContainsAny(text, "{}[]") {
			t.Errorf("%s says %q", n.ID, text)
		}
	}
	s := server(t)
	for _, q := range []Question{{Name: "example.org", Type: TypeMX}, {Name: "example.net", Type: TypeMX}, {Name: "mail.example.net", Type: TypeA}, {Name: "mail.example.net", Type: TypeAAAA},
		{Name: "www.example.org", Type: TypeA}, {Name: "www.example.org", Type: TypeAAAA}, {Name: "25.2.0.192.in-addr.arpa", Type: TypePTR}, {Name: "example.org", Type: TypeSOA},
		{Name: "big.example.net", Type: TypeTXT}, {Name: "no.example.org", Type: TypeA}, {Name: "else.example", Type: TypeA}} {
		q.Class = ClassIN
		query := Message{Questions: []Question{q}}
		b, _ := query.Append(nil)
		d := NewDatagrams()
		d.Receive(layers.Client, b)
		d.Receive(layers.Server, s.Answer(b, MaxDatagram))
		d.Receive(layers.Server, s.Answer(b, 65535))
		d.Receive(layers.Server, b[:20])
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			for _, n := range m.Notes {
				check(n)
			}
			for _, f := range m.Fields {
				check(layers.N("dns.field." + f.Name))
			}
		}
	}
	for code := range Code(12) {
		for _, answers := range [][]Record{nil, {record("a", TypeMX, Exchange{0, Root})}, {record("a", TypeAAAA, Address{})}} {
			for _, typ := range []Type{TypeMX, TypeAAAA, TypeNS} {
				for _, n := range Notes(&Message{Response: true, Code: code, Questions: []Question{{Name: "a", Type: typ}}, Answers: answers}) {
					check(n)
				}
			}
		}
	}
	row := messages[2].m
	b, _ := row.Append(nil)
	for _, f := range NewHeader(b, 0).AppendFields(nil) {
		check(layers.N("dns.field." + f.Name))
	}
}
