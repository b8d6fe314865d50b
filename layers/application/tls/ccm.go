package tls

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// A counterCBC is AES-CCM (RFC 3610) as TLS uses it: 12 bytes of nonce, 3 bytes of length, and a check of 16 or 8 bytes
// (RFC 6655 §3). The standard library has none. It opens and does not seal.
type counterCBC struct {
	block cipher.Block
	tag   int
}

var errCheck = errors.New("tls: the check of the record does not hold (RFC 3610 §2.5)")

func newCCM(block cipher.Block, tag int) cipher.AEAD { return &counterCBC{block, tag} }

func (c *counterCBC) NonceSize() int { return nonceLength }
func (c *counterCBC) Overhead() int  { return c.tag }

// Seal is not needed by whoever only listens.
func (c *counterCBC) Seal(_, _, _, _ []byte) []byte { panic("tls: CCM is only opened here") }

// Open deciphers sealed and appends it to dst.
func (c *counterCBC) Open(dst, nonce, sealed, beside []byte) ([]byte, error) {
	if len(sealed) < c.tag {
		return nil, errCheck
	}
	body, check := sealed[:len(sealed)-c.tag], sealed[len(sealed)-c.tag:]
	var counter [16]byte
	counter[0] = 2 // RFC 3610 §2.3: the length has 3 bytes
	copy(counter[1:], nonce)
	stream := cipher.NewCTR(c.block, counter[:])
	var first [16]byte
	stream.XORKeyStream(first[:], first[:])
	plain := make([]byte, len(body))
	stream.XORKeyStream(plain, body)
	sum := c.authenticate(nonce, plain, beside)
	for i := range sum {
		sum[i] ^= first[i]
	}
	if subtle.ConstantTimeCompare(sum[:c.tag], check) != 1 {
		return nil, errCheck
	}
	return append(dst, plain...), nil
}

// authenticate is the CBC-MAC over the lengths, the bytes beside and the plain text (RFC 3610 §2.2).
func (c *counterCBC) authenticate(nonce, plain, beside []byte) (sum [16]byte) {
	var first [16]byte
	first[0] = 0x40 | byte((c.tag-2)/2)<<3 | 2
	copy(first[1:], nonce)
	first[13], first[14], first[15] = byte(len(plain)>>16), byte(len(plain)>>8), byte(len(plain))
	add := func(b []byte) {
		for len(b) > 0 {
			n := min(len(b), 16)
			for i, v := range b[:n] {
				sum[i] ^= v
			}
			c.block.Encrypt(sum[:], sum[:])
			b = b[n:]
		}
	}
	add(first[:])
	add(append(binary.BigEndian.AppendUint16(nil, uint16(len(beside))), beside...))
	add(plain)
	return sum
}
