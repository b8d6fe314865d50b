package tls

import (
	"bytes"
	"encoding/hex"
	"strings"
)

// A label says which secret of a session a line of a key log tells (RFC 9850 §2).
type label uint8

const (
	masterSecret    label = iota // CLIENT_RANDOM: of TLS 1.2 and older
	earlySecret                  // of the client, for what it says before the server has answered
	clientHandshake              // and server: for the handshake of TLS 1.3
	serverHandshake
	clientTraffic // and server: for what comes behind it
	serverTraffic
	labels
)

var labelNames = map[string]label{
	"CLIENT_RANDOM":                   masterSecret,
	"CLIENT_EARLY_TRAFFIC_SECRET":     earlySecret,
	"CLIENT_HANDSHAKE_TRAFFIC_SECRET": clientHandshake,
	"SERVER_HANDSHAKE_TRAFFIC_SECRET": serverHandshake,
	"CLIENT_TRAFFIC_SECRET_0":         clientTraffic,
	"SERVER_TRAFFIC_SECRET_0":         serverTraffic,
}

const (
	randomLength = 32
	secretMax    = 64      // bytes of a secret: those of the longest hash
	sessionsMax  = 1 << 16 // whose secrets are kept; then the ones before are forgotten
)

// secrets are what is known of a session; nil for what is not.
type secrets [labels][]byte

// Keys are the secrets of sessions, found by the random number of their ClientHello. The zero value holds none.
type Keys struct {
	sessions map[[randomLength]byte]*secrets
	unused   int
}

// Add reads text in the format of SSLKEYLOGFILE (RFC 9850): lines of a label, a client's random number and a secret. It may be
// called again with more; each text begins with a line of its own.
func (k *Keys) Add(text []byte) {
	if k.sessions == nil {
		k.sessions = map[[randomLength]byte]*secrets{}
	}
	for line := range bytes.Lines(text) {
		k.line(string(bytes.TrimSpace(line)))
	}
}

// Sessions is how many sessions have a secret here.
func (k *Keys) Sessions() int { return len(k.sessions) }

// Unused is how many lines were of no use: RSA lines, which would need a message that is passed over, and what is no line of
// a key log. Comments do not count, nor do the labels for other purposes (exporters, ECH).
func (k *Keys) Unused() int { return k.unused }

func (k *Keys) line(line string) {
	if line == "" || line[0] == '#' {
		return
	}
	words := strings.Fields(line[:min(len(line), 512)])
	if len(words) == 3 && (strings.HasSuffix(words[0], "EXPORTER_SECRET") || strings.HasPrefix(words[0], "ECH_")) {
		return
	}
	var random [randomLength]byte
	which, ok := label(0), len(words) == 3 && len(words[1]) == 2*randomLength && len(words[2]) <= 2*secretMax
	if ok {
		which, ok = labelNames[words[0]]
	}
	if ok {
		_, err := hex.Decode(random[:], []byte(words[1]))
		ok = err == nil
	}
	if !ok {
		k.unused++
		return
	}
	secret, err := hex.DecodeString(words[2])
	if err != nil || len(secret) == 0 {
		k.unused++
		return
	}
	s := k.sessions[random]
	if s == nil {
		if len(k.sessions) >= sessionsMax {
			clear(k.sessions)
		}
		s = &secrets{}
		k.sessions[random] = s
	}
	s[which] = secret
}

// of returns the secrets of the session that a client began with random; nil when there are none.
func (k *Keys) of(random [randomLength]byte) *secrets {
	if k == nil {
		return nil
	}
	return k.sessions[random]
}
