package tls

import (
	"mailwire/layers"
)

// A protection is how the records of one side are sealed at present.
type protection struct {
	opener opener
	stage  stage
	secret []byte // of TLS 1.3
	number uint64 // of the next record
	opened bool   // at least one record has been
	blind  bool   // no more are tried
	search bool   // records are missing: the number is this one or a later one
}

// A stage says which of the secrets of TLS 1.3 is in use (RFC 8446 §7.1).
type stage uint8

const (
	unprotected stage = iota
	inEarlyData
	inHandshake
	inTraffic
)

const searchMax = 256 // so many numbers are tried behind a gap

// prepare sees to it that the sealed record that begins can be opened; it is false when it can't.
func (d *Dialogue) prepare(from layers.Side, s *side) bool {
	p := &s.sealed
	if p.opener != nil || p.blind {
		return p.opener != nil
	}
	known := d.session.keys.of(d.session.offer)
	if known == nil {
		return false
	}
	switch {
	case d.session.version == 0 && d.session.early && from == layers.Client:
		p.enter(&d.session, from, inEarlyData)
	case d.session.suite == nil:
	case d.session.version >= versionTLS13:
		p.enter(&d.session, from, inHandshake)
	case s.encrypted:
		both, ok := d.session.suite.openers(d.session.version, known[masterSecret], d.session.random[0], d.session.random[1], d.session.encryptThenMAC)
		if ok {
			p.opener = both[from]
		}
	}
	return p.opener != nil
}

// enter goes on with the secret of another stage; it is false when it is not known.
func (p *protection) enter(session *session, from layers.Side, to stage) bool {
	known, which := session.keys.of(session.offer), earlySecret
	switch to {
	case inHandshake:
		which = clientHandshake + label(from)
	case inTraffic:
		which = clientTraffic + label(from)
	}
	p.stage, p.opener, p.secret, p.number = to, nil, nil, 0
	if known == nil || len(known[which]) == 0 {
		return false
	}
	p.secret = known[which]
	switch {
	case session.suite != nil:
		p.opener = session.suite.trafficKey(p.secret)
	case to == inEarlyData:
		p.opener = newGuess(p.secret)
	}
	return p.opener != nil
}

// update goes on with the next secret (RFC 8446 §4.6.3).
func (p *protection) update(s *suite) {
	if p.stage != inTraffic || s == nil || p.secret == nil {
		return
	}
	p.secret = s.updated(p.secret)
	p.opener, p.number = s.trafficKey(p.secret), 0
}

// open deciphers the record of s. Behind a gap it looks for the number; where a message that changes the keys was missed,
// it tries the secret of the next stage.
func (p *protection) open(session *session, from layers.Side, s *side) (plain []byte, ok bool) {
	for {
		tries := uint64(1)
		if p.search {
			tries = searchMax
		}
		for i := uint64(0); i < tries && p.opener != nil; i++ {
			if plain, ok = p.opener.open(p.number+i, s.header, s.body); ok {
				p.number += i + 1
				p.opened, p.search = true, false
				return plain, true
			}
		}
		if p.stage == unprotected || p.stage == inTraffic || session.version < versionTLS13 {
			return nil, false
		}
		p.enter(session, from, p.stage+1)
	}
}

// A guess opens early data: the suite is the one of the session before, of which only the length of the secret tells something.
type guess struct {
	openers []opener
}

func newGuess(secret []byte) opener {
	g := &guess{}
	for _, number := range [...]uint16{0x1301, 0x1302, 0x1303} {
		if s, ok := newSuite(number, versionTLS13); ok && s.hash.Size() == len(secret) {
			g.openers = append(g.openers, s.trafficKey(secret))
		}
	}
	if len(g.openers) == 0 {
		return nil
	}
	return g
}

func (g *guess) lead() int     { return 0 }
func (g *guess) overhead() int { return 16 }

func (g *guess) open(number uint64, header [headerLength]byte, body []byte) (plain []byte, ok bool) {
	for i, o := range g.openers {
		if plain, ok = o.open(number, header, body); ok {
			g.openers = g.openers[i : i+1]
			return plain, true
		}
	}
	return nil, false
}
