package authenticity

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
)

// A Key is a domain's public key as its DNS tells it (RFC 6376 §3.6.1).
type Key struct {
	Public  crypto.PublicKey // *rsa.PublicKey or ed25519.PublicKey; nil when it was revoked (an empty p=)
	Type    string           // k=: "rsa", "ed25519"
	Hashes  []string         // h=: the hashes that it may be used with; nil allows all
	Service []string         // s=: "*", "email"
	Testing bool             // t=y: the domain tries DKIM out
	Strict  bool             // t=s: the identity's domain must be the signing domain itself
	Notes   string           // n=: for people
}

// ParseKey reads the text of a key record. Where it cannot, why names what is wrong.
func ParseKey(text string) (k Key, why Why) {
	tags, ok := ParseTags(text)
	if !ok {
		return Key{}, WhyKeySyntax
	}
	if v, there := tags.Get("v"); there && (v != "DKIM1" || tags[0].Name != "v") { // RFC 6376 §3.6.1: the first tag, or none
		return Key{}, WhyKeySyntax
	}
	k = Key{Type: tags.or("k", "rsa"), Service: list(tags.or("s", "*")), Notes: tags.or("n", "")}
	if h, there := tags.Get("h"); there {
		k.Hashes = list(h)
	}
	flags := list(tags.or("t", ""))
	k.Testing, k.Strict = slices.Contains(flags, "y"), slices.Contains(flags, "s")
	p, there := tags.Get("p")
	switch {
	case !there:
		return k, WhyKeySyntax
	case p == "":
		return k, WhyKeyRevoked
	}
	der, err := base64.StdEncoding.DecodeString(unblanked(p))
	if err != nil {
		return k, WhyKeySyntax
	}
	return k.public(der)
}

// public reads the bytes of the key itself.
func (k Key) public(der []byte) (Key, Why) {
	switch k.Type {
	case "rsa":
		// RFC 6376 §3.6.1 means RSAPublicKey and everybody writes SubjectPublicKeyInfo (erratum 3017).
		if any, err := x509.ParsePKIXPublicKey(der); err == nil {
			public, ok := any.(*rsa.PublicKey)
			if !ok {
				return k, WhyKeySyntax
			}
			k.Public = public
		} else if public, err := x509.ParsePKCS1PublicKey(der); err == nil {
			k.Public = public
		} else {
			return k, WhyKeySyntax
		}
		if bits := k.Public.(*rsa.PublicKey).N.BitLen(); bits < rsaBitsMin || bits > rsaBitsMax {
			return k, WhyKeySize
		}
	case "ed25519": // RFC 8463 §4
		if len(der) != ed25519.PublicKeySize {
			return k, WhyKeySyntax
		}
		k.Public = ed25519.PublicKey(der)
	default:
		return k, WhyKeyType
	}
	return k, ""
}

// The sizes of RSA keys: RFC 8301 §3.2 takes none below 1024 bits and wants those up to 4096 taken; far beyond, checking a
// signature costs more than a mail is worth.
const (
	rsaBitsMin = 1024
	rsaBitsMax = 8192
)

// allows says why a signature may not use the key.
func (k Key) allows(s *Signature) Why {
	kind, hash, _ := strings.Cut(s.Algorithm, "-")
	switch {
	case k.Type != kind:
		return WhyKeyType
	case k.Hashes != nil && !slices.Contains(k.Hashes, hash):
		return WhyKeyHash
	case !slices.Contains(k.Service, "*") && !slices.Contains(k.Service, "email"):
		return WhyKeyService
	case k.Strict && !strings.EqualFold(identityDomain(s.Identity), s.Domain):
		return WhyKeyStrict
	}
	return ""
}

// KeyRecord writes the text of a key record for a public key: an *rsa.PublicKey or an ed25519.PublicKey. It is "" for others.
func KeyRecord(public crypto.PublicKey) string {
	switch key := public.(type) {
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			return ""
		}
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key)
	}
	return ""
}
