package sasl

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// escape writes commas and equal signs of a name as RFC 5802 §5.1 wants them.
func escape(name string) string { return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(name) }

// unescape undoes it; ok is false for an empty name and where "=" is followed by anything else.
func unescape(s string) (name string, ok bool) {
	rest := strings.NewReplacer("=2C", "", "=3D", "").Replace(s)
	return scramName.Replace(s), s != "" && !strings.ContainsAny(rest, "=\x00")
}

// printable says whether s can be a nonce: printable ASCII without a comma, and not empty (RFC 5802 §7).
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e || s[i] == ',' {
			return false
		}
	}
	return s != ""
}

// prepared is a name or a password in the one form of all in which it can be typed (SASLprep, RFC 4013 §2.1, §2.2): spaces of
// other scripts become the common one, what has no width goes, and NFKC joins the rest. What SASLprep forbids is left as it is:
// it makes a password that is wrong on one side only if the two differ.
func prepared(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		switch {
		case r == 0xad || r == 0x34f || r == 0x1806 || 0x180b <= r && r <= 0x180d || r == 0x200c || r == 0x200d || r == 0x2060 ||
			0xfe00 <= r && r <= 0xfe0f || r == 0xfeff:
			return -1 // RFC 3454 table B.1
		case r == 0x200b || r != ' ' && unicode.Is(unicode.Zs, r):
			return ' ' // RFC 3454 table C.1.2
		}
		return r
	}, s))
}
