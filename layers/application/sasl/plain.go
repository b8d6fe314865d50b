package sasl

import (
	"strings"

	"mailwire/layers"
)

// DecodePlain reads the decoded message of PLAIN: [authorization] NUL user NUL password (RFC 4616 §2).
func DecodePlain(message []byte) (authorization, user, password string, ok bool) {
	parts := strings.Split(string(message), "\x00")
	if len(parts) != 3 || parts[1] == "" {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

// DecodeCram reads the decoded answer of CRAM-MD5: user SP digest (RFC 2195 §2).
func DecodeCram(message []byte) (user, digest string, ok bool) {
	s := string(message)
	cut := strings.LastIndexByte(s, ' ')
	if cut < 1 {
		return "", "", false
	}
	return s[:cut], s[cut+1:], true
}

func readPlain(b []byte) Reading {
	authorization, user, password, ok := DecodePlain(b)
	if !ok {
		r := unread
		r.Revealed = true // the password may stand anywhere in it
		return r
	}
	r := credentials(user, password)
	if authorization != "" && authorization != user {
		r.Notes = append(r.Notes, layers.N("sasl.authorization", text("user", user), text("identity", authorization)))
	}
	return r
}

// credentials is a user's name and password as whoever listens reads them.
func credentials(user, password string) Reading {
	return Reading{Notes: []layers.Note{layers.N("sasl.credentials", text("user", user), layers.Hidden("password", layers.String(password)))},
		Secret: true, Revealed: true}
}

// readLogin reads a line of LOGIN: the user name, then the password.
func (x *Exchange) readLogin(s string) Reading {
	if !x.password {
		x.user, x.password = s, true
		return told(layers.N("sasl.user", text("user", s)))
	}
	return credentials(x.user, s)
}

func readCram(b []byte) Reading {
	user, digest, ok := DecodeCram(b)
	if !ok {
		return unread
	}
	return Reading{Notes: []layers.Note{layers.N("sasl.digest", text("user", user), layers.Hidden("digest", layers.String(digest)))}, Secret: true}
}

// readToken reads XOAUTH2 and RFC 7628 §3.1: fields that end in a byte 1, with the user and a token that is as good as a
// password as long as it is valid.
func readToken(s string) Reading {
	r := Reading{Notes: []layers.Note{layers.N("sasl.token", text("user", tokenUser(s)))}, Secret: true, Revealed: strings.Contains(s, "Bearer ")}
	if strings.Trim(s, "\x01") == "" {
		r = told(layers.N("sasl.token.end")) // RFC 7628 §3.2.3: the client takes note of the refusal
	}
	return r
}

// tokenUser finds the user: user=… of XOAUTH2, a=… in the GS2 header of OAUTHBEARER.
func tokenUser(s string) string {
	for _, field := range strings.FieldsFunc(s, func(r rune) bool { return r == 1 || r == ',' }) {
		for _, key := range []string{"user=", "a="} {
			if user, ok := strings.CutPrefix(field, key); ok {
				return user
			}
		}
	}
	return "?"
}
