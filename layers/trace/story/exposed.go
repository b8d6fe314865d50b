package story

import (
	"cmp"

	"mailwire/layers"
)

// An exposure is what could be read, or could not: it is told once for all sessions that show it.
type exposure struct{ kind, protocol, server, user, how string }

// An exposed is how often, and how much.
type exposed struct {
	place
	exposure
	count   int
	bytes   int64
	opened  bool   // what TLS hid is read here, with the keys
	client  string // who the first was
	several bool   // there were other clients
}

// expose takes an exposure down, and returns what is known of it; nil where there is no room.
func (b *Book) expose(r *Record, e exposure, bytes int64) *exposed {
	b.sums.expose(e.kind)
	x, fresh := b.exposed.at(e)
	if x == nil {
		return nil
	}
	if fresh {
		x.place, x.exposure, x.client = place{r.stream, r.packet}, e, r.Client
	}
	x.several = x.several || x.client != r.Client
	x.count++
	x.bytes += bytes
	return x
}

// credentials takes down what a login told whoever listened.
func (b *Book) credentials(r *Record) {
	kind := ""
	switch l := &r.login; {
	case r.tls.begun || r.starttls:
	case l.shown:
		kind = "password"
	case l.digest:
		kind = "digest"
	}
	if kind != "" {
		b.expose(r, exposure{kind, r.protocol, r.Server, r.login.name(), r.login.how}, 0)
		r.login.shown, r.login.digest = false, false
	}
}

// readable takes down that a mail of so many bytes passed, in the clear unless TLS hid it.
func (b *Book) readable(r *Record, bytes int64) {
	if !r.tls.begun && !r.starttls {
		b.expose(r, exposure{kind: "mail", protocol: r.protocol, server: r.Server}, bytes)
	}
}

// glimpse takes down that a part or a header of a mail passed alone.
func (b *Book) glimpse(r *Record) {
	if !r.tls.begun && !r.starttls {
		b.expose(r, exposure{kind: "part", protocol: r.protocol, server: r.Server}, 0)
	}
}

// encryption takes down at the end of a session what TLS hid and what it did not; and a password that no answer followed.
func (b *Book) encryption(r *Record) {
	if r.protocol == "" {
		return
	}
	b.credentials(r)
	if r.tls.failure(r) != "" && r.tls.vain() {
		return // there were no words to hide
	}
	if !r.tls.begun {
		if r.starttls && r.behind {
			b.expose(r, exposure{kind: "deciphered", protocol: r.protocol, server: r.Server}, 0)
		}
		return
	}
	e := exposure{kind: "tls", protocol: r.protocol, server: r.Server, user: r.tls.name, how: cmp.Or(r.tls.version, "TLS")}
	if r.starttls {
		e.kind = "starttls"
	}
	if x := b.expose(r, e, r.times.Bytes); x != nil {
		x.opened = x.opened || r.tls.opened
	}
}

// point tells the exposure.
func (x *exposed) point() Point {
	id := "story.exposed." + x.kind
	args := []layers.Arg{number("count", x.count), text("server", x.server), text("protocol", layers.ProtocolName(x.protocol))}
	switch x.kind {
	case "password", "digest":
		args = append(args, text("user", x.user), text("how", x.how))
	case "deciphered":
	case "mail", "part":
		if x.kind == "mail" {
			args = append(args, number("bytes", x.bytes))
		}
		args = append(args, text("client", x.client))
		if x.several {
			id += ".several"
		}
	default:
		args = append(args, number("bytes", x.bytes), text("name", x.user), text("version", x.how))
		if x.user == "" {
			id += ".unnamed"
		}
	}
	p := Point{Note: layers.Note{ID: id, Args: args}, Stream: x.stream, Packet: x.packet}
	switch {
	case x.opened:
		p.Details = []layers.Note{layers.N("story.exposed.opened")}
	case x.protocol == "socks", x.protocol == "http":
		p.Details = []layers.Note{layers.N("story.exposed.proxy")}
	}
	return p
}
