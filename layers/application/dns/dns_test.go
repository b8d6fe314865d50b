package dns

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"mailwire/layers"
	"mailwire/layers/application"
)

var _ application.Dialogue = (*Dialogue)(nil)
var _ layers.Header = (*Header)(nil)

func record(name Name, t Type, d Data) Record {
	return Record{Name: name, Type: t, Class: ClassIN, TTL: 300, Data: d}
}

// One row is a message and its summary.
var messages = []struct {
	name    string
	m       Message
	summary string
}{
	{"a question", Message{ID: 1, RecursionDesired: true, Questions: []Question{{Name: "example.org", Type: TypeMX, Class: ClassIN}}}, "MX? example.org"},
	{"an answer, its names shared", Message{ID: 1, Response: true, Authoritative: true, Questions: []Question{{Name: "example.org", Type: TypeMX, Class: ClassIN}},
		Answers:     []Record{record("example.org", TypeMX, Exchange{10, "mail.example.net"}), record("example.org", TypeMX, Exchange{20, "Mail2.example.net"})},
		Additionals: []Record{record("mail.example.net", TypeA, Address{netip.MustParseAddr("192.0.2.25")})}},
		"MX 10 mail.example.net ttl 300, MX 20 Mail2.example.net ttl 300"},
	{"every type", Message{ID: 2, Response: true, Questions: []Question{{Name: "example.org", Type: TypeANY, Class: ClassIN}},
		Answers: []Record{record("example.org", TypeAAAA, Address{netip.MustParseAddr("2001:db8::1")}), record("example.org", TypeNS, Host{"ns.example.org"}),
			record("www.example.org", TypeCNAME, Host{"example.org"}), record(Reverse(netip.MustParseAddr("192.0.2.25")), TypePTR, Host{"mail.example.net"}),
			record("example.org", TypeTXT, Text{"v=spf1 -all", "more"}), record("example.org", Type(99), Opaque{1, 2})},
		Authorities: []Record{record("example.org", TypeSOA, Authority{"ns.example.org", `post\.master.example.org`, 1, 2, 3, 4, 5})}},
		"AAAA 2001:db8::1 ttl 300, NS ns.example.org ttl 300, CNAME example.org ttl 300, PTR mail.example.net ttl 300, +2"},
	{"no such name", Message{Response: true, Code: NameError, Questions: []Question{{Name: "nowhere.example", Type: TypeA, Class: ClassIN}}}, "NXDOMAIN A? nowhere.example"},
	{"no such record", Message{Response: true, Truncated: true, Questions: []Question{{Name: `od\.d.\000.example`, Type: TypeAAAA, Class: ClassIN}}}, `NODATA TC AAAA? od\.d.\000.example`},
	{"the root", Message{Questions: []Question{{Name: Root, Type: TypeNS, Class: ClassIN}}}, "NS? ."},
}

// bare is a message without the places it was read from.
func bare(m Message) Message {
	m.Questions = slices.Clone(m.Questions)
	for i := range m.Questions {
		m.Questions[i].span = span{}
	}
	for _, s := range []*[]Record{&m.Answers, &m.Authorities, &m.Additionals} {
		*s = slices.Clone(*s)
		for i := range *s {
			(*s)[i].span = span{}
		}
	}
	return m
}

func TestMessages(t *testing.T) {
	for _, row := range messages {
		b, err := row.m.Append([]byte("before"))
		if err != nil {
			t.Fatal(err)
		}
		b = b[len("before"):]
		got, err := Parse(b)
		if err != nil || !reflect.DeepEqual(bare(got), row.m) {
			t.Errorf("%s: read %+v, %v", row.name, bare(got), err)
		}
		if s := string(NewHeader(b, 42).AppendSummary(nil)); s != row.summary {
			t.Errorf("%s: summary %q, want %q", row.name, s, row.summary)
		}
		for n := range b {
			if _, err := Parse(b[:n]); err == nil {
				t.Errorf("%s: cut to %d octets, and nobody noticed", row.name, n)
			}
			NewHeader(b[:n], 0).AppendFields(nil)
		}
		var theirs miekg.Msg
		if err := theirs.Unpack(b); err != nil || len(theirs.Answer) != len(row.m.Answers) {
			t.Errorf("%s: miekg/dns reads %v, %v", row.name, &theirs, err)
		}
		theirs.Compress = true
		packed, err := theirs.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Parse(packed); err != nil || !reflect.DeepEqual(bare(got), row.m) {
			t.Errorf("%s: as miekg/dns packs it: %+v, %v", row.name, bare(got), err)
		}
		// every octet of the message belongs to a field, in order
		next := 42
		for _, f := range NewHeader(b, 42).AppendFields(nil) {
			if f.Range.Offset != next && f.Range.End() != next {
				t.Errorf("%s: %s at %d, want %d", row.name, f.Name, f.Range.Offset, next)
			}
			next = f.Range.End()
		}
		if next != 42+len(b) {
			t.Errorf("%s: fields end at %d of %d", row.name, next, 42+len(b))
		}
	}
}

func TestNamesThatCanNotBe(t *testing.T) {
	for _, name := range []string{"a..b", strings.Repeat("a", 64), strings.Repeat("abc.", 70), `\`, `\999`, ".a"} {
		if _, err := ParseName(name); err == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
	if n, err := ParseName("Example.ORG."); err != nil || n != "Example.ORG" || !n.Equal("example.org") || n.Equal("example.com") {
		t.Error(n, err)
	}
	if r := Reverse(netip.MustParseAddr("2001:db8::567:89ab")); r != "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa" {
		t.Error(r) // RFC 3596 §2.5
	}
}

func TestNamesThatLeadAstray(t *testing.T) {
	head := "\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"
	for why, name := range map[string]string{
		"to itself": "\xc0\x0c", "forward": "\xc0\x0e\x01a\x00", "a circle": "\x01a\xc0\x0c", "an unknown label": "\x40a\x00", "behind the end": "\xff\xff",
	} {
		if _, err := Parse([]byte(head + name + "\x00\x01\x00\x01")); err == nil {
			t.Errorf("%s: no fault found", why)
		}
	}
}

func TestDialogueOverUDPAndTCP(t *testing.T) {
	query, _ := messages[0].m.Append(nil)
	answer, _ := messages[1].m.Append(nil)
	show := func(d *Dialogue) (all []string) {
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			s := fmt.Sprintf("%s %s %s %q @%d+%d %v", m.From, m.Kind, m.Verb, m.Text, m.Offset, m.Length, m.Complete)
			for _, n := range m.Notes {
				s += " " + n.ID
			}
			all = append(all, s)
		}
		return all
	}
	d := NewDatagrams()
	d.Receive(layers.Client, query)
	d.Receive(layers.Client, query)
	d.Receive(layers.Server, answer)
	d.Receive(layers.Server, answer)
	d.Receive(layers.Server, []byte{1})
	want := []string{`client query MX "MX? example.org" @0+29 true dns.query.mx`, `client query MX "MX? example.org" @29+29 true dns.retry dns.query.mx`,
		`server response MX "MX 10 mail.example.net ttl 300, MX 20 Mail2.example.net ttl 300" @0+99 true dns.response.mx dns.authoritative`,
		`server response MX "MX 10 mail.example.net ttl 300, MX 20 Mail2.example.net ttl 300" @99+99 true dns.response.mx dns.authoritative dns.unasked`,
		`server response  "" @198+1 true dns.malformed`}
	if got := show(d); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, n := range []int{1, 3, 1000} {
		d = NewStream()
		for piece := range slices.Chunk(append([]byte{0, 29}, query...), n) {
			d.Receive(layers.Client, piece)
			d.Pending(layers.Client)
		}
		for piece := range slices.Chunk(append(append([]byte{0, 99}, answer...), 0, 9, 1), n) {
			d.Receive(layers.Server, piece)
		}
		d.Gap(layers.Server, 5)
		got := show(d)
		if len(got) != 3 || !strings.Contains(got[1], "@0+101 true dns.response.mx") || !strings.Contains(got[2], "server response  \"\" @101+3 false") {
			t.Errorf("pieces of %d:\n%s", n, strings.Join(got, "\n"))
		}
	}
}

func TestExchanges(t *testing.T) {
	mx := func(p uint16, host Name) Record { return record("example.org", TypeMX, Exchange{p, host}) }
	first := func(int) int { return 0 }
	last := func(n int) int { return n - 1 }
	for _, row := range []struct {
		name           string
		records        []Record
		chance         func(int) int
		want           string
		implicit, none bool
	}{
		{"by preference", []Record{mx(20, "b"), mx(10, "a")}, last, "[{10 a} {20 b}]", false, false},
		{"equals by chance", []Record{mx(10, "a"), mx(10, "b"), mx(5, "c")}, first, "[{5 c} {10 b} {10 a}]", false, false},
		{"equals by another chance", []Record{mx(10, "a"), mx(10, "b"), mx(5, "c")}, last, "[{5 c} {10 a} {10 b}]", false, false},
		{"none: the domain itself", nil, last, "[{0 example.org}]", true, false},
		{"a null MX", []Record{mx(0, Root)}, last, "[]", false, true},
	} {
		hosts, implicit, none := Exchanges("example.org", row.records, row.chance)
		if got := fmt.Sprint(hosts); got != row.want || implicit != row.implicit || none != row.none {
			t.Errorf("%s: %s %v %v", row.name, got, implicit, none)
		}
	}
}

// broken says whether a record does not have its type's form. Such data is kept as it is; a name's pointer in it means
// something only where it stood, so it cannot be written anew and read as the same.
func broken(m Message) bool {
	formed := []Type{TypeA, TypeNS, TypeCNAME, TypeSOA, TypePTR, TypeMX, TypeTXT, TypeAAAA}
	for _, section := range [][]Record{m.Answers, m.Authorities, m.Additionals} {
		for _, r := range section {
			if _, opaque := r.Data.(Opaque); opaque && slices.Contains(formed, r.Type) {
				return true
			}
		}
	}
	return false
}

func FuzzParse(f *testing.F) {
	for _, row := range messages {
		b, _ := row.m.Append(nil)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		h := NewHeader(b, 0)
		h.AppendFields(nil)
		h.AppendSummary(nil)
		Notes(&m)
		if err != nil || broken(m) {
			return
		}
		again, err := m.Append(nil)
		if err != nil {
			t.Fatalf("%+v can't be written: %v", m, err)
		}
		back, err := Parse(again)
		if err != nil || !reflect.DeepEqual(bare(back), bare(m)) {
			t.Fatalf("%+v\nbecame\n%+v (%v)", bare(m), bare(back), err)
		}
	})
}
