package pop3

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
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

func TestPythonsPoplibAgainstOurServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts an interpreter")
	}
	python := layerstest.Program(t, "python3")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	h := family()
	done := make(chan bool)
	go func() {
		defer close(done)
		for range 2 {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			drive(conn, NewServer(epoch, Options{Timestamp: stamp}, h), func() {})
		}
	}()
	script := `
import poplib, sys
p = poplib.POP3("127.0.0.1", int(sys.argv[1])); p.user("bob"); p.pass_("secret")
print(p.stat(), sorted(p.capa()), p.list()[1], p.uidl()[1], p.retr(1)[1], p.top(1, 1)[1]); p.dele(1); p.rset(); p.dele(2); p.quit()
p = poplib.POP3("127.0.0.1", int(sys.argv[1])); p.apop("bob", "secret"); print(p.stat()); p.quit()`
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	out, err := exec.Command(python, "-c", script, port).CombinedOutput()
	<-done
	want := "(2, 59) ['AUTH-RESP-CODE', 'PIPELINING', 'RESP-CODES', 'SASL', 'TOP', 'UIDL', 'USER'] [b'1 42', b'2 17'] [b'1 u1', b'2 u2'] " +
		"[b'Subject: Lunch', b'', b'At noon?', b'.hidden', b'Bob'] [b'Subject: Lunch', b'', b'At noon?']\n(1, 42)\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

func TestOurClientAgainstDovecot(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	up := layerstest.Shared(t, "peers", "dovecot-up.sh")
	layerstest.Program(t, "dovecot")
	dir, err := os.MkdirTemp("", "pop3")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755)
	mails := filepath.Join(dir, "mail", "alice", "Maildir", "new")
	for _, d := range []string{mails, filepath.Join(mails, "..", "cur"), filepath.Join(mails, "..", "tmp")} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	os.WriteFile(filepath.Join(mails, "1.one.host"), []byte("Subject: one\n\n.dot\n"), 0o666)
	os.WriteFile(filepath.Join(mails, "2.two.host"), []byte("Subject: two\n\nx\n"), 0o666)
	// the process outlives the script, so its output must not be a pipe that waits for it
	command := exec.Command("bash", up, filepath.Join(dir), "32143", "32110", "1", "32245")
	if err := command.Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("dovecot does not start: %v", err)
		}
		t.Skipf("dovecot does not start here: %v", err)
	}
	defer func() {
		b, _ := os.ReadFile(filepath.Join(dir, "run", "master.pid"))
		if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			if master, err := os.FindProcess(pid); err == nil {
				master.Signal(os.Interrupt)
			}
			time.Sleep(200 * time.Millisecond)
		}
	}()
	session := func(ask func(c *Client)) (results []Result) {
		conn, err := net.Dial("tcp", "127.0.0.1:32110")
		if err != nil {
			t.Fatal(err)
		}
		client := NewClient(epoch)
		client.Pipelining = true
		ask(client)
		drive(conn, client, func() {
			for e, ok := client.Next(); ok; e, ok = client.Next() {
				if r, is := e.(Result); is {
					results = append(results, r)
				}
			}
		})
		return results
	}
	first := session(func(c *Client) {
		c.Capa()
		c.Login("alice", "secret", []string{"PLAIN"}, sasl.Policy{Only: "PLAIN", Clear: true})
		c.Stat()
		c.List(0)
		c.Uidl(0)
		c.Retr(1)
		c.Dele(1)
		c.Quit()
	})
	if len(first) != 8 || slices.ContainsFunc(first, func(r Result) bool { return !r.OK }) {
		t.Fatalf("%v", first)
	}
	if got := string(first[5].Body); got != "Subject: one\r\n\r\n.dot\r\n" {
		t.Errorf("RETR brought %q", got)
	}
	if l := first[3].Listing(); len(l) != 2 || l[0].Size != int64(len(first[5].Body)) {
		t.Errorf("LIST says %v", l)
	}
	second := session(func(c *Client) {
		c.Login("alice", "secret", []string{"CRAM-MD5"}, sasl.Policy{})
		c.Stat()
		c.Retr(7)
		c.Quit()
	})
	if n, _, ok := second[1].Stat(); !ok || n != 1 || second[2].OK {
		t.Errorf("after DELE and QUIT: %v", second)
	}
}

func TestCapturesAgainstTshark(t *testing.T) {
	if testing.Short() {
		t.Skip("starts tshark for each capture")
	}
	tshark := layerstest.Program(t, "tshark")
	for _, file := range layerstest.Captures(t, "mail") {
		if !strings.HasPrefix(filepath.Base(file), "pop3-") {
			continue
		}
		out, err := exec.Command(tshark, "-r", file, "-Y", "tcp.port == 110 && tcp.len > 0", "-T", "fields", "-e", "tcp.stream", "-e", "tcp.dstport",
			"-e", "tcp.seq", "-e", "tcp.payload", "-e", "pop.request.command", "-e", "pop.response.indicator").Output()
		if err != nil {
			t.Fatal(err)
		}
		dialogues := map[string]*Dialogue{}
		next := map[string]int{}
		theirs, ours := map[string][]string{}, map[string][]string{}
		for row := range strings.Lines(string(out)) {
			f := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
			d := dialogues[f[0]]
			if d == nil {
				d = NewDialogue(true)
				dialogues[f[0]] = d
			}
			payload, err := hex.DecodeString(f[3])
			if err != nil {
				t.Fatal(err)
			}
			from := layers.Server
			if f[1] == "110" {
				from = layers.Client
			}
			key := f[0] + from.String()
			seq, _ := strconv.Atoi(f[2])
			if next[key] == 0 {
				next[key] = seq
			}
			if seq < next[key] {
				continue // a retransmission
			}
			if seq > next[key] {
				d.Gap(from, int64(seq-next[key]))
			}
			next[key] = seq + len(payload)
			d.Receive(from, payload)
			if f[4] != "" {
				theirs[f[0]] = append(theirs[f[0]], strings.ToUpper(f[4]))
			}
			if f[5] != "" {
				theirs[f[0]] = append(theirs[f[0]], f[5])
			}
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				if m.Kind == application.Auth {
					ours[f[0]] = append(ours[f[0]], strings.ToUpper(m.Text)) // to tshark this is a command
				}
				if m.Verb+m.Status != "" {
					ours[f[0]] = append(ours[f[0]], m.Verb+m.Status)
				}
			}
			if _, up := d.Upgrade(); up {
				break
			}
		}
		messages := 0
		for stream, want := range theirs {
			slices.Sort(want) // tshark tells a reply when its first segment comes, we when its last does
			got := ours[stream]
			slices.Sort(got)
			messages += len(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s stream %s:\nours   %v\ntheirs %v", filepath.Base(file), stream, got, want)
			}
		}
		fmt.Fprintln(t.Output(), filepath.Base(file), messages, "commands and replies")
	}
}
