package store

import (
	"fmt"
	"testing"

	"mailwire/layers/application/imap"
)

// many is an INBOX with n mails and sessions that have selected it.
func many(b *testing.B, n, sessions int) (*Account, []*imap.Server) {
	s := New(1)
	bob, err := s.Add("bob", "secret")
	if err != nil {
		b.Fatal(err)
	}
	for i := range n {
		if _, err := bob.Deliver(monday, mailOf(1000, i)); err != nil {
			b.Fatal(err)
		}
	}
	var all []*imap.Server
	for range sessions {
		server := imap.NewServer(monday, imap.Config{Backend: s.IMAP(nil)})
		say(server, "a LOGIN bob secret|b SELECT INBOX|")
		all = append(all, server)
	}
	return bob, all
}

// BenchmarkFetchFlags: the flags of ten thousand mails.
func BenchmarkFetchFlags(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			_, servers := many(b, n, 1)
			for b.Loop() {
				say(servers[0], "c FETCH 1:* (UID FLAGS)|")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/mail")
		})
	}
}

// BenchmarkNewsToFifty: one session marks a mail among ten thousand, fifty others hear of it.
func BenchmarkNewsToFifty(b *testing.B) {
	_, servers := many(b, 10000, 51)
	for i := 0; b.Loop(); i++ {
		say(servers[0], fmt.Sprintf("c STORE %d %cFLAGS.SILENT \\Flagged|", 1+i%10000, "+-"[i/10000%2]))
		for _, s := range servers[1:] {
			say(s, "d NOOP|")
		}
	}
}

// BenchmarkSearchText: a word in the text of a thousand mails.
func BenchmarkSearchText(b *testing.B) {
	_, servers := many(b, 1000, 1)
	for b.Loop() {
		say(servers[0], "c SEARCH BODY nowhere|")
	}
}

// BenchmarkAppend: a mail of 4 KiB, while fifty sessions have the mailbox open.
func BenchmarkAppend(b *testing.B) {
	_, servers := many(b, 100, 50)
	mail := string(mailOf(4096, 1))
	command := fmt.Sprintf("c APPEND INBOX {%d+}\r\n%s\r\n", len(mail), mail)
	for b.Loop() {
		servers[0].Receive(monday, []byte(command))
		heard(servers[0])
	}
}
