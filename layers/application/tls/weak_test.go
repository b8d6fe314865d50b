package tls

import "testing"

func TestIsWeak(t *testing.T) {
	for suite, weak := range map[uint16]bool{
		0x0005: true,  // RC4
		0x000a: true,  // 3DES
		0x0034: true,  // nobody is certified
		0xc0b4: true,  // TLS 1.3 that checks and does not encrypt
		0x1301: false, // AES-GCM
		0xc027: false, // AES-CBC with SHA-256
	} {
		if got := isWeak(suiteName(suite)); got != weak {
			t.Errorf("%s: weak %v", suiteName(suite), got)
		}
	}
}
