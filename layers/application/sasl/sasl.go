// Package sasl logs in by SASL (RFC 4422), whichever of SMTP, POP3 and IMAP carries it, and reads from outside what others say
// in such a login. A [Server] and a [Client] are the two sides of one exchange, machines of messages without base64; an
// [Exchange] takes the lines of both sides and says what each is, what it reveals, and whether it must be masked. How a
// protocol writes a message, an empty one and one that gives up is the protocol's own matter.
//
// Spoken by both sides: SCRAM with SHA-256 and SHA-1 without channel binding (RFC 5802, RFC 7677), CRAM-MD5 (RFC 2195), PLAIN
// (RFC 4616) and LOGIN, each without a security layer. Nobody may act for somebody else. Names and passwords of SCRAM are
// prepared as RFC 4013 has it, but for its prohibitions. Nonces come from the caller.
//
// Read: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), DIGEST-MD5 (RFC 2831), SCRAM with SHA-1 and SHA-256, with and without
// channel binding (RFC 5802, RFC 7677), NTLM (MS-NLMP), XOAUTH2, OAUTHBEARER (RFC 7628), EXTERNAL (RFC 4422 appendix A) and
// ANONYMOUS (RFC 4505). Of GSSAPI, GS2 and Kerberos (RFC 4752, RFC 5801) it says only that a token passes; of others, that it is
// a challenge or a response. An Exchange checks no proof: it does not know the password.
package sasl

import (
	"encoding/base64"
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// An Exchange is one login that is followed. The zero value is one of which the beginning was not seen: nothing is known of
// its mechanism, so all that the client says is secret.
type Exchange struct {
	mechanism string
	responses int
	user      string // of LOGIN, once it is known
	password  bool   // of LOGIN: the client's next line is the password
}

// A Reading is what one line of the exchange says.
type Reading struct {
	Notes    []layers.Note
	Secret   bool // with the line somebody could log in, or find the password at leisure
	Revealed bool // it holds the password, or what is as good as one
}

// Begin follows a login by the mechanism, whose name may be in any case.
func Begin(mechanism string) Exchange { return Exchange{mechanism: application.Upper(mechanism)} }

// Mechanism is the mechanism's name in upper case, "" where it is not known.
func (x *Exchange) Mechanism() string { return x.mechanism }

// Secret says whether the client's next line is to be masked before it is whole and has been read.
func (x *Exchange) Secret() bool {
	switch x.mechanism {
	case "LOGIN":
		return x.password
	case "EXTERNAL", "ANONYMOUS":
		return false
	}
	return true
}

// Response reads a line of the client, without its line end: base64, "=" for an empty initial response, or "*" to give up.
func (x *Exchange) Response(line string) Reading {
	if line == "*" {
		return told(layers.N("sasl.cancel"))
	}
	secret := x.Secret()
	x.responses++
	b, err := Decode(line)
	switch {
	case err != nil:
		x.password = true // a name as it is: the next line is the password
		return Reading{Notes: []layers.Note{layers.N("sasl.not-base64")}, Secret: secret}
	case len(b) == 0:
		return told(layers.N("sasl.empty"))
	case isNTLM(b):
		return ntlmResponse(b)
	}
	switch x.mechanism {
	case "PLAIN":
		return readPlain(b)
	case "LOGIN":
		return x.readLogin(string(b))
	case "CRAM-MD5":
		return readCram(b)
	case "DIGEST-MD5":
		return digestResponse(string(b))
	case "XOAUTH2", "OAUTHBEARER":
		return readToken(string(b))
	case "EXTERNAL":
		return told(layers.N("sasl.external.identity", text("identity", string(b))))
	case "ANONYMOUS":
		return told(layers.N("sasl.anonymous.trace", text("trace", string(b))))
	}
	switch {
	case strings.HasPrefix(x.mechanism, "SCRAM-"):
		return scramResponse(string(b))
	case usesTokens(x.mechanism):
		return Reading{Notes: []layers.Note{layers.N("sasl.gssapi.token")}, Secret: true}
	}
	return unread
}

// unread is a response of which only the mechanism knows what it means.
var unread = Reading{Notes: []layers.Note{layers.N("sasl.response")}, Secret: true}

// Challenge reads what a server puts behind 334 or "+": base64 in most cases.
func (x *Exchange) Challenge(line string) Reading {
	b, err := Decode(line)
	switch {
	case line == "" || err == nil && len(b) == 0:
		return told(layers.N("sasl.continue"))
	case err != nil:
		return told(layers.N("sasl.challenge", text("challenge", line))) // words of a server that is not strict
	case isNTLM(b):
		return ntlmChallenge(b)
	}
	s := string(b)
	if x.mechanism == "" && strings.HasPrefix(s, "rspauth=") {
		return digestChallenge(s)
	} else if x.mechanism == "" && strings.HasPrefix(s, "v=") {
		return scramChallenge(s)
	}
	switch x.mechanism {
	case "LOGIN", "":
		if lower := strings.ToLower(s); strings.Contains(lower, "pass") {
			x.password = true
			return told(layers.N("sasl.login.password"))
		} else if strings.Contains(lower, "user") {
			return told(layers.N("sasl.login.user"))
		}
	case "CRAM-MD5":
		return told(layers.N("sasl.cram-md5.challenge", text("challenge", s)))
	case "DIGEST-MD5":
		return digestChallenge(s)
	case "XOAUTH2", "OAUTHBEARER":
		return told(layers.N("sasl.token.refused", text("status", s)))
	}
	switch {
	case strings.HasPrefix(x.mechanism, "SCRAM-"):
		return scramChallenge(s)
	case usesTokens(x.mechanism):
		return Reading{Notes: []layers.Note{layers.N("sasl.gssapi.token")}, Secret: true}
	}
	return told(layers.N("sasl.challenge", text("challenge", s)))
}

// MechanismNote explains the mechanism of that name, or says that it is not known here.
func MechanismNote(name string) layers.Note {
	name = application.Upper(name)
	switch {
	case slices.Contains(Mechanisms, name):
		return layers.N("sasl." + strings.ToLower(name))
	case strings.HasPrefix(name, "SCRAM-") && strings.HasSuffix(name, "-PLUS"):
		return layers.N("sasl.scram-plus")
	}
	return layers.N("sasl.mechanism", text("mechanism", name))
}

// Mechanisms are those with a note of their own. Names of SCRAM that end in -PLUS share one.
var Mechanisms = []string{"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "GSSAPI", "GSS-SPNEGO", "GS2-KRB5", "XOAUTH2", "OAUTHBEARER",
	"EXTERNAL", "ANONYMOUS", "SCRAM-SHA-1", "SCRAM-SHA-256"}

// usesTokens says whether the mechanism's messages are tokens of GSS-API.
func usesTokens(mechanism string) bool {
	return mechanism == "GSSAPI" || mechanism == "GSS-SPNEGO" || mechanism == "KERBEROS_V4" || mechanism == "NTLM" || strings.HasPrefix(mechanism, "GS2-")
}

// Decode reads a message: base64, with or without its padding, or "=" for an empty one (RFC 4954 §4, RFC 5034 §4, RFC 4959 §3).
func Decode(line string) ([]byte, error) {
	if line == "=" {
		return nil, nil
	}
	b, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		if b, raw := base64.RawStdEncoding.DecodeString(line); raw == nil {
			return b, nil
		}
	}
	return b, err
}

func told(notes ...layers.Note) Reading { return Reading{Notes: notes} }

// text is an argument that came from the wire, of a length that a line can bear.
func text(name, s string) layers.Arg { return layers.A(name, layers.String(s[:min(len(s), textMax)])) }

const textMax = 256
