package pop3

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A large mail goes out as it is taken, and no command is obeyed before its end.
func TestALongAnswerGoesOutInPieces(t *testing.T) {
	mail := "Subject: long\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n.dot\r\n", 40000) + strings.Repeat("y", 300000)
	h := household{"bob": {mails: []string{mail}, uids: []string{"u"}}}
	s := NewServer(epoch, Options{}, h)
	s.Receive(epoch, []byte("USER bob\r\nPASS secret\r\nRETR 1\r\nDELE 1\r\nSTAT\r\n"))
	var wire []byte
	pieces := 0
	for b := s.Output(); len(b) > 0; b = s.Output() {
		if pieces++; len(b) > outputMax+1024 {
			t.Fatalf("piece %d has %d bytes", pieces, len(b))
		}
		if s.Busy() && s.marked[1] {
			t.Fatal("obeys commands ahead")
		}
		wire = append(wire, b...)
	}
	_, rest, _ := bytes.Cut(wire, []byte(fmt.Sprintf("+OK %d octets\r\n", len(mail))))
	body, rest, _ := bytes.Cut(rest, []byte("\r\n.\r\n"))
	if got := string(Unstuffed(append(body, "\r\n.\r\n"...))); got != mail+"\r\n" {
		t.Errorf("the mail has %d octets, not %d", len(got), len(mail)+2)
	}
	if got := string(rest); got != "+OK message 1 is marked as deleted\r\n+OK 0 0\r\n" {
		t.Errorf("behind it: %q", got)
	}
	if pieces < 50 {
		t.Errorf("%d pieces", pieces)
	}
}

// Whoever asks and never reads costs the server no more than a piece of an answer and the commands that wait.
func TestAClientThatNeverReads(t *testing.T) {
	h := household{"bob": {mails: []string{strings.Repeat("x\r\n", 100000)}, uids: []string{"u"}}}
	s := NewServer(epoch, Options{}, h)
	s.Receive(epoch, []byte("USER bob\r\nPASS secret\r\n"))
	for range 3000 {
		s.Receive(epoch, []byte("RETR 1\r\nLIST\r\n"))
	}
	if !s.Busy() || s.Closing() || len(s.out)+len(s.in) > outputMax+pendingMax+1024 {
		t.Errorf("busy %v, closing %v, %d bytes owed, %d wait", s.Busy(), s.Closing(), len(s.out), len(s.in))
	}
	for range 3000 { // its owner was told, and goes on all the same
		s.Receive(epoch, []byte("RETR 1\r\nLIST\r\n"))
	}
	if s.State() != Closed || h["bob"].locked {
		t.Errorf("%s, locked %v", s.State(), h["bob"].locked)
	}
	s.Expire(s.Deadline())
	if !s.Closing() {
		t.Error("waits for ever for somebody to take its last words")
	}
}

// Autologout counts from the last command, or from the last piece of a long answer that was taken: a slow line is no silence.
func TestASlowReaderIsNotSilent(t *testing.T) {
	h := household{"bob": {mails: []string{strings.Repeat("x\r\n", 100000)}, uids: []string{"u"}}}
	s := NewServer(epoch, Options{}, h)
	s.Receive(epoch, []byte("USER bob\r\nPASS secret\r\nRETR 1\r\n"))
	for range 3 {
		s.Output()
		s.Expire(s.Deadline())
		if s.Closing() {
			t.Fatal("ended while the mail was being read")
		}
	}
	s.Expire(s.Deadline()) // nothing was taken meanwhile
	if !s.Closing() || h["bob"].locked {
		t.Error("goes on though nobody reads")
	}
}

// One byte a second is no command: the clock runs on.
func TestOneByteAtATimeIsSilence(t *testing.T) {
	s := NewServer(epoch, Options{}, family())
	now := epoch
	for s.Deadline().After(now) && !s.Closing() {
		now = now.Add(5 * time.Second)
		s.Receive(now, []byte("x"))
		if now.Sub(epoch) > time.Hour {
			t.Fatal("goes on for an hour")
		}
	}
	s.Expire(now)
	if got := now.Sub(epoch); !s.Closing() || got > IdleLimit+5*time.Second {
		t.Errorf("closing %v after %v", s.Closing(), got)
	}
}

func TestWhoBreaksTheRulesTooOften(t *testing.T) {
	for _, tt := range []struct {
		name, client, want string // want: how the dialogue ends
		over               bool
	}{
		{"a line without end", strings.Repeat("x", 70000), "-ERR line is too long\r\n-ERR the line has no end\r\n", true},
		{"a long line in AUTH", "AUTH PLAIN\r\n" + strings.Repeat("A", 13000) + "\r\nNOOP\r\n", "-ERR line is too long\r\n-ERR NOOP is not for the AUTHORIZATION state\r\n", false},
		{"twenty lines that are no commands", strings.Repeat("FROB\r\n", 20), "-ERR unknown command\r\n-ERR too many lines that are no commands\r\n", true},
		{"nineteen, a command, nineteen", strings.Repeat("FROB\r\n", 19) + "CAPA\r\n" + strings.Repeat("FROB\r\n", 19), "-ERR unknown command\r\n", false},
		{"ten failed logins", strings.Repeat("USER bob\r\nPASS x\r\n", 10), "-ERR [AUTH] wrong user or password\r\n", true},
		{"nine, and the right password", strings.Repeat("USER bob\r\nPASS x\r\n", 9) + "USER bob\r\nPASS secret\r\n", "+OK maildrop locked: 2 messages (59 octets)\r\n", false},
	} {
		for _, n := range []int{1, 1000, 1 << 20} {
			s := NewServer(epoch, Options{}, family())
			wire := ""
			for i := 0; i < len(tt.client); i += n {
				s.Receive(epoch, []byte(tt.client[i:min(i+n, len(tt.client))]))
				wire += drained(s)
			}
			if !strings.HasSuffix(wire, tt.want) || s.Closing() != tt.over {
				t.Errorf("%s, pieces of %d: %q, closing %v", tt.name, n, wire[max(0, len(wire)-200):], s.Closing())
			}
		}
	}
}

// With a pause, trying passwords takes time; what comes meanwhile waits, and the clock of silence does not matter.
func TestAFailedLoginWaits(t *testing.T) {
	s := NewServer(epoch, Options{Pause: 2 * time.Second}, family())
	drained(s)
	s.Receive(epoch, []byte("USER bob\r\nPASS wrong\r\nUSER bob\r\nPASS secret\r\n"))
	if got := drained(s); got != "+OK now the password\r\n" || !s.Busy() {
		t.Errorf("at once: %q", got)
	}
	if want := epoch.Add(2 * time.Second); !s.Deadline().Equal(want) {
		t.Errorf("deadline %v, want %v", s.Deadline(), want)
	}
	s.Expire(epoch.Add(time.Second))
	if got := drained(s); got != "" {
		t.Errorf("after a second: %q", got)
	}
	s.Expire(epoch.Add(2 * time.Second))
	if got := drained(s); got != "-ERR [AUTH] wrong user or password\r\n+OK now the password\r\n+OK maildrop locked: 2 messages (59 octets)\r\n" {
		t.Errorf("after two: %q", got)
	}
}

// LOGIN-DELAY is announced and kept, by password as by digest; without the password nobody learns of it.
func TestLoginDelay(t *testing.T) {
	now := epoch
	h := family()
	a := Delayed(h, time.Minute, func() time.Time { return now })
	session := func(client string) string {
		s := NewServer(now, Options{Timestamp: stamp, LoginDelay: time.Minute}, a)
		s.Receive(now, []byte(client))
		return drained(s)
	}
	login, apop := "USER bob\r\nPASS secret\r\nQUIT\r\n", "APOP bob "+Digest(stamp, "secret")+"\r\n"
	if got := session("CAPA\r\n"); !strings.Contains(got, "\r\nLOGIN-DELAY 60\r\n") {
		t.Errorf("CAPA: %q", got)
	}
	if got := session(login); !strings.HasSuffix(got, "+OK bye, 0 messages removed\r\n") {
		t.Errorf("the first: %q", got)
	}
	now = now.Add(59 * time.Second)
	if got := session(login); !strings.Contains(got, "-ERR [LOGIN-DELAY] too soon after the last login\r\n") || h["bob"].locked {
		t.Errorf("too soon: %q, locked %v", got, h["bob"].locked)
	}
	if got := session(apop); !strings.Contains(got, "-ERR [LOGIN-DELAY]") {
		t.Errorf("too soon, by APOP: %q", got)
	}
	if got := session("USER bob\r\nPASS wrong\r\n"); !strings.Contains(got, "-ERR [AUTH]") {
		t.Errorf("too soon and wrong: %q", got)
	}
	now = now.Add(time.Second)
	if got := session(apop); !strings.Contains(got, "+OK maildrop locked") {
		t.Errorf("in time: %q", got)
	}
}

// Each reason for which a maildrop stays shut has its response code (RFC 2449 §8.1, RFC 3206 §4 and §5).
func TestResponseCodes(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{ErrAuth, "-ERR [AUTH] wrong user or password"},
		{ErrInUse, "-ERR [IN-USE] another session has locked the maildrop"},
		{ErrLoginDelay, "-ERR [LOGIN-DELAY] too soon after the last login"},
		{ErrTemporary, "-ERR [SYS/TEMP] the maildrop can't be opened now"},
		{ErrPermanent, "-ERR [SYS/PERM] the maildrop can't be opened"},
		{errors.New("disk on fire"), "-ERR [SYS/TEMP] the maildrop can't be opened now"},
		{fmt.Errorf("bob: %w", ErrInUse), "-ERR [IN-USE] another session has locked the maildrop"},
	} {
		for _, client := range []string{"USER bob\r\nPASS secret\r\n", "AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n"} {
			s := NewServer(epoch, Options{}, shut{tt.err})
			s.Receive(epoch, []byte(client))
			if got := drained(s); !strings.HasSuffix(got, tt.want+"\r\n") || s.State() != Authorization {
				t.Errorf("%v: %q", tt.err, got)
			}
		}
	}
}

// Where UTF8 is offered, a mail with UTF-8 in its header is for clients that have said so (RFC 6856 §2.1, §5).
func TestUTF8(t *testing.T) {
	mails := []string{"Subject: Grüße\r\n\r\n", "Subject: ascii\r\n\r\nGrüße\r\n", "Subject: Gr\xfc\xdfe\r\n\r\n"}
	session := func(o Options, client string) string {
		s := NewServer(epoch, o, household{"josé": {mails: mails, uids: []string{"1", "2", "3"}}})
		s.Receive(epoch, []byte(client))
		return drained(s)
	}
	in := "USER josé\r\nPASS secret\r\n"
	const refusal = "-ERR [UTF8] the header holds UTF-8, and UTF8 was not said\r\n"
	for _, tt := range []struct {
		name    string
		options Options
		client  string
		want    string // how the dialogue ends
	}{
		{"not said", Options{UTF8: true}, in + "RETR 1\r\nTOP 1 0\r\n", refusal + refusal},
		{"said", Options{UTF8: true}, "UTF8\r\n" + in + "RETR 1\r\n", "+OK 20 octets\r\n" + mails[0] + ".\r\n"},
		{"a body is no header", Options{UTF8: true}, in + "RETR 2\r\n", "+OK 27 octets\r\n" + mails[1] + ".\r\n"},
		{"other bytes are no UTF-8", Options{UTF8: true}, in + "RETR 3\r\n", "+OK 18 octets\r\n" + mails[2] + ".\r\n"},
		{"not offered", Options{}, "UTF8\r\n" + in + "RETR 1\r\n", "-ERR UTF8 is not offered\r\n+OK now the password\r\n+OK maildrop locked: 3 messages (65 octets)\r\n+OK 20 octets\r\n" + mails[0] + ".\r\n"},
		{"no STLS behind it", Options{UTF8: true, TLS: true}, "UTF8\r\nSTLS\r\n", "+OK UTF-8 it is\r\n-ERR STLS comes before UTF8\r\n"},
		{"no UTF8 behind login", Options{UTF8: true}, in + "UTF8\r\n", "-ERR UTF8 is not for the TRANSACTION state\r\n"},
		{"announced", Options{UTF8: true}, "CAPA\r\n", "\r\nUTF8 USER\r\n.\r\n"},
	} {
		if got := session(tt.options, tt.client); !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// shut is accounts that let nobody in.
type shut struct{ why error }

func (s shut) Login(string, string) (Maildrop, error) { return nil, s.why }

// Passwords in the clear wait for TLS where that is asked for, and what is offered before is only what hides them.
func TestNoPasswordInTheClear(t *testing.T) {
	o := Options{TLS: true, RequireTLS: true, Nonce: always("7"), Hostname: "mail.example.net", Timestamp: stamp}
	s := NewServer(epoch, o, family())
	s.Receive(epoch, []byte("CAPA\r\nUSER bob\r\nAUTH PLAIN AGJvYgBzZWNyZXQ=\r\nAUTH LOGIN\r\nPASS secret\r\n"))
	want := "+OK POP3 server ready " + stamp + "\r\n+OK capabilities follow\r\nTOP\r\nSASL SCRAM-SHA-256 CRAM-MD5\r\nRESP-CODES\r\nPIPELINING\r\nUIDL\r\nSTLS\r\nAUTH-RESP-CODE\r\n.\r\n" +
		"-ERR passwords only after STLS\r\n-ERR passwords only after STLS\r\n-ERR passwords only after STLS\r\n-ERR USER comes before PASS\r\n"
	if got := drained(s); got != want {
		t.Errorf("before: %q, want\n%q", got, want)
	}
	s.Receive(epoch, []byte("STLS\r\nUSER eve\r\nPASS injected\r\n"))
	if got := drained(s); got != "+OK begin TLS\r\n" {
		t.Errorf("STLS: %q", got)
	}
	s.Receive(epoch, []byte("more in the clear\r\n"))
	s.Secured()
	s.Receive(epoch, []byte("CAPA\r\nSTLS\r\nPASS x\r\nUSER bob\r\nPASS secret\r\nCAPA\r\n"))
	want = "+OK capabilities follow\r\nTOP\r\nUSER\r\nSASL SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN\r\nRESP-CODES\r\nPIPELINING\r\nUIDL\r\nAUTH-RESP-CODE\r\n.\r\n" +
		"-ERR TLS is up already\r\n-ERR USER comes before PASS\r\n+OK now the password\r\n+OK maildrop locked: 2 messages (59 octets)\r\n" +
		"+OK capabilities follow\r\nTOP\r\nUSER\r\nSASL SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN\r\nRESP-CODES\r\nPIPELINING\r\nUIDL\r\nAUTH-RESP-CODE\r\n.\r\n"
	if got := drained(s); got != want {
		t.Errorf("inside TLS: %q, want\n%q", got, want)
	}
}
