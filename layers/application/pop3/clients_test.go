package pop3

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailwire/layers/layerstest"
)

// clientOptions is what the programs below find: every way to log in, with and without TLS.
func clientOptions() Options {
	return Options{Hostname: "mail.example.net", Timestamp: stamp, Mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"},
		Nonce: always("17"), SaltKey: "k", Implementation: "mailwire", Expire: "NEVER", TLS: true}
}

func TestCurlAgainstOurServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts curl")
	}
	curl := layerstest.Program(t, "curl")
	h := family()
	server := listen(t, clientOptions(), h)
	for _, tt := range []struct{ path, options, want string }{
		{"", "", "1 42\r\n2 17\r\n"},
		{"1", "", lunch},
		{"1", "--login-options AUTH=PLAIN", lunch},
		{"1", "--login-options AUTH=LOGIN", lunch},
		{"1", "--login-options AUTH=CRAM-MD5", lunch},
		{"1", "--login-options AUTH=+APOP", lunch},
		{"1", "--sasl-ir --login-options AUTH=PLAIN", lunch},
		{"", "-X UIDL", "1 u1\r\n2 u2\r\n"},
		{"1", "-X TOP -l", "Subject: Lunch\r\n\r\n"},
		{"", "-X CAPA", ""},
		{"1", "--ssl-reqd -k", lunch},
		{"2", "-X DELE", ""},
		{"", "", "1 42\r\n"},
	} {
		args := append([]string{"-sS", "-u", "bob:secret"}, strings.Fields(tt.options)...)
		if tt.options == "-X TOP -l" {
			args = []string{"-sS", "-u", "bob:secret", "-X", "TOP 1 0"}
			tt.path = ""
		}
		if tt.options == "-X DELE" {
			args = append(args, "-I")
		}
		out, err := exec.Command(curl, append(args, "pop3://"+server+"/"+tt.path)...).CombinedOutput()
		if err != nil || tt.want != "" && string(out) != tt.want {
			t.Errorf("curl %s %s: %v %q", tt.path, tt.options, err, out)
		}
	}
	if left := len(h["bob"].mails); left != 1 {
		t.Errorf("%d mails are left", left)
	}
	if out, err := exec.Command(curl, "-sS", "-u", "bob:wrong", "pop3://"+server+"/").CombinedOutput(); err == nil {
		t.Errorf("a wrong password: %s", out)
	}
}

// fetchmail leaves a copy and knows it by its unique id, or takes the mails away.
func TestFetchmailAgainstOurServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts fetchmail")
	}
	fetchmail := layerstest.Program(t, "fetchmail")
	for _, tt := range []struct {
		options string
		first   string // how many mails it delivers
		again   string // and in a second session
		left    int
	}{
		{"keep", "2", "0", 2},
		{"nokeep", "2", "0", 0},
		{"nokeep fetchlimit 1", "1", "1", 0},
	} {
		h := family()
		host, port, _ := net.SplitHostPort(listen(t, clientOptions(), h))
		dir := t.TempDir()
		into := filepath.Join(dir, "mails")
		config := fmt.Sprintf("poll %s protocol POP3 port %s uidl user bob password secret sslproto '' mda \"cat >> %s; echo >> %s\" %s\n", host, port, into, into, tt.options)
		rc := filepath.Join(dir, "rc")
		os.WriteFile(rc, []byte(config), 0o600)
		run := func() string {
			before, _ := os.ReadFile(into)
			command := exec.Command(fetchmail, "-f", rc, "-i", filepath.Join(dir, "ids"), "--pidfile", filepath.Join(dir, "pid"), "-v", "-v")
			command.Env = append(os.Environ(), "HOME="+dir, "FETCHMAILHOME="+dir)
			log, _ := command.CombinedOutput() // its exit status says 1 for "nothing new" and 13 for a limit that was reached
			t.Logf("%s", log)
			after, _ := os.ReadFile(into)
			n := strings.Count(string(after), "Subject: ") - strings.Count(string(before), "Subject: ")
			return fmt.Sprint(n)
		}
		if first, again := run(), run(); first != tt.first || again != tt.again || len(h["bob"].mails) != tt.left {
			t.Errorf("%s: %s, then %s; %d are left", tt.options, first, again, len(h["bob"].mails))
		}
		if b, _ := os.ReadFile(into); !strings.Contains(string(b), "\n.hidden\n") {
			t.Errorf("%s: the dots are not as they were: %q", tt.options, b)
		}
	}
}

// mpop speaks SCRAM by GNU SASL, pipelines, and fetches headers alone.
func TestMpopAgainstOurServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts mpop")
	}
	mpop := layerstest.Program(t, "mpop")
	supported, _ := exec.Command(mpop, "--version").Output()
	for _, auth := range []string{"user", "plain", "login", "cram-md5", "apop", "scram-sha-1", "scram-sha-256"} {
		if auth != "user" && auth != "apop" && !strings.Contains(strings.ToLower(string(supported)), auth) {
			t.Logf("this mpop does not know %s", auth)
			continue
		}
		for _, keep := range []string{"on", "off"} {
			h := family()
			host, port, _ := net.SplitHostPort(listen(t, clientOptions(), h))
			dir := t.TempDir()
			for _, d := range []string{"new", "cur", "tmp"} {
				os.MkdirAll(filepath.Join(dir, "mails", d), 0o700)
			}
			args := []string{"--host=" + host, "--port=" + port, "--user=bob", "--passwordeval=echo secret", "--tls=off", "--auth=" + auth, "--keep=" + keep,
				"--delivery=maildir," + filepath.Join(dir, "mails"), "--uidls-file=" + filepath.Join(dir, "uids"), "--pipelining=auto", "--received-header=off"}
			for range 2 { // the second time there is nothing new
				if out, err := exec.Command(mpop, args...).CombinedOutput(); err != nil {
					t.Errorf("mpop --auth=%s: %v\n%s", auth, err, out)
				}
			}
			files, _ := filepath.Glob(filepath.Join(dir, "mails", "new", "*"))
			var got []string
			for _, f := range files {
				b, _ := os.ReadFile(f)
				got = append(got, strings.ReplaceAll(string(b), "\n", "\r\n"))
			}
			slices.Sort(got)
			want := []string{"Subject: 2\r\n\r\nx\r\n", lunch}
			if left := len(h["bob"].mails); !slices.Equal(got, want) || left != map[string]int{"on": 2, "off": 0}[keep] {
				t.Errorf("mpop --auth=%s --keep=%s: %q, %d are left", auth, keep, got, left)
			}
		}
	}
}

// mutt reads the maildrop as a folder: UIDL, TOP, RETR, and marks what it copies away.
func TestMuttAgainstOurServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts mutt")
	}
	mutt, script := layerstest.Program(t, "mutt"), layerstest.Program(t, "script")
	h := family()
	server := listen(t, clientOptions(), h)
	dir := t.TempDir()
	rc := filepath.Join(dir, "muttrc")
	os.WriteFile(rc, []byte(fmt.Sprintf(`set pop_pass=secret pop_delete=yes ssl_force_tls=no ssl_starttls=no confirmappend=no confirmcreate=no mark_old=no delete=yes quit=yes wait_key=no mbox_type=mbox header_cache=
set folder=%s spoolfile=pop://bob@%s sleep_time=0
push "<save-message>%s<enter><quit>"
`, dir, server, filepath.Join(dir, "saved"))), 0o600)
	command := exec.Command("timeout", "10", script, "-qec", mutt+" -n -F "+rc, "/dev/null")
	command.Env = append(os.Environ(), "HOME="+dir, "TERM=vt100")
	out, err := command.CombinedOutput()
	saved, _ := os.ReadFile(filepath.Join(dir, "saved"))
	if !strings.Contains(string(saved), "At noon?\n.hidden\nBob\n") || len(h["bob"].mails) != 1 {
		t.Errorf("mutt: %v; saved %q, %d mails are left\n%q", err, saved, len(h["bob"].mails), out)
	}
}
