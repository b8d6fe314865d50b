package pop3

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// talk lets a client and a server speak to each other, their bytes cut into pieces of n, until both are silent.
func talk(client *Client, server *Server, n int) (events []string) {
	for {
		up, down := client.Output(), server.Output()
		if len(up) == 0 && len(down) == 0 {
			return events
		}
		for piece := range slices.Chunk(up, n) {
			server.Receive(epoch, piece)
		}
		for piece := range slices.Chunk(down, n) {
			client.Receive(epoch, piece)
		}
		for e, ok := server.Next(); ok; e, ok = server.Next() {
			if _, is := e.(StartTLS); is {
				server.Secured()
			}
		}
		for e, ok := client.Next(); ok; e, ok = client.Next() {
			r, is := e.(Result)
			if is && r.Verb == "STLS" && r.OK {
				client.Secured()
			}
			events = append(events, e.String())
			if is && len(r.Body) > 0 {
				events = append(events, string(r.Body))
			}
		}
	}
}

func TestClientAndServer(t *testing.T) {
	for _, pipelining := range []bool{false, true} {
		for _, n := range []int{1, 5, 1 << 10} {
			h := family()
			client, server := NewClient(epoch), NewServer(epoch, Options{Timestamp: stamp, TLS: true}, h)
			client.Pipelining = pipelining
			client.Stls()
			client.User("bob")
			client.Pass("secret")
			client.List(0)
			client.Retr(1)
			client.Top(2, 0)
			client.Dele(2)
			client.Uidl(1)
			client.Quit()
			got := strings.Join(talk(client, server, n), "\n")
			want := "greeted: POP3 server ready " + stamp + "\nSTLS: +OK begin TLS\nUSER: +OK now the password\n" +
				"PASS: +OK maildrop locked: 2 messages (59 octets)\nLIST: +OK 2 messages (59 octets)\n1 42\r\n2 17\r\n\n" +
				"RETR: +OK 42 octets\n" + lunch + "\nTOP: +OK 14 octets\nSubject: 2\r\n\r\n\n" +
				"DELE: +OK message 2 is marked as deleted\nUIDL: +OK 1 u1\nQUIT: +OK bye, 1 message removed"
			if got != want || len(h["bob"].mails) != 1 || !client.Closing() || !server.Closing() {
				t.Errorf("pipelining %v, pieces of %d: got\n%s\nwant\n%s", pipelining, n, got, want)
			}
		}
	}
}

func TestLogins(t *testing.T) {
	for name, login := range map[string]func(c *Client, password string) Ticket{
		"APOP":     func(c *Client, p string) Ticket { return c.Apop("bob", p) },
		"PLAIN":    func(c *Client, p string) Ticket { return c.AuthPlain("bob", p) },
		"LOGIN":    func(c *Client, p string) Ticket { return c.AuthLogin("bob", p) },
		"CRAM-MD5": func(c *Client, p string) Ticket { return c.AuthCRAM("bob", p) },
	} {
		for password, want := range map[string]string{"secret": ": +OK maildrop", "wrong": ": -ERR wrong user", strings.Repeat("long", 80): ": -ERR wrong user"} {
			client, server := NewClient(epoch), NewServer(epoch, Options{Timestamp: stamp}, family())
			talk(client, server, 100)
			login(client, password)
			if got := strings.Join(talk(client, server, 3), "\n"); !strings.Contains(got, want) {
				t.Errorf("%s with %.10q: %s", name, password, got)
			}
		}
	}
}

func TestAnArgumentCanNotHoldAnotherCommand(t *testing.T) {
	client, server := NewClient(epoch), NewServer(epoch, Options{}, family())
	talk(client, server, 100)
	client.User("bob\r\nQUIT")
	if got := client.Output(); len(got) != 0 {
		t.Errorf("sent %q", got)
	}
	if e, _ := client.Next(); e.String() != "USER: unsent " {
		t.Errorf("got %q", e)
	}
}

func TestWhatTheServerDidNotAnswerIsLost(t *testing.T) {
	client := NewClient(epoch)
	client.Patience = time.Minute
	client.Receive(epoch, []byte("+OK\r\n"))
	client.Next()
	client.Retr(1)
	client.Dele(1)
	client.Receive(epoch, []byte("+OK\r\nhalf a mail"))
	if verb, octets := client.Receiving(); verb != "RETR" || octets != 11 {
		t.Errorf("receiving %s %d", verb, octets)
	}
	client.Expire(client.Deadline())
	first, _ := client.Next()
	second, _ := client.Next()
	if first.String() != "RETR: lost " || second.String() != "DELE: lost " || !client.Closing() {
		t.Errorf("%q %q", first, second)
	}
}

func TestRepliesThatAreNone(t *testing.T) {
	for _, server := range []string{"220 smtp\r\n", "+OK\r\n+OK nobody asked\r\n", strings.Repeat("x", 20000)} {
		client := NewClient(epoch)
		client.Receive(epoch, []byte(server))
		var last Event
		for e, ok := client.Next(); ok; e, ok = client.Next() {
			last = e
		}
		if _, ok := last.(PeerError); !ok || !client.Closing() {
			t.Errorf("%.20q: %v", server, last)
		}
	}
}

func FuzzClient(f *testing.F) {
	f.Add([]byte("+OK <a@b>\r\n+OK\r\n1 2\r\n.\r\n+ x\r\n+OK\r\n..\r\n.\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		client := NewClient(epoch)
		client.Pipelining = true
		client.List(0)
		client.AuthCRAM("bob", "x")
		client.Retr(1)
		client.Quit()
		client.Receive(epoch, b)
		client.Hangup()
		results := 0
		for e, ok := client.Next(); ok; e, ok = client.Next() {
			if r, is := e.(Result); is {
				results++
				r.Listing()
				r.Stat()
			}
		}
		if results != 4 {
			t.Errorf("%d results", results)
		}
	})
}
