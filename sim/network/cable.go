package network

import (
	"fmt"
	"math/bits"
	"slices"
	"time"
)

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
