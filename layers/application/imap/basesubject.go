package imap

import "strings"

// subjectMax is how much of a subject counts for sorting, in bytes.
const subjectMax = 2048

// baseSubject is what a subject is about: without "Re:", "Fwd:", "(fwd)" and the marks of lists (RFC 5256 §2.1). Reply
// says that something was taken off that only replies and forwards have (§3 THREAD). Encoded words are decoded already.
func baseSubject(subject string) (base string, reply bool) {
	base = strings.Join(strings.Fields(subject[:min(len(subject), subjectMax)]), " ") // step 1
	for {
		for { // step 2
			cut, found := cutSuffixFold(strings.TrimRight(base, " "), "(fwd)")
			if base = cut; !found {
				break
			}
			reply = true
		}
		for { // steps 3 to 5
			base = strings.TrimLeft(base, " ")
			if rest, ok := cutLeader(base); ok {
				base, reply = rest, true
			} else if rest, ok := cutBlob(base); ok && rest != "" {
				base = rest
			} else {
				break
			}
		}
		inner, found := cutPrefixFold(base, "[fwd:") // step 6
		inner, closed := strings.CutSuffix(inner, "]")
		if !found || !closed {
			return base, reply
		}
		base, reply = inner, true
	}
}

// cutLeader cuts *subj-blob subj-refwd off: "[list] Re[2]: ".
func cutLeader(s string) (rest string, ok bool) {
	rest = s
	for blob := true; blob; {
		rest, blob = cutBlob(rest)
	}
	if after, re := cutPrefixFold(rest, "re"); re {
		rest = after
	} else if after, fw := cutPrefixFold(rest, "fw"); fw {
		rest, _ = cutPrefixFold(after, "d")
	} else {
		return s, false
	}
	rest, _ = cutBlob(strings.TrimLeft(rest, " "))
	rest, ok = strings.CutPrefix(rest, ":")
	if !ok {
		return s, false
	}
	return rest, true
}

// cutBlob cuts a subj-blob off: "[…]" without brackets inside, and the spaces behind it.
func cutBlob(s string) (rest string, ok bool) {
	if !strings.HasPrefix(s, "[") {
		return s, false
	}
	end := strings.IndexAny(s[1:], "[]")
	if end < 0 || s[1+end] != ']' {
		return s, false
	}
	return strings.TrimLeft(s[end+2:], " "), true
}

func cutPrefixFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func cutSuffixFold(s, suffix string) (rest string, ok bool) {
	at := len(s) - len(suffix)
	if at < 0 || !strings.EqualFold(s[at:], suffix) {
		return s, false
	}
	return s[:at], true
}
