package smtp

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"
)

// RFC 5321 §4.5.3.2.7: five minutes for a command. Bytes that make no line do not prolong them.
func TestServerDropsWhoSendsAByteASecond(t *testing.T) {
	s := NewServer(epoch, ServerConfig{Hostname: "mail.example.net"}, &house{}, peer)
	s.Output()
	now := epoch
	for !s.Closing() {
		if now = now.Add(time.Second); now.Sub(epoch) > time.Hour {
			t.Fatal("it waits for an hour")
		}
		s.Receive(now, []byte("x"))
		s.Expire(now)
	}
	if got := now.Sub(epoch); got != 5*time.Minute {
		t.Errorf("dropped after %v", got)
	}
	if out := string(s.Output()); out != "421 mail.example.net Timeout waiting for the client\r\n" {
		t.Errorf("%q", out)
	}
}

func TestServerDropsWhoSendsAMailByteByByte(t *testing.T) {
	for _, body := range []string{"DATA\r\n", "BDAT 1000000\r\n"} {
		s := NewServer(epoch, ServerConfig{}, &house{}, peer)
		s.Receive(epoch, []byte("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.net>\r\n"+body))
		s.Output()
		now := epoch
		for range 100 { // a slow link: a kilobyte in four minutes
			now = now.Add(4 * time.Minute)
			s.Receive(now, bytes.Repeat([]byte("x"), 1000))
			s.Expire(now)
		}
		if s.Closing() {
			t.Fatalf("%s: a slow link is taken for no client", body)
		}
		start := now
		for !s.Closing() {
			if now = now.Add(time.Second); now.Sub(start) > time.Hour {
				t.Fatal("it waits for an hour")
			}
			s.Receive(now, []byte("x"))
			s.Expire(now)
		}
		if out := string(s.Output()); !strings.HasPrefix(out, "421 4.4.2 ") {
			t.Errorf("%q", out)
		}
	}
}

// A client that sends and never reads is not obeyed any more, and little is kept for it.
func TestServerStopsForWhoNeverReads(t *testing.T) {
	for _, heeds := range []bool{true, false} {
		s := NewServer(epoch, ServerConfig{}, &house{}, peer)
		sent := 0
		for ; !s.Closing() && sent < 1<<20; sent += len("NOOP\r\n") * 1000 {
			if heeds && s.Busy() {
				break
			}
			s.Receive(epoch, bytes.Repeat([]byte("NOOP\r\n"), 1000))
			if len(s.out) > DefaultLimits.Output+1000 || len(s.held) > heldMax {
				t.Fatalf("it keeps %d and %d bytes", len(s.out), len(s.held))
			}
		}
		if heeds == s.Closing() {
			t.Errorf("an owner who heeds Busy: %v, closed: %v", heeds, s.Closing())
		}
		if !heeds {
			continue
		}
		// When the client reads at last, everything is answered.
		if got := strings.Count(owed(s), "250 OK\r\n"); got != sent/len("NOOP\r\n") {
			t.Errorf("%d answers to %d commands", got, sent/len("NOOP\r\n"))
		}
		s.Receive(epoch, []byte("QUIT\r\n"))
		if !strings.HasPrefix(owed(s), "221 ") {
			t.Error("it does not go on")
		}
	}
}

// While a client does not read, its time runs.
func TestServerLosesPatienceWithWhoNeverReads(t *testing.T) {
	s := NewServer(epoch, ServerConfig{}, &house{}, peer)
	now := epoch
	for !s.Closing() {
		if now = now.Add(time.Minute); now.Sub(epoch) > time.Hour {
			t.Fatal("it waits for an hour")
		}
		s.Receive(now, bytes.Repeat([]byte("NOOP\r\n"), 10000/6))
		s.Expire(now)
	}
}

func TestServerKeepsLittleOfAnEndlessLine(t *testing.T) {
	for _, before := range []string{"", "EHLO x\r\nAUTH PLAIN\r\n"} {
		s := NewServer(epoch, ServerConfig{Hostname: "mail.example.net"}, &house{}, peer)
		s.Receive(epoch, []byte(before))
		s.Output()
		for i := 0; !s.Closing(); i++ {
			s.Receive(epoch, bytes.Repeat([]byte("x"), 1000))
			if len(s.in) > DefaultLimits.AuthLine || i > 2000 {
				t.Fatalf("%d bytes are kept of %d", len(s.in), i*1000)
			}
		}
		if out := string(s.Output()); !strings.Contains(out, " mail.example.net Endless line\r\n") || !strings.HasPrefix(out, "421 ") {
			t.Errorf("%q", out)
		}
	}
}

// A mail that is too large is read to its end and refused, and nothing of it is kept meanwhile.
func TestServerKeepsNothingOfAMailThatIsTooLarge(t *testing.T) {
	s := NewServer(epoch, ServerConfig{Limits: Limits{Size: 1000}}, &house{}, peer)
	s.Receive(epoch, []byte("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n"))
	for range 100 {
		s.Receive(epoch, bytes.Repeat([]byte("x\r\n"), 1000))
		if len(s.content.data) > 4000 {
			t.Fatal(len(s.content.data))
		}
	}
	s.Output()
	s.Receive(epoch, []byte(".\r\n"))
	if out := string(s.Output()); out != "552 5.3.4 Message size exceeds the limit of 1000 bytes\r\n" {
		t.Errorf("%q", out)
	}
}

// What a client declares is put aside for it only within reason.
func TestServerDoesNotBelieveEverySIZE(t *testing.T) {
	s := NewServer(epoch, ServerConfig{Limits: Limits{Size: 1 << 40}}, &house{}, peer)
	s.Receive(epoch, []byte("EHLO x\r\nMAIL FROM:<> SIZE=1000000000000\r\nRCPT TO:<bob@example.net>\r\nDATA\r\nx"))
	if got := cap(s.content.data); got > 2*roomMax {
		t.Errorf("%d bytes are put aside", got)
	}
}

func TestServerShutsDownAtAnyTime(t *testing.T) {
	for _, before := range []string{"", "EHLO x\r\n", "EHLO x\r\nMAIL FROM:<>\r\n", "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\nhalf a mai", "EHLO x\r\nAUTH LOGIN\r\n"} {
		h := &house{}
		s := NewServer(epoch, ServerConfig{Hostname: "mail.example.net"}, h, peer)
		s.Receive(epoch, []byte(before))
		s.Output()
		s.Shutdown()
		out := string(s.Output())
		if !strings.HasPrefix(out, "421 ") || !strings.Contains(out, "mail.example.net") || !s.Closing() || len(h.taken) != 0 || !s.Deadline().IsZero() {
			t.Errorf("%q: %q", before, out)
		}
		s.Receive(epoch, []byte("NOOP\r\n"))
		if out := s.Output(); len(out) > 0 {
			t.Errorf("it speaks behind 421: %q", out)
		}
	}
}

// A mail whose end has not come is delivered to nobody.
func TestServerForgetsHalfAMail(t *testing.T) {
	for _, body := range []string{"DATA\r\nhalf a mail\r\n", "DATA\r\nhalf a mail\r\n.", "BDAT 100 LAST\r\nhalf a mail\r\n", "BDAT 3\r\nabc"} {
		h := &house{}
		s := NewServer(epoch, ServerConfig{}, h, peer)
		s.Receive(epoch, []byte("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.net>\r\n"+body))
		s.End(epoch)
		if len(h.taken) != 0 || !s.Closing() {
			t.Errorf("%q: %q", body, h.taken)
		}
	}
}

// An idle session is small: a thousand of them are to be had for little.
func TestAnIdleSessionIsSmall(t *testing.T) {
	servers := make([]*Server, 1000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range servers {
		s := NewServer(epoch, ServerConfig{}, discard{}, peer)
		s.Receive(epoch, []byte("EHLO x\r\n"))
		s.Output()
		servers[i] = s
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(len(servers)); each > 4<<10 {
		t.Errorf("%d bytes for a session", each)
	}
	runtime.KeepAlive(servers)
}
