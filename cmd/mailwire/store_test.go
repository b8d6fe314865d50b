package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gosasl "github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"mailwire/cmd/internal/maildir"
	"mailwire/sim/mail/store"
)

// TestNoAcceptedMailIsLost kills the program at any moment while mails come in, and starts it again on the same store: each
// mail that was answered 250 is there, whole, in the mailbox or, when it was for elsewhere, at its end or in the queue.
func TestNoAcceptedMailIsLost(t *testing.T) {
	english(t)
	kills := 50
	if testing.Short() {
		kills = 2
	}
	dir := filepath.Join(t.TempDir(), "store")
	var accepted sync.Map
	for round := range kills {
		s := startServe(t, "--quiet", "--store", dir, "--account", "ana:secret")
		var senders sync.WaitGroup
		for k := range 4 {
			senders.Add(1)
			go func() {
				defer senders.Done()
				for i := 0; ; i++ {
					name := fmt.Sprintf("mail-%d-%d-%d", round, k, i)
					if submit(s.address("submission"), name) != nil {
						return // it was killed
					}
					accepted.Store(name, true)
				}
			}()
		}
		time.Sleep(time.Duration(20+rand.IntN(150)) * time.Millisecond)
		s.kill()
		senders.Wait()
	}
	// The last one ends in order, when some of what waited has been passed on.
	s := startServe(t, "--quiet", "--store", dir, "--account", "ana:secret")
	waitEmpty(filepath.Join(dir, "queue", "*", "*"))
	s.stop()

	count := 0
	here, there := stored(t, dir, "ana@example.org"), stored(t, dir, "bea@example.net")
	for name := range queued(t, dir) {
		there[name]++
	}
	accepted.Range(func(name, _ any) bool {
		count++
		if here[name.(string)] == 0 || there[name.(string)] == 0 {
			t.Errorf("%s was accepted and is there %d and %d times", name, here[name.(string)], there[name.(string)])
		}
		return true
	})
	if count < kills {
		t.Errorf("only %d mails were accepted in %d rounds", count, kills)
	}
	t.Logf("%d mails accepted over %d kills", count, kills)
}

// submit hands in a mail for a mailbox here and one elsewhere.
func submit(address, name string) error {
	body := "Subject: " + name + "\r\n\r\n" + strings.Repeat(name+"\r\n", 200) + "end of " + name + "\r\n"
	c, err := gosmtp.Dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Auth(gosasl.NewPlainClient("", "ana", "secret")); err != nil {
		return err
	}
	return c.SendMail("ana@example.org", []string{"ana@example.org", "bea@example.net"}, strings.NewReader(body))
}

// stored counts the mails of a mailbox by their subject, and wants each to be whole.
func stored(t *testing.T, dir, user string) map[string]int {
	t.Helper()
	disk, err := maildir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	mails := store.New(1)
	mails.Keep(disk)
	account, err := mails.Add(user, "secret")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, m := range account.Mailboxes()[0].Messages() {
		b, err := m.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(b), "Subject: ")
		name, _, _ := strings.Cut(after, "\r\n")
		if strings.HasPrefix(name, "mail-") && !strings.HasSuffix(string(b), "end of "+name+"\r\n") {
			t.Errorf("%s is not whole", name)
		}
		counts[name]++
	}
	return counts
}

// queued are the mails that wait to be passed on.
func queued(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, _ := filepath.Glob(filepath.Join(dir, "queue", "*", "*"))
	for _, file := range files {
		_, after, _ := strings.Cut(read(t, file), "Subject: ")
		name, _, _ := strings.Cut(after, "\r\n")
		names[name] = true
	}
	return names
}

// waitEmpty waits until no file fits the pattern, but not long.
func waitEmpty(pattern string) {
	for range 50 {
		if files, _ := filepath.Glob(pattern); len(files) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// kill ends the program at once.
func (s *servedHost) kill() {
	s.t.Helper()
	s.command.Process.Kill()
	<-s.ended
	s.command.Wait()
}
