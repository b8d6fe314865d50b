// Package text shows a trace as lines for people: in a terminal, on a projector, to a screen reader.
//
// It knows no protocol. What happened comes as events, why comes from the lexicon; here it is only decided how both
// look. Everything from a frame passes terminal.Safe on its way out.
package text

import (
	"io"
	"time"

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
	explained   map[string]bool // ids of notes that were shown in full
	said        map[string]bool // lines of notes
	paragraphs  int             // given under the packet or message at hand
	drawn       map[string]bool // protocols whose envelopes were drawn
	origin      time.Time       // packets tell their time since then
	day         string          // of the last act
	routeWidth  int
	fold        fold
	packet      shownPacket
	dump        *dump // nil until bytes are shown
	meanings    map[meaning][]string
	ledger      []total
	interfaces  listing
}

// New returns a face that writes to w, one Write for each event.
func New(w io.Writer, o Options) *Face {
	f := &Face{
		Options: o, palette: newPalette(o.Colors), glyphs: unicodeGlyphs, w: w,
		explained: map[string]bool{}, said: map[string]bool{}, drawn: map[string]bool{}, meanings: map[meaning][]string{},
		routeWidth: 16,
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
