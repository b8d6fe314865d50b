package smtp

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	netsmtp "net/smtp"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	gosasl "github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"mailwire/layers/application/sasl"
	"mailwire/layers/layerstest"
)

// drive runs the client over a real connection until it is done.
func drive(t *testing.T, conn net.Conn, c *Client) (events []Event) {
	t.Helper()
	defer conn.Close()
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
			events = append(events, e)
		}
	}
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		events = append(events, e)
	}
	return events
}

// serve runs our server on loopback, one connection after another, and returns its address.
func serve(t *testing.T, config ServerConfig, h *house) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback:", err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s := NewServer(time.Now(), config, h, netip.MustParseAddr("127.0.0.1"))
			buffer := make([]byte, 4096)
			for {
				conn.Write(s.Output())
				if s.Closing() {
					break
				}
				conn.SetReadDeadline(time.Now().Add(10 * time.Second))
				n, err := conn.Read(buffer)
				if err != nil {
					break
				}
				s.Receive(time.Now(), buffer[:n])
			}
			conn.Close()
		}
	})
	t.Cleanup(func() { l.Close(); done.Wait() })
	return l.Addr().String()
}

// A letterbox is the backend of emersion/go-smtp.
type letterbox struct {
	mu    sync.Mutex
	taken []string
}

type letterboxSession struct {
	box  *letterbox
	from string
	to   []string
	user string
}

func (b *letterbox) NewSession(*gosmtp.Conn) (gosmtp.Session, error) {
	return &letterboxSession{box: b}, nil
}
func (s *letterboxSession) AuthMechanisms() []string { return []string{gosasl.Plain} }
func (s *letterboxSession) Auth(string) (gosasl.Server, error) {
	return gosasl.NewPlainServer(func(_, user, password string) error {
		if user != "ana" || password != "secret" {
			return gosmtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}
func (s *letterboxSession) Mail(from string, _ *gosmtp.MailOptions) error {
	s.from, s.to = from, nil
	return nil
}
func (s *letterboxSession) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody") {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	}
	s.to = append(s.to, to)
	return nil
}
func (s *letterboxSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.taken = append(s.box.taken, fmt.Sprintf("%s %s %v %q", s.user, s.from, s.to, b))
	return err
}
func (s *letterboxSession) Reset()        {}
func (s *letterboxSession) Logout() error { return nil }

func TestClientAgainstGoSMTP(t *testing.T) {
	box := &letterbox{}
	server := gosmtp.NewServer(box)
	server.Domain, server.AllowInsecureAuth = "localhost", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback:", err)
	}
	go server.Serve(l)
	defer server.Close()
	for _, config := range []ClientConfig{{}, {NoPipelining: true}, {User: "ana", Password: "secret", Auth: sasl.Policy{Clear: true}}, {OnlyHELO: true}, {ChunkSize: 7}} {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		box.taken = nil
		c := NewClient(time.Now(), config)
		c.Send(time.Now(), &Outgoing{From: MustPath("<ana@example.net>"), To: addresses("bob@example.org", "nobody@example.org"), Data: []byte("Subject: x\r\n\r\n.a\r\n..\r\n.\r\n")})
		c.Send(time.Now(), &Outgoing{To: addresses("eva@example.org"), Data: []byte("Subject: y\r\n\r\nz\r\n")})
		c.Quit(time.Now())
		var told []string
		for _, e := range drive(t, conn, c) {
			if d, ok := e.(*Delivered); ok {
				told = append(told, fmt.Sprint(d.Why == nil, len(d.Recipients), d.Accepted(0)))
			}
		}
		if got := strings.Join(told, ", "); got != "true 2 true, true 1 true" {
			t.Errorf("%+v: %s", config, got)
		}
		want := []string{fmt.Sprintf("%s ana@example.net [bob@example.org] %q", config.User, "Subject: x\r\n\r\n.a\r\n..\r\n.\r\n"),
			fmt.Sprintf("%s  [eva@example.org] %q", config.User, "Subject: y\r\n\r\nz\r\n")}
		if fmt.Sprint(box.taken) != fmt.Sprint(want) {
			t.Errorf("%+v: taken %q", config, box.taken)
		}
	}
}

func TestServerAgainstGoClient(t *testing.T) {
	h := &house{}
	address := serve(t, ServerConfig{Role: Submission}, h)
	auth := netsmtp.PlainAuth("", "ana", "secret", "127.0.0.1")
	if err := netsmtp.SendMail(address, auth, "ana@example.net", []string{"c@elsewhere.example"}, []byte("Subject: x\r\n\r\n.dot\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := netsmtp.SendMail(address, nil, "ana@example.net", []string{"bob@example.net"}, []byte("x")); err == nil || !strings.Contains(err.Error(), "530") {
		t.Errorf("without a login: %v", err)
	}
	if want := []string{`UTF8SMTPA <ana@example.net> <c@elsewhere.example> "Subject: x\r\n\r\n.dot\r\n"`}; fmt.Sprint(h.taken) != fmt.Sprint(want) {
		t.Errorf("taken %s", h.taken)
	}
}

func TestServerAgainstSwaks(t *testing.T) {
	swaks := layerstest.Program(t, "swaks")
	if testing.Short() {
		t.Skip("short")
	}
	h := &house{}
	address := serve(t, ServerConfig{Mechanisms: []string{"PLAIN", "LOGIN", "CRAM-MD5"}}, h)
	for i, args := range []string{"", "--protocol SMTP", "--pipeline", "--auth PLAIN --auth-user ana --auth-password secret", "--auth LOGIN --auth-user ana --auth-password secret"} {
		line := append([]string{"--server", address, "--from", "ana@example.net", "--to", "bob@example.net", "--body", ".\n..x"}, strings.Fields(args)...)
		out, err := exec.Command(swaks, line...).CombinedOutput()
		if err != nil || len(h.taken) != i+1 {
			t.Errorf("swaks %s: %v\n%s", args, err, out)
		}
	}
	line := []string{"--server", address, "--from", "a@b.example", "--to", "c@elsewhere.example"}
	if out, err := exec.Command(swaks, line...).CombinedOutput(); err == nil || !strings.Contains(string(out), "550 5.7.1") {
		t.Errorf("a stranger's mail is relayed: %s", out)
	}
}

func TestClientAgainstAiosmtpd(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	script := layerstest.Shared(t, "peers", "aiosmtpd_peer.py")
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import aiosmtpd").Run(); err != nil {
		t.Skip("aiosmtpd is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback:", err)
	}
	address := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(address)
	folder := t.TempDir()
	peer := exec.Command(python, script, folder, port)
	if err := peer.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { peer.Process.Signal(os.Interrupt); peer.Process.Kill(); peer.Wait() }()
	var conn net.Conn
	for range 100 {
		if conn, err = net.Dial("tcp", address); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient(time.Now(), ClientConfig{User: "alice", Password: "secret", Auth: sasl.Policy{Clear: true}})
	c.Send(time.Now(), &Outgoing{From: MustPath("<alice@example.test>"), To: addresses("bob@example.test", "x@elsewhere.example"), Data: []byte("Subject: ü\r\n\r\n.\r\n")})
	c.Quit(time.Now())
	for _, e := range drive(t, conn, c) {
		if d, ok := e.(*Delivered); ok && (d.Why != nil || !d.Accepted(0) || d.Accepted(1)) {
			t.Errorf("%v %v", d.Why, d.Recipients)
		}
	}
	if out, _ := exec.Command("sh", "-c", "cat "+folder+"/bob/new/*").Output(); !strings.HasSuffix(string(out), "\n\n.\n") && !strings.HasSuffix(string(out), "\r\n\r\n.\r\n") {
		t.Errorf("delivered %q", out)
	}
}
