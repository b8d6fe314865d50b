// Package imap speaks the Internet Message Access Protocol, versions 4rev1 (RFC 3501) and 4rev2 (RFC 9051), as machines of bytes
// and events: [Server] and [Client] are its two ends, [Dialogue] follows a conversation between two others. None of them opens a
// socket, starts a goroutine or reads a clock.
//
// The grammar stands once: [Decoder] reads it with a method per element of RFC 3501 §9, [Encoder] is its mirror, and
// the two engines and the dialogue read and write with them. [Rules] says which command is permitted in which state.
//
// Spoken: all commands of RFC 3501 and, once a client has enabled it, IMAP4rev2; STARTTLS, SASL-IR (RFC 4959) with the mechanisms of
// package sasl, LITERAL+ and LITERAL- (RFC 7888), IDLE (RFC 2177), NAMESPACE (RFC 2342), ID (RFC 2971), UNSELECT (RFC 3691),
// UIDPLUS (RFC 4315), ENABLE (RFC 5161), CHILDREN (RFC 3348), SPECIAL-USE and CREATE-SPECIAL-USE (RFC 6154), MOVE (RFC 6851),
// CONDSTORE and QRESYNC (RFC 7162), ESEARCH (RFC 4731), SEARCHRES (RFC 5182), WITHIN (RFC 5032), SORT and THREAD (RFC 5256, RFC 5957),
// ESORT (RFC 5267), LIST-EXTENDED (RFC 5258), LIST-STATUS (RFC 5819), STATUS=SIZE (RFC 8438), QUOTA (RFC 9208), BINARY (RFC 3516),
// MULTIAPPEND (RFC 3502), APPENDLIMIT (RFC 7889), UTF8=ACCEPT (RFC 9755), PREVIEW (RFC 8970), and the response codes of RFC 5530.
//
// Not spoken: CATENATE, URLAUTH, NOTIFY, CONTEXT, ACL, METADATA, COMPRESS; QUOTASET; OBJECTID, REPLACE, SAVEDATE; OLDNAME of
// RFC 9051; modification sequences of single flags. The dialogue names their commands and shows their lines; COMPRESS (RFC 4978)
// is named, what follows it is not read.
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
