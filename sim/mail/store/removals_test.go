package store

import (
	"errors"
	"fmt"
	"testing"
)

// Who was away is told which mails were removed since, and of a time that is not remembered, all that are gone.
func TestVanished(t *testing.T) {
	_, bob := bobs(t, 8)
	inbox, _ := bob.Mailbox(Inbox)
	start := inbox.ModSeq()
	inbox.Expunge([]uint32{2, 3})
	between := inbox.ModSeq()
	inbox.Expunge([]uint32{5, 8})
	for _, c := range []struct {
		since uint64
		want  string
	}{{start, "[{2 3} {5 5} {8 8}]"}, {between, "[{5 5} {8 8}]"}, {inbox.ModSeq(), "[]"}} {
		if got := fmt.Sprint(inbox.Vanished(c.since)); got != c.want {
			t.Errorf("since %d: %s, want %s", c.since, got, c.want)
		}
	}
	// What was forgotten is told as all that is gone.
	inbox.removals.horizon = between
	if got := fmt.Sprint(inbox.Vanished(start)); got != "[{2 3} {5 5} {8 8}]" {
		t.Errorf("before the horizon: %s", got)
	}
	// The memory is bounded.
	for range 2 * removalsMax {
		uid, _ := bob.Deliver(monday, mailOf(60, 0))
		inbox.Expunge([]uint32{uid})
		bob.Deliver(monday, mailOf(60, 0))
		inbox.Expunge(inbox.UIDs()[:1])
	}
	if n := len(inbox.removals.spans); n > removalsMax {
		t.Errorf("%d spans are remembered", n)
	}
	if got := inbox.Vanished(start); len(got) == 0 || got[0].First != 1 || got[len(got)-1].Last > inbox.UIDNext()-1 {
		t.Errorf("after a flood: %v … of %d", got[0], len(got))
	}
}

// Several mails are put in together or not at all (RFC 3502), and a quota may count them (RFC 9208 §5.2).
func TestAppendAll(t *testing.T) {
	_, bob := bobs(t, 1)
	inbox, _ := bob.Mailbox(Inbox)
	two := []NewMail{{monday, nil, mailOf(60, 1)}, {monday, []string{`\Seen`}, mailOf(60, 2)}}
	bob.Quota = 200
	if _, err := inbox.AppendAll(two); !errors.Is(err, ErrOverQuota) || len(inbox.UIDs()) != 1 {
		t.Errorf("two mails of which one has room: %v, %v", err, inbox.UIDs())
	}
	bob.Quota, bob.MailQuota = 0, 2
	if _, err := inbox.AppendAll(two); !errors.Is(err, ErrOverQuota) || len(inbox.UIDs()) != 1 {
		t.Errorf("three mails of two: %v, %v", err, inbox.UIDs())
	}
	bob.MailQuota = 3
	if uids, err := inbox.AppendAll(two); err != nil || fmt.Sprint(uids) != "[2 3]" || bob.Room(1) {
		t.Errorf("two mails: %v, %v", uids, err)
	}
}
