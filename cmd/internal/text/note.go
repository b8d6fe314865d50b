package text

import (
	"hash/maphash"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
)

// A known note is what the face remembers of an id.
type known struct {
	layer     layers.Layer // zero for a note that belongs to none
	reference string
	explained bool   // it was shown in full
	told      uint64 // the sum of the last note with the id that had nothing new to say
}

// known looks an id up, in the lexicon the first time.
func (f *Face) known(id string) *known {
	k := f.notes.Get(id)
	if k == nil {
		e, _ := f.Lexicon.Entry(id)
		k = &known{layer: e.Layer, reference: e.Reference}
		f.notes.Set(id, k)
	}
	return k
}

// saidMax bounds what is remembered of lines.
const saidMax = 1 << 14

// paragraphsAtOnce is how many paragraphs are given under one packet or message. What else is new there has its line,
// and its paragraph when it is met again: nobody learns six things from one packet.
const paragraphsAtOnce = 2

// fresh says whether a note has something to say that has not been said.
func (f *Face) fresh(n *layers.Note) bool {
	if f.Explain == Never || n.ID == "" {
		return false
	}
	k := f.known(n.ID)
	if k.layer != 0 && !f.shows(k.layer) {
		return false
	}
	if f.Explain == Always || !k.explained {
		return true
	}
	if len(n.Args) == 0 {
		return false
	}
	told := f.sum(n)
	if told == k.told || f.repeated.has(told) {
		k.told = told
		return false
	}
	f.text = f.Lexicon.AppendLine(f.text[:0], *n)
	if !f.said[string(f.text)] {
		return true
	}
	f.repeated.add(told)
	return false
}

// A sumSet remembers the sums of notes that have nothing to say any more, saidMax of them before it begins anew. Each stands at
// its own place of the table or, where that is taken, at the next free one.
type sumSet struct {
	table [2 * saidMax]uint64
	count int
}

func (s *sumSet) place(sum uint64) *uint64 {
	at := sum % uint64(len(s.table))
	for s.table[at] != 0 && s.table[at] != sum {
		at = (at + 1) % uint64(len(s.table))
	}
	return &s.table[at]
}

func (s *sumSet) has(sum uint64) bool { return *s.place(sum) != 0 }

func (s *sumSet) add(sum uint64) {
	if s.count >= saidMax {
		*s = sumSet{}
	}
	if place := s.place(sum); *place == 0 {
		*place = sum
		s.count++
	}
}

// sum is a number for a note with its arguments, so that one that was found to say nothing new need not be put into words to
// find that again. A checksum is another in each packet and no news for that: of notes that differ in such numbers alone, each
// stream has one.
func (f *Face) sum(n *layers.Note) uint64 {
	sum := maphash.String(f.seed, n.ID)
	for i := range n.Args {
		v := &n.Args[i].Value
		part := v.Number()
		if v.Kind() == layers.Hex && v.Name() == "" {
			part = uint64(f.packet.stream)
		}
		if k := v.Kind(); k != layers.Number && k != layers.Hex && k != layers.Boolean {
			f.text = v.Append(f.text[:0])
			part = maphash.Bytes(f.seed, f.text)
		}
		sum = (sum ^ part) * 0x9e3779b97f4a7c15
		sum ^= sum >> 32
	}
	return sum | 1<<63 // 0 is nobody's
}

// note writes a note under what it explains. Met first, it has its line and its paragraph; later its line alone, and that
// only if it says something that it has not said before.
func (f *Face) note(n *layers.Note) {
	if !f.fresh(n) {
		return
	}
	k := f.known(n.ID)
	f.repeated.add(f.sum(n))
	f.text = f.Lexicon.AppendLine(f.text[:0], *n)
	if len(f.said) < saidMax && !f.said[string(f.text)] {
		f.said[string(f.text)] = true
	}
	f.text = terminal.MakeSafe(f.text, 0)
	if f.Explain == FirstTime && (k.explained || f.paragraphs == paragraphsAtOnce) {
		k.explained = k.explained || f.Lexicon.Why(*n) == ""
		f.prose(noteIndent, &f.bare, f.text, "")
		return
	}
	k.explained = true
	why := terminal.Safe(f.Lexicon.Why(*n))
	if why == "" {
		f.prose(noteIndent, &f.bare, f.text, "")
		return
	}
	f.paragraphs++
	f.prose(noteIndent, &f.strong, f.text, "")
	f.prose(noteIndent+2, &f.bare, []byte(why), k.reference)
}
