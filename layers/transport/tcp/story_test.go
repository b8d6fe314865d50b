package tcp

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// epoch is when all tests begin.
var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

const localISN, peerISN = 5000, 90000

var (
	localAddr = netip.MustParseAddrPort("192.0.2.1:8080")
	peerAddr  = netip.MustParseAddrPort("198.51.100.7:40000")
)

// A story is a test told step by step, in the notation of packetdrill: the test plays the peer. "<" is a segment that
// arrives, ">" one that must be sent now, numbers count from each side's SYN.
type story struct {
	t     *testing.T
	now   time.Time
	stack *Stack
	conn  *Conn
	l     *Listener
	step  string
	seen  []Event
	read  []byte // what the program read, when reading
	stall bool   // the program does not read
}

func newStory(t *testing.T, f Config) *story {
	s := &story{t: t, now: epoch, stack: NewStack(f, Secret{}, func() uint64 { return 7 })}
	return s
}

// say names the step that follows, for the message when it fails.
func (s *story) say(step string) { s.step = step }

func (s *story) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s: +%v: %s", s.step, s.now.Sub(epoch), fmt.Sprintf(format, args...))
}

// server listens; client opens.
func (s *story) server() {
	s.l, _ = s.stack.Listen(localAddr, 5)
}

func (s *story) client() {
	c, err := s.stack.Connect(s.now, localAddr, peerAddr, nil)
	if err != nil {
		s.fail("%v", err)
	}
	s.adopt(c)
}

func (s *story) adopt(c *Conn) {
	s.conn = c
	c.send.setISS(localISN)
	c.stamps.offset = -uint32(epoch.UnixNano() / 1e6)
}

// in lets segments arrive, one per line: "S 0:0(0) win 1000 <mss 1460,sackOK>".
func (s *story) in(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		g := s.parse(line)
		before := s.stack.Len()
		s.stack.Receive(s.now, peerAddr.Addr(), localAddr.Addr(), &g)
		if s.stack.Len() > before || s.conn == nil {
			if c := s.stack.Lookup(localAddr, peerAddr); c != nil && c.state == SynReceived {
				s.adopt(c)
			}
		}
		s.drain()
	}
}

// drain does what a program does: reads, and listens to events.
func (s *story) drain() {
	for {
		_, e, ok := s.stack.Next()
		if !ok {
			break
		}
		s.seen = append(s.seen, e)
	}
	if s.conn != nil && !s.stall {
		var b [70000]byte
		for {
			n, _ := s.conn.Read(b[:])
			if n == 0 {
				break
			}
			s.read = append(s.read, b[:n]...)
		}
	}
}

// out wants exactly these segments to be sent now, and none besides.
func (s *story) out(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		var o Outgoing
		if !s.stack.NextSegment(s.now, &o) {
			s.fail("nothing is sent, want %s", line)
		}
		if got := s.format(&o.Segment, line); got != line {
			s.fail("sent\n\t%s, want\n\t%s", got, line)
		}
	}
	s.quiet()
}

// quiet wants nothing to be sent now.
func (s *story) quiet() {
	s.t.Helper()
	var o Outgoing
	if s.stack.NextSegment(s.now, &o) {
		s.fail("sent %s, want nothing more", s.format(&o.Segment, "win ecr <"))
	}
	s.drain()
}

// wait lets time pass; nothing may be sent in it but at its end.
func (s *story) wait(d time.Duration) {
	s.t.Helper()
	s.quiet()
	end := s.now.Add(d)
	for {
		due := s.stack.Deadline()
		if due.IsZero() || due.After(end) {
			break
		}
		if due.After(s.now) {
			s.now = due
		}
		s.stack.Expire(s.now)
		if s.now.Before(end) {
			s.quiet()
		}
	}
	s.now = end
	s.drain()
}

func (s *story) write(n int) {
	s.t.Helper()
	if got, err := s.conn.Write(pattern(n)); got != n || err != nil {
		s.fail("write %d = %d, %v", n, got, err)
	}
}

// pattern is n bytes that tell their place.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 / 3)
	}
	return b
}

func (s *story) state(want State) {
	s.t.Helper()
	if s.conn.State() != want {
		s.fail("state %v, want %v", s.conn.State(), want)
	}
}

func (s *story) reason(want Reason) {
	s.t.Helper()
	s.drain()
	if s.conn.Reason() != want || s.conn.State() != Closed {
		s.fail("%v, reason %v, want CLOSED, %v", s.conn.State(), s.conn.Reason(), want)
	}
}

func (s *story) event(kind EventKind) {
	s.t.Helper()
	for _, e := range s.seen {
		if e.Kind == kind {
			return
		}
	}
	s.fail("no event %v", kind)
}

func (s *story) path(want ...State) {
	s.t.Helper()
	s.drain()
	var got []State
	for _, e := range s.seen {
		if e.Kind == StateChanged {
			got = append(got, e.To)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.fail("states %v, want %v", got, want)
	}
}

var letters = []struct {
	letter byte
	flag   Flags
}{{'F', FIN}, {'S', SYN}, {'R', RST}, {'P', PSH}, {'.', ACK}, {'U', URG}}

func (s *story) parse(line string) Segment {
	s.t.Helper()
	g := Segment{SourcePort: peerAddr.Port(), DestinationPort: localAddr.Port(), Window: 65535}
	head, options, _ := strings.Cut(line, "<")
	words := strings.Fields(head)
	for _, l := range letters {
		if strings.IndexByte(words[0], l.letter) >= 0 {
			g.Flags |= l.flag
		}
	}
	var from, to, n int
	if _, err := fmt.Sscanf(words[1], "%d:%d(%d)", &from, &to, &n); err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
	g.Seq = Seq(peerISN).Add(from)
	g.Payload = pattern(from + n)[max(0, from):]
	for i := 2; i+1 < len(words); i += 2 {
		var v int
		fmt.Sscan(words[i+1], &v)
		switch words[i] {
		case "ack":
			g.Ack = Seq(localISN).Add(v)
		case "win":
			g.Window = uint16(v)
		default:
			s.t.Fatalf("%q: %q", line, words[i])
		}
	}
	for _, o := range strings.Split(strings.TrimSuffix(options, ">"), ",") {
		w := strings.Fields(o)
		if len(w) == 0 {
			continue
		}
		switch w[0] {
		case "mss":
			g.Options.HasMSS = true
			fmt.Sscan(w[1], &g.Options.MSS)
		case "wscale":
			g.Options.HasWindowScale = true
			fmt.Sscan(w[1], &g.Options.WindowShift)
		case "sackOK":
			g.Options.SACKPermitted = true
		case "TS":
			g.Options.HasTimestamps = true
			fmt.Sscan(w[2], &g.Options.TSValue)
			fmt.Sscan(w[4], &g.Options.TSReply)
		case "sack":
			for _, b := range w[1:] {
				var l, r int
				fmt.Sscanf(b, "%d:%d", &l, &r)
				g.Options.SACK[g.Options.Blocks] = Block{Seq(localISN).Add(l), Seq(localISN).Add(r)}
				g.Options.Blocks++
			}
		default:
			s.t.Fatalf("%q: option %q", line, o)
		}
	}
	return g
}

// format writes the segment as the line like is written: window and options only where that has them, except SACK.
func (s *story) format(g *Segment, like string) string {
	var b strings.Builder
	for _, l := range letters {
		if g.Flags.Has(l.flag) {
			b.WriteByte(l.letter)
		}
	}
	seq := g.Seq.Sub(localISN)
	if g.Flags.Has(RST) && s.conn == nil {
		seq = int(g.Seq)
	}
	fmt.Fprintf(&b, " %d:%d(%d)", seq, seq+len(g.Payload), len(g.Payload))
	if g.Flags.Has(ACK) {
		fmt.Fprintf(&b, " ack %d", g.Ack.Sub(peerISN))
	}
	if strings.Contains(like, "win") {
		fmt.Fprintf(&b, " win %d", g.Window)
	}
	var o []string
	if strings.Contains(like, "mss") && g.Options.HasMSS {
		o = append(o, fmt.Sprint("mss ", g.Options.MSS))
	}
	if strings.Contains(like, "sackOK") && g.Options.SACKPermitted {
		o = append(o, "sackOK")
	}
	if strings.Contains(like, "wscale") && g.Options.HasWindowScale {
		o = append(o, fmt.Sprint("wscale ", g.Options.WindowShift))
	}
	if strings.Contains(like, "TS") && g.Options.HasTimestamps {
		o = append(o, fmt.Sprintf("TS val %d ecr %d", g.Options.TSValue, g.Options.TSReply))
	}
	if g.Options.Blocks > 0 {
		l := "sack"
		for _, k := range g.Options.SACKBlocks() {
			l += fmt.Sprintf(" %d:%d", k.Left.Sub(peerISN), k.Right.Sub(peerISN))
		}
		o = append(o, l)
	}
	if len(o) > 0 {
		fmt.Fprintf(&b, " <%s>", strings.Join(o, ","))
	}
	return b.String()
}

// opened is a story whose connection is open: the peer connected, both MSS 1000, no options but those named.
func opened(t *testing.T, f Config, options string) *story {
	t.Helper()
	if f.MSS == 0 {
		f.MSS = 1000
	}
	s := newStory(t, f)
	s.say("handshake")
	s.server()
	s.in("S 0:0(0) win 65535 <mss 1000" + options + ">")
	s.out("S. 0:0(0) ack 1")
	s.in(". 1:1(0) ack 1 win 65535" + stampIf(options))
	s.state(Established)
	s.quiet()
	if c, ok := s.l.Accept(); !ok || c != s.conn {
		s.fail("nothing to accept")
	}
	return s
}

func stampIf(options string) string {
	if strings.Contains(options, "TS") {
		return " <TS val 100 ecr 0>"
	}
	return ""
}
