package mail

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// Who has said all and ends its direction still gets what it has asked for, however long that is: nobody is cut off for
// having nothing more to say.
func TestAnswersGoOnBehindTheClientsLastByte(t *testing.T) {
	s := newStreet(t)
	s.put(s.anaAtNet, "Long", strings.Repeat("A line of a long mail that does not fit into what is said at once.\n", 5000))
	var got strings.Builder
	closed := false
	conn := s.laptop.Dial(netip.AddrPortFrom(netip.MustParseAddr("192.0.2.20"), portPOP3))
	conn.Received = func(b []byte) { got.Write(b) }
	conn.PeerClosed = func() { closed = true }
	conn.Connected = func() {
		conn.Write([]byte("USER ana@example.net\r\nPASS secret\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n"))
		conn.CloseWrite()
	}
	s.run(time.Minute)
	if text := got.String(); !strings.HasSuffix(text, "\r\n.\r\n+OK message 1 is marked as deleted\r\n+OK bye, 1 message removed\r\n") || len(text) < 300000 || !closed {
		t.Errorf("%d bytes came, to %q; closed %v", len(text), text[max(0, len(text)-100):], closed)
	}
	if left := s.inbox(s.anaAtNet); len(left) != 0 {
		t.Errorf("%q are left", left)
	}
}
