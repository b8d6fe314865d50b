package tcp

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// RFC 9293 §3.8.6.3, RFC 5681 §4.2: every second segment at once, a single one after a while.
func TestDelayedAcknowledgement(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.in(". 1:1001(1000) ack 1")
	s.quiet()
	s.in(". 1001:2001(1000) ack 1")
	s.out(". 1:1(0) ack 2001")
	s.in("P. 2001:3001(1000) ack 1")
	s.quiet()
	s.wait(39 * ms)
	s.quiet()
	s.wait(1 * ms)
	s.out(". 1:1(0) ack 3001")
	s.say("data of our own takes the acknowledgement along")
	s.in("P. 3001:3101(100) ack 1")
	s.write(5)
	s.out("P. 1:6(5) ack 3101")
	s.wait(time.Second / 2)
	s.quiet()
}

func TestNoDelayedAcknowledgement(t *testing.T) {
	f := Defaults()
	f.DelayedACK = -1
	s := opened(t, f, "")
	s.in("P. 1:11(10) ack 1")
	s.out(". 1:1(0) ack 11")
}

// RFC 9293 §3.10.7.4, seventh; RFC 2018 §4: what comes early is kept and reported, the latest first; what fills a gap
// is acknowledged at once.
func TestReassembly(t *testing.T) {
	s := opened(t, Defaults(), ",sackOK")
	s.in(". 2001:3001(1000) ack 1")
	s.out(". 1:1(0) ack 1 <sack 2001:3001>")
	s.in(". 6001:7001(1000) ack 1")
	s.out(". 1:1(0) ack 1 <sack 6001:7001 2001:3001>")
	s.in(". 4001:5001(1000) ack 1")
	s.out(". 1:1(0) ack 1 <sack 4001:5001 6001:7001 2001:3001>")
	s.in(". 8001:9001(1000) ack 1", ". 10001:11001(1000) ack 1")
	s.out(". 1:1(0) ack 1 <sack 10001:11001 8001:9001 4001:5001 6001:7001>",
		". 1:1(0) ack 1 <sack 10001:11001 8001:9001 4001:5001 6001:7001>")
	s.say("a piece joins two")
	s.in(". 3001:4001(1000) ack 1")
	s.out(". 1:1(0) ack 1 <sack 2001:5001 10001:11001 8001:9001 6001:7001>")
	s.say("the gap is filled, with an overlap")
	s.in(". 1:2501(2500) ack 1")
	s.out(". 1:1(0) ack 5001 <sack 10001:11001 8001:9001 6001:7001>")
	s.in("P. 5001:12001(7000) ack 1")
	s.out(". 1:1(0) ack 12001")
	if !bytes.Equal(s.read, pattern(12001)[1:]) {
		s.fail("%d bytes were read, or not these", len(s.read))
	}
}

// Five segments in every order: the bytes are the same, and nothing is left behind.
func TestEveryOrder(t *testing.T) {
	var order func(rest, done []int)
	order = func(rest, done []int) {
		if len(rest) == 0 {
			s := opened(t, Defaults(), "")
			s.say(fmt.Sprint(done))
			for _, i := range done {
				// each overlaps its neighbour by three bytes
				from, to := 1+100*i, 1+100*(i+1)+3
				s.in(fmt.Sprintf(". %d:%d(%d) ack 1", from, to, to-from))
			}
			if !bytes.Equal(s.read, pattern(504)[1:]) || !s.conn.reassembly.empty() {
				s.fail("read %d bytes", len(s.read))
			}
			return
		}
		for i := range rest {
			next := append(append([]int{}, rest[:i]...), rest[i+1:]...)
			order(next, append(done[:len(done):len(done)], rest[i]))
		}
	}
	order([]int{0, 1, 2, 3, 4}, nil)
}

// RFC 9293 §3.8.6: the window is what is free; what is beyond it is cut off. §3.8.6.2.2: it does not open by crumbs.
func TestReceiveWindow(t *testing.T) {
	f := Defaults()
	f.ReceiveBuffer = 2500
	s := opened(t, f, "")
	s.stall = true
	s.in(". 1:1001(1000) ack 1", ". 1001:2001(1000) ack 1")
	s.out(". 1:1(0) ack 2001 win 500")
	s.say("500 bytes fit")
	s.in("P. 2001:3001(1000) ack 1")
	s.wait(40 * ms)
	s.out(". 1:1(0) ack 2501 win 0")
	s.say("a probe is refused and answered")
	s.in(". 2501:2502(1) ack 1")
	s.out(". 1:1(0) ack 2501 win 0")
	s.say("200 bytes read are too few to tell")
	s.conn.Discard(200)
	s.quiet()
	s.conn.Discard(900)
	s.out(". 1:1(0) ack 2501 win 1100")
}

// RFC 9293 §3.10.7.4: with a closed window acknowledgements still count.
func TestAcknowledgementWithClosedWindow(t *testing.T) {
	f := Defaults()
	f.ReceiveBuffer = 1000
	s := opened(t, f, "")
	s.stall = true
	s.write(500)
	s.out("P. 1:501(500) ack 1")
	s.in("P. 1:1001(1000) ack 1")
	s.wait(40 * ms)
	s.out(". 501:501(0) ack 1001 win 0")
	s.say("a probe that acknowledges")
	s.in(". 1001:1002(1) ack 501")
	s.out(". 501:501(0) ack 1001 win 0")
	if n := s.conn.Info().InFlight; n != 0 {
		s.fail("%d bytes under way", n)
	}
}

// RFC 9293 §3.10.7.4, first: what lies outside the window is answered with an acknowledgement and nothing else.
func TestUnacceptable(t *testing.T) {
	s := opened(t, Defaults(), "")
	s.in("P. 1:101(100) ack 1", "P. 101:201(100) ack 1")
	s.out(". 1:1(0) ack 201")
	s.say("old data")
	s.in("P. 1:101(100) ack 1")
	s.out(". 1:1(0) ack 201")
	s.say("beyond the window")
	s.in("P. 90000:90100(100) ack 1")
	s.out(". 1:1(0) ack 201")
	if len(s.read) != 200 {
		s.fail("read %d bytes", len(s.read))
	}
	s.say("an acknowledgement of something never sent")
	s.in(". 201:201(0) ack 5000")
	s.out(". 1:1(0) ack 201")
	s.say("two ends that disagree do not answer each other for ever")
	n := 0
	for range 100 {
		s.in(". 201:201(0) ack 5000")
		var o Outgoing
		for s.stack.NextSegment(s.now, &o) {
			n++
		}
	}
	if n > challengeLimit {
		s.fail("%d answers", n)
	}
}

// RFC 7323 §4.3 and §5: timestamps are echoed, and an old one marks an old segment.
func TestTimestamps(t *testing.T) {
	f := Defaults()
	f.Timestamps = true
	s := newStory(t, f)
	s.server()
	s.in("S 0:0(0) win 65535 <mss 1000,TS val 100 ecr 0>")
	s.out("S. 0:0(0) ack 1 <mss 1460,TS val 0 ecr 100>")
	s.in(". 1:1(0) ack 1 win 65535 <TS val 110 ecr 0>")
	s.say("options come out of the MSS")
	s.wait(5 * ms)
	s.write(1000)
	s.out(". 1:989(988) ack 1 <TS val 5 ecr 110>")
	s.say("PAWS: an old timestamp, so an old segment")
	s.in("P. 1:11(10) ack 1 <TS val 90 ecr 5>")
	s.out(". 989:989(0) ack 1 <TS val 5 ecr 110>")
	s.say("a segment without the option that was agreed on")
	s.in("P. 1:11(10) ack 1")
	s.out(". 989:989(0) ack 1 <TS val 5 ecr 110>")
	if len(s.read) != 0 {
		s.fail("read %d bytes", len(s.read))
	}
	s.in("P. 1:11(10) ack 989 <TS val 120 ecr 5>")
	s.out("P. 989:1001(12) ack 11 <TS val 5 ecr 120>")
	s.say("a FIN behind everything")
	s.wait(20 * ms)
	s.in("F. 11:11(0) ack 1001 <TS val 130 ecr 5>")
	s.out(". 1001:1001(0) ack 12 <TS val 25 ecr 130>")
}

// RFC 7323 §2.3: windows of ours are scaled, and no rounding takes back what was announced.
func TestScaledWindow(t *testing.T) {
	f := Defaults()
	f.ReceiveBuffer = 1 << 20
	s := opened(t, f, ",wscale 2")
	s.stall = true
	s.in("P. 1:4(3) ack 1")
	s.wait(40 * ms)
	s.out(fmt.Sprintf(". 1:1(0) ack 4 win %d", (1<<20-3)>>5))
	s.in(". 4:1004(1000) ack 1 win 3")
	if w := s.conn.Info().SendWindow; w != 12 {
		s.fail("send window %d", w)
	}
}

// However the pieces come, what waits for a reader stays within the buffer.
func TestMemoryIsBounded(t *testing.T) {
	f := Defaults()
	f.ReceiveBuffer = 100_000
	s := opened(t, f, ",wscale 14,sackOK")
	s.stall = true
	g := s.parse(". 1:2(1) ack 1")
	for range 70_000 {
		g.Seq += 2
		s.stack.Receive(s.now, peerAddr.Addr(), localAddr.Addr(), &g)
		var o Outgoing
		for s.stack.NextSegment(s.now, &o) {
		}
	}
	if n := len(s.conn.receive.queue.b); n > 300_000 {
		t.Errorf("%d bytes of memory", n)
	}
	if n := len(s.conn.reassembly.islands); n > maxIslands {
		t.Errorf("%d pieces", n)
	}
}
