package mail

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"io"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"mailwire/layers/application/smtp"
	"mailwire/sim"
)

// A chance is the world's chance as crypto/tls reads it.
type chance struct{ *rand.Rand }

// Read fills b. crypto/tls reads one byte now and then to keep programs from relying on what comes next; that one does not
// count.
func (c chance) Read(b []byte) (int, error) {
	if len(b) == 1 {
		return 1, nil
	}
	var eight [8]byte
	for i := range b {
		if i%8 == 0 {
			binary.LittleEndian.PutUint64(eight[:], c.Uint64())
		}
		b[i] = eight[i%8]
	}
	return len(b), nil
}

// certified is a TLS configuration with a certificate for the host of a domain.
func certified(t *testing.T, w *sim.World, domain string) *tls.Config {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	source := chance{w.Rand("certificate " + domain)}
	io.ReadFull(source, seed)
	key := ed25519.NewKeyFromSeed(seed)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: HostName(domain)}, DNSNames: []string{HostName(domain)},
		NotBefore: monday, NotAfter: monday.AddDate(0, 3, 0), BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(source, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, Rand: source, Time: w.Now,
		CurvePreferences: []tls.CurveID{tls.X25519}, SessionTicketsDisabled: true,
	}
}

// trusting is the configuration of a client that trusts the certificate of a domain's host.
func (s *street) trusting(domain string) *tls.Config {
	leaf, err := x509.ParseCertificate(s.net.config.TLS.Certificates[0].Certificate[0])
	s.must(err)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{RootCAs: roots, ServerName: HostName(domain), Rand: chance{s.world.Rand("client")}, Time: s.world.Now, CurvePreferences: []tls.CurveID{tls.X25519}}
}

// submit sends a mail of Ana's to Bob over a connection to a port, and returns what became of it.
func (s *street) submit(port uint16, config *tls.Config, implicit bool) (delivered *smtp.Delivered, why error) {
	s.t.Helper()
	s.wait(func(done func(*Failure)) {
		a := s.agent("ana@example.net", IMAP)
		policy := smtp.NeedTLS
		if implicit {
			policy = smtp.NoTLS
		}
		a.open(port, func(conn Connection) {
			client := smtp.NewClient(s.world.Now(), smtp.ClientConfig{Hostname: "laptop", User: "ana@example.net", Password: "secret", TLS: policy, Encrypted: implicit})
			client.Send(s.world.Now(), &smtp.Outgoing{From: smtp.MustPath("<ana@example.net>"), To: []smtp.Path{smtp.MustPath("<bob@example.org>")}, Data: []byte("Subject: x\r\n\r\nx\r\n")})
			client.Quit(s.world.Now())
			if implicit {
				conn = secureClient(conn, config)
			}
			var running *session
			running = run(s.world, conn, client, func() {
				for e, ok := client.Next(); ok; e, ok = client.Next() {
					switch e := e.(type) {
					case *smtp.Secure:
						running.startTLS(func(c Connection) Connection { return secureClient(c, config) }, func() { client.Secured(s.world.Now()) })
					case *smtp.Delivered:
						delivered = e
					}
				}
			}, func(err error) { why = err; done(nil) })
		}, done)
	})
	s.run(time.Minute)
	return delivered, why
}

func TestMailTravelsInsideTLS(t *testing.T) {
	for _, c := range []struct {
		port     uint16
		implicit bool
	}{{portSubmission, false}, {portSubmissions, true}} {
		s := newStreet(t)
		delivered, why := s.submit(c.port, s.trusting("example.net"), c.implicit)
		if delivered == nil || delivered.Why != nil {
			t.Fatalf("port %d: %+v, %v", c.port, delivered, why)
		}
		if got := s.inbox(s.bobAtOrg); len(got) != 1 {
			t.Errorf("port %d: Bob has %q", c.port, got)
		}
	}
}

func TestACertificateForAnotherNameIsRefused(t *testing.T) {
	for _, c := range []struct {
		port     uint16
		implicit bool
	}{{portSubmission, false}, {portSubmissions, true}} {
		s := newStreet(t)
		delivered, why := s.submit(c.port, s.trusting("example.com"), c.implicit)
		if delivered != nil || why == nil {
			t.Errorf("port %d: %+v, %v", c.port, delivered, why)
		}
	}
}
