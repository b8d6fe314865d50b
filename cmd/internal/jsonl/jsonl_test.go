package jsonl

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

var clock = time.Date(2026, 1, 5, 9, 0, 0, 123456789, time.UTC)

// A header that says what a test wants it to say.
type header struct{ fields []layers.Field }

func (header) AppendSummary(dst []byte) []byte { return append(dst, "what \"it\" is"...) }

func (h header) AppendFields(dst []layers.Field) []layers.Field { return append(dst, h.fields...) }

func field(name string, v layers.Value) layers.Field { return layers.Field{Name: name, Value: v} }

// packet has two layers, two notes and a secret in its last two bytes.
func packet() *trace.Packet {
	return &trace.Packet{
		Frame: &layers.Frame{Number: 12, Time: clock, Interface: &layers.Interface{Name: "ana-r1"}, Data: []byte{1, 2, 0xab, 0xcd}, Length: 60, Comment: "seen\nby me"},
		From:  "ana", To: "*", Stream: 3,
		PDUs: []layers.PDU{
			{Layer: layers.Link, Protocol: "ethernet", Length: 2, Stream: -1, Header: header{[]layers.Field{field("type", layers.HexUint(uint16(0x800), 4))}}},
			{Layer: layers.Application, Protocol: "dns", Offset: 2, Length: 2, Stream: 3, Header: header{[]layers.Field{
				field("address", layers.Addr([]byte{192, 0, 2, 1})), field("response", layers.Bool(true)), field("address", layers.Addr([]byte{192, 0, 2, 2})),
			}}},
		},
		Notes:   []layers.Note{layers.N("ethernet.padding", layers.A("bytes", layers.Int(18))), layers.N("dns.query.a", layers.A("name", layers.String("example.org")))},
		Secrets: []layers.Range{{Offset: 2, Length: 2}},
	}
}

// lines shows events and returns what was written, with each note's sentences left out: they may change.
func lines(t *testing.T, o Options, events ...trace.Event) string {
	t.Helper()
	var out bytes.Buffer
	o.Lexicon = lexicon.New(lexicon.English, lexicon.Notes, words.Source)
	face := New(&out, o)
	for _, e := range events {
		if err := face.Show(e); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
	return out.String()
}

func TestPacket(t *testing.T) {
	got := lines(t, Options{Bytes: true}, packet())
	for _, want := range []string{
		`{"type":"packet","n":12,"time":"2026-01-05T09:00:00.123456789Z","at":"ana-r1","from":"ana","to":"*","length":60,"cut":56,"layers":[`,
		`{"layer":"link","protocol":"ethernet","offset":0,"length":2,"summary":"what \"it\" is","fields":{"type":"0x0800"}}`,
		// A field that stands twice is an array, in the place of the first.
		`{"layer":"application","protocol":"dns","offset":2,"length":2,"stream":3,"summary":"what \"it\" is","fields":{"address":["192.0.2.1","192.0.2.2"],"response":true}}`,
		`"comment":"seen\nby me"`,
		`{"id":"ethernet.padding","layer":"link","text":"18 bytes of padding`,
		`"args":{"bytes":18},"reference":"IEEE 802.3`,
		`"args":{"name":"example.org"},"reference":"RFC `,
		`"hex":"0102****"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// A filter leaves out the layers, the notes and the packets that belong to others, and changes no number.
func TestLayers(t *testing.T) {
	message := &trace.Message{Message: application.Message{Protocol: "dns", Kind: application.Query}, Stream: -1}
	got := lines(t, Options{Layers: []layers.Layer{layers.Link}}, packet(), message)
	if strings.Contains(got, "dns") || !strings.Contains(got, `"n":12`) || !strings.Contains(got, "ethernet.padding") {
		t.Errorf("link alone: %s", got)
	}
	if got := lines(t, Options{Layers: []layers.Layer{layers.Transport}}, packet(), message); got != "" {
		t.Errorf("transport alone: %s", got)
	}
}

func TestEvents(t *testing.T) {
	bare := layers.Note{}
	for _, row := range []struct {
		event trace.Event
		want  string
	}{
		{&trace.Message{Message: application.Message{Protocol: "imap", From: layers.Server, Kind: application.Reply, Tag: "a1", Status: "OK", Text: "a1 OK \x1b[0m\r\n", Length: 13, Complete: true}, Stream: 2, Packets: []int{4, 7}},
			`{"type":"message","protocol":"imap","from":"server","kind":"reply","tag":"a1","status":"OK","text":"a1 OK \u001b[0m","length":13,"stream":2,"packets":[4,7],"complete":true,"notes":[]}`},
		{&trace.Message{Message: application.Message{Protocol: "smtp", Kind: application.Command, Verb: "MAIL", Text: "MAIL", Length: 6}, Packets: []int{1}},
			`{"type":"message","protocol":"smtp","from":"client","kind":"command","verb":"MAIL","text":"MAIL","length":6,"stream":0,"packets":[1],"complete":false,"notes":[]}`},
		{&trace.Message{Message: application.Message{Protocol: "smtp", From: layers.Server, Kind: application.Reply, Code: 250, Text: "250-a\r\n250 b", Complete: true}},
			`{"type":"message","protocol":"smtp","from":"server","kind":"reply","code":250,"text":"250-a\r\n250 b","length":0,"stream":0,"packets":[],"complete":true,"notes":[]}`},
		{&trace.Title{Name: "x", Text: "X", Seed: 7, Nodes: []trace.Node{{Name: "a", Kind: "host"}, {Name: "b", Kind: "router"}}, Links: []trace.Link{{Name: "a-b", A: "a", B: "b"}}},
			`{"type":"title","name":"x","text":"X","story":"","seed":7,"nodes":[{"name":"a","kind":"host"},{"name":"b","kind":"router"}],"links":[{"name":"a-b","a":"a","b":"b"}]}`},
		{&trace.Remark{File: "b.pcapng", Kind: "interface", Values: []layers.Arg{layers.A("name", layers.String("eth0")), layers.A("link-type", layers.Int(1))}},
			`{"type":"capture","kind":"interface","file":"b.pcapng","values":{"name":"eth0","link-type":1},"notes":[]}`},
		{&trace.Act{Time: clock, Who: "Ana", Text: "Ana waits."},
			`{"type":"act","time":"2026-01-05T09:00:00.123456789Z","who":"Ana","text":"Ana waits.","notes":[]}`},
		{&trace.State{Time: clock, Host: "mail", Kind: "queue", Values: []layers.Arg{layers.A("waiting", layers.Int(1))}, Note: bare},
			`{"type":"state","time":"2026-01-05T09:00:00.123456789Z","host":"mail","kind":"queue","values":{"waiting":1},"notes":[]}`},
		{&trace.Drop{Time: clock, Link: "a-b", From: "a", Packet: 3, Length: 60},
			`{"type":"drop","time":"2026-01-05T09:00:00.123456789Z","at":"a-b","from":"a","n":3,"length":60,"notes":[]}`},
		{&trace.Drop{Time: clock, Link: "a-b", From: "a", Length: 60},
			`{"type":"drop","time":"2026-01-05T09:00:00.123456789Z","at":"a-b","from":"a","length":60,"notes":[]}`},
		{&trace.Damage{Offset: 4000}, `{"type":"damage","offset":4000,"notes":[]}`},
		{&trace.Board{}, ``},
		{trace.Secrets{{Data: []byte("key")}}, ``},
		{&trace.Summary{Packets: 2, Bytes: 120, Headers: [len(layers.All) + 1]int64{0, 28, 40, 40, 12}, Mail: 10, Messages: 1, Streams: 1, RoundTrips: 1, Duration: 1500 * time.Millisecond},
			`{"type":"summary","packets":2,"bytes":120,"headers":{"link":28,"internet":40,"transport":40},"application":12,"mail":10,"messages":1,"streams":1,"round-trips":1,"duration":1.500000000,"notes":[]}`},
	} {
		if got := strings.TrimSuffix(lines(t, Options{}, row.event), "\n"); got != row.want {
			t.Errorf("%T:\n%s\nwant\n%s", row.event, got, row.want)
		}
	}
}

func TestLedger(t *testing.T) {
	got := lines(t, Options{}, &trace.Ledger{Strategy: "imap", Act: "look", Note: layers.N("no.such-note"), Server: trace.Holding{Messages: 3, Bytes: 100},
		Devices: []trace.DeviceRow{{Device: "phone", Holding: trace.Holding{Messages: 1, Bytes: 50}, PacketsOut: 1, PacketsIn: 2, BytesOut: 60, BytesIn: 120, RoundTrips: 1, Connected: time.Second}, {Device: "laptop"}}})
	want := `{"type":"ledger","strategy":"imap","act":"look","text":"[no.such-note]","server":{"messages":3,"bytes":100},"devices":[` +
		`{"device":"phone","messages":1,"bytes":50,"packets-sent":1,"packets-received":2,"bytes-sent":60,"bytes-received":120,"round-trips":1,"connected":1.000000000},` +
		`{"device":"laptop","messages":0,"bytes":0,"packets-sent":0,"packets-received":0,"bytes-sent":0,"bytes-received":0,"round-trips":0,"connected":0.000000000}]}` + "\n"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// A line costs no allocation once it has grown.
func TestNoAllocation(t *testing.T) {
	face := New(discard{}, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes)})
	m := &trace.Message{Message: application.Message{Protocol: "smtp", Kind: application.Command, Verb: "MAIL", Text: "MAIL FROM:<ana@example.net>"}, Packets: []int{1}}
	if n := testing.AllocsPerRun(100, func() { face.Show(m) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// FuzzString: a string comes back as it was, but for bytes that are not UTF-8, and no terminal can obey it on its way.
func FuzzString(f *testing.F) {
	for _, s := range []string{"", "plain", "\"\\/", "\x00\x1b[2J\x7f\u009b", "\r\n\t", "a\u202eb\u200b\ufeff", "caf\xe9", "Łódź 東京 😀 \U000e0001", "\u2028\u2029"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := appendString(nil, s)
		for _, r := range string(b) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q holds %U", b, r)
			}
		}
		var back string
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if utf8.ValidString(s) && back != s {
			t.Errorf("%q came back as %q", s, back)
		}
	})
}

// TestSessionsWithoutPackets: what no packet tells, the message and the contact do.
func TestSessionsWithoutPackets(t *testing.T) {
	var out bytes.Buffer
	f := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source)})
	ends := [2]netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:50000"), netip.MustParseAddrPort("127.0.0.1:2587")}
	names := [2]string{"localhost", "mail"}
	f.Show(&trace.Contact{Time: clock, Stream: 3, Service: "submission", Protocol: "smtp", Names: names, Ends: ends})
	f.Show(&trace.Message{Message: application.Message{Protocol: "smtp", Kind: application.Command, Verb: "QUIT", Text: "QUIT", Length: 6, Complete: true}, Stream: 3, Names: names, Ends: ends, Time: clock})
	f.Show(&trace.Summary{Sockets: &trace.Sockets{Connections: 1, Bytes: 6}})
	for i, line := range strings.SplitAfter(strings.TrimSpace(out.String()), "\n") {
		for _, want := range [][]string{
			{`{"type":"contact","time":"2026-01-05T09:00:00.123456789Z","stream":3,"service":"submission","protocol":"smtp","client":"127.0.0.1:50000","server":"127.0.0.1:2587","notes":[]}`},
			{`"type":"message"`, `"packets":[],"complete":true,"time":"2026-01-05T09:00:00.123456789Z","client":"127.0.0.1:50000","server":"127.0.0.1:2587"`},
			{`"type":"summary"`, `"sockets":{"connections":1,"bytes":6}`},
		}[i] {
			if !strings.Contains(line, want) || !json.Valid([]byte(line)) {
				t.Errorf("%s\nwant %s", line, want)
			}
		}
	}
}
