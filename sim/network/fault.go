package network

import (
	"math/rand/v2"
	"slices"
	"time"

	"mailwire/layers"
)

// A Fault is asked about each frame whose last bit has left its sender, and says what befalls it. It sees frames of
// both directions. It may keep count, but draws chance from a generator of the world alone.
type Fault func(*Crossing) Verdict

// A Verdict is what befalls a frame. The zero value is nothing. The faults of a cable are asked in order: a drop ends
// the matter, delays and duplicates add up.
type Verdict struct {
	Drop      bool
	Delay     time.Duration // beyond the cable's own; frames behind may overtake
	Duplicate int           // arrivals beyond the one
	Corrupt   []int         // bits to flip, counted from the first of the frame's first byte; others are ignored
	Inside    bool          // damage done inside a device, whose frame check sequence then fits the damaged frame
	Why       layers.Note
}

// flip inverts bits of b; bit 0 is the most significant bit of the first byte.
func flip(b []byte, which []int) {
	for _, bit := range which {
		if bit >= 0 && bit/8 < len(b) {
			b[bit/8] ^= 0x80 >> (bit % 8)
		}
	}
}

// Lose drops each matching frame with a chance of perMillion in a million.
func Lose(m Match, perMillion int, r *rand.Rand) Fault {
	why := layers.N("network.drop.lost", layers.A("permillion", layers.Int(perMillion)))
	return func(c *Crossing) Verdict {
		return Verdict{Drop: m(c) && chance(r, perMillion), Why: why}
	}
}

// LoseBursts drops matching frames in bursts: a burst begins with a chance of begin and ends with a chance of end in a
// million at each matching frame (the model of Gilbert).
func LoseBursts(m Match, begin, end int, r *rand.Rand) Fault {
	burst := false
	why := layers.N("network.drop.burst")
	return func(c *Crossing) Verdict {
		if !m(c) {
			return Verdict{}
		}
		if burst {
			burst = !chance(r, end)
		} else {
			burst = chance(r, begin)
		}
		return Verdict{Drop: burst, Why: why}
	}
}

// LoseNth drops the matching frames with these numbers, counted from 1.
func LoseNth(m Match, numbers ...int) Fault {
	return Nth(m, numbers, func(c *Crossing, n int) Verdict {
		return Verdict{Drop: true, Why: layers.N("network.drop.counted", layers.A("number", layers.Int(n)))}
	})
}

// LoseFirst drops the first n matching frames.
func LoseFirst(m Match, n int) Fault {
	count := 0
	return func(c *Crossing) Verdict {
		if count >= n || !m(c) {
			return Verdict{}
		}
		count++
		return Verdict{Drop: true, Why: layers.N("network.drop.counted", layers.A("number", layers.Int(count)))}
	}
}

// Nth does something to the matching frames with these numbers, counted from 1.
func Nth(m Match, numbers []int, do func(c *Crossing, n int) Verdict) Fault {
	count := 0
	return func(c *Crossing) Verdict {
		if !m(c) {
			return Verdict{}
		}
		count++
		if !slices.Contains(numbers, count) {
			return Verdict{}
		}
		return do(c, count)
	}
}

// Delay holds up each matching frame for at least least and less than most (or exactly least, when most is no more).
func Delay(m Match, least, most time.Duration, r *rand.Rand) Fault {
	why := layers.N("network.delay")
	return func(c *Crossing) Verdict {
		if !m(c) {
			return Verdict{}
		}
		d := least
		if most > least {
			d += time.Duration(r.Int64N(int64(most - least)))
		}
		return Verdict{Delay: d, Why: why}
	}
}

// Reorder holds up each matching frame by d with a chance of perMillion in a million, so that others overtake it.
func Reorder(m Match, perMillion int, d time.Duration, r *rand.Rand) Fault {
	why := layers.N("network.reorder")
	return func(c *Crossing) Verdict {
		if !m(c) || !chance(r, perMillion) {
			return Verdict{}
		}
		return Verdict{Delay: d, Why: why}
	}
}

// Duplicate lets each matching frame arrive twice with a chance of perMillion in a million.
func Duplicate(m Match, perMillion int, r *rand.Rand) Fault {
	why := layers.N("network.duplicate")
	return func(c *Crossing) Verdict {
		if !m(c) || !chance(r, perMillion) {
			return Verdict{}
		}
		return Verdict{Duplicate: 1, Why: why}
	}
}

// Corrupt flips one bit of each matching frame with a chance of perMillion in a million. On the cable the frame check
// sequence finds it; inside a device, where only the checksums of the layers above can, it spares the Ethernet header.
func Corrupt(m Match, perMillion int, inside bool, r *rand.Rand) Fault {
	why := layers.N("network.corrupt")
	first := 0
	if inside {
		why, first = layers.N("network.corrupt.inside"), 8*HeaderLength
	}
	return func(c *Crossing) Verdict {
		if !m(c) || !chance(r, perMillion) || len(c.Data)*8 <= first {
			return Verdict{}
		}
		return Verdict{Corrupt: []int{first + r.IntN(len(c.Data)*8-first)}, Inside: inside, Why: why}
	}
}

func chance(r *rand.Rand, perMillion int) bool { return r.IntN(1_000_000) < perMillion }

// A Switchable fault is asked only while it is on: the way in which a scenario's named moments arm a fault.
type Switchable struct {
	On    bool
	Fault Fault
}

// Ask is a Fault.
func (s *Switchable) Ask(c *Crossing) Verdict {
	if !s.On {
		return Verdict{}
	}
	return s.Fault(c)
}
