package authenticity

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// Mails and records made to be slow are dealt with in a moment.
func TestHostileMailsAndRecords(t *testing.T) {
	signature := "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=b; s=a; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=x; h=from"
	key := records{"TXT a._domainkey.b": {"k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}}
	for name, mail := range map[string]string{
		"signatures":          strings.Repeat(signature+"\r\n", 20000) + "From: a@b\r\n\r\n",
		"signed names":        signature + strings.Repeat(":from", 200000) + "\r\nFrom: a@b\r\n\r\n",
		"fields":              signature + strings.Repeat(":x", 900) + "\r\nFrom: a@b\r\n" + strings.Repeat("x: y\r\n", 200000) + "\r\n",
		"blanks in the body":  signature + "\r\nFrom: a@b\r\n\r\n" + strings.Repeat(" \t", 2000000),
		"lines in the body":   signature + "\r\nFrom: a@b\r\n\r\n" + strings.Repeat("\r\n", 2000000) + "x" + strings.Repeat("\r\n", 2000000),
		"tags":                "DKIM-Signature: " + strings.Repeat("a=b;", 200000) + "\r\nFrom: a@b\r\n\r\n",
		"a signed long field": signature + "\r\nFrom: " + strings.Repeat(" x\r\n", 500000) + "\r\n\r\n",
	} {
		start := time.Now()
		settle(t, VerifyDKIM([]byte(mail), now), key)
		WithoutClaims([]byte(mail), "x")
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
	for name, record := range map[string]string{
		"terms": "v=spf1 " + strings.Repeat("ip4:192.0.2.1 ", 50000), "includes": "v=spf1 " + strings.Repeat("include:t.example.com ", 50000), "macros": "v=spf1 exists:" + strings.Repeat("%{s}", 50000),
		"one word": "v=spf1 " + strings.Repeat("x", 500000), "digits": "v=spf1 exists:%{d" + strings.Repeat("9", 100000) + "}",
	} {
		start := time.Now()
		r, asked := settle(t, CheckHost(SPFRequest{Client: netip.MustParseAddr("192.0.2.5"), Sender: "a@t.example.com"}), records{"TXT t.example.com": {record}})
		if took := time.Since(start); took > 3*time.Second || len(asked) > 20 {
			t.Errorf("%s: %v, %d questions, %+v", name, took, len(asked), r.Result)
		}
		ParseResults(record)
		RecordNotes("x", record)
	}
}
