package smtp

import (
	"strings"
)

// A Notify says when the sender wants a report about a recipient (RFC 3461 §4.1). The zero value is that he has not said so.
type Notify uint8

// The occasions. NotifyNever goes with no other.
const (
	NotifySuccess Notify = 1 << iota // delivered to the mailbox
	NotifyFailure                    // could not be delivered
	NotifyDelay                      // has been waiting for long
	NotifyNever
)

// notifyWords are the words of NOTIFY, in the order of the occasions.
var notifyWords = [...]string{"SUCCESS", "FAILURE", "DELAY", "NEVER"}

// Wants says whether a report on the occasion is wanted. Who said nothing is told of failures and of delays (RFC 3461 §4.1).
func (n Notify) Wants(occasion Notify) bool {
	if n == 0 {
		n = NotifyFailure | NotifyDelay
	}
	return n&occasion != 0
}

// String is the value of NOTIFY: "SUCCESS,FAILURE", "" for the zero value.
func (n Notify) String() string {
	var words []string
	for i, word := range notifyWords {
		if n&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, ",")
}

// parseNotify reads RFC 3461 §4.1: NEVER, or SUCCESS, FAILURE and DELAY with commas between, in any case.
func parseNotify(s string) (n Notify, ok bool) {
words:
	for s != "" {
		word, rest, more := strings.Cut(s, ",")
		if more && rest == "" {
			return 0, false
		}
		s = rest
		for i, known := range notifyWords {
			if strings.EqualFold(word, known) {
				n |= 1 << i
				continue words
			}
		}
		return 0, false
	}
	return n, n != 0 && (n&NotifyNever == 0 || n == NotifyNever)
}

// A Return says how much of a mail a report of its failure should carry (RFC 3461 §4.3): "FULL", "HDRS", or "" where the sender
// leaves it to the server.
type Return string

// What RET may say.
const (
	ReturnFull    Return = "FULL"
	ReturnHeaders Return = "HDRS"
)

// The lengths that RFC 3461 §4.2 and §4.4 set to the values of ORCPT and ENVID.
const (
	originalMax   = 500
	envelopeIDMax = 100
)

// decodeXtext reads xtext (RFC 3461 §4): printable ASCII, in which "+2B" is a byte in hexadecimal. Bytes of UTF-8 may stand as
// they are (RFC 6533 §3).
func decodeXtext(s string) (text string, ok bool) {
	plain := true
	for i := range len(s) {
		switch b := s[i]; {
		case b == '+':
			plain = false
		case b <= ' ' || b == '=' || b == 0x7f:
			return "", false
		}
	}
	if plain {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '+' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		high, low := strings.IndexByte(hexDigits, s[i+1]), strings.IndexByte(hexDigits, s[i+2])
		if high < 0 || low < 0 {
			return "", false
		}
		b.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return b.String(), true
}

const hexDigits = "0123456789ABCDEF"

// encodeXtext writes a text as xtext.
func encodeXtext(text string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c <= ' ' || c == '+' || c == '=' || c == 0x7f {
			b.WriteByte('+')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// parseOriginal reads RFC 3461 §4.2: original-recipient-address = addr-type ";" xtext. What it returns has no xtext any more.
func parseOriginal(s string) (original string, ok bool) {
	kind, address, found := strings.Cut(s, ";")
	address, ok = decodeXtext(address)
	if !found || !ok || len(s) > originalMax || kind == "" || address == "" || !visible(address) {
		return "", false
	}
	for i := range len(kind) {
		if !isAtext(kind[i]) {
			return "", false
		}
	}
	return kind + ";" + address, true
}

// encodeOriginal is the value of ORCPT for what parseOriginal has read.
func encodeOriginal(original string) string {
	kind, address, _ := strings.Cut(original, ";")
	return kind + ";" + encodeXtext(address)
}

// parseEnvelopeID reads RFC 3461 §4.4: xtext of printable characters.
func parseEnvelopeID(s string) (id string, ok bool) {
	id, ok = decodeXtext(s)
	return id, ok && id != "" && len(s) <= envelopeIDMax && visible(id)
}

// visible says whether a text has no control characters: it will stand in the header of a report.
func visible(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] == 0x7f {
			return false
		}
	}
	return true
}
