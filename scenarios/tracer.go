package scenarios

import (
	"slices"

	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
	"mailwire/sim/network"
)

// A tracer shows what happens in a world.
type tracer struct {
	world    *world
	face     trace.Face
	follower *trace.Follower
	view     *trace.Viewpoint
	frame    layers.Frame
	shown    int
	last     shownFrame

	err error // of the face
}

// A shownFrame is the frame that was shown last: a drop that follows at once is its.
type shownFrame struct {
	serial uint64
	number int
}

// follow begins to follow a world's frames at the taps.
func (t *tracer) follow(w *world, taps []string, o trace.Options, shown trace.Face) {
	t.world, t.face = w, shown
	t.view = trace.NewViewpoint(taps...)
	t.follower = trace.NewFollower(o, face(t.show))
	for _, n := range w.names() {
		t.follower.Name(n.Addr, n.Name)
	}
}

// A face is a function that shows an event.
type face func(trace.Event) error

// Show calls the function.
func (f face) Show(e trace.Event) error { return f(e) }

// show hands an event to the face, until it fails.
func (t *tracer) show(e trace.Event) error {
	if summary, ok := e.(*trace.Summary); ok {
		summary.Notes = append(summary.Notes, t.world.scenario.lessons()...)
	}
	if t.err == nil {
		t.err = t.face.Show(e)
	}
	return t.err
}

// take makes a frame of one that crosses a cable.
func (t *tracer) take(c *network.Crossing) *layers.Frame {
	i := slices.Index(t.world.cables, c.Cable)
	t.frame = layers.Frame{Number: t.shown + 1, Time: t.world.Time(c.At), Interface: t.world.interfaces[i], Data: c.Data, Length: len(c.Data)}
	return &t.frame
}

// crossed takes a frame and follows it.
func (t *tracer) crossed(c *network.Crossing) {
	t.take(c)
	t.pass(c)
}

// pass follows the frame that was taken, if it is shown at its tap.
func (t *tracer) pass(c *network.Crossing) {
	if !t.view.Shows(&t.frame) {
		return
	}
	t.shown++
	t.last = shownFrame{c.Serial, t.shown}
	if t.err == nil {
		t.err = t.follower.Frame(&t.frame)
	}
}

// dropped tells of a frame that did not arrive.
func (t *tracer) dropped(d *network.Drop) {
	e := &trace.Drop{Time: t.world.Time(d.At), Link: d.Device, From: d.Device, Length: len(d.Data), Note: d.Note}
	if d.Cable != nil {
		e.Link = d.Cable.Name
	}
	if d.Serial != 0 && d.Serial == t.last.serial {
		e.Packet = t.last.number
	}
	t.show(e)
}

// taps turns names of hosts into those of their cables.
func (s *Scenario) taps(at []string) ([]string, error) {
	var known, taps []string
	for _, c := range s.Cables {
		known = append(known, c.Name())
	}
	for _, h := range s.Hosts {
		known = append(known, h.Name)
	}
	for _, name := range at {
		if name != "all" && !slices.Contains(known, name) {
			return nil, &TapError{name, append(known, "all")}
		}
		taps = append(taps, name)
		for _, c := range s.Cables {
			if c.A == name || c.B == name {
				taps = append(taps, c.Name())
			}
		}
	}
	return taps, nil
}

// title opens the trace.
func (s *Scenario) title(seed uint64, language lexicon.Language) *trace.Title {
	t := &trace.Title{Name: s.Name, Text: s.Title.In(language), Story: s.Story.In(language), Seed: seed}
	for _, h := range s.Hosts {
		t.Nodes = append(t.Nodes, trace.Node{Name: h.Name, Kind: h.Kind})
	}
	for _, c := range s.Cables {
		t.Links = append(t.Links, trace.Link{Name: c.Name(), A: c.A, B: c.B})
	}
	return t
}
