package sasl

import (
	"strings"

	"mailwire/layers"
)

// scramResponse reads the client's lines of SCRAM (RFC 5802 §7): "n,,n=user,r=nonce", then "c=biws,r=nonce,p=proof".
func scramResponse(s string) Reading {
	if proof, ok := attribute(s, 'p'); ok && strings.HasPrefix(s, "c=") {
		return Reading{Notes: []layers.Note{layers.N("sasl.scram.proof", layers.Hidden("proof", layers.String(proof)))}, Secret: true}
	}
	if user, ok := attribute(s, 'n'); ok {
		return Reading{Notes: []layers.Note{layers.N("sasl.scram.first", text("user", scramName.Replace(user)))}, Secret: true}
	}
	return unread
}

// scramName undoes what RFC 5802 §5.1 does to commas and equal signs in names.
var scramName = strings.NewReplacer("=2C", ",", "=3D", "=")

// scramChallenge reads the server's: "r=nonce,s=salt,i=4096", then "v=signature" or "e=error". The signature is computed from
// the password too, and as good as the proof for trying passwords.
func scramChallenge(s string) Reading {
	if reason, ok := attribute(s, 'e'); ok {
		return told(layers.N("sasl.scram.refused", text("reason", reason)))
	}
	if _, ok := attribute(s, 'v'); ok {
		return Reading{Notes: []layers.Note{layers.N("sasl.scram.signature")}, Secret: true}
	}
	if rounds, ok := attribute(s, 'i'); ok {
		return told(layers.N("sasl.scram.salt", text("rounds", rounds)))
	}
	return told(layers.N("sasl.challenge", text("challenge", s)))
}

// attribute finds x=value among attributes with commas between.
func attribute(s string, x byte) (value string, ok bool) {
	for part := range strings.SplitSeq(s, ",") {
		if len(part) >= 2 && part[0] == x && part[1] == '=' {
			return part[2:], true
		}
	}
	return "", false
}
