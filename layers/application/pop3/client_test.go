package pop3

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/sasl"
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

// Each way to log in lets in who knows the password, and nobody else.
func TestEveryWayToLogIn(t *testing.T) {
	for _, way := range append([]string{"APOP", "USER"}, sasl.Spoken...) {
		for password, want := range map[string]string{"secret": ": +OK maildrop", "wrong": ": -ERR wrong user", strings.Repeat("long", 80): ": -ERR wrong user"} {
			server := NewServer(epoch, Options{Timestamp: stamp, Mechanisms: sasl.Spoken, Nonce: always("s")}, family())
			client := NewClient(epoch)
			talk(client, server, 100)
			if way == "USER" && len(password) > 240 {
				continue // longer than a line may be
			}
			if _, err := client.Login("bob", password, sasl.Spoken, sasl.Policy{Only: way, Clear: true, Nonce: always("c")}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(talk(client, server, 3), "\n"); !strings.Contains(got, want) {
				t.Errorf("%s with %.10q: %s", way, password, got)
			}
		}
	}
}

// The strongest way that is offered and allowed is taken, and no password crosses readable unless the caller lets it.
func TestClientChoosesHowToLogIn(t *testing.T) {
	const old, stamped = "+OK hello\r\n", "+OK hello " + stamp + "\r\n"
	for _, tt := range []struct {
		greeting, offered string
		secure            bool
		policy            sasl.Policy
		want              string // the first word or two; "" for an error
	}{
		{old, "", false, sasl.Policy{}, ""},
		{old, "", false, sasl.Policy{Clear: true}, "USER bob"},
		{old, "", true, sasl.Policy{}, "USER bob"},
		{old, "PLAIN", true, sasl.Policy{}, "AUTH PLAIN"},
		{old, "PLAIN", true, sasl.Policy{Only: "USER"}, "USER bob"},
		{stamped, "PLAIN", true, sasl.Policy{}, "APOP bob"},
		{stamped, "PLAIN", false, sasl.Policy{}, "APOP bob"},
		{stamped, "PLAIN", true, sasl.Policy{Only: "PLAIN"}, "AUTH PLAIN"},
		{stamped, "PLAIN CRAM-MD5", false, sasl.Policy{}, "AUTH CRAM-MD5"},
		{stamped, "PLAIN SCRAM-SHA-256", false, sasl.Policy{Nonce: always("c")}, "AUTH SCRAM-SHA-256"},
		{stamped, "PLAIN", false, sasl.Policy{Clear: true, Least: "SCRAM-SHA-1"}, ""},
		{stamped, "PLAIN", false, sasl.Policy{Only: "LOGIN", Clear: true}, ""},
		{old, "PLAIN", false, sasl.Policy{Only: "APOP", Clear: true}, ""},
	} {
		c := NewClient(epoch)
		c.Secure = tt.secure
		c.Receive(epoch, []byte(tt.greeting))
		_, err := c.Login("bob", "secret", strings.Fields(tt.offered), tt.policy)
		words := strings.Fields(string(c.Output()))
		if got := strings.Join(words[:min(2, len(words))], " "); got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%+v: %q %v", tt, got, err)
		}
	}
}

// A server that will not have the user is not told the password.
func TestNoPasswordBehindARefusedUser(t *testing.T) {
	c := NewClient(epoch)
	c.Pipelining = true
	c.Receive(epoch, []byte("+OK\r\n"))
	c.Login("bob", "secret", nil, sasl.Policy{Clear: true})
	c.Quit()
	c.Receive(epoch, []byte("-ERR no such user\r\n"))
	if got := string(c.Output()); got != "USER bob\r\nQUIT\r\n" {
		t.Errorf("sent %q", got)
	}
}

// A server of SCRAM that says +OK without its own proof is not believed.
func TestClientWantsTheServersProof(t *testing.T) {
	c := NewClient(epoch)
	c.Receive(epoch, []byte("+OK\r\n"))
	c.Login("bob", "secret", []string{"SCRAM-SHA-256"}, sasl.Policy{Nonce: always("c")})
	c.Receive(epoch, []byte("+OK come in\r\n"))
	c.Next()
	e, _ := c.Next()
	if p, is := e.(PeerError); !is || !strings.Contains(p.Why, "proved") || !c.Closing() {
		t.Errorf("%v", e)
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

// The client reads what servers send that do not do as the RFC says, and tells of it where something may be missing.
func TestWhatServersSendInTheirOwnWay(t *testing.T) {
	for _, tt := range []struct {
		name, server string
		want         string // the events behind the greeting
		bare         int    // lines of the mail that end in LF alone
	}{
		{"lines that end in LF", "+OK hi\n+OK\nA: b\n\n..x\n.\n", "RETR: +OK |A: b\n\n.x\n", 3},
		{"some of the lines", "+OK hi\r\n+OK\r\nA: b\n\r\nx\r\n.\n", "RETR: +OK |A: b\n\r\nx\r\n", 1},
		{"a CR alone, and dots within", "+OK\r\n+OK\r\na\rb\r\n..\r\n.\rx\r\n.\r\n", "RETR: +OK |a\rb\r\n.\r\n\rx\r\n", 0},
		{"lower case, and no text", "+ok\r\n+ok\r\n.\r\n", "RETR: +OK ", 0},
		{"a response code", "+OK\r\n-ERR [SYS/TEMP] later\r\n", "RETR: -ERR later", 0},
		{"the end lacks its CRLF", "+OK\r\n+OK\r\nA: b\r\n.", `peer sent ".": the dot that may be the end of the reply has no CRLF (RFC 1939 §3)|RETR: lost |A: b` + "\r\n", 0},
		{"the last line lacks its CRLF", "+OK\r\n-ERR goodb", `peer sent "-ERR goodb": the last line has no CRLF (RFC 1939 §3)|RETR: lost `, 0},
		{"half a mail", "+OK\r\n+OK\r\nA: b\r\n\r\nhal", "RETR: lost |A: b\r\n\r\nhal", 0},
	} {
		for _, n := range []int{1, 2, 3, 1 << 10} {
			c := NewClient(epoch)
			c.Retr(1)
			for piece := range slices.Chunk([]byte(tt.server), n) {
				c.Receive(epoch, piece)
			}
			c.Hangup()
			c.Next()
			var got []string
			for e, ok := c.Next(); ok; e, ok = c.Next() {
				got = append(got, e.String())
				if r, is := e.(Result); is {
					if len(r.Body) > 0 {
						got = append(got, string(r.Body))
					}
					if r.BareLF() != tt.bare {
						t.Errorf("%s: %d lines end in LF alone, not %d", tt.name, r.BareLF(), tt.bare)
					}
				}
			}
			if got := strings.Join(got, "|"); got != tt.want {
				t.Errorf("%s, pieces of %d: %q, want %q", tt.name, n, got, tt.want)
			}
		}
	}
}

func FuzzClient(f *testing.F) {
	f.Add([]byte("+OK <a@b>\r\n+OK\r\n1 2\r\n.\r\n+ x\r\n+OK\r\n..\r\n.\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		client := NewClient(epoch)
		client.Pipelining = true
		client.List(0)
		client.Login("bob", "x", []string{"CRAM-MD5"}, sasl.Policy{})
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
