package layerstest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Dovecot starts an IMAP and POP3 server that others wrote, on free ports of the loopback interface, until the test ends.
// Its users, alice, bob and carol, have the password "secret" and empty mailboxes.
func Dovecot(t testing.TB) (imap, pop3 string) {
	t.Helper()
	if _, err := os.Stat("/usr/sbin/dovecot"); err != nil {
		Program(t, "dovecot")
	}
	script := Shared(t, "peers", "dovecot-up.sh")
	dir, err := os.MkdirTemp("", "dovecot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // Dovecot runs as another user
		t.Fatal(err)
	}
	ports := FreePorts(t, 3)
	// Output to nowhere: the server keeps what it inherits open, and a pipe would never end.
	if err := exec.Command("bash", script, dir, ports[0], ports[1], "1", ports[2]).Run(); err != nil {
		t.Fatalf("dovecot: %v", err)
	}
	t.Cleanup(func() {
		if pid, err := os.ReadFile(filepath.Join(dir, "run", "master.pid")); err == nil {
			exec.Command("kill", strings.TrimSpace(string(pid))).Run()
		}
	})
	return "127.0.0.1:" + ports[0], "127.0.0.1:" + ports[1]
}

// FreePorts returns ports of the loopback interface on which nobody listens now.
func FreePorts(t testing.TB, n int) []string {
	t.Helper()
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports
}
