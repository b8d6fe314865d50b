package dns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"
)

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func server(t *testing.T) *Server {
	t.Helper()
	soa := Authority{"ns.example.org", "post.example.org", 1, 2, 3, 4, 60}
	at := func(s string) Data { return Address{netip.MustParseAddr(s)} }
	r := func(name Name, t Type, d Data) Record { return Record{Name: name, Type: t, TTL: 300, Data: d} }
	s, err := NewServer(
		Zone{"example.org", soa, 3600, []Record{r("example.org", TypeMX, Exchange{10, "mail.example.net"}), r("www.example.org", TypeCNAME, Host{"host.a.example.org"}),
			r("host.a.example.org", TypeA, at("192.0.2.80")), r("loop.example.org", TypeCNAME, Host{"Loop.example.org"})}},
		Zone{"example.net", soa, 3600, []Record{r("mail.example.net", TypeA, at("192.0.2.25")), r("big.example.net", TypeTXT, Text{strings.Repeat("x", 255), strings.Repeat("y", 255)})}},
		Zone{"2.0.192.in-addr.arpa", soa, 3600, []Record{r(Reverse(netip.MustParseAddr("192.0.2.25")), TypePTR, Host{"mail.example.net"})}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestServer(t *testing.T) {
	s := server(t)
	for _, row := range []struct {
		name Name
		typ  Type
		want string
	}{
		{"EXAMPLE.org", TypeMX, "MX 10 mail.example.net ttl 300 aa"},
		{"mail.example.net", TypeA, "A 192.0.2.25 ttl 300 aa"},
		{"mail.example.net", TypeAAAA, "NODATA AAAA? mail.example.net aa"},
		{"a.example.org", TypeA, "NODATA A? a.example.org aa"}, // a name above one that exists
		{"b.example.org", TypeA, "NXDOMAIN A? b.example.org aa"},
		{"www.example.org", TypeA, "CNAME host.a.example.org ttl 300, A 192.0.2.80 ttl 300 aa"},
		{"25.2.0.192.in-addr.arpa", TypePTR, "PTR mail.example.net ttl 300 aa"},
		{"loop.example.org", TypeA, "SERVFAIL A? loop.example.org aa"},
		{"elsewhere.example", TypeA, "REFUSED A? elsewhere.example"},
		{"big.example.net", TypeTXT, "NODATA TC TXT? big.example.net aa"},
	} {
		query := Message{ID: 7, Questions: []Question{{Name: row.name, Type: row.typ, Class: ClassIN}}}
		b, _ := query.Append(nil)
		answer := s.Answer(b, MaxDatagram)
		m, err := Parse(answer)
		if err != nil || m.ID != 7 {
			t.Fatal(err)
		}
		got := string(m.appendSummary(nil))
		if m.Authoritative {
			got += " aa"
		}
		if got != row.want {
			t.Errorf("%s %s: %s, want %s", row.typ, row.name, got, row.want)
		}
		var theirs miekg.Msg
		if err := theirs.Unpack(answer); err != nil {
			t.Errorf("miekg/dns: %v", err)
		}
	}
	for _, b := range [][]byte{nil, []byte("short"), s.Answer(make([]byte, 12), MaxDatagram)} {
		if got := s.Answer(b, MaxDatagram); got != nil {
			t.Errorf("answers %x with %x", b, got)
		}
	}
}

// exchange lets a resolver and the server speak until both are silent, and returns how many questions crossed.
func exchange(now time.Time, r *Resolver, s *Server) (questions int) {
	for b := r.Output(); b != nil; b = r.Output() {
		questions++
		r.Receive(now, s.Answer(b, MaxDatagram))
	}
	return questions
}

func answers(r *Resolver) (all []string) {
	for e, ok := r.Next(); ok; e, ok = r.Next() {
		switch e := e.(type) {
		case Answered:
			a := e.Answer
			all = append(all, fmt.Sprint(e.Ticket, " ", a.Code, " ", a.Records, " cached ", a.Cached, " failed ", a.Failed()))
		case Retried:
			all = append(all, fmt.Sprint("retry ", e.Try))
		}
	}
	return all
}

func resolver() *Resolver {
	id := uint16(0)
	return NewResolver(func() uint16 { id++; return id })
}

func TestResolverKeepsWhatItLearns(t *testing.T) {
	r, s := resolver(), server(t)
	for _, step := range []struct {
		after     time.Duration
		name      Name
		typ       Type
		questions int
		want      string
	}{
		{0, "example.org", TypeMX, 1, "1 NOERROR [MX 10 mail.example.net ttl 300] cached false failed false"},
		{100 * time.Second, "Example.Org", TypeMX, 0, "2 NOERROR [MX 10 mail.example.net ttl 200] cached true failed false"},
		{300 * time.Second, "example.org", TypeMX, 1, "3 NOERROR [MX 10 mail.example.net ttl 300] cached false failed false"},
		{300 * time.Second, "no.example.org", TypeA, 1, "4 NXDOMAIN [] cached false failed false"},
		{359 * time.Second, "no.example.org", TypeA, 0, "5 NXDOMAIN [] cached true failed false"},
		{360 * time.Second, "no.example.org", TypeA, 1, "6 NXDOMAIN [] cached false failed false"},
		{360 * time.Second, "big.example.net", TypeTXT, 1, "7 NOERROR [] cached false failed true"},
		{360 * time.Second, "not..aname", TypeA, 0, "8 NXDOMAIN [] cached false failed false"},
		{360 * time.Second, "other.example", TypeA, 1, "9 REFUSED [] cached false failed true"},
	} {
		now := epoch.Add(step.after)
		r.Ask(now, step.name, step.typ)
		if q := exchange(now, r, s); q != step.questions {
			t.Errorf("%s after %v: %d questions, want %d", step.name, step.after, q, step.questions)
		}
		if got := answers(r); !slices.Equal(got, []string{step.want}) {
			t.Errorf("%s after %v: %v, want %v", step.name, step.after, got, step.want)
		}
	}
	if got := fmt.Sprint(r.Cached(epoch.Add(360 * time.Second))); got != "[MX? example.org A? no.example.org]" {
		t.Errorf("the cache holds %s", got)
	}
}

func TestResolverAsksAgain(t *testing.T) {
	r, s := resolver(), server(t)
	r.Ask(epoch, "example.org", TypeMX)
	r.Ask(epoch, "EXAMPLE.org", TypeMX) // shares the query
	first := r.Output()
	if r.Output() != nil {
		t.Error("two queries for one question")
	}
	forged := s.Answer(first, MaxDatagram)
	forged[0] ^= 1
	r.Receive(epoch, forged)
	r.Receive(epoch, []byte("noise"))
	for try := range Tries {
		if got := r.Deadline().Sub(epoch); got != time.Duration(try+1)*Patience {
			t.Errorf("try %d ends after %v", try+1, got)
		}
		r.Expire(r.Deadline())
	}
	want := []string{"retry 2", "retry 3", "1 NOERROR [] cached false failed true", "2 NOERROR [] cached false failed true"}
	if got := answers(r); !slices.Equal(got, want) || !r.Deadline().IsZero() {
		t.Errorf("%v", got)
	}
}

func FuzzServer(f *testing.F) {
	b, _ := messages[0].m.Append(nil)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if a := server(t).Answer(b, MaxDatagram); a != nil {
			if m, err := Parse(a); err != nil || !m.Response {
				t.Fatalf("%x answered with %x: %v", b, a, err)
			}
		}
	})
}
