package authenticity

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"time"

	"mailwire/layers/application/message"
)

// A Verified is what came of one signature.
type Verified struct {
	Signature *Signature // nil where the mail has none
	Result    Result
	Why       Why  // of a result other than pass
	Testing   bool // the key says that the domain only tries DKIM out (t=y): a failure must not count (RFC 6376 §3.6.1)
}

const (
	signaturesMax = 10        // of a mail that are checked
	skew          = time.Hour // by which the signer's clock may be ahead
)

// VerifyDKIM checks the signatures of a mail, the topmost first, at the time now (RFC 6376 §6). A mail without one has the
// single result none. Its check asks for TXT records at "selector._domainkey.domain".
func VerifyDKIM(mail []byte, now time.Time) *Check[[]Verified] {
	h, length := message.ParseHeader(mail)
	body := mail[length:]
	bodies := map[Canonicalization][]byte{}
	canonical := func(c Canonicalization) []byte {
		b, ok := bodies[c]
		if !ok {
			b = c.CanonicalBody(body)
			bodies[c] = b
		}
		return b
	}
	var signatures []*verification
	for i := range h {
		if h[i].Is("DKIM-Signature") && len(signatures) < signaturesMax {
			v := &verification{}
			v.begin(h, &h[i], canonical, now)
			signatures = append(signatures, v)
		}
	}
	return newCheck(func(n *names) []Verified {
		if len(signatures) == 0 {
			return []Verified{{Result: None, Why: WhyUnsigned}}
		}
		var all []Verified
		for _, v := range signatures {
			if !v.done {
				v.finish(n)
			}
			all = append(all, v.Verified)
		}
		return all
	})
}

// A verification is one signature being checked. What needs no key is done first.
type verification struct {
	Verified
	data []byte // what was signed
	done bool
}

func (v *verification) begin(h message.Header, f *message.Field, canonical func(Canonicalization) []byte, now time.Time) {
	s, why := ParseSignature(f.Unfolded())
	v.Signature = s
	switch {
	case why == WhySHA1: // RFC 8301 §3.1: it counts for nothing
		v.fail(PermError, why)
		return
	case why != "":
		v.fail(PermError, why)
		return
	case !s.Expires.IsZero() && now.After(s.Expires):
		v.fail(Fail, WhyExpired)
		return
	case s.Signed.After(now.Add(skew)):
		v.fail(Fail, WhyFuture)
		return
	}
	body := canonical(s.Body)
	if s.Length > int64(len(body)) {
		v.fail(PermError, WhyTooLong) // RFC 6376 §3.5
		return
	}
	if s.Length >= 0 {
		body = body[:s.Length]
	}
	if hash := sha256.Sum256(body); !bytes.Equal(hash[:], s.BodyHash) {
		v.fail(Fail, WhyBodyHash)
		return
	}
	v.data = s.signedData(h, f.Bytes())
}

func (v *verification) fail(r Result, why Why) { v.Result, v.Why, v.done = r, why, true }

// finish checks the signature with the key, once that is known.
func (v *verification) finish(n *names) {
	s := v.Signature
	a, ok := n.ask("TXT", s.Selector+"._domainkey."+s.Domain)
	switch {
	case !ok:
		return
	case a.Failed:
		v.fail(TempError, WhyKeyFailed)
		return
	case len(a.Texts) == 0:
		v.fail(PermError, WhyNoKey)
		return
	}
	// RFC 6376 §3.6.2.2: several records are not defined. The first that is a key is taken.
	var key Key
	var why Why
	for i, text := range a.Texts {
		k, w := ParseKey(text)
		if i == 0 || w == "" {
			key, why = k, w
		}
		if w == "" {
			break
		}
	}
	v.Testing = key.Testing
	if why == "" {
		why = key.allows(s)
	}
	if why != "" {
		v.fail(PermError, why)
		return
	}
	if !key.verifies(v.data, s.Value) {
		v.fail(Fail, WhySignature)
		return
	}
	v.fail(Pass, "")
}

// verifies checks a signature over data.
func (k Key) verifies(data, signature []byte) bool {
	hash := sha256.Sum256(data)
	switch public := k.Public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, hash[:], signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(public, hash[:], signature)
	}
	return false
}
