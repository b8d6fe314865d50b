package pop3

import "fmt"

// An Event is something that a Server or Client noticed and its owner may want to know.
type Event interface{ String() string }

// Moved says that the session obeyed a rule that changes its state.
type Moved struct {
	From, To State
	By       Rule
}

func (e Moved) String() string {
	return fmt.Sprintf("%s -> %s on %s (%s)", e.From, e.To, e.By.Verb, e.By.Ref)
}

// LoggedIn says that a user's maildrop is open and locked.
type LoggedIn struct{ User string }

func (e LoggedIn) String() string { return "logged in: " + e.User }

// LoginFailed says that it stayed shut, and why.
type LoginFailed struct {
	User string
	Err  error
}

func (e LoginFailed) String() string { return fmt.Sprintf("login failed: %s: %v", e.User, e.Err) }

// Retrieved says that a mail was given out, whole (RETR) or its top (TOP). Nothing in the maildrop has changed.
type Retrieved struct {
	Number int
	UID    string
	Whole  bool
}

func (e Retrieved) String() string {
	if e.Whole {
		return fmt.Sprintf("retrieved: message %d", e.Number)
	}
	return fmt.Sprintf("retrieved: top of message %d", e.Number)
}

// Marked says that a mail is marked as deleted. It is still there.
type Marked struct {
	Number int
	UID    string
}

func (e Marked) String() string { return fmt.Sprintf("marked: message %d", e.Number) }

// Unmarked says that RSET took all marks away.
type Unmarked struct{ Count int }

func (e Unmarked) String() string { return fmt.Sprintf("unmarked: %d", e.Count) }

// Updated says that QUIT removed the marked mails; with Err it did not remove all of them.
type Updated struct {
	Removed []string // unique ids
	Err     error
}

func (e Updated) String() string {
	return fmt.Sprintf("updated: %d removed, error %v", len(e.Removed), e.Err)
}

// Abandoned says that a session ended without QUIT: nothing is removed, whatever was marked (RFC 1939 §6).
type Abandoned struct {
	User    string
	Marked  int
	Expired bool // the client was silent for too long
}

func (e Abandoned) String() string { return fmt.Sprintf("abandoned: %d marks forgotten", e.Marked) }

// StartTLS says that both sides go on in TLS once Output is drained. The owner calls Secured when it is up.
type StartTLS struct{}

func (StartTLS) String() string { return "start TLS" }

// PeerError says that the peer broke the protocol.
type PeerError struct {
	State State
	Line  string // what it sent, without its secrets; at most 80 bytes
	Why   string
	Ref   string
}

func (e PeerError) String() string {
	if e.State == "" { // a client tells of a server
		return fmt.Sprintf("peer sent %q: %s (%s)", e.Line, e.Why, e.Ref)
	}
	return fmt.Sprintf("peer sent %q in %s: %s (%s)", e.Line, e.State, e.Why, e.Ref)
}
