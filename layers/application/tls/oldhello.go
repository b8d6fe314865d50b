package tls

import (
	"fmt"

	"mailwire/layers"
	"mailwire/layers/application"
)

// The messages of SSL 2.0 that open a session (RFC 6101 §E, RFC 5246 §E.2).
const (
	oldClientHello = 1
	oldServerHello = 4
)

// oldHello tells whether a side's first record has the form of SSL 2.0 and holds a hello: two bytes of length with the highest
// bit set, and no type of record. size is the length of what it holds.
func (s *side) oldHello() (size int, ok bool) {
	h := s.header
	known := h[2] == oldClientHello && (h[3] == 3 || h[3] == 0 && h[4] == 2) || h[2] == oldServerHello && h[3] <= 1
	size = int(h[0]&0x7f)<<8 | int(h[1])
	return size, s.start == 0 && h[0]&0x80 != 0 && known && size >= headerLength-2
}

// oldRecord reads a hello in the form of SSL 2.0.
func (d *Dialogue) oldRecord(from layers.Side, s *side) {
	kind, body := s.header[2], append(append([]byte(nil), s.header[3:]...), s.body...)
	m := d.message(from, s.start, s.offset, application.Handshake, "")
	r := &report{Message: &m, reader: reader{b: body, at: 3}}
	if kind == oldServerHello {
		m.Verb, m.Text = "ServerHello", "ServerHello SSL 2.0"
		r.note("tls.old-server-hello")
		d.ready = append(d.ready, m)
		return
	}
	at := r.at
	version := r.uint16()
	r.field("legacy-version", at, layers.HexUint(version, 4).Named(versionName(version)))
	specs, id, challenge := int(r.uint16()), int(r.uint16()), int(r.uint16())
	at = r.at
	var names []string
	list := reader{b: r.take(specs)}
	for list.more() && len(names) < listMax {
		names = append(names, oldSuiteName(list.number(3)))
	}
	r.field("cipher-suites", at, layers.Words(names))
	r.skip(id)
	random := r.take(challenge)
	// RFC 5246 §E.2: a challenge that is shorter than a random value stands at its end.
	d.session = session{keys: d.session.keys, told: d.session.told}
	copy(d.session.offer[max(0, randomLength-len(random)):], random)
	d.session.random[layers.Client] = d.session.offer
	m.Verb, m.Text = "ClientHello", "ClientHello in the form of SSL 2.0, "+versionName(version)
	r.note("tls.old-client-hello", layers.A("version", layers.String(versionName(version))))
	if r.short {
		m.Notes = []layers.Note{layers.N("tls.broken-message")}
	}
	d.ready = append(d.ready, m)
}

// oldSuiteName is the name of a suite in a hello of SSL 2.0: one of TLS with a zero before it, or one of SSL 2.0.
func oldSuiteName(v int) string {
	if v < 1<<16 {
		return suiteName(uint16(v))
	}
	if name, ok := oldSuiteNames[v]; ok {
		return name
	}
	return fmt.Sprintf("0x%06x", v)
}

var oldSuiteNames = map[int]string{
	0x010080: "SSL_CK_RC4_128_WITH_MD5", 0x020080: "SSL_CK_RC4_128_EXPORT40_WITH_MD5", 0x030080: "SSL_CK_RC2_128_CBC_WITH_MD5",
	0x040080: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", 0x050080: "SSL_CK_IDEA_128_CBC_WITH_MD5", 0x060040: "SSL_CK_DES_64_CBC_WITH_MD5",
	0x0700c0: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
}
