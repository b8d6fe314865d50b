package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
	"mailwire/sim/network"
)

// Options decide how a scenario is run.
type Options struct {
	Language lexicon.Language
	Seed     uint64   // 0: the scenario's own
	At       []string // whose frames are shown: cables, hosts, "all"; none: each conversation where it was opened
	Face     trace.Face
}

// A TapError says that Options.At names neither a cable nor a host.
type TapError struct {
	Name  string
	Known []string
}

// Error says the same for a log.
func (e *TapError) Error() string { return "scenario: no cable or host " + e.Name }

// settleFor is how long the world goes on behind the last act, so that what is under way ends: queues empty, and
// connections leave TIME-WAIT.
const settleFor = 5 * time.Minute

// pause is how long people take between two acts, so that the connections of one are closed before the next begins.
const pause = time.Second

// actLimit bounds an act of a person in virtual time: longer, and the scenario can't be right.
const actLimit = 24 * time.Hour

// actEvents bounds what may happen in the world during an act, and behind the last one. A mail with an attachment of the
// largest size takes some hundred thousand events for each cable on its way: more than this, and something goes round in
// circles that check did not find. The run then ends with an error rather than never.
const actEvents = 10_000_000

// A run is a scenario in progress.
type run struct {
	*world
	options Options
	most    uint64 // events in an act
	tracer
	faults armed
	losses []loss
	unmet  []layers.Note
	meters []*meter
	row    *row   // of the ledger, not yet shown
	ended  []bool // per act, whether it ended well
}

// Run plays the scenario and shows it as it happens. It returns what was not as the file says it must be at the end; the
// error is the face's, or says that the scenario cannot be played.
func (s *Scenario) Run(o Options) (unmet []layers.Note, err error) { return s.runWithin(actEvents, o) }

// runWithin is Run with a bound on the events of each act.
func (s *Scenario) runWithin(events uint64, o Options) (unmet []layers.Note, err error) {
	seed := o.Seed
	if seed == 0 {
		seed = s.Seed
	}
	r := &run{options: o, most: events}
	if r.world, err = build(s, seed, outside{}, func(state *trace.State) { r.show(state) }); err != nil {
		return nil, err
	}
	taps, err := s.taps(o.At)
	if err != nil {
		return nil, err
	}
	r.tracer.follow(r.world, taps, trace.Options{ShowSecrets: true}, o.Face)
	if !s.Sealed {
		r.authority.KeyLog = r.learn
	}
	r.faults.init(r)
	r.meterDevices()
	r.network.Observe(network.Observer{Crossed: r.crossed, Dropped: r.dropped})
	r.show(s.title(seed, o.Language))
	r.show(r.names())
	for _, h := range s.Hosts {
		if server := r.servers[h.Name]; server != nil {
			server.TellMailboxes()
		}
	}
	if err := r.play(); err != nil {
		return nil, err
	}
	if r.err == nil {
		r.err = r.follower.Close()
	}
	if r.err != nil {
		return nil, r.err
	}
	r.checkFaults()
	r.checkExpectations(0)
	return r.unmet, nil
}

// learn tells the secrets of a TLS session, before the frames that they open.
func (r *run) learn(line []byte) {
	secret := trace.Secret{Type: capture.SecretsTLS, Data: bytes.Clone(line)}
	r.follower.Learn(secret)
	r.show(trace.Secrets{secret})
}

// lessons are the notes on the misconceptions that the scenario refutes: "pop3.x" is the note "pop3.misconception.x".
func (s *Scenario) lessons() []layers.Note {
	var notes []layers.Note
	for _, id := range s.Refutes {
		protocol, name, _ := strings.Cut(id, ".")
		notes = append(notes, layers.N(protocol+".misconception."+name))
	}
	return notes
}

// crossed takes a frame at its tap.
func (r *run) crossed(c *network.Crossing) {
	f := r.take(c)
	r.faults.watch(f)
	for _, m := range r.meters {
		m.count(c)
	}
	r.pass(c)
}

// play makes the people act, one act after the other, and then lets the world settle.
func (r *run) play() error {
	r.ended = make([]bool, len(r.scenario.Acts))
	for i := range r.scenario.Acts {
		over := false
		r.SetLimit(r.most)
		r.After(pause, func() {
			r.closeRow()
			if i > 0 {
				r.checkExpectations(i) // of the act before, by its number from 1
			}
			r.act(i, func() { over = true })
		})
		done, err := r.RunWhile(func() bool { return !over && r.err == nil }, r.scenario.Acts[i].Wait+actLimit)
		if err != nil {
			return err
		}
		if !done && r.err == nil {
			return fmt.Errorf("scenario: line %d: the act does not end", r.scenario.Acts[i].Line)
		}
	}
	r.SetLimit(r.most)
	_, err := r.RunWhile(func() bool { return r.err == nil }, settleFor)
	r.closeRow()
	r.checkExpectations(len(r.scenario.Acts))
	return err
}
