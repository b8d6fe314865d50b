package capture

import (
	"container/heap"
	"errors"
	"io"

	"mailwire/layers"
)

// A Merger hands out the frames of several captures in the order of their times, and keeps one frame of each in memory.
// Of frames with the same time, that of the capture given first comes first; within a capture its own order stays, even
// where its times go back. Frames and interfaces are numbered as they come.
//
// A capture that begins where another has ended goes on with its interfaces, if they are called the same and are of the
// same link type: so the parts of a long capture (tcpdump -C, dumpcap -b) are one. The interfaces of captures that run
// side by side are several, each with a view of its own.
type Merger struct {
	heads   heads
	waiting []*input // whose next frame is not known, in the order given
	frame   layers.Frame
	number  int
	places  []*place
	names   []Name
	secrets []Secrets
	remarks []Remark
	failed  error
}

// An Input is a capture to be merged.
type Input struct {
	Name   string // what it is called in remarks and damages
	Reader *Reader
}

type input struct {
	Input
	order  int
	frame  *layers.Frame
	places map[*layers.Interface]*place
}

// A place is an interface under its number among those of all captures.
type place struct {
	layers.Interface
	index int // within its capture
	in    *input
	ended bool // its capture has
}

// Merge returns a source of all frames of the captures.
func Merge(inputs []Input) *Merger {
	m := &Merger{}
	for i, one := range inputs {
		m.waiting = append(m.waiting, &input{Input: one, order: i, places: map[*layers.Interface]*place{}})
	}
	return m
}

// Next is as that of a Reader. A *DamageError names its file; a capture that cannot be read further, for another reason
// than damage, ends there, and the error is returned when all others have ended.
func (m *Merger) Next() (*layers.Frame, error) {
	m.names, m.secrets, m.remarks = m.names[:0], m.secrets[:0], m.remarks[:0]
	for len(m.waiting) > 0 {
		if err := m.advance(m.waiting[0]); err != nil {
			return nil, err
		}
		m.waiting = m.waiting[1:]
	}
	if len(m.heads) == 0 {
		if m.failed != nil {
			return nil, m.failed
		}
		return nil, io.EOF
	}
	in := heap.Pop(&m.heads).(*input)
	m.waiting = append(m.waiting[:0], in)
	m.number++
	m.frame = *in.frame
	m.frame.Number = m.number
	m.frame.Interface = &m.place(in, in.frame.Interface).Interface
	return &m.frame, nil
}

// advance finds the next frame of a capture. Damage on the way is returned; the way goes on behind it.
func (m *Merger) advance(in *input) error {
	frame, err := in.Reader.Next()
	m.names = append(m.names, in.Reader.Names()...)
	m.secrets = append(m.secrets, in.Reader.Secrets()...)
	for _, r := range in.Reader.Remarks() {
		r.File = in.Name
		m.remarks = append(m.remarks, r)
	}
	var damage *DamageError
	switch {
	case err == nil:
		in.frame = frame
		heap.Push(&m.heads, in)
	case errors.As(err, &damage):
		named := *damage
		named.File = in.Name
		return &named
	default:
		if err != io.EOF {
			m.failed = errors.Join(m.failed, err)
		}
		for _, p := range m.places {
			p.ended = p.ended || p.in == in
		}
	}
	return nil
}

// place is where a frame of a capture was seen.
func (m *Merger) place(in *input, i *layers.Interface) *place {
	if p, known := in.places[i]; known {
		return p
	}
	p := m.continued(i)
	if p == nil {
		p = &place{Interface: *i, index: i.Index}
		p.Index = len(m.places)
		m.places = append(m.places, p)
	}
	p.in, p.ended = in, false
	in.places[i] = p
	return p
}

// continued is the interface of a capture that has ended of which i is the continuation; nil if there is none.
func (m *Merger) continued(i *layers.Interface) *place {
	for _, p := range m.places {
		if p.ended && p.index == i.Index && p.Name == i.Name && p.LinkType == i.LinkType {
			return p
		}
	}
	return nil
}

// Names is as that of a Reader.
func (m *Merger) Names() []Name { return m.names }

// Secrets is as that of a Reader.
func (m *Merger) Secrets() []Secrets { return m.secrets }

// Remarks is as that of a Reader; each names its file.
func (m *Merger) Remarks() []Remark { return m.remarks }

// heads are the captures whose next frame is known: a heap with the earliest first.
type heads []*input

func (h heads) Len() int      { return len(h) }
func (h heads) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h heads) Less(i, j int) bool {
	if c := h[i].frame.Time.Compare(h[j].frame.Time); c != 0 {
		return c < 0
	}
	return h[i].order < h[j].order
}

func (h *heads) Push(x any) { *h = append(*h, x.(*input)) }

func (h *heads) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
