package host

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"mailwire/layers/layerstest"
	"mailwire/layers/transport/tcp"
	"mailwire/sim"
	"mailwire/sim/network"
)

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// A lesson is a laptop, two routers and a mail server in a row, and what the taps saw:
//
//	ana 192.0.2.10 ── r1 192.0.2.1 / 10.0.0.1 ── r2 10.0.0.2 / 198.51.100.1 ── mail 198.51.100.25
type lesson struct {
	t                 testing.TB
	world             *sim.World
	net               *network.Network
	ana, r1, r2, mail *Host
	cables            []*network.Cable
	seen              []string // each frame: where, and its layers in a few words
	drops             []string // ids
	states            []string // notes of what hosts came to believe
	quiet             bool     // nothing of this is kept
}

func addr(s string) netip.Addr     { return netip.MustParseAddr(s) }
func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

var mailAddress = addr("198.51.100.25")

func newLesson(t testing.TB, seed uint64, cable network.CableConfig, options tcp.Config) *lesson {
	w := sim.New(epoch, seed)
	l := &lesson{t: t, world: w, net: network.New(w)}
	state := func(h *Host, s State) {
		if !l.quiet {
			l.states = append(l.states, h.Name()+" "+s.Note.ID)
		}
	}
	l.ana = New(l.net, Config{Name: "ana", TCP: &options, State: state})
	l.r1 = New(l.net, Config{Name: "r1", Forward: true, State: state})
	l.r2 = New(l.net, Config{Name: "r2", Forward: true, State: state})
	l.mail = New(l.net, Config{Name: "mail", TCP: &options, State: state})
	a := l.ana.AddInterface(prefix("192.0.2.10/24"))
	r1a, r1b := l.r1.AddInterface(prefix("192.0.2.1/24")), l.r1.AddInterface(prefix("10.0.0.1/30"))
	r2a, r2b := l.r2.AddInterface(prefix("10.0.0.2/30")), l.r2.AddInterface(prefix("198.51.100.1/24"))
	m := l.mail.AddInterface(prefix("198.51.100.25/24"))
	l.cables = []*network.Cable{
		l.net.Connect(a.Interface, r1a.Interface, cable),
		l.net.Connect(r1b.Interface, r2a.Interface, cable),
		l.net.Connect(r2b.Interface, m.Interface, cable),
	}
	for _, err := range []error{
		l.ana.SetGateway(addr("192.0.2.1")), l.mail.SetGateway(addr("198.51.100.1")),
		l.r1.SetGateway(addr("10.0.0.2")), l.r2.RouteVia(prefix("192.0.2.0/24"), addr("10.0.0.1")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	l.net.Observe(network.Observer{
		Crossed: func(c *network.Crossing) {
			if !l.quiet {
				l.seen = append(l.seen, c.Cable.Name+": "+describe(c.Data))
			}
		},
		Dropped: func(d *network.Drop) {
			if !l.quiet {
				l.drops = append(l.drops, d.Device+" "+d.Note.ID)
			}
		},
	})
	return l
}

// run lets an hour pass, or less if everything comes to rest.
func (l *lesson) run() {
	l.t.Helper()
	if err := l.world.Drain(time.Hour); err != nil {
		l.t.Fatal(err)
	}
}

// A recording is what a capture on one cable holds.
type recording struct {
	t      testing.TB
	tshark string
	path   string
	frames int
}

// record runs the lesson and keeps the frames of a cable for tshark.
func (l *lesson) record(cable *network.Cable) *recording {
	l.t.Helper()
	r := &recording{t: l.t, tshark: layerstest.Program(l.t, "tshark"), path: filepath.Join(l.t.TempDir(), "cable.pcap")}
	file, err := os.Create(r.path)
	if err != nil {
		l.t.Fatal(err)
	}
	w := pcapgo.NewWriterNanos(file)
	if err := w.WriteFileHeader(65535, layers.LinkTypeEthernet); err != nil {
		l.t.Fatal(err)
	}
	l.net.Observe(network.Observer{Crossed: func(c *network.Crossing) {
		if c.Cable != cable {
			return
		}
		r.frames++
		info := gopacket.CaptureInfo{Timestamp: l.world.Time(c.At), CaptureLength: len(c.Data), Length: len(c.Data)}
		if err := w.WritePacket(info, c.Data); err != nil {
			l.t.Fatal(err)
		}
	}})
	l.run()
	if err := file.Close(); err != nil {
		l.t.Fatal(err)
	}
	return r
}

// count is how many frames tshark's filter finds.
func (r *recording) count(filter string) int {
	r.t.Helper()
	c := exec.Command(r.tshark, "-n", "-r", r.path, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
		"-Y", filter, "-T", "fields", "-e", "frame.number")
	out, err := c.Output()
	if err != nil {
		r.t.Fatalf("%v: %v", c.Args, err)
	}
	return strings.Count(string(out), "\n")
}

// describe says what a frame is, as gopacket reads it.
func describe(frame []byte) string {
	var words []string
	for _, layer := range gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default).Layers() {
		switch p := layer.(type) {
		case *layers.ARP:
			what := map[uint16]string{1: "who has", 2: "is at"}[p.Operation]
			words = append(words, fmt.Sprint("ARP ", netip.AddrFrom4([4]byte(p.SourceProtAddress)), " ", what, " ", netip.AddrFrom4([4]byte(p.DstProtAddress))))
		case *layers.IPv4:
			words = append(words, fmt.Sprintf("%s>%s ttl %d", p.SrcIP, p.DstIP, p.TTL))
		case *layers.ICMPv4:
			words = append(words, p.TypeCode.String())
		case *layers.UDP:
			words = append(words, fmt.Sprintf("UDP %d", len(p.Payload)))
		case *layers.TCP:
			words = append(words, fmt.Sprintf("TCP %d", len(p.Payload)))
		}
	}
	return strings.Join(words, " ")
}

func expect(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n\t%s\nwant\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
