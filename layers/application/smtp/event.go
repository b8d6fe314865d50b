package smtp

import "fmt"

// An Event is what happened inside an engine: *Moved, *PeerError, *LoggedIn, *Taken, *Secure, *Ended from both, and
// *Sent, *Answered, *Offered, *Delivered from a Client.
type Event interface{ event() }

// Moved tells that a server went from one state to another.
type Moved struct {
	From, To State
	By       Rule
}

// PeerError tells what the other side did wrong.
type PeerError struct {
	Line string // what it sent, cut to 512 bytes
	Why  error
}

// LoggedIn tells that AUTH succeeded.
type LoggedIn struct{ User, Mechanism string }

// Taken tells that a server took responsibility for a mail.
type Taken struct {
	Envelope *Envelope
	Size     int
}

// Secure asks the owner of the connection to send what Output holds and then to run TLS; behind it he calls Secured.
type Secure struct{}

// Ended tells that a session is over. Why is nil after QUIT and 221, otherwise what ended it.
type Ended struct{ Why error }

// Sent tells that a client sent a command.
type Sent struct{ Line string }

// Answered tells that a server answered a command. Command "" is the greeting, "." the end of a mail.
type Answered struct {
	Command string
	Reply   *Reply
}

// Offered tells what a server offers, once, when EHLO (or HELO) and STARTTLS are done and AUTH is not yet.
type Offered struct{ Extensions Extensions }

// Delivered tells what became of one mail.
type Delivered struct {
	Mail       *Outgoing
	Sender     *Reply   // the answer to MAIL; nil when it was not asked
	Recipients []*Reply // the answer to each RCPT, in order; nil where none came
	Final      *Reply   // the answer that decides: to the mail's end, or to what ended the attempt before; nil when none came
	Why        error    // nil when somebody will get it; otherwise what went wrong
}

// Accepted says whether the server took responsibility for the mail to recipient i.
func (d *Delivered) Accepted(i int) bool {
	return d.Why == nil && d.Recipients[i] != nil && d.Recipients[i].Class() == 2
}

func (*Moved) event()     {}
func (*PeerError) event() {}
func (*LoggedIn) event()  {}
func (*Taken) event()     {}
func (*Secure) event()    {}
func (*Ended) event()     {}
func (*Sent) event()      {}
func (*Answered) event()  {}
func (*Offered) event()   {}
func (*Delivered) event() {}

// String is the peer's fault with its line.
func (e *PeerError) String() string { return fmt.Sprintf("%v: %q", e.Why, e.Line) }
