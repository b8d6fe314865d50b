package mail

import (
	"crypto"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"io"
	"math/big"
	"math/rand/v2"
	"time"

	"mailwire/sim"
)

// An Authority is the certificate authority of a world, which all its mail programs trust. What it makes comes from the
// world's chance, so that the same seed gives the same keys, and with TLS 1.3 and X25519 the same bytes on the wire (on
// processors with AES instructions; elsewhere crypto/tls prefers another cipher).
type Authority struct {
	world       *sim.World
	key         ed25519.PrivateKey
	certificate *x509.Certificate
	issued      int64
	chances     map[string]chance // by name; each goes on from session to session

	// KeyLog, unless nil, is told the secrets of each session as a line of a key log (RFC 9850), before anything is sent
	// that they protect.
	KeyLog func(line []byte)
}

// validFor is how long a certificate holds from the day it is issued.
const validFor = 90 * 24 * time.Hour

// NewAuthority is the authority of a world. Its key and certificate are made when somebody first asks for one of it.
func NewAuthority(w *sim.World) *Authority {
	return &Authority{world: w, chances: map[string]chance{}}
}

// root is the certificate that all trust.
func (a *Authority) root() *x509.Certificate {
	if a.certificate == nil {
		a.key = newKey(a.world, "authority")
		template := &x509.Certificate{
			Subject: pkix.Name{CommonName: "Example Authority"}, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
			NotBefore: a.world.Now(), NotAfter: a.world.Now().AddDate(10, 0, 0),
		}
		a.certificate = a.sign(template, template, a.key.Public(), a.key)
	}
	return a.certificate
}

// A Flaw is what is wrong with a certificate; "" for nothing.
type Flaw string

// The flaws.
const (
	Expired    Flaw = "expired"
	OtherName  Flaw = "for another name"
	SelfSigned Flaw = "self-signed" // by the host itself, and not by an authority that anybody trusts
)

// Server is what a host called name needs to speak TLS: a key, and a certificate from today on.
func (a *Authority) Server(name string, flaw Flaw) *tls.Config {
	key, from, certified := newKey(a.world, name), a.world.Now(), name
	switch flaw {
	case Expired:
		from = from.Add(-2 * validFor)
	case OtherName:
		certified = "other." + name
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: certified}, DNSNames: []string{certified}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: from, NotAfter: from.Add(validFor),
	}
	root := a.root()
	leaf := a.sign(template, root, key.Public(), a.key)
	if flaw == SelfSigned {
		leaf = a.sign(template, template, key.Public(), key)
	}
	config := a.config("tls server " + name)
	config.Certificates = []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}}
	config.SessionTicketsDisabled = true // a ticket would make one session depend on another
	config.KeyLogWriter = keyLog{a}
	return config
}

// Client is how a program on the host called by trusts a server called name: its certificate must be for that name, and
// from this authority.
func (a *Authority) Client(by, name string) *tls.Config {
	config := a.config("tls client " + by)
	config.ServerName = name
	config.RootCAs = x509.NewCertPool()
	config.RootCAs.AddCert(a.root())
	return config
}

// Opportunistic is how mail hosts use TLS among each other: they take any certificate, since the alternative would be to
// send in the clear (RFC 7435).
func (a *Authority) Opportunistic(by, name string) *tls.Config {
	config := a.Client(by, name)
	config.InsecureSkipVerify = true
	return config
}

// config is what both sides have in common. TLS 1.3 alone: of TLS 1.2 the secrets would be known only behind the first
// bytes that they protect. X25519 alone: a hybrid key has chance in it that no reader gives.
func (a *Authority) config(name string) *tls.Config {
	if _, known := a.chances[name]; !known {
		a.chances[name] = chance{a.world.Rand(name)}
	}
	return &tls.Config{
		Rand: a.chances[name], Time: a.world.Now, MinVersion: tls.VersionTLS13, CurvePreferences: []tls.CurveID{tls.X25519},
	}
}

// sign issues a certificate for a key, signed with that of the parent.
func (a *Authority) sign(template, parent *x509.Certificate, key crypto.PublicKey, by ed25519.PrivateKey) *x509.Certificate {
	a.issued++
	template.SerialNumber = big.NewInt(a.issued)
	template.BasicConstraintsValid = true
	der, err := x509.CreateCertificate(nil, template, parent, key, by)
	if err != nil {
		panic("mail: a certificate could not be made: " + err.Error())
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic("mail: an own certificate could not be read: " + err.Error())
	}
	return certificate
}

func newKey(w *sim.World, name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	io.ReadFull(chance{w.Rand("key " + name)}, seed) // never fails
	return ed25519.NewKeyFromSeed(seed)
}

// A chance is the world's chance as crypto/tls reads it.
type chance struct{ *rand.Rand }

// Read fills b. crypto/tls reads one byte now and then so that nobody relies on what comes behind it; that one is not
// taken from the sequence, which stays the same.
func (c chance) Read(b []byte) (int, error) {
	if len(b) == 1 {
		b[0] = 0
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

// A keyLog is an authority's KeyLog as crypto/tls writes to it.
type keyLog struct{ authority *Authority }

func (k keyLog) Write(line []byte) (int, error) {
	if k.authority.KeyLog != nil {
		k.authority.KeyLog(line)
	}
	return len(line), nil
}
