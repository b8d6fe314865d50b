package authenticity

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailwire/layers/application/message"
)

// A Signer signs mails for a domain (RFC 6376 §5). The same values and the same mail make the same signature: RSA pads by
// PKCS #1 v1.5, and Ed25519 needs no chance.
type Signer struct {
	Domain, Selector string
	Key              crypto.Signer    // *rsa.PrivateKey or ed25519.PrivateKey
	Identity         string           // i=; "" leaves it out
	Header, Body     Canonicalization // "" is relaxed
	Fields           []string         // to be signed where they are there; nil takes those of RFC 6376 §5.4.1. From always is
	Oversign         bool             // name each field once more than it is there: nobody can add another unnoticed (§5.4.2, §8.15)
	Length           bool             // l=: what is added behind the body does not break the signature; see §8.2 for what that allows
	Time             time.Time        // t=; zero leaves it out
	Expires          time.Time        // x=; zero leaves it out
}

// usualFields are those that RFC 6376 §5.4.1 recommends, and what makes a mail's sense.
var usualFields = []string{"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "Content-ID", "Content-Description", "Resent-Date", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Message-ID",
	"List-Id", "List-Help", "List-Unsubscribe", "List-Subscribe", "List-Post", "List-Owner", "List-Archive"}

// Sign returns the DKIM-Signature field for a mail, with its line end: it goes on top. An error says what cannot be signed.
func (s *Signer) Sign(mail []byte) ([]byte, error) {
	h, length := message.ParseHeader(mail)
	algorithm, err := s.algorithm()
	switch {
	case err != nil:
		return nil, err
	case !isDomain(s.Domain, true) || !isDomain(s.Selector, false) || strings.ContainsAny(s.Domain+s.Selector+s.Identity, "; \t\r\n"):
		return nil, fmt.Errorf("dkim: d=%q s=%q i=%q: no names (RFC 6376 §3.5)", s.Domain, s.Selector, s.Identity)
	case s.Identity != "" && !isSubdomain(identityDomain(s.Identity), s.Domain):
		return nil, fmt.Errorf("dkim: i=%s is not within d=%s (RFC 6376 §3.5)", s.Identity, s.Domain)
	}
	if _, ok := h.Get("From"); !ok {
		return nil, fmt.Errorf("dkim: a mail without From cannot be signed (RFC 6376 §5.4)")
	}
	sig := Signature{Header: s.Header, Body: s.Body, Length: -1}
	if sig.Header == "" {
		sig.Header = Relaxed
	}
	if sig.Body == "" {
		sig.Body = Relaxed
	}
	body := sig.Body.CanonicalBody(mail[length:])
	sig.Fields = s.names(h)
	hash := sha256.Sum256(body)

	words := []string{"v=1;", "a=" + algorithm + ";", "c=" + string(sig.Header) + "/" + string(sig.Body) + ";", "d=" + s.Domain + ";", "s=" + s.Selector + ";"}
	if s.Identity != "" {
		words = append(words, "i="+s.Identity+";")
	}
	if !s.Time.IsZero() {
		words = append(words, "t="+strconv.FormatInt(s.Time.Unix(), 10)+";")
	}
	if !s.Expires.IsZero() {
		words = append(words, "x="+strconv.FormatInt(s.Expires.Unix(), 10)+";")
	}
	if s.Length {
		words = append(words, "l="+strconv.Itoa(len(body))+";")
	}
	for i, name := range sig.Fields {
		separator := ":"
		if i == len(sig.Fields)-1 {
			separator = ";"
		}
		if i == 0 {
			name = "h=" + name
		}
		words = append(words, name+separator)
	}
	words = append(words, "bh="+base64.StdEncoding.EncodeToString(hash[:])+";", "b=")
	field := folded(nil, "DKIM-Signature:", words)
	signature, err := s.sign(sig.signedData(h, field))
	if err != nil {
		return nil, fmt.Errorf("dkim: %w", err)
	}
	return append(foldedBase64(field, signature), "\r\n"...), nil
}

func (s *Signer) algorithm() (string, error) {
	if s.Key == nil {
		return "", fmt.Errorf("dkim: no key")
	}
	switch key := s.Key.Public().(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < rsaBitsMin {
			return "", fmt.Errorf("dkim: an RSA key of %d bits is too short (RFC 8301 §3.2)", key.N.BitLen())
		}
		return "rsa-sha256", nil
	case ed25519.PublicKey:
		return "ed25519-sha256", nil
	}
	return "", fmt.Errorf("dkim: a key that is neither RSA nor Ed25519 (RFC 6376 §3.3, RFC 8463)")
}

// sign makes the signature of data.
func (s *Signer) sign(data []byte) ([]byte, error) {
	hash := sha256.Sum256(data)
	if _, ok := s.Key.Public().(ed25519.PublicKey); ok {
		return s.Key.Sign(nil, hash[:], crypto.Hash(0)) // RFC 8463 §3: Ed25519 over the hash
	}
	return s.Key.Sign(nil, hash[:], crypto.SHA256)
}

// names are the fields that are named in h=, each as often as it stands there.
func (s *Signer) names(h message.Header) []string {
	wanted := s.Fields
	if wanted == nil {
		wanted = usualFields
	}
	if !slices.ContainsFunc(wanted, func(n string) bool { return strings.EqualFold(n, "From") }) {
		wanted = append([]string{"From"}, wanted...)
	}
	var all []string
	for _, name := range wanted {
		n := len(h.All(name))
		if s.Oversign {
			n++
		}
		for range n {
			if len(all) < FieldsMax {
				all = append(all, name)
			}
		}
	}
	return all
}

// signedData is what a signature is made over: the signed fields, and the signature's own without its value (RFC 6376 §3.7).
func (s *Signature) signedData(h message.Header, own []byte) []byte {
	var data []byte
	for _, f := range s.choose(h) {
		data = append(data, s.Header.CanonicalHeader(f)...)
	}
	data = append(data, s.Header.CanonicalHeader(withoutSignature(own))...)
	return bytes.TrimSuffix(data, []byte("\r\n"))
}

// choose finds the signed fields. RFC 6376 §5.4.2: of several with one name, the lowest first; where there is none left, h=
// says that there is none.
func (s *Signature) choose(h message.Header) [][]byte {
	places := map[string][]int{} // of the fields of a name, those not yet used, the lowest last
	for i := range h {
		name := strings.ToLower(h[i].Name)
		places[name] = append(places[name], i)
	}
	var chosen [][]byte
	for _, name := range s.Fields {
		name = strings.ToLower(name)
		left := places[name]
		if len(left) == 0 {
			continue
		}
		field := h[left[len(left)-1]].Bytes()
		places[name] = left[:len(left)-1]
		if !bytes.HasSuffix(field, []byte("\r\n")) { // the header's last line is open, or ends with LF
			field = message.CRLF(append(bytes.TrimRight(field, "\r\n"), '\n'))
		} else {
			field = message.LineEnds(field)
		}
		chosen = append(chosen, field)
	}
	return chosen
}

// folded puts words behind a field's name, in lines of at most 78 characters, the line end of the last left out.
func folded(dst []byte, name string, words []string) []byte {
	dst = append(dst, name...)
	column := len(name)
	for _, w := range words {
		if column+1+len(w) > 78 && column > 1 {
			dst = append(dst, "\r\n\t"...)
			column = 1
		} else {
			dst = append(dst, ' ')
			column++
		}
		dst = append(dst, w...)
		column += len(w)
	}
	return dst
}

// foldedBase64 adds the signature, in lines.
func foldedBase64(dst, signature []byte) []byte {
	text := base64.StdEncoding.EncodeToString(signature)
	column := len(dst) - 1 - bytes.LastIndexByte(dst, '\n')
	for text != "" {
		n := min(len(text), max(76-column, 1))
		dst = append(dst, text[:n]...)
		if text = text[n:]; text != "" {
			dst, column = append(dst, "\r\n\t"...), 1
		}
	}
	return dst
}
