package authenticity

import (
	"fmt"
	"reflect"
	"testing"

	"mailwire/layers/application/message"
)

func TestDMARC(t *testing.T) {
	dkim := func(domain string) []Verified {
		return []Verified{{Signature: &Signature{Domain: "other.example"}, Result: Fail}, {Signature: &Signature{Domain: domain}, Result: Pass}}
	}
	spf := func(domain string) SPFResult { return SPFResult{Result: Pass, Domain: domain} }
	for _, c := range []struct {
		name    string
		record  string // of _dmarc.example.net
		request DMARCRequest
		want    string
	}{
		{"aligned by DKIM", "v=DMARC1; p=reject", DMARCRequest{From: "example.net", DKIM: dkim("example.net")}, "pass aligned none"},
		{"of the same organization", "v=DMARC1; p=reject", DMARCRequest{From: "example.net", DKIM: dkim("mail.example.net")}, "pass aligned none"},
		{"strictly", "v=DMARC1; p=reject; adkim=s", DMARCRequest{From: "example.net", DKIM: dkim("mail.example.net")}, "fail unaligned reject"},
		{"aligned by SPF", "v=DMARC1; p=reject", DMARCRequest{From: "example.net", SPF: spf("bounces.example.net")}, "pass aligned none"},
		{"SPF strictly", "v=DMARC1; p=quarantine; aspf=s", DMARCRequest{From: "example.net", SPF: spf("bounces.example.net")}, "fail unaligned quarantine"},
		{"another domain", "v=DMARC1; p=reject", DMARCRequest{From: "example.net", DKIM: dkim("example.org"), SPF: spf("example.org")}, "fail unaligned reject"},
		{"nothing passed", "v=DMARC1; p=none", DMARCRequest{From: "example.net", SPF: SPFResult{Result: SoftFail, Domain: "example.net"}}, "fail nothing none"},
		{"the organization's record", "v=DMARC1; p=reject; sp=quarantine", DMARCRequest{From: "news.example.net"}, "fail nothing quarantine"},
		{"and without sp=", "v=DMARC1; p=reject", DMARCRequest{From: "news.example.net"}, "fail nothing reject"},
		{"spared", "v=DMARC1; p=reject; pct=20", DMARCRequest{From: "example.net", Chance: 20}, "fail sampled quarantine"},
		{"not spared", "v=DMARC1; p=reject; pct=20", DMARCRequest{From: "example.net", Chance: 19}, "fail nothing reject"},
		{"spared of quarantine", "v=DMARC1; p=quarantine; pct=0", DMARCRequest{From: "example.net"}, "fail sampled none"},
		{"no record", "", DMARCRequest{From: "example.net"}, "none no-record "},
		{"the DNS is down", "!", DMARCRequest{From: "example.net"}, "temperror dns-failed "},
		{"no domain", "v=DMARC1; p=none", DMARCRequest{From: ""}, "none no-domain "},
		{"not the first tag", "p=none; v=DMARC1", DMARCRequest{From: "example.net"}, "none no-record "},
		{"no policy, but reports", "v=DMARC1; p=nonsense; rua=mailto:d@example.net", DMARCRequest{From: "example.net"}, "fail nothing none"},
		{"no policy", "v=DMARC1; p=nonsense", DMARCRequest{From: "example.net"}, "none no-record "},
	} {
		z := records{}
		if c.record != "" {
			z["TXT _dmarc.example.net"] = []string{c.record}
		}
		got, _ := settle(t, CheckDMARC(c.request), z)
		if s := fmt.Sprintf("%s %s %s", got.Result, got.Why, got.Disposition); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
	// Two records are none; the organization is asked behind the domain.
	got, asked := settle(t, CheckDMARC(DMARCRequest{From: "a.b.example.co.uk"}), records{"TXT _dmarc.a.b.example.co.uk": {"v=DMARC1; p=none", "v=DMARC1; p=reject"},
		"TXT _dmarc.example.co.uk": {"v=DMARC1; p=quarantine"}})
	if got.Domain != "example.co.uk" || got.Disposition != Quarantine || fmt.Sprint(asked) != "[{TXT _dmarc.a.b.example.co.uk} {TXT _dmarc.example.co.uk}]" {
		t.Errorf("%+v, asked %v", got, asked)
	}
}

func TestDMARCRecords(t *testing.T) {
	got, ok := ParseDMARC("v=DMARC1; p=Reject; sp=none; adkim=s; aspf=s; pct=50; rua=mailto:a@b, mailto:c@d!10m; ruf=mailto:e@f; fo=1:d; ri=3600; x=y;")
	want := DMARCRecord{Policy: Reject, Subdomains: DoNothing, StrictDKIM: true, StrictSPF: true, Percent: 50, Aggregate: []string{"mailto:a@b", "mailto:c@d!10m"}, Failure: []string{"mailto:e@f"},
		Options: []string{"1", "d"}, Interval: 3600}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got, ok := ParseDMARC("v=DMARC1;p=none;pct=200;ri=x"); !ok || got.Percent != 100 || got.Interval != 86400 {
		t.Errorf("%+v", got)
	}
	for _, text := range []string{"", "v=dmarc1; p=none", "v=DMARC1", "v=spf1 -all", "p=none"} {
		if got, ok := ParseDMARC(text); ok {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestAuthorDomains(t *testing.T) {
	for from, want := range map[string]string{"Ana <ana@Example.NET>": "example.net", "a@b.example, c@b.example": "b.example", "a@b.example, c@d.example": "", "ana": "", "Undisclosed:;": "", "a@localhost": ""} {
		h, _ := message.ParseHeader([]byte("From: " + from + "\r\n"))
		if got, ok := AuthorDomain(h); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v", from, got, ok)
		}
	}
	h, _ := message.ParseHeader([]byte("From: a@b.example\r\nFrom: c@d.example\r\n"))
	if got, ok := AuthorDomain(h); ok {
		t.Errorf("two fields: %s", got)
	}
	for domain, want := range map[string]string{"a.b.example.com": "example.com", "example.co.uk": "example.co.uk", "www.Example.co.uk.": "example.co.uk", "com": "com"} {
		if got := Organization(domain); got != want {
			t.Errorf("%s: %s, want %s", domain, got, want)
		}
	}
}
