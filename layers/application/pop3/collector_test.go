package pop3

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/sasl"
)

// A lacking server answers -ERR to some commands, as old and small servers do.
type lacking struct {
	*Server
	verbs string
	line  []byte
	says  []byte
}

func (l *lacking) Receive(now time.Time, b []byte) {
	for line := range strings.Lines(string(b)) {
		l.line = append(l.line, line...)
		if !strings.HasSuffix(line, "\n") {
			continue
		}
		verb := ParseCommand(trimEnd(l.line)).Verb
		if l.says = append(l.says, drained(l.Server)...); strings.Contains(" "+l.verbs+" ", " "+verb+" ") {
			l.says = append(l.says, "-ERR what?\r\n"...)
		} else {
			l.Server.Receive(now, l.line)
		}
		l.line = nil
	}
}

func (l *lacking) Output() []byte {
	b := append(l.says, drained(l.Server)...)
	l.says = nil
	return b
}

// collect lets a collector and a server speak, their bytes cut into pieces of n. The sent commands and the events come out.
func collect(c *Collector, s *lacking, n int, take func(Fetched) error) (said []string, events []string) {
	for {
		up, down := []byte(drained(c)), []byte(drained(s))
		if len(up) == 0 && len(down) == 0 {
			return said, events
		}
		for line := range strings.Lines(string(up)) {
			said = append(said, strings.TrimSpace(line))
		}
		for piece := range slices.Chunk(up, n) {
			s.Receive(epoch, piece)
		}
		for e, ok := s.Next(); ok; e, ok = s.Next() {
			if _, is := e.(StartTLS); is {
				s.Secured()
			}
		}
		for piece := range slices.Chunk(down, n) {
			c.Receive(epoch, piece)
		}
		for e, ok := c.Next(); ok; e, ok = c.Next() {
			events = append(events, e.String())
			switch e := e.(type) {
			case StartTLS:
				c.Secured()
			case Fetched:
				c.Taken(e, take(e))
			}
		}
	}
}

func taken(Fetched) error { return nil }

// nothing is what a client remembers that was never here; u1 is one that fetched the first mail ten days ago.
func nothing(string) (time.Time, bool) { return time.Time{}, false }
func u1(uid string) (time.Time, bool)  { return epoch.Add(-10 * 24 * time.Hour), uid == "u1" }

func TestStrategies(t *testing.T) {
	const day = 24 * time.Hour
	open := "CAPA|USER bob|PASS secret|STAT|LIST|UIDL|"
	for _, tt := range []struct {
		name     string
		lacks    string
		strategy Strategy
		said     string
		events   string
		left     int
	}{
		{"fetch and delete", "", DeleteFetched(nothing), open + "RETR 1|RETR 2|DELE 1|DELE 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 42 octets|fetched: message 2, 17 octets|finished: 2 removed, error <nil>", 0},
		{"leave a copy", "", LeaveCopy(nothing), open + "RETR 1|RETR 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 42 octets|fetched: message 2, 17 octets|finished: 0 removed, error <nil>", 2},
		{"leave a copy of what is here already", "", LeaveCopy(u1), open + "RETR 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 2, 17 octets|finished: 0 removed, error <nil>", 2},
		{"delete after seven days", "", DeleteAfter(u1, 7*day), open + "DELE 1|RETR 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 2, 17 octets|finished: 1 removed, error <nil>", 1},
		{"delete after fourteen days", "", DeleteAfter(u1, 14*day), open + "RETR 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 2, 17 octets|finished: 0 removed, error <nil>", 2},
		{"headers alone", "", Headers(nothing, 1), open + "TOP 1 1|TOP 2 1|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 28 octets|fetched: message 2, 17 octets|finished: 0 removed, error <nil>", 2},
		{"of large ones the header", "", UpTo(20, DeleteFetched(nothing)), open + "TOP 1 0|RETR 2|DELE 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 18 octets|fetched: message 2, 17 octets|finished: 1 removed, error <nil>", 1},
		{"a server without CAPA", "CAPA", DeleteFetched(nothing), open + "RETR 1|DELE 1|RETR 2|DELE 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 42 octets|fetched: message 2, 17 octets|finished: 2 removed, error <nil>", 0},
		{"a server without UIDL", "UIDL", LeaveCopy(u1), open + "RETR 1|RETR 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 42 octets|fetched: message 2, 17 octets|finished: 0 removed, error <nil>", 2},
		{"a server without LIST", "LIST", UpTo(20, DeleteFetched(nothing)), open + "RETR 1|RETR 2|DELE 1|DELE 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 42 octets|fetched: message 2, 17 octets|finished: 2 removed, error <nil>", 0},
		{"a server without TOP", "TOP CAPA", Headers(nothing, 0), open + "TOP 1 0|RETR 1|RETR 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 42 octets|fetched: message 2, 17 octets|finished: 0 removed, error <nil>", 2},
		{"a mail that the server does not give", "RETR", DeleteFetched(nothing), open + "RETR 1|RETR 2|QUIT",
			"surveyed: 2 messages (59 octets)|skipped: message 1: what?|skipped: message 2: what?|finished: 0 removed, error <nil>", 2},
		{"a maildrop that does not open", "PASS", DeleteFetched(nothing), "CAPA|USER bob|PASS secret|QUIT",
			"finished: 0 removed, error pop3: PASS is refused: what?", 2},
		{"STAT is refused", "STAT", DeleteFetched(nothing), open + "QUIT", "finished: 0 removed, error pop3: STAT is refused: what?", 2},
		{"QUIT is refused", "QUIT", LeaveCopy(nothing), open + "RETR 1|RETR 2|QUIT",
			"surveyed: 2 messages (59 octets)|fetched: message 1, 42 octets|fetched: message 2, 17 octets|finished: 0 removed, error pop3: QUIT is refused: what?", 2},
	} {
		for _, n := range []int{1, 3, 1 << 10} {
			h := family()
			s := &lacking{Server: NewServer(epoch, Options{Mechanisms: []string{}}, h), verbs: tt.lacks}
			c := NewCollector(epoch, Plan{User: "bob", Password: "secret", Auth: sasl.Policy{Clear: true}, Strategy: tt.strategy})
			said, events := collect(c, s, n, taken)
			if got := strings.Join(said, "|"); got != tt.said {
				t.Errorf("%s, pieces of %d: said\n%s, want\n%s", tt.name, n, got, tt.said)
			}
			if got := strings.Join(events, "|"); got != tt.events {
				t.Errorf("%s, pieces of %d: events\n%s, want\n%s", tt.name, n, got, tt.events)
			}
			s.Hangup()
			if len(h["bob"].mails) != tt.left || !c.Closing() {
				t.Errorf("%s: %d mails are left, want %d; closing %v", tt.name, len(h["bob"].mails), tt.left, c.Closing())
			}
		}
	}
}

// What could not be kept here stays there.
func TestWhatIsNotTakenIsNotRemoved(t *testing.T) {
	h := family()
	s := &lacking{Server: NewServer(epoch, Options{}, h)}
	c := NewCollector(epoch, Plan{User: "bob", Password: "secret", Auth: sasl.Policy{Clear: true}, Strategy: DeleteFetched(nothing)})
	_, events := collect(c, s, 100, func(f Fetched) error {
		if f.Number == 1 {
			return errors.New("disk full")
		}
		return nil
	})
	if got := events[len(events)-1]; got != "finished: 1 removed, error <nil>" || len(h["bob"].mails) != 1 || h["bob"].uids[0] != "u1" {
		t.Errorf("%s, %v are left", got, h["bob"].uids)
	}
}

// A session that breaks off removes nothing, and the next one takes up where it ended: by the unique ids.
func TestResumeByUIDL(t *testing.T) {
	h := family()
	here := map[string]time.Time{}
	remembered := func(uid string) (time.Time, bool) { since, ok := here[uid]; return since, ok }
	plan := Plan{User: "bob", Password: "secret", Auth: sasl.Policy{Clear: true}, Strategy: DeleteFetched(remembered)}

	s := &lacking{Server: NewServer(epoch, Options{}, h), verbs: "CAPA"} // so that it does not ask for the second mail before the first is here
	c := NewCollector(epoch, plan)
	_, events := collect(c, s, 100, func(f Fetched) error {
		here[f.UID] = epoch
		s.Hangup() // the connection is cut behind the first mail
		c.Hangup()
		return nil
	})
	if got := events[len(events)-1]; !strings.Contains(got, "finished: 0 removed, error pop3: the connection ended") || len(h["bob"].mails) != 2 {
		t.Errorf("cut off: %s, %d mails are left", got, len(h["bob"].mails))
	}

	s = &lacking{Server: NewServer(epoch, Options{}, h), verbs: "CAPA"}
	said, events := collect(NewCollector(epoch, plan), s, 100, taken)
	if got := strings.Join(said[len(said)-4:], "|"); got != "DELE 1|RETR 2|DELE 2|QUIT" || len(h["bob"].mails) != 0 {
		t.Errorf("the second session said %s: %v", got, events)
	}
}

// STLS where the plan wants it, and not a word of the password before.
func TestCollectorAndTLS(t *testing.T) {
	for _, tt := range []struct {
		policy  TLSPolicy
		offered bool
		clear   bool
		said    string
		left    int
	}{
		{NeedTLS, true, false, "CAPA|STLS|CAPA|AUTH PLAIN AGJvYgBzZWNyZXQ=|STAT|LIST|UIDL|RETR 1|RETR 2|DELE 1|DELE 2|QUIT", 0},
		{TryTLS, true, false, "CAPA|STLS|CAPA|AUTH PLAIN AGJvYgBzZWNyZXQ=|STAT|LIST|UIDL|RETR 1|RETR 2|DELE 1|DELE 2|QUIT", 0},
		{NeedTLS, false, true, "CAPA|QUIT", 2},
		{TryTLS, false, false, "CAPA|QUIT", 2},
		{NoTLS, true, false, "CAPA|QUIT", 2},
	} {
		h := family()
		s := &lacking{Server: NewServer(epoch, Options{TLS: tt.offered}, h)}
		c := NewCollector(epoch, Plan{User: "bob", Password: "secret", TLS: tt.policy, Auth: sasl.Policy{Clear: tt.clear}, Strategy: DeleteFetched(nothing)})
		said, events := collect(c, s, 1<<10, taken)
		if got := strings.Join(said, "|"); got != tt.said || len(h["bob"].mails) != tt.left {
			t.Errorf("%+v: said %s; %v", tt, got, events)
		}
	}
}

// Whatever a server says, the session ends once, and each mail is told of once.
func FuzzCollector(f *testing.F) {
	f.Add([]byte("+OK hi\r\n+OK\r\nPIPELINING\r\n.\r\n+OK\r\n+OK\r\n+OK 2 30\r\n+OK\r\n1 10\r\n2 20\r\n.\r\n+OK\r\n1 a\r\n2 b\r\n.\r\n+OK\r\nx\r\n.\r\n+OK\r\ny\r\n.\r\n+OK\r\n+OK\r\n+OK\r\n"), 1)
	f.Add([]byte("+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK 1 1\r\n-ERR\r\n-ERR\r\n-ERR\r\n"), 0)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		c := NewCollector(epoch, Plan{User: "bob", Password: "x", Auth: sasl.Policy{Clear: true}, Strategy: DeleteFetched(nothing)})
		finished := 0
		told := map[int]bool{}
		drain := func() {
			for e, ok := c.Next(); ok; e, ok = c.Next() {
				switch e := e.(type) {
				case Fetched:
					if told[e.Number] {
						t.Errorf("message %d is fetched twice", e.Number)
					}
					told[e.Number] = true
					c.Taken(e, nil)
				case Finished:
					finished++
				case StartTLS:
					c.Secured()
				}
			}
		}
		for line := range strings.Lines(string(b[:min(len(b), 4096)])) {
			c.Receive(epoch, []byte(line))
			if n%2 == 0 {
				c.Output()
			}
			if len(told) > 2000 {
				return
			}
			drain()
		}
		c.Hangup()
		drain()
		if finished != 1 {
			t.Error(fmt.Sprint(finished, " ends"))
		}
	})
}
