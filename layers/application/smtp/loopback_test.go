package smtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailwire/layers/application/sasl"
)

// An office is the backend for other people's programs: it takes mail for example.test from anyone and for others from its
// users, alice and bob, whose password is "secret". Several sessions use it at once.
type office struct {
	mu    sync.Mutex
	taken []string // With, sender, recipients and data of each mail
}

func (o *office) users() []string { return []string{"alice", "bob"} }

func (o *office) Login(_ *Session, user, password string) error {
	if password == "secret" && slices.Contains(o.users(), user) {
		return nil
	}
	return BadLogin()
}
func (o *office) Secret(user string) (sasl.Secret, bool) {
	return sasl.Secret{Password: "secret"}, slices.Contains(o.users(), user)
}
func (o *office) Mail(*Session, Path, []Param) error { return nil }
func (o *office) Rcpt(s *Session, to Path, _ []Param) error {
	switch {
	case to.Mailbox.Postmaster():
	case !strings.EqualFold(to.Mailbox.Domain, "example.test") && s.User == "":
		return RelayDenied()
	case strings.HasPrefix(to.Mailbox.Local, "nobody"):
		return UnknownUser()
	}
	return nil
}
func (o *office) Deliver(e *Envelope, data []byte) error {
	var to []string
	for _, r := range e.To {
		to = append(to, r.Path.String())
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken = append(o.taken, fmt.Sprintf("%s %s %s %q", e.With(), e.From, strings.Join(to, " "), data))
	return nil
}
func (o *office) Verify(*Session, string, bool) *Reply { return nil }

// mails is what was taken since it was asked last.
func (o *office) mails() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := o.taken
	o.taken = nil
	return taken
}

// serve runs our server on loopback, and returns its address. With STARTTLS announced it can do TLS; encrypted, it begins
// with it.
func serve(t testing.TB, config ServerConfig, backend Backend, encrypted bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback:", err)
	}
	if config.Nonce == nil {
		config.Nonce = rand.Text
	}
	secret := &tls.Config{Certificates: []tls.Certificate{certificate(t)}}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			done.Go(func() { session(conn, config, backend, secret, encrypted) })
		}
	})
	t.Cleanup(func() { l.Close(); done.Wait() })
	return l.Addr().String()
}

// session moves the bytes of one session.
func session(conn net.Conn, config ServerConfig, backend Backend, secret *tls.Config, encrypted bool) {
	defer func() { conn.Close() }()
	s := NewServer(time.Now(), config, backend, netip.MustParseAddr("127.0.0.1"))
	if encrypted {
		conn = tls.Server(conn, secret)
		s.Secured(time.Now())
	}
	buffer := make([]byte, 8<<10)
	for {
		for out := s.Output(); len(out) > 0; out = s.Output() {
			if _, err := conn.Write(out); err != nil {
				return
			}
		}
		for e, ok := s.Next(); ok; e, ok = s.Next() {
			if _, is := e.(*Secure); is {
				conn = tls.Server(conn, secret)
				s.Secured(time.Now())
			}
		}
		if s.Closing() {
			return
		}
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		s.Receive(time.Now(), buffer[:n])
	}
}

// drive runs the client over a real connection until it is done.
func drive(t testing.TB, conn net.Conn, c *Client) (events []Event) {
	t.Helper()
	defer func() { conn.Close() }()
	buffer := make([]byte, 4096)
	for !c.Closing() {
		for out := c.Output(); len(out) > 0; out = c.Output() {
			if _, err := conn.Write(out); err != nil {
				t.Fatal(err)
			}
		}
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := conn.Read(buffer)
		c.Receive(time.Now(), buffer[:n])
		if err != nil {
			c.End(time.Now(), err)
		}
		for e, ok := c.Next(); ok; e, ok = c.Next() {
			if _, is := e.(*Secure); is {
				conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // it is our own server, or the test's
				c.Secured(time.Now())
			}
			events = append(events, e)
		}
	}
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		events = append(events, e)
	}
	return events
}

// ended is why a session ended, and how each mail fared: for each recipient the code, and the mail's own.
func ended(events []Event) (fared []string, why error) {
	why = errors.New("no end")
	for _, e := range events {
		switch e := e.(type) {
		case *Delivered:
			var list []string
			for i, r := range e.Recipients {
				word := "-"
				if r != nil {
					word = fmt.Sprint(r.Code)
				}
				if e.Accepted(i) {
					word += "+"
				}
				list = append(list, word)
			}
			fared = append(fared, strings.Join(list, " "))
		case *Ended:
			why = e.Why
		}
	}
	return fared, why
}

// certificate makes one for localhost.
func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
