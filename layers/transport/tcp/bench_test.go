package tcp

import (
	"net/netip"
	"runtime"
	"testing"
	"time"
)

// A wire without loss between two hosts; segments are given over as values, without bytes.
type shortWire struct {
	now    time.Time
	a, b   *Stack
	client *Conn
	server *Conn
}

func newShortWire(tb testing.TB) *shortWire {
	f := Defaults()
	f.ReceiveBuffer, f.SendBuffer = 1<<20, 1<<20
	var n uint64
	next := func() uint64 { n++; return n }
	w := &shortWire{now: epoch, a: NewStack(f, Secret{1}, next), b: NewStack(f, Secret{2}, next)}
	l, _ := w.b.Listen(netip.MustParseAddrPort("10.0.0.2:25"), 1<<20)
	w.connect(tb, l)
	return w
}

func (w *shortWire) connect(tb testing.TB, l *Listener) {
	var err error
	w.client, err = w.a.Connect(w.now, netip.MustParseAddrPort("10.0.0.1:0"), l.Local(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	w.exchange()
	var ok bool
	if w.server, ok = l.Accept(); !ok {
		tb.Fatal("no connection")
	}
}

func (w *shortWire) exchange() (segments int) {
	var o Outgoing
	for busy := true; busy; {
		busy = false
		for w.a.NextSegment(w.now, &o) {
			w.b.Receive(w.now, o.From, o.To, &o.Segment)
			busy = true
			segments++
		}
		if w.server != nil {
			w.server.Discard(w.server.Readable())
		}
		for w.b.NextSegment(w.now, &o) {
			w.a.Receive(w.now, o.From, o.To, &o.Segment)
			busy = true
			segments++
		}
		for _, s := range [...]*Stack{w.a, w.b} {
			for {
				if _, _, ok := s.Next(); !ok {
					break
				}
			}
		}
	}
	return segments
}

// BenchmarkSegment is what one segment costs, sent by one engine and received by the other, in a bulk transfer.
func BenchmarkSegment(b *testing.B) {
	w := newShortWire(b)
	data := pattern(1 << 18)
	b.ReportAllocs()
	segments := 0
	for b.Loop() {
		w.now = w.now.Add(time.Millisecond)
		if n, _ := w.client.Write(data); n == 0 {
			b.Fatal("stuck")
		}
		segments += w.exchange()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(segments), "ns/segment")
}

// BenchmarkIdle is the memory of open connections that say nothing, both ends together.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		w := newShortWire(b)
		var l *Listener
		for _, port := range []string{"10.0.0.2:110"} {
			l, _ = w.b.Listen(netip.MustParseAddrPort(port), 1<<20)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		const n = 5000
		for range n {
			w.connect(b, l)
			w.client.Write([]byte("hello"))
			w.exchange()
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/pair")
		runtime.KeepAlive(w)
	}
}
