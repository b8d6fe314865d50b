package smtp

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
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
func (s *letterboxSession) Mail(from string, o *gosmtp.MailOptions) error {
	s.from, s.to = fmt.Sprint(from, " ", o.Body, " ", o.Size, o.UTF8, " ", o.Return, o.EnvelopeID), nil
	return nil
}
func (s *letterboxSession) Rcpt(to string, o *gosmtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody") {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	}
	s.to = append(s.to, fmt.Sprint(to, o.Notify, o.OriginalRecipientType, o.OriginalRecipient))
	return nil
}
func (s *letterboxSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.taken = append(s.box.taken, fmt.Sprintf("%s|%s|%v|%q", s.user, s.from, s.to, b))
	return err
}
func (s *letterboxSession) Reset()        {}
func (s *letterboxSession) Logout() error { return nil }

// goSMTP starts Go's best-known SMTP server, with all that it offers.
func goSMTP(t *testing.T, box *letterbox) string {
	t.Helper()
	server := gosmtp.NewServer(box)
	server.Domain, server.AllowInsecureAuth, server.MaxMessageBytes = "localhost", true, 1<<20
	server.EnableSMTPUTF8, server.EnableDSN, server.EnableBINARYMIME = true, true, true
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate(t)}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback:", err)
	}
	var done sync.WaitGroup
	done.Go(func() { server.Serve(l) })
	t.Cleanup(func() { server.Close(); done.Wait() })
	return l.Addr().String()
}

func TestClientAgainstGoSMTP(t *testing.T) {
	box := &letterbox{}
	address := goSMTP(t, box)
	for _, config := range []ClientConfig{{}, {NoPipelining: true}, {User: "ana", Password: "secret", Auth: sasl.Policy{Clear: true}}, {OnlyHELO: true}, {ChunkSize: 7},
		{TLS: NeedTLS}, {TLS: TryTLS, User: "ana", Password: "secret", Auth: sasl.Policy{Clear: true}, ChunkSize: 100}} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		box.taken = nil
		c := NewClient(time.Now(), config)
		c.Send(time.Now(), &Outgoing{From: MustPath("<ana@example.net>"), To: addresses("bob@example.org", "nobody@example.org"), Data: []byte("Subject: x\r\n\r\n.a\r\n..\r\n.\r\n")})
		c.Send(time.Now(), &Outgoing{To: addresses("nobody@example.org"), Data: []byte("Subject: y\r\n\r\nz\r\n")})
		c.Send(time.Now(), &Outgoing{To: addresses("eva@example.org"), Data: []byte("Subject: y\r\n\r\nz\n.\nw")})
		c.Quit(time.Now())
		fared, why := ended(drive(t, conn, c))
		if got := strings.Join(fared, ", "); got != "250+ 550, 550, 250+" || why != nil {
			t.Errorf("%+v: %s %v", config, got, why)
		}
		size, other := 25, 23
		if config.OnlyHELO {
			size, other = 0, 0 // SIZE is told to who asks with EHLO
		}
		want := []string{fmt.Sprintf("%s|ana@example.net  %d false |[bob@example.org[]]|%q", config.User, size, "Subject: x\r\n\r\n.a\r\n..\r\n.\r\n"),
			fmt.Sprintf("%s|  %d false |[eva@example.org[]]|%q", config.User, other, "Subject: y\r\n\r\nz\r\n.\r\nw\r\n")}
		if strings.Join(box.taken, "\n") != strings.Join(want, "\n") {
			t.Errorf("%+v: taken\n%s\nwant\n%s", config, strings.Join(box.taken, "\n"), strings.Join(want, "\n"))
		}
	}
}

// What a mail needs and its sender wishes crosses to a server that offers it.
func TestClientTellsGoSMTPWhatTheMailNeeds(t *testing.T) {
	box := &letterbox{}
	address := goSMTP(t, box)
	from := MustPath("<ana@example.net>")
	for _, tt := range []struct {
		mail *Outgoing
		want string
	}{
		{&Outgoing{From: from, Return: ReturnHeaders, ID: "a+b=c", To: []Recipient{{Path: MustPath("<bob@example.org>"), Notify: NotifySuccess | NotifyDelay, Original: "rfc822;Bob+1@example.org"}}, Data: []byte("x\r\n")},
			`|ana@example.net  3 false HDRSa+b=c|[bob@example.org[SUCCESS DELAY]RFC822Bob+1@example.org]|"x\r\n"`},
		{&Outgoing{From: from, To: addresses("jürgen@bücher.example"), Data: []byte("Subject: ü\r\n\r\nö\r\n")},
			`|ana@example.net 8BITMIME 19 true |[jürgen@bücher.example[]]|"Subject: ü\r\n\r\nö\r\n"`},
		{&Outgoing{From: from, To: addresses("bob@example.org"), Data: []byte("Subject: x\r\n\r\nö\r\n")},
			`|ana@example.net 8BITMIME 18 false |[bob@example.org[]]|"Subject: x\r\n\r\nö\r\n"`},
		{&Outgoing{From: from, To: addresses("bob@example.org"), Binary: true, Data: []byte("a\n\x00\r.")},
			`|ana@example.net BINARYMIME 5 false |[bob@example.org[]]|"a\n\x00\r."`},
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		box.taken = nil
		c := NewClient(time.Now(), ClientConfig{})
		c.Send(time.Now(), tt.mail)
		c.Quit(time.Now())
		fared, why := ended(drive(t, conn, c))
		if got := strings.Join(box.taken, "\n"); got != tt.want || fmt.Sprint(fared) != "[250+]" {
			t.Errorf("%v %v: %s, want %s", fared, why, got, tt.want)
		}
	}
}

func TestClientAgainstAiosmtpd(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	script := layerstest.Shared(t, "peers", "aiosmtpd_peer.py")
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import aiosmtpd").Run(); err != nil {
		layerstest.Missing(t, "aiosmtpd is not installed")
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
	open := func() (conn net.Conn) {
		for range 200 {
			if conn, err = net.Dial("tcp", address); err == nil {
				return conn
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatal(err)
		return nil
	}
	for _, tt := range []struct {
		config ClientConfig
		want   string
	}{
		{ClientConfig{User: "alice", Password: "secret", Auth: sasl.Policy{Clear: true}}, "250+ 550 <nil>"},
		{ClientConfig{User: "alice", Password: "secret", Auth: sasl.Policy{Clear: true, Only: "LOGIN"}}, "250+ 550 <nil>"},
		{ClientConfig{ChunkSize: 10}, "250+ 550 <nil>"}, // not offered, so it is DATA
		{ClientConfig{OnlyHELO: true}, "- - <nil>"},     // and the mail is of eight bits
		{ClientConfig{User: "alice", Password: "wrong", Auth: sasl.Policy{Clear: true}}, "- - 535"},
		{ClientConfig{User: "alice", Password: "secret"}, "- - sasl: no mechanism in common"}, // not in the clear
		{ClientConfig{TLS: NeedTLS}, "- - smtp: the server does not offer STARTTLS"},
	} {
		c := NewClient(time.Now(), tt.config)
		c.Send(time.Now(), &Outgoing{From: MustPath("<alice@example.test>"), To: addresses("bob@example.test", "x@elsewhere.example"), Data: []byte("Subject: ü\r\n\r\n.\r\n")})
		c.Quit(time.Now())
		fared, why := ended(drive(t, open(), c))
		if got := fmt.Sprint(strings.Join(fared, ","), " ", why); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%+v: %s, want %s", tt.config, got, tt.want)
		}
	}
	if out, _ := exec.Command("sh", "-c", "cat "+folder+"/bob/new/*").Output(); !strings.HasSuffix(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n\n.\n") {
		t.Errorf("delivered %q", out)
	}
}
