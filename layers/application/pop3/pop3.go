// Package pop3 speaks the Post Office Protocol version 3 (RFC 1939) from both sides, as machines of bytes and events, and
// follows it from outside. A [Server] serves one connection from an [Accounts], a [Client] asks one server, a [Dialogue] reads
// what two others say. All three use the grammar and the [Rules] of this package.
//
// Spoken: every command of RFC 1939 (APOP, TOP and UIDL among them), CAPA with response codes and pipelining (RFC 2449, RFC
// 3206), AUTH by the mechanisms of package sasl (RFC 5034), STLS (RFC 2595; TLS itself belongs to whoever owns the engine), UTF8
// (RFC 6856 §2). A [Collector] is a whole session of a client that fetches by a [Strategy]; [Delayed] keeps LOGIN-DELAY.
//
// Not spoken: LANG (RFC 6856 §3), XTND, LAST and RPOP of older RFCs, security layers of SASL, other mechanisms of AUTH (a Dialogue
// follows them all the same), rewriting of mails for clients without UTF8, the site policy EXPIRE beyond announcing it.
package pop3

import (
	"slices"
	"time"
)

// Ports where servers listen: in the clear with STLS, and with TLS from the first byte (RFC 1939 §3, RFC 8314 §3.3).
const (
	Port    = 110
	PortTLS = 995
)

// Limits of lines, in octets with their CRLF (RFC 2449 §4).
const (
	MaxCommand = 255
	MaxReply   = 512 // of the first line of a reply
)

// IdleLimit is how long a server waits for a command at least (RFC 1939 §3).
const IdleLimit = 10 * time.Minute

// A State is a state of a session (RFC 1939 §3).
type State string

// The states. Closed is ours: the session is over.
const (
	Authorization State = "AUTHORIZATION"
	Transaction   State = "TRANSACTION"
	Update        State = "UPDATE"
	Closed        State = "CLOSED"
)

func (s State) String() string { return string(s) }

// A Rule is a row of the protocol's state machine: in the state In the command Verb is allowed, with Min to Max arguments, and
// when it succeeds the session goes on in the state To. Where it fails, the state stays; only QUIT ends the session anyhow.
type Rule struct {
	In       State
	Verb     string
	Min, Max int
	To       State
	Ref      string
}

// Rules is the whole state machine, in the order of the RFCs.
var Rules = []Rule{
	{Authorization, "QUIT", 0, 0, Closed, "RFC 1939 §4"},
	{Transaction, "STAT", 0, 0, Transaction, "RFC 1939 §5"},
	{Transaction, "LIST", 0, 1, Transaction, "RFC 1939 §5"},
	{Transaction, "RETR", 1, 1, Transaction, "RFC 1939 §5"},
	{Transaction, "DELE", 1, 1, Transaction, "RFC 1939 §5"},
	{Transaction, "NOOP", 0, 0, Transaction, "RFC 1939 §5"},
	{Transaction, "RSET", 0, 0, Transaction, "RFC 1939 §5"},
	{Transaction, "QUIT", 0, 0, Update, "RFC 1939 §6"},
	{Transaction, "TOP", 2, 2, Transaction, "RFC 1939 §7"},
	{Transaction, "UIDL", 0, 1, Transaction, "RFC 1939 §7"},
	{Authorization, "USER", 1, 1, Authorization, "RFC 1939 §7"},
	{Authorization, "PASS", 1, 1, Transaction, "RFC 1939 §7"},
	{Authorization, "APOP", 2, 2, Transaction, "RFC 1939 §7"},
	{Authorization, "CAPA", 0, 0, Authorization, "RFC 2449 §5"},
	{Transaction, "CAPA", 0, 0, Transaction, "RFC 2449 §5"},
	{Authorization, "STLS", 0, 0, Authorization, "RFC 2595 §4"},
	{Authorization, "AUTH", 0, 2, Transaction, "RFC 5034 §4"},
	{Authorization, "UTF8", 0, 0, Authorization, "RFC 6856 §2.1"},
}

// RuleFor finds the row of a verb, in upper case, in a state.
func RuleFor(in State, verb string) (Rule, bool) {
	for _, r := range Rules {
		if r.In == in && r.Verb == verb {
			return r, true
		}
	}
	return Rule{}, false
}

// furtherVerbs are commands of older and newer standards that the engines do not speak; the dialogue knows them: RFC 6856, RFC
// 1082, RFC 1460 and RFC 1081.
var furtherVerbs = []string{"LANG", "XTND", "LAST", "RPOP"}

// heard says whether a line that begins with the verb is a command.
func heard(verb string) bool { return Known(verb) || slices.Contains(furtherVerbs, verb) }

// Known says whether any row has the verb.
func Known(verb string) bool {
	for _, r := range Rules {
		if r.Verb == verb {
			return true
		}
	}
	return false
}
