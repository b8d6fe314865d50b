package filter

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/trace"
)

var words = Words{
	Protocols: []string{"arp", "ethernet", "ipv4", "ipv6", "tcp", "udp", "dns", "smtp", "pop3", "imap", "tls"},
	Notes:     []string{"tcp.retransmission", "tcp.fast-retransmission", "smtp.rcpt", "smtp.rcpt.relay-denied", "tcp.rst.refused"},
}

// A recording is a dialogue of six packets: a name is looked up, ana connects to mail, says two commands, gets a refusal.
func recording() []*trace.Packet {
	begin := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	ana, mail := netip.MustParseAddrPort("192.0.2.10:40000"), netip.MustParseAddrPort("198.51.100.25:25")
	ends := [2]netip.AddrPort{ana, mail}
	frame := func(n int, data string) *layers.Frame {
		return &layers.Frame{Number: n, Time: begin.Add(time.Duration(n-1) * time.Second), Data: []byte(data)}
	}
	packet := func(n int, from layers.Side, data string, protocols ...string) *trace.Packet {
		p := &trace.Packet{Frame: frame(n, data), From: "ana", To: "mail.example.net", Source: ana, Destination: mail, Stream: 0, Side: from,
			Payload: layers.Range{Length: len(data)}}
		if from == layers.Server {
			p.From, p.To, p.Source, p.Destination = p.To, p.From, mail, ana
		}
		for _, name := range protocols {
			layer := layers.Transport
			if name == "smtp" || name == "dns" {
				layer = layers.Application
			}
			p.PDUs = append(p.PDUs, layers.PDU{Layer: layer, Protocol: name})
		}
		return p
	}
	message := func(p *trace.Packet, m application.Message) {
		m.Protocol, m.From = "smtp", p.Side
		p.Messages = append(p.Messages, trace.Message{Message: m, Ends: ends, Packets: []int{p.Frame.Number}, Time: p.Frame.Time})
	}
	arp := packet(1, layers.Client, "", "ethernet", "arp")
	arp.From, arp.To, arp.Source, arp.Destination, arp.Stream = "192.0.2.10", "192.0.2.1", netip.AddrPort{}, netip.AddrPort{}, -1
	syn := packet(2, layers.Client, "", "ethernet", "ipv4", "tcp")
	both := packet(3, layers.Client, "MAIL FROM:<ana@example.org>\r\nRCPT TO:<bob@example.net>\r\n", "ipv4", "tcp", "smtp", "smtp")
	message(both, application.Message{Kind: application.Command, Verb: "MAIL", Text: "MAIL FROM:<ana@example.org>"})
	message(both, application.Message{Kind: application.Command, Verb: "RCPT", Text: "RCPT TO:<bob@example.net>", Notes: []layers.Note{layers.N("smtp.rcpt")}})
	ack := packet(4, layers.Server, "", "ipv4", "tcp")
	again := packet(5, layers.Client, "MAIL FROM:<ana@example.org>\r\n", "ipv4", "tcp", "smtp")
	again.Notes = []layers.Note{layers.N("tcp.fast-retransmission")}
	no := packet(6, layers.Server, "550 5.7.1 No Invoices here\r\n", "ipv4", "tcp", "smtp")
	message(no, application.Message{Kind: application.Reply, Code: 550, Text: "550 5.7.1 No Invoices here"})
	return []*trace.Packet{arp, syn, both, ack, again, no}
}

// A list writes down what is shown: the numbers of packets, and verbs or codes.
type list struct{ strings.Builder }

func (l *list) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.Packet:
		l.WriteString(" " + string(rune('0'+e.Frame.Number)))
	case *trace.Message:
		l.WriteString(e.Verb)
		if e.Code > 0 {
			l.WriteString("no")
		}
	}
	return nil
}

func TestWhatIsShown(t *testing.T) {
	for _, row := range []struct{ expression, want string }{
		{"host ana", " 2 3MAILRCPT 4 5 6no"},
		{"HOST Mail and not tcp", ""},
		{"host mail", " 2 3MAILRCPT 4 5 6no"},
		{"host 192.0.2.10", " 1 2 3MAILRCPT 4 5 6no"},
		{"host 192.0.2.0/24", " 1 2 3MAILRCPT 4 5 6no"},
		{"host 198.51.100.0/24", " 2 3MAILRCPT 4 5 6no"},
		{"from mail", " 4 6no"},
		{"to mail and smtp", " 3MAILRCPT 5"},
		{"from server", " 4 6no"},
		{"to server", " 2 3MAILRCPT 5"},
		{"port 25", " 2 3MAILRCPT 4 5 6no"},
		{"port 110,143 or arp", " 1"},
		{"smtp", " 3MAILRCPT 5 6no"},
		{"imap or pop3", ""},
		{"mail and from client", " 3MAILRCPT 5"},
		{"stream 0", " 2 3MAILRCPT 4 5 6no"},
		{"stream 1..", ""},
		{"packet 2..4", " 2 3MAILRCPT 4"},
		{"packet ..2", " 1 2"},
		{"packet 3 and verb rcpt", " 3RCPT"},
		{"verb RCPT", " 3RCPT"},
		{"not verb RCPT", " 1 2 3MAIL 4 5 6no"},
		{"verb MAIL,RCPT", " 3MAILRCPT"},
		{"code 550", " 6no"},
		{"code 5xx", " 6no"},
		{"code 400..499", ""},
		{`text "invoice"`, " 6no"},
		{`text 'bob@' and verb RCPT`, " 3RCPT"},
		{"text EXAMPLE.org", " 3MAIL 5"},
		{"note retransmission", ""},
		{"analysis fast-retransmission", " 5"},
		{"note smtp", " 3RCPT"},
		{"time 09:00", " 1 2 3MAILRCPT 4 5 6no"},
		{"time 09:00:02", " 3MAILRCPT"},
		{"time 09:00:01..09:00:02", " 2 3MAILRCPT"},
		{"time 23:50..09:00:00", " 1"},
		{"time +1s..+1.5s", " 2"},
		{"time +5s..", " 6no"},
		{"time 2026-01-05", " 1 2 3MAILRCPT 4 5 6no"},
		{"time ..2026-01-05T09:00:00Z", " 1"},
		{`time "2026-01-05 09:00:05"`, " 6no"},
		{"arp or (smtp and from server)", " 1 6no"},
		{"arp || smtp && from server", " 1 6no"},
		{"!(host ana)", " 1"},
		{"not not arp", " 1"},
	} {
		f, err := Parse(row.expression, words)
		if err != nil {
			t.Errorf("%s: %v", row.expression, err)
			continue
		}
		var l list
		face := New(f, &l)
		for _, p := range recording() {
			_ = face.Show(p)
			for i := range p.Messages {
				_ = face.Show(&p.Messages[i])
			}
		}
		if l.String() != row.want {
			t.Errorf("%s shows%s, want%s", row.expression, l.String(), row.want)
		}
	}
}

// A message that ends with the capture comes without a packet; its ends are known all the same.
func TestMessageWithoutPacket(t *testing.T) {
	m := &trace.Message{Message: application.Message{Protocol: "smtp", Verb: "MAIL"}, Stream: 3, Packets: []int{7, 9},
		Ends: [2]netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:4000"), netip.MustParseAddrPort("192.0.2.2:25")}}
	names := trace.Names{{Addr: netip.MustParseAddr("192.0.2.2"), Name: "mail"}}
	for _, row := range []struct {
		expression string
		want       string
	}{
		{"smtp and tcp and port 25 and stream 3 and packet 9 and host 192.0.2.1", "MAIL"},
		{"to mail and from client", "MAIL"},
		{"from mail", ""},
		{"packet 8", ""},
	} {
		f, err := Parse(row.expression, words)
		if err != nil {
			t.Fatal(err)
		}
		var l list
		face := New(f, &l)
		_ = face.Show(names)
		_ = face.Show(m)
		if l.String() != row.want {
			t.Errorf("%s shows %q", row.expression, l.String())
		}
	}
}

// What is masked is found by nobody.
func TestMaskedIsNotFound(t *testing.T) {
	p := recording()[4]
	p.Secrets = []layers.Range{{Offset: 11, Length: 3}}
	f, err := Parse("text ana@", words)
	if err != nil {
		t.Fatal(err)
	}
	var l list
	if _ = New(f, &l).Show(p); l.String() != "" {
		t.Errorf("shows %q", l.String())
	}
}

// The first packet's time is told even if it is hidden, and the sums tell how much was shown.
func TestStartAndSums(t *testing.T) {
	f, err := Parse("verb RCPT", words)
	if err != nil {
		t.Fatal(err)
	}
	var events []trace.Event
	face := New(f, collect(func(e trace.Event) { events = append(events, e) }))
	for _, p := range recording() {
		_ = face.Show(p)
		for i := range p.Messages {
			_ = face.Show(&p.Messages[i])
		}
	}
	_ = face.Show(&trace.Summary{Packets: 6, Messages: 3})
	if s, ok := events[0].(*trace.Start); !ok || s.Time.Second() != 0 {
		t.Errorf("begins with %T", events[0])
	}
	s := events[len(events)-1].(*trace.Summary)
	if s.Packets != 6 || *s.Filtered != (trace.Filtered{Packets: 1, Messages: 1}) {
		t.Errorf("%+v", s)
	}
}

type collect func(trace.Event)

func (c collect) Show(e trace.Event) error { c(e); return nil }

func TestErrors(t *testing.T) {
	for _, row := range []struct {
		expression string
		column     int
		what, hint string
	}{
		{"", 1, "ends-early", ""},
		{"host ana and", 13, "ends-early", ""},
		{"host", 5, "needs-value", "hint.example"},
		{"host and port 25", 6, "needs-value", "hint.example"},
		{"hots ana", 1, "unknown-word", "near"},
		{"host ana adn port 25", 10, "connective", "near"},
		{"host ana port 25", 10, "connective", "hint.and"},
		{"host ana smtp", 10, "connective", "hint.and"},
		{"port 25 or 587", 12, "unknown-word", "one-of"},
		{"port 65536", 6, "number", "hint.number"},
		{"port smtp", 6, "number", "hint.number"},
		{"packet 20..10", 8, "backwards", ""},
		{"packet ..", 8, "number", "hint.number"},
		{"code 55", 6, "code", "hint.example"},
		{"code 5x0", 6, "code", "hint.example"},
		{"host 192.0.2.0/33", 6, "prefix", "hint.example"},
		{"host 192.0.2.300", 6, "address", "hint.example"},
		{"time noon", 6, "time", "hint.time"},
		{"time +2s..+1s", 6, "backwards", ""},
		{"note retransmision", 6, "unknown-note", "near"},
		{"protocol smpt", 10, "unknown-protocol", "near"},
		{"(smtp or imap", 1, "not-closed", ""},
		{"(smtp imap)", 7, "connective", "hint.and"},
		{"smtp)", 5, "not-opened", ""},
		{`text "abc`, 6, "quote-open", ""},
		{`"abc"`, 1, "condition", "hint.text"},
		{"and smtp", 1, "condition", ""},
		{"text größe or hosst x", 15, "unknown-word", "near"},
		{strings.Repeat("(", 101) + "smtp", 101, "too-deep", ""},
		{"text " + strings.Repeat("x", ExpressionMax), 1, "too-long", ""},
	} {
		_, err := Parse(row.expression, words)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", row.expression, err)
			continue
		}
		what, hint := strings.TrimPrefix(e.What.ID, "cli.filter."), strings.TrimPrefix(strings.TrimPrefix(e.Hint.ID, "cli."), "filter.")
		if e.Column() != row.column || what != row.what || hint != row.hint {
			t.Errorf("%.40s: column %d, %s, %s; want %d, %s, %s", row.expression, e.Column(), what, hint, row.column, row.what, row.hint)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"host ana and port 25", "not (smtp or code 5xx)", `text "a\"b" , 'c'`, "time +1.5s..2026-01-05T09:00:00.5", "packet ..", "!!(", "note smtp.rcpt,x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		filter, err := Parse(expression, words)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) || e.At < 0 || e.At > e.End || e.End > len(expression) || e.Column() < 1 {
				t.Fatalf("%q: %+v", expression, err)
			}
			return
		}
		var shown int
		face := New(filter, collect(func(trace.Event) { shown++ }))
		for _, p := range recording() {
			_ = face.Show(p)
		}
		_ = face.Show(&trace.State{})
		_ = face.Show(&trace.Drop{})
	})
}

// TestSessionsWithoutPackets: what is said in them is filtered as everywhere, and so is that they open and end.
func TestSessionsWithoutPackets(t *testing.T) {
	ends := [2]netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:50000"), netip.MustParseAddrPort("127.0.0.1:2587")}
	names := [2]string{"localhost", "mail"}
	events := []trace.Event{
		&trace.Contact{Stream: 3, Service: "submission", Protocol: "smtp", Names: names, Ends: ends},
		&trace.Message{Message: application.Message{Protocol: "smtp", Verb: "MAIL"}, Stream: 3, Names: names, Ends: ends},
	}
	for expression, want := range map[string]int{"smtp": 2, "imap": 0, "verb MAIL": 1, "verb RCPT": 0, "stream 3": 2, "stream 4": 0, "port 2587": 2, "port 25": 0} {
		f, err := Parse(expression, words)
		if err != nil {
			t.Fatal(err)
		}
		var seen counted
		face := New(f, &seen)
		for _, e := range events {
			face.Show(e)
		}
		if int(seen) != want {
			t.Errorf("%s lets %d pass, want %d", expression, seen, want)
		}
	}
}

// Counted is how many events were shown.
type counted int

func (c *counted) Show(trace.Event) error { *c++; return nil }
