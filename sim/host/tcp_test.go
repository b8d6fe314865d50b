package host

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"mailwire/layers/transport/tcp"
	"mailwire/sim"
	"mailwire/sim/network"
)

var mailPort = netip.AddrPortFrom(mailAddress, 25)

// wan is a cable as between two towns.
var wan = network.CableConfig{Rate: 10_000_000, Delay: 10 * time.Millisecond}

// text is n bytes of which no two parts are alike.
func text(n int) []byte {
	var b []byte
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, "line %d\r\n", i)
	}
	return b[:n]
}

// An end is a program that sends what it has, keeps what it gets, and closes when the peer has.
type end struct {
	conn   *Conn
	got    []byte
	events []string
	err    error
}

func (e *end) run(c *Conn, send []byte) *end {
	e.conn = c
	c.Connected = func() { e.note("connected") }
	c.Received = func(b []byte) { e.got = append(e.got, b...) }
	c.PeerClosed = func() { e.note("peer closed"); c.Close() }
	c.Closed = func(err error) {
		e.err = err
		e.note("closed")
	}
	if send != nil {
		c.Write(send)
		c.CloseWrite()
	}
	return e
}

func (e *end) note(what string) { e.events = append(e.events, what) }

// serve makes mail answer each connection with the same bytes.
func (l *lesson) serve(send []byte) *end {
	e := &end{}
	if _, err := l.mail.Listen(25, func(c *Conn) { e.note("accepted"); e.run(c, send) }); err != nil {
		l.t.Fatal(err)
	}
	return e
}

func (l *lesson) dial(send []byte) *end { return (&end{}).run(l.ana.Dial(mailPort), send) }

func TestAConnectionFromBeginningToEnd(t *testing.T) {
	l := newLesson(t, 1, wan, tcp.Defaults())
	server := l.serve([]byte("220 mail.example.org\r\n"))
	client := l.dial([]byte("QUIT\r\n"))
	l.run()
	expect(t, "client", client.events, "connected", "peer closed", "closed")
	expect(t, "server", server.events, "accepted", "peer closed", "closed")
	if string(client.got) != "220 mail.example.org\r\n" || string(server.got) != "QUIT\r\n" || client.err != nil || server.err != nil {
		t.Errorf("client got %q (%v), server got %q (%v)", client.got, client.err, server.got, server.err)
	}
	if _, ok := l.ana.Connection(client.conn.Local(), client.conn.Remote()); ok {
		t.Error("an hour later ana still remembers the connection")
	}
}

func TestConnectionsThatFail(t *testing.T) {
	for _, lesson := range []struct {
		name string
		to   string
		do   func(l *lesson)
		want error
	}{
		{"nobody listens", "198.51.100.25:26", nil, tcp.ErrRefused},
		{"nobody has the address", "192.0.2.99:25", nil, tcp.ErrNoRoute},
		{"the cable behind the router is cut: it finds nobody there and says so", "198.51.100.25:25",
			func(l *lesson) { l.cables[1].Cut() }, tcp.ErrNoRoute},
		{"a cable further away is cut, and nobody says so", "198.51.100.25:25", func(l *lesson) {
			if err := l.ana.Ping(mailAddress, PingConfig{}, func(Pong) { l.cables[1].Cut() }); err != nil {
				l.t.Fatal(err)
			}
			l.run() // now each router knows its neighbour
		}, tcp.ErrTimeout},
	} {
		l := newLesson(t, 1, wan, tcp.Defaults())
		l.serve(nil)
		if lesson.do != nil {
			lesson.do(l)
		}
		c := (&end{}).run(l.ana.Dial(netip.MustParseAddrPort(lesson.to)), nil)
		l.run()
		if !errors.Is(c.err, lesson.want) || c.events[len(c.events)-1] != "closed" {
			t.Errorf("%s: %v, %v, want %v", lesson.name, c.events, c.err, lesson.want)
		}
	}
}

// A program that aborts sends a reset; the other side's program is told.
func TestAbort(t *testing.T) {
	l := newLesson(t, 1, wan, tcp.Defaults())
	server := l.serve(nil)
	client := l.dial(nil)
	l.world.After(time.Second, client.conn.Abort)
	l.run()
	if !errors.Is(client.err, tcp.ErrAborted) || !errors.Is(server.err, tcp.ErrReset) {
		t.Errorf("client %v, server %v", client.err, server.err)
	}
}

// A host may talk to itself, by its own address or by 127.0.0.1. No cable sees it.
func TestAHostTalksToItself(t *testing.T) {
	for _, to := range []string{"198.51.100.25:25", "127.0.0.1:25"} {
		l := newLesson(t, 1, wan, tcp.Defaults())
		server := l.serve(text(50_000))
		client := (&end{}).run(l.mail.Dial(netip.MustParseAddrPort(to)), text(50_000))
		l.run()
		if !bytes.Equal(server.got, text(50_000)) || !bytes.Equal(client.got, text(50_000)) || len(l.seen) > 0 {
			t.Errorf("%s: %d bytes there, %d back, frames %v", to, len(server.got), len(client.got), l.seen)
		}
	}
}

func TestIPv6IsNotSpokenYet(t *testing.T) {
	l := newLesson(t, 1, wan, tcp.Defaults())
	for _, to := range []string{"[2001:db8::25]:25", "[::1]:25", "[::ffff:198.51.100.25]:25"} {
		c := (&end{}).run(l.ana.Dial(netip.MustParseAddrPort(to)), nil)
		l.run()
		var e *NoRouteError
		if !errors.As(c.err, &e) {
			t.Errorf("%s: %v", to, c.err)
		}
	}
}

func TestDialWithoutARoute(t *testing.T) {
	h := New(network.New(sim.New(epoch, 1)), Config{Name: "lonely"})
	c := (&end{}).run(h.Dial(mailPort), []byte("HELO"))
	if c.err != nil || c.events != nil {
		t.Error("the program was called before Dial returned")
	}
	if err := h.World().Drain(time.Hour); err != nil {
		t.Fatal(err)
	}
	var e *NoRouteError
	if !errors.As(c.err, &e) || c.conn.Local().IsValid() {
		t.Errorf("%v", c.err)
	}
}

// The cable is cut in the middle of a mail. TCP tries for minutes; if the cable is mended in time, nobody but the clock
// notices, and if not, the connection is given up on the side that had something to say.
func TestACableIsCut(t *testing.T) {
	for _, lesson := range []struct {
		mended time.Duration
		err    error
	}{{2 * time.Minute, nil}, {time.Hour, tcp.ErrTimeout}} {
		l := newLesson(t, 1, wan, tcp.Defaults())
		server := l.serve(nil)
		client := l.dial(text(500_000))
		l.world.After(300*time.Millisecond, l.cables[0].Cut)
		l.world.After(lesson.mended, l.cables[0].Mend)
		if err := l.world.RunFor(50 * time.Minute); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(client.err, lesson.err) || client.events[len(client.events)-1] != "closed" {
			t.Errorf("mended after %v: %v, %v, want %v", lesson.mended, client.events, client.err, lesson.err)
		}
		if whole := bytes.Equal(server.got, text(500_000)); whole != (lesson.err == nil) {
			t.Errorf("mended after %v: %d bytes arrived", lesson.mended, len(server.got))
		}
		if !bytes.HasPrefix(text(500_000), server.got) {
			t.Error("what arrived is not what was written")
		}
	}
}

// A program that does not read makes its peer wait: the window closes, probes ask whether it has opened.
func TestAProgramThatDoesNotRead(t *testing.T) {
	l := newLesson(t, 1, wan, tcp.Defaults())
	var server end
	if _, err := l.mail.Listen(25, func(c *Conn) {
		server.run(c, nil)
		c.Pause()
		l.world.After(time.Minute, c.Resume)
	}); err != nil {
		t.Fatal(err)
	}
	client := l.dial(text(300_000))
	if err := l.world.RunFor(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	if len(server.got) != 0 || client.conn.Info().SendWindow != 0 || client.conn.Waiting() == 0 {
		t.Errorf("after half a minute: %d bytes read, window %d, %d bytes wait", len(server.got), client.conn.Info().SendWindow, client.conn.Waiting())
	}
	l.run()
	if !bytes.Equal(server.got, text(300_000)) || client.err != nil || server.err != nil {
		t.Errorf("%d of 300000 bytes arrived, %v, %v", len(server.got), client.err, server.err)
	}
}

// A careful program writes as long as TCP takes it, and goes on when it is told.
func TestDrained(t *testing.T) {
	l := newLesson(t, 1, wan, tcp.Defaults())
	server := l.serve(nil)
	client := l.dial(nil)
	left, most := text(1_000_000), 0
	write := func() {
		for client.conn.Waiting() == 0 && len(left) > 0 {
			n := min(len(left), 10_000)
			client.conn.Write(left[:n])
			left = left[n:]
			most = max(most, client.conn.Waiting())
		}
		if len(left) == 0 {
			client.conn.CloseWrite()
		}
	}
	client.conn.Connected, client.conn.Drained = write, write
	l.run()
	if !bytes.Equal(server.got, text(1_000_000)) || most == 0 || most > 10_000 {
		t.Errorf("%d bytes arrived, at most %d waited", len(server.got), most)
	}
}

// A router on the way takes smaller packets only: it says so, and TCP sends smaller segments.
func TestASmallerLinkOnTheWay(t *testing.T) {
	l := newLesson(t, 1, wan, tcp.Defaults())
	l.r1.Interfaces()[1].MTU = 1000
	server := l.serve(nil)
	client := l.dial(text(20_000))
	l.run()
	if !bytes.Equal(server.got, text(20_000)) || client.err != nil {
		t.Errorf("%d bytes arrived, %v", len(server.got), client.err)
	}
	if !slices.Contains(l.drops, "r1 host.drop.too-big") || !slices.Contains(l.seen, "ana-r1: 192.0.2.1>192.0.2.10 ttl 64 DestinationUnreachable(FragmentationNeeded)") {
		t.Errorf("drops %v", l.drops)
	}
}

// Damage inside a device passes the frame's check sequence. The checksums above catch it, and TCP sends again.
func TestDamageIsCaughtByAChecksum(t *testing.T) {
	l := newLesson(t, 1, wan, tcp.Defaults())
	l.cables[1].AddFault(network.Nth(network.All(network.From("r1"), network.TCPData), []int{3}, func(c *network.Crossing, n int) network.Verdict {
		return network.Verdict{Corrupt: []int{8 * 100}, Inside: true}
	}))
	server := l.serve(nil)
	l.dial(text(20_000))
	l.run()
	expect(t, "drops", l.drops, "mail host.drop.tcp-checksum")
	if !bytes.Equal(server.got, text(20_000)) {
		t.Errorf("%d bytes arrived, or others than were written", len(server.got))
	}
}

// run100k is a mail of 100 kB there and a short answer back, over a link that loses frames.
func run100k(t testing.TB, seed uint64, perMillion int) (*lesson, *end, *end) {
	l := newLesson(t, seed, wan, tcp.Defaults())
	l.quiet = true
	l.cables[1].AddFault(network.Lose(network.Every, perMillion, l.world.Rand("loss")))
	server := l.serve([]byte("250 OK\r\n"))
	return l, l.dial(text(100_000)), server
}

// What no checksum, malformed or error filter may find, and what each frame but ARP's must be.
const (
	broken = `_ws.malformed || ip.checksum.status != "Good" || tcp.checksum.status != "Good" || _ws.expert.severity == "Error"`
	sound  = `ip.checksum.status == "Good" && tcp.checksum.status == "Good"`
)

// tshark reads what a capture on ana's cable would hold: no checksum is wrong, nothing malformed, and the loss shows as
// retransmissions.
func TestTsharkReadsATransferWithLoss(t *testing.T) {
	l, client, server := run100k(t, 3, 20_000)
	r := l.record(l.cables[0])
	if !bytes.Equal(server.got, text(100_000)) || string(client.got) != "250 OK\r\n" {
		t.Fatalf("%d bytes arrived there, %q here", len(server.got), client.got)
	}
	if n := r.count(broken); n > 0 {
		t.Errorf("tshark finds %d of %d frames broken", n, r.frames)
	}
	if n := r.count(sound); n != r.frames-2 {
		t.Errorf("tshark finds %d of %d frames sound, want all but ARP's two", n, r.frames)
	}
	if n := r.count("tcp.analysis.retransmission || tcp.analysis.fast_retransmission"); n == 0 {
		t.Error("tshark sees no retransmission")
	}
}

// Without loss tshark has nothing to remark on but the end of the connection.
func TestTsharkReadsACleanTransfer(t *testing.T) {
	options := tcp.Defaults()
	options.ReceiveBuffer = receiveBuffer
	l := newLesson(t, 1, wan, options)
	l.quiet = true
	server := l.serve([]byte("250 OK\r\n"))
	l.dial(text(1_000_000))
	r := l.record(l.cables[0])
	if !bytes.Equal(server.got, text(1_000_000)) {
		t.Fatalf("%d bytes arrived", len(server.got))
	}
	if n := r.count(broken + ` || tcp.analysis.flags`); n > 0 {
		t.Errorf("tshark remarks on %d of %d frames", n, r.frames)
	}
	if n := r.count(sound); n != r.frames-2 {
		t.Errorf("tshark finds %d of %d frames sound", n, r.frames)
	}
}

// The same seed gives the same bytes at the same moments; another seed gives others.
func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	digest := func(seed uint64) [32]byte {
		h := sha256.New()
		l, _, _ := run100k(t, seed, 20_000)
		l.net.Observe(network.Observer{Crossed: func(c *network.Crossing) {
			fmt.Fprintln(h, c.Serial, c.At, c.Cable.Name, c.From.Name)
			h.Write(c.Data)
		}})
		l.run()
		return [32]byte(h.Sum(nil))
	}
	seen := map[[32]byte]bool{}
	for seed := range uint64(5) {
		d := digest(seed)
		if d != digest(seed) {
			t.Errorf("seed=%d: two runs differ", seed)
		}
		seen[d] = true
	}
	if len(seen) != 5 {
		t.Errorf("five seeds gave %d different runs", len(seen))
	}
}

// Whatever the cables do, each byte that was written is read once and in order, or both programs are told that the
// connection is over; and the world comes to rest.
func TestEveryByteArrivesOnceAndInOrder(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() {
		seeds = 40
	}
	lost := 0
	for seed := range seeds {
		// Without keep-alive a side that only waits would wait for ever for a peer that has given up.
		options := tcp.Defaults()
		options.KeepAlive.Idle = 2 * time.Minute
		l := newLesson(t, seed, wan, options)
		l.quiet = true
		r := l.world.Rand("faults")
		level := 1 + r.IntN(20_000) // up to two in a hundred, of each kind, on each cable
		for _, cable := range l.cables {
			cable.AddFault(network.Lose(network.Every, level, l.world.Rand("loss"+cable.Name)))
			cable.AddFault(network.Duplicate(network.Every, level, l.world.Rand("duplicate"+cable.Name)))
			cable.AddFault(network.Reorder(network.Every, level, 15*time.Millisecond, l.world.Rand("reorder"+cable.Name)))
			cable.AddFault(network.Corrupt(network.Every, level, false, l.world.Rand("corrupt"+cable.Name)))
		}
		l.net.Observe(network.Observer{Dropped: func(d *network.Drop) {
			if d.Note.ID == "host.drop.too-big" {
				t.Errorf("seed=%d: %s made a packet that its own link does not take", seed, d.Device)
			}
		}})
		up, down := text(1+r.IntN(60_000)), text(1+r.IntN(60_000))
		server := l.serve(down)
		client := l.dial(up)
		if err := l.world.Drain(3 * time.Hour); err != nil {
			t.Fatalf("seed=%d: %v", seed, err)
		}
		over := func(e *end) bool { return len(e.events) > 0 && e.events[len(e.events)-1] == "closed" }
		if !over(client) || len(server.events) > 0 && !over(server) {
			t.Errorf("seed=%d: a program was not told the end: client %v, server %v", seed, client.events, server.events)
		}
		if !bytes.HasPrefix(up, server.got) || !bytes.HasPrefix(down, client.got) {
			t.Errorf("seed=%d: other bytes arrived than were written", seed)
		}
		whole := len(server.got) == len(up) && len(client.got) == len(down)
		if !whole {
			lost++
			if client.err == nil && server.err == nil {
				t.Errorf("seed=%d: %d of %d and %d of %d bytes arrived, and nobody was told", seed, len(server.got), len(up), len(client.got), len(down))
			}
		}
		if w := l.world.Pending(); w > 0 {
			t.Errorf("seed=%d: %d events are left", seed, w)
		}
	}
	if lost > int(seeds)/10 {
		t.Errorf("%d of %d connections broke at losses that TCP bears", lost, seeds)
	}
}

// BenchmarkTransfer is 100 MB over host, router, router, host: three links of 100 Mbit/s and 10 ms, one program that
// writes and one that reads.
func BenchmarkTransfer(b *testing.B) {
	const size = 100 << 20
	options := tcp.Defaults()
	options.SendBuffer, options.ReceiveBuffer = 4<<20, 4<<20
	crossings, events := 0, uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		l := newLesson(b, 1, network.CableConfig{Delay: 10 * time.Millisecond, Queue: 1000}, options)
		l.quiet = true
		l.net.Observe(network.Observer{Crossed: func(*network.Crossing) { crossings++ }})
		got := 0
		if _, err := l.mail.Listen(25, func(c *Conn) {
			c.Received = func(b []byte) { got += len(b) }
			c.PeerClosed = c.Close
		}); err != nil {
			b.Fatal(err)
		}
		c, left, chunk := l.ana.Dial(mailPort), size, make([]byte, 64<<10)
		write := func() {
			for c.Waiting() == 0 && left > 0 {
				c.Write(chunk)
				left -= len(chunk)
			}
			if left == 0 {
				c.CloseWrite()
			}
		}
		c.Connected, c.Drained, c.PeerClosed, c.Received = write, write, c.Close, func([]byte) {}
		l.run()
		if got != size {
			b.Fatalf("%d bytes arrived", got)
		}
		events += l.world.Happened()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(crossings), "ns/crossing")
	b.ReportMetric(float64(crossings)/b.Elapsed().Seconds(), "crossings/s")
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkConnections is 1,000 connections that start within one second and fetch 20 kB each over the same links.
func BenchmarkConnections(b *testing.B) {
	const count, size = 1000, 20_000
	answer := make([]byte, size)
	b.ReportAllocs()
	for b.Loop() {
		l := newLesson(b, 1, network.CableConfig{Delay: 10 * time.Millisecond, Queue: 1000}, tcp.Defaults())
		l.quiet = true
		if _, err := l.mail.Listen(25, func(c *Conn) {
			c.Received = func([]byte) { c.Write(answer); c.Close() }
		}); err != nil {
			b.Fatal(err)
		}
		got := 0
		for i := range count {
			l.world.After(time.Duration(i)*time.Millisecond, func() {
				c := l.ana.Dial(mailPort)
				c.Connected = func() { c.Write([]byte("RETR 1\r\n")) }
				c.Received = func(b []byte) { got += len(b) }
				c.PeerClosed = c.Close
			})
		}
		l.run()
		if got != count*size {
			b.Fatalf("%d bytes arrived", got)
		}
	}
}
