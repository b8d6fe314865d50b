package authenticity

import (
	"net/netip"
	"strings"
)

// answerOf makes an answer of words: addresses of A and AAAA, names of MX and PTR, texts of TXT.
func answerOf(kind string, words []string) Answer {
	switch kind {
	case "TXT":
		return Answer{Texts: words}
	case "MX", "PTR":
		return Answer{Names: words}
	}
	var a Answer
	for _, w := range strings.Fields(strings.Join(words, " ")) {
		a.Addresses = append(a.Addresses, netip.MustParseAddr(w))
	}
	return a
}
