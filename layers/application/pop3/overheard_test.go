package pop3

import (
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
	"mailwire/layers/layerstest"
	"mailwire/layers/lexicon"
)

// Whatever our own engines say to each other is explained to whoever listens, and no secret is shown: each way to log in, and
// each reason to be refused.
func TestTheDialogueExplainsWhatOurEnginesSay(t *testing.T) {
	words := lexicon.New(lexicon.English, lexicon.Notes)
	for _, way := range append([]string{"APOP", "USER"}, sasl.Spoken...) {
		for _, password := range []string{"secret", "lupine"} {
			server := NewServer(epoch, Options{Hostname: "mail.example.net", Timestamp: stamp, Mechanisms: sasl.Spoken, Nonce: always("s"), Expire: "NEVER", LoginDelay: 60e9, Implementation: "mailwire"}, family())
			client := NewClient(epoch)
			client.Receive(epoch, []byte(drained(server)))
			client.Next()
			client.Capa()
			if _, err := client.Login("bob", password, sasl.Spoken, sasl.Policy{Only: way, Clear: true, Nonce: always("c")}); err != nil {
				t.Fatal(err)
			}
			client.Capa()
			client.Stat()
			client.Retr(1)
			client.Quit()
			d := NewDialogue(true)
			d.Receive(layers.Server, []byte("+OK POP3 server ready "+stamp+"\r\n"))
			var all []application.Message
			for {
				up := drained(client)
				d.Receive(layers.Client, []byte(up))
				server.Receive(epoch, []byte(up))
				down := drained(server)
				d.Receive(layers.Server, []byte(down))
				client.Receive(epoch, []byte(down))
				for m, ok := d.Next(); ok; m, ok = d.Next() {
					all = append(all, m)
				}
				if up == "" && down == "" {
					break
				}
			}
			for _, m := range all {
				if len(m.Notes) == 0 {
					t.Errorf("%s with %s: nothing is said of %q", way, password, m.Text)
				}
				if layerstest.Shows(m, password) {
					t.Errorf("%s: the password is shown: %q", way, m.Text)
				}
				for _, n := range m.Notes {
					if text := words.Line(n); strings.HasPrefix(text, "[pop3") || strings.HasPrefix(text, "[sasl") || text == "" {
						t.Errorf("%s: %s has no text", way, n.ID)
					}
				}
			}
			if n := slices.IndexFunc(all, func(m application.Message) bool { return m.Kind == application.Data }); (n >= 0) != (password == "secret") {
				t.Errorf("%s with %s: message %d of %d is the mail", way, password, n, len(all))
			}
		}
	}
}

// SCRAM overheard: who logs in is told, and what could be used to try passwords is masked.
func TestSCRAMOverheard(t *testing.T) {
	var got []string
	for _, m := range follow(NewDialogue(true), 3, []turn{s("+OK\r\n"), c("AUTH SCRAM-SHA-256 biwsbj1ib2Iscj1j\r\n"), s("+ cj1jcyxzPUFBQUEsaT00MDk2\r\n"),
		c("Yz1iaXdzLHI9Y3MscD1BQUFB\r\n"), s("+ dj1BQUFB\r\n"), c("\r\n"), s("+OK\r\n")}) {
		got = append(got, line(m))
	}
	want := []string{`server greeting +OK "+OK" @0+5 greeting`, `client command AUTH "AUTH SCRAM-SHA-256 ****************" @0+37 auth sasl.scram-sha-256 sasl.scram.first`,
		`server continuation  "+ cj1jcyxzPUFBQUEsaT00MDk2" @5+28 sasl.scram.salt`, `client auth  "************************" @37+26 sasl.scram.proof`,
		`server continuation  "+ ********" @33+12 sasl.scram.signature`, `client auth  "" @63+2 sasl.empty`, `server reply +OK "+OK" @45+5 reply.login`}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
