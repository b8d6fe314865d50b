package authenticity

import (
	"net/netip"
	"strings"
)

// An Answer is what the DNS said. Without records of the type that was asked for all lists are empty.
type Answer struct {
	Failed    bool // no answer in time, or the server's own failure: it may be otherwise later
	NoName    bool // the name does not exist at all (NXDOMAIN)
	Texts     []string
	Addresses []netip.Addr
	Names     []string // of PTR, and of MX in the order of preference
}

// empty says that there is nothing of what was asked for: a void look-up (RFC 7208 §4.6.4).
func (a Answer) empty() bool {
	return !a.Failed && len(a.Texts) == 0 && len(a.Addresses) == 0 && len(a.Names) == 0
}

// names is what a check knows of the DNS so far.
type names struct {
	known   map[Question]Answer
	missing *Question // the first record that was needed and is not known
}

// ask returns what is known; ok is false when the check has to wait for it.
func (n *names) ask(kind, name string) (a Answer, ok bool) {
	q := Question{Type: kind, Name: strings.ToLower(strings.TrimSuffix(name, "."))}
	a, ok = n.known[q]
	if !ok && n.missing == nil {
		n.missing = &q
	}
	return a, ok
}

// isSubdomain says whether name is domain or lies below it.
func isSubdomain(name, domain string) bool {
	name, domain = strings.ToLower(name), strings.ToLower(domain)
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// isDomain says whether s may be asked for: labels of 1 to 63 bytes, 253 in all, and at least one dot when dotted.
func isDomain(s string, dotted bool) bool {
	s = strings.TrimSuffix(s, ".")
	if len(s) == 0 || len(s) > 253 || dotted && !strings.Contains(s, ".") {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if len(label) == 0 || len(label) > 63 {
			return false
		}
	}
	return true
}
