package trace

import (
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/internet"
	"mailwire/layers/transport/tcp/observe"
)

// A part is the bytes of a message that one segment carries: the header of an application PDU.
type part struct {
	message     application.Message // the zero value for bytes that are no message's, or not known to be
	start, end  int64               // in the stream
	at          int                 // of its first byte in the frame
	ended       bool                // the message's last byte is known
	inside      bool                // the bytes were encrypted or compressed: they have no place in the frame
	showSecrets bool
}

// parts hands out parts whose space is used again for each packet.
type parts struct {
	all  []*part
	used int
}

func (p *parts) reset() { p.used = 0 }

func (p *parts) next() *part {
	if p.used == len(p.all) {
		p.all = append(p.all, &part{})
	}
	p.used++
	return p.all[p.used-1]
}

// describe adds a PDU for each message of which the segment carries bytes, and for bytes that belong to none; behind them
// those for what was inside these messages.
func (f *Follower) describe(c *conversation, seen *observe.Observation, dg *internet.Datagram) {
	if f.segment.Length == 0 && len(seen.Deliveries) == 0 {
		return // most acknowledgements
	}
	side := c.side(seen.From)
	f.summary.data(c, f.segment.Length)
	start, kept := seen.Offset, len(f.segment.Payload)
	at := dg.Payload.Offset + len(f.tcp.View)
	for _, p := range f.divide(c, side, start, start+int64(kept)) {
		p.at = at + int(p.start-start)
		f.packet.PDUs = append(f.packet.PDUs, layers.PDU{Layer: layers.Application, Protocol: p.message.Protocol,
			Offset: p.at, Length: int(p.end - p.start), Stream: c.stream.Number, Header: p})
	}
	if f.looks {
		f.hideSegment(c, side, start, at, kept)
	}
	if kept > 0 && side == layers.Client && !f.options.ShowSecrets && seen.Says(observe.Damaged) {
		// Its number may be what was damaged, and then nobody knows what lies here.
		f.packet.Secrets = append(f.packet.Secrets, layers.Range{Offset: at, Length: kept})
	}
	for inner := c.inner; inner != nil; inner = inner.inner {
		f.describeInside(inner, side, at)
	}
}

// describeInside adds a PDU for each message of which bytes became readable with this packet. They have no place of their
// own in the frame: they stand where the application's bytes begin, with length 0.
func (f *Follower) describeInside(c *conversation, side layers.Side, at int) {
	w := &c.ways[side]
	f.summary.inside(c, int(w.carried-w.packet))
	for _, p := range f.divide(c, side, w.packet, w.carried) {
		p.at, p.inside = at, true
		f.packet.PDUs = append(f.packet.PDUs, layers.PDU{Layer: layers.Application, Protocol: p.message.Protocol,
			Offset: at, Stream: c.stream.Number, Inside: true, Header: p})
	}
	c.ways[0].packet, c.ways[1].packet = c.ways[0].carried, c.ways[1].carried
}

// divide makes parts of the bytes of a side from start up to end, by message, in order; none where nobody looks.
func (f *Follower) divide(c *conversation, side layers.Side, start, end int64) []*part {
	w := &c.ways[side]
	pending, unfinished := c.pending(side)
	if unfinished {
		w.hidePart(&pending)
		w.pending = keepsOf(&pending)
	} else {
		w.partial, w.pending = w.partial[:0], 0
	}
	first := f.parts.used
	if start < end && f.looks {
		for i := range f.messages {
			if m := &f.messages[i]; m.Stream == c.stream.Number && m.Within == c.within && m.From == side {
				f.claim(first, &m.Message, start, end, true)
			}
		}
		if unfinished {
			f.claim(first, &pending, start, end, false)
		}
		f.claim(first, &application.Message{Protocol: c.name(), Offset: start, Length: end - start}, start, end, false)
	}
	if unfinished {
		w.forget(pending.Offset)
	} else {
		w.forget(w.read)
	}
	return f.parts.all[first:f.parts.used]
}

// claim makes parts of those bytes of m between start and end that no other message has claimed. A message that is
// complete before another that surrounds it (a literal within a command) has them first.
func (f *Follower) claim(first int, m *application.Message, start, end int64, ended bool) {
	low, high := max(start, m.Offset), min(end, m.Offset+m.Length)
	claimed := f.parts.all[first:f.parts.used]
	place := len(claimed)
	for place > 0 && claimed[place-1].end > low {
		place--
	}
	for low < high {
		until := high
		if place < len(claimed) {
			until = min(until, claimed[place].start)
		}
		if low < until {
			p := f.parts.next()
			*p = part{message: *m, start: low, end: until, ended: ended, showSecrets: f.options.ShowSecrets}
			all := f.parts.all[first:f.parts.used]
			copy(all[place+1:], all[place:len(all)-1])
			all[place] = p
			claimed = all
			place++
		}
		if place == len(claimed) {
			return
		}
		low = max(low, claimed[place].end)
		place++
	}
}

// AppendSummary adds the first line of a message that begins here; of the midst of one its kind and which bytes of it
// these are, counted from 1; of other bytes how many they are.
func (p *part) AppendSummary(dst []byte) []byte {
	m := &p.message
	switch {
	case m.Kind == "":
		return append(strconv.AppendInt(dst, p.end-p.start, 10), " bytes"...)
	case p.start == m.Offset && m.Text != "" && (p.ended || m.Kind != application.Data):
		return append(dst, p.line()...)
	}
	dst = append(dst, m.Kind...)
	if m.Verb != "" {
		dst = append(append(dst, ' '), m.Verb...)
	}
	dst = append(dst, " bytes "...)
	dst = strconv.AppendInt(dst, p.start-m.Offset+1, 10)
	dst = append(dst, '-')
	dst = strconv.AppendInt(dst, p.end-m.Offset, 10)
	if p.ended {
		dst = append(dst, " of "...)
		dst = strconv.AppendInt(dst, m.Length, 10)
	}
	return dst
}

// line is the first line of the message's text.
func (p *part) line() string {
	text := p.message.Text
	if !p.showSecrets {
		text = maskText(text, p.message.Secrets)
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r")
}

// AppendFields adds the fields of the message that lie in these bytes, and its kind.
func (p *part) AppendFields(dst []layers.Field) []layers.Field {
	from := int(p.start - p.message.Offset)
	for _, field := range p.message.Fields {
		if field.Range.Length > 0 && (field.Range.Offset < from || field.Range.End() > from+int(p.end-p.start)) {
			continue
		}
		if field.Range.Length > 0 {
			field.Range.Offset += p.at - from
		} else if from > 0 {
			continue
		}
		if p.inside {
			field.Range = layers.Range{}
		}
		if !p.showSecrets {
			maskField(&field)
		}
		dst = append(dst, field)
	}
	return dst
}
