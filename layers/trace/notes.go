package trace

import (
	"slices"

	"mailwire/layers"
	"mailwire/layers/internet"
	"mailwire/layers/transport/tcp"
	"mailwire/layers/transport/tcp/observe"
)

// notesMax is how many notes a packet has at most: more would teach nothing.
const notesMax = 12

// note adds a note on the situation of the present packet.
func (f *Follower) note(n layers.Note) { f.situation = append(f.situation, n) }

// explain puts the packet's notes together: the envelopes that the trace shows for the first time, what is worth saying
// about the others, the situation in the conversation, and the messages that are complete with this packet. Of several
// messages' notes with one id the first stands for all.
func (f *Follower) explain(decoded []layers.Note) {
	notes := f.packet.Notes
	for i := range f.packet.PDUs {
		if p := f.packet.PDUs[i].Protocol; f.packet.PDUs[i].Layer != layers.Application && p != "data" && !f.seen[p] {
			f.seen[p] = true
			notes = append(notes, layers.N(p))
		}
	}
	notes = append(notes, decoded...)
	notes = append(notes, f.situation...)
	for i := range f.messages {
		for _, n := range f.messages[i].Notes {
			if len(notes) < notesMax && !holds(notes, n.ID) {
				notes = append(notes, n)
			}
		}
	}
	f.packet.Notes = notes[:min(len(notes), notesMax)]
}

// noteQuoted notes which connection an ICMP error is about.
func (f *Follower) noteQuoted(q *internet.Flow) {
	if s := f.observer.Find(q.Source, q.Destination, uint64(f.decoded.Link.VLAN)); s != nil {
		f.note(layers.N("icmp.about-stream", layers.A("stream", layers.Int(s.Number)), layers.A("from", layers.String(f.name(q.Source.Addr()))), layers.A("to", layers.String(f.name(q.Destination.Addr())))))
	}
}

func holds(notes []layers.Note, id string) bool {
	for i := range notes {
		if notes[i].ID == id {
			return true
		}
	}
	return false
}

// mark finds whether the present segment is a milestone, and what its SYN tells of its sender.
func (f *Follower) mark(c *conversation, seen *observe.Observation) {
	if seen.Says(observe.Damaged) {
		return // whatever its flags say, nobody obeys them
	}
	if f.segment.Flags&tcp.SYN != 0 {
		c.mss[seen.From] = offeredMSS(f.tcp.View)
	}
	if slices.Contains(seen.Milestones, observe.HandshakeComplete) {
		f.summary.RoundTrips++
	}
	f.packet.Milestone = len(seen.Milestones) > 0 || f.segment.Flags&(tcp.SYN|tcp.RST) != 0
	f.looks = f.looks || f.packet.Milestone
}

// noteSegment notes what a segment is for and what it means beside those before it.
func (f *Follower) noteSegment(c *conversation, seen *observe.Observation) {
	for _, w := range seen.Analysis {
		if w != observe.DifferentOverlap { // noteOverlap says it, once it is known what is secret
			f.note(f.noteWord(w, seen))
		}
	}
	if seen.Says(observe.Damaged) {
		return // whatever its flags say, nobody obeys them
	}
	switch g := &f.segment; {
	case g.Flags&tcp.RST != 0:
		f.note(layers.N("tcp.rst"))
	case g.Flags&tcp.SYN != 0 && g.Flags&tcp.ACK != 0:
		f.note(layers.N("tcp.syn-ack"))
	case g.Flags&tcp.SYN != 0:
		f.note(layers.N("tcp.syn"))
	case g.Flags&tcp.FIN != 0:
		f.note(layers.N("tcp.fin"))
	case g.Length == 0 && len(seen.Analysis) == 0 && len(seen.Milestones) == 0:
		f.note(layers.N("tcp.ack"))
	}
	for _, m := range seen.Milestones {
		f.note(layers.N("tcp." + m))
	}
	f.noteSize(c, seen)
}

// noteChecksum notes a wrong checksum that damages nothing. unfinished says that it was left to the network card.
func (f *Follower) noteChecksum(seen *observe.Observation, unfinished bool) {
	switch {
	case unfinished:
		f.note(layers.N("tcp.checksum-unfinished"))
	case f.segment.ChecksumWrong && !seen.Says(observe.Damaged):
		f.note(layers.N("tcp.checksum-wrong"))
	}
}

// noteWord is the note of a word of the analysis, with what its sentences need.
func (f *Follower) noteWord(w observe.Word, seen *observe.Observation) layers.Note {
	id := "tcp." + w
	switch w {
	case observe.Retransmission:
		if f.segment.Length == 0 {
			return layers.N("tcp.retransmission.flag")
		}
		fallthrough
	case observe.FastRetransmission, observe.SpuriousRetransmission, observe.OutOfOrder:
		return layers.N(id, layers.A("bytes", layers.Int(f.segment.Length)))
	case observe.Gap:
		return layers.N(id, layers.A("bytes", layers.Int(seen.Missing)))
	case observe.UnseenAcknowledged:
		return layers.N(id, layers.A("bytes", layers.Int(seen.Unseen)))
	case observe.DuplicateAck:
		return layers.N(id, layers.A("count", layers.Int(seen.Duplicate)), layers.A("ack", layers.Uint(seen.Acknowledge)))
	case observe.WindowUpdate:
		return layers.N(id, layers.A("window", layers.Int(seen.Window)))
	}
	return layers.N(id)
}

// noteOverlap notes bytes that have come with two contents, and shows both unless a part of the segment is secret.
func (f *Follower) noteOverlap(seen *observe.Observation) {
	if !f.looks || !seen.Says(observe.DifferentOverlap) {
		return
	}
	version := layers.A
	if len(f.packet.Secrets) > 0 {
		version = layers.Hidden
	}
	o := &seen.Overlap
	f.note(layers.N("tcp.different-overlap", layers.A("offset", layers.Int(o.Offset)),
		version("first", layers.String(string(o.First))), version("now", layers.String(string(o.Now)))))
}

// noteSize notes a segment that is larger than its receiver takes: the network interface would have cut it up.
func (f *Follower) noteSize(c *conversation, seen *observe.Observation) {
	switch limit := c.mss[seen.From.Other()]; {
	case limit == 0 && f.outgrowsEthernet():
		f.note(layers.N("tcp.segmentation-offload.unknown-mss", layers.A("bytes", layers.Int(f.segment.Length))))
	case limit > 0 && f.segment.Length > limit:
		f.note(layers.N("tcp.segmentation-offload", layers.A("bytes", layers.Int(f.segment.Length)), layers.A("mss", layers.Int(limit))))
	}
}

// outgrowsEthernet tells whether the present segment is more than a frame of Ethernet holds. A loopback interface, which gives
// itself the hardware address 0, has longer frames.
func (f *Follower) outgrowsEthernet() bool {
	const dataMax, frameMax = 1500 - 20 - 20, 1522 // IEEE 802.3 §3.2.7: 1500 bytes in a frame, with a tag and the check 22 around them
	frame, link := f.packet.Frame, &f.decoded.Link
	return f.segment.Length > dataMax && frame.Length > frameMax && frame.Interface.LinkType == layers.LinkTypeEthernet &&
		!(isZero(link.From) && isZero(link.To)) && !f.segment.Source.Addr().IsLoopback()
}

func isZero(address []byte) bool {
	for _, b := range address {
		if b != 0 {
			return false
		}
	}
	return true
}

// noteGap notes bytes that the dialogue goes on without.
func (f *Follower) noteGap(d *observe.Delivery) {
	id := "tcp.bytes-missing"
	if d.Cut {
		id = "tcp.bytes-cut"
	}
	f.note(layers.N(id, layers.A("bytes", layers.Int(d.Gap))))
}
