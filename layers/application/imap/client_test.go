package imap

import (
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/sasl"
)

// A pair joins a client and a server by a cable without faults.
type pair struct {
	client *Client
	server *Server
	now    time.Time
	told   []*Response
	done   map[string]*Done
}

func newPair(backend Backend) *pair {
	p := &pair{client: NewClient(epoch, ClientConfig{}), server: NewServer(epoch, Config{Backend: backend}), now: epoch, done: map[string]*Done{}}
	p.settle()
	return p
}

// settle carries bytes until nobody has anything to say.
func (p *pair) settle() {
	for range 1000 {
		out, in := p.client.Output(), p.server.Output()
		if len(out) == 0 && len(in) == 0 {
			break
		}
		p.server.Receive(p.now, out)
		p.client.Receive(p.now, in)
	}
	for e, ok := p.client.Next(); ok; e, ok = p.client.Next() {
		switch e := e.(type) {
		case *Told:
			p.told = append(p.told, e.Response)
		case *Done:
			p.done[e.Tag] = e
		case *ServerError:
			panic(e.Why)
		}
	}
}

// ask settles a command and returns its outcome and what was told meanwhile.
func (p *pair) ask(t *testing.T, tag string) (*Done, []*Response) {
	t.Helper()
	p.told = nil
	p.settle()
	d := p.done[tag]
	if d == nil {
		t.Fatalf("%s was never completed", tag)
	}
	return d, p.told
}

// TestClientAgainstServer plays a reader's session with both engines.
func TestClientAgainstServer(t *testing.T) {
	backend := newMemory(lunch, picture)
	p := newPair(backend)
	cl := p.client
	ok := func(tag string) []*Response {
		t.Helper()
		d, told := p.ask(t, tag)
		if !d.OK() {
			t.Fatalf("%s: %s %s", d.Command, d.Status, d.Text)
		}
		return told
	}
	if d, _ := p.ask(t, cl.Login("bob", "wrong")); d.Status != "NO" || d.Code == nil || d.Code.Name != "AUTHENTICATIONFAILED" {
		t.Errorf("a wrong password: %+v", d)
	}
	tag, err := cl.Authenticate("bob", "secret", sasl.Policy{Clear: true})
	if err != nil {
		t.Fatal(err)
	}
	ok(tag)
	ok(cl.Select("INBOX"))
	if sel := cl.Selection(); sel.Exists != 2 || sel.UIDValidity != 1 || sel.UIDNext != 3 || sel.FirstUnseen != 1 || sel.ReadOnly || cl.State() != Selected {
		t.Errorf("selection %+v", sel)
	}
	items, err := ParseFetchItems("(UID FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (Subject From)] BODY.PEEK[2]<0.6> INTERNALDATE RFC822.SIZE)")
	if err != nil {
		t.Fatal(err)
	}
	f := ok(cl.UIDFetch(Range(2, Star), items...))[0].Fetch
	if f.UID != 2 || f.Envelope.Subject.Value != "Picture" || f.Structure.Parts[1].Subtype != "png" || f.Size != int64(len(picture)) || !f.InternalDate.Equal(epoch.Add(time.Hour)) {
		t.Errorf("fetched %+v", f)
	}
	if b, found := f.Body("2"); !found || string(b) != "iVBORw" {
		t.Errorf("part 2 begins %q", b)
	}
	key, err := ParseSearchKey(`NOT DELETED OR SUBJECT "lunch" HEADER Message-ID ""`)
	if err != nil {
		t.Fatal(err)
	}
	if told := ok(cl.Search(key)); len(told[0].Numbers) != 1 || told[0].Numbers[0] != 1 {
		t.Errorf("found %v", told[0].Numbers)
	}
	ok(cl.Create("Entwürfe"))
	if told := ok(cl.List("", "*")); told[1].List.Name != "Entwürfe" || told[1].List.Delimiter != "/" {
		t.Errorf("listed %+v", told[1].List)
	}
	ok(cl.Append("Entwürfe", []string{Draft}, epoch, []byte("Subject: draft\r\n\r\nä\r\n")))
	if told := ok(cl.Status("Entwürfe", "MESSAGES", "UIDNEXT")); told[0].Status.Value("MESSAGES") != 1 || told[0].Status.Value("UIDNEXT") != 2 {
		t.Errorf("status %+v", told[0].Status)
	}
	told := ok(cl.Move(Range(1, 1), "Entwürfe"))
	if told[0].Code == nil || told[0].Code.UIDs.String() != "2" || told[1].Name != "EXPUNGE" || cl.Selection().Exists != 1 {
		t.Errorf("moved: %+v", told)
	}
	ok(cl.UIDStore(Range(2, 2), AddFlags, false, Deleted, "$Label1"))
	ok(cl.UIDExpunge(Range(2, 2)))
	if cl.Selection().Exists != 0 {
		t.Error("still there")
	}

	// Several commands in progress: they go out in one piece, and each finds its own reply.
	tags := []string{cl.Noop(), cl.Namespace(), cl.Capability()}
	p.settle()
	for _, tag := range tags {
		if p.done[tag] == nil || !p.done[tag].OK() {
			t.Errorf("%s: %+v", tag, p.done[tag])
		}
	}
	if told := p.told; told[len(told)-2].Spaces[0][0].Delimiter != "/" {
		t.Errorf("namespace %+v", told)
	}

	// In IDLE news come unasked, and what is asked meanwhile waits.
	idle := cl.Idle()
	later := cl.Noop()
	p.told = nil
	p.settle()
	backend.Append(Inbox, NewMessage{nil, epoch, []byte(lunch)})
	p.server.Wake(epoch)
	p.settle()
	if len(p.told) == 0 || p.told[0].Name != "EXISTS" || p.done[later] != nil {
		t.Errorf("in IDLE: %v", p.told)
	}
	p.now = cl.Deadline()
	if want := epoch.Add(IdleRenewal); !p.now.Equal(want) {
		t.Errorf("IDLE is renewed at %v, want %v", p.now, want)
	}
	cl.EndIdle()
	p.settle()
	if p.done[idle] == nil || p.done[later] == nil {
		t.Error("IDLE did not end")
	}
	ok(cl.Logout())
	if !cl.Closing() || !p.server.Closing() {
		t.Error("both sides should close")
	}
}

// TestClientWaitsWithLiterals: without LITERAL+ a literal waits for its "+", and commands behind it wait too.
func TestClientWaitsWithLiterals(t *testing.T) {
	cl := NewClient(epoch, ClientConfig{})
	cl.Receive(epoch, []byte("* OK [CAPABILITY IMAP4rev1] hi\r\n"))
	cl.Append("Sent", nil, time.Time{}, []byte("mail"))
	cl.Noop()
	for _, step := range []struct{ from, want string }{
		{"", "A001 APPEND Sent {4}\r\n"}, {"+ go\r\n", "mail\r\nA002 NOOP\r\n"}, {"A002 OK\r\nA001 NO\r\n", ""},
	} {
		cl.Receive(epoch, []byte(step.from))
		if got := string(cl.Output()); got != step.want {
			t.Errorf("after %q: %q, want %q", step.from, got, step.want)
		}
	}
	cl.Login("b", "a\r\nA9 DELETE INBOX")
	if got := string(cl.Output()); got != "A003 LOGIN b {18}\r\n" {
		t.Errorf("a line end in a password must not begin a command: %q", got)
	}
}

// TestClientStartTLS: nothing is sent in clear text behind STARTTLS, and nothing that came so is believed.
func TestClientStartTLS(t *testing.T) {
	cl := NewClient(epoch, ClientConfig{})
	cl.Receive(epoch, []byte("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"))
	cl.StartTLS()
	cl.Login("bob", "secret")
	first := string(cl.Output())
	cl.Receive(epoch, []byte("A001 OK go\r\n* CAPABILITY FORGED\r\n"))
	if then := string(cl.Output()); first != "A001 STARTTLS\r\n" || then != "" || cl.Can("FORGED") || cl.Can("STARTTLS") {
		t.Errorf("sent %q, then %q", first, then)
	}
	cl.Secured(epoch)
	if got := string(cl.Output()); got != "A002 LOGIN bob secret\r\n" {
		t.Errorf("over TLS: %q", got)
	}
}

// TestClientDistrustsServer: what a server may not say is told, and bounded.
func TestClientDistrustsServer(t *testing.T) {
	for _, row := range []struct {
		server string
		closed bool
	}{
		{"* OK hi\r\nA9 OK whose?\r\n", false}, {"* OK hi\r\n+ nobody waits\r\n", false}, {"* OK hi\r\n* 1 FETCH (FLAGS\r\n", false},
		{"* OK hi\r\n* 1 FETCH (BODY[] {99999999999}\r\n", true},
	} {
		cl := NewClient(epoch, ClientConfig{})
		cl.Receive(epoch, []byte(row.server))
		var last ClientEvent
		for e, ok := cl.Next(); ok; e, ok = cl.Next() {
			last = e
		}
		if e, is := last.(*ServerError); !is || e.Closed != row.closed {
			t.Errorf("%q: %#v", row.server, last)
		}
	}
	cl := NewClient(epoch, ClientConfig{Timeout: time.Minute})
	cl.Expire(cl.Deadline())
	if !cl.Closing() {
		t.Error("waits for ever for a greeting")
	}
}

// FuzzClient: whatever a server says, the client neither panics nor grows beyond what it was sent.
func FuzzClient(f *testing.F) {
	f.Add([]byte("* OK [CAPABILITY IMAP4rev1 IDLE] hi\r\n* LIST (\\Sent) \"/\" Sent\r\n* 2 FETCH (UID 3 BODY[1]<4> {2}\r\nab FLAGS (\\Seen))\r\nA001 OK [COPYUID 1 2:3 4:5] done\r\n"))
	f.Add([]byte("* PREAUTH hi\r\n* STATUS a (MESSAGES 3)\r\n* SEARCH 1 2\r\n* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* 1 EXPUNGE\r\n* BYE\r\n"))
	f.Add([]byte("* OK\r\n* ESEARCH (TAG \"a\") UID MIN 1 ALL 3:4 COUNT 3 MODSEQ 9\r\n* THREAD (1 (2)(3 4))\r\n* VANISHED (EARLIER) 1:4\r\n* QUOTA \"\" (STORAGE 1 2)\r\n* QUOTAROOT a \"\"\r\n"))
	f.Add([]byte("* OK\r\n* FETCH\r\n* 3 VANISHED 1\r\n* 3 ESEARCH\r\n* SEARCH (MODSEQ\r\n"))
	f.Add([]byte("* OK\r\n* SORT 3 1 (MODSEQ 4)\r\n* LIST () \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\") OLDNAME (b))\r\n* 1 FETCH (MODSEQ (3) BINARY.SIZE[1] 2 BINARY[1] ~{1}\r\n\x00 PREVIEW NIL)\r\n* OK [MODIFIED 3]\r\n"))
	f.Add([]byte("* OK\r\n* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL \"a\" \"b\")) NIL NIL NIL NIL NIL NIL NIL) BODY (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1))\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		cl := NewClient(epoch, ClientConfig{})
		cl.Login("bob", "secret")
		cl.Idle()
		for len(b) > 0 {
			k := min(5, len(b))
			cl.Receive(epoch, b[:k])
			cl.Output()
			b = b[k:]
		}
		cl.Expire(cl.Deadline())
	})
}

// FuzzResponse: what FETCH tells is written and read with one grammar.
func FuzzResponse(f *testing.F) {
	for _, seed := range []string{
		`* 1 FETCH (UID 7 FLAGS (\Seen x) INTERNALDATE "05-Jan-2026 09:00:00 +0000" RFC822.SIZE 9 BODY[1.2.MIME]<4> "ab" RFC822 NIL)`,
		`* 3 FETCH (ENVELOPE ("d" "s" (("A" NIL "a" "h")) NIL NIL ((NIL NIL "g" NIL)(NIL NIL "m" "h")(NIL NIL NIL NIL)) NIL NIL "<i>" "<m>"))`,
		`* 3 FETCH (BODYSTRUCTURE (("text" "plain" ("charset" "utf-8") NIL "d" "7bit" 4 1 "md5" ("inline" NIL) ("en" "de") "loc")("message" "rfc822" NIL NIL NIL "8bit" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("a" "b" NIL NIL NIL "x" 1) 3) "mixed" NIL NIL NIL NIL))`,
		"* 3 FETCH (UID 1 MODSEQ (9223372036854775807) BINARY.SIZE[1.2] 3 BINARY[1]<4> ~{1}\r\n\x00 PREVIEW \"a\")",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var first, second Response
		if !NewDecoder([]byte(line)).Response(&first) || first.Fetch == nil {
			return
		}
		written := string(NewEncoder().Atom("* ").Number(int64(first.Number)).Atom(" FETCH ").FetchData(first.Fetch).Bytes())
		if d := NewDecoder([]byte(written)); !d.Response(&second) {
			t.Fatalf("%q was written as %q: %v", line, written, d.Err())
		}
		again := string(NewEncoder().Atom("* ").Number(int64(second.Number)).Atom(" FETCH ").FetchData(second.Fetch).Bytes())
		if again != written {
			t.Fatalf("%q, then %q", written, again)
		}
	})
}

// TestGrammar reads elements, writes them again, and cuts them short at every length.
func TestGrammar(t *testing.T) {
	for _, row := range []struct{ rule, wire string }{
		{"set", "1:3,7,9:*"}, {"set", "*"}, {"set", "4294967295"},
		{"items", "BODY.PEEK[1.2.HEADER.FIELDS (From To)]<0.10>"}, {"items", "BODY[]"}, {"items", "BODY[3.MIME]"}, {"items", "RFC822.SIZE"},
		{"search", `OR (FROM "a b" UNSEEN) NOT (SINCE 1-Feb-2026 UID 4:*)`}, {"search", `HEADER Subject "" LARGER 10 KEYWORD $x`},
	} {
		read := func(s string) (string, error) {
			switch row.rule {
			case "set":
				v, err := ParseSet(s)
				return v.String(), err
			case "items":
				v, err := ParseFetchItems(s)
				if err != nil {
					return "", err
				}
				return v[0].String(), nil
			}
			v, err := ParseSearchKey(s)
			return v.String(), err
		}
		if got, err := read(row.wire); err != nil || got != row.wire {
			t.Errorf("%s %q: %q, %v", row.rule, row.wire, got, err)
		}
		for n := range len(row.wire) {
			if got, err := read(row.wire[:n]); err == nil && got != row.wire[:n] {
				t.Errorf("%s %q, cut: read as %q", row.rule, row.wire[:n], got)
			}
		}
	}
	for _, bad := range []string{"0", "1:", "1,,2", "4294967296", "a", ""} {
		if set, err := ParseSet(bad); err == nil {
			t.Errorf("%q is no set, read as %v", bad, set)
		}
	}
	if _, err := ParseFetchItems("BODY[MIME]"); err == nil || !strings.Contains(err.Error(), "RFC 3501") {
		t.Errorf("MIME needs a part: %v", err)
	}
}

func TestUTF7(t *testing.T) {
	for _, row := range [][2]string{
		{"INBOX", "INBOX"}, {"a&b", "a&-b"}, {"Entwürfe", "Entw&APw-rfe"}, {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, {"☃😀", "&JgPYPd4A-"},
	} {
		if got := EncodeUTF7(row[0]); got != row[1] {
			t.Errorf("%q: written %q, want %q", row[0], got, row[1])
		}
		if got, err := DecodeUTF7(row[1]); err != nil || got != row[0] {
			t.Errorf("%q: read %q, %v", row[1], got, err)
		}
	}
	for _, bad := range []string{"&", "&AGE-", "&APw", "&APw-&APw-", "&!-", "&2D0-"} {
		if got, err := DecodeUTF7(bad); err == nil {
			t.Errorf("%q is not the only form of a name, read as %q", bad, got)
		}
	}
}
