package imap

import (
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mailwire/layers/application/sasl"
	"mailwire/layers/layerstest"
)

// serve puts sessions over one backend on a port of the loopback interface, for real clients. The engines share the
// backend, so one lock is around all of them.
func serve(t *testing.T, backend Backend) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	var lock sync.Mutex
	var sessions []func()
	session := func(conn net.Conn) {
		defer conn.Close()
		lock.Lock()
		s := NewServer(time.Now(), Config{Backend: backend, Name: "test"})
		flush := func() {
			for b := s.Output(); len(b) > 0; b = s.Output() {
				conn.Write(b)
			}
		}
		sessions = append(sessions, func() { s.Wake(time.Now()); flush() })
		flush()
		lock.Unlock()
		for buf := make([]byte, 4096); ; {
			n, err := conn.Read(buf)
			lock.Lock()
			s.Receive(time.Now(), buf[:n])
			flush()
			for _, wake := range sessions {
				wake()
			}
			if closing := s.Closing(); err != nil || closing {
				s.Close()
				lock.Unlock()
				return
			}
			lock.Unlock()
		}
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go session(conn)
		}
	}()
	return listener.Addr().String()
}

// TestGoIMAPClient: another Go client reads, marks, moves, searches, and hears of news in IDLE.
func TestGoIMAPClient(t *testing.T) {
	address := serve(t, newMemory(lunch, picture))
	news := make(chan uint32, 10)
	cl, err := imapclient.DialInsecure(address, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Expunge: func(n uint32) { news <- n }}})
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	must("login", cl.Login("bob", "secret").Wait())
	sel, err := cl.Select("INBOX", nil).Wait()
	must("select", err)
	if sel.NumMessages != 2 || sel.UIDNext != 3 {
		t.Errorf("selected %+v", sel)
	}
	got, err := cl.Fetch(imap.SeqSetNum(2), &imap.FetchOptions{Envelope: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true}, UID: true,
		Flags: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{{Part: []int{1}, Peek: true}}}).Collect()
	must("fetch", err)
	if m := got[0]; m.Envelope.Subject != "Picture" || m.BodyStructure.MediaType() != "multipart/mixed" || string(m.BodySection[0].Bytes) != "Look!" {
		t.Errorf("fetched %+v", m)
	}
	must("create", cl.Create("Entwürfe", nil).Wait())
	list, err := cl.List("", "*", nil).Collect()
	must("list", err)
	if len(list) != 2 || list[1].Mailbox != "Entwürfe" {
		t.Errorf("listed %+v", list)
	}
	w := cl.Append("Entwürfe", int64(len(lunch)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagDraft}})
	w.Write([]byte(lunch))
	must("append", w.Close())
	if data, err := w.Wait(); err != nil || data.UID != 1 {
		t.Errorf("appended %+v, %v", data, err)
	}
	found, err := cl.Search(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: "lunch"}}}, nil).Wait()
	must("search", err)
	if nums := found.AllSeqNums(); len(nums) != 1 || nums[0] != 1 {
		t.Errorf("found %v", nums)
	}
	copied, err := cl.Copy(imap.SeqSetNum(1), "Entwürfe").Wait()
	must("copy", err)
	if copied.DestUIDs.String() != "2" {
		t.Errorf("copied %+v", copied)
	}
	_, err = cl.Move(imap.SeqSetNum(1), "Entwürfe").Wait()
	must("move", err)
	<-news // that of the move

	idle, err := cl.Idle()
	must("idle", err)
	other, err := imapclient.DialInsecure(address, nil)
	must("second device", err)
	defer other.Close()
	must("login", other.Login("bob", "secret").Wait())
	_, err = other.Select("INBOX", nil).Wait()
	must("select", err)
	must("store", other.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	must("expunge", other.Expunge().Close())
	select {
	case n := <-news:
		if n != 1 {
			t.Errorf("news of %d", n)
		}
	case <-time.After(5 * time.Second):
		t.Error("no news in IDLE")
	}
	must("end of idle", idle.Close())
	must("logout", cl.Logout().Wait())
}

// TestImaplib: Python's client, which waits with literals.
func TestImaplib(t *testing.T) {
	python := layerstest.Program(t, "python3")
	_, port, _ := net.SplitHostPort(serve(t, newMemory(lunch, picture)))
	out, err := exec.Command(python, "-c", `
import imaplib, sys
m = imaplib.IMAP4("127.0.0.1", `+port+`)
m.login("bob", "secret")
assert m.select()[1] == [b"2"]
assert m.fetch("1", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0][1] == b"Subject: Lunch\r\n\r\n"
assert m.append("INBOX", "\\Seen", None, b"A: b\r\n\r\nc\r\n")[0] == "OK"
assert m.noop()[0] == "OK" and m.response("EXISTS")[1][-1] == b"3"
assert m.search(None, "UNSEEN")[1] == [b"1 2"]
assert m.store("1:2", "+FLAGS", r"(\Deleted)")[0] == "OK"
assert m.expunge()[1] == [b"1", b"1"]
assert m.uid("FETCH", "3", "(FLAGS)")[0] == "OK"
m.close(); m.logout()
`).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestCurl: curl names a mail by URL.
func TestCurl(t *testing.T) {
	curl := layerstest.Program(t, "curl")
	address := serve(t, newMemory(lunch, picture))
	for _, row := range []struct{ args, want string }{
		{"imap://" + address + "/INBOX;UID=1;SECTION=TEXT", "At noon?\r\n"},
		{"imap://" + address + "/INBOX;UID=2", picture},
		{"imap://" + address + "/INBOX -X SEARCH\u00a0SUBJECT\u00a0lunch", "* SEARCH 1\r\n"},
		{"imap://" + address, "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"},
	} {
		args := []string{"-s", "--max-time", "10", "--user", "bob:secret"}
		for _, a := range strings.Split(row.args, " ") {
			args = append(args, strings.ReplaceAll(a, "\u00a0", " "))
		}
		if out, err := exec.Command(curl, args...).Output(); err != nil || string(out) != row.want {
			t.Errorf("%s: %v\n%q, want %q", row.args, err, out, row.want)
		}
	}
}

// atDovecot starts Dovecot and connects our client to it.
func atDovecot(t *testing.T) *dialled {
	t.Helper()
	address, _ := layerstest.Dovecot(t)
	return dial(t, address)
}

// TestDovecot: our client reads and writes at Dovecot.
func TestDovecot(t *testing.T) {
	p := atDovecot(t)
	cl := p.client
	ask := func(issue func() string) *Done {
		t.Helper()
		return p.ask(t, issue())
	}
	ask(func() string { return cl.Capability() })
	ask(func() string {
		tag, err := cl.Authenticate("alice", "secret", sasl.Policy{Clear: true})
		if err != nil {
			t.Fatal(err)
		}
		return tag
	})
	ask(func() string { return cl.Create("Entwürfe") })
	ask(func() string { return cl.List("", "*") })
	names := ""
	for _, r := range p.told {
		if r.List != nil {
			names += r.List.Name + " "
		}
	}
	if !strings.Contains(names, "Entwürfe ") || !strings.Contains(names, "INBOX ") {
		t.Errorf("listed %s", names)
	}
	for _, mail := range []string{lunch, picture} {
		ask(func() string { return cl.Append("INBOX", []string{Flagged}, epoch, []byte(mail)) })
	}
	ask(func() string { return cl.Select("INBOX") })
	if cl.Selection().Exists != 2 {
		t.Errorf("selection %+v", cl.Selection())
	}
	ask(func() string {
		items, _ := ParseFetchItems("(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[1] BODY.PEEK[2]<0.6>)")
		return cl.Fetch(Range(2, 2), items...)
	})
	f := p.told[0].Fetch
	if b, _ := f.Body("2"); f.Envelope.Subject.Value != "Picture" || len(f.Structure.Parts) != 2 || string(b) != "iVBORw" || !f.InternalDate.Equal(epoch) {
		t.Errorf("fetched %+v", f)
	}

	// Our server describes the same mail in the same words.
	ours := newPair(newMemory(lunch, picture))
	ours.ask(t, ours.client.Login("bob", "secret"))
	ours.ask(t, ours.client.Select("INBOX"))
	items, _ := ParseFetchItems("(ENVELOPE BODYSTRUCTURE)")
	_, mine := ours.ask(t, ours.client.Fetch(Range(2, 2), items...))
	write := func(f *FetchData) string {
		return string(NewEncoder().Envelope(f.Envelope).BodyStructure(f.Structure, true).Bytes())
	}
	if write(f) != write(mine[0].Fetch) {
		t.Errorf("Dovecot says\n%s\nwe say\n%s", write(f), write(mine[0].Fetch))
	}
	ask(func() string { return cl.Search(SearchKey{Name: "SUBJECT", Text: "lunch"}) })
	if cl.Capabilities() == nil {
		t.Error("Dovecot's capabilities after login are not known")
	}
	ask(func() string { return cl.List("", "%") })
	special := ""
	for _, r := range p.told {
		if r.List != nil && r.List.Has(`\Sent`) {
			special = r.List.Name
		}
	}
	if special != "Sent" {
		t.Errorf("the mailbox for sent mail is %q", special)
	}
	ask(func() string { return cl.MoveOrCopy(Range(1, 1), "Entwürfe") })
	if cl.Selection().Exists != 1 {
		t.Errorf("after MOVE %+v", cl.Selection())
	}
	ask(func() string {
		tag := cl.Idle()
		cl.EndIdle()
		return tag
	})
	ask(func() string { return cl.Status("Entwürfe", "MESSAGES", "UIDNEXT", "UNSEEN") })
	if s := p.last("STATUS").Status; s.Name != "Entwürfe" || s.Value("MESSAGES") != 1 || s.Value("UNSEEN") != 1 {
		t.Errorf("status %+v", s)
	}
	ask(func() string { return cl.UIDStore(Range(1, Star), AddFlags, false, Seen, "$Forwarded") })
	ask(func() string { return cl.Search(SearchKey{Name: "KEYWORD", Text: "$Forwarded"}) })
	if n := p.last("SEARCH").Numbers; len(n) != 1 {
		t.Errorf("found %v", n)
	}
	ask(func() string { return cl.Logout() })
}
