package smtp

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
)

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

// decode64 reads a response of AUTH: base64, or "=" for an empty initial response (RFC 4954 §4).
func decode64(s string) ([]byte, error) {
	if s == "=" {
		return nil, nil
	}
	return base64.StdEncoding.DecodeString(s)
}

func encode64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
