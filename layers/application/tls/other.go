package tls

import "mailwire/layers"

// readOther reads the handshake messages that are neither hello nor certificate.
func (d *Dialogue) readOther(r *report, kind handshakeType) {
	r.note(handshakeNote(byte(kind)))
	switch kind {
	case encryptedExtensions:
		r.extensions()
	case serverKeyExchange:
		d.readServerKeyExchange(r)
	case clientKeyExchange:
		r.span("key", r.at, len(r.b), layers.Int(len(r.b)))
	case certificateRequest:
		d.readCertificateRequest(r)
	case certificateVerify:
		if d.session.version >= versionTLS12 {
			r.signatureAlgorithm()
		}
		r.signature()
	case finished:
		r.span("verify-data", r.at, len(r.b), octets(r.b))
	case newSessionTicket:
		d.readTicket(r)
	case certificateStatus:
		r.skip(1)
		at := r.at
		r.field("response", at, layers.Int(len(r.vector24())))
	case keyUpdate:
		at := r.at
		wanted := r.uint8() == 1
		r.field("update-requested", at, layers.Bool(wanted))
		if wanted {
			r.note("tls.key-update.requested")
		}
	case compressedCertificate:
		r.skip(2)
		at := r.at
		r.field("uncompressed-length", at, layers.Int(r.number(3)))
	}
}

// extensions reads a list of extensions, by name (RFC 8446 §4.2).
func (r *report) extensions() {
	var names []string
	tail := r.at
	all := r.within(2)
	for all.more() {
		at, kind := all.at, all.uint16()
		e := all.within(2)
		names = append(names, named(extensionNames, kind))
		r.extension(kind, at, all.at-at, e)
	}
	r.short = r.short || all.short
	r.field("extensions", tail, layers.Words(names))
}

// readServerKeyExchange reads a server's half for ECDHE (RFC 8422 §5.4) and DHE (RFC 5246 §7.4.3).
func (d *Dialogue) readServerKeyExchange(r *report) {
	suite := suiteName(d.session.number)
	switch {
	case hasPrefixes(suite, "TLS_ECDHE_RSA_", "TLS_ECDHE_ECDSA_", "TLS_ECDH_anon_"):
		at := r.at
		if r.uint8() != 3 { // a curve by name
			return
		}
		group := r.uint16()
		r.field("group", at, layers.HexUint(group, 4).Named(groupName(group)))
		at = r.at
		r.field("key", at, layers.Int(len(r.vector8())))
	case hasPrefixes(suite, "TLS_DHE_RSA_", "TLS_DHE_DSS_", "TLS_DH_anon_"):
		at := r.at
		bits := 8 * len(r.vector16())
		r.field("prime-bits", at, layers.Int(bits))
		r.vector16()
		at = r.at
		r.field("key", at, layers.Int(len(r.vector16())))
		if bits < 2048 {
			r.note("tls.server-key-exchange.short", layers.A("bits", layers.Int(bits)))
		}
	default:
		return
	}
	if len(r.b) == 0 {
		return
	}
	if d.session.version >= versionTLS12 {
		r.signatureAlgorithm()
	}
	r.signature()
}

func (r *report) signatureAlgorithm() {
	at, v := r.at, r.uint16()
	r.field("signature-algorithm", at, layers.HexUint(v, 4).Named(signatureName(v)))
}

func (r *report) signature() {
	at := r.at
	r.field("signature", at, layers.Int(len(r.vector16())))
}

// readCertificateRequest reads RFC 8446 §4.3.2 and RFC 5246 §7.4.4.
func (d *Dialogue) readCertificateRequest(r *report) {
	if d.session.version >= versionTLS13 {
		r.vector8()
		r.extensions()
		return
	}
	r.vector8()
	if d.session.version >= versionTLS12 {
		at := r.at
		list := r.within(2)
		r.field("signature-algorithms", at, layers.Words(list.list(signatureName)))
	}
	at, count := r.at, 0
	authorities := r.within(2)
	for authorities.more() {
		authorities.vector16()
		count++
	}
	r.field("authorities", at, layers.Int(count))
}

// readTicket reads RFC 8446 §4.6.1 and RFC 5077 §3.3.
func (d *Dialogue) readTicket(r *report) {
	at := r.at
	r.field("lifetime", at, layers.Uint(r.uint32()))
	if d.session.version >= versionTLS13 {
		r.skip(4)
		r.vector8()
	}
	at = r.at
	r.field("ticket", at, layers.Int(len(r.vector16())))
	if d.session.version < versionTLS13 {
		return
	}
	extensions := r.within(2)
	for extensions.more() {
		at, kind := extensions.at, extensions.uint16()
		e := extensions.within(2)
		if kind == extensionEarlyData {
			r.span("early-data-max", at, extensions.at-at, layers.Uint(e.uint32()))
		}
	}
}

func hasPrefixes(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if len(s) >= len(p) && s[:len(p)] == p {
			return true
		}
	}
	return false
}
