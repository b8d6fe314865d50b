package tcp

import (
	"io"
	"testing"
	"time"
)

// RFC 9293 §3.6, figure 12: this side closes first and lingers.
func TestCloseFirst(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.conn.CloseWrite()
	s.state(FinWait1)
	s.out("F. 1:1(0) ack 1")
	s.in(". 1:1(0) ack 2")
	s.state(FinWait2)
	s.say("half-closed: the peer may go on")
	s.in("P. 1:101(100) ack 2")
	s.wait(40 * ms)
	s.out(". 2:2(0) ack 101")
	s.in("F. 101:101(0) ack 2")
	s.state(TimeWait)
	s.out(". 2:2(0) ack 102")
	s.say("our acknowledgement was lost: answered again, and the wait begins anew")
	s.wait(50 * time.Second)
	s.in("F. 101:101(0) ack 2")
	s.out(". 2:2(0) ack 102")
	s.wait(59 * time.Second)
	s.state(TimeWait)
	s.wait(time.Second)
	s.reason(Orderly)
	s.quiet()
	if len(s.read) != 100 || s.stack.Len() != 0 {
		s.fail("read %d, %d connections left", len(s.read), s.stack.Len())
	}
	s.path(SynReceived, Established, FinWait1, FinWait2, TimeWait, Closed)
}

// The other side closes first.
func TestCloseSecond(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.in("F. 1:1(0) ack 1")
	s.state(CloseWait)
	s.event(PeerClosed)
	s.out(". 1:1(0) ack 2")
	s.say("this side may still send")
	s.write(10)
	s.out("P. 1:11(10) ack 2")
	s.in(". 2:2(0) ack 11")
	s.conn.CloseWrite()
	s.state(LastAck)
	s.out("F. 11:11(0) ack 2")
	s.in(". 2:2(0) ack 12")
	s.reason(Orderly)
	s.quiet()
	s.path(SynReceived, Established, CloseWait, LastAck, Closed)
}

// RFC 9293 §3.6, figure 13: both at once.
func TestSimultaneousClose(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.conn.CloseWrite()
	s.out("F. 1:1(0) ack 1")
	s.in("F. 1:1(0) ack 1")
	s.state(Closing)
	s.out(". 2:2(0) ack 2")
	s.in(". 2:2(0) ack 2")
	s.state(TimeWait)
	s.wait(time.Minute)
	s.reason(Orderly)
	s.path(SynReceived, Established, FinWait1, Closing, TimeWait, Closed)
}

// One segment may acknowledge our FIN and bring the peer's.
func TestFinAcknowledgesFin(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.conn.CloseWrite()
	s.out("F. 1:1(0) ack 1")
	s.in("F. 1:1(0) ack 2")
	s.state(TimeWait)
	s.out(". 2:2(0) ack 2")
	s.path(SynReceived, Established, FinWait1, FinWait2, TimeWait)
}

// The FIN goes with the last byte, and is sent again with it.
func TestFinWithData(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.write(1500)
	s.conn.CloseWrite()
	s.out(". 1:1001(1000) ack 1", "FP. 1001:1501(500) ack 1")
	s.in(". 1:1(0) ack 1001")
	s.wait(time.Second)
	s.out("FP. 1001:1501(500) ack 1")
	s.in(". 1:1(0) ack 1502")
	s.state(FinWait2)
	if _, err := s.conn.Write([]byte("x")); err != ErrClosing {
		s.fail("write: %v", err)
	}
}

// A FIN that comes early waits for what is missing before it.
func TestFinOutOfOrder(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.in("FP. 101:201(100) ack 1")
	s.state(Established)
	s.out(". 1:1(0) ack 1")
	s.in(". 1:101(100) ack 1")
	s.state(CloseWait)
	s.out(". 1:1(0) ack 202")
	if len(s.read) != 200 {
		s.fail("read %d", len(s.read))
	}
	if _, err := s.conn.Read(make([]byte, 1)); err != io.EOF {
		s.fail("%v", err)
	}
}

// The close before the handshake is done: the FIN waits for it (RFC 9293 §3.10.4).
func TestCloseWhileOpening(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.write(5)
	s.conn.CloseWrite()
	s.out("S 0:0(0)")
	s.in("S. 0:0(0) ack 1 win 100 <mss 1000>")
	s.out("FP. 1:6(5) ack 1")
	s.state(FinWait1)
	s.say("with nothing written there is nothing to end")
	s = newStory(t, Defaults())
	s.client()
	s.out("S 0:0(0)")
	s.conn.CloseWrite()
	s.reason(Orderly)
	s.quiet()
}

// RFC 9293 §3.10.5: an abort says reset, and nothing else.
func TestAbort(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.write(10)
	s.out("P. 1:11(10) ack 1")
	s.conn.Abort()
	s.out("R. 11:11(0) ack 1")
	s.reason(Aborted)
	s.say("what still comes fits nothing")
	s.in("P. 1:11(10) ack 11")
	s.out("R 11:11(0)")
}

// RFC 9293 §3.6.1, RFC 2525 §2.17: a close with bytes not read, or that come later, is a reset.
func TestCloseUnread(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.stall = true
	s.in("P. 1:11(10) ack 1")
	s.conn.Close()
	s.out("R. 1:1(0) ack 11")
	s.reason(Aborted)

	s = opened(t, Defaults(), "")
	s.conn.Close()
	s.out("F. 1:1(0) ack 1")
	s.in("P. 1:11(10) ack 2")
	s.out("R. 2:2(0) ack 1")
	s.reason(Aborted)
}

// A connection that its program has left does not wait for ever for the peer's FIN.
func TestOrphanInFinWait2(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.conn.Close()
	s.out("F. 1:1(0) ack 1")
	s.in(". 1:1(0) ack 2")
	s.state(FinWait2)
	s.quiet()
	s.wait(time.Minute)
	s.out("R. 2:2(0) ack 1")
	s.reason(GaveUp)
}

// RFC 5961 §3.2: only the exact number resets; others in the window are challenged, those outside ignored.
func TestResetNumbers(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.say("outside")
	s.in("R 70000:70000(0)", "R 0:0(0)")
	s.quiet()
	s.state(Established)
	s.say("inside")
	s.in("R 2:2(0)")
	s.out(". 1:1(0) ack 1")
	s.event(Challenged)
	s.state(Established)
	s.say("exact")
	s.in("R 1:1(0)")
	s.reason(ResetByPeer)
	s.quiet()
	if _, err := s.conn.Read(make([]byte, 1)); err != ErrReset {
		s.fail("read: %v", err)
	}
}

// RFC 5961 §4.2: a SYN on an open connection is challenged, wherever it lies; §7: not without end.
func TestSynOnOpenConnection(t *testing.T) {
	for _, line := range []string{"S 1:1(0)", "S 0:0(0)", "S 99000:99000(0)", "S. 1:1(0) ack 1"} {
		s := opened(t, Defaults(), "")
		s.say(line)
		s.in(line)
		s.out(". 1:1(0) ack 1")
		s.state(Established)
	}
	s := opened(t, Defaults(), "")
	for range challengeLimit {
		s.in("S 1:1(0)")
		s.out(". 1:1(0) ack 1")
	}
	s.say("enough")
	s.in("S 1:1(0)")
	s.quiet()
	s.wait(6 * time.Second)
	s.in("S 1:1(0)")
	s.out(". 1:1(0) ack 1")
}

// RFC 5961 §5.2: an acknowledgement that is too old is not the peer's, and its data is not taken.
func TestOldAcknowledgementIsChallenged(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.in("P. 1:11(10) ack -70000")
	s.out(". 1:1(0) ack 1")
	if len(s.read) != 0 {
		s.fail("read %d bytes", len(s.read))
	}
}

// RFC 9293 §3.10.7.4, second: what a reset does in each state.
func TestResetInEachState(t *testing.T) {
	for _, row := range []struct {
		name   string
		reach  func(*story)
		number string
		want   Reason
	}{
		{"CLOSE-WAIT", func(s *story) { s.in("F. 1:1(0) ack 1"); s.out(". 1:1(0) ack 2") }, "R 2:2(0)", ResetByPeer},
		{"FIN-WAIT-1", func(s *story) { s.conn.CloseWrite(); s.out("F. 1:1(0) ack 1") }, "R 1:1(0)", ResetByPeer},
		{"FIN-WAIT-2", func(s *story) { s.conn.CloseWrite(); s.out("F. 1:1(0) ack 1"); s.in(". 1:1(0) ack 2") }, "R 1:1(0)", ResetByPeer},
		{"TIME-WAIT", func(s *story) {
			s.conn.CloseWrite()
			s.out("F. 1:1(0) ack 1")
			s.in("F. 1:1(0) ack 2")
			s.out(". 2:2(0) ack 2")
		}, "R 2:2(0)", Orderly},
		{"LAST-ACK", func(s *story) { s.in("F. 1:1(0) ack 1"); s.conn.CloseWrite(); s.out("F. 1:1(0) ack 2") }, "R 2:2(0)", Orderly},
		{"CLOSING", func(s *story) {
			s.conn.CloseWrite()
			s.out("F. 1:1(0) ack 1")
			s.in("F. 1:1(0) ack 1")
			s.out(". 2:2(0) ack 2")
		}, "R 2:2(0)", Orderly},
	} {
		s := opened(t, Defaults(), "")
		s.say(row.name)
		row.reach(s)
		if got := s.conn.State().String(); got != row.name {
			s.fail("in %s", got)
		}
		s.in(row.number)
		s.reason(row.want)
		s.quiet()
	}
}

// RFC 9293 §3.6.1, RFC 6191: a new SYN opens a connection in TIME-WAIT anew, above the numbers of the old one.
func TestTimeWaitIsReused(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.conn.CloseWrite()
	s.out("F. 1:1(0) ack 1")
	s.in("F. 1:1(0) ack 2")
	s.out(". 2:2(0) ack 2")
	s.state(TimeWait)
	old := s.conn
	s.say("an old SYN does not")
	s.in("S 1:1(0)")
	s.out(". 2:2(0) ack 2")
	s.say("a new one does")
	g := s.parse("S 500:500(0)")
	s.stack.Receive(s.now, peerAddr.Addr(), localAddr.Addr(), &g)
	fresh := s.stack.Lookup(localAddr, peerAddr)
	if fresh == old || fresh == nil || fresh.State() != SynReceived || old.State() != Closed {
		s.fail("not reused")
	}
	if !old.send.max.Less(fresh.send.iss) {
		s.fail("numbers overlap")
	}
	var o Outgoing
	if !s.stack.NextSegment(s.now, &o) || o.Segment.Flags != SYN|ACK || s.stack.Lookup(localAddr, peerAddr) != fresh {
		s.fail("not answered")
	}
}

// A network that says "unreachable" ends an opening connection, and only explains the end of an open one.
func TestUnreachable(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.out("S 0:0(0)")
	s.conn.NetworkUnreachable()
	s.reason(Unreachable)

	f := Defaults()
	f.UserTimeout = 500 * ms
	s = opened(t, f, "")
	s.write(1)
	s.out("P. 1:2(1) ack 1")
	s.conn.NetworkUnreachable()
	s.state(Established)
	s.wait(500 * ms)
	s.reason(Unreachable)
}

func TestListenerCloses(t *testing.T) {
	s := newStory(t, Defaults())
	s.server()
	if _, err := s.stack.Listen(localAddr, 1); err != ErrPortInUse {
		t.Error(err)
	}
	s.in("S 0:0(0)")
	s.out("S. 0:0(0) ack 1")
	s.in(". 1:1(0) ack 1")
	s.l.Close()
	s.out("R. 1:1(0) ack 1")
	s.reason(Aborted)
	s.in("S 0:0(0)")
	s.conn = nil
	s.out("R. 0:0(0) ack 1")
}
