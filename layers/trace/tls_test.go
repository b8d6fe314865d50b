package trace

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	standard "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/tls"
	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
)

// A line is what one side says at once.
type line struct {
	from  layers.Side
	bytes string
}

// A tapped connection keeps what its side wrote.
type tapped struct {
	net.Conn
	side  layers.Side
	mutex *sync.Mutex
	lines *[]line
}

func (c tapped) Write(b []byte) (int, error) {
	c.mutex.Lock()
	*c.lines = append(*c.lines, line{c.side, string(b)})
	c.mutex.Unlock()
	return c.Conn.Write(b)
}

var certificates = sync.OnceValue(func() (both []standard.Certificate) {
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "mail.example.org"}, DNSNames: []string{"mail.example.org"},
		NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1900000000, 0)}
	big, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, big.Public(), big)
	if err != nil {
		panic(err)
	}
	both = append(both, standard.Certificate{Certificate: [][]byte{der}, PrivateKey: big})
	if der, err = x509.CreateCertificate(rand.Reader, template, template, curve.Public(), curve); err != nil {
		panic(err)
	}
	return append(both, standard.Certificate{Certificate: [][]byte{der}, PrivateKey: curve})
})

// encrypted lets the standard library say lines inside TLS, and returns what was on the cable and the keys.
func encrypted(t *testing.T, version, suite uint16, say []line) (wire []line, log string) {
	t.Helper()
	a, b := net.Pipe()
	var mutex sync.Mutex
	var keys bytes.Buffer
	ends := [2]*standard.Conn{
		standard.Client(tapped{a, layers.Client, &mutex, &wire}, &standard.Config{InsecureSkipVerify: true, ServerName: "mail.example.org", KeyLogWriter: &keys,
			MinVersion: version, MaxVersion: version, CipherSuites: []uint16{suite}}),
		standard.Server(tapped{b, layers.Server, &mutex, &wire}, &standard.Config{Certificates: certificates(), MinVersion: version, MaxVersion: version, CipherSuites: []uint16{suite}}),
	}
	act := func(side layers.Side) error {
		if err := ends[side].Handshake(); err != nil {
			return err
		}
		for _, l := range say {
			if l.from == side {
				if _, err := io.WriteString(ends[side], l.bytes); err != nil {
					return err
				}
			} else if _, err := io.ReadFull(ends[side], make([]byte, len(l.bytes))); err != nil {
				return err
			}
		}
		if side == layers.Server {
			return ends[side].CloseWrite()
		}
		_, err := io.Copy(io.Discard, ends[side])
		return err
	}
	done := make(chan error, 1)
	go func() { done <- act(layers.Server) }()
	if err := act(layers.Client); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return wire, keys.String()
}

// greeted and dialogue are a submission; with STARTTLS the greeting is said before TLS.
var (
	greeted   = line{server, "220 mail.example.org ESMTP\r\n"}
	submitted = []line{
		{client, "EHLO ana\r\n"}, {server, "250-mail.example.org\r\n250 AUTH PLAIN\r\n"},
		{client, "AUTH PLAIN AGFuYQBsdXBpbmUtMTc=\r\n"}, {server, "235 2.7.0 OK\r\n"},
		{client, "MAIL FROM:<ana@example.org>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n"}, {server, "250 OK\r\n250 OK\r\n354 go\r\n"},
		{client, "Subject: hi\r\n\r\n" + strings.Repeat("Twenty bytes a line.\r\n", 2000) + ".\r\n"}, {server, "250 2.0.0 queued\r\n"},
		{client, "QUIT\r\n"}, {server, "221 2.0.0 bye\r\n"},
	}
	asked = []line{greeted, {client, "EHLO ana\r\n"}, {server, "250-mail.example.org\r\n250 STARTTLS\r\n"}, {client, "STARTTLS\r\n"}, {server, "220 go\r\n"}}
)

// texts are what was said in a protocol, in short.
func texts(r *recorder, protocol string) (all []string) {
	for _, m := range r.messages {
		if m.Protocol == protocol {
			all = append(all, fmt.Sprintf("%s %s %d %.40q", m.From, m.Kind, m.Length, m.Text))
		}
	}
	return all
}

// cut is how a way of cutting a side's bytes shows them.
var cuts = map[string]func(k *talk, l line){
	"as written": func(k *talk, l line) { k.say(l.from, l.bytes) },
	"small segments": func(k *talk, l line) {
		for b := l.bytes; b != ""; b = b[min(97, len(b)):] {
			k.say(l.from, b[:min(97, len(b))])
		}
	},
	"every segment twice": func(k *talk, l line) {
		for b := l.bytes; b != ""; b = b[min(1460, len(b)):] {
			f := k.next(l.from, b[:min(1460, len(b))])
			k.show(0, f)
			k.show(0, f)
		}
	},
	"in the wrong order": func(k *talk, l line) {
		var frames [][]byte
		for b := l.bytes; b != ""; b = b[min(500, len(b)):] {
			frames = append(frames, k.next(l.from, b[:min(500, len(b))]))
		}
		for _, f := range slices.Backward(frames) {
			k.show(0, f)
		}
	},
}

// What is said inside TLS is told as if it had been said in the clear, whatever the suite and the segments.
func TestTLSIsReadWithItsKeys(t *testing.T) {
	k, plain := newTalk(t, Options{})
	k.open()
	for _, l := range append([]line{greeted}, submitted...) {
		k.say(l.from, l.bytes)
	}
	k.close()
	want := texts(plain, "smtp")
	for _, suite := range []struct{ version, number uint16 }{
		{standard.VersionTLS13, standard.TLS_AES_128_GCM_SHA256}, {standard.VersionTLS12, standard.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384},
		{standard.VersionTLS12, standard.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256}, {standard.VersionTLS12, standard.TLS_RSA_WITH_AES_128_GCM_SHA256},
		{standard.VersionTLS12, standard.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256}, {standard.VersionTLS10, standard.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},
	} {
		for _, starttls := range []bool{false, true} {
			before, say := []line(nil), append([]line{greeted}, submitted...)
			if starttls {
				before, say = asked, submitted
			}
			wire, log := encrypted(t, suite.version, suite.number, say)
			for how, show := range cuts {
				t.Run(fmt.Sprintf("%x %s starttls=%v %s", suite.version, standard.CipherSuiteName(suite.number), starttls, how), func(t *testing.T) {
					keys := &tls.Keys{}
					keys.Add([]byte(log))
					k, r := newTalk(t, Options{Keys: keys})
					k.open()
					for _, l := range append(slices.Clone(before), wire...) {
						show(k, l)
					}
					k.close()
					got := texts(r, "smtp")
					if starttls {
						got = slices.Delete(got, 1, len(asked))
					}
					if strings.Join(got, "\n") != strings.Join(want, "\n") {
						t.Errorf("inside:\n%s\nin the clear:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
					}
					for _, m := range r.messages {
						if len(m.Packets) == 0 || strings.Contains(m.Text, "lupine") || strings.Contains(m.Text, "AGFu") {
							t.Errorf("%+v", m)
						}
					}
				})
			}
		}
	}
}

// Without keys, and with those of another session, only TLS is told; the latter once.
func TestTLSWithoutItsKeys(t *testing.T) {
	wire, log := encrypted(t, standard.VersionTLS13, 0, append([]line{greeted}, submitted...))
	random := log[strings.Index(log, " ")+1:][:64]
	for name, c := range map[string]struct {
		log  string
		note int
	}{
		"none":    {"", 0},
		"another": {"CLIENT_RANDOM " + strings.Repeat("0", 64) + " " + strings.Repeat("0", 96), 0},
		"wrong":   {"CLIENT_HANDSHAKE_TRAFFIC_SECRET " + random + " " + strings.Repeat("0", 64) + "\nSERVER_HANDSHAKE_TRAFFIC_SECRET " + random + " " + strings.Repeat("0", 64), 1},
	} {
		t.Run(name, func(t *testing.T) {
			keys := &tls.Keys{}
			keys.Add([]byte(c.log))
			k, r := newTalk(t, Options{Keys: keys})
			k.open()
			for _, l := range wire {
				k.say(l.from, l.bytes)
			}
			k.close()
			told := 0
			for _, m := range r.messages {
				if m.Protocol != "tls" {
					t.Errorf("%s: %q", m.Protocol, m.Text)
				}
				for _, n := range m.Notes {
					if n.ID == "tls.keys-do-not-match" {
						told++
					}
				}
			}
			if told != c.note {
				t.Errorf("told %d times", told)
			}
		})
	}
}

// A segment that is missing loses the records in it; behind it the dialogue is picked up again.
func TestTLSBehindAGap(t *testing.T) {
	wire, log := encrypted(t, standard.VersionTLS13, 0, append([]line{greeted}, submitted...))
	keys := &tls.Keys{}
	keys.Add([]byte(log))
	k, r := newTalk(t, Options{Keys: keys})
	k.open()
	for i, l := range wire {
		if f := k.next(l.from, l.bytes); i != len(wire)-6 { // the last record of the mail
			k.show(0, f)
		}
	}
	k.close()
	all := texts(r, "smtp")
	if len(all) < 3 || !strings.Contains(all[len(all)-1], "221 2.0.0 bye") || !strings.Contains(all[len(all)-2], "QUIT") {
		t.Errorf("%s", strings.Join(all, "\n"))
	}
}

// tshark, with the same keys, finds the same lines.
func TestTLSBesideTshark(t *testing.T) {
	wire, log := encrypted(t, standard.VersionTLS13, 0, append([]line{greeted}, submitted...))
	folder := t.TempDir()
	file, keyFile := filepath.Join(folder, "tls.pcapng"), filepath.Join(folder, "keys")
	if err := os.WriteFile(keyFile, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := capture.NewWriter(&b, "test")
	if err != nil {
		t.Fatal(err)
	}
	described := false
	k, _ := newTalk(t, Options{})
	k.f.face = faceFunc(func(e Event) error {
		if p, ok := e.(*Packet); ok {
			if !described {
				described = true
				if err := w.Interface(p.Frame.Interface); err != nil {
					return err
				}
			}
			return w.Frame(p.Frame, "")
		}
		return nil
	})
	k.open()
	for _, l := range wire {
		for b := l.bytes; b != ""; b = b[min(1460, len(b)):] {
			k.say(l.from, b[:min(1460, len(b))])
		}
	}
	k.close()
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(layerstest.Program(t, "tshark"), "-r", file, "-o", "tls.keylog_file:"+keyFile, "-d", "tcp.port==25,tls", "-d", "tls.port==25,smtp", "-Y", "smtp",
		"-T", "fields", "-e", "smtp.req.command", "-e", "smtp.response.code").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT", "220", "235", "354", "221"} {
		if !strings.Contains(string(out), verb) {
			t.Errorf("tshark does not find %s:\n%s", verb, out)
		}
	}
}

// Lines in the clear between the agreement on TLS and the handshake are told as what they are, and a password in them is masked
// everywhere.
func TestWhatIsSmuggledAroundSTARTTLS(t *testing.T) {
	wire, _ := encrypted(t, standard.VersionTLS13, 0, nil)
	hello, answer := wire[0].bytes, wire[1].bytes
	smtp := []line{greeted, {client, "EHLO ana\r\n"}, {server, "250-mail.example.org\r\n250 STARTTLS\r\n"}}
	pop3, imap := []line{{server, "+OK ready\r\n"}}, []line{{server, "* OK IMAP4rev1 ready\r\n"}}
	for name, c := range map[string]struct {
		before []line
		lines  []line
		note   string
		secret string
	}{
		"SMTP, behind the command": {smtp, []line{{client, "STARTTLS\r\nAUTH PLAIN AGFuYQBsdXBpbmU=\r\n"}, {server, "220 go\r\n"}, {client, hello}, {server, answer}},
			"smtp.starttls.injected", "AGFu"},
		"SMTP, by the server": {smtp, []line{{client, "STARTTLS\r\n"}, {server, "220 go\r\n250 fine\r\n" + answer}, {client, hello}}, "tls.smuggled.server", ""},
		"POP3, behind the command": {pop3, []line{{client, "STLS\r\nUSER ana\r\nPASS lupine\r\n"}, {server, "+OK go\r\n"}, {client, hello}, {server, answer}},
			"tls.smuggled.client", "lupine"},
		"POP3, before the handshake": {pop3, []line{{client, "STLS\r\n"}, {server, "+OK go\r\n"}, {client, "PASS lupine\r\n" + hello}, {server, answer}},
			"tls.smuggled.client", "lupine"},
		"IMAP, behind the command": {imap, []line{{client, "a STARTTLS\r\nb LOGIN ana lupine\r\n"}, {server, "a OK go\r\n"}, {client, hello}, {server, answer}},
			"imap.starttls.injected", "lupine"},
	} {
		t.Run(name, func(t *testing.T) {
			k, r := newTalk(t, Options{})
			k.open()
			for _, l := range append(slices.Clone(c.before), c.lines...) {
				k.say(l.from, l.bytes)
			}
			k.close()
			var told, hellos int
			for _, m := range r.messages {
				if strings.HasSuffix(m.Verb, "Hello") {
					hellos++
				}
				for _, n := range m.Notes {
					if n.ID == c.note {
						told++
					}
				}
				if c.secret != "" && strings.Contains(m.Text, c.secret) {
					t.Errorf("shown: %q", m.Text)
				}
			}
			if told != 1 || hellos != 2 {
				t.Errorf("told %d times, %d hellos:\n%s", told, hellos, r.said())
			}
			if hidden := fmt.Sprint(r.secrets); !strings.Contains(hidden, c.secret) {
				t.Errorf("hidden in the frames: %s", hidden)
			}
		})
	}
}
