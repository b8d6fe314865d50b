package internet

import (
	"bytes"
	"net/netip"
	"slices"
	"time"

	"mailwire/layers"
)

// The bounds of what a Reassembly keeps.
const (
	ReassemblyTime  = 60 * time.Second // RFC 8200 §4.5; RFC 1122 §3.3.2 wants 60 to 120 seconds for IPv4
	ReassemblyBytes = 8 << 20          // for all unfinished datagrams together
	datagramMax     = 65535
)

// A Reassembly puts fragments together again (RFC 791 §3.2, RFC 8200 §4.5), within bounds of time and memory.
type Reassembly struct {
	pending map[fragmentKey]*assembly
	order   []*assembly // the same, in order of their first fragment
	bytes   int
	whole   Datagram
	faults  []string
}

// A fragmentKey is what the fragments of one datagram have in common. The same datagram may be seen at several interfaces.
type fragmentKey struct {
	at                  *layers.Interface
	vlan                uint32
	version             uint8
	protocol            Protocol // RFC 791 §3.2; not part of it in IPv6
	source, destination netip.Addr
	id                  uint32
}

// An assembly is a datagram of which a part has arrived.
type assembly struct {
	key    fragmentKey
	began  time.Time
	head   Datagram       // of the fragment with offset 0, once it is there
	data   []byte         // up to the last byte that has arrived
	have   []layers.Range // of data, in order, with gaps between
	end    int            // length of the whole; -1 until the last fragment has arrived
	frames []int
	held   int // what it counted for in Reassembly.bytes
}

// NewReassembly returns one that keeps ReassemblyBytes at most, each datagram for ReassemblyTime.
func NewReassembly() *Reassembly {
	return &Reassembly{pending: map[fragmentKey]*assembly{}}
}

// Add takes the fragment dg that lies in f and copies what it needs. It returns the whole datagram when dg was the last
// that it lacked, valid until the next call, and the ids of notes on what was wrong.
func (r *Reassembly) Add(f *layers.Frame, vlan uint32, dg *Datagram) (*Datagram, []string) {
	r.faults = r.faults[:0]
	r.expire(f.Time)
	if !r.sound(dg) {
		return nil, r.faults
	}
	a := r.assembly(f, vlan, dg)
	if !r.place(a, dg) {
		return nil, r.faults
	}
	a.frames = append(a.frames, f.Number)
	r.account(a)
	if dg.Fragment.Offset == 0 {
		a.head = *dg
	}
	if a.end < 0 || len(a.have) != 1 || a.have[0] != (layers.Range{Length: a.end}) {
		return nil, r.faults
	}
	r.drop(a)
	r.whole = a.head
	r.whole.Data, r.whole.Payload, r.whole.Missing = a.data, layers.Range{Length: a.end}, 0
	r.whole.Fragment, r.whole.Frames = Fragment{}, a.frames
	return &r.whole, r.faults
}

func (r *Reassembly) fault(id string) { r.faults = append(r.faults, id) }

// expire forgets what has waited too long.
func (r *Reassembly) expire(now time.Time) {
	for len(r.order) > 0 && now.Sub(r.order[0].began) > ReassemblyTime {
		r.drop(r.order[0])
		r.fault("fragment.timeout")
	}
}

// sound says whether a fragment can be part of a datagram.
func (r *Reassembly) sound(dg *Datagram) bool {
	length := dg.Payload.Length
	switch {
	case dg.Missing > 0:
		r.fault("fragment.incomplete")
	case dg.Fragment.More && length%8 != 0:
		// RFC 8200 §4.5: the length of all but the last is a multiple of 8; RFC 791 §3.2 counts in units of 8.
		r.fault("fragment.length")
	case dg.Fragment.Offset+length > datagramMax:
		r.fault("fragment.too-far")
	default:
		return true
	}
	return false
}

// assembly finds or begins the one that dg belongs to, and makes room for it.
func (r *Reassembly) assembly(f *layers.Frame, vlan uint32, dg *Datagram) *assembly {
	key := fragmentKey{at: f.Interface, vlan: vlan, version: dg.Version, source: dg.Source, destination: dg.Destination, id: dg.Fragment.ID}
	if dg.Version == 4 {
		key.protocol = dg.Protocol
	}
	a := r.pending[key]
	if a == nil {
		a = &assembly{key: key, began: f.Time, end: -1}
		r.pending[key] = a
		r.order = append(r.order, a)
	}
	for len(r.order) > 1 && r.bytes > ReassemblyBytes-2*datagramMax {
		oldest := r.order[0]
		if oldest == a {
			oldest = r.order[1]
		}
		r.drop(oldest)
		r.fault("fragment.dropped")
	}
	return a
}

// overhead is about what an assembly and a range in it cost beside the bytes.
const overhead = 256

func (r *Reassembly) account(a *assembly) {
	now := overhead + cap(a.data) + 16*cap(a.have) + 8*cap(a.frames)
	r.bytes += now - a.held
	a.held = now
}

func (r *Reassembly) drop(a *assembly) {
	delete(r.pending, a.key)
	i := slices.Index(r.order, a)
	r.order = slices.Delete(r.order, i, i+1)
	r.bytes -= a.held
}

// place copies the bytes of dg to where they belong. It says whether dg is now part of a.
func (r *Reassembly) place(a *assembly, dg *Datagram) bool {
	piece := layers.Range{Offset: dg.Fragment.Offset, Length: dg.Payload.Length}
	b := dg.Bytes()
	if !dg.Fragment.More {
		if a.end >= 0 && a.end != piece.End() {
			r.fault("fragment.conflict")
			return false
		}
		a.end = piece.End()
	}
	if piece.End() > len(a.data) {
		a.data = append(a.data, make([]byte, piece.End()-len(a.data))...)
	}
	overlap, differs, known := a.compare(piece, b)
	switch {
	case known && !differs:
		r.fault("fragment.repeated")
		return false
	case overlap && dg.Version == 6:
		// RFC 8200 §4.5: if any of the fragments overlap, reassembly must be abandoned.
		r.drop(a)
		r.fault("fragment.overlap")
		return false
	case differs:
		r.fault("fragment.overlap-differs")
	case overlap:
		r.fault("fragment.overlap")
	}
	a.fill(piece, b)
	return true
}

// compare looks at a piece beside what has arrived: whether they overlap, whether bytes differ there, and whether all of the
// piece is known already.
func (a *assembly) compare(piece layers.Range, b []byte) (overlap, differs, known bool) {
	for _, have := range a.have {
		from, to := max(have.Offset, piece.Offset), min(have.End(), piece.End())
		if from >= to {
			continue
		}
		overlap = true
		known = known || from == piece.Offset && to == piece.End()
		differs = differs || !bytes.Equal(a.data[from:to], b[from-piece.Offset:to-piece.Offset])
	}
	return overlap, differs, known
}

// fill copies what is new in a piece; where it overlaps, what came first stays.
func (a *assembly) fill(piece layers.Range, b []byte) {
	at, merged := piece.Offset, piece
	var have []layers.Range
	for _, h := range a.have {
		switch {
		case h.End() < piece.Offset || h.Offset > piece.End():
			continue
		case h.Offset > at:
			copy(a.data[at:h.Offset], b[at-piece.Offset:])
		}
		at = max(at, h.End())
		end := max(merged.End(), h.End())
		merged.Offset = min(merged.Offset, h.Offset)
		merged.Length = end - merged.Offset
	}
	if at < piece.End() {
		copy(a.data[at:piece.End()], b[at-piece.Offset:])
	}
	placed := false
	for _, h := range a.have {
		switch {
		case h.End() < piece.Offset:
			have = append(have, h)
		case h.Offset > piece.End():
			if !placed {
				have, placed = append(have, merged), true
			}
			have = append(have, h)
		}
	}
	if !placed {
		have = append(have, merged)
	}
	a.have = have
}
