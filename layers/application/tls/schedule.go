package tls

import (
	"crypto"
	"crypto/hkdf"
	"crypto/hmac"
	"encoding/binary"
	"hash"
)

// expand is HKDF-Expand-Label (RFC 8446 §7.1), without a context.
func expand(h crypto.Hash, secret []byte, label string, length int) []byte {
	info := binary.BigEndian.AppendUint16(nil, uint16(length))
	info = append(info, byte(len("tls13 ")+len(label)))
	info = append(info, "tls13 "...)
	info = append(info, label...)
	info = append(info, 0)
	out, err := hkdf.Expand(h.New, secret, string(info), length)
	if err != nil {
		return make([]byte, length) // longer than any key is
	}
	return out
}

// trafficKey makes the opener of a traffic secret (RFC 8446 §7.3).
func (s *suite) trafficKey(secret []byte) opener {
	return s.newAEAD(expand(s.hash, secret, "key", s.key), expand(s.hash, secret, "iv", nonceLength))
}

// updated is the traffic secret behind a KeyUpdate (RFC 8446 §7.2).
func (s *suite) updated(secret []byte) []byte {
	return expand(s.hash, secret, "traffic upd", s.hash.Size())
}

// keyBlock makes length bytes of a master secret (RFC 5246 §6.3).
func (s *suite) keyBlock(version uint16, master, client, server []byte, length int) []byte {
	seed := append(append([]byte("key expansion"), server...), client...)
	if version >= versionTLS12 {
		return pseudoRandom(s.hash.New, master, seed, length)
	}
	// RFC 2246 §5: before TLS 1.2 the two halves of the secret go through two hashes.
	half := (len(master) + 1) / 2
	block := pseudoRandom(crypto.MD5.New, master[:half], seed, length)
	for i, b := range pseudoRandom(crypto.SHA1.New, master[len(master)-half:], seed, length) {
		block[i] ^= b
	}
	return block
}

// pseudoRandom is P_hash (RFC 5246 §5).
func pseudoRandom(h func() hash.Hash, secret, seed []byte, length int) []byte {
	mac := hmac.New(h, secret)
	sum := func(parts ...[]byte) []byte {
		mac.Reset()
		for _, p := range parts {
			mac.Write(p)
		}
		return mac.Sum(nil)
	}
	var out []byte
	for a := sum(seed); len(out) < length; a = sum(a) {
		out = append(out, sum(a, seed)...)
	}
	return out[:length]
}

// openers makes the openers of both sides from a master secret; ok is false for a suite that is not opened here.
func (s *suite) openers(version uint16, master []byte, client, server [randomLength]byte, encryptThenMAC bool) (both [2]opener, ok bool) {
	if len(master) == 0 {
		return both, false
	}
	mac, iv := 0, s.salt
	if s.kind == cbc {
		mac, iv = s.mac.Size(), 0
		if version < versionTLS11 {
			iv = s.block
		}
	}
	block := s.keyBlock(version, master, client[:], server[:], 2*(mac+s.key+iv))
	take := func(n int) []byte {
		taken := block[:n]
		block = block[n:]
		return taken
	}
	macs := [2][]byte{take(mac), take(mac)}
	keys := [2][]byte{take(s.key), take(s.key)}
	ivs := [2][]byte{take(iv), take(iv)}
	for side := range both {
		if s.kind == cbc {
			both[side] = s.newCBC(keys[side], macs[side], ivs[side], encryptThenMAC)
		} else {
			both[side] = s.newAEAD(keys[side], ivs[side])
		}
		if both[side] == nil {
			return both, false
		}
	}
	return both, true
}
