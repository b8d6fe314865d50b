package network

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/sim"
)

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// A station is a device that remembers what it was given, and when.
type station struct {
	name string
	net  *Network
	got  []string
	data []byte // of the last frame
	at   *Interface
}

func (s *station) Name() string { return s.name }

func (s *station) Receive(on *Interface, f *Frame) {
	s.data = append(s.data[:0], f.Data...)
	s.got = append(s.got, fmt.Sprintf("%c@%v", f.Data[14], s.net.World.Now().Sub(epoch)))
	f.Release()
}

func newStation(n *Network, name string) *station {
	s := &station{name: name, net: n}
	s.at = n.NewInterface(s, "eth0")
	return s
}

// send sends a frame of length bytes whose first byte of data is a letter.
func (s *station) send(to MAC, letter byte, length int) {
	f := s.net.NewFrame(length)
	copy(f.Data, to[:])
	copy(f.Data[6:], s.at.MAC[:])
	f.Data[14] = letter
	s.at.Send(f)
}

// pair is two stations on a cable, and what the taps and the drops told.
func pair(seed uint64, config CableConfig) (a, b *station, cable *Cable, log *[]string) {
	n := New(sim.New(epoch, seed))
	a, b = newStation(n, "a"), newStation(n, "b")
	cable = n.Connect(a.at, b.at, config)
	log = watch(n)
	return a, b, cable, log
}

func watch(n *Network) *[]string {
	log := new([]string)
	tell := func(format string, args ...any) {
		*log = append(*log, fmt.Sprintf("%v ", n.World.Now().Sub(epoch))+fmt.Sprintf(format, args...))
	}
	n.Observe(Observer{
		Crossed:   func(c *Crossing) { tell("%d %s>%s %c", c.Serial, c.From.Device.Name(), c.To.Device.Name(), c.Data[14]) },
		Dropped:   func(d *Drop) { tell("drop %d at %s: %s", d.Serial, d.Device, d.Note.ID) },
		Disturbed: func(c *Crossing, v *Verdict) { tell("disturb %d: %s", c.Serial, v.Why.ID) },
	})
	return log
}

func (s *station) run(t *testing.T) {
	t.Helper()
	if err := s.net.World.Drain(time.Hour); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n\t%s\nwant\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// At 8 Mbit/s a byte takes a microsecond. A frame of 100 bytes has 8 of preamble before it and 4 of check sequence
// behind it: its last bit leaves after 112 µs. Then the cable is silent for 12 byte times.
func TestACableTakesItsTime(t *testing.T) {
	a, b, _, log := pair(1, CableConfig{Rate: 8_000_000, Delay: time.Millisecond})
	a.send(b.at.MAC, 'x', 100)
	a.send(b.at.MAC, 'y', 100)
	b.send(a.at.MAC, 'z', 100) // the other direction does not wait: full duplex
	a.run(t)
	expect(t, "the tap", *log, "112µs 1 a>b x", "112µs 2 b>a z", "236µs 3 a>b y")
	expect(t, "b", b.got, "x@1.112ms", "y@1.236ms")
}

func TestAGapSeparatesFramesThatDoNotQueue(t *testing.T) {
	a, b, _, log := pair(1, CableConfig{Rate: 8_000_000})
	a.send(b.at.MAC, 'x', 100)
	a.net.World.After(113*time.Microsecond, func() { a.send(b.at.MAC, 'y', 100) })
	a.run(t)
	expect(t, "the tap", *log, "112µs 1 a>b x", "236µs 2 a>b y")
}

// An acknowledgement is 54 bytes; Ethernet wants 60.
func TestShortFramesArePaddedWithZeros(t *testing.T) {
	a, b, _, _ := pair(1, CableConfig{})
	a.send(b.at.MAC, 'x', 1514)
	a.run(t)
	a.send(b.at.MAC, 'y', 54) // perhaps in the same buffer
	a.run(t)
	if len(b.data) != MinFrame || strings.Trim(string(b.data[54:]), "\x00") != "" {
		t.Errorf("54 bytes arrived as %d, padding % x", len(b.data), b.data[54:])
	}
}

func TestAFullQueueDropsTheLast(t *testing.T) {
	a, b, cable, log := pair(1, CableConfig{Queue: 2})
	for _, letter := range []byte("vwxyz") {
		a.send(b.at.MAC, letter, 1514)
	}
	if cable.Waiting(a.at) != 3 {
		t.Errorf("%d frames are at the end of a, want one being sent and two waiting", cable.Waiting(a.at))
	}
	a.run(t)
	expect(t, "log", *log, "0s drop 0 at a: network.drop.queue-full", "0s drop 0 at a: network.drop.queue-full",
		"122.08µs 1 a>b v", "245.12µs 2 a>b w", "368.16µs 3 a>b x")
}

// The tap sees what is lost behind it: that is how a person with Wireshark on the laptop would see it.
func TestACutCable(t *testing.T) {
	a, b, cable, log := pair(1, CableConfig{Rate: 8_000_000, Delay: time.Second})
	a.send(b.at.MAC, 'x', 100) // has left when the cable is cut
	w := a.net.World
	w.After(time.Millisecond, func() { cable.Cut(); a.send(b.at.MAC, 'y', 100) })
	w.After(time.Minute, func() { cable.Mend(); a.send(b.at.MAC, 'z', 100) })
	a.run(t)
	expect(t, "log", *log, "112µs 1 a>b x", "1.112ms 2 a>b y", "1.112ms drop 2 at a: network.drop.cut", "1m0.000112s 3 a>b z")
	expect(t, "b", b.got, "x@1.000112s", "z@1m1.000112s")
}

func TestFaults(t *testing.T) {
	flipFirst := func(inside bool) func(*rand.Rand) Fault {
		return func(*rand.Rand) Fault {
			return Nth(From("a"), []int{2}, func(*Crossing, int) Verdict {
				return Verdict{Corrupt: []int{14*8 + 7, -1, 1 << 20}, Inside: inside}
			})
		}
	}
	for _, lesson := range []struct {
		name  string
		fault func(r *rand.Rand) Fault
		want  string // letters as they arrive
	}{
		{"none", func(*rand.Rand) Fault { return func(*Crossing) Verdict { return Verdict{} } }, "pqrst"},
		{"the second and the fourth", func(*rand.Rand) Fault { return LoseNth(Every, 2, 4) }, "prt"},
		{"the first two", func(*rand.Rand) Fault { return LoseFirst(Every, 2) }, "rst"},
		{"the first none", func(*rand.Rand) Fault { return LoseFirst(Every, 0) }, "pqrst"},
		{"of b only", func(*rand.Rand) Fault { return LoseNth(From("b"), 1) }, "pqrst"},
		{"certain loss", func(r *rand.Rand) Fault { return Lose(Every, 1_000_000, r) }, ""},
		{"no chance", func(r *rand.Rand) Fault { return Lose(Every, 0, r) }, "pqrst"},
		{"a burst that never ends", func(r *rand.Rand) Fault { return LoseBursts(Every, 1_000_000, 0, r) }, ""},
		{"bursts of one", func(r *rand.Rand) Fault { return LoseBursts(Every, 1_000_000, 1_000_000, r) }, "qs"},
		{"the first is overtaken", func(*rand.Rand) Fault {
			return Nth(Every, []int{1}, func(*Crossing, int) Verdict { return Verdict{Delay: 250 * time.Microsecond} })
		}, "qrpst"},
		{"doubled", func(r *rand.Rand) Fault { return Duplicate(Every, 1_000_000, r) }, "ppqqrrsstt"},
		{"damaged on the cable: the check sequence finds it", flipFirst(false), "prst"},
		{"damaged inside a device: nothing finds it here", flipFirst(true), "pprst"},
		{"not armed", func(*rand.Rand) Fault { return (&Switchable{Fault: LoseNth(Every, 1)}).Ask }, "pqrst"},
		{"armed", func(*rand.Rand) Fault { return (&Switchable{On: true, Fault: LoseNth(Every, 1)}).Ask }, "qrst"},
	} {
		a, b, cable, _ := pair(1, CableConfig{})
		cable.AddFault(lesson.fault(a.net.World.Rand("fault")))
		for _, letter := range []byte("pqrst") {
			a.send(b.at.MAC, letter, 1514)
		}
		a.run(t)
		got := ""
		for _, g := range b.got {
			got += g[:1]
		}
		if got != lesson.want {
			t.Errorf("%s: %q arrived, want %q", lesson.name, got, lesson.want)
		}
	}
}

func TestAFaultEnds(t *testing.T) {
	a, b, cable, _ := pair(1, CableConfig{})
	end := cable.AddFault(Lose(Every, 1_000_000, a.net.World.Rand("loss")))
	a.send(b.at.MAC, 'x', 100)
	a.run(t)
	end()
	a.send(b.at.MAC, 'y', 100)
	a.run(t)
	if len(b.got) != 1 || b.got[0][0] != 'y' {
		t.Errorf("arrived %v, want y alone", b.got)
	}
}

// One in a hundred, over twenty thousand frames, is within a tenth of two hundred.
func TestChanceIsWhatItSays(t *testing.T) {
	lost := 0
	f := Lose(Every, 10_000, sim.New(epoch, 7).Rand("loss"))
	for range 20_000 {
		if f(&Crossing{}).Drop {
			lost++
		}
	}
	if lost < 170 || lost > 230 {
		t.Errorf("%d of 20000 frames were lost, want about 200", lost)
	}
}

func TestASwitchLearns(t *testing.T) {
	n := New(sim.New(epoch, 1))
	s := n.NewSwitch("switch")
	a, b, c := newStation(n, "a"), newStation(n, "b"), newStation(n, "c")
	for _, x := range []*station{a, b, c} {
		n.Connect(x.at, s.NewPort(), CableConfig{})
	}
	heard := func() string {
		a.run(t)
		counts := fmt.Sprint(len(a.got), len(b.got), len(c.got))
		a.got, b.got, c.got = nil, nil, nil
		return counts
	}
	for _, step := range []struct {
		name string
		from *station
		to   MAC
		want string // frames that a, b and c heard
	}{
		{"nobody knows where b is: everyone hears it", a, b.at.MAC, "0 1 1"},
		{"the switch has seen a: only a hears the answer", b, a.at.MAC, "1 0 0"},
		{"and b is known now", a, b.at.MAC, "0 1 0"},
		{"broadcast", c, Broadcast, "1 1 0"},
	} {
		step.from.send(step.to, 'x', 60)
		if got := heard(); got != step.want {
			t.Errorf("%s: heard %s, want %s", step.name, got, step.want)
		}
	}

	if err := n.World.RunFor(SwitchAgeing + time.Second); err != nil {
		t.Fatal(err)
	}
	a.send(b.at.MAC, 'x', 60)
	if got := heard(); got != "0 1 1" {
		t.Errorf("after five silent minutes b is forgotten: heard %s, want 0 1 1", got)
	}

	// A laptop that is plugged in elsewhere is found again with its first frame.
	c.at.MAC = b.at.MAC
	c.send(a.at.MAC, 'x', 60)
	heard()
	a.send(b.at.MAC, 'x', 60)
	if got := heard(); got != "0 0 1" {
		t.Errorf("the address moved to c's port: heard %s, want 0 0 1", got)
	}
}

// Without a spanning tree a broadcast circles between two switches that are joined twice, and never ends.
func TestABroadcastStorm(t *testing.T) {
	n := New(sim.New(epoch, 1))
	n.World.SetLimit(10_000)
	a := newStation(n, "a")
	one, two := n.NewSwitch("one"), n.NewSwitch("two")
	n.Connect(a.at, one.NewPort(), CableConfig{})
	n.Connect(one.NewPort(), two.NewPort(), CableConfig{})
	n.Connect(one.NewPort(), two.NewPort(), CableConfig{Name: "again"})
	a.send(Broadcast, 'x', 60)
	var livelock *sim.Livelock
	if err := n.World.RunFor(time.Hour); !errors.As(err, &livelock) || !livelock.Moving {
		t.Errorf("a storm: %v, want a Livelock", err)
	}
	if len(a.got) < 100 {
		t.Errorf("a heard its own broadcast %d times", len(a.got))
	}
}

func TestASwitchRemembersABoundedNumberOfStations(t *testing.T) {
	n := New(sim.New(epoch, 1))
	s := n.NewSwitch("switch")
	a, b := newStation(n, "a"), newStation(n, "b")
	n.Connect(a.at, s.NewPort(), CableConfig{Queue: 1 << 20})
	n.Connect(b.at, s.NewPort(), CableConfig{Queue: 1 << 20})
	flood := func() {
		for range 3 * SwitchTable {
			a.at.MAC = n.NewMAC()
			a.send(b.at.MAC, 'x', 60)
		}
		a.run(t)
	}
	flood()
	if len(s.table) != SwitchTable || len(s.known) != SwitchTable {
		t.Errorf("%d stations in the table, %d in the index, want %d", len(s.table), len(s.known), SwitchTable)
	}
	if err := n.World.RunFor(SwitchAgeing + time.Second); err != nil {
		t.Fatal(err)
	}
	b.send(a.at.MAC, 'x', 60)
	b.run(t)
	if s.Port(b.at.MAC) == nil {
		t.Error("when the others are forgotten, b finds room")
	}
}

// Buffers are used again, and never while somebody still has them.
func TestFramesAreShared(t *testing.T) {
	n := New(sim.New(epoch, 1))
	f := n.NewFrame(100)
	f.Data[20] = 'x'
	g := f.Share().Own()
	g.Data[20] = 'y'
	if f.Data[20] != 'x' {
		t.Error("who owned a frame changed another's")
	}
	g.Release()
	f.Release()
	if h := n.NewFrame(60); h.Data[20] != 0 || len(h.Data) != 60 {
		t.Errorf("a used frame came back with %d bytes, %q in it", len(h.Data), h.Data[20])
	}
}

func TestAFrameIsReleasedOnce(t *testing.T) {
	f := New(sim.New(epoch, 1)).NewFrame(60)
	f.Release()
	defer func() {
		if recover() == nil {
			t.Error("a frame was released twice and nobody noticed")
		}
	}()
	f.Release()
}

// Any bytes may come from a capture or a real network: the matches look into all of them.
func FuzzMatch(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00E\x00\x00\x28\x00\x01\x40\x00\x40\x06\x00\x00\xc0\x00\x02\x01\xc0\x00\x02\x02" +
		"\x04\x00\x00\x19\x00\x00\x00\x00\x00\x00\x00\x00\x50\x02\xff\xff\x00\x00\x00\x00"))
	f.Add([]byte("\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x86\xdd\x60\x00\x00\x00\x00\x04\x06\x40" + strings.Repeat("\x20", 36)))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := &Crossing{Data: b}
		if TCPData(c) != (len(c.Payload()) > 0) || TCPData(c) && !TCP(c) || UDP(c) && TCP(c) || ARP(c) && TCP(c) {
			t.Errorf("the matches contradict each other about % x", b)
		}
	})
}

func TestCrossingsCostNoAllocation(t *testing.T) {
	a, b, _, log := pair(1, CableConfig{})
	a.net.observers = nil
	b.net.World.Drain(time.Hour)
	sink := &sink{}
	b.at.Device = sink
	one := func() {
		a.send(b.at.MAC, 'x', 1514)
		a.net.World.Step()
		a.net.World.Step()
	}
	one()
	if n := testing.AllocsPerRun(1000, one); n != 0 || sink.frames < 1000 || len(*log) > 0 {
		t.Errorf("a crossing allocates %v times (%d arrived)", n, sink.frames)
	}
}

type sink struct{ frames int }

func (s *sink) Name() string                    { return "sink" }
func (s *sink) Receive(on *Interface, f *Frame) { s.frames++; f.Release() }

// One frame of 1514 bytes over one cable: two events.
func BenchmarkCrossing(b *testing.B) {
	n := New(sim.New(epoch, 1))
	s := newStation(n, "a")
	to := &sink{}
	n.Connect(s.at, n.NewInterface(to, "eth0"), CableConfig{})
	b.ReportAllocs()
	for b.Loop() {
		s.send(Broadcast, 'x', 1514)
		n.World.Step()
		n.World.Step()
	}
}
