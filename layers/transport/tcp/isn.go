package tcp

import (
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"time"
)

// A Secret makes the initial sequence numbers of a host unpredictable for others.
type Secret [16]byte

// clockTick is how long the clock of initial sequence numbers takes for one number (RFC 6528 §3, RFC 9293 §3.4.1).
const clockTick = 4 * time.Microsecond

// hash is F of RFC 6528 §3: a number for each pair of endpoints that nobody without the secret can predict; the second
// does the same for timestamps (RFC 7323 §7.1).
func (k *Secret) hash(local, remote netip.AddrPort) (sequence, stamp uint32) {
	var b [16 + 2*18]byte
	copy(b[:], k[:])
	put := func(b []byte, a netip.AddrPort) {
		ip := a.Addr().As16()
		copy(b, ip[:])
		binary.BigEndian.PutUint16(b[16:], a.Port())
	}
	put(b[16:], local)
	put(b[34:], remote)
	sum := sha256.Sum256(b[:])
	return binary.BigEndian.Uint32(sum[:]), binary.BigEndian.Uint32(sum[4:])
}

// initialSeq is the initial sequence number by RFC 6528 §3: the clock plus the hash.
func initialSeq(at instant, hash uint32) Seq {
	return Seq(uint32(int64(at)/int64(clockTick)) + hash)
}
