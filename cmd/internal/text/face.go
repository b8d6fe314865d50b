// Package text shows a trace as lines for people: in a terminal, on a projector, to a screen reader.
//
// It knows no protocol. What happened comes as events, why comes from the lexicon; here it is only decided how both
// look. Everything from a frame passes terminal.Safe on its way out.
package text

import (
	"hash/maphash"
	"io"
	"time"

	"mailwire/cmd/internal/recent"
	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// A Detail says how much of each packet is shown.
type Detail int

// The depths, from the shallowest.
const (
	Story   Detail = iota // acts, messages and milestones
	Packets               // each packet as a line, with what is new about it
	Fields                // and every field of every layer
	Bytes                 // and every byte
)

// Explain says when the sentences of a note are shown.
type Explain int

// The choices.
const (
	FirstTime Explain = iota // in full when first met, then only where there is something new to say
	Always                   // in full each time
	Never
)

// Options decide how a trace looks.
type Options struct {
	Lexicon *lexicon.Lexicon
	Width   int // in columns
	Colors  bool
	ASCII   bool
	Detail  Detail
	Explain Explain
	Layers  []layers.Layer // show only packets that reach one of these, only their notes; empty: all
	Quiet   bool           // only the title, comparisons and the summary
}

// A Face writes a trace as text.
type Face struct {
	Options
	palette
	glyphs      glyphs
	point       string // of decimals
	comma       string // between groups of three digits
	w           io.Writer
	out         []byte // of the event at hand
	started     bool   // something was written
	blankBefore bool
	labels      labels
	notes       recent.Map[known] // by id
	said        map[string]bool   // lines of notes
	repeated    sumSet            // what was told with lines that were said before
	seed        maphash.Seed
	protocols   recent.Map[protocol] // by the name in a PDU
	fields      []layers.Field       // of the header at hand
	blocks      [512]block           // lines of headers
	news        int                  // fields whose meaning was shown for the first time
	numbers     map[int]string       // in groups of three digits
	paragraphs  int                  // given under the packet or message at hand
	origin      time.Time            // packets tell their time since then
	day         string               // of the last act
	routeWidth  int
	fold        fold
	milestones  int // in a row, without a message
	packet      shownPacket
	dump        *dump // nil until bytes are shown
	ledger      []total
	interfaces  listing

	text, tail, name []byte // what is about to be written
}

// Labels are words of the face's own that stand on most lines.
type labels struct {
	layer    [len(layers.All) + 1][]byte
	everyone []byte
	side     [2][]byte
}

// A protocol is what the face remembers of one.
type protocol struct {
	name   []byte    // as people write it
	drawn  bool      // its envelopes were drawn
	sheets [32]sheet // by where its header begins and how long it is

	explained map[string]bool // the fields whose meaning was shown
}

// protocol looks one up by the name that it has in a PDU.
func (f *Face) protocol(name string) *protocol {
	p := f.protocols.Get(name)
	if p == nil {
		p = &protocol{name: []byte(layers.ProtocolName(name)), explained: map[string]bool{}}
		f.protocols.Set(name, p)
	}
	return p
}

// New returns a face that writes to w, one Write for each event.
func New(w io.Writer, o Options) *Face {
	f := &Face{
		Options: o, palette: newPalette(o.Colors), glyphs: unicodeGlyphs, w: w,
		said: map[string]bool{}, seed: maphash.MakeSeed(), numbers: map[int]string{},
		routeWidth: 16,
	}
	for _, l := range layers.All {
		f.labels.layer[l] = f.appendLabel(nil, "face.layer."+l.String())
	}
	f.labels.everyone = f.appendLabel(nil, "face.everyone")
	for _, s := range [...]layers.Side{layers.Client, layers.Server} {
		f.labels.side[s] = f.appendLabel(nil, "face.side."+s.String())
	}
	f.point, f.comma = ",", "."
	if o.Lexicon.Language() == lexicon.English {
		f.point, f.comma = ".", ","
	}
	if o.ASCII {
		f.glyphs = asciiGlyphs
	}
	return f
}

// Narrates says that a story shows no packet but milestones.
func (f *Face) Narrates() bool { return f.Detail == Story }

// Show writes one event.
func (f *Face) Show(e trace.Event) error {
	f.out = f.out[:0]
	if _, more := e.(*trace.Remark); !more && f.interfaces.count > 0 {
		f.endList()
	}
	switch e := e.(type) {
	case *trace.Title:
		f.showTitle(e)
	case *trace.Ledger:
		f.showLedger(e)
	case *trace.Board:
		f.endLedger()
	case *trace.Start:
		if f.origin.IsZero() {
			f.origin = e.Time
		}
	case *trace.Story:
		f.endLedger()
		f.endFold()
		f.showEnding(e)
	case *trace.Comparison:
		f.showComparison(e)
	case *trace.Summary:
		f.endLedger()
		f.endFold()
		f.showSummary(e)
	case *trace.Damage:
		f.endFold()
		f.showDamage(e)
	case *trace.Remark:
		f.endFold()
		f.showRemark(e)
	default:
		if !f.Quiet {
			f.showStep(e)
		}
	}
	if len(f.out) == 0 {
		return nil
	}
	f.started = true
	_, err := f.w.Write(f.out)
	return err
}

// showStep shows what happens between the title and the summary.
func (f *Face) showStep(e trace.Event) {
	switch e := e.(type) {
	case *trace.Packet:
		f.showPacket(e)
	case *trace.Message:
		f.showMessage(e)
	case *trace.Contact:
		f.showContact(e)
	case *trace.Act:
		f.endFold()
		f.showAct(e)
	case *trace.State:
		f.endFold()
		f.showState(e)
	case *trace.Drop:
		f.endFold()
		f.showDrop(e)
	}
}

// shows says whether a layer is among those asked for.
func (f *Face) shows(l layers.Layer) bool {
	if len(f.Layers) == 0 {
		return true
	}
	for _, wanted := range f.Layers {
		if wanted == l {
			return true
		}
	}
	return false
}

// label is a word or line of the face's own, in the reader's language.
func (f *Face) label(id string, args ...layers.Arg) string {
	return f.Lexicon.Label("face."+id, args...)
}

// appendLabel adds the label with the whole id to dst.
func (f *Face) appendLabel(dst []byte, id string, args ...layers.Arg) []byte {
	return f.Lexicon.AppendLine(dst, layers.Note{ID: id, Args: args})
}
