package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
)

// inNamespace runs the test once more in a user and a network namespace of its own, where it may capture and nobody else
// sends anything, and says whether this is that run.
func inNamespace(t *testing.T) bool {
	t.Helper()
	if os.Getenv("MAILWIRE_NAMESPACE") != "" {
		return true
	}
	c := exec.Command("/proc/self/exe", "-test.run", "^"+t.Name()+"$", "-test.v", "-test.timeout", "60s")
	c.Env = append(os.Environ(), "MAILWIRE_NAMESPACE=1")
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		layerstest.Missing(t, "no namespaces here: "+err.Error())
	}
	if err := c.Wait(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	return false
}

// loopbackUp switches lo on: in a new namespace it is off.
func loopbackUp(t *testing.T) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		t.Fatal(err)
	}
}

// A running is mailwire as a process of its own.
type running struct {
	*exec.Cmd
	stdout   *bufio.Reader
	complain *bufio.Reader
}

// start runs mailwire and waits until it says that it listens.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{Cmd: exec.Command("/proc/self/exe")}
	r.Args = append([]string{"mailwire"}, args...)
	r.Env = append(os.Environ(), "LC_ALL=en")
	stdout, err := r.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := r.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(40*time.Second, func() { r.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		r.Process.Kill()
	})
	r.stdout, r.complain = bufio.NewReader(stdout), bufio.NewReader(stderr)
	if line, err := r.complain.ReadString('\n'); err != nil || !strings.Contains(line, "Ctrl-C ends it") {
		t.Fatalf("%q, %v", line, err)
	}
	return r
}

// until reads JSON lines up to the one that holds a mark.
func (r *running) until(t *testing.T, mark string) (lines []map[string]any) {
	t.Helper()
	for {
		line, err := r.stdout.ReadString('\n')
		if err != nil {
			t.Fatalf("no %s: %v", mark, err)
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, object)
		if strings.Contains(line, mark) {
			return lines
		}
	}
}

// end stops mailwire by a signal and wants it to end well.
func (r *running) end(t *testing.T, s os.Signal) (lines []map[string]any) {
	t.Helper()
	if err := r.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	asked := time.Now()
	lines = r.until(t, `"type":"summary"`)
	complaint, _ := io.ReadAll(r.complain)
	if err := r.Wait(); err != nil || len(complaint) > 0 {
		t.Errorf("%v, %q", err, complaint)
	}
	if took := time.Since(asked); took > 15*time.Second {
		t.Errorf("it took %v to end", took)
	}
	return lines
}

// say holds a small SMTP dialogue over lo.
func say(t *testing.T, commands ...string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:25")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprint(c, "220 mail.example.net ESMTP\r\n")
		for in := bufio.NewScanner(c); in.Scan(); {
			fmt.Fprint(c, "250 OK\r\n")
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	replies := bufio.NewReader(c)
	replies.ReadString('\n')
	for _, command := range commands {
		fmt.Fprint(c, command+"\r\n")
		if _, err := replies.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
}

func verbs(lines []map[string]any) (list []string) {
	for _, l := range lines {
		if l["type"] == "message" && l["kind"] == "command" {
			list = append(list, fmt.Sprint(l["verb"]))
		}
	}
	return list
}

// TestCaptureLive: a dialogue over the loopback interface is explained while it happens, each packet once; the file that
// is written can be read meanwhile; a signal ends it all in order.
func TestCaptureLive(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	loopbackUp(t)
	for _, at := range []string{"lo", "any"} {
		file := filepath.Join(t.TempDir(), "live.pcapng")
		m := start(t, "capture", "-i", at, "--format", "json", "--write", file)
		say(t, "EHLO laptop", "MAIL FROM:<ana@example.net>", "RCPT TO:<bob@example.org>", "QUIT")
		lines := m.until(t, `"verb":"QUIT"`)
		shown := 0
		for _, l := range lines {
			if l["type"] == "packet" {
				shown++
			}
		}
		for late := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			written, _ := framesIn(t, file)
			if written >= shown {
				break
			}
			if time.Now().After(late) {
				t.Fatalf("%s: %d frames are in the file while it is written, %d were shown", at, written, shown)
			}
		}
		lines = append(lines, m.end(t, os.Interrupt)...)
		if got := verbs(lines); !slices.Equal(got, []string{"EHLO", "MAIL", "RCPT", "QUIT"}) {
			t.Errorf("%s: the client said %q", at, got)
		}
		packets, again := 0, 0
		for _, l := range lines {
			if l["type"] == "packet" {
				packets++
			}
			if text, _ := json.Marshal(l); strings.Contains(string(text), "retransmission") {
				again++
			}
		}
		if packets < 11 || again > 0 {
			t.Errorf("%s: %d packets, %d of them a second time", at, packets, again)
		}
		if n, err := framesIn(t, file); n != packets || err != nil {
			t.Errorf("%s: %d frames are in the file, %d were shown; %v", at, n, packets, err)
		}
		if first := lines[0]; first["type"] != "capture" || first["kind"] != "interface" {
			t.Errorf("%s: the trace begins with %v", at, first)
		}
		if n := droppedIn(lines); n != 0 {
			t.Errorf("%s: %v frames were dropped", at, n)
		}
	}
}

// droppedIn is what the last count of a trace says; -1 where there is none.
func droppedIn(lines []map[string]any) float64 {
	dropped := -1.0
	for _, l := range lines {
		if l["kind"] == "statistics" {
			dropped = l["values"].(map[string]any)["dropped"].(float64)
		}
	}
	return dropped
}

// framesIn counts the frames of a capture file; the error says where it is damaged.
func framesIn(t *testing.T, name string) (n int, damage error) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := capture.Open(file)
	for ; err == nil; n++ {
		_, err = r.Next()
	}
	if err == io.EOF {
		err = nil
	}
	return n - 1, err
}

// TestCaptureDrops: what comes faster than it is fetched is dropped by the kernel, and that is told.
func TestCaptureDrops(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	loopbackUp(t)
	m := start(t, "capture", "-i", "lo", "--format", "json", "--notes", "none")
	flood(t, m.Process)
	lines := m.until(t, `"id":"capture.dropped"`)
	lines = append(lines, m.end(t, syscall.SIGTERM)...)
	packets := slices.IndexFunc(lines, func(l map[string]any) bool { return l["type"] == "packet" })
	if n := droppedIn(lines); n <= 0 || packets < 0 {
		t.Errorf("%v frames are told to be dropped, the first packet is line %d", n, packets)
	}
}

// flood sends more than the kernel keeps while a process sleeps.
func flood(t *testing.T, p *os.Process) {
	t.Helper()
	c, err := net.Dial("udp", "127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer p.Signal(syscall.SIGCONT)
	datagram := make([]byte, 60000)
	for range 2000 {
		c.Write(datagram) // nobody listens: every other one is told so
	}
}

// TestCaptureRefused: what cannot be captured on is said, with what to do.
func TestCaptureRefused(t *testing.T) {
	english(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-i", "loo"}, "mailwire: this computer has no interface loo\nhint: did you mean lo?\n"},
		{nil, "mailwire: capture needs an interface: -i NAME\nhint: there are: "},
	} {
		_, complaint, status := mailwire(t, nil, append([]string{"capture"}, c.args...)...)
		if status != 2 || !strings.HasPrefix(complaint, c.want) {
			t.Errorf("%v: exit status %d, %q", c.args, status, complaint)
		}
	}
	if out, _, status := mailwire(t, nil, "capture", "-D"); status != 0 || !strings.HasPrefix(out, "lo ") {
		t.Errorf("-D: exit status %d, %q", status, out)
	}
}

// TestReplayTail: a file that grows is explained as it does; what is only half there when it is stopped is no damage.
func TestReplayTail(t *testing.T) {
	english(t)
	folder := t.TempDir()
	source, growing := filepath.Join(folder, "first-mail.pcapng"), filepath.Join(folder, "growing.pcapng")
	if _, complaint, status := mailwire(t, nil, "run", "first-mail", "--quiet", "--write", source); status != 0 {
		t.Fatal(complaint)
	}
	whole, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(growing)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m := start(t, "replay", "--tail", growing, "--format", "json")
	file.Write(whole[:len(whole)/2])
	m.until(t, `"verb":"EHLO"`)
	file.Write(whole[len(whole)/2 : len(whole)-10])
	m.until(t, `"verb":"DATA"`)
	m.end(t, os.Interrupt)
}
