package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
)

// What mails cost: 20 connections hand in 5,000 of 4 KiB each, to `serve --quiet` with its store in memory and, by the same
// client, to Go's go-smtp server, whose backend throws them away.
const (
	loadConnections = 20
	loadMails       = 5000
	loadSize        = 4 << 10
)

func BenchmarkMailsTaken(b *testing.B) {
	b.Run("mailwire", func(b *testing.B) {
		s := startServe(b, "--quiet")
		benchmarkMails(b, s.address("smtp"))
		s.stop()
		reportTime(b, s.command.ProcessState)
	})
	b.Run("go-smtp", func(b *testing.B) {
		c := exec.Command("go-smtp")
		stop, err := c.StdinPipe()
		if err != nil {
			b.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		address, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			b.Fatal(err)
		}
		benchmarkMails(b, strings.TrimSpace(address))
		stop.Close()
		c.Wait()
		reportTime(b, c.ProcessState)
	})
}

// reportTime tells what the server cost, whatever else the machine was about.
func reportTime(b *testing.B, server *os.ProcessState) {
	b.ReportMetric(float64((server.UserTime()+server.SystemTime()).Microseconds())/float64(loadMails*b.N), "µs/mail")
}

// goSMTP is a program of its own: it says where it waits, and ends with its standard input.
func goSMTP() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	panic(gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return discarding{}, nil })).Serve(l))
}

// discarding takes every mail and keeps none.
type discarding struct{}

func (discarding) Reset()                                 {}
func (discarding) Logout() error                          { return nil }
func (discarding) Mail(string, *gosmtp.MailOptions) error { return nil }
func (discarding) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (discarding) Data(r io.Reader) error                 { _, err := io.Copy(io.Discard, r); return err }

func benchmarkMails(b *testing.B, address string) {
	line := strings.Repeat("x", 70) + "\r\n"
	mail := []byte("From: bob@example.org\r\nTo: ana@example.org\r\nSubject: load\r\n\r\n" + strings.Repeat(line, loadSize/len(line)) + ".\r\n")
	b.SetBytes(int64(loadMails * len(mail)))
	for b.Loop() {
		var all sync.WaitGroup
		for range loadConnections {
			all.Go(func() {
				if err := handIn(address, mail, loadMails/loadConnections); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(loadMails*b.N)/b.Elapsed().Seconds(), "mails/s")
}

// handIn hands in n mails over one connection.
func handIn(address string, mail []byte, n int) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(line string, code string) error {
		if _, err := io.WriteString(c, line); err != nil {
			return err
		}
		return hear(r, code)
	}
	if err := hear(r, "220"); err != nil {
		return err
	}
	if err := say("EHLO load.example.net\r\n", "250"); err != nil {
		return err
	}
	for range n {
		if err := say("MAIL FROM:<bob@example.net>\r\n", "250"); err != nil {
			return err
		}
		if err := say("RCPT TO:<ana@example.org>\r\n", "250"); err != nil {
			return err
		}
		if err := say("DATA\r\n", "354"); err != nil {
			return err
		}
		if err := say(string(mail), "250"); err != nil {
			return err
		}
	}
	return say("QUIT\r\n", "221")
}

// hear reads a reply, which must have the code.
func hear(r *bufio.Reader, code string) error {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if !strings.HasPrefix(line, code) {
			return fmt.Errorf("%q, want %s", line, code)
		}
		if line[3] == ' ' {
			return nil
		}
	}
}
