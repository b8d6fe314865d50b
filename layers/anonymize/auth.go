package anonymize

import (
	"bytes"
)

// authCommand replaces what stands behind AUTH or AUTHENTICATE: the mechanism stays, an initial response is replaced.
func (a *Anonymizer) authCommand(rest []byte) {
	for i, w := range fields(rest) {
		switch {
		case i > 0:
			a.authBlob(w, false)
		case !mechanisms.has(lower(w)):
			a.identify(w, other)
		}
	}
}

// authLine replaces a line of an authentication dialogue.
func (a *Anonymizer) authLine(m *message, b []byte) {
	line := bytes.TrimRight(b, "\r\n")
	if bytes.HasPrefix(line, []byte("+ ")) {
		line = line[2:]
	}
	if s := string(line); s == "*" || s == "=" || s == "+" {
		return
	}
	a.authBlob(line, m.secret)
}

// prompts are the challenges of LOGIN, which everybody knows.
var prompts = map[string]bool{"username:": true, "password:": true, "user name": true, "password": true, "username": true}

// authBlob replaces a line of base64. A secret one is filled whole, but for the name in it.
func (a *Anonymizer) authBlob(b []byte, secret bool) {
	recode(b, func(plain []byte) {
		switch {
		case prompts[lower(bytes.TrimSpace(plain))]:
		case bytes.HasPrefix(plain, []byte("NTLMSSP\x00")) && len(plain) >= 12:
			clear(plain[12:])
		case bytes.IndexByte(plain, 0) >= 0 && printable(bytes.ReplaceAll(plain, []byte{0}, nil)): // PLAIN: RFC 4616 §2
			parts := bytes.SplitN(plain, []byte{0}, 3)
			for _, p := range parts[:len(parts)-1] {
				a.identify(p, user)
			}
			hush(parts[len(parts)-1])
		case !printable(bytes.ReplaceAll(plain, []byte{1}, nil)):
			clear(plain)
		case bytes.IndexByte(plain, '=') > 0:
			a.attributes(plain)
		case bytes.HasPrefix(plain, []byte("<")):
			a.identify(plain, other) // the challenge of CRAM-MD5
		case secret:
			a.digest(plain)
		default:
			a.identify(plain, user)
		}
	})
}

// digest replaces a response of CRAM-MD5: a name, a space and a digest (RFC 2195 §2). Without a space it is a password.
func (a *Anonymizer) digest(plain []byte) {
	if i := bytes.LastIndexByte(plain, ' '); i > 0 && len(plain)-i-1 == 32 {
		a.identify(plain[:i], user)
		plain = plain[i:]
	}
	hush(plain)
}

// attributes replaces the values of name=value, of DIGEST-MD5, SCRAM, OAUTHBEARER and XOAUTH2.
func (a *Anonymizer) attributes(plain []byte) {
	for at := 0; at < len(plain); {
		end := at
		quoted := false
		for end < len(plain) && (quoted || plain[end] != ',' && plain[end] != 1) {
			if plain[end] == '"' {
				quoted = !quoted
			}
			end++
		}
		a.attribute(plain[at:end])
		at = end + 1
	}
}

// digestWords are the values of DIGEST-MD5 that tell of the method (RFC 2831 §2.1).
var digestWords = set("auth auth-int auth-conf utf-8 md5-sess")

func (a *Anonymizer) attribute(b []byte) {
	name, value, ok := bytes.Cut(b, []byte("="))
	switch lower(bytes.TrimSpace(name)) {
	case "user", "username", "authzid", "n", "a":
		a.identify(value, user)
	case "realm", "digest-uri", "host":
		a.identify(value, host)
	case "qop", "charset", "algorithm", "nc", "maxbuf", "i", "port":
		a.words(value, digestWords)
	case "nonce", "cnonce", "response", "rspauth", "cipher", "r", "s", "p", "c", "v", "e", "auth", "status", "schemes", "scope":
		fill(value)
	default:
		if !ok {
			value = b
		} else {
			fill(name)
		}
		fill(value)
	}
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}
