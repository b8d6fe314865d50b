package jsonl

import (
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/trace"
)

func (f *Face) message(m *trace.Message) {
	o := f.out.text("type", "message").text("protocol", m.Protocol).text("from", m.From.String()).text("kind", string(m.Kind))
	if m.Tag != "" {
		o = o.text("tag", m.Tag)
	}
	if m.Verb != "" {
		o = o.text("verb", m.Verb)
	}
	if m.Code != 0 {
		o = o.number("code", int64(m.Code))
	}
	if m.Status != "" {
		o = o.text("status", m.Status)
	}
	o = o.text("text", strings.TrimRight(m.Text, "\r\n")).number("length", m.Length).number("stream", int64(m.Stream))
	if m.Within != "" {
		o = o.text("within", m.Within)
	}
	if len(m.Text) >= application.TextMax {
		o = o.boolean("text-cut", true)
	}
	o = append(o.key("packets"), '[')
	for i, n := range m.Packets {
		if i > 0 {
			o = append(o, ',')
		}
		o = strconv.AppendInt(o, int64(n), 10)
	}
	o = object(append(o, ']')).boolean("complete", m.Complete)
	if m.Names[0] != "" { // no packet tells it
		o = o.time("time", m.Time).text("client", m.Ends[layers.Client].String()).text("server", m.Ends[layers.Server].String())
	}
	f.out = o
	f.notes(m.Notes)
}

func (f *Face) contact(c *trace.Contact) {
	f.out = f.out.text("type", "contact").time("time", c.Time).number("stream", int64(c.Stream)).text("service", c.Service).text("protocol", c.Protocol).
		text("client", c.Ends[layers.Client].String()).text("server", c.Ends[layers.Server].String())
	f.oneNote(c.Note)
}

func (f *Face) title(t *trace.Title) {
	o := f.out.text("type", "title").text("name", t.Name).text("text", t.Text).text("story", t.Story).unsigned("seed", t.Seed)
	o = append(o.key("nodes"), '[')
	for i, n := range t.Nodes {
		if i > 0 {
			o = append(o, ',')
		}
		o = append(object(append(o, '{')).text("name", n.Name).text("kind", n.Kind), '}')
	}
	o = append(object(append(o, ']')).key("links"), '[')
	for i, l := range t.Links {
		if i > 0 {
			o = append(o, ',')
		}
		o = append(object(append(o, '{')).text("name", l.Name).text("a", l.A).text("b", l.B), '}')
	}
	f.out = append(o, ']')
}

func (f *Face) act(a *trace.Act) {
	f.out = f.out.text("type", "act").time("time", a.Time).text("who", a.Who)
	if a.Text != "" {
		f.out = f.out.text("text", a.Text)
	} else {
		f.out = f.out.text("text", f.Lexicon.Line(a.Note))
	}
	f.oneNote(a.Note)
}

func (f *Face) state(s *trace.State) {
	f.out = f.out.text("type", "state").time("time", s.Time).text("host", s.Host).text("kind", s.Kind)
	f.values("values", s.Values)
	f.oneNote(s.Note)
}

func (f *Face) drop(d *trace.Drop) {
	f.out = f.out.text("type", "drop").time("time", d.Time).text("at", d.Link).text("from", d.From)
	if d.Packet > 0 {
		f.out = f.out.number("n", int64(d.Packet))
	}
	f.out = f.out.number("length", int64(d.Length))
	f.oneNote(d.Note)
}

func (f *Face) oneNote(n layers.Note) {
	if n.ID == "" {
		f.notes(nil)
	} else {
		f.notes([]layers.Note{n})
	}
}

func (f *Face) ledger(l *trace.Ledger) {
	o := f.out.text("type", "ledger").text("strategy", l.Strategy).text("act", l.Act).text("text", f.Lexicon.Line(l.Note))
	if l.Failure.ID != "" {
		o = o.text("failed", f.Lexicon.Line(l.Failure))
	}
	o = append(o.key("server"), '{')
	o = append(o.number("messages", int64(l.Server.Messages)).number("bytes", l.Server.Bytes), '}')
	o = append(o.key("devices"), '[')
	for i := range l.Devices {
		d := &l.Devices[i]
		if i > 0 {
			o = append(o, ',')
		}
		o = append(o, '{')
		o = o.text("device", d.Device).number("messages", int64(d.Messages)).number("bytes", d.Bytes).
			number("packets-sent", int64(d.PacketsOut)).number("packets-received", int64(d.PacketsIn)).
			number("bytes-sent", d.BytesOut).number("bytes-received", d.BytesIn).
			number("round-trips", int64(d.RoundTrips)).seconds("connected", d.Connected)
		if d.Note.ID != "" {
			o = o.text("offline", f.Lexicon.Line(d.Note))
		}
		o = append(o, '}')
	}
	f.out = append(o, ']')
}

func (f *Face) remark(r *trace.Remark) {
	f.out = f.out.text("type", "capture").text("kind", r.Kind)
	if r.File != "" {
		f.out = f.out.text("file", r.File)
	}
	f.values("values", r.Values)
	f.oneNote(r.Note)
}

func (f *Face) damage(d *trace.Damage) {
	f.out = f.out.text("type", "damage")
	if d.File != "" {
		f.out = f.out.text("file", d.File)
	}
	f.out = f.out.number("offset", d.Offset)
	f.oneNote(d.Note)
}

func (f *Face) summary(s *trace.Summary) {
	o := f.out.text("type", "summary").number("packets", int64(s.Packets)).number("bytes", s.Bytes)
	o = append(o.key("headers"), '{')
	for _, l := range layers.All {
		if l != layers.Application {
			o = o.number(l.String(), s.Headers[l])
		}
	}
	o = append(o, '}')
	f.out = object(o).number("application", s.Headers[layers.Application]).number("mail", s.Mail).number("messages", int64(s.Messages)).
		number("streams", int64(s.Streams)).number("round-trips", int64(s.RoundTrips)).seconds("duration", s.Duration)
	if s.Sockets != nil {
		o = append(f.out.key("sockets"), '{')
		f.out = append(object(o).number("connections", int64(s.Sockets.Connections)).number("bytes", s.Sockets.Bytes), '}')
	}
	if s.Filtered != nil {
		o = append(f.out.key("shown"), '{')
		f.out = append(object(o).number("packets", int64(s.Filtered.Packets)).number("messages", int64(s.Filtered.Messages)), '}')
	}
	f.notes(s.Notes)
}
