package tls

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
)

func record(kind ContentType, body string) string {
	return string(binary.BigEndian.AppendUint16([]byte{byte(kind), 3, 3}, uint16(len(body)))) + body
}

func aMessage(kind byte, body string) string {
	return string([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}) + body
}

func vector16(body string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(len(body)))) + body
}

func extension(kind byte, body string) string { return "\x00" + string(kind) + vector16(body) }

func hello(name string) string {
	server := extension(extensionServerName, vector16("\x00"+vector16(name)))
	versions := extension(extensionVersions, "\x06\x2a\x2a\x03\x04\x03\x03")
	alpn := extension(extensionALPN, vector16("\x04imap"))
	return aMessage(1, "\x03\x03"+strings.Repeat("r", 32)+"\x00"+vector16("\x13\x01\xc0\x2f")+"\x01\x00"+vector16(server+versions+alpn))
}

func aServerHello(extensions string) string {
	return aMessage(2, "\x03\x03"+strings.Repeat("s", 32)+"\x00"+"\xc0\x2f"+"\x00"+extensions)
}

// A certificate with nothing but what is read of it.
func certificateOf(subject, issuer, dns string) string {
	der := func(tag byte, parts ...string) string {
		body := strings.Join(parts, "")
		if len(body) > 127 {
			return string([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}) + body
		}
		return string([]byte{tag, byte(len(body))}) + body
	}
	name := func(cn string) string {
		return der(0x30, der(0x31, der(0x30, der(0x06, oidCommonName), der(0x0c, cn))))
	}
	alternative := der(0x30, der(0x06, oidAlternative), der(tagOctets, der(0x30, der(tagDNSName, dns))))
	body := der(0x30, der(tagVersion, der(0x02, "\x02")), der(0x02, "\x01"), der(0x30), name(issuer), der(0x30), name(subject), der(0x30),
		der(tagExtensions, der(0x30, alternative)))
	whole := der(0x30, body, der(0x30), der(0x03, "\x00"))
	one := string([]byte{0, byte(len(whole) >> 8), byte(len(whole))}) + whole
	return aMessage(11, string([]byte{0, byte(len(one) >> 8), byte(len(one))})+one)
}

func told(m application.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d+%d %s", m.From, m.Kind, m.Offset, m.Length, m.Text)
	for _, f := range m.Fields {
		if f.Name == "random" {
			continue
		}
		fmt.Fprintf(&b, " %s=%s", f.Name, f.Value)
	}
	for _, n := range m.Notes {
		fmt.Fprintf(&b, " (%s)", n.ID)
	}
	if !m.Complete {
		b.WriteString(" incomplete")
	}
	return b.String()
}

func drain(d *Dialogue) (lines []string) {
	for m, ok := d.Next(); ok; m, ok = d.Next() {
		lines = append(lines, told(m))
	}
	return lines
}

type turn struct {
	from  layers.Side
	bytes string
}

// Each session is read whole, byte by byte, and must tell the same.
func TestSessions(t *testing.T) {
	client, server := layers.Client, layers.Server
	first := hello("mail.example.org")
	for name, c := range map[string]struct {
		turns []turn
		want  string
	}{
		"TLS 1.2": {[]turn{
			{client, record(Handshake, first)},
			{server, record(Handshake, aServerHello("")+certificateOf("Mail", "Example CA", "mail.example.org")+aMessage(14, ""))},
			{client, record(Handshake, aMessage(16, "key")) + record(ChangeCipherSpec, "\x01") + record(Handshake, strings.Repeat("x", 40))},
			{server, record(ApplicationData, strings.Repeat("y", 100)) + record(Alert, strings.Repeat("z", 26))},
		}, `
client handshake 0+101 ClientHello mail.example.org legacy-version=0x0303 cipher-suites=TLS_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 server-name=mail.example.org versions=GREASE TLS 1.3 TLS 1.2 alpn=imap extensions=server_name supported_versions application_layer_protocol_negotiation (tls.client-hello)
server handshake 0+47 ServerHello TLS 1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 legacy-version=0x0303 version=0x0303 cipher-suite=0xc02f (tls.server-hello)
server handshake 47+106 Certificate mail.example.org certificates=1 subject=Mail issuer=Example CA names=mail.example.org (tls.certificate)
server handshake 153+4 ServerHelloDone (tls.server-hello-done)
client handshake 101+12 ClientKeyExchange key=3 (tls.client-key-exchange)
client handshake 113+6 ChangeCipherSpec (tls.change-cipher-spec)
client handshake 119+45 Handshake 40 bytes encrypted length=40 (tls.encrypted-handshake)
server data 157+105 ApplicationData 100 bytes length=100 (tls.application-data)
server handshake 262+31 Alert encrypted length=26 (tls.encrypted-alert)`},
		"TLS 1.3 with its meaningless ChangeCipherSpec": {[]turn{
			{server, record(Handshake, aServerHello(vector16(extension(extensionVersions, "\x03\x04"))))},
			{server, record(ChangeCipherSpec, "\x01") + record(Alert, "\x02\x28")},
		}, `
server handshake 0+55 ServerHello TLS 1.3 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 legacy-version=0x0303 version=0x0304 cipher-suite=0xc02f extensions=supported_versions (tls.server-hello)
server handshake 55+6 ChangeCipherSpec (tls.change-cipher-spec.ignored)
server handshake 61+7 Alert fatal handshake_failure alert-level=2 alert-description=40 (tls.alert.handshake-failure)`},
		"a message over two records": {[]turn{{client, record(Handshake, first[:9]) + record(Handshake, first[9:])}},
			`client handshake 0+106 ClientHello mail.example.org legacy-version=0x0303 cipher-suites=TLS_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 server-name=mail.example.org versions=GREASE TLS 1.3 TLS 1.2 alpn=imap extensions=server_name supported_versions application_layer_protocol_negotiation (tls.client-hello)`},
		"cut short": {[]turn{{client, record(Handshake, first)[:50]}}, `client handshake 0+50 ClientHello incomplete`},
	} {
		t.Run(name, func(t *testing.T) {
			whole, single := NewDialogue(nil), NewDialogue(nil)
			var a, b []string
			for _, turn := range c.turns {
				whole.Receive(turn.from, []byte(turn.bytes))
				a = append(a, drain(whole)...)
				for i := range len(turn.bytes) {
					single.Receive(turn.from, []byte(turn.bytes[i:i+1]))
					b = append(b, drain(single)...)
				}
			}
			for _, side := range [...]layers.Side{client, server} {
				whole.End(side)
				single.End(side)
			}
			a, b = append(a, drain(whole)...), append(b, drain(single)...)
			if strings.Join(a, "\n") != strings.Join(b, "\n") {
				t.Errorf("byte by byte:\n%s\nwhole:\n%s", strings.Join(b, "\n"), strings.Join(a, "\n"))
			}
			if got := strings.Join(a, "\n"); got != strings.TrimSpace(c.want) {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestGaps(t *testing.T) {
	d := NewDialogue(nil)
	d.Receive(layers.Server, []byte(record(ApplicationData, strings.Repeat("y", 100))[:50]))
	d.Gap(layers.Server, 20)
	d.Receive(layers.Server, []byte(strings.Repeat("y", 35)+record(ApplicationData, "abc")))
	d.Gap(layers.Server, 5000)
	d.Receive(layers.Server, []byte("midst of something"))
	d.Receive(layers.Server, []byte(record(ApplicationData, "again")))
	want := `server data 0+105 ApplicationData 100 bytes length=100 (tls.application-data)
server data 105+8 ApplicationData 3 bytes length=3 (tls.application-data)
server data 5131+10 ApplicationData 5 bytes length=5 (tls.application-data)`
	if got := strings.Join(drain(d), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzDialogue(f *testing.F) {
	f.Add([]byte(record(Handshake, hello("a.example"))), []byte(record(Handshake, aServerHello("")+certificateOf("a", "b", "c"))))
	f.Add([]byte(record(Alert, "\x01\x00")), []byte(record(ChangeCipherSpec, "\x01")+record(23, "data")))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := NewDialogue(nil)
		for i, part := range [][]byte{a, b, a[:len(a)/2], b[len(b)/2:]} {
			side := layers.Side(i % 2)
			d.Receive(side, part)
			d.Pending(side)
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				if m.Offset < 0 || m.Length < 0 {
					t.Fatalf("%+v", m)
				}
			}
			if i == 1 {
				d.Gap(side, int64(len(a)))
			}
		}
		d.End(layers.Client)
		d.End(layers.Server)
	})
}
