package sasl

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
)

// MinIterations is how often SCRAM hashes a password at least: servers use no less, and clients refuse less
// (RFC 5802 §5.1, RFC 7677 §4).
const MinIterations = 4096

// maxIterations is how often a client hashes at most: the server says the number, and could keep the client busy with it.
const maxIterations = 1 << 20

// Keys are what a server of SCRAM keeps of a password (RFC 5802 §3).
type Keys struct {
	Mechanism  string // SCRAM-SHA-1 or SCRAM-SHA-256
	Salt       []byte
	Iterations int
	Stored     []byte // H(ClientKey): checks the client's proof
	Server     []byte // ServerKey: makes the server's own
}

// DeriveKeys makes the keys of a password for SCRAM-SHA-1 or SCRAM-SHA-256.
func DeriveKeys(mechanism, password string, salt []byte, iterations int) Keys {
	of := scramHash(mechanism)
	salted := saltPassword(of, password, salt, iterations)
	return Keys{mechanism, salt, iterations, digest(of, mac(of, salted, "Client Key")), mac(of, salted, "Server Key")}
}

// find returns the keys for a mechanism.
func (s Secret) find(mechanism string) (Keys, bool) {
	for _, k := range s.Keys {
		if k.Mechanism == mechanism {
			return k, true
		}
	}
	return Keys{}, false
}

func scramHash(mechanism string) func() hash.Hash {
	if mechanism == "SCRAM-SHA-1" {
		return sha1.New
	}
	return sha256.New
}

// saltPassword is Hi of RFC 5802 §2.2, which is PBKDF2 with the length of the hash.
func saltPassword(of func() hash.Hash, password string, salt []byte, iterations int) []byte {
	key, err := pbkdf2.Key(of, prepared(password), salt, iterations, of().Size())
	if err != nil {
		panic("sasl: " + err.Error()) // a length or a hash that this package got wrong
	}
	return key
}

func mac(of func() hash.Hash, key []byte, text string) []byte {
	m := hmac.New(of, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func digest(of func() hash.Hash, b []byte) []byte {
	h := of()
	h.Write(b)
	return h.Sum(nil)
}

func xor(a, b []byte) []byte {
	out := make([]byte, len(a))
	for i := range a {
		out[i] = a[i] ^ b[i]
	}
	return out
}
