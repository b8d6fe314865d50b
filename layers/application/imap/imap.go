// Package imap speaks the Internet Message Access Protocol, version 4rev1 (RFC 3501), as machines of bytes and events:
// [Server] and [Client] are its two ends, [Dialogue] follows a conversation between two others. None of them opens a
// socket, starts a goroutine or reads a clock.
//
// The grammar stands once: [Decoder] reads it with a method per element of RFC 3501 §9, [Encoder] is its mirror, and
// the two engines and the dialogue read and write with them. [Rules] says which command is permitted in which state.
//
// Spoken: all commands of RFC 3501, and STARTTLS, SASL-IR (RFC 4959) with PLAIN, LOGIN and CRAM-MD5 (RFC 2195), LITERAL+ (RFC 7888),
// IDLE (RFC 2177), NAMESPACE (RFC 2342), ID (RFC 2971), UNSELECT (RFC 3691), UIDPLUS (RFC 4315), ENABLE (RFC 5161),
// CHILDREN (RFC 3348), SPECIAL-USE (RFC 6154), MOVE (RFC 6851), and the response codes of RFC 5530.
//
// Not spoken: IMAP4rev2 (RFC 9051) as a whole, CONDSTORE, QRESYNC, QUOTA, SORT, THREAD, LIST-EXTENDED, ESEARCH, BINARY,
// MULTIAPPEND, SCRAM. The dialogue names their commands and shows their lines; COMPRESS (RFC 4978) is named,
// what follows it is not read.
package imap

// A State is a state of a session (RFC 3501 §3), or several where a rule holds in several.
type State uint8

// The states of a session.
const (
	NotAuthenticated State = 1 << iota
	Authenticated
	Selected
	LoggedOut

	// AnyState is the states in which a command of RFC 3501 §6.1 is permitted.
	AnyState = NotAuthenticated | Authenticated | Selected
)

// String is the state's name as the RFC writes it.
func (s State) String() string {
	switch s {
	case NotAuthenticated:
		return "not authenticated"
	case Authenticated:
		return "authenticated"
	case Selected:
		return "selected"
	case LoggedOut:
		return "logout"
	case AnyState:
		return "any state"
	case Authenticated | Selected:
		return "authenticated or selected"
	}
	return "none"
}
