package authenticity

import (
	"net/netip"
	"reflect"
	"testing"

	"mailwire/layers/application/message"
)

// All three checks of one mail, and how they are written down.
func TestAuthenticationResults(t *testing.T) {
	verified, _ := settle(t, VerifyDKIM([]byte(dinner), now), records{"TXT test._domainkey.football.example.com": dinnerKeys["TXT test._domainkey.football.example.com"]})
	request := SPFRequest{Client: netip.MustParseAddr("192.0.2.5"), Sender: "joe@football.example.com", Hello: "mx.example.com"}
	spf, _ := settle(t, CheckHost(request), records{"TXT football.example.com": {"v=spf1 ip4:192.0.2.0/24 -all"}})
	dmarc, _ := settle(t, CheckDMARC(DMARCRequest{From: "football.example.com", DKIM: verified, SPF: spf}), records{"TXT _dmarc.football.example.com": {"v=DMARC1; p=reject"}})
	r := Results{Host: "mail.example.org", Methods: append(DKIMResults(verified), SPFResultOf(request, spf), DMARCResultOf("football.example.com", dmarc))}
	want := lines(
		"Authentication-Results: mail.example.org; dkim=permerror reason=no-key",
		"\theader.d=football.example.com header.i=@football.example.com",
		"\theader.s=brisbane header.a=ed25519-sha256 header.b=\"/gCrinpc\"; dkim=pass",
		"\theader.d=football.example.com header.i=@football.example.com header.s=test",
		"\theader.a=rsa-sha256 header.b=F45dVWDf; spf=pass",
		"\tsmtp.mailfrom=joe@football.example.com; dmarc=pass",
		"\theader.from=football.example.com policy.dmarc=reject",
	)
	got := r.Append(nil)
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	h, _ := message.ParseHeader(got)
	back, ok := ParseResults(h[0].Unfolded())
	if !ok || !reflect.DeepEqual(back, &r) {
		t.Errorf("read back %+v, %v", back, ok)
	}
	if back.Methods[1].Property("HEADER", "D") != "football.example.com" || back.Methods[1].Property("header", "x") != "" {
		t.Errorf("properties %+v", back.Methods[1])
	}
	if got, want := string(AppendReceivedSPF(nil, request, spf, "mail.example.org")), lines("Received-SPF: pass client-ip=192.0.2.5;",
		"\tenvelope-from=joe@football.example.com; helo=mx.example.com;", "\treceiver=mail.example.org; mechanism=\"ip4:192.0.2.0/24\";"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Fields of others.
func TestResultsOfOthers(t *testing.T) {
	for _, c := range []struct {
		field string
		want  *Results // nil for what breaks the grammar
	}{
		{"example.org 1; none", &Results{Host: "example.org"}}, {"example.org;none", &Results{Host: "example.org"}}, {"example.org", &Results{Host: "example.org"}},
		{"foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go here) .(like that) expired = 1", nil}, // blanks around the dot: nobody writes so
		{"x; spf=pass smtp.mailfrom=example.net", &Results{"x", []MethodResult{{"spf", "pass", "", []Property{{"smtp", "mailfrom", "example.net"}}}}}},
		{`x; dkim=fail reason="bad (very) \"key\"" header.b="a/b=" (c);`, &Results{"x", []MethodResult{{"dkim", "fail", `bad (very) "key"`, []Property{{"header", "b", "a/b="}}}}}},
		{"x; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=none", &Results{"x", []MethodResult{{"auth", "pass", "", []Property{{"smtp", "auth", "sender@example.net"}}}, {"spf", "none", "", nil}}}},
		{"", nil}, {"x; dkim", nil}, {"x; =pass", nil}, {"x; dkim=pass header", nil}, {"x; dkim=pass header.d", nil}, {"x y z", nil},
	} {
		got, ok := ParseResults(c.field)
		if ok != (c.want != nil) || ok && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, %v", c.field, got, ok)
		}
	}
}

func TestClaimsOfStrangers(t *testing.T) {
	mail := "Authentication-Results: mail.example.org; dkim=pass\r\n\theader.d=x\r\nFrom: a@b\r\nAUTHENTICATION-RESULTS: (x) Mail.Example.ORG 1; none\r\n" +
		"Authentication-Results: other.example; none\r\n\r\nAuthentication-Results: mail.example.org; in the body\r\n"
	want := "From: a@b\r\nAuthentication-Results: other.example; none\r\n\r\nAuthentication-Results: mail.example.org; in the body\r\n"
	if got := string(WithoutClaims([]byte(mail), "mail.example.org")); got != want {
		t.Errorf("%q", got)
	}
	if got := string(WithoutClaims([]byte(want), "mail.example.org")); got != want {
		t.Errorf("%q", got)
	}
}

func FuzzRecords(f *testing.F) {
	f.Add("v=DKIM1; k=rsa; p=", "example.org 1; spf=pass reason=\"x\" smtp.mailfrom=a@b", []byte(dinner))
	f.Add("v=DMARC1; p=none; rua=mailto:a@b", "x;(", []byte("DKIM-Signature: b=;\r\nFrom: a\r\n\r\n"))
	f.Fuzz(func(t *testing.T, record, field string, mail []byte) {
		ParseKey(record)
		ParseDMARC(record)
		ParseSignature(record)
		if r, ok := ParseResults(field); ok {
			h, _ := message.ParseHeader(r.Append(nil))
			if _, ok := ParseResults(h[0].Unfolded()); len(h) != 1 || !ok && isToken(r) {
				t.Fatalf("%q became %q", field, r.Append(nil))
			}
		}
		WithoutClaims(mail, "x")
		settle(t, VerifyDKIM(mail, now), records{"TXT a._domainkey.b": {record}})
		for _, c := range []Canonicalization{Simple, Relaxed} {
			b := c.CanonicalBody(mail)
			if again := c.CanonicalBody(b); string(again) != string(b) {
				t.Fatalf("%s: %q became %q, then %q", c, mail, b, again)
			}
		}
	})
}

// isToken says whether all names in r are such as can be written.
func isToken(r *Results) bool {
	for _, m := range r.Methods {
		if m.Result == "" {
			return false
		}
		for _, p := range m.Properties {
			if p.Name == "" {
				return false
			}
		}
	}
	return true
}
