package sasl

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// A scramServer is what the server remembers of an exchange (RFC 5802 §5).
type scramServer struct {
	header string // gs2-header, which the client's last message confirms
	said   string // client-first-message-bare and server-first-message with a comma between: what both proofs are made over
	nonce  string
	secret Secret
	keys   Keys // without Stored and Server where they are made of the password
	known  bool
}

// scramFirst takes "n,,n=user,r=nonce".
func (s *Server) scramFirst(response []byte) ([]byte, bool, error) {
	if response == nil {
		return []byte{}, false, nil
	}
	message := string(response)
	header, bare, authorization, ok := cutHeader(message)
	switch {
	case !ok:
		return nil, false, s.wrong("want a gs2-header", "RFC 5802 §7")
	case message[0] == 'p':
		// RFC 5802 §6: only a mechanism whose name ends in -PLUS binds to the channel.
		return nil, false, s.wrong("channel binding is not offered", "RFC 5802 §6")
	}
	parts := strings.Split(bare, ",")
	// RFC 5802 §5.1: "m=" is a mandatory extension, and nobody knows one.
	if len(parts) < 2 || !strings.HasPrefix(parts[0], "n=") || !strings.HasPrefix(parts[1], "r=") {
		return nil, false, s.wrong("want n=user,r=nonce", "RFC 5802 §7")
	}
	name, okName := unescape(parts[0][2:])
	nonce := parts[1][2:]
	if !okName || !printable(nonce) || len(nonce) > maxNonce {
		return nil, false, s.wrong("user or nonce is not well-formed", "RFC 5802 §7")
	}
	s.user = prepared(name)
	if authorization != "" && prepared(authorization) != s.user {
		return nil, false, ErrAuthorization
	}
	x := &s.scram
	x.header, x.nonce = header, nonce+s.own.Nonce
	s.findKeys()
	first := "r=" + x.nonce + ",s=" + base64.StdEncoding.EncodeToString(x.keys.Salt) + ",i=" + strconv.Itoa(x.keys.Iterations)
	x.said = bare + "," + first
	s.step = s.scramFinal
	return []byte(first), false, nil
}

const maxNonce = 1024

// findKeys finds what the exchange is checked with. A user who does not exist has a salt too, always the same one.
func (s *Server) findKeys() {
	x := &s.scram
	x.secret, x.known = s.verifier.Secret(s.user)
	var kept bool
	if x.keys, kept = x.secret.find(s.mechanism); kept {
		return
	}
	x.keys = Keys{Mechanism: s.mechanism, Salt: mac(sha256.New, []byte(s.own.SaltKey), s.user)[:16], Iterations: s.own.Iterations}
	x.known = x.known && x.secret.Password != ""
}

// scramFinal takes "c=biws,r=nonce,p=proof".
func (s *Server) scramFinal(response []byte) ([]byte, bool, error) {
	x := &s.scram
	message := string(response)
	cut := strings.LastIndex(message, ",p=")
	if cut < 0 {
		return nil, false, s.wrong("want the proof at the end", "RFC 5802 §7")
	}
	without := message[:cut]
	proof, err := base64.StdEncoding.DecodeString(message[cut+3:])
	of := scramHash(s.mechanism)
	parts := strings.Split(without, ",")
	switch {
	case err != nil || len(proof) != of().Size():
		return nil, false, s.wrong("the proof is not one", "RFC 5802 §7")
	case len(parts) < 2 || parts[0] != "c="+base64.StdEncoding.EncodeToString([]byte(x.header)):
		// RFC 5802 §5.1: whoever stands between may have changed what the client said of channel binding.
		return nil, false, s.wrong("c= is not what the client began with", "RFC 5802 §5.1")
	case parts[1] != "r="+x.nonce:
		return nil, false, s.wrong("r= is not the nonce of this exchange", "RFC 5802 §5.1")
	}
	if x.keys.Stored == nil {
		x.keys = DeriveKeys(s.mechanism, x.secret.Password, x.keys.Salt, x.keys.Iterations)
	}
	said := x.said + "," + without
	clientKey := xor(proof, mac(of, x.keys.Stored, said))
	if right := same(digest(of, clientKey), x.keys.Stored); !right || !x.known {
		return nil, false, ErrCredentials
	}
	s.step = s.scramEnd
	return []byte("v=" + base64.StdEncoding.EncodeToString(mac(of, x.keys.Server, said))), false, nil
}

// scramEnd takes the empty answer to the server's proof, which protocols without room for it in their success need
// (RFC 4422 §3.6).
func (s *Server) scramEnd(response []byte) ([]byte, bool, error) {
	if len(response) > 0 {
		return nil, false, s.wrong("want an empty message", "RFC 4422 §3.6")
	}
	return nil, true, nil
}

// cutHeader divides the client's first message behind the gs2-header: "n,,", "y,,", "p=tls-unique,a=other," (RFC 5802 §7).
func cutHeader(message string) (header, bare, authorization string, ok bool) {
	flag, rest, ok1 := strings.Cut(message, ",")
	who, bare, ok2 := strings.Cut(rest, ",")
	if !ok1 || !ok2 || !slices.Contains([]string{"n", "y"}, flag) && !strings.HasPrefix(flag, "p=") {
		return "", "", "", false
	}
	if who != "" {
		escaped, is := strings.CutPrefix(who, "a=")
		if authorization, ok = unescape(escaped); !is || !ok {
			return "", "", "", false
		}
	}
	return message[:len(message)-len(bare)], bare, authorization, true
}
