package store

import (
	"strings"
	"testing"

	"mailwire/layers/application/imap"
)

// FuzzIMAPSession: whatever bytes a client sends, however they are cut, the server answers or closes; it neither fails nor
// touches nor shows what belongs to another account.
func FuzzIMAPSession(f *testing.F) {
	for _, seed := range []string{
		"a LOGIN bob secret\r\nb SELECT INBOX\r\nc FETCH 1:* (FLAGS BODY[1.2.HEADER]<1.2> BODYSTRUCTURE)\r\nd STORE 1 FLAGS (\\Deleted x)\r\ne EXPUNGE\r\n",
		"a LOGIN bob secret\r\nb SELECT INBOX\r\nc SEARCH CHARSET utf-8 OR (FROM a TO b) NOT 1:*\r\nd COPY 1:2 Old\r\ne UID MOVE 1:* Old\r\nf IDLE\r\nDONE\r\n",
		"a LOGIN bob secret\r\nb APPEND INBOX (\\Seen) \" 5-Jan-2026 10:00:00 +0100\" {3+}\r\nabc\r\nc LIST \"../eve\" %*\r\nd RENAME INBOX ../eve/INBOX\r\ne CREATE eve/INBOX\r\n",
		"a LOGIN {3}\r\nbob {6+}\r\nsecret\r\nb ENABLE CONDSTORE QRESYNC\r\nc SELECT INBOX (QRESYNC (1000 1))\r\nd UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)\r\n",
		"a AUTHENTICATE PLAIN AGV2ZQBzZWNyZXQ=\r\nb LOGIN eve secret\r\nc STATUS INBOX (MESSAGES)\r\n",
		"a LOGIN bob secret\r\nb SELECT INBOX\r\nc SORT (DATE) UTF-8 ALL\r\nd THREAD REFERENCES UTF-8 ALL\r\ne SEARCH RETURN (SAVE) ALL\r\nf FETCH $ (BINARY[1] PREVIEW)\r\n",
	} {
		f.Add([]byte(seed), byte(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, n byte) {
		s, _ := bobs(t, 3)
		eve, err := s.Add("eve", "a password that nobody guesses", "eve@example.org")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := eve.Deliver(monday, []byte("Subject: for Eve alone\r\n\r\nXYZZY\r\n")); err != nil {
			t.Fatal(err)
		}
		before := eve.Holding()
		server := imap.NewServer(monday, imap.Config{Backend: s.IMAP(nil)})
		said := heard(server)
		for len(b) > 0 && !server.Closing() {
			k := min(int(n)+1, len(b))
			server.Receive(monday, b[:k])
			said += heard(server)
			b = b[k:]
		}
		if strings.Contains(said, "XYZZY") || strings.Contains(said, "for Eve alone") {
			t.Errorf("bob's session shows eve's mail: %q", said)
		}
		if eve.Holding() != before || len(eve.Mailboxes()) != 1 {
			t.Errorf("eve's account is not as it was: %+v", eve.Holding())
		}
	})
}
