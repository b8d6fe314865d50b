package tcp

import (
	"io"
	"testing"
	"time"
)

// RFC 9293 §3.5, figure 6: the handshake, seen from the side that was waiting.
func TestPassiveOpen(t *testing.T) {
	s := newStory(t, Config{WindowScaling: true, SACK: true, ReceiveBuffer: 1 << 20})
	s.server()
	s.say("the answer has what was offered, and the window is never scaled on a SYN")
	s.in("S 0:0(0) win 32792 <mss 1460,sackOK,wscale 7>")
	s.out("S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,wscale 5>")
	s.in(". 1:1(0) ack 1 win 257")
	s.state(Established)
	s.event(Opened)
	s.quiet()
	s.path(SynReceived, Established)
	if w := s.conn.Info().SendWindow; w != 257<<7 {
		s.fail("send window %d", w)
	}
}

func TestPassiveOpenWithoutOptions(t *testing.T) {
	s := newStory(t, Defaults())
	s.server()
	s.say("nothing offered, nothing answered but our MSS; without one the peer's is 536 (RFC 9293 §3.7.1)")
	s.in("S 0:0(0) win 32792")
	s.out("S. 0:0(0) ack 1 <mss 1460>")
	s.in(". 1:1(0) ack 1 win 2000")
	s.write(600)
	s.out(". 1:537(536) ack 1")
	s.in(". 1:1(0) ack 537 win 2000")
	s.out("P. 537:601(64) ack 1")
}

// RFC 9293 §3.5, figure 6: the side that opens.
func TestActiveOpen(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.say("bytes written before the connection is open are sent behind the handshake")
	s.write(10)
	s.out("S 0:0(0) win 64240 <mss 1460,sackOK,wscale 0>")
	s.state(SynSent)
	s.wait(20 * time.Millisecond)
	s.in("S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>")
	s.out("P. 1:11(10) ack 1")
	s.state(Established)
	if rtt := s.conn.Info().SmoothedRTT; rtt != 20*time.Millisecond {
		s.fail("measured %v on the SYN", rtt)
	}
	s.path(SynSent, Established)
}

func TestActiveOpenBareAcknowledgement(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.out("S 0:0(0)")
	s.in("S. 0:0(0) ack 1 <mss 1460>")
	s.out(". 1:1(0) ack 1")
}

// RFC 9293 §3.10.7.3: a reset that acknowledges the SYN refuses; one that does not is nobody's.
func TestRefused(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.out("S 0:0(0)")
	s.say("wrong acknowledgement")
	s.in("R. 0:0(0) ack 77")
	s.state(SynSent)
	s.in("R 0:0(0)")
	s.state(SynSent)
	s.say("right acknowledgement")
	s.in("R. 0:0(0) ack 1")
	s.reason(Refused)
	if _, err := s.conn.Read(make([]byte, 1)); err != ErrRefused {
		s.fail("read: %v", err)
	}
}

// RFC 9293 §3.5.1, figure 9: an old SYN ACK makes the opener say reset, and the connection opens after all.
func TestOldAnswerInSynSent(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.out("S 0:0(0)")
	s.in("S. 0:0(0) ack 400")
	s.out("R 400:400(0)")
	s.state(SynSent)
	s.in("S. 0:0(0) ack 1")
	s.out(". 1:1(0) ack 1")
	s.state(Established)
}

// RFC 9293 §3.5, figure 7: both open at once.
func TestSimultaneousOpen(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.out("S 0:0(0)")
	s.say("the peer's SYN comes instead of an answer")
	s.in("S 0:0(0) win 1000 <mss 1000,sackOK,wscale 3>")
	s.state(SynReceived)
	s.out("S. 0:0(0) ack 1 <mss 1460,sackOK,wscale 0>")
	s.in("S. 0:0(0) ack 1 win 1000 <mss 1000,sackOK,wscale 3>")
	s.state(Established)
	s.quiet()
	s.path(SynSent, SynReceived, Established)
}

// RFC 9293 §3.8.1, RFC 6298 §5.5: a SYN is sent again after 1, 2, 4 … seconds, and given up after three minutes.
func TestSynBackOff(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.out("S 0:0(0)")
	for _, wait := range []int{1, 2, 4, 8, 16, 32, 60} {
		s.wait(time.Duration(wait) * time.Second)
		s.out("S 0:0(0)")
	}
	s.wait(time.Minute)
	s.reason(GaveUp)
	s.quiet()
}

// RFC 6298 §5.7, RFC 5681 §3.1: after a lost SYN, three seconds and one segment.
func TestLostSynIsRemembered(t *testing.T) {
	s := newStory(t, Defaults())
	s.client()
	s.write(5000)
	s.out("S 0:0(0)")
	s.wait(time.Second)
	s.out("S 0:0(0)")
	s.in("S. 0:0(0) ack 1 win 60000 <mss 1000>")
	s.out(". 1:1001(1000) ack 1")
	s.wait(3 * time.Second)
	s.out(". 1:1001(1000) ack 1")
}

func TestSynAckIsSentAgain(t *testing.T) {
	s := newStory(t, Defaults())
	s.server()
	s.in("S 0:0(0)")
	s.out("S. 0:0(0) ack 1")
	s.say("by the timer")
	s.wait(time.Second)
	s.out("S. 0:0(0) ack 1")
	s.say("because the SYN came again")
	s.in("S 0:0(0)")
	s.out("S. 0:0(0) ack 1")
	s.in(". 1:1(0) ack 1")
	s.state(Established)
}

// RFC 9293 §3.10.7.4, second: a reset takes a half-open connection back to LISTEN, and nobody hears of it.
func TestResetInSynReceived(t *testing.T) {
	s := newStory(t, Defaults())
	s.server()
	s.in("S 0:0(0)")
	s.out("S. 0:0(0) ack 1")
	s.in("R 1:1(0)")
	s.reason(ResetByPeer)
	s.quiet()
	if _, ok := s.l.Accept(); ok || s.stack.Len() != 0 || s.l.opening != 0 {
		s.fail("something is left")
	}
	s.say("the next SYN is welcome")
	s.in("S 0:0(0)")
	s.out("S. 0:0(0) ack 1")
}

// RFC 9293 §3.10.7.4, fifth: in SYN-RECEIVED a wrong acknowledgement is answered with a reset.
func TestWrongAcknowledgementInSynReceived(t *testing.T) {
	s := newStory(t, Defaults())
	s.server()
	s.in("S 0:0(0)")
	s.out("S. 0:0(0) ack 1")
	s.in(". 1:1(0) ack 9")
	s.out("R 9:9(0)")
	s.state(SynReceived)
}

// RFC 9293 §3.10.7.1: what belongs to nothing is answered so that its sender believes it.
func TestNobodyListens(t *testing.T) {
	for _, row := range []struct{ in, out string }{
		{"S 0:0(0)", "R. 0:0(0) ack 1"},
		{"SF 0:10(10)", "R. 0:0(0) ack 12"},
		{". 5:5(0) ack 100", "R 5100:5100(0)"},
		{"P. 5:15(10) ack 100", "R 5100:5100(0)"},
		{"R 5:5(0)", ""},
		{"R. 5:5(0) ack 100", ""},
	} {
		s := newStory(t, Defaults())
		s.say(row.in)
		s.in(row.in)
		if row.out == "" {
			s.quiet()
		} else {
			s.out(row.out)
		}
	}
}

// RFC 9293 §3.10.7.2: a listener answers SYN; resets it ignores; acknowledgements it resets.
func TestListen(t *testing.T) {
	s := newStory(t, Defaults())
	s.server()
	s.in("R 0:0(0)")
	s.quiet()
	s.in(". 0:0(0) ack 3")
	s.out("R 5003:5003(0)")
	s.in("F 0:0(0)")
	s.quiet()
}

// The backlog is bounded: further SYNs are not answered, so that their senders try again later.
func TestBacklog(t *testing.T) {
	s := newStory(t, Defaults())
	s.l, _ = s.stack.Listen(localAddr, 1)
	answered := 0
	for port := range uint16(5) {
		g := s.parse("S 0:0(0)")
		g.SourcePort = 1000 + port
		s.stack.Receive(s.now, peerAddr.Addr(), localAddr.Addr(), &g)
		var o Outgoing
		for s.stack.NextSegment(s.now, &o) {
			answered++
		}
	}
	if answered != 2 {
		t.Errorf("%d SYNs answered, want 2", answered)
	}
}

// RFC 6528: two connections of one pair begin at different numbers when time has passed, different pairs elsewhere.
func TestInitialSequenceNumbers(t *testing.T) {
	k := Secret{1, 2, 3}
	a, _ := k.hash(localAddr, peerAddr)
	b, _ := k.hash(peerAddr, localAddr)
	c, _ := (&Secret{4}).hash(localAddr, peerAddr)
	if a == b || a == c {
		t.Error("the hash does not depend on the pair and the secret")
	}
	if d := initialSeq(8_000_000, a).Sub(initialSeq(0, a)); d != 2000 {
		t.Errorf("8 ms are %d numbers, want 2000", d)
	}
}

func TestReadBeforeAndAfter(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.in("P. 1:6(5) ack 1")
	if string(s.read) != string(pattern(6)[1:]) {
		s.fail("read %x", s.read)
	}
	s.in("F. 6:6(0) ack 1")
	if _, err := s.conn.Read(make([]byte, 9)); err != io.EOF {
		s.fail("read: %v", err)
	}
}
