package smtp

import (
	"strconv"
	"strings"
)

// Extensions is what a server's answer to EHLO offers.
type Extensions struct {
	Domain   string   // how the server calls itself
	Keywords []string // as written, one a line: "SIZE 1000", "AUTH PLAIN LOGIN"
}

// ParseExtensions reads the lines of an answer to EHLO (RFC 5321 §4.1.1.1).
func ParseExtensions(lines []string) Extensions {
	var e Extensions
	for i, line := range lines {
		if i == 0 {
			e.Domain, _, _ = strings.Cut(line, " ")
		} else if line = strings.TrimSpace(line); line != "" {
			e.Keywords = append(e.Keywords, line)
		}
	}
	return e
}

// Find returns the parameters of the extension keyword; ok is false when it is not offered.
func (e Extensions) Find(keyword string) (params string, ok bool) {
	for _, k := range e.Keywords {
		word, rest, _ := strings.Cut(k, " ")
		if strings.EqualFold(word, keyword) {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// Has says whether the extension keyword is offered.
func (e Extensions) Has(keyword string) bool { _, ok := e.Find(keyword); return ok }

// Mechanism says whether AUTH offers the mechanism.
func (e Extensions) Mechanism(name string) bool {
	params, _ := e.Find("AUTH")
	for _, m := range strings.Fields(params) {
		if strings.EqualFold(m, name) {
			return true
		}
	}
	return false
}

// MaxSize is the largest mail that the server takes (RFC 1870 §3); 0 when it does not say.
func (e Extensions) MaxSize() int64 {
	params, _ := e.Find("SIZE")
	n, err := strconv.ParseInt(params, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
