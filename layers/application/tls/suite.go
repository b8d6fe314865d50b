package tls

import (
	"crypto"
	_ "crypto/md5"    // for the key block before TLS 1.2
	_ "crypto/sha1"   // likewise, and for suites that end in SHA
	_ "crypto/sha256" // for suites that end in SHA256
	_ "crypto/sha512" // for suites that end in SHA384
	"strings"
)

// A suite is how a session's records are protected.
type suite struct {
	kind  suiteKind
	key   int         // bytes of a key
	salt  int         // bytes of the nonce that come from the key block
	block int         // bytes of a block, for CBC
	tag   int         // bytes of the check, for CCM
	mac   crypto.Hash // of the check, for CBC
	hash  crypto.Hash // of the key schedule
	// sendsNonce says that the other part of the nonce stands in each record (RFC 5288 §3).
	sendsNonce bool
	old        bool // before TLS 1.3
}

type suiteKind uint8

const (
	gcm suiteKind = iota
	ccm
	chacha
	cbc
)

// newSuite reads from the name of a suite what its records need; ok is false for one that is not opened here.
func newSuite(number, version uint16) (s *suite, ok bool) {
	name := suiteNames[number]
	protects := strings.TrimPrefix(name, "TLS_")
	if version < versionTLS13 {
		_, protects, _ = strings.Cut(name, "_WITH_")
	}
	old := version < versionTLS13
	s = &suite{hash: crypto.SHA256, old: old, sendsNonce: old, salt: 4}
	if strings.HasSuffix(protects, "_SHA384") {
		s.hash = crypto.SHA384
	}
	switch {
	case strings.HasPrefix(protects, "AES_128_"):
		s.key, s.block = 16, 16
	case strings.HasPrefix(protects, "AES_256_"):
		s.key, s.block = 32, 16
	case strings.HasPrefix(protects, "3DES_EDE_"):
		s.key, s.block = 24, 8
	case strings.HasPrefix(protects, "CHACHA20_POLY1305"):
		s.kind, s.key, s.salt, s.sendsNonce = chacha, 32, nonceLength, false
		return s, true
	default:
		return nil, false
	}
	switch {
	case strings.Contains(protects, "_GCM_"):
		s.kind = gcm
	case strings.Contains(protects, "_CCM"):
		s.kind, s.tag = ccm, 16
		if strings.Contains(protects, "_CCM_8") {
			s.tag = 8
		}
	case strings.Contains(protects, "_CBC_"):
		s.kind, s.mac = cbc, crypto.SHA1
		switch {
		case strings.HasSuffix(protects, "_SHA256"):
			s.mac = crypto.SHA256
		case strings.HasSuffix(protects, "_SHA384"):
			s.mac = crypto.SHA384
		}
	}
	return s, true
}
