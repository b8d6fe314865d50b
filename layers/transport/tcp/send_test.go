package tcp

import (
	"testing"
	"time"
)

const ms = time.Millisecond

// RFC 6928: ten segments at first. RFC 5681 §3.1: each acknowledgement lets out what it covers and one segment more.
func TestSlowStart(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.say("initial window")
	s.write(40_000)
	s.out(". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1", ". 2001:3001(1000) ack 1", ". 3001:4001(1000) ack 1",
		". 4001:5001(1000) ack 1", ". 5001:6001(1000) ack 1", ". 6001:7001(1000) ack 1", ". 7001:8001(1000) ack 1",
		". 8001:9001(1000) ack 1", ". 9001:10001(1000) ack 1")
	s.say("an acknowledgement of one segment")
	s.in(". 1:1(0) ack 1001 win 65535")
	s.out(". 10001:11001(1000) ack 1", ". 11001:12001(1000) ack 1")
	s.say("a delayed acknowledgement, of two")
	s.in(". 1:1(0) ack 3001 win 65535")
	s.out(". 12001:13001(1000) ack 1", ". 13001:14001(1000) ack 1", ". 14001:15001(1000) ack 1")
}

// RFC 9293 §3.7.4, Nagle: while something is under way, what does not fill a segment waits.
func TestNagle(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.write(10)
	s.out("P. 1:11(10) ack 1")
	s.write(10)
	s.quiet()
	s.write(1500)
	s.out(". 11:1011(1000) ack 1")
	s.say("the acknowledgement lets the rest out")
	s.in(". 1:1(0) ack 1011 win 65535")
	s.out("P. 1011:1521(510) ack 1")
}

func TestNoDelay(t *testing.T) {
	f := Defaults()
	f.NoDelay = true
	s := opened(t, f, "")
	s.write(10)
	s.out("P. 1:11(10) ack 1")
	s.write(10)
	s.out("P. 11:21(10) ack 1")
}

// RFC 6298 §5.4 to §5.7: the timer doubles, the segment is sent again, and §3 (Karn): its acknowledgement measures
// nothing.
func TestRetransmissionTimeout(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.write(1500)
	s.out(". 1:1001(1000) ack 1")
	s.say("Nagle holds the rest back")
	s.quiet()
	rtt := s.conn.Info().SmoothedRTT
	for _, wait := range []time.Duration{1, 2, 4} {
		s.wait(wait * time.Second)
		s.event(TimedOut)
		s.out(". 1:1001(1000) ack 1")
	}
	if i := s.conn.Info(); i.RTO != 8*time.Second || i.CongestionWindow != 1000 || i.SlowStartThreshold != 2000 {
		s.fail("%+v", i)
	}
	s.say("an acknowledgement of what was sent twice")
	s.in(". 1:1(0) ack 1001 win 65535")
	s.out("P. 1001:1501(500) ack 1")
	if i := s.conn.Info(); i.SmoothedRTT != rtt || i.RTO != 8*time.Second {
		s.fail("Karn's algorithm: %+v", i)
	}
	s.say("an acknowledgement of what was sent once makes the timeout short again")
	s.wait(10 * ms)
	s.in(". 1:1(0) ack 1501 win 65535")
	if i := s.conn.Info(); i.RTO != time.Second {
		s.fail("%+v", i)
	}
}

// RFC 6298 §2.4: the minimum is a setting.
func TestMinimumTimeout(t *testing.T) {
	f := Defaults()
	f.MinimumRTO, f.InitialRTO = 200*ms, 300*ms
	s := newStory(t, f)
	s.client()
	s.out("S 0:0(0)")
	s.wait(50 * ms)
	s.in("S. 0:0(0) ack 1 win 65535 <mss 1000>")
	s.write(500)
	s.out("P. 1:501(500) ack 1")
	s.wait(199 * ms)
	s.quiet()
	s.wait(1 * ms)
	s.out("P. 1:501(500) ack 1")
}

// RFC 9293 §3.8.3: nothing acknowledged for as long as the user timeout ends the connection, without a word.
func TestGiveUp(t *testing.T) {
	f := Defaults()
	f.UserTimeout = 10 * time.Second
	s := opened(t, f, "")
	s.write(500)
	s.out("P. 1:501(500) ack 1")
	for _, wait := range []time.Duration{1, 2, 4} {
		s.wait(wait * time.Second)
		s.out("P. 1:501(500) ack 1")
	}
	s.wait(3 * time.Second)
	s.reason(GaveUp)
	s.quiet()
	if _, err := s.conn.Write([]byte("x")); err != ErrTimeout {
		s.fail("write: %v", err)
	}
}

// RFC 9293 §3.8.3, R2 as a count.
func TestGiveUpAfterRetries(t *testing.T) {
	f := Defaults()
	f.Retries = 2
	s := opened(t, f, "")
	s.write(500)
	s.out("P. 1:501(500) ack 1")
	s.wait(time.Second)
	s.out("P. 1:501(500) ack 1")
	s.wait(2 * time.Second)
	s.out("P. 1:501(500) ack 1")
	s.wait(4 * time.Second)
	s.reason(GaveUp)
}

// RFC 5681 §3.2, RFC 3042, RFC 6582: two duplicate acknowledgements let new segments out, the third shows a loss; a
// partial acknowledgement shows the next one.
func TestFastRetransmitNewReno(t *testing.T) {
	s := opened(t, Config{}, "")
	s.write(10_000)
	for i := range 10 {
		var o Outgoing
		if !s.stack.NextSegment(s.now, &o) {
			s.fail("segment %d", i)
		}
	}
	s.write(10_000)
	s.quiet()
	s.say("limited transmit")
	s.in(". 1:1(0) ack 1 win 65535")
	s.out(". 10001:11001(1000) ack 1")
	s.in(". 1:1(0) ack 1 win 65535")
	s.out(". 11001:12001(1000) ack 1")
	s.say("the third")
	s.in(". 1:1(0) ack 1 win 65535")
	s.event(FastRetransmitted)
	s.out(". 1:1001(1000) ack 1")
	if i := s.conn.Info(); i.SlowStartThreshold != 6000 || !i.Recovering {
		s.fail("%+v", i)
	}
	s.say("each further one stands for a segment that left the network")
	s.in(". 1:1(0) ack 1 win 65535", ". 1:1(0) ack 1 win 65535", ". 1:1(0) ack 1 win 65535")
	s.out()
	s.in(". 1:1(0) ack 1 win 65535")
	s.out(". 12001:13001(1000) ack 1")
	s.say("a partial acknowledgement")
	s.in(". 1:1(0) ack 4001 win 65535")
	s.out(". 4001:5001(1000) ack 1", ". 13001:14001(1000) ack 1")
	s.say("the full one ends recovery without a burst")
	s.in(". 1:1(0) ack 12001 win 65535")
	s.event(Recovered)
	if i := s.conn.Info(); i.CongestionWindow != 3000 || i.Recovering {
		s.fail("%+v", i)
	}
	s.out(". 14001:15001(1000) ack 1")
}

// RFC 6675: the reports tell exactly what is missing; both holes are filled in one round trip.
func TestRecoveryWithSACK(t *testing.T) {
	s := opened(t, Defaults(), ",sackOK")
	s.write(10_000)
	for range 10 {
		var o Outgoing
		s.stack.NextSegment(s.now, &o)
	}
	s.say("segments 1 and 4 of 10 are lost")
	s.in(". 1:1(0) ack 1 win 65535 <sack 1001:2001>")
	s.quiet()
	s.in(". 1:1(0) ack 1 win 65535 <sack 1001:3001>")
	s.quiet()
	s.in(". 1:1(0) ack 1 win 65535 <sack 4001:5001 1001:3001>")
	s.out(". 1:1001(1000) ack 1")
	if i := s.conn.Info(); i.CongestionWindow != 5000 {
		s.fail("%+v", i)
	}
	s.in(". 1:1(0) ack 1 win 65535 <sack 4001:6001 1001:3001>")
	s.quiet()
	s.say("three segments lie behind the second hole: it counts as lost, and there is room")
	s.in(". 1:1(0) ack 1 win 65535 <sack 4001:7001 1001:3001>")
	s.out(". 3001:4001(1000) ack 1")
	s.in(". 1:1(0) ack 1 win 65535 <sack 4001:10001 1001:3001>")
	s.quiet()
	s.in(". 1:1(0) ack 3001 win 65535 <sack 4001:10001>")
	s.quiet()
	s.in(". 1:1(0) ack 10001 win 65535")
	s.event(Recovered)
	s.quiet()
}

// RFC 2018 §8: after a timeout the reports are forgotten, for the receiver may take them back.
func TestTimeoutForgetsReports(t *testing.T) {
	s := opened(t, Defaults(), ",sackOK")
	s.write(3000)
	s.out(". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1", "P. 2001:3001(1000) ack 1")
	s.in(". 1:1(0) ack 1 win 65535 <sack 1001:2001>")
	s.quiet()
	s.wait(time.Second)
	s.out(". 1:1001(1000) ack 1")
	s.in(". 1:1(0) ack 1001 win 65535")
	s.out(". 1001:2001(1000) ack 1", "P. 2001:3001(1000) ack 1")
}

// RFC 9293 §3.8.6.1: a zero window is probed with one byte, less and less often, and for ever as long as the peer
// answers.
func TestZeroWindow(t *testing.T) {
	f := Defaults()
	f.UserTimeout = 30 * time.Second
	s := opened(t, f, "")
	s.write(3000)
	s.out(". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1", "P. 2001:3001(1000) ack 1")
	s.in(". 1:1(0) ack 2001 win 0")
	s.quiet()
	s.say("what is under way runs into the closed window")
	s.wait(time.Second)
	s.quiet()
	for _, wait := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		s.say("probe")
		s.wait(time.Duration(wait) * time.Second)
		s.out(". 2001:2002(1) ack 1")
		s.in(". 1:1(0) ack 2001 win 0")
		s.quiet()
	}
	s.event(WindowClosed)
	s.say("the window opens")
	s.in(". 1:1(0) ack 2001 win 5000")
	s.out("P. 2001:3001(1000) ack 1")
}

// A probe that is taken is acknowledged, and the next one asks with the next byte.
func TestProbeIsTaken(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.write(1000)
	s.out("P. 1:1001(1000) ack 1")
	s.in(". 1:1(0) ack 1001 win 0")
	s.write(100)
	s.quiet()
	s.wait(time.Second)
	s.out(". 1001:1002(1) ack 1")
	s.in(". 1:1(0) ack 1002 win 0")
	s.quiet()
	s.wait(2 * time.Second)
	s.out(". 1002:1003(1) ack 1")
	s.in(". 1:1(0) ack 1003 win 9000")
	s.out("P. 1003:1101(98) ack 1")
}

// RFC 9293 §3.8.3: a peer that does not answer its probes is given up.
func TestProbesUnanswered(t *testing.T) {
	f := Defaults()
	f.UserTimeout = 10 * time.Second
	s := opened(t, f, "")
	s.write(1000)
	s.out("P. 1:1001(1000) ack 1")
	s.in(". 1:1(0) ack 1001 win 0")
	s.write(100)
	s.quiet()
	for _, wait := range []int{1, 2, 4} {
		s.wait(time.Duration(wait) * time.Second)
		s.out(". 1001:1002(1) ack 1")
	}
	s.wait(10 * time.Second)
	s.reason(GaveUp)
}

// RFC 9293 §3.8.6.2.1: a crumb of window is not filled at once, only after a while.
func TestSenderAvoidsSillyWindow(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.write(1000)
	s.out("P. 1:1001(1000) ack 1")
	s.write(2000)
	s.out(". 1001:2001(1000) ack 1", "P. 2001:3001(1000) ack 1")
	s.in(". 1:1(0) ack 3001 win 100")
	s.write(2000)
	s.quiet()
	s.wait(time.Second)
	s.out(". 3001:3101(100) ack 1")
}

// RFC 9293 §3.8.6: a window that shrinks is no reason to fail; what lies beyond it is sent when it opens.
func TestWindowShrinks(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.write(3000)
	s.out(". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1", "P. 2001:3001(1000) ack 1")
	s.in(". 1:1(0) ack 1001 win 500")
	s.quiet()
	s.say("an acknowledgement of ours stays inside the window, or it would not be looked at")
	s.in("P. 1:11(10) ack 1001 win 500")
	s.quiet()
	s.wait(40 * ms)
	s.out(". 1501:1501(0) ack 11")
	s.in(". 11:11(0) ack 1001 win 5000")
	s.wait(960 * ms)
	s.out(". 1001:2001(1000) ack 11")
}

// RFC 5681 §4.1: after a pause longer than the timeout the window is the initial one again.
func TestRestartAfterIdle(t *testing.T) {
	s := opened(t, Defaults(), "")
	for i := range 20 {
		s.write(1000)
		var o Outgoing
		s.stack.NextSegment(s.now, &o)
		_ = i
	}
	s.conn.congestion.(*newReno).window = 50_000
	s.conn.send.una, s.conn.send.start = s.conn.send.max, s.conn.send.max
	s.conn.send.nxt, s.conn.send.queue = s.conn.send.max, byteQueue{}
	s.conn.timers = timers{}
	s.wait(5 * time.Second)
	s.write(1)
	var o Outgoing
	s.stack.NextSegment(s.now, &o)
	if w := s.conn.Info().CongestionWindow; w != 10_000 {
		s.fail("window %d", w)
	}
}

// RFC 9293 §3.8.4: a silent peer is asked with a number that it has acknowledged already.
func TestKeepAlive(t *testing.T) {
	f := Defaults()
	f.KeepAlive = KeepAlive{Idle: 2 * time.Hour, Probes: 2}
	s := opened(t, f, "")
	s.wait(2 * time.Hour)
	s.out(". 0:0(0) ack 1")
	s.in(". 1:1(0) ack 1 win 65535")
	s.quiet()
	s.say("now nobody answers")
	s.wait(2 * time.Hour)
	s.out(". 0:0(0) ack 1")
	s.wait(75 * time.Second)
	s.out(". 0:0(0) ack 1")
	s.wait(75 * time.Second)
	s.out("R. 1:1(0) ack 1")
	s.reason(GaveUp)
}

// RFC 1191, RFC 8201: a router says how much fits; what was too long is sent again in smaller pieces.
func TestLowerMSS(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.write(1000)
	s.out("P. 1:1001(1000) ack 1")
	s.conn.LowerMSS(600)
	s.out(". 1:601(600) ack 1", "P. 601:1001(400) ack 1")
}

// The send buffer is a bound, and the program hears when there is room.
func TestSendBuffer(t *testing.T) {
	f := Defaults()
	f.SendBuffer = 3000
	s := opened(t, f, "")
	if n, err := s.conn.Write(pattern(5000)); n != 3000 || err != nil {
		s.fail("write = %d, %v", n, err)
	}
	s.out(". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1", "P. 2001:3001(1000) ack 1")
	s.in(". 1:1(0) ack 3001 win 65535")
	s.event(WriteReady)
}

// Sequence numbers wrap.
func TestWrap(t *testing.T) {
	if a, b := Seq(0xffffff00), Seq(0x100); !a.Less(b) || b.Less(a) || b.Sub(a) != 0x200 || a.Add(0x200) != b {
		t.Error("numbers beyond 2³² do not follow those before")
	}
	if !Seq(5).In(0xfffffff0, 32) || Seq(0xffffffe0).In(0xfffffff0, 32) {
		t.Error("windows do not wrap")
	}
}
