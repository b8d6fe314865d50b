package text

import (
	"bytes"
	"strconv"
	"time"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// The columns of a packet's line: number, time, route, layer, protocol, summary.
const (
	numberWidth   = 5
	timeWidth     = 10
	layerWidth    = 12
	protocolWidth = 6
	noteIndent    = 8
	routeWidest   = 34
)

// A shownPacket is what the messages of a packet need to know of it.
type shownPacket struct {
	number    int // 0 before the first
	from, to  string
	side      layers.Side
	stream    int
	completes int // messages that are shown
	visible   bool
}

func (f *Face) showPacket(p *trace.Packet) {
	if f.origin.IsZero() {
		f.origin = p.Frame.Time
	}
	f.packet = shownPacket{number: p.Frame.Number, from: p.From, to: p.To, side: p.Side, stream: p.Stream, completes: p.Completes}
	for i := range p.Messages {
		if f.wraps(&p.Messages[i]) {
			f.packet.completes--
		}
	}
	if f.Detail == Story && !p.Milestone {
		return
	}
	pdu := f.topmost(p)
	if pdu == nil || f.folds(p) {
		return
	}
	f.packet.visible = true
	if f.breathe(); f.Detail >= Fields {
		f.blank() // each packet is a block of many lines
	}
	f.packetLine(p, pdu)
	if f.Detail >= Fields {
		f.showFields(p)
	} else {
		f.drawEnvelopes(p, pdu)
	}
	if f.Detail >= Bytes {
		f.hexDump(p)
	}
	f.comment(p)
	for i := range p.Notes {
		if p.Completes > 0 && f.known(p.Notes[i].ID).layer == layers.Application {
			continue // the message says it
		}
		f.note(&p.Notes[i])
	}
}

// breathe leaves a line empty behind what was explained at length.
func (f *Face) breathe() {
	if f.paragraphs > 0 {
		f.blank()
	}
	f.paragraphs = 0
}

// topmost is the innermost PDU among the layers that are shown, the first of several of the application, of what was
// encrypted rather than of what held it; nil when the packet has none.
func (f *Face) topmost(p *trace.Packet) *layers.PDU {
	var found *layers.PDU
	for i := range p.PDUs {
		u := &p.PDUs[i]
		if f.shows(u.Layer) && (found == nil || u.Layer != layers.Application || found.Layer != layers.Application || u.Inside && !found.Inside) {
			found = u
		}
	}
	return found
}

func (f *Face) packetLine(p *trace.Packet, u *layers.PDU) {
	f.blankBefore = false
	paint := &f.layer[u.Layer]
	f.text = strconv.AppendInt(f.text[:0], int64(p.Frame.Number), 10)
	at := f.right(&f.strong, f.text, numberWidth)
	f.text = f.appendSince(append(f.text[:0], ' '), p.Frame.Time)
	at += f.right(&f.faint, f.text, timeWidth)
	f.spaces(2)
	at = f.route(at+2, p.From, p.To)
	f.spaces(1)
	at++
	if (f.routeWidth <= 20 || f.Width >= 100) && at+layerWidth+protocolWidth <= f.Width {
		at += f.left(paint, f.labels.layer[u.Layer], layerWidth)
	}
	name := f.protocol(u.Protocol).name
	if at+len(name) > f.Width {
		f.endLine()
		f.spaces(noteIndent)
		at = noteIndent
	}
	at += f.left(paint, name, protocolWidth-1)
	f.spaces(1)
	at++
	room := f.Width - at
	if room < hangRoom {
		room = f.Width - noteIndent
	}
	summary, more := f.summary(p, u, room)
	f.hang(at, paint, summary, &f.faint, more)
}

// summary is what a packet's line says of the PDU. Where more of the same layer follow, which are shown on lines of their
// own, it is cut so that, with how many they are behind it, it takes room columns.
func (f *Face) summary(p *trace.Packet, u *layers.PDU, room int) (summary, more []byte) {
	s := bytes.TrimRight(u.Header.AppendSummary(f.text[:0]), "\r\n")
	s = terminal.MakeSafe(s, 0)
	others := 0
	if u.Layer == layers.Application {
		for i := range p.PDUs {
			if p.PDUs[i].Layer == layers.Application && &p.PDUs[i] != u && p.PDUs[i].Inside == u.Inside {
				others++
			}
		}
	}
	if others == 0 {
		f.text = truncate(s, 3*f.Width, f.glyphs.ellipsis)
		return f.text, nil
	}
	f.tail = f.appendLabel(append(f.tail[:0], ' '), "face.more-messages", layers.A("count", f.number(others)))
	f.text = truncate(s, max(room-columns(f.tail), 8), f.glyphs.ellipsis)
	return f.text, f.tail
}

// route writes who sends to whom, where the packet tells, from column at on, or, where the line has no room for that, on the
// next; and returns where the column of routes ends: it is as wide as the widest so far.
func (f *Face) route(at int, from, to string) int {
	start, wide := len(f.out), 0
	if from != "" || to != "" {
		wide = f.host(from)
		f.out = append(append(append(f.out, ' '), f.glyphs.arrow...), ' ')
		wide += f.host(to) + f.glyphs.arrowColumns + 2
	}
	if at+wide+1+protocolWidth > f.Width {
		f.name = append(f.name[:0], f.out[start:]...)
		f.out = f.out[:start]
		f.endLine()
		f.spaces(noteIndent)
		f.out = append(f.out, f.name...)
		return noteIndent + wide
	}
	f.routeWidth = min(max(f.routeWidth, wide), routeWidest, f.Width-at-1-protocolWidth)
	f.spaces(f.routeWidth - wide)
	return at + max(f.routeWidth, wide)
}

// host writes the name of a host, and returns the columns it takes.
func (f *Face) host(name string) int {
	widest := (min(routeWidest, f.Width-noteIndent-1-protocolWidth) - 3) / 2
	if len(name) <= widest && name != "*" && terminal.Plain(name) {
		f.out = append(f.out, name...)
		return len(name)
	}
	start := len(f.out)
	if name == "*" {
		f.out = append(f.out, f.labels.everyone...)
	} else {
		f.name = terminal.AppendSafe(f.name[:0], name)
		f.out = f.appendShortened(f.out, f.name, widest)
	}
	return columns(f.out[start:])
}

// appendSince adds the time since the last act: in milliseconds, from ten seconds on in seconds, from a hundred seconds on
// in hours, minutes and seconds.
func (f *Face) appendSince(dst []byte, t time.Time) []byte {
	d := t.Sub(f.origin)
	sign := byte('+')
	if d < 0 {
		d, sign = -d, '-'
	}
	dst = append(dst, sign)
	switch {
	case d >= 100*time.Second:
		return appendClock(dst, d)
	case d >= 10*time.Second:
		return f.appendSeconds(dst, d)
	}
	dst = strconv.AppendInt(dst, d.Milliseconds(), 10)
	return appendThree(append(dst, f.point...), d.Microseconds()%1000)
}

// appendClock adds d in hours, minutes and seconds.
func appendClock(dst []byte, d time.Duration) []byte {
	s := int64(d / time.Second)
	dst = strconv.AppendInt(dst, s/3600, 10)
	m := s / 60 % 60
	s %= 60
	return append(dst, ':', byte('0'+m/10), byte('0'+m%10), ':', byte('0'+s/10), byte('0'+s%10))
}

// appendSeconds adds d in seconds with three decimals.
func (f *Face) appendSeconds(dst []byte, d time.Duration) []byte {
	dst = strconv.AppendInt(dst, int64(d/time.Second), 10)
	return append(appendThree(append(dst, f.point...), d.Milliseconds()%1000), " s"...)
}

// appendThree adds n, which is below 1000, as three digits.
func appendThree(dst []byte, n int64) []byte {
	return append(dst, byte('0'+n/100), byte('0'+n/10%10), byte('0'+n%10))
}

// comment shows what the capture file's author wrote beside the frame.
func (f *Face) comment(p *trace.Packet) {
	if p.Frame.Comment != "" {
		f.paragraph(noteIndent, f.label("comment", layers.A("text", layers.String(terminal.Safe(p.Frame.Comment)))), "")
	}
}
