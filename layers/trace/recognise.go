package trace

import (
	"mailwire/layers"
	"mailwire/layers/transport/tcp/observe"
)

const (
	earlyBytes  = 1024     // so many bytes are kept while it is not known which protocol they belong to
	earlyPieces = 8        // in at most so many pieces
	openingMax  = 64       // so many of an end's first bytes are put together, if they come in pieces
	earlyMost   = 16 << 10 // so many while one side has not said anything
)

// An overture is what was said before the protocol was known.
type overture struct {
	pieces []observe.Delivery // with bytes of their own
	size   int
	first  [2][]byte // the first bytes of each end
	torn   [2]bool   // bytes of it are missing behind them
	opener layers.Side
}

// keep adds a piece.
func (o *overture) keep(d observe.Delivery) {
	d.Bytes = append([]byte(nil), d.Bytes...)
	if len(d.Bytes) == 0 {
		d.Bytes = nil
	} else {
		if o.first[0] == nil && o.first[1] == nil {
			o.opener = d.From
		}
		if len(o.first[d.From]) < openingMax && !o.torn[d.From] {
			o.first[d.From] = append(o.first[d.From], d.Bytes...)
		}
	}
	o.torn[d.From] = o.torn[d.From] || d.Gap > 0
	o.size += len(d.Bytes)
	o.pieces = append(o.pieces, d)
}

// full tells that no more is kept: what has not been recognised by now is not recognised.
func (o *overture) full() bool {
	if o.first[0] == nil || o.first[1] == nil {
		return o.size >= earlyMost
	}
	return o.size >= earlyBytes || len(o.pieces) >= earlyPieces
}

// spoken tells whether any bytes are there.
func (o *overture) spoken() bool { return o.size > 0 }

// recognise finds the protocol from what both ends said first and from the server's port. turned says that the observer
// took the server for the client; it can only be wrong where the beginning was not seen.
func (c *conversation) recognise() (p *protocol, turned bool) {
	o := c.overture
	for _, p := range protocols {
		if o.fits(p, p == c.hint, !c.begun, c.turned) {
			return p, c.turned
		}
	}
	if !c.begun && c.hint == nil {
		for _, p := range protocols {
			if o.fits(p, false, true, true) {
				return p, true
			}
		}
	}
	return nil, c.turned
}

// fits tells whether p is what is spoken: something is certain and nothing contradicts, or the port names it and nothing
// contradicts.
func (o *overture) fits(p *protocol, hint, midStream, turned bool) bool {
	sure := hint
	for _, end := range [...]layers.Side{layers.Server, layers.Client} {
		b := o.first[end]
		if b == nil {
			continue
		}
		side := end
		if turned {
			side = side.Other()
		}
		switch p.says(opening{side: side, first: o.opener == end && !midStream, bytes: b}) {
		case certain:
			if hint && side == layers.Server {
				return true // whatever the client says to it
			}
			sure = true
		case unlike:
			// In the midst of a stream the first bytes may be the midst of a line, or of a mail.
			if !midStream || !hint || text(b) == unlike {
				return false
			}
		}
	}
	return sure
}
