package internet

import (
	"net/netip"
	"time"

	"mailwire/layers"
)

// The bounds of what a Reassembly keeps.
const (
	ReassemblyTime  = 60 * time.Second // RFC 8200 §4.5; RFC 1122 §3.3.2 wants 60 to 120 seconds for IPv4
	ReassemblyBytes = 8 << 20          // for all unfinished datagrams together
	datagramMax     = 65535
	toldMax         = 2 // unfinished datagrams that are told one by one in the notes on one frame
)

// A Reassembly puts fragments together again (RFC 791 §3.2, RFC 8200 §4.5), within bounds of time and memory.
type Reassembly struct {
	pending        map[fragmentKey]*assembly
	oldest, newest *assembly // the same, in order of their first fragment
	bytes          int
	whole          Datagram
	notes          []layers.Note
	space          layers.ArgSpace
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

// NewReassembly returns one that keeps ReassemblyBytes at most, each datagram for ReassemblyTime.
func NewReassembly() *Reassembly {
	return &Reassembly{pending: map[fragmentKey]*assembly{}}
}

// Waits says whether there may be something to tell at the next frame, or to forget.
func (r *Reassembly) Waits() bool { return r.oldest != nil || len(r.notes) > 0 }

// Expire begins the notes on a new frame, and forgets what has waited too long at its time. It returns notes on that, valid
// until the next frame.
func (r *Reassembly) Expire(now time.Time) []layers.Note {
	r.notes = r.notes[:0]
	r.space.Reset()
	silent := 0
	for r.oldest != nil && now.Sub(r.oldest.began) > ReassemblyTime {
		a := r.oldest
		r.drop(a)
		switch {
		case a.dead:
		case len(r.notes) < toldMax:
			r.note("fragment.timeout", a.about(layers.A("missing", layers.String(a.missing())))...)
		default:
			silent++
		}
	}
	if silent > 0 {
		r.note("fragment.timeouts", layers.A("count", layers.Int(silent)))
	}
	return r.notes
}

// Add takes the fragment dg that lies in f and copies what it needs. It returns the whole datagram when dg was the last
// that it lacked, valid until the next call, and notes on what was wrong, valid until the next frame.
func (r *Reassembly) Add(f *layers.Frame, vlan uint32, dg *Datagram) (*Datagram, []layers.Note) {
	from := len(r.notes)
	whole := r.add(f, vlan, dg)
	return whole, r.notes[from:]
}

func (r *Reassembly) add(f *layers.Frame, vlan uint32, dg *Datagram) *Datagram {
	if !r.sound(dg) {
		return nil
	}
	a := r.assembly(f, vlan, dg)
	if a.dead {
		r.note("fragment.of-dropped")
		return nil
	}
	if !r.place(a, dg) {
		return nil
	}
	a.frames = append(a.frames, f.Number)
	r.account(a)
	if dg.Fragment.Offset == 0 {
		a.head = *dg
	}
	if a.end < 0 || len(a.have) != 1 || a.have[0] != (layers.Range{Length: a.end}) {
		if !dg.Fragment.More {
			r.note("fragment.waiting", layers.A("missing", layers.String(a.missing())))
		}
		return nil
	}
	r.drop(a)
	r.whole = a.head
	r.whole.Data, r.whole.Payload, r.whole.Missing = a.data, layers.Range{Length: a.end}, 0
	r.whole.Fragment, r.whole.Frames = Fragment{}, a.frames
	return &r.whole
}

func (r *Reassembly) note(id string, args ...layers.Arg) {
	r.notes = append(r.notes, r.space.N(id, args...))
}

// sound says whether a fragment can be part of a datagram.
func (r *Reassembly) sound(dg *Datagram) bool {
	length := dg.Payload.Length
	switch {
	case dg.Missing > 0:
		r.note("fragment.incomplete")
	case length == 0:
		r.note("fragment.empty")
	case dg.Fragment.More && length%8 != 0:
		// RFC 8200 §4.5: the length of all but the last is a multiple of 8; RFC 791 §3.2 counts in units of 8.
		r.note("fragment.length")
	case dg.Fragment.Offset+length > datagramMax:
		r.note("fragment.too-far")
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
		a = &assembly{key: key, began: f.Time, end: -1, older: r.newest}
		if r.newest != nil {
			r.newest.newer = a
		} else {
			r.oldest = a
		}
		r.newest = a
		r.pending[key] = a
		r.account(a)
	}
	told := false
	for r.bytes > ReassemblyBytes-2*datagramMax {
		oldest := r.oldest
		if oldest == a {
			if oldest = a.newer; oldest == nil {
				break
			}
		}
		r.drop(oldest)
		if !told && !oldest.dead {
			told = true
			r.note("fragment.dropped", oldest.about()...)
		}
	}
	return a
}

// overhead is about what an assembly and its place in the map cost beside the bytes.
const overhead = 512

func (r *Reassembly) account(a *assembly) {
	now := overhead + cap(a.data) + 16*cap(a.have) + 8*cap(a.frames)
	r.bytes += now - a.held
	a.held = now
}

func (r *Reassembly) drop(a *assembly) {
	delete(r.pending, a.key)
	if a.newer != nil {
		a.newer.older = a.older
	} else {
		r.newest = a.older
	}
	if a.older != nil {
		a.older.newer = a.newer
	} else {
		r.oldest = a.newer
	}
	a.older, a.newer = nil, nil
	r.bytes -= a.held
}

// place copies the bytes of dg to where they belong. It says whether dg is now part of a.
func (r *Reassembly) place(a *assembly, dg *Datagram) bool {
	piece := layers.Range{Offset: dg.Fragment.Offset, Length: dg.Payload.Length}
	b := dg.Bytes()
	if a.contradicts(piece, !dg.Fragment.More) {
		r.note("fragment.conflict")
		return false
	}
	if !dg.Fragment.More {
		a.end = piece.End()
	}
	shared, differs, known := a.compare(piece, b)
	from, to := layers.A("from", layers.Int(shared.Offset)), layers.A("to", layers.Int(max(shared.End()-1, 0)))
	switch {
	case known && !differs:
		r.note("fragment.repeated")
		return false
	case shared.Length > 0 && dg.Version == 6:
		// RFC 8200 §4.5: reassembly must be abandoned, and what arrives later of the same packet be discarded too.
		a.kill()
		r.account(a)
		r.note("fragment.overlap-drops", from, to)
		return false
	case differs:
		r.note("fragment.overlap-differs", from, to)
	case shared.Length > 0:
		r.note("fragment.overlap", from, to)
	}
	a.fill(piece, b)
	return true
}
