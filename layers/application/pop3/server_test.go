package pop3

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/sasl"
)

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// A shelf is a maildrop in memory; a household is several of them behind the password "secret".
type shelf struct {
	mails, uids []string
	password    string // "secret" when it is ""
	locked      bool
	fails       error // of Commit
	lost        error // of Message
}

type household map[string]*shelf

func (h household) Login(user, password string) (Maildrop, error) {
	s, ok := h[user]
	switch {
	case !ok || password != s.secret():
		return nil, ErrAuth
	case s.locked:
		return nil, ErrInUse
	}
	s.locked = true
	return s, nil
}

func (h household) Secret(user string) (sasl.Secret, bool) {
	s, ok := h[user]
	if !ok {
		return sasl.Secret{}, false
	}
	return sasl.Secret{Password: s.secret()}, ok
}

func (h household) Open(user string) (Maildrop, error) { return h.Login(user, h[user].secret()) }

func (s *shelf) secret() string {
	if s.password == "" {
		return "secret"
	}
	return s.password
}

func (s *shelf) Count() int                    { return len(s.mails) }
func (s *shelf) Size(n int) int64              { return int64(len(s.mails[n-1])) }
func (s *shelf) UID(n int) string              { return s.uids[n-1] }
func (s *shelf) Message(n int) ([]byte, error) { return []byte(s.mails[n-1]), s.lost }
func (s *shelf) Close()                        { s.locked = false }
func (s *shelf) Commit(numbers []int) error {
	if s.fails != nil {
		return s.fails
	}
	for _, n := range slices.Backward(numbers) {
		s.mails = slices.Delete(s.mails, n-1, n)
		s.uids = slices.Delete(s.uids, n-1, n)
	}
	return nil
}

const lunch = "Subject: Lunch\r\n\r\nAt noon?\r\n.hidden\r\nBob\r\n"

func family() household {
	return household{"bob": {mails: []string{lunch, "Subject: 2\r\n\r\nx\r\n"}, uids: []string{"u1", "u2"}}}
}

const stamp = "<1896.697170952@mail.example.net>"

// serve feeds the client's bytes in pieces of n and returns all that came out.
func serve(n int, h household, client string) (wire string, events []string) {
	s := NewServer(epoch, Options{Timestamp: stamp, Nonce: always("7"), TLS: true, Implementation: "mailwire"}, h)
	for piece := range slices.Chunk([]byte(client), n) {
		s.Receive(epoch, piece)
		wire += drained(s)
	}
	wire += drained(s)
	for e, ok := s.Next(); ok; e, ok = s.Next() {
		events = append(events, e.String())
	}
	return wire, events
}

// drained is all that an engine owes, piece by piece.
func drained(e interface{ Output() []byte }) (all string) {
	for b := e.Output(); len(b) > 0; b = e.Output() {
		all += string(b)
	}
	return all
}

// always is a source of nonces for dialogues that are known beforehand.
func always(nonce string) func() string { return func() string { return nonce } }

func TestServerDialogues(t *testing.T) {
	const greeting = "+OK POP3 server ready " + stamp + "\r\n"
	const in = "USER bob\r\nPASS secret\r\n"
	const open = greeting + "+OK now the password\r\n+OK maildrop locked: 2 messages (59 octets)\r\n"
	const loggedIn = "logged in: bob\nAUTHORIZATION -> TRANSACTION on PASS (RFC 1939 §7)"
	for _, d := range []struct {
		name, client, wire, events string
		left                       int
	}{
		{"DELE marks, QUIT removes", in + "DELE 1\r\nSTAT\r\nLIST\r\nQUIT\r\n",
			open + "+OK message 1 is marked as deleted\r\n+OK 1 17\r\n+OK 1 message (17 octets)\r\n2 17\r\n.\r\n+OK bye, 1 message removed\r\n",
			loggedIn + "\nmarked: message 1\nTRANSACTION -> UPDATE on QUIT (RFC 1939 §6)\nupdated: 1 removed, error <nil>", 1},
		{"without QUIT nothing is removed", in + "DELE 1\r\nDELE 2\r\n",
			open + "+OK message 1 is marked as deleted\r\n+OK message 2 is marked as deleted\r\n",
			loggedIn + "\nmarked: message 1\nmarked: message 2", 2},
		{"RETR copies", in + "RETR 1\r\nSTAT\r\nQUIT\r\n",
			open + "+OK 42 octets\r\nSubject: Lunch\r\n\r\nAt noon?\r\n..hidden\r\nBob\r\n.\r\n+OK 2 59\r\n+OK bye, 0 messages removed\r\n",
			loggedIn + "\nretrieved: message 1\nTRANSACTION -> UPDATE on QUIT (RFC 1939 §6)\nupdated: 0 removed, error <nil>", 2},
		{"TOP gives the header and the lines asked for", in + "TOP 1 1\r\nTOP 1 0\r\nTOP 1 99\r\n",
			open + "+OK 28 octets\r\nSubject: Lunch\r\n\r\nAt noon?\r\n.\r\n" +
				"+OK 18 octets\r\nSubject: Lunch\r\n\r\n.\r\n" +
				"+OK 42 octets\r\nSubject: Lunch\r\n\r\nAt noon?\r\n..hidden\r\nBob\r\n.\r\n",
			loggedIn + "\nretrieved: top of message 1\nretrieved: top of message 1\nretrieved: top of message 1", 2},
		{"RSET takes the marks away", in + "DELE 1\r\nRETR 1\r\nRSET\r\nUIDL\r\nUIDL 1\r\nLIST 2\r\nNOOP\r\n",
			open + "+OK message 1 is marked as deleted\r\n-ERR message 1 is marked as deleted\r\n+OK 2 messages (59 octets)\r\n" +
				"+OK 2 messages (59 octets)\r\n1 u1\r\n2 u2\r\n.\r\n+OK 1 u1\r\n+OK 2 17\r\n+OK\r\n",
			loggedIn + "\nmarked: message 1\npeer sent \"RETR 1\" in TRANSACTION: message 1 is marked as deleted (RFC 1939 §5)\nunmarked: 1", 2},
		{"wrong password, then the right one", "USER bob\r\nPASS wrong one\r\nPASS secret\r\n" + in,
			greeting + "+OK now the password\r\n-ERR [AUTH] wrong user or password\r\n-ERR USER comes before PASS\r\n" + strings.TrimPrefix(open, greeting),
			"login failed: bob: pop3: wrong user or password\npeer sent \"PASS ******\" in AUTHORIZATION: USER comes before PASS (RFC 1939 §7)\n" + loggedIn, 2},
		{"STAT before login, and what no RFC knows", "STAT\r\nstat 1\r\nMKDIR x\r\nquit\r\n",
			greeting + "-ERR STAT is not for the AUTHORIZATION state\r\n-ERR STAT is not for the AUTHORIZATION state\r\n-ERR unknown command\r\n+OK bye\r\n",
			"peer sent \"STAT\" in AUTHORIZATION: STAT is not for the AUTHORIZATION state (RFC 1939 §3)\npeer sent \"stat 1\" in AUTHORIZATION: STAT is not for the AUTHORIZATION state (RFC 1939 §3)\npeer sent \"MKDIR x\" in AUTHORIZATION: unknown command (RFC 1939 §3)\nAUTHORIZATION -> CLOSED on QUIT (RFC 1939 §4)", 2},
		{"APOP (RFC 1939 §7)", "APOP bob " + Digest(stamp, "secret") + "\r\nNOOP\r\n",
			greeting + "+OK maildrop locked: 2 messages (59 octets)\r\n+OK\r\n", "logged in: bob\nAUTHORIZATION -> TRANSACTION on APOP (RFC 1939 §7)", 2},
		{"AUTH PLAIN with its response beside it", "AUTH PLAIN AGJvYgBzZWNyZXQ=\r\nNOOP\r\n",
			greeting + "+OK maildrop locked: 2 messages (59 octets)\r\n+OK\r\n", "logged in: bob\nAUTHORIZATION -> TRANSACTION on AUTH (RFC 5034 §4)", 2},
		{"AUTH given up, then LOGIN", "AUTH PLAIN\r\n*\r\nAUTH LOGIN\r\nYm9i\r\nc2VjcmV0\r\nNOOP\r\n",
			greeting + "+ \r\n-ERR AUTH is cancelled\r\n+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n+OK maildrop locked: 2 messages (59 octets)\r\n+OK\r\n",
			"logged in: bob\nAUTHORIZATION -> TRANSACTION on AUTH (RFC 5034 §4)", 2},
		{"a line too long is skipped, the next is read", strings.Repeat("A", 300) + "\r\nQUIT\r\n",
			greeting + "-ERR line is too long\r\n+OK bye\r\n",
			"peer sent \"AAAAAAAAAAAAAAAA\" in AUTHORIZATION: line is too long (RFC 2449 §4)\nAUTHORIZATION -> CLOSED on QUIT (RFC 1939 §4)", 2},
		{"CAPA before the login", "CAPA\r\n",
			greeting + "+OK capabilities follow\r\nTOP\r\nUSER\r\nSASL SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN\r\nRESP-CODES\r\nPIPELINING\r\nUIDL\r\nSTLS\r\nAUTH-RESP-CODE\r\n.\r\n", "", 2},
		{"what follows STLS in the clear is not obeyed", "STLS\r\nUSER eve\r\n", greeting + "+OK begin TLS\r\n", "start TLS", 2},
	} {
		for _, n := range []int{1, 2, 7, 1 << 10} { // however TCP cuts the stream
			h := family()
			wire, events := serve(n, h, d.client)
			if wire != d.wire {
				t.Errorf("%s, pieces of %d: sent\n%q, want\n%q", d.name, n, wire, d.wire)
			}
			if got := strings.Join(events, "\n"); got != d.events {
				t.Errorf("%s, pieces of %d: events\n%s\nwant\n%s", d.name, n, got, d.events)
			}
			if got := len(h["bob"].mails); got != d.left {
				t.Errorf("%s: %d mails left, want %d", d.name, got, d.left)
			}
		}
	}
}

func TestASecondSessionIsRefusedUntilTheFirstEnds(t *testing.T) {
	h := family()
	first := NewServer(epoch, Options{}, h)
	first.Receive(epoch, []byte("USER bob\r\nPASS secret\r\nDELE 1\r\n"))
	second, _ := serve(100, h, "USER bob\r\nPASS secret\r\n")
	if want := "-ERR [IN-USE] another session has locked the maildrop\r\n"; !strings.HasSuffix(second, want) {
		t.Errorf("second session got %q", second)
	}
	first.Hangup()
	third, _ := serve(100, h, "USER bob\r\nPASS secret\r\nSTAT\r\n")
	if !strings.HasSuffix(third, "+OK 2 59\r\n") {
		t.Errorf("after the first was cut off: %q", third)
	}
}

func TestSilenceEndsASessionWithoutUpdate(t *testing.T) {
	h := family()
	s := NewServer(epoch, Options{Idle: time.Second}, h)
	s.Receive(epoch, []byte("USER bob\r\nPASS secret\r\nDELE 1\r\n"))
	s.Output()
	if want := epoch.Add(10 * time.Minute); !s.Deadline().Equal(want) {
		t.Errorf("Deadline = %v, want %v (RFC 1939 §3)", s.Deadline(), want)
	}
	s.Expire(epoch.Add(9 * time.Minute))
	if s.Closing() {
		t.Error("ended too early")
	}
	s.Expire(epoch.Add(10 * time.Minute))
	if b := s.Output(); !s.Closing() || len(b) != 0 || len(h["bob"].mails) != 2 || h["bob"].locked {
		t.Errorf("closing %v, sent %q, %d mails, locked %v", s.Closing(), b, len(h["bob"].mails), h["bob"].locked)
	}
}

func TestUpdateThatFails(t *testing.T) {
	h := family()
	h["bob"].fails = errors.New("disk full")
	wire, _ := serve(100, h, "USER bob\r\nPASS secret\r\nDELE 1\r\nQUIT\r\n")
	if !strings.HasSuffix(wire, "-ERR [SYS/TEMP] not every marked message was removed\r\n") || h["bob"].locked {
		t.Errorf("QUIT answered %q", wire)
	}
}

// A mail that can't be read now, or never again, is refused with the code that says which, and the session goes on.
func TestMessageThatCanNotBeRead(t *testing.T) {
	for err, want := range map[error]string{errors.New("i/o"): "-ERR [SYS/TEMP] message 1 can't be read\r\n+OK\r\n", ErrPermanent: "-ERR [SYS/PERM] message 1 can't be read\r\n+OK\r\n"} {
		h := family()
		h["bob"].lost = err
		wire, _ := serve(100, h, "USER bob\r\nPASS secret\r\nRETR 1\r\nNOOP\r\n")
		if !strings.HasSuffix(wire, want) {
			t.Errorf("%v: %q", err, wire)
		}
	}
}

func TestAPOPExampleOfTheRFC(t *testing.T) {
	// RFC 1939 §7
	if got := Digest("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf"); got != "c4c9334bac560ecc979e58001b3e22fb" {
		t.Error(got)
	}
}

// Whatever a client sends, it gets a reply or a close, and never another account's mail.
func FuzzSession(f *testing.F) {
	f.Add([]byte("USER eve\r\nPASS e\r\nSTAT\r\nRETR 1\r\nRETR 2\r\nTOP 1 5\r\nUIDL\r\nLIST\r\nDELE 1\r\nQUIT\r\n"), 5)
	f.Add([]byte("AUTH PLAIN Ym9iAGV2ZQBl\r\nAUTH PLAIN AGV2ZQBl\r\nUSER bob\r\nRETR 1\r\n"), 50)
	f.Add([]byte("AUTH SCRAM-SHA-256 biwsbj1ib2Iscj1j\r\nYz1iaXdzLHI9Y3M=\r\nAPOP bob x\r\nAUTH CRAM-MD5\r\nYm9iIHg=\r\nSTLS\r\n"), 1)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		if len(b) > 4096 {
			return
		}
		h := household{"bob": {mails: []string{"Subject: bob's own\r\n\r\n"}, uids: []string{"bobs-own-id"}, password: "\x00 nobody guesses\n"},
			"eve": {mails: []string{"Subject: to eve\r\n\r\n"}, uids: []string{"e1"}, password: "e"}}
		s := NewServer(epoch, Options{Timestamp: stamp, Mechanisms: sasl.Spoken, Nonce: always("s"), TLS: true, Pause: time.Second}, h)
		wire := drained(s)
		for piece := range slices.Chunk(b, max(1, n%200)) {
			s.Receive(epoch, piece)
			wire += drained(s)
			s.Expire(epoch.Add(time.Minute))
			wire += drained(s)
			for e, ok := s.Next(); ok; e, ok = s.Next() {
				if _, is := e.(StartTLS); is {
					s.Secured()
				}
			}
		}
		s.Hangup()
		if strings.Contains(wire, "bob's own") || strings.Contains(wire, "bobs-own-id") || len(h["bob"].mails) != 1 || h["bob"].locked || h["eve"].locked {
			t.Errorf("%q", wire)
		}
		for line := range strings.Lines(wire) {
			if len(line) > MaxReply || !strings.HasSuffix(line, "\r\n") {
				t.Errorf("a line of %d octets: %q", len(line), line)
			}
		}
		if bytes.ContainsRune(b, '\n') && strings.Count(wire, "\n") < 2 {
			t.Error("a line has no reply")
		}
	})
}

func FuzzServer(f *testing.F) {
	f.Add([]byte("USER bob\r\nPASS secret\r\nRETR 1\r\nTOP 1 x\r\nDELE 99999999999\r\nQUIT\r\n"), 3)
	f.Add([]byte("AUTH CRAM-MD5\r\n=\r\nAUTH PLAIN =\r\nAPOP\r\n\x00\n"), 1)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		if len(b) > 4096 {
			return
		}
		whole, _ := serve(len(b)+1, family(), string(b))
		cut, _ := serve(max(1, n%64), family(), string(b))
		if whole != cut {
			t.Errorf("whole %q\ncut   %q", whole, cut)
		}
	})
}
