package imap

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"mailwire/layers/layerstest"
)

// program runs a program with an own HOME, and fails the test if it fails.
func program(t *testing.T, home string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+home, "FETCHMAILHOME="+home, "TERM=xterm")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMbsync: a Maildir and the server are kept alike both ways: new mails, flags and deletions, until both agree.
func TestMbsync(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	mbsync := layerstest.Program(t, "mbsync")
	backend := newMemory(lunch, picture, lunch)
	_, port, _ := net.SplitHostPort(serve(t, backend))
	home := t.TempDir()
	config := write(t, filepath.Join(home, "mbsyncrc"), fmt.Sprintf(`
IMAPStore remote
Host 127.0.0.1
Port %s
User bob
Pass secret
SSLType None
AuthMechs LOGIN

MaildirStore local
Path %s/md/
Inbox %[2]s/md/INBOX
SubFolders Verbatim

Channel t
Far :remote:
Near :local:
Patterns *
Create Both
Expunge Both
SyncState *
`, port, home))
	os.Mkdir(filepath.Join(home, "md"), 0o700)
	sync := func() { program(t, home, mbsync, "-V", "-c", config, "t") }
	local := func() (names []string) {
		for _, dir := range []string{"cur", "new"} {
			found, _ := filepath.Glob(filepath.Join(home, "md", "INBOX", dir, "*"))
			names = append(names, found...)
		}
		return names
	}
	sync()
	if n := len(local()); n != 3 {
		t.Fatalf("%d of 3 mails came", n)
	}
	// Here one is marked as read and one removed, there one is flagged; here a new one is written.
	read, gone := local()[0], local()[1]
	moved := filepath.Join(home, "md", "INBOX", "cur", strings.Split(filepath.Base(read), ":")[0]+":2,S")
	if err := os.Rename(read, moved); err != nil {
		t.Fatal(err)
	}
	os.Remove(gone)
	write(t, filepath.Join(home, "md", "INBOX", "new", "1700000000.1_1.host"), "Subject: pushed\n\nfrom here\n")
	if mailbox, err := backend.Open(Inbox, false); err == nil {
		mailbox.Store(3, AddFlags, []string{Flagged})
	}
	sync()
	sync()
	box := backend.boxes[Inbox]
	if len(box.messages) != 3 || len(local()) != 3 {
		t.Fatalf("%d mails there, %d here", len(box.messages), len(local()))
	}
	var flags []string
	for _, m := range box.messages {
		flags = append(flags, strings.Join(m.Flags, " "))
	}
	if got := strings.Join(flags, ", "); strings.Count(got, Seen) != 1 || strings.Count(got, Flagged) != 1 {
		t.Errorf("flags there: %s", got)
	}
	here := strings.Join(local(), " ")
	if strings.Count(here, ":2,F") != 1 || strings.Count(here, ":2,S") != 1 {
		t.Errorf("flags here: %s", here)
	}
	if body := string(box.messages[2].body); !strings.Contains(body, "Subject: pushed\r\n") {
		t.Errorf("pushed: %q", body)
	}
}

// TestMutt: mutt opens the mailbox and copies its mail into a file.
func TestMutt(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	mutt, script := layerstest.Program(t, "mutt"), layerstest.Program(t, "script")
	address := serve(t, newMemory(lunch))
	home := t.TempDir()
	config := write(t, filepath.Join(home, "muttrc"), `
set imap_pass="secret" ssl_starttls=no ssl_force_tls=no imap_authenticators="login"
set header_cache="" message_cachedir="" confirmappend=no confirmcreate=no delete=no move=no quit=yes mbox_type=mbox copy=no wait_key=no
set record="" postponed="`+home+`/postponed"
`)
	push := `push "<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>` + home + `/got<enter><sync-mailbox><exit>"`
	program(t, home, script, "-qec", mutt+" -n -F "+config+" -f imap://bob@"+address+"/INBOX -e '"+push+"'", "/dev/null")
	got, _ := os.ReadFile(filepath.Join(home, "got"))
	if !strings.Contains(string(got), "Subject: Lunch\n") {
		t.Errorf("mutt copied %q", got)
	}
}

// TestFetchmail: fetchmail takes all mails and hands them on.
func TestFetchmail(t *testing.T) {
	fetchmail := layerstest.Program(t, "fetchmail")
	_, port, _ := net.SplitHostPort(serve(t, newMemory(lunch, picture)))
	home := t.TempDir()
	config := write(t, filepath.Join(home, "fetchmailrc"), `poll 127.0.0.1 protocol imap port `+port+` auth password user "bob" password "secret" keep fetchall sslproto "" no rewrite mda "cat >> `+home+`/got"`+"\n")
	program(t, home, fetchmail, "-v", "-f", config, "--nosyslog", "--nodetach", "--pidfile", filepath.Join(home, "pid"))
	got, _ := os.ReadFile(filepath.Join(home, "got"))
	if !strings.Contains(string(got), "At noon?") || !strings.Contains(string(got), "iVBORw0KGgo=") {
		t.Errorf("fetchmail got %q", got)
	}
}

// TestGoIMAPServer: our client at another Go server, which says LITERAL- and has no MOVE.
func TestGoIMAPServer(t *testing.T) {
	memory := imapmemserver.New()
	user := imapmemserver.NewUser("bob", "secret")
	user.Create("INBOX", nil)
	memory.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapLiteralMinus: {}, imap.CapUIDPlus: {}},
		InsecureAuth: true,
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })

	p := dial(t, listener.Addr().String())
	p.ask(t, p.client.Login("bob", "secret"))
	if p.client.Capabilities() == nil {
		p.ask(t, p.client.Capability())
	}
	p.ask(t, p.client.Create("Entwürfe"))
	for range 3 {
		if d := p.ask(t, p.client.Append("INBOX", []string{Flagged}, epoch, []byte(picture))); d.Code == nil || d.Code.Name != "APPENDUID" {
			t.Errorf("APPEND: %+v", d)
		}
	}
	p.ask(t, p.client.Select("INBOX"))
	if got := p.client.Selection(); got.Exists != 3 || got.UIDNext != 4 {
		t.Errorf("selected %+v", got)
	}
	items, err := ParseFetchItems("(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[1] BODY.PEEK[2]<0.6> BODY.PEEK[HEADER.FIELDS (Subject)])")
	if err != nil {
		t.Fatal(err)
	}
	p.ask(t, p.client.UIDFetch(Range(2, 2), items...))
	f := p.told[0].Fetch
	if b, _ := f.Body("2"); f.UID != 2 || f.Envelope.Subject.Value != "Picture" || len(f.Structure.Parts) != 2 || string(b) != "iVBORw" || !f.InternalDate.Equal(epoch) {
		t.Errorf("fetched %+v", f)
	}
	p.ask(t, p.client.Store(Range(1, 2), AddFlags, false, Seen))
	p.ask(t, p.client.Search(SearchKey{Name: "SEEN"}))
	if d := p.ask(t, p.client.MoveOrCopy(Range(1, 1), "Entwürfe")); p.client.Selection().Exists != 2 {
		t.Errorf("after moving %+v: %+v", d, p.client.Selection())
	}
	p.ask(t, p.client.Status("Entwürfe", "MESSAGES", "UIDNEXT"))
	if s := p.last("STATUS").Status; s.Name != "Entwürfe" || s.Value("MESSAGES") != 1 {
		t.Errorf("status %+v", s)
	}
	p.ask(t, p.client.List("", "*"))
	p.ask(t, p.client.Logout())
}

// A dialled is our client at a real server.
type dialled struct {
	client *Client
	conn   net.Conn
	told   []*Response // in the answer to the last command
}

func dial(t *testing.T, address string) *dialled {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	return &dialled{client: NewClient(time.Now(), ClientConfig{}), conn: conn}
}

// ask waits until a command is complete; it must succeed.
func (p *dialled) ask(t *testing.T, tag string) *Done {
	t.Helper()
	p.told = nil
	for buf := make([]byte, 4096); ; {
		p.conn.Write(p.client.Output())
		for e, ok := p.client.Next(); ok; e, ok = p.client.Next() {
			switch e := e.(type) {
			case *Told:
				p.told = append(p.told, e.Response)
			case *ServerError:
				t.Fatalf("%q: %v", e.Line, e.Why)
			case *Done:
				if !e.OK() {
					t.Fatalf("%s: %s %s", e.Command, e.Status, e.Text)
				}
				if e.Tag == tag {
					return e
				}
			}
		}
		n, err := p.conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		p.client.Receive(time.Now(), buf[:n])
	}
}

// last is the last response of a name in the answer.
func (p *dialled) last(name string) *Response {
	for i := len(p.told) - 1; i >= 0; i-- {
		if p.told[i].Name == name {
			return p.told[i]
		}
	}
	return &Response{}
}
