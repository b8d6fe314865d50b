package pop3

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mailwire/layers/layerstest"
)

// An engine is a Server or a Client; drive connects it with a real connection until one side closes.
type engine interface {
	Receive(time.Time, []byte)
	Output() []byte
	Closing() bool
	Hangup()
}

// oneAtATime lets sessions over real connections share a household: an engine takes its turn whenever it works.
type oneAtATime struct {
	sync.Mutex
	household
}

type shared struct {
	*Server
	house *oneAtATime
}

func (s *shared) Receive(now time.Time, b []byte) {
	s.house.Lock()
	defer s.house.Unlock()
	s.Server.Receive(now, b)
}

func (s *shared) Output() []byte {
	s.house.Lock()
	defer s.house.Unlock()
	return s.Server.Output()
}

func (s *shared) Hangup() {
	s.house.Lock()
	defer s.house.Unlock()
	s.Server.Hangup()
}

func drive(conn net.Conn, e engine, each func()) {
	defer conn.Close()
	buf := make([]byte, 4096)
	for {
		for b := e.Output(); len(b) > 0; b = e.Output() {
			if _, err := conn.Write(b); err != nil {
				e.Hangup()
				return
			}
		}
		if e.Closing() {
			return
		}
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := conn.Read(buf)
		e.Receive(epoch, buf[:n])
		each()
		if err != nil {
			e.Hangup()
			each()
			return
		}
	}
}

// serve is drive for a server, which may go on in TLS.
func (s *shared) serve(conn net.Conn, certificate *tls.Config) {
	defer func() { conn.Close() }()
	buf := make([]byte, 4096)
	for starting := false; ; {
		for b := s.Output(); len(b) > 0; b = s.Output() {
			if _, err := conn.Write(b); err != nil {
				s.Hangup()
				return
			}
		}
		switch {
		case s.Closing():
			return
		case starting:
			conn, starting = tls.Server(conn, certificate), false
			s.Secured()
		}
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := conn.Read(buf)
		s.Receive(epoch, buf[:n])
		for e, ok := s.Next(); ok; e, ok = s.Next() {
			if _, is := e.(StartTLS); is {
				starting = true
			}
		}
		if err != nil {
			s.Hangup()
			return
		}
	}
}

// ownCertificate is made on the spot, and nobody trusts it.
func ownCertificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// listen serves sessions over real connections until the test ends.
func listen(t *testing.T, o Options, a household) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	guarded := &oneAtATime{household: a}
	certificate := ownCertificate(t)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go (&shared{NewServer(epoch, o, guarded), guarded}).serve(conn, certificate)
		}
	}()
	return listener.Addr().String()
}

// dovecot starts Dovecot with one account for each probe, after prepare has filled its directory, and lines for its file of users.
func dovecot(t *testing.T, prepare func(dir string), users string) (address string) {
	t.Helper()
	up := layerstest.Shared(t, "peers", "dovecot-up.sh")
	layerstest.Program(t, "dovecot")
	dir, err := os.MkdirTemp("", "pop3")
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(dir, 0o755)
	prepare(dir)
	ports := layerstest.FreePorts(t, 3)
	// The process outlives the script, so its output must not be a pipe that waits for it.
	script, err := os.ReadFile(up)
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "up.sh") // with SCRAM too
	os.WriteFile(own, []byte(strings.Replace(string(script), "plain login cram-md5", "plain login cram-md5 scram-sha-1 scram-sha-256", 1)), 0o755)
	command := exec.Command("bash", own, dir, ports[0], ports[1], "100", ports[2])
	if err := command.Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("dovecot does not start: %v", err)
		}
		t.Skipf("dovecot does not start here: %v", err)
	}
	t.Cleanup(func() {
		b, _ := os.ReadFile(filepath.Join(dir, "run", "master.pid"))
		if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			if master, err := os.FindProcess(pid); err == nil {
				master.Signal(os.Interrupt)
			}
			time.Sleep(200 * time.Millisecond)
		}
		os.RemoveAll(dir)
	})
	f, err := os.OpenFile(filepath.Join(dir, "users"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.WriteString(users)
	return "127.0.0.1:" + ports[1]
}
