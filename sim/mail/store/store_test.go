package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// bobs is a store with one account that holds n mails of 100 bytes.
func bobs(t *testing.T, n int) (*Store, *Account) {
	t.Helper()
	s := New(1000)
	bob, err := s.Add("bob", "secret", "bob@example.org", "robert@example.org")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if _, err := bob.Deliver(monday, mailOf(100, i)); err != nil {
			t.Fatal(err)
		}
	}
	return s, bob
}

func mailOf(size, n int) []byte {
	head := fmt.Sprintf("Subject: mail %d\r\n\r\n", n+1)
	return []byte(head + strings.Repeat("x", size-len(head)-2) + "\r\n")
}

func TestWhoLogsIn(t *testing.T) {
	s, bob := bobs(t, 0)
	for _, c := range []struct {
		name, password string
		ok             bool
	}{
		{"bob", "secret", true}, {"bob@example.org", "secret", true}, {"Robert@Example.ORG", "secret", true},
		{"bob", "Secret", false}, {"bob", "", false}, {"", "", false}, {"ana", "secret", false}, {"bob@example.net", "secret", false},
	} {
		a, err := s.Login(c.name, c.password)
		if c.ok != (err == nil && a == bob) {
			t.Errorf("%q %q: %v", c.name, c.password, err)
		}
	}
	if _, err := s.Add("ana", "x", "ROBERT@example.org"); err == nil {
		t.Error("an address belongs to two accounts")
	}
	if _, err := s.Add("", "x"); err == nil {
		t.Error("an account without a user")
	}
}

func TestMailboxNames(t *testing.T) {
	_, bob := bobs(t, 3)
	names := func() string {
		var all []string
		for _, m := range bob.Mailboxes() {
			all = append(all, fmt.Sprintf("%s:%d:%d", m.Name(), m.UIDValidity(), len(m.Messages())))
		}
		return strings.Join(all, " ")
	}
	for _, c := range []struct {
		what string
		do   func() error
		err  error
		then string
	}{
		{"create", create(bob, "work"), nil, "INBOX:1000:3 work:1001:0"},
		{"create again", create(bob, "work/"), ErrMailboxExists, ""},
		{"create inbox", create(bob, "inbox"), ErrMailboxExists, ""},
		{"create below", create(bob, "work/2026/january/"), nil, "INBOX:1000:3 work:1001:0 work/2026/january:1002:0"},
		{"an empty level", create(bob, "a//b"), ErrName, ""},
		{"nothing", create(bob, ""), ErrName, ""},
		{"a control character", create(bob, "a\r\nb"), ErrName, ""},
		{"delete INBOX", func() error { return bob.Delete("Inbox") }, ErrInbox, ""},
		{"delete none", func() error { return bob.Delete("play") }, ErrNoMailbox, ""},
		{"rename with what is below", func() error { return bob.Rename("work", "job") }, nil, "INBOX:1000:3 job:1001:0 job/2026/january:1002:0"},
		{"rename a level that is only a name", func() error { return bob.Rename("job/2026", "old") }, nil, "INBOX:1000:3 job:1001:0 old/january:1002:0"},
		{"rename onto another", func() error { return bob.Rename("job", "old/january") }, ErrMailboxExists, ""},
		{"rename into itself", func() error { return bob.Rename("job", "job/more") }, ErrName, ""},
		{"rename none", func() error { return bob.Rename("none", "some") }, ErrNoMailbox, ""},
		{"rename to INBOX", func() error { return bob.Rename("job", "INBOX") }, ErrMailboxExists, ""},
		{"delete", func() error { return bob.Delete("job") }, nil, "INBOX:1000:3 old/january:1002:0"},
		{"make anew", create(bob, "job"), nil, "INBOX:1000:3 old/january:1002:0 job:1003:0"},
		// RFC 9051 §6.3.6: renaming INBOX moves its mails and leaves it empty.
		{"rename INBOX", func() error { return bob.Rename("INBOX", "kept") }, nil, "INBOX:1000:0 old/january:1002:0 job:1003:0 kept:1004:3"},
	} {
		before := names()
		err := c.do()
		if c.then == "" {
			c.then = before
		}
		if !errors.Is(err, c.err) || names() != c.then {
			t.Errorf("%s: %v; now %s, want %s", c.what, err, names(), c.then)
		}
	}
	bob.Subscribe("work", true)
	bob.Subscribe("a", true)
	bob.Subscribe("a", true)
	bob.Subscribe("none", false)
	if got := strings.Join(bob.Subscribed(), " "); got != "a work" {
		t.Errorf("subscribed: %s", got)
	}
}

func create(a *Account, name string) func() error {
	return func() error { _, err := a.Create(name); return err }
}

func TestUIDsAreNeverUsedAgain(t *testing.T) {
	_, bob := bobs(t, 3)
	inbox, _ := bob.Mailbox("INBOX")
	archive, _ := bob.Create("archive")
	inbox.Expunge([]uint32{3, 3, 99})
	bob.Deliver(monday, mailOf(50, 9))
	if got := fmt.Sprint(inbox.UIDs(), inbox.UIDNext()); got != "[1 2 4] 5" {
		t.Errorf("after EXPUNGE and a delivery: %s", got)
	}
	copies, err := inbox.Copy([]uint32{4, 1}, archive)
	if err != nil || !slices.Equal(copies, []uint32{1, 2}) {
		t.Errorf("copies %v, %v", copies, err)
	}
	if m, _ := archive.Message(1); m.Size() != 50 {
		t.Errorf("the copies are not in the order that was asked for")
	}
	moved, err := inbox.Move([]uint32{2}, archive)
	if err != nil || !slices.Equal(moved, []uint32{3}) || len(inbox.UIDs()) != 2 {
		t.Errorf("moved %v, %v; left %v", moved, err, inbox.UIDs())
	}
	if _, err := inbox.Copy([]uint32{1, 2}, archive); !errors.Is(err, ErrNoMessage) || len(archive.UIDs()) != 3 {
		t.Errorf("a copy of a mail that is gone: %v; all or none, there are %v", err, archive.UIDs())
	}
	if moved, err = archive.Move([]uint32{1}, archive); err != nil || !slices.Equal(moved, []uint32{4}) {
		t.Errorf("a move within one mailbox: %v %v", moved, err)
	}
	bob.Delete("archive")
	if _, err := inbox.Move([]uint32{1}, archive); !errors.Is(err, ErrNoMailbox) || len(inbox.UIDs()) != 2 {
		t.Errorf("a move into a mailbox that was deleted: %v", err)
	}
}

func TestLineEndsAreCRLF(t *testing.T) {
	_, bob := bobs(t, 0)
	bob.Deliver(monday, []byte("A: b\n\nx\r\n"))
	if b, _ := bob.mailboxes[0].messages[0].Bytes(); string(b) != "A: b\r\n\r\nx\r\n" || bob.Used() != int64(len(b)) {
		t.Errorf("kept as %q", b)
	}
}

// Whatever several sessions do, each can tell from its news exactly what the mailbox holds.
func TestSessionsNeverDisagree(t *testing.T) {
	for seed := range uint64(50) {
		_, bob := bobs(t, 5)
		inbox, _ := bob.Mailbox(Inbox)
		other, _ := bob.Create("other")
		chance := rand.New(rand.NewPCG(seed, 0))
		views := make([]map[uint32]string, 3)
		var sessions []*Selection
		for i := range views {
			views[i] = map[uint32]string{}
			sessions = append(sessions, inbox.Open(i == 0, nil))
		}
		learn := func(i int) {
			for _, n := range sessions[i].News() {
				_, known := views[i][n.Message.UID]
				if known == n.New {
					t.Fatalf("seed %d: session %d, mail %d: known %v, new %v", seed, i, n.Message.UID, known, n.New)
				}
				if n.Expunged {
					delete(views[i], n.Message.UID)
				} else {
					views[i][n.Message.UID] = fmt.Sprint(n.Message.Flags)
				}
			}
		}
		for range 300 {
			some := func(m *Mailbox) []uint32 {
				var uids []uint32
				for _, uid := range m.UIDs() {
					if chance.IntN(4) == 0 {
						uids = append(uids, uid)
					}
				}
				return uids
			}
			switch chance.IntN(7) {
			case 0:
				bob.Deliver(monday, mailOf(60, 0))
			case 1:
				inbox.Expunge(some(inbox))
			case 2:
				for _, uid := range some(inbox) {
					inbox.SetFlags(uid, [][]string{nil, {`\Seen`}, {"a", "b"}}[chance.IntN(3)])
				}
			case 3:
				inbox.Move(some(inbox), other)
			case 4:
				other.Move(some(other), inbox)
			case 5:
				inbox.Copy(some(inbox), inbox)
			case 6:
				learn(chance.IntN(3))
			}
		}
		var used int64
		for i := range views {
			learn(i)
			for _, m := range inbox.Messages() {
				if views[i][m.UID] != fmt.Sprint(m.Flags) {
					t.Fatalf("seed %d: session %d sees mail %d as %q, it has %v", seed, i, m.UID, views[i][m.UID], m.Flags)
				}
			}
			if len(views[i]) != len(inbox.Messages()) {
				t.Fatalf("seed %d: session %d sees %d mails of %d", seed, i, len(views[i]), len(inbox.Messages()))
			}
		}
		for _, m := range append(inbox.Messages(), other.Messages()...) {
			used += m.Size()
		}
		if used != bob.Used() {
			t.Fatalf("seed %d: %d bytes are used, %d are counted", seed, used, bob.Used())
		}
	}
}

func TestQuota(t *testing.T) {
	s, bob := bobs(t, 3)
	bob.Quota = 450
	inbox, _ := bob.Mailbox("INBOX")
	archive, _ := bob.Create("archive")
	if _, err := inbox.Copy([]uint32{1, 2}, archive); !errors.Is(err, ErrOverQuota) {
		t.Errorf("a copy beyond the quota: %v", err)
	}
	if _, err := inbox.Move([]uint32{1, 2}, archive); err != nil {
		t.Errorf("a move needs no room: %v", err)
	}
	if _, err := bob.Deliver(monday, mailOf(151, 0)); !errors.Is(err, ErrOverQuota) {
		t.Errorf("a delivery beyond the quota: %v", err)
	}
	if _, err := bob.Deliver(monday, mailOf(150, 0)); err != nil || bob.Used() != 450 || bob.Room(1) {
		t.Errorf("a delivery up to the quota: %v, %d used", err, bob.Used())
	}
	archive.SetFlags(1, []string{`\Seen`, `\Deleted`})
	if got, want := bob.Holding(), (Holding{Messages: 4, Unseen: 3, Deleted: 1, Bytes: 450, DeletedBytes: 100}); got != want {
		t.Errorf("holding %+v, want %+v", got, want)
	}
	// Marked is not gone: the room comes back with EXPUNGE.
	archive.Expunge([]uint32{1})
	if bob.Used() != 350 || s.Accounts()[0].Holding().Bytes != 350 {
		t.Errorf("%d used", bob.Used())
	}
}

// told writes news as a line: new with *, recent with r, gone with -, flags in brackets.
func told(s *Selection) string {
	var all []string
	for _, n := range s.News() {
		sign := ""
		if n.New {
			sign = "*"
		}
		if n.Recent {
			sign += "r"
		}
		if n.Expunged {
			sign = "-"
		}
		all = append(all, fmt.Sprintf("%s%d%v", sign, n.Message.UID, n.Message.Flags))
	}
	return strings.Join(all, " ")
}

func TestEverySessionLearnsWhatChanges(t *testing.T) {
	_, bob := bobs(t, 3)
	inbox, _ := bob.Mailbox("INBOX")
	calls := 0
	laptop, phone := inbox.Open(false, nil), inbox.Open(true, func() { calls++ })
	for i, c := range []struct {
		do            func()
		laptop, phone string
	}{
		{func() {}, "*r1[] *r2[] *r3[]", "*1[] *2[] *3[]"},
		{func() {}, "", ""},
		{func() { inbox.SetFlags(2, []string{`\Seen`}) }, `2[\Seen]`, `2[\Seen]`},
		{func() { inbox.SetFlags(2, []string{`\Seen`}) }, "", ""},
		{func() { inbox.SetFlags(2, nil); inbox.SetFlags(2, []string{"x"}); inbox.SetFlags(3, []string{"y"}) }, "2[x] 3[y]", "2[x] 3[y]"},
		{func() { inbox.Expunge([]uint32{1}) }, "-1[]", "-1[]"},
		{func() { bob.Deliver(monday, mailOf(60, 0)) }, "*r4[]", "*4[]"},
		{func() { bob.Deliver(monday, mailOf(60, 0)); inbox.Expunge([]uint32{5}) }, "", ""},
		{func() {
			inbox.SetFlags(4, []string{"z"})
			inbox.Expunge([]uint32{4})
			bob.Deliver(monday, mailOf(60, 0))
		}, "-4[] *r6[]", "-4[] *6[]"},
		{func() { create(bob, "a")(); bob.Rename("INBOX", "b") }, "-2[] -3[] -6[]", "-2[] -3[] -6[]"},
	} {
		c.do()
		if l, p := told(laptop), told(phone); l != c.laptop || p != c.phone {
			t.Errorf("step %d: laptop %q, want %q; phone %q, want %q", i, l, c.laptop, p, c.phone)
		}
	}
	if calls != 12 {
		t.Errorf("the phone was called %d times, want 12", calls)
	}
	if got := strings.Join(inbox.Keywords(), " "); got != "x y z" {
		t.Errorf("keywords %s", got)
	}
	laptop.Close()
	phone.Close()
	bob.Deliver(monday, mailOf(60, 0))
	if calls != 12 || inbox.Recent() != 1 {
		t.Errorf("after closing: %d calls, %d recent", calls, inbox.Recent())
	}
}

// The modification sequence only grows, and each change has its own (RFC 7162 §3.1).
func TestModificationSequences(t *testing.T) {
	_, bob := bobs(t, 2)
	inbox, _ := bob.Mailbox("INBOX")
	last := uint64(0)
	for i, do := range []func(){
		func() { bob.Deliver(monday, mailOf(60, 0)) },
		func() { inbox.SetFlags(1, []string{"x"}) },
		func() { inbox.Expunge([]uint32{2}) },
	} {
		do()
		if inbox.ModSeq() <= last {
			t.Errorf("step %d: %d after %d", i, inbox.ModSeq(), last)
		}
		last = inbox.ModSeq()
		for _, m := range inbox.Messages() {
			if m.ModSeq > last {
				t.Errorf("step %d: mail %d has %d, the mailbox %d", i, m.UID, m.ModSeq, last)
			}
		}
	}
	inbox.SetFlags(1, []string{"x"})
	if inbox.ModSeq() != last {
		t.Error("a change that changes nothing counts")
	}
}

// A session that never asks for news does not make the store grow without end.
func TestASessionThatNeverAsks(t *testing.T) {
	_, bob := bobs(t, 1)
	inbox, _ := bob.Mailbox("INBOX")
	s := inbox.Open(false, nil)
	s.News()
	for range 20000 {
		uid, _ := bob.Deliver(monday, mailOf(60, 0))
		inbox.Expunge([]uint32{uid})
	}
	if len(s.pending) > 2*pendingSlack {
		t.Errorf("%d pieces of news are kept", len(s.pending))
	}
	if got := told(s); got != "" {
		t.Errorf("news: %.100s", got)
	}
}

func TestOnChange(t *testing.T) {
	s, bob := bobs(t, 0)
	var seen []string
	s.OnChange = func(a *Account, m *Mailbox) {
		seen = append(seen, fmt.Sprintf("%s %s %d", a.User, m.Name(), m.Holding().Messages))
	}
	bob.Deliver(monday, mailOf(60, 0))
	trash, _ := bob.Create("Trash")
	bob.mailboxes[0].Move([]uint32{1}, trash)
	want := "bob INBOX 1, bob Trash 0, bob Trash 1, bob INBOX 0"
	if got := strings.Join(seen, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var values []string
	for _, v := range trash.Holding().Values() {
		values = append(values, v.Name+"="+v.Value.String())
	}
	if got := strings.Join(values, " "); got != "messages=1 unseen=1 deleted=0 bytes=60" {
		t.Error(got)
	}
}
