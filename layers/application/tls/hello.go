package tls

import (
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

const listMax = 64 // so many items of a list are shown

// read reads a whole handshake message, which ends before offset end.
func (d *Dialogue) read(from layers.Side, s *side, a *assembly, end int64, opened bool) {
	name := handshakeName(a.bytes[0])
	m := d.message(from, a.start, end, application.Handshake, name)
	m.Verb = name
	r := &report{Message: &m, reader: reader{b: a.bytes[4:], at: a.lead + 4}}
	switch handshakeType(a.bytes[0]) {
	case clientHello:
		d.readClientHello(r)
	case serverHello:
		d.readServerHello(r)
	case certificate:
		d.readCertificate(r)
	default:
		d.readOther(r, handshakeType(a.bytes[0]))
	}
	if r.short && a.over == 0 {
		m.Text += " (broken)"
		m.Notes = []layers.Note{layers.N("tls.broken-message")}
	}
	if opened || a.parts > 1 {
		withoutPlaces(m.Fields)
	}
	d.ready = append(d.ready, m)
	d.turn(from, s, handshakeType(a.bytes[0]), opened)
}

// turn changes the keys behind the messages that change them (RFC 8446 §4.4.4, §4.5, §4.6.3).
func (d *Dialogue) turn(from layers.Side, s *side, kind handshakeType, opened bool) {
	p := &s.sealed
	if !opened || d.session.version < versionTLS13 {
		return
	}
	switch {
	case kind == endOfEarlyData && p.stage == inEarlyData:
		p.enter(&d.session, from, inHandshake)
	case kind == finished && p.stage == inHandshake:
		p.enter(&d.session, from, inTraffic)
	case kind == keyUpdate:
		p.update(d.session.suite)
	}
}

// readClientHello reads RFC 8446 §4.1.2.
func (d *Dialogue) readClientHello(r *report) {
	d.session = session{keys: d.session.keys, told: d.session.told}
	at := r.at
	version := r.uint16()
	r.field("legacy-version", at, layers.HexUint(version, 4).Named(versionName(version)))
	at = r.at
	random := r.take(randomLength)
	copy(d.session.offer[:], random)
	d.session.random[layers.Client] = d.session.offer
	r.field("random", at, octets(random))
	at = r.at
	d.session.id = string(r.vector8())
	if d.session.id != "" {
		r.field("session-id", at, octets([]byte(d.session.id)))
	}
	at = r.at
	suites := r.within(2)
	offered := suites.list(suiteName)
	r.field("cipher-suites", at, layers.Words(offered))
	r.vector8() // compression methods
	versions := []string{versionName(version)}
	resumes := version < versionTLS13 && d.session.id != ""
	tail := r.at
	all := r.tail()
	var names []string
	ech := false
	for all.more() {
		at, kind := all.at, all.uint16()
		e := all.within(2)
		names = append(names, named(extensionNames, kind))
		length := all.at - at
		switch kind {
		case extensionServerName:
			if d.session.name = serverName(e); d.session.name != "" {
				r.span("server-name", at, length, layers.String(d.session.name))
			}
		case extensionVersions:
			list := e.within(1)
			versions = list.list(versionName)
			resumes = false // the session id is there for old boxes on the way (RFC 8446 §D.4)
			r.span("versions", at, length, layers.Words(versions))
		case extensionKeyShare:
			r.span("key-shares", at, length, layers.Words(keyShares(e)))
		case extensionTicket:
			r.span("session-ticket", at, length, layers.Int(len(e.b)))
			resumes = resumes || len(e.b) > 0
		case extensionPreShared:
			resumes = true
			r.span("pre-shared-key", at, length, layers.Int(identities(e)))
		case extensionEarlyData:
			d.session.early = true
			r.span("early-data", at, length, layers.Bool(true))
		case extensionECH:
			ech = true
			r.span("encrypted-client-hello", at, length, layers.Int(len(e.b)))
		default:
			r.extension(kind, at, length, e)
		}
	}
	r.short = r.short || all.short
	if len(names) > 0 {
		r.span("extensions", tail, r.at-tail, layers.Words(names))
	}
	if !slices.Contains(names, "supported_versions") {
		r.span("versions", 0, 0, layers.Words(versions))
	}
	d.noteClientHello(r, offered, names, resumes, ech)
}

// tail reads the extensions, without which TLS 1.2 and older may end.
func (r *report) tail() reader {
	if len(r.b) == 0 {
		return reader{at: r.at, short: r.short}
	}
	return r.within(2)
}

// noteClientHello says what is worth saying of a hello.
func (d *Dialogue) noteClientHello(r *report, offered, extensions []string, resumes, ech bool) {
	if d.session.name == "" {
		r.note("tls.client-hello.unnamed")
	} else {
		r.Text += " " + d.session.name
		r.note("tls.client-hello", layers.A("name", layers.String(d.session.name)))
	}
	if resumes {
		r.note("tls.client-hello.resumes")
	}
	if d.session.early {
		r.note("tls.client-hello.early-data")
	}
	if ech {
		r.note("tls.client-hello.ech")
	}
	if slices.Contains(offered, "GREASE") || slices.Contains(extensions, "GREASE") {
		r.note("tls.client-hello.grease")
	}
	if slices.Contains(offered, "TLS_FALLBACK_SCSV") {
		r.note("tls.client-hello.fallback")
	}
}

// extension adds the field of an extension that either side may send.
func (r *report) extension(kind uint16, at, length int, e reader) {
	switch kind {
	case extensionGroups:
		list := e.within(2)
		r.span("groups", at, length, layers.Words(list.list(groupName)))
	case extensionSignatures:
		list := e.within(2)
		r.span("signature-algorithms", at, length, layers.Words(list.list(signatureName)))
	case extensionALPN:
		r.span("alpn", at, length, layers.Words(protocolNames(e)))
	}
}

func groupName(v uint16) string     { return named(groupNames, v) }
func signatureName(v uint16) string { return named(signatureNames, v) }

// list reads numbers of two bytes by their names.
func (r *reader) list(name func(uint16) string) []string {
	var names []string
	for r.more() && len(names) < listMax {
		if v := r.uint16(); !r.short {
			names = append(names, name(v))
		}
	}
	return names
}

// serverName reads RFC 6066 §3.
func serverName(e reader) string {
	list := e.within(2)
	for list.more() {
		kind := list.uint8()
		name := list.vector16()
		if kind == 0 && !list.short {
			return string(name)
		}
	}
	return ""
}

// protocolNames reads RFC 7301 §3.1.
func protocolNames(e reader) []string {
	var names []string
	list := e.within(2)
	for list.more() && len(names) < listMax {
		names = append(names, string(list.vector8()))
	}
	return names
}

// keyShares reads for which groups a client sends its half (RFC 8446 §4.2.8).
func keyShares(e reader) []string {
	var names []string
	list := e.within(2)
	for list.more() && len(names) < listMax {
		group := list.uint16()
		list.vector16()
		names = append(names, groupName(group))
	}
	return names
}

// identities counts the sessions that a client could go on with (RFC 8446 §4.2.11).
func identities(e reader) (n int) {
	list := e.within(2)
	for list.more() {
		list.vector16()
		list.skip(4)
		n++
	}
	return n
}

// retryRandom is the random value of a ServerHello that asks for another ClientHello (RFC 8446 §4.1.3).
const retryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// readServerHello reads RFC 8446 §4.1.3.
func (d *Dialogue) readServerHello(r *report) {
	at := r.at
	version := r.uint16()
	r.field("legacy-version", at, layers.HexUint(version, 4).Named(versionName(version)))
	versionAt, versionLength := at, 2
	at = r.at
	random := r.take(randomLength)
	r.field("random", at, octets(random))
	at = r.at
	id := string(r.vector8())
	if id != "" {
		r.field("session-id", at, octets([]byte(id)))
	}
	suiteAt := r.at
	number := r.uint16()
	r.skip(1)
	tail := r.at
	all := r.tail()
	resumed := id != "" && id == d.session.id
	var names []string
	for all.more() {
		at, kind := all.at, all.uint16()
		e := all.within(2)
		names = append(names, named(extensionNames, kind))
		length := all.at - at
		switch kind {
		case extensionVersions:
			version = e.uint16()
			versionAt, versionLength = at, length
			resumed = false // an echo of what means nothing (RFC 8446 §4.1.3)
		case extensionKeyShare:
			r.span("key-share", at, length, layers.String(groupName(e.uint16())))
		case extensionPreShared:
			r.span("pre-shared-key", at, length, layers.Uint(e.uint16()))
		case extensionEncryptThenMAC:
			d.session.encryptThenMAC = true
		default:
			r.extension(kind, at, length, e)
		}
	}
	r.short = r.short || all.short
	resumed = resumed || version >= versionTLS13 && slices.Contains(names, "pre_shared_key")
	r.span("version", versionAt, versionLength, layers.HexUint(version, 4).Named(versionName(version)))
	r.span("cipher-suite", suiteAt, 2, layers.HexUint(number, 4).Named(suiteName(number)))
	if len(names) > 0 {
		r.span("extensions", tail, r.at-tail, layers.Words(names))
	}
	copy(d.session.random[layers.Server][:], random)
	d.session.version, d.session.number = version, number
	d.session.suite, _ = newSuite(number, version)
	if string(random) == retryRandom {
		r.Text = "HelloRetryRequest"
		r.note("tls.hello-retry-request")
		d.session.version, d.session.early = 0, false
		return
	}
	d.noteServerHello(r, string(random), resumed)
}

// noteServerHello says what the choice means.
func (d *Dialogue) noteServerHello(r *report, random string, resumed bool) {
	version, suite := versionName(d.session.version), suiteName(d.session.number)
	r.Text = strings.Join([]string{r.Text, version, suite}, " ")
	r.note("tls.server-hello", layers.A("version", layers.String(version)), layers.A("suite", layers.String(suite)))
	if resumed {
		r.note("tls.server-hello.resumed")
	}
	if d.session.version < versionTLS12 {
		r.note("tls.server-hello.old-version", layers.A("version", layers.String(version)))
	}
	// RFC 8446 §4.1.3: the last bytes of the random value of a server that could do better.
	if tail := random[max(0, len(random)-8):]; tail == "DOWNGRD\x01" || tail == "DOWNGRD\x00" {
		r.note("tls.server-hello.downgraded")
	}
	if isWeak(suite) {
		r.note("tls.server-hello.weak-suite", layers.A("suite", layers.String(suite)))
	} else if strings.HasPrefix(suite, "TLS_RSA_") {
		r.note("tls.server-hello.no-forward-secrecy")
	}
}

// isWeak tells a suite that protects nothing, or not enough (RFC 7465, RFC 8996, RFC 9155, RFC 5469, RFC 9150).
func isWeak(suite string) bool {
	for _, word := range [...]string{"_NULL_", "_anon_", "_EXPORT", "_RC4_", "_RC2_", "_DES_", "_3DES_", "_IDEA_", "_MD5", "TLS_SHA"} {
		if strings.Contains(suite, word) {
			return true
		}
	}
	return false
}
