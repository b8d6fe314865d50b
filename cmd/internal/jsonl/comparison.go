package jsonl

import (
	"mailwire/layers"
	"mailwire/layers/trace"
	"mailwire/layers/trace/contrast"
)

func (f *Face) comparison(c *trace.Comparison) {
	f.out = f.out.text("type", "comparison").text("left", c.Left).text("right", c.Right)
	f.notes([]layers.Note{c.Verdict})
	f.out = append(f.out.key("pairs"), '[')
	for i := range c.Pairs {
		p := &c.Pairs[i]
		f.out = contrasted(next(f.out), "left", p.Left)
		f.out = contrasted(f.out, "right", p.Right)
		f.notes(p.Notes)
		o := append(f.out.key("rows"), '[')
		for _, r := range p.Rows {
			o = next(o).text("mark", string(rune(r.Mark)))
			if r.Mark != contrast.RightOnly {
				o = step(o, "left", &r.Left)
			}
			if r.Mark != contrast.LeftOnly {
				o = step(o, "right", &r.Right)
			}
			o = append(o, '}')
		}
		f.out = append(o, ']', '}')
	}
	f.out = append(f.out, ']')
	f.out = alone(f.out, "left-only", c.LeftOnly)
	f.out = alone(f.out, "right-only", c.RightOnly)
}

// alone writes the sessions of one side that have no partner.
func alone(o object, name string, sessions []*contrast.Session) object {
	o = append(o.key(name), '[')
	for _, s := range sessions {
		o = members(next(o), s)
		o = append(o.key("steps"), '[')
		for i := range s.Steps {
			o = append(stepMembers(next(o), &s.Steps[i]), '}')
		}
		o = append(o, ']', '}')
	}
	return append(o, ']')
}

func contrasted(o object, name string, s *contrast.Session) object {
	return append(members(append(o.key(name), '{'), s), '}')
}

func members(o object, s *contrast.Session) object {
	o = o.text("protocol", s.Protocol)
	if s.Way != "" {
		o = o.text("way", s.Way)
	}
	o = o.boolean("encrypted", s.Encrypted).text("client", s.Client).text("server", s.Server).number("packet", int64(s.Packet)).number("times", int64(s.Times))
	return times(o, &s.Cost)
}

func step(o object, name string, s *contrast.Step) object {
	return append(stepMembers(append(o.key(name), '{'), s), '}')
}

func stepMembers(o object, s *contrast.Step) object {
	return o.text("command", s.Command).text("answer", s.Answer).number("count", int64(s.Count))
}
