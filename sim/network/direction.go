package network

import (
	"time"

	"mailwire/layers"
	"mailwire/sim"
)

// A direction sends the frames of one end, one after the other.
type direction struct {
	cable    *Cable
	from, to *Interface
	queue    ring[*Frame] // the first is being sent
	free     sim.Instant  // when the gap behind the last frame ends
	flying   ring[flight] // frames on their way, in the order in which they arrive
}

// A flight is a frame on its way that overtakes none.
type flight struct {
	frame  *Frame
	serial uint64
	at     sim.Instant
	turn   sim.Turn
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
	length := len((*d.queue.first()).Data)
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
		d.fly(f.Share(), delay, crossing.Serial)
	}
	d.fly(f, delay, crossing.Serial)
}

// fly lets a frame travel. Only the first of those on their way waits in the world's queue, and those that overtake
// others because a fault held these up.
func (d *direction) fly(f *Frame, delay time.Duration, serial uint64) {
	n := d.cable.network
	at := n.World.Instant().Add(max(delay, 0))
	alone := d.flying.length == 0
	if !alone && at < d.flying.last().at {
		n.arrive(f, d.to, at, serial)
		return
	}
	turn := n.World.Turn()
	d.flying.push(flight{f, serial, at, turn})
	if alone {
		n.World.ScheduleInTurn(at, turn, (*landing)(d))
	}
}

// A landing is a direction as the event that its first frame arrives.
type landing direction

// Happen is the moment when the last bit of the first frame on its way arrives.
func (l *landing) Happen(sim.Instant) {
	d := (*direction)(l)
	n := d.cable.network
	first := d.flying.pop()
	if d.flying.length > 0 {
		next := d.flying.first()
		n.World.ScheduleInTurn(next.at, next.turn, l)
	}
	n.land(first.frame, d.to, first.serial)
}

func (d *direction) lose(f *Frame, crossing *Crossing, why layers.Note) {
	d.cable.network.Drop(&Drop{Cable: d.cable, Device: d.from.Device.Name(), Serial: crossing.Serial, Data: f.Data, Note: why})
	f.Release()
}

// An arrival is a frame on its way that overtakes others.
type arrival struct {
	frame  *Frame
	to     *Interface
	serial uint64
}

func (n *Network) arrive(f *Frame, to *Interface, at sim.Instant, serial uint64) {
	var a *arrival
	if last := len(n.idle) - 1; last >= 0 {
		a, n.idle = n.idle[last], n.idle[:last]
	} else {
		a = new(arrival)
	}
	*a = arrival{f, to, serial}
	n.World.Schedule(at, a)
}

// Happen is the moment when the last bit of the frame arrives.
func (a *arrival) Happen(sim.Instant) {
	f, to, serial := a.frame, a.to, a.serial
	n := f.network
	*a = arrival{}
	n.idle = append(n.idle, a)
	n.land(f, to, serial)
}

// land gives a frame whose last bit has arrived to the device.
func (n *Network) land(f *Frame, to *Interface, serial uint64) {
	if f.damaged {
		// IEEE 802.3 §3.2.9, §4.2.4.1.2: a frame whose check sequence does not fit is not passed on.
		n.Drop(&Drop{Cable: to.cable, Device: to.Device.Name(), Serial: serial, Data: f.Data, Note: layers.N("network.drop.damaged")})
		f.Release()
		return
	}
	to.Device.Receive(to, f)
}
