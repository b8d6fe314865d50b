package story

import (
	"strings"

	"mailwire/layers/application/sasl"
)

// A login is who logged in to a session, how, and with what success. It never holds a password.
type login struct {
	how      string // USER/PASS, APOP, LOGIN, or AUTH and the name of a SASL mechanism
	user     string
	exchange sasl.Exchange
	spoken   bool // a line of it was seen
	shown    bool // what whoever listens reads is the password itself, or a token as good as it
	digest   bool // what whoever listens reads lets guess it
	failed   int
	done     bool
}

// begin starts a SASL exchange.
func (l *login) begin(mechanism string) {
	l.exchange, l.spoken = sasl.Begin(mechanism), false
	l.how = "AUTH " + l.exchange.Mechanism()
}

// challenge takes a server's line of the exchange, behind 334 or "+".
func (l *login) challenge(line string) {
	_, line, _ = strings.Cut(line, " ")
	l.exchange.Challenge(line)
}

// respond takes a client's line of the exchange.
func (l *login) respond(line string) {
	reading := l.exchange.Response(line)
	l.spoken = true
	for _, n := range reading.Notes {
		if user, ok := n.Arg("user"); ok && user.String() != "" {
			l.user = shortened(user.String(), 100)
		}
	}
	switch {
	case reading.Revealed:
		l.shown = true
	case reading.Secret && guessable(reading.Notes[0].ID):
		l.digest = true
	}
}

// guessable tells whether a response lets whoever read it try passwords at leisure: a proof made of the password does, a ticket
// or what cannot be read does not, as far as is known here.
func guessable(note string) bool {
	switch note {
	case "sasl.digest", "sasl.digest-md5.response", "sasl.ntlm.authenticate":
		return true
	}
	return strings.HasPrefix(note, "sasl.scram.")
}

// answer takes the server's answer to the login.
func (l *login) answer(b *Book, r *Record, accepted bool) {
	if accepted {
		l.done = true
	} else {
		l.failed++
	}
	b.credentials(r)
}

// outcome names what came of the login where nothing followed.
func (l *login) outcome() string {
	switch {
	case l.done:
		return "login"
	case l.failed > 0:
		return "refused"
	case l.how != "":
		return "tried"
	}
	return "nobody"
}

// name is who logged in, as far as it was seen.
func (l *login) name() string {
	if l.user == "" {
		return unknown
	}
	return l.user
}
