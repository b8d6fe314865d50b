package authenticity

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Signature is what a DKIM-Signature field says (RFC 6376 §3.5).
type Signature struct {
	Algorithm        string // a=: "rsa-sha256", "ed25519-sha256"
	Value            []byte // b=
	BodyHash         []byte // bh=
	Header, Body     Canonicalization
	Domain, Selector string
	Fields           []string // h=: the names of the signed fields
	Identity         string   // i=: "@" and the domain without it
	Length           int64    // l=: bytes of the canonical body; -1 for all
	Query            []string // q=
	Signed, Expires  time.Time
	Copied           string // z=
}

// FieldsMax is how many signed fields a signature may name.
const FieldsMax = 1000

// Why names what is wrong with a signature, its key or a record; "" is nothing. The lexicon explains each as "dkim.why.<it>".
type Why string

// What may be wrong with a signature.
const (
	WhySyntax     Why = "syntax"      // no tag list, or a value that is none
	WhyVersion    Why = "version"     // v= is not 1
	WhyMissing    Why = "missing-tag" // a tag that must be there is not
	WhyAlgorithm  Why = "algorithm"   // a= is not known
	WhySHA1       Why = "sha1"        // rsa-sha1, which RFC 8301 forbids
	WhyCanonical  Why = "canonicalization"
	WhyIdentity   Why = "identity"   // i= is not within d=
	WhyFrom       Why = "from"       // h= does not name From
	WhyExpired    Why = "expired"    // x= is over
	WhyFuture     Why = "future"     // t= is still to come
	WhyQuery      Why = "query"      // q= names no way that is known
	WhyTooLong    Why = "length"     // l= is more than the body has
	WhyBodyHash   Why = "body-hash"  // the body was changed
	WhySignature  Why = "signature"  // the header was changed, or the key is another
	WhyUnsigned   Why = "unsigned"   // there is none
	WhyNoKey      Why = "no-key"     // the name of the key does not exist
	WhyKeyFailed  Why = "key-failed" // the DNS did not answer
	WhyKeySyntax  Why = "key-syntax"
	WhyKeyRevoked Why = "key-revoked"
	WhyKeyType    Why = "key-type"
	WhyKeySize    Why = "key-size"
	WhyKeyHash    Why = "key-hash"
	WhyKeyService Why = "key-service"
	WhyKeyStrict  Why = "key-strict"
)

// Whys lists every one, for those who explain them.
var Whys = []Why{WhySyntax, WhyVersion, WhyMissing, WhyAlgorithm, WhySHA1, WhyCanonical, WhyIdentity, WhyFrom, WhyExpired, WhyFuture, WhyQuery, WhyTooLong,
	WhyBodyHash, WhySignature, WhyUnsigned, WhyNoKey, WhyKeyFailed, WhyKeySyntax, WhyKeyRevoked, WhyKeyType, WhyKeySize, WhyKeyHash, WhyKeyService, WhyKeyStrict}

var algorithms = []string{"rsa-sha256", "ed25519-sha256"} // RFC 6376 §3.3, RFC 8463 §3

// ParseSignature reads the body of a DKIM-Signature field. Where it is at fault, why says so, and s holds what could be read.
func ParseSignature(value string) (s *Signature, why Why) {
	s = &Signature{Length: -1}
	tags, ok := ParseTags(value)
	if !ok {
		return s, WhySyntax
	}
	s.Domain, s.Selector = tags.or("d", ""), tags.or("s", "")
	s.Algorithm = strings.ToLower(tags.or("a", ""))
	s.Fields = list(tags.or("h", ""))
	s.Identity = tags.or("i", "@"+s.Domain)
	s.Query = list(tags.or("q", "dns/txt"))
	s.Copied = tags.or("z", "")
	if v, ok := tags.Get("v"); ok && v != "1" {
		return s, WhyVersion
	}
	for _, name := range []string{"v", "a", "b", "bh", "d", "h", "s"} {
		if value, ok := tags.Get(name); !ok || value == "" && name != "b" {
			return s, WhyMissing
		}
	}
	if why := s.canonicalization(tags.or("c", "simple/simple")); why != "" {
		return s, why
	}
	if why := s.numbers(tags); why != "" {
		return s, why
	}
	var err1, err2 error
	s.Value, err1 = base64.StdEncoding.DecodeString(unblanked(tags.or("b", "")))
	s.BodyHash, err2 = base64.StdEncoding.DecodeString(unblanked(tags.or("bh", "")))
	switch {
	case err1 != nil || err2 != nil || len(s.Fields) > FieldsMax || !isDomain(s.Domain, false) || !isDomain(s.Selector, false):
		return s, WhySyntax
	case s.Algorithm == "rsa-sha1":
		return s, WhySHA1
	case !slices.Contains(algorithms, s.Algorithm):
		return s, WhyAlgorithm
	case !isSubdomain(identityDomain(s.Identity), s.Domain):
		return s, WhyIdentity
	case !slices.ContainsFunc(s.Fields, func(f string) bool { return strings.EqualFold(f, "From") }):
		return s, WhyFrom // RFC 6376 §5.4
	case !slices.Contains(s.Query, "dns/txt"):
		return s, WhyQuery
	case !s.Expires.IsZero() && !s.Signed.IsZero() && s.Expires.Before(s.Signed):
		return s, WhySyntax // RFC 6376 §3.5: x= must be greater than t=
	}
	return s, ""
}

// identityDomain is what stands behind the last "@".
func identityDomain(identity string) string { return identity[strings.LastIndexByte(identity, '@')+1:] }

// canonicalization reads c=: of the header, and of the body, which is simple where nothing is said.
func (s *Signature) canonicalization(value string) Why {
	header, body, ok := strings.Cut(strings.ToLower(value), "/")
	if !ok {
		body = "simple"
	}
	s.Header, s.Body = Canonicalization(header), Canonicalization(body)
	for _, c := range []Canonicalization{s.Header, s.Body} {
		if c != Simple && c != Relaxed {
			return WhyCanonical
		}
	}
	return ""
}

// numbers reads l=, t= and x=.
func (s *Signature) numbers(tags Tags) Why {
	for _, n := range []struct {
		name   string
		digits int
		set    func(int64)
	}{
		{"l", 18, func(n int64) { s.Length = n }}, // RFC 6376 §3.5: up to 76 digits; no mail is that long
		{"t", 12, func(n int64) { s.Signed = time.Unix(n, 0).UTC() }},
		{"x", 12, func(n int64) { s.Expires = time.Unix(n, 0).UTC() }},
	} {
		value, ok := tags.Get(n.name)
		if !ok {
			continue
		}
		number, err := strconv.ParseUint(value, 10, 62)
		if err != nil || len(value) > n.digits {
			return WhySyntax
		}
		n.set(int64(number))
	}
	return ""
}
