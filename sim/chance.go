package sim

import (
	"hash/fnv"
	"math/rand/v2"
)

// Rand returns a generator for the part of the world that has this name ("loss on ana-r1", "ports of ana"). Each name
// has a sequence of its own that follows from the world's seed, so that what one part draws disturbs no other: a lesson
// with one more fault keeps its port numbers. To ask twice for one name gives the same sequence twice.
//
// The generator is PCG-DXSM, whose sequence math/rand/v2 promises to keep.
func (w *World) Rand(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(w.seed, h.Sum64()))
}
