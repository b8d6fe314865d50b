package imap

import (
	"errors"
	"strings"
	"testing"

	"mailwire/layers/application/sasl"
)

// secretive is a backend that knows its passwords.
type secretive struct{ *memory }

func (secretive) Secret(user string) (sasl.Secret, bool) {
	return sasl.Secret{Password: "secret"}, user == "bob"
}

func (s secretive) Open(user string) (Account, error) { return s.Login(user, "secret") }

func always(nonce string) func() string { return func() string { return nonce } }

// Each mechanism lets in who knows the password, and nobody else, with SASL-IR and without.
func TestEveryMechanismLogsIn(t *testing.T) {
	for _, mechanism := range sasl.Spoken {
		for _, tt := range []struct{ user, password, code string }{
			{"bob", "secret", "CAPABILITY"}, {"bob", "wrong", "AUTHENTICATIONFAILED"}, {"nobody", "secret", "AUTHENTICATIONFAILED"},
		} {
			for _, initial := range []bool{true, false} {
				p := &pair{client: NewClient(epoch, ClientConfig{}), now: epoch, done: map[string]*Done{},
					server: NewServer(epoch, Config{Backend: secretive{newMemory()}, Name: "mail.example.org", Mechanisms: []string{mechanism}, Nonce: always("s"), SaltKey: "k"})}
				p.settle()
				if !initial {
					p.client.capabilities = p.client.Mechanisms()
					for i := range p.client.capabilities {
						p.client.capabilities[i] = "AUTH=" + p.client.capabilities[i]
					}
				}
				tag, err := p.client.Authenticate(tt.user, tt.password, sasl.Policy{Clear: true, Nonce: always("c")})
				if err != nil {
					t.Fatal(err)
				}
				d, _ := p.ask(t, tag)
				if in := d.OK() && p.server.User() == tt.user && p.client.State() == Authenticated; d.Code == nil || d.Code.Name != tt.code || in != (tt.code == "CAPABILITY") {
					t.Errorf("%s as %s with %s, initial response %v: %+v, the server says %q", mechanism, tt.user, tt.password, initial, d, p.server.User())
				}
			}
		}
	}
}

// The strongest mechanism is chosen, and no password crosses in clear text unless the caller allows it.
func TestClientChoosesAMechanism(t *testing.T) {
	offer := "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5] hi\r\n"
	for _, tt := range []struct {
		greeting string
		secured  bool
		policy   sasl.Policy
		want     string
	}{
		{offer, false, sasl.Policy{Clear: true}, "A001 AUTHENTICATE CRAM-MD5\r\n"},
		{offer, false, sasl.Policy{Only: "PLAIN"}, ""},
		{offer, true, sasl.Policy{Only: "PLAIN"}, "A001 AUTHENTICATE PLAIN\r\n"},
		{"* OK hi\r\n", true, sasl.Policy{}, ""},
	} {
		c := NewClient(epoch, ClientConfig{Secured: tt.secured})
		c.Receive(epoch, []byte(tt.greeting))
		_, err := c.Authenticate("bob", "secret", tt.policy)
		if got := string(c.Output()); got != tt.want || (err == nil) != (tt.want != "") || err != nil && !errors.Is(err, sasl.ErrNoMechanism) {
			t.Errorf("%+v: %q %v", tt, got, err)
		}
	}
}

// A server that says OK without having proved that it knows the password is not believed.
func TestClientWantsTheServersProof(t *testing.T) {
	c := NewClient(epoch, ClientConfig{})
	c.Receive(epoch, []byte("* OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256] hi\r\n"))
	if _, err := c.Authenticate("bob", "secret", sasl.Policy{Nonce: always("c")}); err != nil {
		t.Fatal(err)
	}
	c.Receive(epoch, []byte("+ \r\nA001 OK come in\r\n"))
	var why []string
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		if e, is := e.(*ServerError); is {
			why = append(why, e.Why.Error())
		}
	}
	if !c.Closing() || !strings.Contains(strings.Join(why, ""), "proved") {
		t.Errorf("closing %v: %q", c.Closing(), why)
	}
}
