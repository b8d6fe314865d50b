package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// A client that sends a line without an end is told so in the protocol's words and sent away; the others notice nothing.
func TestEndlessLines(t *testing.T) {
	s := startServe(t, "--account", "eva:secret")
	for _, c := range []struct{ service, login, want string }{
		{"smtp", "", "421 "},
		{"submission", "", "421 "},
		{"imap", "", "* BYE "},
		{"imap", "a LOGIN eva secret\r\n", "* BYE "},
		{"pop3", "", "-ERR "},
		{"pop3", "USER eva\r\nPASS secret\r\n", "-ERR "},
	} {
		t.Run(c.service+" "+c.login, func(t *testing.T) {
			conn, err := net.Dial("tcp", s.address(c.service))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(20 * time.Second))
			io.WriteString(conn, c.login)
			go func() {
				piece := bytes.Repeat([]byte("x"), 1<<14)
				for n := 0; n < 64<<20; n += len(piece) {
					if _, err := conn.Write(piece); err != nil {
						return
					}
				}
			}()
			said := ""
			for r := bufio.NewReader(conn); ; {
				line, err := r.ReadString('\n')
				said += line
				if err != nil {
					break
				}
			}
			if !strings.Contains(said, c.want) {
				t.Errorf("%q, want %q", said, c.want)
			}
		})
	}
	conn, err := net.Dial("tcp", s.address("imap"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.HasPrefix(line, "* OK") {
		t.Errorf("%q, %v", line, err)
	}
}

// A client that asks for much and reads nothing is not listened to any further.
func TestAClientThatNeverReads(t *testing.T) {
	s := startServe(t, "--quiet", "--account", "eva:secret")
	for _, c := range []struct{ service, says string }{
		{"imap", "a CAPABILITY\r\n"},
		{"pop3", "CAPA\r\n"},
		{"smtp", "EHLO x\r\n"},
	} {
		conn, err := net.Dial("tcp", s.address(c.service))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		piece, said := []byte(strings.Repeat(c.says, 1000)), 0
		for said < 256<<20 {
			conn.SetWriteDeadline(time.Now().Add(time.Second))
			n, err := conn.Write(piece)
			if said += n; err != nil {
				break
			}
		}
		if said >= 256<<20 {
			t.Errorf("%s: %d bytes were taken from a client that reads nothing", c.service, said)
		}
		t.Logf("%s: %d bytes were taken", c.service, said)
	}
}

// Any bytes at any service: a reply or a close, and the next client is served.
func TestAnyBytes(t *testing.T) {
	s := startServe(t, "--account", "eva:secret")
	for _, service := range []string{"smtp", "submission", "submissions", "imap", "imaps", "pop3", "pop3s"} {
		for _, says := range []string{"\x00\x01\x02\xff\xfe\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n\r\n", strings.Repeat("\xf0\x9f\x93\xa7", 5000) + "\r\n", "{99999999999+}\r\n", "a LOGIN {9999999999}\r\n", "BDAT 99999999999999999999 LAST\r\n"} {
			conn, err := net.Dial("tcp", s.address(service))
			if err != nil {
				t.Fatal(err)
			}
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			io.WriteString(conn, says)
			conn.(*net.TCPConn).CloseWrite()
			if _, err := io.ReadAll(conn); err != nil {
				t.Errorf("%s hears %q: %v", service, says[:min(len(says), 30)], err)
			}
			conn.Close()
		}
	}
	lines := s.stop()
	if last := lines[len(lines)-1]; !strings.Contains(last, `"type":"summary"`) {
		t.Errorf("the last line is %s", last)
	}
}
