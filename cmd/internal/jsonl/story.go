package jsonl

import (
	"mailwire/layers"
	"mailwire/layers/trace"
	"mailwire/layers/trace/story"
)

func (f *Face) story(s *trace.Story) {
	f.out = f.out.text("type", "story")
	f.points("mails", s.Mails)
	f.points("mailboxes", s.Mailboxes)
	f.points("lost", s.Lost)
	f.points("exposed", s.Exposed)
	o := append(f.out.key("sessions"), '[')
	for i := range s.Sessions {
		o = append(session(next(o), &s.Sessions[i]), '}')
	}
	o = append(times(append(object(append(o, ']')).key("total"), '{'), &s.Total), '}')
	o = append(o.key("more"), '{')
	o = o.number("mails", int64(s.More.Mails)).number("mailboxes", int64(s.More.Mailboxes)).number("lost", int64(s.More.Lost)).
		number("exposed", int64(s.More.Exposed)).number("sessions", int64(s.More.Sessions))
	f.out = append(o, '}')
}

// next begins the next object of an array.
func next(o object) object {
	if o[len(o)-1] == '}' {
		o = append(o, ',')
	}
	return append(o, '{')
}

// points writes one part of the story: each point with its note first and those that belong to it behind.
func (f *Face) points(name string, points []story.Point) {
	f.out = append(f.out.key(name), '[')
	for i := range points {
		p := &points[i]
		f.out = next(f.out)
		if p.Stream >= 0 {
			f.out = f.out.number("stream", int64(p.Stream)).number("packet", int64(p.Packet))
		}
		f.notes(append([]layers.Note{p.Note}, p.Details...))
		f.out = append(f.out, '}')
	}
	f.out = append(f.out, ']')
}

func session(o object, s *story.Session) object {
	o = o.number("stream", int64(s.Stream)).number("packet", int64(s.Packet)).text("protocol", s.Protocol)
	if s.Way != "" {
		o = o.text("way", s.Way)
	}
	o = o.boolean("encrypted", s.Encrypted).text("client", s.Client).text("server", s.Server).time("begin", s.Begin)
	return times(o, &s.Times)
}

func times(o object, t *story.Times) object {
	o = o.number("packets", int64(t.Packets)).number("bytes", t.Bytes).number("round-trips", int64(t.RoundTrips)).number("repeated", int64(t.Repeated))
	o = append(o.key("seconds"), '{')
	for p, name := range story.Parts {
		o = o.seconds(name, t.Parts[p])
	}
	return append(o, '}').seconds("duration", t.Duration())
}
