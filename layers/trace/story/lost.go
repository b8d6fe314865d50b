package story

import (
	"cmp"

	"mailwire/layers"
)

// A loss is a kind of failure between two hosts.
type loss struct{ kind, protocol, client, server, alert string }

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
	b.fail(r, r.failure(), "")
	b.fail(r, r.tls.failure(r), r.tls.alert)
}

// fail takes down a kind of failure of a connection; "" for none. alert is what TLS says of it.
func (b *Book) fail(r *Record, kind, alert string) {
	if kind == "" {
		return
	}
	l := loss{kind, cmp.Or(r.protocol, r.service), r.Client, r.Server, alert}
	x, fresh := b.losses.at(l)
	if x == nil {
		return
	}
	if fresh {
		x.place, x.loss = place{r.stream, r.packet}, l
	}
	x.count++
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
	args := []layers.Arg{number("count", x.count), text("client", x.client), text("server", x.server), text("protocol", layers.ProtocolName(x.protocol))}
	if x.alert != "" {
		args = append(args, text("alert", x.alert))
	}
	return Point{Note: layers.Note{ID: "story.lost." + x.kind, Args: args}, Stream: x.stream, Packet: x.packet}
}
