package tls

import (
	"bytes"
	"fmt"
	"math/bits"
	"net/netip"
	"time"
)

// An x509 is what is read of a certificate (RFC 5280 §4.1). The standard library refuses certificates with faults that are
// met every day; here what can't be read is left out.
type x509 struct {
	subject, issuer string   // common names, or the organisations
	names           []string // DNS names and addresses among the subject's alternative names
	from, until     time.Time
	key             string // kind and size: "RSA 2048"
	selfIssued      bool   // issuer and subject are the same
}

// The DER tags that are met on the way (ITU-T X.690 §8).
const (
	tagBits        = 0x03
	tagOctets      = 0x04
	tagUTCTime     = 0x17
	tagVersion     = 0xa0 // [0] of TBSCertificate
	tagExtensions  = 0xa3 // [3] of TBSCertificate
	tagDNSName     = 0x82 // [2] of GeneralName
	tagAddress     = 0x87 // [7] of GeneralName
	oidCommonName  = "\x55\x04\x03"
	oidOrganise    = "\x55\x04\x0a"
	oidAlternative = "\x55\x1d\x11"
	oidRSA         = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
	oidRSAPSS      = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
	oidDSA         = "\x2a\x86\x48\xce\x38\x04\x01"
	oidEC          = "\x2a\x86\x48\xce\x3d\x02\x01"
)

// keyNames are keys whose kind says their size (RFC 8410 §3), and curves (RFC 5480 §2.1.1.1).
var keyNames = map[string]string{
	"\x2b\x65\x70": "Ed25519", "\x2b\x65\x71": "Ed448",
	"\x2a\x86\x48\xce\x3d\x03\x01\x07": "ECDSA P-256", "\x2b\x81\x04\x00\x22": "ECDSA P-384", "\x2b\x81\x04\x00\x23": "ECDSA P-521",
}

// readX509 walks through a certificate.
func readX509(der []byte) (c x509) {
	_, outer, _ := element(der)
	_, body, _ := element(outer)
	tag, _, rest := element(body)
	if tag == tagVersion {
		body = rest
	}
	_, _, body = element(body) // serial number
	_, _, body = element(body) // signature algorithm
	_, issuer, body := element(body)
	_, validity, body := element(body)
	_, subject, body := element(body)
	_, key, body := element(body)
	for len(body) > 0 {
		var content []byte
		tag, content, body = element(body)
		if tag == tagExtensions {
			c.names = alternativeNames(content)
		}
	}
	c.subject, c.issuer = commonName(subject), commonName(issuer)
	c.selfIssued = len(issuer) > 0 && bytes.Equal(issuer, subject)
	tag, from, validity := element(validity)
	c.from = readTime(tag, from)
	tag, until, _ := element(validity)
	c.until = readTime(tag, until)
	c.key = keyKind(key)
	return c
}

// readTime reads UTCTime and GeneralizedTime (RFC 5280 §4.1.2.5); zero for what is neither.
func readTime(tag byte, b []byte) time.Time {
	layout := "20060102150405Z"
	if tag == tagUTCTime {
		layout = layout[2:]
	}
	t, err := time.Parse(layout, string(b))
	if err != nil {
		return time.Time{}
	}
	if tag == tagUTCTime && t.Year() >= 2050 { // two digits of a year count from 1950
		t = t.AddDate(-100, 0, 0)
	}
	return t
}

// keyKind reads SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
func keyKind(info []byte) string {
	_, algorithm, rest := element(info)
	_, oid, parameters := element(algorithm)
	switch string(oid) {
	case oidRSA, oidRSAPSS:
		tag, key, _ := element(rest)
		if tag != tagBits || len(key) == 0 {
			return "RSA"
		}
		_, pair, _ := element(key[1:])
		_, modulus, _ := element(pair)
		for len(modulus) > 0 && modulus[0] == 0 {
			modulus = modulus[1:]
		}
		if len(modulus) == 0 {
			return "RSA"
		}
		return fmt.Sprint("RSA ", 8*(len(modulus)-1)+bits.Len8(modulus[0]))
	case oidDSA:
		return "DSA"
	case oidEC:
		_, curve, _ := element(parameters)
		if name, ok := keyNames[string(curve)]; ok {
			return name
		}
		return "ECDSA"
	}
	return keyNames[string(oid)]
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

// commonName finds the attribute commonName of a Name (RFC 5280 §4.1.2.4), or else its organisation.
func commonName(name []byte) string {
	organisation := ""
	for len(name) > 0 {
		var set []byte
		_, set, name = element(name)
		_, attribute, _ := element(set)
		_, oid, rest := element(attribute)
		_, value, _ := element(rest)
		switch string(oid) {
		case oidCommonName:
			return string(value)
		case oidOrganise:
			organisation = string(value)
		}
	}
	return organisation
}

// alternativeNames finds the DNS names and addresses of the extension subjectAltName (RFC 5280 §4.2.1.6).
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
			tag, name, general = element(general)
			switch tag {
			case tagDNSName:
				names = append(names, string(name))
			case tagAddress:
				if a, ok := netip.AddrFromSlice(name); ok {
					names = append(names, a.String())
				}
			}
		}
	}
	return names
}
