package sasl

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"

	"mailwire/layers/lexicon"
)

// The examples of the RFCs, line by line: "S " is the server's turn, "C " the client's. What is said of a line ends in "!"
// where the line is secret.
var exchanges = []struct {
	mechanism string
	lines     []string
	want      []string
}{
	{"PLAIN", []string{"C \x00tim\x00tanstaaftanstaaf"}, []string{"sasl.credentials tim tanstaaftanstaaf !"}},                         // RFC 4616 §4
	{"PLAIN", []string{"C Ursel\x00Kurt\x00xipj3plmq"}, []string{"sasl.credentials Kurt xipj3plmq; sasl.authorization Kurt Ursel !"}}, // RFC 4616 §4
	{"PLAIN", []string{"S ", "C nonsense"}, []string{"sasl.continue", "sasl.response !"}},                                             // it may hold a password
	{"LOGIN", []string{"S Username:", "C tim", "S Password:", "C tanstaaf"}, []string{"sasl.login.user", "sasl.user tim", "sasl.login.password", "sasl.credentials tim tanstaaf !"}},
	{"CRAM-MD5", []string{"S <1896.697170952@postoffice.reston.mci.net>", "C tim b913a602c7eda7a495b4e6e7334d3890"}, // RFC 2195 §2
		[]string{"sasl.cram-md5.challenge <1896.697170952@postoffice.reston.mci.net>", "sasl.digest tim b913a602c7eda7a495b4e6e7334d3890 !"}},
	{"DIGEST-MD5", []string{ // RFC 2831 §4
		`S realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8`,
		`C charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth`,
		"S rspauth=ea40f60335c427b5527b84dbabcdfffd", "C ",
	}, []string{"sasl.digest-md5.challenge elwood.innosoft.com OA6MG9tEQGm2hh", "sasl.digest-md5.response chris imap/elwood.innosoft.com !", "sasl.digest-md5.confirmed !", "sasl.empty"}},
	{"", []string{"S rspauth=ea40f60335c427b5527b84dbabcdfffd"}, []string{"sasl.digest-md5.confirmed !"}},
	{"", []string{"S v=rmF9pqV8S7suAoZWja4dJRkFsKQ="}, []string{"sasl.scram.signature !"}},
	{"SCRAM-SHA-1", []string{ // RFC 5802 §5
		"C n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "S r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		"C c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "S v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
	}, []string{"sasl.scram.first user !", "sasl.scram.salt 4096", "sasl.scram.proof v0X8v3Bz2T0CJGbJQyF0X+HI4Ts= !", "sasl.scram.signature !"}},
	{"scram-sha-256-plus", []string{"C p=tls-unique,,n=a=2Cb,r=x", "S e=other-error"}, []string{"sasl.scram.first a,b !", "sasl.scram.refused other-error"}},
	{"OAUTHBEARER", []string{"C n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmT\x01\x01", `S {"status":"invalid_token"}`, "C \x01"}, // RFC 7628 §4
		[]string{"sasl.token user@example.com !", `sasl.token.refused {"status":"invalid_token"}`, "sasl.token.end"}},
	{"XOAUTH2", []string{"C user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmT\x01\x01"}, []string{"sasl.token someuser@example.com !"}},
	{"EXTERNAL", []string{"C fred@example.com"}, []string{"sasl.external.identity fred@example.com"}}, // RFC 4422 appendix A.3
	{"ANONYMOUS", []string{"C sirhc"}, []string{"sasl.anonymous.trace sirhc"}},                        // RFC 4505 §4
	{"GSSAPI", []string{"C \x60\x82", "S \x60\x82"}, []string{"sasl.gssapi.token !", "sasl.gssapi.token !"}},
	{"X-OWN", []string{"S foo", "C bar"}, []string{"sasl.challenge foo", "sasl.response !"}},
	{"", []string{"S foo", "C bar"}, []string{"sasl.challenge foo", "sasl.response !"}},
	// MS-NLMP §4.2: names in 16 bits, a target that the challenge names, an answer of which only the names are told.
	{"NTLM", []string{
		"C " + ntlm(1, 16, 32, "OEM", "DOMAIN", "COMPUTER"),
		"S " + ntlm(2, 12, 32, "utf16", "Server"),
		"C " + ntlm(3, 28, 64, "utf16", "Domain", "User", "COMPUTER"),
	}, []string{"sasl.ntlm.negotiate DOMAIN COMPUTER", "sasl.ntlm.challenge Server 0123456789abcdef", "sasl.ntlm.authenticate Domain User COMPUTER !"}},
}

// ntlm makes a message of NTLM: texts are pointed to from a place on, and stand behind its fixed part.
func ntlm(kind byte, at, size int, charset string, texts ...string) string {
	b := make([]byte, size)
	copy(b, "NTLMSSP\x00")
	b[8] = kind
	if kind == 2 {
		b[20] = ntlmUnicode
		challenge, _ := hex.DecodeString("0123456789abcdef")
		copy(b[24:], challenge)
	}
	if kind == 3 {
		b[60] = ntlmUnicode
	}
	for i, s := range texts {
		coded := []byte(s)
		if charset == "utf16" {
			coded = nil
			for _, u := range utf16.Encode([]rune(s)) {
				coded = append(coded, byte(u), byte(u>>8))
			}
		}
		p := at + 8*i
		b[p], b[p+4] = byte(len(coded)), byte(len(b))
		b = append(b, coded...)
	}
	return string(b)
}

func TestWhatEachLineSays(t *testing.T) {
	for _, e := range exchanges {
		x := Begin(e.mechanism)
		for i, line := range e.lines {
			coded := base64.StdEncoding.EncodeToString([]byte(line[2:]))
			if i == 0 && line == "C " {
				coded = "="
			}
			hidden := x.Secret()
			var r Reading
			if line[0] == 'C' {
				r = x.Response(coded)
			} else {
				r = x.Challenge(coded)
			}
			if got := show(r); got != e.want[i] {
				t.Errorf("%s, line %d: %s, want %s", e.mechanism, i+1, got, e.want[i])
			}
			if line[0] == 'C' && r.Secret && !hidden {
				t.Errorf("%s, line %d is secret, and shown before it is whole", e.mechanism, i+1)
			}
		}
	}
}

func show(r Reading) string {
	var notes []string
	for _, n := range r.Notes {
		words := []string{n.ID}
		for _, a := range n.Args {
			words = append(words, a.Value.String())
		}
		notes = append(notes, strings.Join(words, " "))
	}
	s := strings.Join(notes, "; ")
	if r.Secret {
		s += " !"
	}
	return s
}

func TestGivingUpAndWhatIsNoBase64(t *testing.T) {
	for _, tt := range []struct{ line, want string }{{"*", "sasl.cancel"}, {"=", "sasl.empty"}, {"what?", "sasl.not-base64 !"}, {"", "sasl.empty"}} {
		x := Begin("PLAIN")
		if got := show(x.Response(tt.line)); got != tt.want {
			t.Errorf("%q: %s", tt.line, got)
		}
	}
	// Who types the name as it is types the password as it is.
	x := Begin("LOGIN")
	x.Response("ana@example.org")
	if r := x.Response("lupine!"); !r.Secret {
		t.Error("the password is shown")
	}
}

// Every note that can be said has its text, and every text its note.
func TestEveryNoteHasItsText(t *testing.T) {
	words := lexicon.New(lexicon.English, lexicon.Notes)
	said := map[string]bool{"sasl.cleartext": true, MechanismNote("FOO").ID: true, MechanismNote("SCRAM-SHA-512-PLUS").ID: true,
		"sasl.cancel": true, "sasl.not-base64": true}
	for _, m := range Mechanisms {
		said[MechanismNote(m).ID] = true
	}
	for _, e := range exchanges {
		x := Begin(e.mechanism)
		for _, line := range e.lines {
			coded := base64.StdEncoding.EncodeToString([]byte(line[2:]))
			r := x.Challenge(coded)
			if line[0] == 'C' {
				r = x.Response(coded)
			}
			for _, n := range r.Notes {
				said[n.ID] = true
				if text := words.Line(n) + words.Why(n); strings.Contains(text, "[sasl") || strings.Contains(text, "{user") || text == "" {
					t.Errorf("%s: %s", n.ID, text)
				}
			}
		}
	}
	for _, e := range words.Entries() {
		if strings.HasPrefix(e.ID, "sasl.") && !said[e.ID] {
			t.Errorf("%s is never said", e.ID)
		}
		delete(said, e.ID)
	}
	for id := range said {
		t.Errorf("%s has no text", id)
	}
}

func FuzzExchange(f *testing.F) {
	for _, e := range exchanges {
		f.Add(e.mechanism, strings.Join(e.lines, "\n"))
	}
	f.Fuzz(func(t *testing.T, mechanism, lines string) {
		x := Begin(mechanism)
		for line := range strings.SplitSeq(lines, "\n") {
			for _, coded := range []string{line, base64.StdEncoding.EncodeToString([]byte(strings.TrimPrefix(line, "C ")))} {
				if r := x.Challenge(coded); len(r.Notes) == 0 {
					t.Errorf("nothing is said of the challenge %q", coded)
				}
				r := x.Response(coded)
				if len(r.Notes) == 0 {
					t.Errorf("nothing is said of the response %q", coded)
				}
				for _, n := range r.Notes {
					for _, a := range n.Args {
						if !r.Secret && a.Secret {
							t.Errorf("%q holds a secret and is none", coded)
						}
					}
				}
			}
		}
	})
}
