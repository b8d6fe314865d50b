package network

import (
	"fmt"
	"math/bits"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/sim"
)

// A Device has interfaces and is given the frames that arrive there.
type Device interface {
	Name() string
	// Receive takes a frame that arrived at an interface of the device, and owns it.
	Receive(on *Interface, f *Frame)
}

// An Interface is where a cable is plugged into a device.
type Interface struct {
	Name   string // "eth0"
	MAC    MAC
	MTU    int // bytes of a packet that fit into a frame
	Device Device

	cable *Cable
	end   int // of the cable: 0 or 1
}

// EthernetMTU is the size of the largest packet that an Ethernet frame carries, in bytes (RFC 894).
const EthernetMTU = 1500

// NewInterface returns an interface of a device with a hardware address of its own and an MTU of 1500 bytes.
func (n *Network) NewInterface(d Device, name string) *Interface {
	return &Interface{Name: name, MAC: n.NewMAC(), MTU: EthernetMTU, Device: d}
}

// Cable is the cable that is plugged in, or nil.
func (i *Interface) Cable() *Cable { return i.cable }

// Peer is the interface at the other end of the cable, or nil.
func (i *Interface) Peer() *Interface {
	if i.cable == nil {
		return nil
	}
	return i.cable.directions[i.end].to
}

// Send gives a frame to the cable, which owns it from then on. Without a cable it is lost.
func (i *Interface) Send(f *Frame) {
	if i.cable == nil {
		f.network.Drop(&Drop{Device: i.Device.Name(), Data: f.Data, Note: layers.N("network.drop.no-cable")})
		f.Release()
		return
	}
	f.pad()
	i.cable.directions[i.end].send(f)
}

// A CableConfig says what a cable is like. The zero value is a short cable of 100 Mbit/s.
type CableConfig struct {
	Name  string        // "" makes it "a-b" from the names of the devices
	Rate  int64         // in bits a second, each way; 0 means 100 Mbit/s
	Delay time.Duration // that a bit travels
	Queue int           // frames that wait at each end while another is being sent; 0 means 100
}

// Values of a CableConfig that does not say otherwise.
const (
	DefaultRate  = 100_000_000
	DefaultQueue = 100
)

// A Cable joins two interfaces. Each direction has its own sender, so both ends may send at once.
type Cable struct {
	CableConfig
	network    *Network
	directions [2]direction // by the end that sends
	faults     []*attached
	cut        bool
}

type attached struct{ fault Fault }

// Connect lays a cable between two interfaces that have none.
func (n *Network) Connect(a, b *Interface, config CableConfig) *Cable {
	if a.cable != nil || b.cable != nil {
		panic(fmt.Sprintf("network: an interface of %s or %s has a cable already", a.Device.Name(), b.Device.Name()))
	}
	if config.Name == "" {
		config.Name = a.Device.Name() + "-" + b.Device.Name()
	}
	if config.Rate == 0 {
		config.Rate = DefaultRate
	}
	if config.Queue == 0 {
		config.Queue = DefaultQueue
	}
	c := &Cable{CableConfig: config, network: n}
	c.directions = [2]direction{{cable: c, from: a, to: b}, {cable: c, from: b, to: a}}
	a.cable, a.end = c, 0
	b.cable, b.end = c, 1
	n.cables = append(n.cables, c)
	return c
}

// Ends are the interfaces that the cable joins.
func (c *Cable) Ends() (a, b *Interface) { return c.directions[0].from, c.directions[1].from }

// Cut cuts the cable: frames leave their senders and get nowhere. Those that had left before arrive.
func (c *Cable) Cut() { c.cut = true }

// Mend mends the cable.
func (c *Cable) Mend() { c.cut = false }

// IsCut reports whether the cable is cut.
func (c *Cable) IsCut() bool { return c.cut }

// AddFault makes the cable ask f about each frame, after the faults added before. Calling remove ends that.
func (c *Cable) AddFault(f Fault) (remove func()) {
	a := &attached{f}
	c.faults = append(c.faults, a)
	return func() { c.faults = slices.DeleteFunc(slices.Clone(c.faults), func(x *attached) bool { return x == a }) }
}

// Waiting is how many frames wait at the end of i, the one that is being sent included.
func (c *Cable) Waiting(i *Interface) int { return c.directions[i.end].queue.length }

// duration is how long n bytes take on the cable, rounded up to a nanosecond.
func (c *Cable) duration(n int) time.Duration {
	hi, lo := bits.Mul64(uint64(n)*8, uint64(time.Second))
	lo, carry := bits.Add64(lo, uint64(c.Rate-1), 0)
	d, _ := bits.Div64(hi+carry, lo, uint64(c.Rate))
	return time.Duration(d)
}

// A direction sends the frames of one end, one after the other.
type direction struct {
	cable    *Cable
	from, to *Interface
	queue    ring        // the first is being sent
	free     sim.Instant // when the gap behind the last frame ends
}

func (d *direction) send(f *Frame) {
	switch {
	case d.queue.length == 0:
		d.queue.push(f)
		d.begin(max(d.cable.network.World.Instant(), d.free))
	case d.queue.length <= d.cable.Queue:
		d.queue.push(f)
	default:
		d.cable.network.Drop(&Drop{Cable: d.cable, Device: d.from.Device.Name(), Data: f.Data,
			Note: layers.N("network.drop.queue-full", layers.A("count", layers.Int(d.cable.Queue)))})
		f.Release()
	}
}

// begin starts to send the first frame of the queue.
func (d *direction) begin(at sim.Instant) {
	length := len(d.queue.first().Data)
	d.cable.network.World.Schedule(at.Add(d.cable.duration(length+overhead-gap)), d)
}

// Happen is the moment when the last bit of the first frame leaves.
func (d *direction) Happen(now sim.Instant) {
	c, f := d.cable, d.queue.pop()
	d.free = now.Add(c.duration(gap))
	if d.queue.length > 0 {
		d.begin(d.free)
	}
	n := c.network
	n.serial++
	n.crossing = Crossing{Serial: n.serial, At: now, Cable: c, From: d.from, To: d.to, Data: f.Data}
	n.crossed(&n.crossing)
	d.depart(f, &n.crossing)
}

// depart asks the faults of the cable what becomes of a frame, and lets it travel.
func (d *direction) depart(f *Frame, crossing *Crossing) {
	c := d.cable
	if c.cut {
		d.lose(f, crossing, layers.N("network.drop.cut", layers.A("cable", layers.String(c.Name))))
		return
	}
	delay, copies := c.Delay, 1
	for _, a := range c.faults {
		v := a.fault(crossing)
		if v.Drop {
			d.lose(f, crossing, v.Why)
			return
		}
		if v.Duplicate == 0 && v.Delay == 0 && v.Corrupt == nil {
			continue
		}
		delay += v.Delay
		copies += v.Duplicate
		if v.Corrupt != nil {
			f = f.Own()
			crossing.Data = f.Data
			flip(f.Data, v.Corrupt)
			f.damaged = f.damaged || !v.Inside
		}
		c.network.disturbed(crossing, &v)
	}
	for range copies - 1 {
		c.network.arrive(f.Share(), d.to, delay, crossing.Serial)
	}
	c.network.arrive(f, d.to, delay, crossing.Serial)
}

func (d *direction) lose(f *Frame, crossing *Crossing, why layers.Note) {
	d.cable.network.Drop(&Drop{Cable: d.cable, Device: d.from.Device.Name(), Serial: crossing.Serial, Data: f.Data, Note: why})
	f.Release()
}

// An arrival is a frame on its way.
type arrival struct {
	frame  *Frame
	to     *Interface
	serial uint64
}

func (n *Network) arrive(f *Frame, to *Interface, after time.Duration, serial uint64) {
	var a *arrival
	if last := len(n.idle) - 1; last >= 0 {
		a, n.idle = n.idle[last], n.idle[:last]
	} else {
		a = new(arrival)
	}
	*a = arrival{f, to, serial}
	n.World.Schedule(n.World.Instant().Add(max(after, 0)), a)
}

// Happen is the moment when the last bit of the frame arrives.
func (a *arrival) Happen(sim.Instant) {
	f, to, serial := a.frame, a.to, a.serial
	n := f.network
	*a = arrival{}
	n.idle = append(n.idle, a)
	if f.damaged {
		// IEEE 802.3 §3.2.9, §4.2.4.1.2: a frame whose check sequence does not fit is not passed on.
		n.Drop(&Drop{Cable: to.cable, Device: to.Device.Name(), Serial: serial, Data: f.Data, Note: layers.N("network.drop.damaged")})
		f.Release()
		return
	}
	to.Device.Receive(to, f)
}

// A ring is a queue of frames that uses its memory again.
type ring struct {
	frames       []*Frame // its length is a power of two
	head, length int
}

func (r *ring) first() *Frame { return r.frames[r.head] }

func (r *ring) push(f *Frame) {
	if r.length == len(r.frames) {
		grown := make([]*Frame, max(4, 2*len(r.frames)))
		for i := range r.length {
			grown[i] = r.frames[(r.head+i)&(len(r.frames)-1)]
		}
		r.frames, r.head = grown, 0
	}
	r.frames[(r.head+r.length)&(len(r.frames)-1)] = f
	r.length++
}

func (r *ring) pop() *Frame {
	f := r.frames[r.head]
	r.frames[r.head] = nil
	r.head = (r.head + 1) & (len(r.frames) - 1)
	r.length--
	return f
}
