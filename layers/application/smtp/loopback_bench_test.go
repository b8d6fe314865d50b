package smtp

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
)

// A shredder is a backend of emersion/go-smtp that keeps nothing.
type shredder struct{}

func (shredder) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return shredder{}, nil }
func (shredder) Mail(string, *gosmtp.MailOptions) error          { return nil }
func (shredder) Rcpt(string, *gosmtp.RcptOptions) error          { return nil }
func (shredder) Data(r io.Reader) error                          { _, err := io.Copy(io.Discard, r); return err }
func (shredder) Reset()                                          {}
func (shredder) Logout() error                                   { return nil }

// Mails of 4 KiB over 20 connections that are kept, from the same client to two servers that keep nothing.
func BenchmarkLoopback(b *testing.B) {
	b.Run("ours", func(b *testing.B) { load(b, serve(b, ServerConfig{}, discard{}, false)) })
	b.Run("go-smtp", func(b *testing.B) {
		server := gosmtp.NewServer(shredder{})
		server.Domain = "localhost"
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Skip("no loopback:", err)
		}
		var done sync.WaitGroup
		done.Go(func() { server.Serve(l) })
		defer func() { server.Close(); done.Wait() }()
		load(b, l.Addr().String())
	})
}

// load sends b.N mails.
func load(b *testing.B, address string) {
	var stuffer Stuffer
	mail := string(stuffer.End(stuffer.Append(nil, letter())))
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var done sync.WaitGroup
	for range 20 {
		done.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			answers := bufio.NewReader(conn)
			ask := func(line, code string) bool {
				io.WriteString(conn, line)
				for {
					answer, err := answers.ReadString('\n')
					if err != nil || !strings.HasPrefix(answer, code) {
						b.Errorf("%q: %q %v", line[:min(len(line), 20)], answer, err)
						return false
					}
					if answer[3] == ' ' {
						return true
					}
				}
			}
			if !ask("", "220") || !ask("EHLO client.example.net\r\n", "250") {
				return
			}
			for left.Add(-1) >= 0 {
				if !ask("MAIL FROM:<ana@example.net>\r\n", "250") || !ask("RCPT TO:<bob@example.org>\r\n", "250") || !ask("DATA\r\n", "354") || !ask(mail, "250") {
					return
				}
			}
			ask("QUIT\r\n", "221")
		})
	}
	done.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
