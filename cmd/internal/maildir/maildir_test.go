package maildir

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/sim/mail/store"
)

var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

const bob = "bob@example.org"

// opened is a store on a folder, with Bob's account.
func opened(t *testing.T, root string) (*Store, *store.Account) {
	t.Helper()
	disk, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	mails := store.New(1000)
	mails.Keep(disk)
	account, err := mails.Add(bob, "secret", bob)
	if err != nil {
		t.Fatal(err)
	}
	return disk, account
}

// content is all that IMAP could tell of an account, less what an opening may change.
func content(t *testing.T, a *store.Account) string {
	t.Helper()
	var lines []string
	for _, m := range a.Mailboxes() {
		lines = append(lines, fmt.Sprintf("%s %s validity %d next %d", m.Name(), m.Special(), m.UIDValidity(), m.UIDNext()))
		for _, mail := range m.Messages() {
			b, err := mail.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			flags := slices.Sorted(slices.Values(mail.Flags))
			lines = append(lines, fmt.Sprintf("%s %d %v %s %d %q", m.Name(), mail.UID, flags, mail.Date.Format(time.RFC3339), mail.Size(), b))
		}
	}
	slices.Sort(lines)
	return strings.Join(append(lines, fmt.Sprintf("subscribed %q, %d bytes", a.Subscribed(), a.Used())), "\n")
}

// TestWhatWasDoneIsThereAgain does what users do, closes the store at any moment, and opens it again: it holds what a store in
// memory holds to which the same was done.
func TestWhatWasDoneIsThereAgain(t *testing.T) {
	seeds := uint64(40)
	if testing.Short() {
		seeds = 5
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 1))
		root := t.TempDir()
		disk, kept := opened(t, root)
		inMemory := store.New(1000)
		memory, err := inMemory.Add(bob, "secret", bob)
		if err != nil {
			t.Fatal(err)
		}
		for step := range 60 {
			act := randomAct(r, step)
			if one, two := act(memory), act(kept); fmt.Sprint(one) != fmt.Sprint(two) {
				t.Fatalf("seed %d, step %d: %v in memory, %v on the disk", seed, step, one, two)
			}
			if r.IntN(8) == 0 {
				disk.Close()
				disk, kept = opened(t, root)
			}
			if one, two := content(t, memory), content(t, kept); one != two {
				t.Fatalf("seed %d, step %d: in memory\n%s\non the disk\n%s", seed, step, one, two)
			}
		}
		disk.Close()
	}
}

// randomAct is something that a user may do with one of a few mailboxes.
func randomAct(r *rand.Rand, step int) func(*store.Account) error {
	names := []string{"INBOX", "Sent", "sent", "work/2026", "work.2026", "Überweisungen", "a%b"}
	name, other := names[r.IntN(len(names))], names[r.IntN(len(names))]
	flags := [][]string{nil, {`\Seen`}, {`\Seen`, `\Flagged`, "$Forwarded"}, {"$Label1", `\Draft`}, {"urgent"}}[r.IntN(5)]
	chosen := r.Uint32()
	in := func(a *store.Account, do func(m *store.Mailbox, uids []uint32) error) error {
		m, ok := a.Mailbox(name)
		if !ok {
			return store.ErrNoMailbox
		}
		uids := m.UIDs()
		if len(uids) == 0 {
			return do(m, nil)
		}
		return do(m, uids[int(chosen)%len(uids):])
	}
	switch r.IntN(10) {
	case 0, 1, 2:
		return func(a *store.Account) error {
			return in(a, func(m *store.Mailbox, _ []uint32) error {
				_, err := m.Append(monday.Add(time.Duration(step)*time.Minute), flags, []byte(fmt.Sprintf("Subject: %d\n\nbody\n", step)))
				return err
			})
		}
	case 3:
		return func(a *store.Account) error {
			return in(a, func(m *store.Mailbox, uids []uint32) error {
				if len(uids) == 0 {
					return nil
				}
				return m.SetFlags(uids[0], flags)
			})
		}
	case 4:
		return func(a *store.Account) error {
			return in(a, func(m *store.Mailbox, uids []uint32) error { return m.Expunge(uids) })
		}
	case 5, 6:
		return func(a *store.Account) error {
			return in(a, func(m *store.Mailbox, uids []uint32) error {
				to, ok := a.Mailbox(other)
				if !ok {
					return store.ErrNoMailbox
				}
				put := m.Copy
				if chosen%2 == 0 {
					put = m.Move
				}
				_, err := put(uids, to)
				return err
			})
		}
	case 7:
		return func(a *store.Account) error {
			m, err := a.Create(name)
			if err == nil && chosen%2 == 0 {
				err = m.SetSpecial(`\Archive`)
			}
			return err
		}
	case 8:
		return func(a *store.Account) error {
			if chosen%2 == 0 {
				return a.Delete(name)
			}
			return a.Rename(name, other)
		}
	}
	return func(a *store.Account) error { return a.Subscribe(name, chosen%2 == 0) }
}

// TestANumberIsNeverGivenTwice: also not after the mail that had it was removed and the store was opened again.
func TestANumberIsNeverGivenTwice(t *testing.T) {
	root := t.TempDir()
	disk, a := opened(t, root)
	uid, err := a.Deliver(monday, []byte("Subject: one\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	inbox := a.Mailboxes()[0]
	if err := inbox.Expunge([]uint32{uid}); err != nil {
		t.Fatal(err)
	}
	sequence := inbox.ModSeq()
	disk.Close()
	_, a = opened(t, root)
	if a.Mailboxes()[0].ModSeq() <= sequence {
		t.Errorf("the modification sequence was %d and is %d", sequence, a.Mailboxes()[0].ModSeq())
	}
	if again, err := a.Deliver(monday, []byte("Subject: two\r\n\r\n")); err != nil || again <= uid {
		t.Errorf("the next mail has the UID %d after %d (%v)", again, uid, err)
	}
}

// TestWhatWasHalfWrittenIsNeverShown: what stands in tmp, a folder without its log, and a line without its end do not count.
func TestWhatWasHalfWrittenIsNeverShown(t *testing.T) {
	root := t.TempDir()
	disk, a := opened(t, root)
	if _, err := a.Deliver(monday, []byte("Subject: whole\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	disk.Close()
	home := filepath.Join(root, "accounts", bob)
	write(t, filepath.Join(home, "tmp", "1767603600.U2V1000.mailwire,S=900"), "Subject: ha")
	if err := os.MkdirAll(filepath.Join(home, ".half", "cur"), 0o700); err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(home, logName), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(log, "next\t9")
	log.Close()
	_, a = opened(t, root)
	if got := a.Mailboxes()[0]; len(a.Mailboxes()) != 1 || len(got.Messages()) != 1 || got.UIDNext() != 2 {
		t.Errorf("there is\n%s", content(t, a))
	}
	if left, _ := os.ReadDir(filepath.Join(home, "tmp")); len(left) > 0 {
		t.Errorf("tmp still holds %v", left)
	}
}

// TestMailsOfOtherProgramsAreTakenIn as a Maildir promises.
func TestMailsOfOtherProgramsAreTakenIn(t *testing.T) {
	root := t.TempDir()
	disk, _ := opened(t, root)
	disk.Close()
	home := filepath.Join(root, "accounts", bob)
	write(t, filepath.Join(home, "new", "1767603600.1234_1.host"), "Subject: new\n\nhello\n")
	write(t, filepath.Join(home, "cur", "1767603601.1234_2.host"+infoMark+"FS"), "Subject: seen\r\n\r\n")
	for range 2 { // the second time they are ours
		disk, a := opened(t, root)
		got := a.Mailboxes()[0].Messages()
		if len(got) != 2 {
			t.Fatalf("there is\n%s", content(t, a))
		}
		seen, unseen := got[0], got[1]
		if b, _ := unseen.Bytes(); string(b) != "Subject: new\r\n\r\nhello\r\n" || len(unseen.Flags) > 0 || !seen.Has(`\Seen`) || !seen.Has(`\Flagged`) {
			t.Errorf("there is\n%s", content(t, a))
		}
		disk.Close()
	}
}

func TestDamageIsNamedAndNothingIsChanged(t *testing.T) {
	for _, c := range []struct {
		what   string
		harm   func(home string) error
		reason Reason
	}{
		{"a mail is cut off", func(home string) error {
			files, _ := filepath.Glob(filepath.Join(home, "new", "*"))
			return os.Truncate(files[0], 5)
		}, WrongSize},
		{"a mail stands there twice", func(home string) error {
			return os.WriteFile(filepath.Join(home, "cur", "1767603600.U1V1000.mailwire,S=1"+infoMark), []byte("x"), 0o600)
		}, Twice},
		{"the log is no log", func(home string) error {
			return os.WriteFile(filepath.Join(home, logName), []byte("generation\t1\nhello\n"), 0o600)
		}, Unreadable},
		{"the log is empty", func(home string) error { return os.Truncate(filepath.Join(home, logName), 0) }, Unnamed},
	} {
		root := t.TempDir()
		disk, a := opened(t, root)
		if _, err := a.Deliver(monday, []byte("Subject: whole\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		disk.Close()
		home := filepath.Join(root, "accounts", bob)
		if err := c.harm(home); err != nil {
			t.Fatal(err)
		}
		before := tree(t, home)
		disk, err := Open(root)
		if err != nil {
			t.Fatal(err)
		}
		var damage *Damage
		if _, err := disk.Open(bob); !errors.As(err, &damage) || damage.Reason != c.reason {
			t.Errorf("%s: %v", c.what, err)
		}
		disk.Close()
		if after := tree(t, home); after != before {
			t.Errorf("%s: before\n%s\nafter\n%s", c.what, before, after)
		}
	}
}

func TestOneProcessAtATime(t *testing.T) {
	root := t.TempDir()
	disk, _ := opened(t, root)
	if _, err := Open(root); !errors.Is(err, ErrInUse) {
		t.Errorf("the second opening: %v", err)
	}
	disk.Close()
	opened(t, root)
}

// TestNamesStayInsideTheStore: no name leads out of its folder, hides, or is another's.
func TestNamesStayInsideTheStore(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"..", ".", "", "a/b", "a%2Fb", `a\b`, "a\x00b", "con:", "ü", "bob@example.org", "bob@example.org.", ".bob@x", "../x@y"} {
		got := escape(name)
		if other, ok := seen[got]; ok {
			t.Errorf("%q and %q are both %q", name, other, got)
		}
		seen[got] = name
		if strings.ContainsAny(got, "/\\:\x00") || strings.HasPrefix(got, ".") {
			t.Errorf("%q became %q", name, got)
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tree lists all files below a folder with what they hold.
func tree(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s %q\n", path, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
