package trace

import (
	"net/netip"
	"time"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/internet"
	"mailwire/layers/transport/tcp"
	"mailwire/layers/transport/tcp/observe"
)

// followTCP reads the TCP segment that dg carries, what it means in its connection, and what it completes.
func (f *Follower) followTCP(frame *layers.Frame, dg *internet.Datagram) {
	err := f.tcp.Decode(dg.Bytes(), dg.Payload.Offset, dg.Payload.Length+dg.Missing)
	at := len(f.packet.PDUs)
	f.packet.PDUs, _ = layers.Add(f.packet.PDUs, layers.Transport, "tcp", dg.Payload.Offset, len(f.tcp.View), &f.tcp)
	if len(f.tcp.View) < tcp.MinHeader || err != nil {
		f.note(layers.N("tcp.header-unreadable"))
		return
	}
	unfinished := f.readSegment(frame, dg)
	seen := f.observer.Observe(&f.segment)
	c, ok := seen.Stream.Owner.(*conversation)
	if !ok {
		c = newConversation(seen.Stream)
		c.record = f.open(seen.Stream, frame)
		seen.Stream.Owner = c
	}
	c.record.Segment(c.side(seen.From), seen, &f.segment, frame.Length)
	f.packet.Stream, f.packet.PDUs[at].Stream = seen.Stream.Number, seen.Stream.Number
	f.tcp.Relative, f.tcp.RelativeSeq, f.tcp.RelativeAck = true, seen.Sequence, seen.Acknowledge
	f.tcp.Scaled, f.tcp.ScaledWindow = true, uint32(seen.Window)
	f.tcp.Analysis = seen.Analysis
	f.mark(c, seen)
	if f.looks {
		f.noteSegment(c, seen)
		f.noteChecksum(seen, unfinished)
	}
	for _, s := range seen.Dropped {
		if !seen.Says(observe.PortReuse) {
			f.note(layers.N("trace.forgotten"))
		}
		f.finish(s)
	}
	for i := range seen.Deliveries {
		d := &seen.Deliveries[i]
		var others []int
		if d.Frame == frame.Number {
			others = dg.Frames
		}
		f.arrive(c, d, others)
	}
	f.packet.Source, f.packet.Destination, f.packet.Side = f.segment.Source, f.segment.Destination, c.side(seen.From)
	if kept := len(f.segment.Payload); kept > 0 && dg.Frames == nil {
		f.packet.Payload, f.packet.Offset = layers.Range{Offset: dg.Payload.Offset + len(f.tcp.View), Length: kept}, seen.Offset
	}
	f.describe(c, seen, dg)
	f.noteOverlap(seen)
	if seen.Stream.Finished() {
		f.sumUp(c)
		c.settle(&f.tails)
		f.book.End(c.record)
	}
	if f.segment.Length > 0 || len(seen.Deliveries) > 0 {
		f.observer.Weigh(seen.Stream, c.weight())
	}
}

// sumUp notes what there is to say of a conversation that is over.
func (f *Follower) sumUp(c *conversation) {
	if d, ok := c.dialogue.(interface{ Farewell() (layers.Note, bool) }); ok {
		if n, worth := d.Farewell(); worth {
			f.note(n)
		}
	}
}

// readSegment fills in f.segment. unfinished says that its checksum was left to the network card.
func (f *Follower) readSegment(frame *layers.Frame, dg *internet.Datagram) (unfinished bool) {
	v := f.tcp.View
	g := &f.segment
	g.Source = netip.AddrPortFrom(dg.Source, v.SourcePort())
	g.Destination = netip.AddrPortFrom(dg.Destination, v.DestinationPort())
	g.Network, g.Interface = uint64(f.decoded.Link.VLAN), frame.Interface.Index
	g.Frame, g.Time = frame.Number, frame.Time
	g.Sequence, g.Acknowledgment = v.Seq(), v.Ack()
	g.Flags, g.Window, g.WindowScale = v.Flags(), v.Window(), -1
	g.Payload, g.Length, g.ChecksumWrong = nil, f.tcp.DataSize, false
	if len(v) == v.HeaderLen() {
		g.Payload = dg.Bytes()[len(v):]
	}
	if dg.Missing == 0 {
		const field = 16 // RFC 9293 §3.1
		ok, known := dg.ChecksumOK(dg.Payload.Length)
		unfinished = known && !ok && dg.ChecksumUnfinished(dg.Payload.Length, field)
		g.ChecksumWrong = known && !ok && !unfinished
	}
	if g.Flags&tcp.SYN != 0 {
		r := tcp.NewOptionReader(v.Options())
		for o, ok := r.Next(); ok; o, ok = r.Next() {
			if o.Kind == tcp.WindowScale && !o.Bad {
				g.WindowScale = int8(min(o.Data[0], 14)) // RFC 7323 §2.3: more than 14 counts as 14
			}
		}
	}
	return unfinished
}

// offeredMSS is the largest segment that the header says its sender takes; 0 when it does not say.
func offeredMSS(v tcp.View) int {
	r := tcp.NewOptionReader(v.Options())
	for o, ok := r.Next(); ok; o, ok = r.Next() {
		if o.Kind == tcp.MaxSegment && !o.Bad {
			return int(o.Data[0])<<8 | int(o.Data[1])
		}
	}
	return 0
}

// arrive takes the next piece of a side's stream as TCP has delivered it. others are further frames that showed it.
func (f *Follower) arrive(c *conversation, d *observe.Delivery, others []int) {
	if len(d.Bytes) > 0 {
		f.takeTurn(c, c.side(d.From))
	}
	if d.Gap > 0 {
		f.noteGap(d)
		c.record.Gap(c.side(d.From), d.Gap, d.Cut)
	}
	f.read(c, d, others)
}

// takeTurn counts a round trip where the server answers what the client has said.
func (f *Follower) takeTurn(c *conversation, from layers.Side) {
	if from == layers.Client {
		c.asked = true
	} else if c.asked {
		c.asked = false
		f.summary.RoundTrips++
	}
}

// read takes the next piece of a side's stream, which a frame and perhaps others have shown.
func (f *Follower) read(c *conversation, d *observe.Delivery, others []int) {
	if len(d.Bytes) > 0 {
		c.ways[c.side(d.From)].show(d.Offset, d.Offset+int64(len(d.Bytes)), d.Time, d.Frame, others)
	}
	f.pass(c, d)
}

// pass gives a piece to whoever is to have it.
func (f *Follower) pass(c *conversation, d *observe.Delivery) {
	if c.overture != nil {
		f.listen(c, d)
		return
	}
	f.give(c, c.side(d.From), d)
}

// listen keeps what is said until the protocol is known.
func (f *Follower) listen(c *conversation, d *observe.Delivery) {
	c.overture.keep(*d)
	if !c.overture.spoken() && !d.Last {
		return
	}
	p, turned := c.recognise()
	if p == nil && !d.Last && !c.overture.full() {
		return
	}
	if p == nil && c.overture.spoken() {
		f.note(layers.N("trace.unknown-protocol"))
	}
	if p != nil && c.before != nil {
		f.note(layers.N("trace.behind-proxy", layers.A("protocol", layers.String(layers.ProtocolName(p.name)))))
		c.before = nil
	}
	pieces := c.overture.pieces
	if turned != c.turned {
		c.turned = turned
		c.ways[0], c.ways[1] = c.ways[1], c.ways[0]
	}
	f.start(c, p)
	for i := range pieces {
		f.pass(c, &pieces[i])
	}
}

// give hands a piece to the dialogue and takes the messages it completes.
func (f *Follower) give(c *conversation, side layers.Side, d *observe.Delivery) {
	w := &c.ways[side]
	if d.Last {
		if c.dialogue != nil {
			c.dialogue.End(side)
			f.drain(c)
		}
		if c.inner != nil {
			f.carry(c, side, &application.Carried{Last: true}, d.Time, nil)
		}
		return
	}
	w.read = d.Offset + int64(len(d.Bytes)) + d.Gap
	if c.dialogue == nil {
		w.forget(w.read)
		return
	}
	if d.Gap > 0 {
		w.tail = w.tail[:0]
		c.dialogue.Gap(side, d.Gap)
	} else {
		foreign := min(max(0, w.base-d.Offset), int64(len(d.Bytes))) // what is left of the protocol before
		w.given(d.Bytes, &f.tails)
		if c.before != nil && foreign < int64(len(d.Bytes)) && c.reconsider(side, d.Bytes[foreign:]) {
			f.note(layers.N("trace.deciphered"))
		}
		f.keepMails(c)
		if t, ok := c.dialogue.(timed); ok {
			t.At(d.Time)
		}
		c.dialogue.Receive(side, d.Bytes[foreign:])
	}
	f.drain(c)
	if u, ok := c.dialogue.Upgrade(); ok {
		again := f.upgrade(c, u)
		if c.dialogue == nil && c.overture == nil {
			f.note(layers.N("trace.not-followed"))
		}
		for i := range again {
			f.pass(c, &again[i])
		}
	}
}

// keepMails asks a dialogue that has just begun for its mails.
func (f *Follower) keepMails(c *conversation) {
	if f.options.Mails == nil || c.kept == c.dialogue {
		return
	}
	c.kept = c.dialogue
	if keeper, ok := c.dialogue.(application.Keeper); ok {
		keeper.KeepMails(func(start application.MailStart) application.MailWriter {
			return f.options.Mails(c.stream.Number, start)
		})
	}
}

// A timed dialogue wants to know when the bytes were seen that it receives next.
type timed interface{ At(time.Time) }

// drain takes the messages that the dialogue has completed.
func (f *Follower) drain(c *conversation) {
	for heard, ok := c.dialogue.Next(); ok; heard, ok = c.dialogue.Next() {
		m := f.room()
		m.Message = heard
		w := &c.ways[m.From]
		m.Offset += w.base
		w.hide(&m.Message)
		f.book.Message(c.record, &m.Message) // with its secrets, of which the story keeps none
		from := len(f.numbers)
		f.numbers = w.appendFrames(f.numbers, m.Offset, m.Offset+m.Length)
		m.Stream, m.Within, m.Ends, m.Names = c.stream.Number, c.within, c.ends(), c.names
		m.Packets, m.Time = f.numbers[from:len(f.numbers):len(f.numbers)], w.time
		f.keep(m)
		if m.Inside != nil {
			f.carry(c, m.From, m.Inside, w.time, m.Packets)
		}
	}
}

// carry gives what a message of c carried, in some frames, to the conversation inside.
func (f *Follower) carry(c *conversation, side layers.Side, piece *application.Carried, at time.Time, frames []int) {
	if c.inner == nil {
		c.inner = f.inside(c)
	}
	w := &c.inner.ways[side]
	if w.ended {
		return
	}
	w.ended = piece.Last
	d := observe.Delivery{From: side, Offset: w.carried, Bytes: piece.Bytes, Gap: piece.Gap, Last: piece.Last, Time: at}
	if last := len(frames) - 1; last >= 0 {
		d.Frame, frames = frames[last], frames[:last]
	}
	w.carried += int64(len(piece.Bytes)) + piece.Gap
	f.read(c.inner, &d, frames)
}

// inside begins the conversation that the messages of c carry.
func (f *Follower) inside(c *conversation) *conversation {
	inner := &conversation{stream: c.stream, record: c.record, names: c.names, within: c.name(), begun: true, hint: protocolInside(c.ends()[layers.Server].Port())}
	switch {
	case c.mail == nil:
		inner.overture = &overture{}
	case c.mail.inside != nil:
		inner.protocol, inner.dialogue = c.mail, c.mail.inside(false)
	}
	return inner
}

// finish ends a conversation whose connection will not be seen again.
func (f *Follower) finish(s *observe.Stream) {
	c, ok := s.Owner.(*conversation)
	if !ok {
		return
	}
	deliveries := f.observer.Finish(s)
	for i := range deliveries {
		f.arrive(c, &deliveries[i], nil)
	}
	f.book.End(c.record)
	s.Owner = nil
}

// pending is the message of which a part has come from side.
func (c *conversation) pending(side layers.Side) (m application.Message, ok bool) {
	if c.dialogue == nil {
		return m, false
	}
	m, ok = c.dialogue.Pending(side)
	m.Offset += c.ways[side].base
	return m, ok
}
