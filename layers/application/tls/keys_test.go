package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	standard "crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"mailwire/layers"
)

// A tapped connection keeps what each side wrote, in order.
type tapped struct {
	net.Conn
	side  layers.Side
	mutex *sync.Mutex
	turns *[]turn
}

func (c tapped) Write(b []byte) (int, error) {
	c.mutex.Lock()
	*c.turns = append(*c.turns, turn{c.side, string(b)})
	c.mutex.Unlock()
	return c.Conn.Write(b)
}

// certificates are one with an RSA key and one with an elliptic curve.
var certificates = sync.OnceValue(func() (both [2]tls.Certificate) {
	template := &standard.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "mail.example.org"},
		DNSNames: []string{"mail.example.org"}, NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1900000000, 0)}
	short, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := standard.CreateCertificate(rand.Reader, template, template, short.Public(), short)
	if err != nil {
		panic(err)
	}
	both[0] = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: short}
	curve, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if der, err = standard.CreateCertificate(rand.Reader, template, template, curve.Public(), curve); err != nil {
		panic(err)
	}
	both[1] = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: curve}
	return both
})

// talk lets the standard library's client and server say something inside TLS.
func talk(t testing.TB, version, suite uint16, says [2]string) (turns []turn, log string) {
	t.Helper()
	client, server := net.Pipe()
	var mutex sync.Mutex
	var keys bytes.Buffer
	all := certificates()
	from := tls.Client(tapped{client, layers.Client, &mutex, &turns}, &tls.Config{InsecureSkipVerify: true, ServerName: "mail.example.org",
		KeyLogWriter: &keys, MinVersion: version, MaxVersion: version, CipherSuites: []uint16{suite}})
	to := tls.Server(tapped{server, layers.Server, &mutex, &turns}, &tls.Config{Certificates: all[:], MinVersion: version, MaxVersion: version,
		CipherSuites: []uint16{suite}})
	done := make(chan error, 1)
	go func() {
		_, err := io.WriteString(to, says[layers.Server])
		if err == nil {
			_, err = io.ReadFull(to, make([]byte, len(says[layers.Client])))
		}
		to.CloseWrite()
		done <- err
	}()
	if _, err := io.ReadFull(from, make([]byte, len(says[layers.Server]))); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(from, says[layers.Client]); err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, from) // until close_notify
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return turns, keys.String()
}

// insides are the plain texts that a dialogue hands on.
func insides(d *Dialogue, plain *[2]string) {
	for m, ok := d.Next(); ok; m, ok = d.Next() {
		if m.Inside != nil {
			plain[m.From] += string(m.Inside.Bytes)
			if m.Inside.Last {
				plain[m.From] += "|"
			}
		}
	}
}

func suites() (all [][2]uint16) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		for _, v := range s.SupportedVersions {
			if v >= tls.VersionTLS10 {
				all = append(all, [2]uint16{v, s.ID})
			}
		}
	}
	return all
}

// Every suite that the standard library speaks is opened (RC4 apart), whatever the pieces.
func TestKeysOpenEverySuite(t *testing.T) {
	says := [2]string{"EHLO ana\r\nQUIT\r\n" + strings.Repeat("x", 20000), "220 mail.example.org ESMTP\r\n"}
	for _, s := range suites() {
		version, number := s[0], s[1]
		name := tls.CipherSuiteName(number)
		t.Run(fmt.Sprint(versionName(version), " ", name), func(t *testing.T) {
			if strings.Contains(name, "RC4") {
				t.Skip("not opened here")
			}
			if version == tls.VersionTLS13 && number != tls.TLS_AES_128_GCM_SHA256 {
				t.Skip("the standard library chooses its suite of TLS 1.3 itself")
			}
			turns, log := talk(t, version, number, says)
			for _, step := range []int{1, 7, 1460, 1 << 20} {
				keys := &Keys{}
				keys.Add([]byte(log))
				d := NewDialogue(keys)
				var plain [2]string
				for _, turn := range turns {
					for b := []byte(turn.bytes); len(b) > 0; b = b[min(step, len(b)):] {
						d.Receive(turn.from, b[:min(step, len(b))])
						insides(d, &plain)
					}
				}
				if plain[0] != says[0] || plain[1] != says[1]+"|" {
					t.Fatalf("in pieces of %d: %.80q %.80q", step, plain[0], plain[1])
				}
			}
		})
	}
}

// With keys, any change of a recorded session is told and neither stops the dialogue nor yields a byte that was not said.
func FuzzKeys(f *testing.F) {
	f.Add(uint16(0), uint32(200), byte(1), uint32(0))
	f.Add(uint16(1), uint32(2000), byte(0x80), uint32(40))
	f.Add(uint16(2), uint32(900), byte(3), uint32(5000))
	says := [2]string{"EHLO ana\r\n" + strings.Repeat("x", 3000), "220 ready\r\n"}
	var sessions [3][]turn
	var logs [3]string
	for i, s := range [][2]uint16{{tls.VersionTLS13, 0}, {tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
		{tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256}} {
		sessions[i], logs[i] = talk(f, s[0], s[1], says)
	}
	f.Fuzz(func(t *testing.T, session uint16, at uint32, flip byte, gap uint32) {
		i := int(session) % len(sessions)
		keys := &Keys{}
		keys.Add([]byte(logs[i]))
		d := NewDialogue(keys)
		var plain [2]string
		place := int(at)
		for _, turn := range sessions[i] {
			b := []byte(turn.bytes)
			if place >= 0 && place < len(b) {
				b[place] ^= flip
				d.Receive(turn.from, b[:place])
				lost := min(int(gap), len(b)-place)
				if lost > 0 {
					d.Gap(turn.from, int64(lost))
				}
				b = b[place+lost:]
			}
			place -= len(turn.bytes)
			d.Receive(turn.from, b)
			d.Pending(turn.from)
			insides(d, &plain)
		}
		d.End(layers.Client)
		d.End(layers.Server)
		insides(d, &plain)
		for side, said := range plain {
			for _, piece := range strings.Split(said, "|") {
				if len(piece) > len(says[side]) {
					t.Fatalf("%d bytes of %d", len(piece), len(says[side]))
				}
			}
		}
	})
}
