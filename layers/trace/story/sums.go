package story

import "mailwire/layers"

// sums are the counts over the whole trace that no list holds.
type sums struct {
	missing, cut        int64 // bytes
	withGaps            int   // connections
	firstGap            place
	repeated, resending int // segments, and the connections that sent them
	midStream, oneSided int

	transfers, taken, refused, broken int // of mails
	sent                              int64

	visits, fetched, removed int // of mailboxes
	received                 int64

	passwords, readable, hidden int // logins, mails, sessions
}

// many is how many things there must be for a sum to be worth telling.
const many = 12

// transfer counts what became of a mail between two programs.
func (s *sums) transfer(x *transaction) {
	s.transfers++
	s.sent += x.bytes
	switch {
	case x.taken != "":
		s.taken++
	case x.stage != "":
		s.refused++
	case x.begun && !x.whole:
		s.broken++
	}
}

func (s *sums) mails() []Point {
	if s.transfers <= many {
		return nil
	}
	return []Point{{Stream: -1, Note: layers.N("story.mails.sum", number("count", s.transfers), number("taken", s.taken),
		number("refused", s.refused), number("rest", s.transfers-s.taken-s.refused), number("bytes", s.sent))}}
}

func (s *sums) mailboxes() []Point {
	if s.visits <= many {
		return nil
	}
	return []Point{{Stream: -1, Note: layers.N("story.boxes.sum", number("count", s.visits), number("fetched", s.fetched),
		number("bytes", s.received), number("removed", s.removed))}}
}

func (s *sums) expose(kind string) {
	switch kind {
	case "password":
		s.passwords++
	case "mail":
		s.readable++
	case "tls", "starttls":
		s.hidden++
	}
}

func (s *sums) exposures() []Point {
	if s.passwords+s.readable+s.hidden <= many {
		return nil
	}
	return []Point{{Stream: -1, Note: layers.N("story.exposed.sum", number("logins", s.passwords), number("mails", s.readable),
		number("sessions", s.hidden))}}
}

// losses tell what went wrong, as far as it is counted over the whole trace.
func (s *sums) losses() []Point {
	var list []Point
	add := func(id string, count int, args ...layers.Arg) {
		if count > 0 {
			list = append(list, Point{Note: layers.N("story.lost."+id, append(args, number("count", count))...), Stream: -1})
		}
	}
	if s.missing > 0 {
		add("bytes", s.withGaps, number("bytes", s.missing))
		list[0].Stream, list[0].Packet = s.firstGap.stream, s.firstGap.packet
	}
	if s.cut > 0 {
		add("cut", s.withGaps, number("bytes", s.cut))
	}
	add("repeated", s.repeated, number("connections", s.resending))
	add("mid-stream", s.midStream)
	add("one-sided", s.oneSided)
	add("mails-refused", s.refused)
	add("mails-broken", s.broken)
	return list
}
