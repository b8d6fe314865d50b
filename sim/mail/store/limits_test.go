package store

import (
	"errors"
	"fmt"
	"testing"
)

// TestLimits: what a client can make grow has an end.
func TestLimits(t *testing.T) {
	_, bob := bobs(t, 0)
	var err error
	n := 0
	for ; err == nil && n < 10000; n++ {
		_, err = bob.Create(fmt.Sprint("box", n))
	}
	if !errors.Is(err, ErrTooMany) {
		t.Errorf("after %d mailboxes: %v", n, err)
	}
	for n, err = 0, nil; err == nil && n < 10000; n++ {
		err = bob.Subscribe(fmt.Sprint("name", n), true)
	}
	if !errors.Is(err, ErrTooMany) {
		t.Errorf("after %d names: %v", n, err)
	}
	inbox, _ := bob.Mailbox(Inbox)
	for n, err = 0, nil; err == nil && n < 10000; n++ {
		_, err = inbox.Append(monday, []string{fmt.Sprint("keyword", n)}, []byte("Subject: x\r\n\r\n"))
	}
	if !errors.Is(err, ErrTooMany) {
		t.Errorf("after %d keywords: %v", n, err)
	}
	if _, err := inbox.Append(monday, []string{"KEYWORD1", seen}, []byte("Subject: x\r\n\r\n")); err != nil {
		t.Errorf("a keyword that is known: %v", err)
	}
}
