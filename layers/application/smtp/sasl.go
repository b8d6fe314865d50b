package smtp

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// DecodePlain reads the decoded message of PLAIN: [authorization] NUL user NUL password (RFC 4616 §2).
func DecodePlain(message []byte) (authorization, user, password string, ok bool) {
	parts := strings.Split(string(message), "\x00")
	if len(parts) != 3 || parts[1] == "" {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

// EncodePlain is the initial response of PLAIN, in base64.
func EncodePlain(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))
}

// CramDigest is what CRAM-MD5 answers to a challenge: HMAC-MD5 with the password as key, in hexadecimal (RFC 2195 §2).
func CramDigest(password, challenge string) string {
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(challenge))
	return hex.EncodeToString(mac.Sum(nil))
}

// DecodeCram reads the decoded answer of CRAM-MD5: user SP digest.
func DecodeCram(message []byte) (user, digest string, ok bool) {
	s := string(message)
	cut := strings.LastIndexByte(s, ' ')
	if cut < 1 {
		return "", "", false
	}
	return s[:cut], s[cut+1:], true
}

// decode64 reads a response of AUTH: base64, or "=" for an empty initial response (RFC 4954 §4).
func decode64(s string) ([]byte, error) {
	if s == "=" {
		return nil, nil
	}
	return base64.StdEncoding.DecodeString(s)
}

func encode64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
