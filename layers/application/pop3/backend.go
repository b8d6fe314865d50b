package pop3

import (
	"errors"

	"mailwire/layers/application/sasl"
)

// Accounts is where a [Server] checks who logs in. Its calls are synchronous.
type Accounts interface {
	// Login checks the password and opens the user's maildrop with an exclusive lock (RFC 1939 §4). It returns one of the
	// errors below, or one that wraps them, when the door stays shut; any other error counts as ErrTemporary. A user who does
	// not exist is the same ErrAuth, after the same work, as a wrong password.
	Login(user, password string) (Maildrop, error)
}

// Secrets is what Accounts also is when it can tell a user's secret: the password in the clear for APOP (RFC 1939 §7) and
// CRAM-MD5, that or keys for SCRAM. Without it the server offers none of them.
type Secrets interface {
	// Secret is what is known of a user: see [sasl.Verifier].
	Secret(user string) (secret sasl.Secret, ok bool)
	// Open opens the maildrop of a user who has been verified, as Login does.
	Open(user string) (Maildrop, error)
}

// A Maildrop is one user's mailbox as one session sees it: from Login to Close neither the messages nor their numbers
// change, whatever arrives meanwhile. Messages are numbered from 1 to Count.
type Maildrop interface {
	// Count is the number of messages.
	Count() int
	// Size is the length of message n in octets, with every line end counted as two (RFC 1939 §11).
	Size(n int) int64
	// UID is the unique id of message n, 1 to 70 characters from 0x21 to 0x7E, the same in every session and never used
	// again (RFC 1939 §7).
	UID(n int) string
	// Message is the whole of message n with lines that end in CRLF. The server does not change the bytes and does not keep
	// them.
	Message(n int) ([]byte, error)
	// Commit removes the numbered messages for good: the UPDATE state (RFC 1939 §6). When it fails, some or none of them
	// have been removed.
	Commit(numbers []int) error
	// Close releases the lock. It is called once, after Commit or without it, and removes nothing.
	Close()
}

// What Accounts may answer when it does not open a maildrop. The server puts the response code before its words
// (RFC 2449 §8, RFC 3206 §4 and §5).
var (
	ErrAuth       = errors.New("pop3: wrong user or password")            // [AUTH]
	ErrInUse      = errors.New("pop3: maildrop is locked by another")     // [IN-USE]
	ErrLoginDelay = errors.New("pop3: user logged in again too soon")     // [LOGIN-DELAY]
	ErrTemporary  = errors.New("pop3: maildrop can't be opened for now")  // [SYS/TEMP]
	ErrPermanent  = errors.New("pop3: maildrop can't be opened any more") // [SYS/PERM]
)
