package tls

import (
	"mailwire/layers"
	"mailwire/layers/application"
)

// readCertificate reads the first certificate of the chain, the sender's own (RFC 5246 §7.4.2), as far as it names whom
// it is for and who says so.
func readCertificate(m *application.Message, b []byte) {
	r := reader{b: b}
	list := reader{b: r.vector24()}
	own := list.vector24()
	if len(own) == 0 {
		m.Notes = []layers.Note{layers.N("tls.certificate.none")}
		return
	}
	count := 1
	for list.more() && count < listMax {
		list.vector24()
		count++
	}
	subject, issuer, names := certificateNames(own)
	name := subject
	if len(names) > 0 {
		name = names[0]
	}
	m.Fields = []layers.Field{{Name: "certificates", Value: layers.Int(count)}}
	for _, f := range []layers.Field{{Name: "subject", Value: layers.String(subject)}, {Name: "issuer", Value: layers.String(issuer)}} {
		if f.Value.String() != "" {
			m.Fields = append(m.Fields, f)
		}
	}
	if len(names) > 0 {
		m.Fields = append(m.Fields, layers.Field{Name: "names", Value: layers.Words(names)})
	}
	if name == "" {
		m.Notes = []layers.Note{layers.N("tls.certificate.unreadable")}
		return
	}
	m.Text += " " + name
	m.Notes = []layers.Note{layers.N("tls.certificate", layers.A("name", layers.String(name)))}
}

// The DER tags that are met on the way to the names (ITU-T X.690 §8).
const (
	tagOctets      = 0x04
	tagVersion     = 0xa0 // [0] of TBSCertificate
	tagExtensions  = 0xa3 // [3] of TBSCertificate
	tagDNSName     = 0x82 // [2] of GeneralName
	oidCommonName  = "\x55\x04\x03"
	oidAlternative = "\x55\x1d\x11"
)

// certificateNames walks through a certificate (RFC 5280 §4.1) and returns the common names of subject and issuer and
// the DNS names among the subject's alternative names. What can't be read is left out.
func certificateNames(der []byte) (subject, issuer string, names []string) {
	_, outer, _ := element(der)
	_, body, _ := element(outer)
	tag, _, rest := element(body)
	if tag == tagVersion {
		body = rest
	}
	_, _, body = element(body) // serial number
	_, _, body = element(body) // signature algorithm
	_, by, body := element(body)
	_, _, body = element(body) // validity
	_, whom, body := element(body)
	for len(body) > 0 {
		var content []byte
		tag, content, body = element(body)
		if tag == tagExtensions {
			names = alternativeNames(content)
		}
	}
	return commonName(whom), commonName(by), names
}

// element splits b behind its first element (X.690 §8.1). Tags of more than one byte do not occur on the way; a length
// that is not there makes everything empty.
func element(b []byte) (tag byte, content, rest []byte) {
	if len(b) < 2 {
		return 0, nil, nil
	}
	tag, n, b := b[0], int(b[1]), b[2:]
	if n >= 0x80 {
		r := reader{b: b}
		size := n & 0x7f
		if size > 3 {
			return 0, nil, nil
		}
		n, b = r.number(size), r.b
	}
	if n > len(b) {
		return 0, nil, nil
	}
	return tag, b[:n], b[n:]
}

// commonName finds the attribute commonName of a Name (RFC 5280 §4.1.2.4).
func commonName(name []byte) string {
	for len(name) > 0 {
		var set []byte
		_, set, name = element(name)
		_, attribute, _ := element(set)
		_, oid, rest := element(attribute)
		if string(oid) == oidCommonName {
			_, value, _ := element(rest)
			return string(value)
		}
	}
	return ""
}

// alternativeNames finds the DNS names of the extension subjectAltName (RFC 5280 §4.2.1.6).
func alternativeNames(extensions []byte) (names []string) {
	_, list, _ := element(extensions)
	for len(list) > 0 {
		var extension []byte
		_, extension, list = element(list)
		_, oid, rest := element(extension)
		if string(oid) != oidAlternative {
			continue
		}
		tag, value, rest := element(rest)
		if tag != tagOctets { // critical
			_, value, _ = element(rest)
		}
		_, general, _ := element(value)
		for len(general) > 0 && len(names) < listMax {
			var name []byte
			if tag, name, general = element(general); tag == tagDNSName {
				names = append(names, string(name))
			}
		}
	}
	return names
}
