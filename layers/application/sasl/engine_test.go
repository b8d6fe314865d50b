package sasl

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// accounts is a server's: passwords by user, and keys where it keeps them instead.
type accounts struct {
	passwords map[string]string
	keys      map[string]Keys
}

func (a accounts) Login(user, password string) error {
	if want, ok := a.passwords[user]; !ok || want != password {
		return ErrCredentials
	}
	return nil
}

func (a accounts) Secret(user string) (Secret, bool) {
	if k, ok := a.keys[user]; ok {
		return Secret{Keys: []Keys{k}}, true
	}
	p, ok := a.passwords[user]
	return Secret{Password: p}, ok
}

func decoded(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

var (
	tim    = accounts{passwords: map[string]string{"tim": "tanstaaftanstaaf", "Ursel": "xipj3plmq"}}
	pencil = map[string]accounts{
		"SCRAM-SHA-1":   {keys: map[string]Keys{"user": DeriveKeys("SCRAM-SHA-1", "pencil", decoded("QSXCR+Q6sek8bf92"), 4096)}},
		"SCRAM-SHA-256": {keys: map[string]Keys{"user": DeriveKeys("SCRAM-SHA-256", "pencil", decoded("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096)}},
	}
)

// The dialogues of the RFCs, line by line. Each is spoken by our server with the client's lines as they stand, and by our
// client with the server's.
var dialogues = []struct {
	ref         string
	mechanism   string
	accounts    accounts
	challenges  Challenges
	credentials Credentials
	clientNonce string
	lines       []string // "S " and "C "
}{
	{"RFC 4616 §4", "PLAIN", tim, Challenges{}, Credentials{"tim", "tanstaaftanstaaf", ""}, "", []string{"C \x00tim\x00tanstaaftanstaaf"}},
	{"RFC 4616 §2", "PLAIN", tim, Challenges{}, Credentials{"tim", "tanstaaftanstaaf", "tim"}, "", []string{"S ", "C tim\x00tim\x00tanstaaftanstaaf"}},
	{"draft-murchison-sasl-login", "LOGIN", tim, Challenges{}, Credentials{"tim", "tanstaaftanstaaf", ""}, "",
		[]string{"S Username:", "C tim", "S Password:", "C tanstaaftanstaaf"}},
	{"RFC 2195 §2", "CRAM-MD5", tim, Challenges{Nonce: "1896.697170952", Host: "postoffice.reston.mci.net"}, Credentials{"tim", "tanstaaftanstaaf", ""}, "",
		[]string{"S <1896.697170952@postoffice.reston.mci.net>", "C tim b913a602c7eda7a495b4e6e7334d3890"}},
	{"RFC 5802 §5", "SCRAM-SHA-1", pencil["SCRAM-SHA-1"], Challenges{Nonce: "3rfcNHYJY1ZVvWVs7j"}, Credentials{"user", "pencil", ""}, "fyko+d2lbbFgONRv9qkxdawL", []string{
		"C n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "S r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		"C c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "S v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "C "}},
	{"RFC 7677 §3", "SCRAM-SHA-256", pencil["SCRAM-SHA-256"], Challenges{Nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"}, Credentials{"user", "pencil", ""}, "rOprNGfwEbeRWgbNEkqO", []string{
		"C n,,n=user,r=rOprNGfwEbeRWgbNEkqO", "S r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
		"C c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"S v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "C "}},
}

func TestServerSpeaksTheDialoguesOfTheRFCs(t *testing.T) {
	for _, d := range dialogues {
		s, err := NewServer(d.mechanism, d.accounts, d.challenges)
		if err != nil {
			t.Fatal(err)
		}
		var response []byte
		if d.lines[0][0] == 'C' {
			response = []byte(d.lines[0][2:])
			d.lines = d.lines[1:]
		}
		for {
			challenge, done, err := s.Step(response)
			if err != nil {
				t.Errorf("%s: %v", d.ref, err)
				break
			}
			if done {
				if len(d.lines) > 0 {
					t.Errorf("%s: done before %q", d.ref, d.lines)
				}
				if s.User() != d.credentials.User {
					t.Errorf("%s: %q has logged in", d.ref, s.User())
				}
				break
			}
			if len(d.lines) < 2 || "S "+string(challenge) != d.lines[0] {
				t.Errorf("%s: the server says %q, want %q", d.ref, challenge, d.lines)
				break
			}
			response, d.lines = []byte(d.lines[1][2:]), d.lines[2:]
		}
		if _, done, err := s.Step([]byte("more")); done || err == nil {
			t.Errorf("%s: the server goes on when the exchange is over", d.ref)
		}
	}
}

func TestClientSpeaksTheDialoguesOfTheRFCs(t *testing.T) {
	for _, d := range dialogues {
		c, err := NewClient(d.mechanism, d.credentials, d.clientNonce)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range d.lines {
			if line[0] == 'S' {
				continue
			}
			var response []byte
			if i == 0 {
				var ok bool
				if response, ok = c.Initial(1000); !ok {
					t.Errorf("%s: no initial response", d.ref)
				}
			} else if response, err = c.Step([]byte(d.lines[i-1][2:])); err != nil {
				t.Errorf("%s: %v", d.ref, err)
			}
			if "C "+string(response) != line {
				t.Errorf("%s: the client says %q, want %q", d.ref, response, line)
			}
		}
		if err := c.Finish(); err != nil {
			t.Errorf("%s: %v", d.ref, err)
		}
		if _, err := c.Step([]byte("more?")); err == nil {
			t.Errorf("%s: the client goes on when all is said", d.ref)
		}
	}
}

// exchange lets a client and a server of ours speak. Without initial the client waits for the server's empty challenge.
func exchange(c *Client, s *Server, initial bool) error {
	var response []byte
	if initial {
		response, _ = c.Initial(1000)
	}
	for range 10 {
		challenge, done, err := s.Step(response)
		if err != nil {
			return err
		}
		if done {
			return c.Finish()
		}
		if response, err = c.Step(challenge); err != nil {
			return err
		}
	}
	return errors.New("no end")
}

// A wrong password, a user who does not exist and one without a password look the same. Names and passwords may hold whatever
// the mechanism can carry.
func TestWhoMayLogIn(t *testing.T) {
	house := accounts{passwords: map[string]string{"ana": "secret", "a,b=c": "x=y,z", "josé": "ñandú", "void": ""},
		keys: map[string]Keys{"kept": DeriveKeys("SCRAM-SHA-256", "secret", []byte("0123456789abcdef"), 5000)}}
	for _, tt := range []struct {
		who  Credentials
		want error
		only string // mechanisms that this row is for; "" is all
	}{
		{Credentials{User: "ana", Password: "secret"}, nil, ""},
		{Credentials{User: "ana", Password: "wrong"}, ErrCredentials, ""},
		{Credentials{User: "nobody", Password: "secret"}, ErrCredentials, ""},
		{Credentials{User: "nobody", Password: ""}, ErrCredentials, ""},
		{Credentials{User: "void", Password: ""}, ErrCredentials, "CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256"},
		{Credentials{User: "a,b=c", Password: "x=y,z"}, nil, ""},
		{Credentials{User: "josé", Password: "ñandú"}, nil, ""},
		{Credentials{User: "jose\u0301", Password: "n\u0303andu\u0301"}, nil, "SCRAM-SHA-1 SCRAM-SHA-256"}, // accents typed apart
		{Credentials{User: "ana", Password: "secret", As: "ana"}, nil, "PLAIN SCRAM-SHA-1 SCRAM-SHA-256"},
		{Credentials{User: "ana", Password: "secret", As: "bob"}, ErrAuthorization, "PLAIN SCRAM-SHA-1 SCRAM-SHA-256"},
		{Credentials{User: "kept", Password: "secret"}, nil, "SCRAM-SHA-256"},
		{Credentials{User: "kept", Password: "wrong"}, ErrCredentials, "SCRAM-SHA-256"},
		{Credentials{User: "kept", Password: "secret"}, ErrCredentials, "SCRAM-SHA-1 CRAM-MD5"}, // no keys of that kind
	} {
		for _, m := range Spoken {
			if tt.only != "" && !strings.Contains(" "+tt.only+" ", " "+m+" ") {
				continue
			}
			for _, initial := range []bool{false, true} {
				s, _ := NewServer(m, house, Challenges{Nonce: "servernonce", Host: "mail.example.org"})
				c, _ := NewClient(m, tt.who, "clientnonce")
				if err := exchange(c, s, initial); !errors.Is(err, tt.want) {
					t.Errorf("%s as %+v, initial response %v: %v, want %v", m, tt.who, initial, err, tt.want)
				}
			}
		}
	}
}

// The salt of a user who does not exist is as constant as anybody's, and nobody can compute it without the server's own secret.
func TestStrangersHaveASaltToo(t *testing.T) {
	first := func(user, key string) string {
		s, _ := NewServer("SCRAM-SHA-256", tim, Challenges{Nonce: "n", SaltKey: key})
		challenge, _, err := s.Step([]byte("n,,n=" + user + ",r=c"))
		if err != nil {
			t.Fatal(err)
		}
		return string(challenge)
	}
	for _, user := range []string{"tim", "nobody"} {
		if one, two := first(user, "k"), first(user, "k"); one != two {
			t.Errorf("the salt of %s changes", user)
		}
	}
	if first("nobody", "k") == first("nobody", "other") || first("nobody", "k") == first("tim", "k") {
		t.Error("the salt does not depend on the user or on the server")
	}
}

func TestServerRefusesWhatIsNoMessage(t *testing.T) {
	good := "c=biws,r=cs,p=" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, tt := range []struct {
		mechanism string
		messages  []string
		want      string
	}{
		{"PLAIN", []string{""}, "want [authorization] NUL user NUL password (RFC 4616 §2)"},
		{"PLAIN", []string{"a\x00b"}, "want [authorization] NUL user NUL password (RFC 4616 §2)"},
		{"PLAIN", []string{"\x00\x00password"}, "want [authorization] NUL user NUL password (RFC 4616 §2)"},
		{"PLAIN", []string{"a\x00b\x00c\x00d"}, "want [authorization] NUL user NUL password (RFC 4616 §2)"},
		{"PLAIN", []string{strings.Repeat("x", 9000)}, "the message is too long (RFC 4422 §3.4)"},
		{"CRAM-MD5", []string{"tim"}, "the server speaks first (RFC 4422 §5)"},
		{"SCRAM-SHA-256", []string{""}, "want a gs2-header (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"n=user,r=x"}, "want a gs2-header (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"z,,n=user,r=x"}, "want a gs2-header (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"p=tls-unique,,n=user,r=x"}, "channel binding is not offered (RFC 5802 §6)"},
		{"SCRAM-SHA-256", []string{"n,,m=ext,n=user,r=x"}, "want n=user,r=nonce (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"n,,n=us=er,r=x"}, "user or nonce is not well-formed (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"n,,n=,r=x"}, "user or nonce is not well-formed (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"n,,n=user,r="}, "user or nonce is not well-formed (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"n,,n=user,r=\x01"}, "user or nonce is not well-formed (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"n,,n=user,r=c", "c=biws,r=cs"}, "want the proof at the end (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"n,,n=user,r=c", "c=biws,r=cs,p=AAAA"}, "the proof is not one (RFC 5802 §7)"},
		{"SCRAM-SHA-256", []string{"y,,n=user,r=c", good}, "c= is not what the client began with (RFC 5802 §5.1)"},
		{"SCRAM-SHA-256", []string{"n,,n=user,r=c", strings.Replace(good, "r=cs", "r=c", 1)}, "r= is not the nonce of this exchange (RFC 5802 §5.1)"},
		{"SCRAM-SHA-256", []string{"n,,n=user,r=c", good}, "sasl: wrong user or password"},
	} {
		s, _ := NewServer(tt.mechanism, tim, Challenges{Nonce: "s"})
		var err error
		for _, m := range tt.messages {
			_, _, err = s.Step([]byte(m))
		}
		if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("%s %q: %v, want %s", tt.mechanism, tt.messages, err, tt.want)
		}
	}
}

// A message for which there is no room beside the command is the answer to the first challenge.
func TestInitialResponseWaitsWhereItDoesNotFit(t *testing.T) {
	for _, m := range []string{"PLAIN", "SCRAM-SHA-256"} {
		s, _ := NewServer(m, tim, Challenges{Nonce: "s"})
		c, _ := NewClient(m, Credentials{User: "tim", Password: "tanstaaftanstaaf"}, "c")
		if response, ok := c.Initial(10); ok {
			t.Errorf("%s: %q has 10 bytes", m, response)
		}
		if err := exchange(c, s, false); err != nil {
			t.Error(m, err)
		}
	}
}

// A client believes neither a server that does not know the password nor one that makes the password cheap to try.
func TestClientRefusesWhatAServerMustNotSay(t *testing.T) {
	for _, tt := range []struct{ challenge, want string }{
		{"r=other,s=AAAA,i=4096", "the nonce does not continue the client's"},
		{"r=c,s=AAAA,i=4096", "the nonce does not continue the client's"},
		{"r=cs,s=,i=4096", "the salt is not one"},
		{"r=cs,s=*,i=4096", "the salt is not one"},
		{"r=cs,s=AAAA,i=4095", "hashed 4095 times"},
		{"r=cs,s=AAAA,i=2000000000", "hashed 2000000000 times"},
		{"m=x,r=cs,s=AAAA,i=4096", "want r=nonce,s=salt,i=rounds"},
		{"", "want r=nonce,s=salt,i=rounds"},
		{"e=unknown-user", "wrong user or password"},
		{strings.Repeat("x", 9000), "too long"},
	} {
		c, _ := NewClient("SCRAM-SHA-256", Credentials{User: "u", Password: "p"}, "c")
		c.Initial(1000)
		if _, err := c.Step([]byte(tt.challenge)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40q: %v, want %s", tt.challenge, err, tt.want)
		}
		if c.Finish() == nil {
			t.Errorf("%.40q: the client is content", tt.challenge)
		}
	}
	for _, last := range []string{"v=AAAA", "v=", "", "v=" + base64.StdEncoding.EncodeToString(make([]byte, 32)), "e=invalid-proof"} {
		c, _ := NewClient("SCRAM-SHA-256", Credentials{User: "u", Password: "p"}, "c")
		c.Initial(1000)
		if _, err := c.Step([]byte("r=cs,s=AAAA,i=4096")); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Step([]byte(last)); err == nil || c.Finish() == nil {
			t.Errorf("%q is taken for the server's proof", last)
		}
	}
}

func TestChoose(t *testing.T) {
	nonce := func() string { return "n" }
	all := []string{"LOGIN", "PLAIN", "cram-md5", "SCRAM-SHA-1", "SCRAM-SHA-256", "GSSAPI"}
	for _, tt := range []struct {
		offered []string
		policy  Policy
		want    string
	}{
		{all, Policy{Nonce: nonce}, "SCRAM-SHA-256"},
		{all, Policy{Nonce: nonce, Clear: true}, "SCRAM-SHA-256"},
		{all, Policy{}, "CRAM-MD5"},
		{all[:4], Policy{Nonce: nonce}, "SCRAM-SHA-1"},
		{all[:3], Policy{}, "CRAM-MD5"},
		{all[:2], Policy{}, ""},
		{all[:2], Policy{Clear: true}, "PLAIN"},
		{all[:1], Policy{Clear: true, Least: "plain"}, "LOGIN"},
		{all[:3], Policy{Clear: true, Least: "CRAM-MD5"}, "CRAM-MD5"},
		{all[:3], Policy{Clear: true, Least: "SCRAM-SHA-1", Nonce: nonce}, ""},
		{all, Policy{Only: "login"}, ""},
		{all, Policy{Only: "login", Clear: true}, "LOGIN"},
		{all, Policy{Only: "CRAM-MD5"}, "CRAM-MD5"},
		{[]string{"GSSAPI"}, Policy{Clear: true}, ""},
		{nil, Policy{Clear: true}, ""},
	} {
		got, err := tt.policy.Choose(tt.offered, false)
		if got != tt.want || (err == nil) != (tt.want != "") || err != nil && !errors.Is(err, ErrNoMechanism) {
			t.Errorf("%q, %+v: %q %v, want %q", tt.offered, tt.policy, got, err, tt.want)
		}
	}
	if got, _ := (Policy{}).Choose(all[:2], true); got != "PLAIN" {
		t.Errorf("inside TLS: %q", got)
	}
	if got := Offered([]string{"CRAM-MD5", "PLAIN", "GSSAPI", "SCRAM-SHA-256"}, false); fmt.Sprint(got) != "[PLAIN]" {
		t.Error(got)
	}
}
