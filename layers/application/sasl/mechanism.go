package sasl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Spoken lists the mechanisms that [NewServer] and [NewClient] speak, the strongest first.
var Spoken = []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"}

// Usual lists what servers offer that are not told otherwise, as far as their accounts allow it.
var Usual = []string{"SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN"}

// NeedsSecret says whether a server of the mechanism must know a secret of each user, a password or the keys made of it,
// because the client only proves that it has the password.
func NeedsSecret(mechanism string) bool {
	return mechanism == "CRAM-MD5" || isSCRAM(mechanism)
}

// InClear says whether the mechanism carries the password itself, readable to whoever listens.
func InClear(mechanism string) bool { return mechanism == "PLAIN" || mechanism == "LOGIN" }

// Offered is what a server can offer of the mechanisms that it was told to offer, in that order. secrets says whether its
// accounts can tell secrets.
func Offered(wanted []string, secrets bool) []string {
	var list []string
	for _, m := range wanted {
		if slices.Contains(Spoken, m) && (secrets || !NeedsSecret(m)) {
			list = append(list, m)
		}
	}
	return list
}

// A Policy says which mechanisms a client may use. The zero value lets a password cross inside TLS alone, and has no nonces.
type Policy struct {
	Only  string        // this mechanism and no other; "" is any
	Least string        // none weaker than this; "" is any. PLAIN and LOGIN are equally weak
	Clear bool          // the password may cross as it is where there is no TLS
	Nonce func() string // gives the nonces of SCRAM, which is not used without: see [NewClient]
}

// ErrNoMechanism says that the server offers no mechanism that the policy allows.
var ErrNoMechanism = errors.New("sasl: no mechanism in common")

// Choose finds the strongest mechanism that is offered, spoken here and allowed; ErrNoMechanism. secure says that the
// connection is inside TLS.
func (p Policy) Choose(offered []string, secure bool) (string, error) {
	for _, m := range Spoken {
		if p.allows(m, secure) && slices.ContainsFunc(offered, func(o string) bool { return strings.EqualFold(o, m) }) {
			return m, nil
		}
	}
	return "", fmt.Errorf("%w: the server offers %q", ErrNoMechanism, strings.Join(offered, " "))
}

// Client begins an exchange by the mechanism that Choose finds.
func (p Policy) Client(offered []string, secure bool, who Credentials) (*Client, error) {
	mechanism, err := p.Choose(offered, secure)
	if err != nil {
		return nil, err
	}
	nonce := ""
	if isSCRAM(mechanism) {
		nonce = p.Nonce()
	}
	return NewClient(mechanism, who, nonce)
}

func isSCRAM(mechanism string) bool { return strings.HasPrefix(mechanism, "SCRAM-") }

func (p Policy) allows(mechanism string, secure bool) bool {
	switch {
	case isSCRAM(mechanism) && p.Nonce == nil:
		return false
	case p.Only != "" && !strings.EqualFold(p.Only, mechanism):
		return false
	case InClear(mechanism):
		return (p.Clear || secure) && (p.Least == "" || InClear(strings.ToUpper(p.Least)))
	case p.Least == "":
		return true
	}
	return slices.Index(Spoken, mechanism) <= slices.Index(Spoken, strings.ToUpper(p.Least))
}

// What a [Server] or a [Client] may say of an exchange that failed.
var (
	ErrCredentials   = errors.New("sasl: wrong user or password")
	ErrAuthorization = errors.New("sasl: nobody may act for somebody else")
	ErrServer        = errors.New("sasl: the server has not proved that it knows the password")
)

// A SyntaxError says that a message is none of its mechanism.
type SyntaxError struct {
	Mechanism string
	Why       string
	Ref       string // RFC and section
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("sasl: %s: %s (%s)", e.Mechanism, e.Why, e.Ref)
}
