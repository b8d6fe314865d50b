package authenticity

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"strings"
	"testing"
	"time"
)

func lines(all ...string) string { return strings.Join(all, "\r\n") + "\r\n" }

// records answer the questions of a check; what they lack does not exist. "!" says that the DNS fails.
type records map[string][]string

func (r records) answer(q Question) Answer {
	texts, ok := r[q.Type+" "+q.Name]
	switch {
	case ok && len(texts) == 1 && texts[0] == "!":
		return Answer{Failed: true}
	case !ok:
		return Answer{NoName: true}
	}
	return answerOf(q.Type, texts)
}

// settle runs a check to its end and returns how many questions it asked.
func settle[R any](t testing.TB, c *Check[R], r records) (R, []Question) {
	t.Helper()
	var asked []Question
	for q, ok := c.Question(); ok; q, ok = c.Question() {
		if asked = append(asked, q); len(asked) > questionsMax+2 {
			t.Fatal("no end of questions")
		}
		c.Answer(r.answer(q))
	}
	return c.Result(), asked
}

var now = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// The signed mail of RFC 8463, Appendix A.
var dinner = lines(
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;",
	" d=football.example.com; i=@football.example.com;",
	" q=dns/txt; s=brisbane; t=1528637909; h=from : to :",
	" subject : date : message-id : from : subject : date;",
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;",
	" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus",
	" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==",
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;",
	" d=football.example.com; i=@football.example.com;",
	" q=dns/txt; s=test; t=1528637909; h=from : to : subject :",
	" date : message-id : from : subject : date;",
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;",
	" b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3",
	" DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz",
	" dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=",
	"From: Joe SixPack <joe@football.example.com>",
	"To: Suzie Q <suzie@shopping.example.net>",
	"Subject: Is dinner ready?",
	"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)",
	"Message-ID: <20030712040037.46341.5F8J@football.example.com>",
	"",
	"Hi.",
	"",
	"We lost the game.  Are you hungry yet?",
	"",
	"Joe.",
)

var dinnerKeys = records{
	"TXT brisbane._domainkey.football.example.com": {"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="},
	"TXT test._domainkey.football.example.com": {"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC" +
		"DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"},
}

func TestTheMailOfRFC8463(t *testing.T) {
	got, asked := settle(t, VerifyDKIM([]byte(dinner), now), dinnerKeys)
	if len(got) != 2 || got[0].Result != Pass || got[1].Result != Pass || len(asked) != 2 || asked[0].Type != "TXT" || asked[0].Name != "brisbane._domainkey.football.example.com" {
		t.Errorf("%+v, asked %v", got, asked)
	}
	s := got[0].Signature
	if s.Domain != "football.example.com" || s.Selector != "brisbane" || len(s.Fields) != 8 || !s.Signed.Equal(time.Unix(1528637909, 0)) || s.Length != -1 || s.Identity != "@football.example.com" {
		t.Errorf("%+v", s)
	}
	// Changes that a relaxed signature survives, and those that it does not.
	for _, c := range []struct {
		name, from, to string
		want           Why
	}{
		{"folded", "Subject: Is dinner ready?", "SUBJECT :  Is\r\n\tdinner   ready? ", ""},
		{"blanks in the body", "We lost the game.  Are", "We lost the game. \t Are", ""},
		{"empty lines at the end", "Joe.\r\n", "Joe. \r\n\r\n\r\n", ""},
		{"an unsigned field", "From: Joe", "X-New: y\r\nFrom: Joe", ""},
		{"a word in the body", "hungry", "angry", WhyBodyHash},
		{"a blank line in the body", "Hi.\r\n", "Hi.\r\n\r\n", WhyBodyHash},
		{"the subject", "dinner ready", "lunch ready", WhySignature},
		{"a second subject on top", "From: Joe", "Subject: other\r\nFrom: Joe", WhySignature}, // h= names it twice
		{"a second To on top is not seen", "From: Joe", "To: other@x\r\nFrom: Joe", ""},       // h= names it once: oversigning is for this
		{"a second To below", "Date: Fri", "To: other@x\r\nDate: Fri", WhySignature},
		{"the field is gone", "To: Suzie Q <suzie@shopping.example.net>\r\n", "", WhySignature},
		{"the signature", "b=/gCr", "b=/gCs", WhySignature},
	} {
		changed := strings.Replace(dinner, c.from, c.to, 1)
		got, _ := settle(t, VerifyDKIM([]byte(changed), now), dinnerKeys)
		if got[0].Why != c.want || (got[0].Result == Pass) != (c.want == "") {
			t.Errorf("%s: %s %s, want %s", c.name, got[0].Result, got[0].Why, c.want)
		}
	}
}

// What may be wrong with a signature, before and behind the key.
func TestSignaturesThatDoNotHold(t *testing.T) {
	const good = "v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : message-id : from : subject : date;\r\n bh=2jU"
	if !strings.Contains(dinner, good) {
		t.Fatal("the example changed")
	}
	for _, c := range []struct {
		from, to string
		result   Result
		why      Why
	}{
		{"v=1;", "v=2;", PermError, WhyVersion}, {"v=1;", "", PermError, WhyMissing}, {"a=ed25519-sha256;", "", PermError, WhyMissing},
		{"a=ed25519-sha256", "a=rsa-sha1", PermError, WhySHA1}, {"a=ed25519-sha256", "a=dsa-sha256", PermError, WhyAlgorithm}, {"a=ed25519-sha256", "a=rsa-sha256", PermError, WhyKeyType},
		{"c=relaxed/relaxed", "c=relaxed/loose", PermError, WhyCanonical}, {"c=relaxed/relaxed", "c=relaxed", Fail, WhyBodyHash},
		{"i=@football.example.com", "i=joe@example.com", PermError, WhyIdentity}, {"i=@football.example.com", "i=joe@evilfootball.example.com", PermError, WhyIdentity},
		{"h=from : to", "h=to : to", Fail, WhySignature}, {"h=from : to :\r\n subject : date : message-id : from :", "h=to : subject :", PermError, WhyFrom},
		{"t=1528637909", "t=1528637909; x=1528637910", Fail, WhyExpired}, {"t=1528637909", "t=9528637909", Fail, WhyFuture}, {"t=1528637909", "t=1528637909; x=1528637908", PermError, WhySyntax},
		{"t=1528637909", "t=yesterday", PermError, WhySyntax}, {"t=1528637909", "t=1528637909; t=1528637909", PermError, WhySyntax},
		{"q=dns/txt", "q=http", PermError, WhyQuery}, {"q=dns/txt", "q=http : dns/txt", Fail, WhySignature}, {"q=dns/txt", "l=1000", PermError, WhyTooLong}, {"q=dns/txt", "l=3", Fail, WhyBodyHash},
		{"bh=2jU", "bh=!jU", PermError, WhySyntax}, {"s=brisbane", "s=sydney", PermError, WhyNoKey}, {"s=brisbane", "s=hobart", TempError, WhyKeyFailed},
	} {
		changed := strings.Replace(dinner, good, strings.Replace(good, c.from, c.to, 1), 1)
		keys := records{"TXT hobart._domainkey.football.example.com": {"!"}}
		for name, texts := range dinnerKeys {
			keys[name] = texts
		}
		got, _ := settle(t, VerifyDKIM([]byte(changed), now), keys)
		if got[0].Result != c.result || got[0].Why != c.why {
			t.Errorf("%s for %s: %s %s, want %s %s", c.to, c.from, got[0].Result, got[0].Why, c.result, c.why)
		}
	}
	if got, asked := settle(t, VerifyDKIM([]byte("From: a@b\r\n\r\n"), now), nil); len(asked) != 0 || len(got) != 1 || got[0].Result != None || got[0].Why != WhyUnsigned {
		t.Errorf("%+v", got)
	}
}

func TestKeyRecords(t *testing.T) {
	const p = "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
	for _, c := range []struct {
		text string
		want Why // of the mail of RFC 8463
	}{
		{"v=DKIM1; k=ed25519; " + p, ""}, {"k=ed25519; " + p + ";", ""}, {"k=ed25519; h=sha1:sha256; s=email:x; t=s; n=note; x=unknown; " + p, ""},
		{"k=ed25519; p=11qYAYKxCrfVS /7TyWQHOg7hcvPapiMlrwIaaPcHURo=", ""},
		{"k=ed25519; " + p + "; v=DKIM1", WhyKeySyntax}, {"v=DKIM2; k=ed25519; " + p, WhyKeySyntax}, {"v=DKIM1; k=ed25519; p=", WhyKeyRevoked}, {"v=DKIM1; k=ed25519", WhyKeySyntax},
		{"k=ed25519; p=!!", WhyKeySyntax}, {"k=ed25519; p=AAAA", WhyKeySyntax}, {"k=rsa; " + p, WhyKeySyntax}, {"k=dsa; " + p, WhyKeyType}, {p, WhyKeySyntax}, {"hello", WhyKeySyntax}, {"", WhyKeySyntax},
		{"k=ed25519; h=sha1; " + p, WhyKeyHash}, {"k=ed25519; s=tlsrpt; " + p, WhyKeyService}, {"k=ed25519; k=ed25519; " + p, WhyKeySyntax},
		{"p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALCdQHK+oKnV3xGIIRcXbYFHvCfq1HWBPdQb6IkTzVPcHbqAWGFmPCcSTEqGm3xtCs4xCJRHaHJYy/Yh4zmsPQMCAwEAAQ==", WhyKeySize},
	} {
		got, _ := settle(t, VerifyDKIM([]byte(dinner), now), records{"TXT brisbane._domainkey.football.example.com": {c.text}})
		if got[0].Why != c.want {
			t.Errorf("%s: %q, want %q", c.text, got[0].Why, c.want)
		}
	}
	strict := strings.Replace(dinner, "i=@football", "i=@sub.football", 1)
	if got, _ := settle(t, VerifyDKIM([]byte(strict), now), records{"TXT brisbane._domainkey.football.example.com": {"k=ed25519; t=y:s; " + p}}); got[0].Why != WhyKeyStrict || !got[0].Testing {
		t.Errorf("strict: %+v", got[0])
	}
}

// Keys of the tests alone.
func testKeys(t testing.TB) (rsaKey *rsa.PrivateKey, edKey ed25519.PrivateKey) {
	t.Helper()
	text, err := os.ReadFile("testdata/rsa-for-tests.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	seed, _ := base64.StdEncoding.DecodeString("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=") // RFC 8463, Appendix A.2
	return key.(*rsa.PrivateKey), ed25519.NewKeyFromSeed(seed)
}

const letter = "Received: by x\r\nFrom: Ana <ana@example.net>\r\nTo: bob@example.org,\r\n carol@example.org\r\nSubject:  Two  blanks \r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\nMessage-ID: <1@example.net>\r\n\r\n" +
	"Hi  Bob, \t\r\n\r\n.dot\r\nlast\r\n\r\n\r\n"

// Each way of signing holds, says what it signed, and is the same each time.
func TestSigned(t *testing.T) {
	rsaKey, edKey := testKeys(t)
	for _, key := range []crypto.Signer{rsaKey, edKey} {
		for _, c := range []string{"simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"} {
			header, body, _ := strings.Cut(c, "/")
			s := Signer{Domain: "example.net", Selector: "k1", Key: key, Header: Canonicalization(header), Body: Canonicalization(body), Time: now, Expires: now.Add(time.Hour), Oversign: true,
				Identity: "ana@mail.example.net"}
			field, err := s.Sign([]byte(letter))
			if err != nil {
				t.Fatal(err)
			}
			again, _ := s.Sign([]byte(letter))
			if string(again) != string(field) {
				t.Errorf("%s: another signature", c)
			}
			for line := range strings.SplitSeq(string(field), "\r\n") {
				if len(line) > 78 {
					t.Errorf("a line of %d: %s", len(line), line)
				}
			}
			keys := records{"TXT k1._domainkey.example.net": {KeyRecord(key.Public())}}
			got, _ := settle(t, VerifyDKIM(append(field, letter...), now), keys)
			if len(got) != 1 || got[0].Result != Pass || got[0].Signature.Identity != "ana@mail.example.net" {
				t.Errorf("%s: %+v", c, got)
			}
			// Oversigned: nobody can put another From on top.
			for _, name := range []string{"From", "Subject", "Reply-To"} {
				mail := append(append([]byte(name+": x@y\r\n"), field...), letter...)
				if got, _ := settle(t, VerifyDKIM(mail, now), keys); got[0].Why != WhySignature {
					t.Errorf("%s: another %s: %+v", c, name, got[0])
				}
			}
			if got, _ := settle(t, VerifyDKIM(append(field, letter...), now.Add(2*time.Hour)), keys); got[0].Why != WhyExpired {
				t.Errorf("%s: later: %+v", c, got[0])
			}
		}
	}
	// With l=, what is added at the end is not seen: which is why hardly anybody uses it.
	s := Signer{Domain: "example.net", Selector: "k1", Key: edKey, Length: true}
	field, _ := s.Sign([]byte(letter))
	added := string(field) + strings.TrimRight(letter, "\r\n") + "\r\nBuy now\r\n"
	if got, _ := settle(t, VerifyDKIM([]byte(added), now), records{"TXT k1._domainkey.example.net": {KeyRecord(edKey.Public())}}); got[0].Result != Pass {
		t.Errorf("with l=: %+v", got[0])
	}
}

func TestMailsThatCannotBeSigned(t *testing.T) {
	_, edKey := testKeys(t)
	for name, s := range map[string]Signer{"no key": {Domain: "example.net", Selector: "k"}, "no domain": {Selector: "k", Key: edKey}, "no selector": {Domain: "example.net", Key: edKey},
		"another identity": {Domain: "example.net", Selector: "k", Key: edKey, Identity: "ana@example.org"}, "a line end": {Domain: "example.net", Selector: "k", Key: edKey, Identity: "a\r\nb@example.net"}} {
		if field, err := s.Sign([]byte(letter)); err == nil {
			t.Errorf("%s: %s", name, field)
		}
	}
	s := Signer{Domain: "example.net", Selector: "k", Key: edKey}
	if field, err := s.Sign([]byte("To: x\r\n\r\n")); err == nil {
		t.Errorf("without From: %s", field)
	}
}

// RFC 6376 §3.4.5, the example: what each canonicalization leaves.
func TestCanonicalizations(t *testing.T) {
	header, body := []string{"A: X\r\n", "B : Y\t\r\n\tZ  \r\n"}, " C \r\nD \t E\r\n\r\n\r\n"
	if got := string(Relaxed.CanonicalHeader([]byte(header[0]))) + string(Relaxed.CanonicalHeader([]byte(header[1]))); got != "a:X\r\nb:Y Z\r\n" {
		t.Errorf("relaxed header %q", got)
	}
	if got := string(Simple.CanonicalHeader([]byte(header[1]))); got != header[1] {
		t.Errorf("simple header %q", got)
	}
	for _, c := range []struct {
		canonical  Canonicalization
		body, want string
	}{
		{Relaxed, body, " C\r\nD E\r\n"}, {Simple, body, " C \r\nD \t E\r\n"}, {Relaxed, "", ""}, {Simple, "", "\r\n"}, {Relaxed, "\r\n\r\n", ""}, {Simple, "\r\n\r\n", "\r\n"},
		{Relaxed, " \t\r\n", ""}, {Simple, "a", "a\r\n"}, {Relaxed, "a \t", "a\r\n"}, {Relaxed, "a\nb", "a\r\nb\r\n"}, {Relaxed, "\r\na", "\r\na\r\n"},
	} {
		if got := string(c.canonical.CanonicalBody([]byte(c.body))); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.canonical, c.body, got, c.want)
		}
	}
}
