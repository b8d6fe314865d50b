package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestIdleConnections opens a thousand connections of each kind that say nothing more than they must, and measures what the
// program has grown by. IDLE is what a phone does all day.
func TestIdleConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("opens thousands of connections")
	}
	const connections, most = 1000, 100 << 10
	login := []string{"a LOGIN eva secret\r\n", "b SELECT INBOX\r\n", "c IDLE\r\n"}
	for _, c := range []struct {
		name, service string
		says          []string
		quiet         bool
	}{
		{"submission, greeted", "submission", nil, false},
		{"pop3, greeted", "pop3", nil, false},
		{"imap, in IDLE", "imap", login, false},
		{"imap, in IDLE, --quiet", "imap", login, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"--account", "eva:secret"}
			if c.quiet {
				args = append(args, "--quiet")
			}
			s := startServe(t, args...)
			open := func() {
				conn, err := net.Dial("tcp", s.address(c.service))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { conn.Close() })
				conn.SetDeadline(time.Now().Add(30 * time.Second))
				r := bufio.NewReader(conn)
				r.ReadString('\n')
				for _, line := range c.says {
					io.WriteString(conn, line)
					for {
						answer, err := r.ReadString('\n')
						if err != nil {
							t.Fatal(err)
						}
						if !strings.HasPrefix(answer, "*") {
							break
						}
					}
				}
			}
			for range 20 {
				open() // what the first ones need, further ones share
			}
			before := resident(t, s.command.Process.Pid)
			for range connections {
				open()
			}
			each := (resident(t, s.command.Process.Pid) - before) / connections
			t.Logf("%d bytes for each of %d connections", each, connections)
			if each > most {
				t.Errorf("%d bytes each, want %d at most", each, most)
			}
		})
	}
}

// resident is how much memory a process has.
func resident(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		t.Fatal("the system does not tell")
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n << 10
}
