package tls

import (
	"strings"

	"mailwire/layers"
)

// readCertificate reads a chain (RFC 5246 §7.4.2, RFC 8446 §4.4.2): of the first certificate, the sender's own, whom it is for,
// who says so and how long; of those behind it the names.
func (d *Dialogue) readCertificate(r *report) {
	if d.session.version >= versionTLS13 {
		r.vector8() // certificate_request_context
	}
	list := r.within(3)
	var own []byte
	var chain []string
	count, at := 0, 0
	for ; list.more() && count < listMax; count++ {
		from := list.at
		one := list.vector24()
		if d.session.version >= versionTLS13 {
			list.vector16()
		}
		if count == 0 {
			own, at = one, from+3
		} else {
			chain = append(chain, readX509(one).subject)
		}
	}
	r.short = r.short || list.short
	if len(own) == 0 {
		r.note("tls.certificate.none")
		return
	}
	c := readX509(own)
	place := layers.Range{Offset: at, Length: len(own)}
	r.Fields = append(r.Fields, layers.Field{Name: "certificates", Value: layers.Int(count)})
	r.certificateFields(c, place)
	if len(chain) > 0 {
		r.Fields = append(r.Fields, layers.Field{Name: "chain", Value: layers.Words(chain)})
	}
	name := c.subject
	if len(c.names) > 0 {
		name = c.names[0]
	}
	if name == "" {
		r.note("tls.certificate.unreadable")
		return
	}
	r.Text += " " + name
	r.note("tls.certificate", layers.A("name", layers.String(name)))
	d.judge(r, c)
}

// certificateFields adds what a certificate says.
func (r *report) certificateFields(c x509, place layers.Range) {
	add := func(name string, v layers.Value) {
		r.span(name, place.Offset, place.Length, v)
	}
	for _, f := range []struct{ name, text string }{{"subject", c.subject}, {"issuer", c.issuer}} {
		if f.text != "" {
			add(f.name, layers.String(f.text))
		}
	}
	if !c.from.IsZero() {
		add("not-before", layers.String(c.from.Format(day)))
	}
	if !c.until.IsZero() {
		add("not-after", layers.String(c.until.Format(day)))
	}
	if c.key != "" {
		add("key-kind", layers.String(c.key))
	}
	if len(c.names) > 0 {
		add("names", layers.Words(c.names))
	}
}

const day = "2006-01-02"

// judge says what a client would find wrong with the server's certificate, as far as it can be told from outside: the
// dates, the issuer, the name. Whether the issuer is trusted, and its signature, are not looked at.
func (d *Dialogue) judge(r *report, c x509) {
	switch {
	case d.now.IsZero():
	case !c.until.IsZero() && d.now.After(c.until):
		r.note("tls.certificate.expired", layers.A("date", layers.String(c.until.Format(day))))
	case !c.from.IsZero() && d.now.Before(c.from):
		r.note("tls.certificate.not-yet", layers.A("date", layers.String(c.from.Format(day))))
	}
	if c.selfIssued {
		r.note("tls.certificate.self-signed")
	}
	if r.From == layers.Server && d.session.name != "" && !c.isFor(d.session.name) {
		r.note("tls.certificate.other-name", layers.A("wanted", layers.String(d.session.name)))
	}
}

// isFor tells whether the certificate names host, with a wildcard for its first label too (RFC 9525 §6.3). The common
// name counts where there are no others, as it did once (RFC 2818 §3.1).
func (c *x509) isFor(host string) bool {
	names := c.names
	if len(names) == 0 {
		names = []string{c.subject}
	}
	host = strings.TrimSuffix(host, ".")
	for _, name := range names {
		if strings.EqualFold(name, host) {
			return true
		}
		if suffix, ok := strings.CutPrefix(name, "*"); ok {
			if _, parent, found := strings.Cut(host, "."); found && strings.EqualFold(suffix, "."+parent) {
				return true
			}
		}
	}
	return false
}
