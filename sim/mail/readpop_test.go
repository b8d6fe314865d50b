package mail

import (
	"crypto/tls"
	"strings"
	"testing"

	"mailwire/layers/application/pop3"
	"mailwire/layers/application/sasl"
	"mailwire/sim/host"
)

// lacking serves POP3 on a port of its own, and answers -ERR to some commands, as old and small servers do.
func (s *street) lacking(port uint16, verbs string) {
	s.t.Helper()
	_, err := s.net.host.Listen(port, func(c *host.Conn) {
		e := pop3.NewServer(s.world.Now(), pop3.Options{}, s.net.store.POP3())
		say := func() {
			for b := e.Output(); len(b) > 0; b = e.Output() {
				c.Write(b)
			}
			if e.Closing() {
				c.Close()
			}
		}
		say()
		var line string
		c.Received = func(b []byte) {
			for part := range strings.Lines(string(b)) {
				if line += part; !strings.HasSuffix(line, "\n") {
					continue
				}
				if verb := pop3.ParseCommand([]byte(strings.TrimSpace(line))).Verb; strings.Contains(" "+verbs+" ", " "+verb+" ") {
					c.Write([]byte("-ERR what?\r\n"))
				} else {
					e.Receive(s.world.Now(), []byte(line))
					say()
				}
				line = ""
			}
		}
		c.PeerClosed = func() { e.Hangup(); c.Close() }
	})
	s.must(err)
}

// A server that knows no more than RFC 1939 asks of it is read all the same.
func TestOldServersAreRead(t *testing.T) {
	for _, tt := range []struct {
		lacks              string
		reads              Strategy
		onServer, onDevice int
	}{
		{"CAPA", POP3Delete, 0, 2},
		{"CAPA TOP", POP3Select, 2, 2}, // the whole mails in place of their headers
		{"UIDL", POP3Leave, 2, 2},
		{"CAPA UIDL TOP LIST", POP3Delete, 0, 2},
	} {
		s := newStreet(t)
		s.put(s.anaAtNet, "Lunch", "At noon?\n")
		s.put(s.anaAtNet, "Picture", "Look!\n")
		s.lacking(1110, tt.lacks)
		ana := s.agent("ana@example.net", tt.reads)
		ana.config.Port = 1110
		if f := s.wait(ana.Look); f != nil {
			t.Errorf("without %s: %v", tt.lacks, f.Note)
		}
		if got := len(s.inbox(s.anaAtNet)); got != tt.onServer {
			t.Errorf("without %s the server has %d mails, want %d", tt.lacks, got, tt.onServer)
		}
		if got := ana.Holding().Messages; got != tt.onDevice {
			t.Errorf("without %s the device has %d mails, want %d", tt.lacks, got, tt.onDevice)
		}
	}
}

// Inside TLS a password may cross as it is, from the first byte on as well as after STLS.
func TestPasswordsInsideTLS(t *testing.T) {
	for _, security := range []Security{StartTLS, TLS, NoTLS} {
		for _, reads := range []Strategy{POP3Leave, IMAP} {
			s := newStreet(t)
			ana := s.agent("ana@example.net", reads)
			ana.config.Security, ana.config.Trust = security, func(server string) *tls.Config { return s.authority.Client("laptop", server) }
			ana.config.Auth = &sasl.Policy{}
			if f := s.wait(ana.Look); (f == nil) != (security != NoTLS) {
				t.Errorf("%s by %s: %v", security, reads, f)
			}
		}
	}
}
