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
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
	"mailwire/layers/layerstest"
)

func TestPythonsPoplibAgainstOurServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts an interpreter")
	}
	python := layerstest.Program(t, "python3")
	h := family()
	server := listen(t, Options{Timestamp: stamp, TLS: true}, h)
	script := `
import poplib, sys
p = poplib.POP3("127.0.0.1", int(sys.argv[1])); p.user("bob"); p.pass_("secret")
print(p.stat(), sorted(p.capa()), p.list()[1], p.uidl()[1], p.retr(1)[1], p.top(1, 1)[1]); p.dele(1); p.rset(); p.dele(2); p.quit()
p = poplib.POP3("127.0.0.1", int(sys.argv[1])); p.apop("bob", "secret"); print(p.stat()); p.quit()
import ssl
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
p = poplib.POP3("127.0.0.1", int(sys.argv[1])); p.stls(c); print("STLS" in p.capa()); p.user("bob"); p.pass_("secret"); print(p.stat()); p.quit()`
	_, port, _ := net.SplitHostPort(server)
	out, err := exec.Command(python, "-c", script, port).CombinedOutput()
	want := "(2, 59) ['AUTH-RESP-CODE', 'PIPELINING', 'RESP-CODES', 'SASL', 'TOP', 'UIDL', 'USER'] [b'1 42', b'2 17'] [b'1 u1', b'2 u2'] " +
		"[b'Subject: Lunch', b'', b'At noon?', b'.hidden', b'Bob'] [b'Subject: Lunch', b'', b'At noon?']\n(1, 42)\nFalse\n(1, 42)\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

// mailsOf puts mails into a Maildir, as Dovecot's user has it.
func mailsOf(t *testing.T, dir, user string, mails ...string) {
	t.Helper()
	new := filepath.Join(dir, "mail", user, "Maildir", "new")
	for _, d := range []string{new, filepath.Join(new, "..", "cur"), filepath.Join(new, "..", "tmp")} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range mails {
		if err := os.WriteFile(filepath.Join(new, fmt.Sprintf("%d.%d.host", i+1, i+1)), []byte(strings.ReplaceAll(m, "\r\n", "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// later is a collector whose clock stands at now.
type later struct {
	*Collector
	now time.Time
}

func (l later) Receive(_ time.Time, b []byte) { l.Collector.Receive(l.now, b) }

// The client fetches from Dovecot by each strategy, and logs in in each way that both know.
func TestOurClientAgainstDovecot(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	large := "Subject: large\r\n\r\n" + strings.Repeat(".a line of a large mail\r\n", 50000)
	server := dovecot(t, func(dir string) {
		mailsOf(t, dir, "alice", lunch, large)
		mailsOf(t, dir, "bob", lunch, large)
	}, "")
	here := map[string]time.Time{}
	remembered := func(uid string) (time.Time, bool) { since, ok := here[uid]; return since, ok }
	session := func(user string, auth sasl.Policy, now time.Time, s Strategy) (got []string, end Finished) {
		conn, err := net.Dial("tcp", server)
		if err != nil {
			t.Fatal(err)
		}
		c := NewCollector(now, Plan{User: user, Password: "secret", Auth: auth, Strategy: s})
		drive(conn, later{c, now}, func() {
			for e, ok := c.Next(); ok; e, ok = c.Next() {
				switch e := e.(type) {
				case Fetched:
					got = append(got, string(e.Body))
					here[user+e.UID] = now
					here[e.UID] = now
					c.Taken(e, nil)
				case Finished:
					end = e
				case PeerError, Skipped:
					t.Error(e)
				}
			}
		})
		return got, end
	}
	cram, plain := sasl.Policy{}, sasl.Policy{Clear: true, Only: "PLAIN"}
	for _, tt := range []struct {
		name     string
		user     string
		auth     sasl.Policy
		after    time.Duration
		strategy Strategy
		got      []string
		removed  int
	}{
		{"headers", "alice", cram, 0, Headers(func(string) (time.Time, bool) { return time.Time{}, false }, 1), []string{"Subject: Lunch\r\n\r\nAt noon?\r\n", large[:strings.Index(large, "mail\r\n")+6]}, 0},
		{"leave a copy", "bob", plain, 0, LeaveCopy(func(uid string) (time.Time, bool) { since, ok := here["bob"+uid]; return since, ok }), []string{lunch, large}, 0},
		{"nothing new", "bob", sasl.Policy{Clear: true, Only: "LOGIN"}, 0, LeaveCopy(remembered), nil, 0},
		{"six days later", "bob", sasl.Policy{Clear: true, Only: "USER"}, 6 * 24 * time.Hour, DeleteAfter(remembered, 7*24*time.Hour), nil, 0},
		{"seven days later", "bob", cram, 7 * 24 * time.Hour, DeleteAfter(remembered, 7*24*time.Hour), nil, 2},
		{"fetch and delete", "alice", cram, 0, DeleteFetched(func(string) (time.Time, bool) { return time.Time{}, false }), []string{lunch, large}, 2},
		{"logged in by SCRAM-SHA-1", "alice", sasl.Policy{Only: "SCRAM-SHA-1", Nonce: always("fyko+d2lbbFgONRv9qkxdawL")}, 0, DeleteFetched(remembered), nil, 0},
		{"nothing is left", "alice", sasl.Policy{Nonce: always("rOprNGfwEbeRWgbNEkqO"), Least: "SCRAM-SHA-256"}, 0, DeleteFetched(remembered), nil, 0},
	} {
		got, end := session(tt.user, tt.auth, epoch.Add(tt.after), tt.strategy)
		if !slices.Equal(got, tt.got) || end.Err != nil || len(end.Removed) != tt.removed {
			t.Errorf("%s: %d mails, %d removed, %v", tt.name, len(got), len(end.Removed), end.Err)
			for i := range got {
				t.Errorf("%.100q… (%d)", got[i], len(got[i]))
			}
		}
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
