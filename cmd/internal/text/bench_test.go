package text

import (
	"io"
	"testing"

	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
	"mailwire/scenarios"
)

// A hearer hands each packet that carries a mail's content to do, with the message that it completes, if any.
type hearer struct {
	packet *trace.Packet
	do     func(*trace.Packet, *trace.Message)
}

func (h *hearer) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.Packet:
		h.packet = e
		if e.Completes == 0 {
			h.do(e, nil)
		}
	case *trace.Message:
		if h.packet.Completes == 1 {
			h.do(h.packet, e)
		}
	}
	return nil
}

// play runs a scenario with a picture in a mail for a hearer.
func play(tb testing.TB, do func(*trace.Packet, *trace.Message)) {
	tb.Helper()
	source, _ := scenarios.Shipped("first-mail")
	s, err := scenarios.Load(source, nil)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := s.Run(scenarios.Options{Language: lexicon.English, Face: &hearer{do: do}}); err != nil {
		tb.Fatal(err)
	}
}

var details = map[string]Detail{"story": Story, "packets": Packets, "fields": Fields, "bytes": Bytes}

func newFace(o Options) *Face {
	o.Lexicon = lexicon.New(lexicon.English, lexicon.Notes, words.Source)
	return New(io.Discard, o)
}

func showBoth(tb testing.TB, f *Face, p *trace.Packet, m *trace.Message) {
	tb.Helper()
	if err := f.Show(p); err != nil {
		tb.Fatal(err)
	}
	if m == nil {
		return
	}
	if err := f.Show(m); err != nil {
		tb.Fatal(err)
	}
}

// A still header says what another one said: what is measured with it is the face alone.
type still struct {
	summary []byte
	fields  []layers.Field
}

func (s *still) AppendSummary(dst []byte) []byte { return append(dst, s.summary...) }

func (s *still) AppendFields(dst []layers.Field) []layers.Field { return append(dst, s.fields...) }

// TestShowingAllocatesNothing: once what a trace holds has been met, a packet is shown without an allocation, in colour or
// without, in a narrow terminal or a wide one.
func TestShowingAllocatesNothing(t *testing.T) {
	for name, detail := range details {
		for _, o := range []Options{{Width: 80}, {Width: 120, Colors: true}, {Width: 100, ASCII: true, Explain: Never}} {
			o.Detail = detail
			f := newFace(o)
			play(t, func(p *trace.Packet, m *trace.Message) {
				if m != nil && len(m.Packets) > 1 {
					return // its list of packets is made a string
				}
				for i := range p.PDUs {
					h := p.PDUs[i].Header
					p.PDUs[i].Header = &still{h.AppendSummary(nil), h.AppendFields(nil)}
				}
				for range 4 {
					showBoth(t, f, p, m)
				}
				if n := testing.AllocsPerRun(10, func() { showBoth(t, f, p, m) }); n != 0 {
					t.Errorf("%s, %d columns: %v allocations for packet %d", name, o.Width, n, p.Frame.Number)
				}
			})
		}
	}
}

// BenchmarkShow shows a segment of TCP with a command of SMTP, and the command.
func BenchmarkShow(b *testing.B) {
	for _, name := range []string{"story", "packets", "fields", "bytes"} {
		b.Run(name, func(b *testing.B) {
			f := newFace(Options{Width: 80, Detail: details[name]})
			done := false
			play(b, func(p *trace.Packet, m *trace.Message) {
				if done || m == nil || m.Verb != "MAIL" {
					return
				}
				done = true
				b.ReportAllocs()
				for b.Loop() {
					showBoth(b, f, p, m)
				}
				b.SetBytes(int64(len(f.out)))
			})
		})
	}
}
