package imap

import "strings"

// The system flags (RFC 3501 §2.3.2).
const (
	Seen     = `\Seen`
	Answered = `\Answered`
	Flagged  = `\Flagged`
	Deleted  = `\Deleted`
	Draft    = `\Draft`
	Recent   = `\Recent` // given by the server alone
)

// SystemFlags lists the system flags that a client may set, in the order of the RFC.
var SystemFlags = []string{Answered, Flagged, Deleted, Seen, Draft}

// CanonicalFlag returns flag as this package writes it: a system flag in the spelling of the RFC, any other flag as it
// is. Flags do not depend on case (RFC 3501 §2.3.2, §9 "strings are case-insensitive").
func CanonicalFlag(flag string) string {
	for _, f := range [...]string{Seen, Answered, Flagged, Deleted, Draft, Recent} {
		if strings.EqualFold(f, flag) {
			return f
		}
	}
	return flag
}

// HasFlag says whether flags hold flag, in any case.
func HasFlag(flags []string, flag string) bool {
	for _, f := range flags {
		if strings.EqualFold(f, flag) {
			return true
		}
	}
	return false
}

// sameFlags says whether a and b, without repetitions, hold the same flags in any order.
func sameFlags(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, f := range a {
		if !HasFlag(b, f) {
			return false
		}
	}
	return true
}
