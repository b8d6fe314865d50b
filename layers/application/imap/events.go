package imap

import "fmt"

// An Event is something that a [Server] noticed and its owner may want to know: Moved, Completed, LoggedIn, StartTLS,
// PeerError.
type Event interface{ String() string }

// Moved says that the session changed its state by a rule.
type Moved struct {
	From, To State
	By       Rule
}

func (e Moved) String() string {
	return fmt.Sprintf("%v -> %v on %s (%s)", e.From, e.To, e.By.Verb, e.By.Ref)
}

// Completed says that a command has been answered.
type Completed struct{ Tag, Command, Status, Code string }

func (e Completed) String() string {
	if e.Code != "" {
		return fmt.Sprintf("%s %s: %s [%s]", e.Tag, e.Command, e.Status, e.Code)
	}
	return fmt.Sprintf("%s %s: %s", e.Tag, e.Command, e.Status)
}

// LoggedIn says who the client is now.
type LoggedIn struct{ User string }

func (e LoggedIn) String() string { return "logged in: " + e.User }

// StartTLS says that both sides go on encrypted once Output has been sent. What else arrives in clear text is not read.
// The owner calls [Server.Secured] when the handshake is done, and then hands over what has been decrypted.
type StartTLS struct{}

func (e StartTLS) String() string { return "TLS begins" }

// PeerError says that the client broke the protocol; it has been answered already.
type PeerError struct {
	State State
	Line  string // the command, at most its first 200 bytes: untrusted, may hold a password
	Why   error
}

func (e PeerError) String() string {
	return fmt.Sprintf("peer sent %q in state %v: %v", e.Line, e.State, e.Why)
}
