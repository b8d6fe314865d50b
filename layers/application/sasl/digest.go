package sasl

import (
	"strings"

	"mailwire/layers"
)

// digestChallenge reads the server's lines of DIGEST-MD5 (RFC 2831 §2.1.1, §2.1.3).
func digestChallenge(s string) Reading {
	if directive(s, "rspauth") != "" {
		// Computed from the password as the client's response is, and as good for trying passwords.
		return Reading{Notes: []layers.Note{layers.N("sasl.digest-md5.confirmed")}, Secret: true}
	}
	return told(layers.N("sasl.digest-md5.challenge", text("realm", directive(s, "realm")), text("nonce", directive(s, "nonce"))))
}

// digestResponse reads the client's (RFC 2831 §2.1.2).
func digestResponse(s string) Reading {
	return Reading{Notes: []layers.Note{layers.N("sasl.digest-md5.response", text("user", directive(s, "username")), text("uri", directive(s, "digest-uri")))},
		Secret: true}
}

// directive finds a value in a list of name=value or name="value" with commas between (RFC 2831 §7.1); "" where it is not.
func directive(list, name string) string {
	for len(list) > 0 {
		key, rest, ok := strings.Cut(list, "=")
		if !ok {
			return ""
		}
		var value string
		if quoted, is := strings.CutPrefix(rest, `"`); is {
			value, list = unquote(quoted)
			_, list, _ = strings.Cut(list, ",")
		} else {
			value, list, _ = strings.Cut(rest, ",")
		}
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return value
		}
	}
	return ""
}

// unquote reads up to the closing quote, behind the opening one.
func unquote(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:]
		case '\\':
			if i++; i == len(s) {
				return b.String(), ""
			}
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
