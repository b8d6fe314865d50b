package trace

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	wire "github.com/google/gopacket/layers"

	"mailwire/layers"
)

// A recorder keeps what it is shown, as text.
type recorder struct {
	lines    []string
	messages []Message
	secrets  [][]string // of each packet, the masked bytes
	notes    []string   // ids
	summary  Summary
}

func (r *recorder) Show(e Event) error {
	switch e := e.(type) {
	case *Packet:
		var words []string
		for i := range e.PDUs {
			if p := &e.PDUs[i]; p.Layer == layers.Application {
				words = append(words, fmt.Sprintf("%s[%d+%d] %s", p.Protocol, p.Offset, p.Length, p.Header.AppendSummary(nil)))
			}
		}
		r.lines = append(r.lines, fmt.Sprintf("%d %s", e.Frame.Number, strings.Join(words, " | ")))
		var secrets []string
		for _, s := range e.Secrets {
			secrets = append(secrets, string(e.Frame.Data[s.Offset:s.End()]))
		}
		r.secrets = append(r.secrets, secrets)
		for _, n := range e.Notes {
			r.notes = append(r.notes, n.ID)
		}
	case *Message:
		m := *e
		m.Packets = slices.Clone(m.Packets)
		r.messages = append(r.messages, m)
	case *Summary:
		r.summary = *e
	}
	return nil
}

// said lists the messages: who, what, in which frames.
func (r *recorder) said() string {
	var b strings.Builder
	for _, m := range r.messages {
		line, _, _ := strings.Cut(m.Text, "\r\n")
		end := ""
		if !m.Complete {
			end = " incomplete"
		}
		fmt.Fprintf(&b, "%d %s %s %s %v %s%s\n", m.Stream, m.Protocol, m.From, m.Kind, m.Packets, line, end)
	}
	return b.String()
}

// A talk makes the frames of one TCP connection over Ethernet and IPv4.
type talk struct {
	t      *testing.T
	f      *Follower
	number int
	now    time.Time
	taps   []*layers.Interface
	seq    [2]uint32
	data   int          // offset of the payload in a frame
	port   wire.TCPPort // of the server
}

const (
	client = layers.Client
	server = layers.Server
)

func newTalk(t *testing.T, o Options) (*talk, *recorder) {
	r := &recorder{}
	return &talk{t: t, f: NewFollower(o, r), now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), seq: [2]uint32{0xfffffff0, 5000}, data: 54, port: 25,
		taps: []*layers.Interface{{Index: 0, Name: "ana-r1", LinkType: layers.LinkTypeEthernet}, {Index: 1, Name: "r1-mail", LinkType: layers.LinkTypeEthernet}}}, r
}

// frame is a segment's frame; seq and ack are absolute.
func (k *talk) frame(from layers.Side, flags string, seq, ack uint32, data string) []byte {
	k.t.Helper()
	macs := [2]net.HardwareAddr{{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}}
	ips := [2]net.IP{{192, 0, 2, 10}, {198, 51, 100, 25}}
	ports := [2]wire.TCPPort{49152, k.port}
	to := from.Other()
	ip := &wire.IPv4{Version: 4, TTL: 64, Protocol: wire.IPProtocolTCP, SrcIP: ips[from], DstIP: ips[to]}
	segment := &wire.TCP{SrcPort: ports[from], DstPort: ports[to], Seq: seq, Ack: ack, Window: 60000,
		SYN: strings.Contains(flags, "S"), ACK: strings.Contains(flags, "A"), FIN: strings.Contains(flags, "F"), RST: strings.Contains(flags, "R")}
	segment.SetNetworkLayerForChecksum(ip)
	b := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		&wire.Ethernet{SrcMAC: macs[from], DstMAC: macs[to], EthernetType: wire.EthernetTypeIPv4}, ip, segment, gopacket.Payload(data))
	if err != nil {
		k.t.Fatal(err)
	}
	return slices.Clone(b.Bytes())
}

func (k *talk) show(tap int, data []byte) {
	k.t.Helper()
	k.number++
	k.now = k.now.Add(5 * time.Millisecond)
	f := &layers.Frame{Number: k.number, Time: k.now, Interface: k.taps[tap], Data: data, Length: len(data)}
	if err := k.f.Frame(f); err != nil {
		k.t.Fatal(err)
	}
}

// open shakes hands.
func (k *talk) open() {
	k.show(0, k.frame(client, "S", k.seq[client], 0, ""))
	k.seq[client]++
	k.show(0, k.frame(server, "SA", k.seq[server], k.seq[client], ""))
	k.seq[server]++
	k.show(0, k.frame(client, "A", k.seq[client], k.seq[server], ""))
}

// say sends data in order.
func (k *talk) say(from layers.Side, data string) {
	k.t.Helper()
	k.show(0, k.next(from, data))
}

// next is the frame that says data; the numbers go on.
func (k *talk) next(from layers.Side, data string) []byte {
	k.t.Helper()
	b := k.frame(from, "A", k.seq[from], k.seq[from.Other()], data)
	k.seq[from] += uint32(len(data))
	return b
}

func (k *talk) close() {
	k.t.Helper()
	if err := k.f.Close(); err != nil {
		k.t.Fatal(err)
	}
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", what, got, want)
	}
}

func TestMessagesNameTheFramesThatCarriedThem(t *testing.T) {
	k, r := newTalk(t, Options{})
	k.open()
	k.say(server, "220 mail.example.org ESMTP\r\n")
	k.say(client, "EHLO ana.ex")
	k.say(client, "ample.net\r\nMAIL FR")
	k.say(client, "OM:<ana@example.net>\r\n")
	k.say(server, "250 mail.example.org\r\n250 2.1.0 OK\r\n")
	k.say(client, "RCPT TO:<bob@exam")
	k.close()
	want(t, "messages", r.said(), `
0 smtp server greeting [4] 220 mail.example.org ESMTP
0 smtp client command [5 6] EHLO ana.example.net
0 smtp client command [6 7] MAIL FROM:<ana@example.net>
0 smtp server reply [8] 250 mail.example.org
0 smtp server reply [8] 250 2.1.0 OK
0 smtp client command [9] RCPT TO:<bob@exam incomplete`)
	want(t, "packets", strings.Join(r.lines[3:], "\n"), `
4 smtp[54+28] 220 mail.example.org ESMTP
5 smtp[54+11] EHLO ana.ex
6 smtp[54+11] command EHLO bytes 12-22 of 22 | smtp[65+7] MAIL FR
7 smtp[54+22] command MAIL bytes 8-29 of 29
8 smtp[54+22] 250 mail.example.org | smtp[76+14] 250 2.1.0 OK
9 smtp[54+17] RCPT TO:<bob@exam`)
	if s := r.summary; s.Packets != 9 || s.Messages != 6 || s.Streams != 1 || s.RoundTrips != 2 ||
		s.Headers[layers.Link] != 9*14 || s.Headers[layers.Internet] != 9*20 || s.Headers[layers.Transport] != 9*20 || s.Mail != 28+11+18+22+36+17 || s.Headers[layers.Application] != s.Mail {
		t.Errorf("summary %+v", s)
	}
}

func TestBytesThatComeLateStandInTheirPlace(t *testing.T) {
	k, r := newTalk(t, Options{})
	k.open()
	k.say(server, "220 mail.example.org ESMTP\r\n")
	first := k.next(client, "EHLO ana.exam")
	k.show(0, k.next(client, "ple.net\r\n"))
	k.show(0, first)
	k.close()
	want(t, "messages", r.said(), `
0 smtp server greeting [4] 220 mail.example.org ESMTP
0 smtp client command [5 6] EHLO ana.example.net`)
	want(t, "packets", strings.Join(r.lines[4:], "\n"), `
5 smtp[54+9] 9 bytes
6 smtp[54+13] EHLO ana.example.net`)
	if !slices.Contains(r.notes, "tcp.gap") || !slices.Contains(r.notes, "tcp.out-of-order") {
		t.Errorf("notes %v", r.notes)
	}
}

func TestLostBytesAreToldAndTheDialogueGoesOn(t *testing.T) {
	k, r := newTalk(t, Options{})
	k.open()
	k.say(server, "220 mail.example.org ESMTP\r\n")
	k.say(client, "HELO ana.example.net\r\n")
	k.next(server, "250 mail.example.org\r\n")
	k.say(client, "MAIL FROM:<ana@example.net>\r\n")
	k.say(server, "250 2.1.0 OK\r\n")
	k.close()
	if !slices.Contains(r.notes, "tcp.bytes-missing") {
		t.Errorf("notes %v", r.notes)
	}
	last := r.messages[len(r.messages)-1]
	if last.Code != 250 || last.Packets[0] != 7 {
		t.Errorf("last message %+v", last)
	}
}

func TestTwoTapsShowOneStream(t *testing.T) {
	k, r := newTalk(t, Options{})
	both := func(b []byte) { k.show(0, b); k.show(1, b) }
	both(k.frame(client, "S", k.seq[client], 0, ""))
	k.seq[client]++
	both(k.frame(server, "SA", k.seq[server], k.seq[client], ""))
	k.seq[server]++
	both(k.next(server, "220 mail.example.org ESMTP\r\n"))
	both(k.next(client, "QUIT\r\n"))
	k.close()
	want(t, "messages", r.said(), `
0 smtp server greeting [5] 220 mail.example.org ESMTP
0 smtp client command [7] QUIT`)
	for _, id := range r.notes {
		if strings.Contains(id, "retransmission") {
			t.Error("a segment that passes two taps is no retransmission")
		}
	}
}

// A recording begins in the midst of a session, and a segment comes that was sent before: nobody reads it, and it is hidden.
func TestWhatWasSentBeforeTheRecordingIsHidden(t *testing.T) {
	k, r := newTalk(t, Options{})
	at := k.seq[client]
	k.seq[client] += 11
	k.say(client, "PASS lupine\r\n")
	k.say(server, "+OK\r\n")
	k.show(0, k.frame(client, "A", at, k.seq[server], "USER tiger\r\nPA"))
	if last := r.secrets[len(r.secrets)-1]; len(last) == 0 || !strings.HasPrefix("USER tiger\r\nPA", last[0]) || len(last[0]) < 11 {
		t.Errorf("hidden: %q", last)
	}
}

// Everything that a face gets is searched for the password.
func TestSecretsAreMaskedWhereverTheyLie(t *testing.T) {
	const secret = "AGFuYQBsdXBpbmUtMTc="
	for name, story := range map[string]func(k *talk){
		"in one segment": func(k *talk) { k.say(client, "AUTH PLAIN "+secret+"\r\n") },
		"split":          func(k *talk) { k.say(client, "AUTH PLAIN "+secret[:7]); k.say(client, secret[7:]+"\r\n") },
		"byte by byte": func(k *talk) {
			for _, c := range "AUTH PLAIN " + secret + "\r\n" {
				k.say(client, string(c))
			}
		},
		"with a blank before it": func(k *talk) { k.say(client, " AUTH PLAIN "+secret+"\r\n") },
		"with tabs, byte by byte": func(k *talk) {
			for _, c := range "AUTH\tPLAIN\t" + secret + "\r\n" {
				k.say(client, string(c))
			}
		},
		"sent again": func(k *talk) {
			at := k.seq[client]
			k.say(client, "AUTH PLAIN "+secret+"\r\n")
			k.now = k.now.Add(time.Second)
			k.show(0, k.frame(client, "A", at+3, k.seq[server], ("AUTH PLAIN " + secret + "\r\n")[3:]))
		},
		"out of order": func(k *talk) {
			first := k.next(client, "AUTH PLA")
			k.show(0, k.next(client, "IN "+secret+"\r\n"))
			k.show(0, first)
		},
	} {
		t.Run(name, func(t *testing.T) {
			k, r := newTalk(t, Options{})
			k.open()
			k.say(server, "220 mail.example.org ESMTP\r\n")
			k.say(client, "EHLO ana\r\n")
			k.say(server, "250-mail\r\n250 AUTH PLAIN\r\n")
			story(k)
			k.say(server, "235 ok\r\n")
			k.close()
			var shown []byte
			for _, m := range r.messages {
				shown = append(shown, m.Text...)
				for _, f := range m.Fields {
					shown = f.Value.Append(shown)
				}
				for _, n := range m.Notes {
					for _, a := range n.Args {
						shown = a.Value.Append(shown)
					}
				}
			}
			shown = append(shown, strings.Join(r.lines, "\n")...)
			for i := 0; i+6 <= len(secret); i++ {
				if bytes.Contains(shown, []byte(secret[i:i+6])) {
					t.Fatalf("%q is shown in %q", secret[i:i+6], shown)
				}
			}
			var hidden strings.Builder
			for _, s := range r.secrets {
				hidden.WriteString(strings.Join(s, ""))
			}
			if !strings.Contains(hidden.String(), secret) {
				t.Errorf("only %q is hidden in the frames", hidden.String())
			}
		})
	}
}

func TestShowSecretsMasksNothing(t *testing.T) {
	k, r := newTalk(t, Options{ShowSecrets: true})
	k.open()
	k.say(server, "220 mail.example.org ESMTP\r\n")
	k.say(client, "AUTH PLAIN AGFuYQBsdXBpbmUtMTc=\r\n")
	k.close()
	if m := r.messages[1]; m.Masked || m.Text != "AUTH PLAIN AGFuYQBsdXBpbmUtMTc=" {
		t.Errorf("%+v", m)
	}
}

func TestSTARTTLSAndWhatFollows(t *testing.T) {
	hello := "\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x13\x01\x01\x00\x00\x00"
	for name, c := range map[string]struct {
		client, want, note string
	}{
		"TLS":                  {hello, "0 tls client handshake [8] ClientHello", "tls.client-hello.unnamed"},
		"a deciphered capture": {"EHLO ana\r\n", "0 smtp client command [8] EHLO ana", "trace.deciphered"},
	} {
		t.Run(name, func(t *testing.T) {
			k, r := newTalk(t, Options{})
			k.open()
			k.say(server, "220 mail.example.org ESMTP\r\n")
			k.say(client, "EHLO ana\r\n")
			k.say(client, "STARTTLS\r\n")
			k.say(server, "250-mail\r\n250 STARTTLS\r\n220 go ahead\r\n")
			k.say(client, c.client)
			k.close()
			lines := strings.Split(strings.TrimSpace(r.said()), "\n")
			want(t, "last message", lines[len(lines)-1], c.want)
			if !slices.Contains(r.notes, c.note) {
				t.Errorf("notes %v", r.notes)
			}
		})
	}
}

func TestAnEndedConversationStillMasksLateCopies(t *testing.T) {
	k, r := newTalk(t, Options{})
	k.open()
	k.say(server, "+OK ready\r\n")
	k.say(client, "USER ana\r\n")
	at := k.seq[client]
	k.say(client, "PASS lupine-17\r\n")
	for _, side := range []layers.Side{client, server} {
		k.show(0, k.frame(side, "FA", k.seq[side], k.seq[side.Other()], ""))
		k.seq[side]++
	}
	k.show(0, k.frame(client, "A", at, k.seq[server], "PASS lupine-17\r\n"))
	k.close()
	if last := r.secrets[len(r.secrets)-1]; len(last) != 1 || last[0] != "lupine-17" {
		t.Errorf("hidden in the late copy: %q", last)
	}
	want(t, "late copy", r.lines[len(r.lines)-1], "9 pop3[54+16] 16 bytes")
}

func TestMailBehindAProxy(t *testing.T) {
	k, r := newTalk(t, Options{})
	k.open()
	k.say(client, "\x05\x01\x00")
	k.say(server, "\x05\x00")
	k.say(client, "\x05\x01\x00\x03\x04mail\x00\x19")
	k.say(server, "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x19")
	k.say(server, "220 mail.example.org ESMTP\r\n")
	k.say(client, "QUIT\r\n")
	k.close()
	want(t, "messages", r.said(), `
0 socks client command [4] methods: no login
0 socks server reply [5] method: no login
0 socks client command [6] CONNECT mail:25
0 socks server reply [7] succeeded
0 smtp server greeting [8] 220 mail.example.org ESMTP
0 smtp client command [9] QUIT`)
	if !slices.Contains(r.notes, "trace.behind-proxy") {
		t.Errorf("notes %v", r.notes)
	}
}

func TestNamesAndEveryone(t *testing.T) {
	k, _ := newTalk(t, Options{})
	var ends []string
	k.f.face = faceFunc(func(e Event) error {
		if p, ok := e.(*Packet); ok {
			ends = append(ends, p.From+" > "+p.To)
		}
		return nil
	})
	k.f.Name(netip.MustParseAddr("192.0.2.10"), "ana")
	k.show(0, k.frame(client, "S", 1, 0, ""))
	arp := append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1},
		2, 0, 0, 0, 0, 1, 192, 0, 2, 10, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1)
	k.show(0, arp)
	want(t, "ends", strings.Join(ends, "\n"), "ana > 198.51.100.25\nana > *")
}

type faceFunc func(Event) error

func (f faceFunc) Show(e Event) error { return f(e) }

func FuzzFollower(f *testing.F) {
	seed := &talk{t: &testing.T{}}
	f.Add(seed.frame(client, "S", 1, 0, ""), seed.frame(server, "A", 7, 2, "220 mail ESMTP\r\n"), seed.frame(client, "A", 2, 23, "AUTH PLAIN AGE=\r\n"))
	f.Add(seed.frame(client, "A", 1, 0, "\x16\x03\x01\x00\x05hello"), seed.frame(server, "FA", 7, 2, "+OK\r\n"), seed.frame(client, "R", 2, 23, "a1 LOGIN a b\r\n"))
	tap := &layers.Interface{LinkType: layers.LinkTypeEthernet}
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		follower := NewFollower(Options{}, faceFunc(func(e Event) error {
			p, ok := e.(*Packet)
			if !ok {
				return nil
			}
			for i := range p.PDUs {
				h := p.PDUs[i].Header
				h.AppendSummary(nil)
				for _, field := range h.AppendFields(nil) {
					field.Value.Append(nil)
				}
			}
			for _, s := range p.Secrets {
				if s.Offset < 0 || s.End() > len(p.Frame.Data) {
					t.Fatalf("secret %v in a frame of %d bytes", s, len(p.Frame.Data))
				}
			}
			return nil
		}))
		for i, data := range [][]byte{a, b, c, b, a, c} {
			follower.Frame(&layers.Frame{Number: i + 1, Interface: tap, Data: data, Length: len(data) + i%2})
		}
		follower.Close()
	})
}
