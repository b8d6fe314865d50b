package smtp

import (
	"errors"
	"strings"

	"mailwire/layers/application/sasl"
)

// A Backend decides what a server does with addresses, logins and mails. Its methods are called while the client waits.
// A refusal is an error: a *[Reply] is sent as it is, any other error becomes 451 4.3.0.
type Backend interface {
	// Login checks a user's password. nil: they are right.
	Login(s *Session, user, password string) error
	// Mail decides on a reverse-path; nil accepts. The parameters have been checked.
	Mail(s *Session, from Path, params []Param) error
	// Rcpt decides on a recipient; nil accepts, and so does a *[Reply] of 251. Here is where an open relay is made or avoided:
	// see [RelayDenied].
	Rcpt(s *Session, to Path, params []Param) error
	// Deliver takes responsibility for a mail, or refuses it. The server says 250 only behind it. It may keep data. Where the
	// recipients fare differently, the error is [Outcomes].
	Deliver(e *Envelope, data []byte) error
	// Verify answers VRFY and, with expand, EXPN; nil: the server answers 252 and 502.
	Verify(s *Session, words string, expand bool) *Reply
}

// A SecretKeeper is a Backend that can tell a user's secret, which CRAM-MD5 and SCRAM need: see [sasl.Verifier].
type SecretKeeper interface {
	Secret(user string) (secret sasl.Secret, ok bool)
}

// Outcomes is what Deliver returns when the recipients of a mail fare differently: for each of Envelope.To, in order, nil or a
// refusal. LMTP tells each. SMTP has one answer for all (RFC 5321 §4.2.5): with one nil it is 250, and the backend owes the
// sender a report about the others; with none it is a refusal, one for now if there is one.
type Outcomes []error

// Error is the first refusal.
func (o Outcomes) Error() string {
	for _, err := range o {
		if err != nil {
			return err.Error()
		}
	}
	return "smtp: nobody was refused"
}

// one is the answer that stands for all recipients.
func (o Outcomes) one() error {
	var first error
	for _, err := range o {
		var reply *Reply
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &reply) || reply.Class() == 4:
			return err
		case first == nil:
			first = err
		}
	}
	return first
}

// RelayDenied is the refusal of a recipient elsewhere, for a client who may not send there (RFC 5321 §3.6.2, RFC 3463 §3.8).
func RelayDenied() *Reply { return NewReply(550, "5.7.1", "Relaying denied") }

// UnknownUser is the refusal of a recipient who does not exist here (RFC 3463 §3.2).
func UnknownUser() *Reply { return NewReply(550, "5.1.1", "No such user here") }

// MailboxFull is the refusal, for now, of a recipient whose mailbox has no room (RFC 3463 §3.3).
func MailboxFull() *Reply { return NewReply(452, "4.2.2", "Mailbox full") }

// Forwarded accepts a recipient who is not here, and says where his mail goes on to (RFC 5321 §3.4).
func Forwarded(to Mailbox) *Reply {
	return NewReply(251, "2.1.5", "User not local; will forward to <"+printable(to.String())+">")
}

// Elsewhere refuses a recipient who is not here, and says where he is (RFC 5321 §3.4).
func Elsewhere(to Mailbox) *Reply {
	return NewReply(551, "5.1.6", "User not local; please try <"+printable(to.String())+">")
}

// printable is s without what has no place in a reply, which is ASCII (RFC 5321 §2.4): so no address ends a line of ours.
func printable(s string) string {
	odd := func(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f }
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if odd(r) {
			return '?'
		}
		return r
	}, s)
}
