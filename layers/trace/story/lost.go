package story

import "mailwire/layers"

// A loss is a kind of failure between two hosts.
type loss struct{ kind, protocol, client, server string }

// A lost is how often it happened.
type lost struct {
	place
	loss
	count int
}

// lose takes down at the end of a connection what failed in it.
func (b *Book) lose(r *Record) {
	s := &b.sums
	if r.holes > 0 {
		if s.withGaps == 0 {
			s.firstGap = place{r.stream, r.packet}
		}
		s.withGaps++
		s.missing += r.missing[0] + r.missing[1]
		s.cut += r.cut
	}
	if r.midStream {
		s.midStream++
	}
	if r.times.Repeated > 0 {
		s.resending++
		s.repeated += r.times.Repeated
	}
	if r.silent() && r.protocol != "" {
		s.oneSided++
	}
	if kind := r.failure(); kind != "" {
		protocol := r.protocol
		if protocol == "" {
			protocol = r.service
		}
		x, fresh := b.losses.at(loss{kind, protocol, r.Client, r.Server})
		if x == nil {
			return
		}
		if fresh {
			x.place, x.loss = place{r.stream, r.packet}, loss{kind, protocol, r.Client, r.Server}
		}
		x.count++
	}
}

// failure names how a connection ended badly; "" when it did not.
func (r *Record) failure() string {
	switch {
	case r.refused:
		return "refused"
	case r.syn > 0 && r.times.Packets == r.syn: // else the server's answers are what the capture lacks
		return "unanswered"
	case r.reset && !r.closing() && r.resetBy == layers.Client:
		return "reset.client"
	case r.reset && !r.closing():
		return "reset.server"
	case r.reset || r.protocol == "":
		return ""
	case r.fin == [2]bool{}:
		return "open"
	case !r.fin[layers.Server]:
		return "half.client"
	case !r.fin[layers.Client]:
		return "half.server"
	}
	return ""
}

// closing tells whether one side had closed before the connection was broken off: some programs end so.
func (r *Record) closing() bool { return r.fin[0] || r.fin[1] }

// broken tells whether the connection has ended, one way or another, as far as the capture shows.
func (r *Record) broken() bool { return r.reset || r.fin[0] || r.fin[1] }

func (x *lost) point() Point {
	return Point{Note: layers.N("story.lost."+x.kind, number("count", x.count), text("client", x.client), text("server", x.server),
		text("protocol", layers.ProtocolName(x.protocol))), Stream: x.stream, Packet: x.packet}
}
