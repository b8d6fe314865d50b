package authenticity

import (
	"net/netip"
	"strconv"
	"strings"
)

// An spfRecord is a record by its terms (RFC 7208 §4.6.1).
type spfRecord struct {
	text       string
	mechanisms []spfMechanism
	redirect   string // its target, macros and all; "" for none
	explain    string // exp=
	domain     string // whose it is, where a redirect led to it
}

// An spfMechanism is a term that may fit.
type spfMechanism struct {
	text         string
	qualifier    Result
	name         string // in lower case
	domain       string // of include, a, mx, ptr, exists: macros and all; "" is the domain itself
	network      netip.Prefix
	bits4, bits6 int // of a and mx
}

var qualifiers = map[byte]Result{'+': Pass, '-': Fail, '~': SoftFail, '?': Neutral}

// parseSPF reads a record; ok is false when it breaks the grammar (RFC 7208 §12).
func parseSPF(text string) (r *spfRecord, ok bool) {
	r = &spfRecord{text: text}
	for i, term := range strings.Split(text, " ") {
		if i == 0 || term == "" {
			continue
		}
		for _, c := range []byte(term) {
			if c <= ' ' || c >= 0x7f {
				return nil, false
			}
		}
		name, value, modifier := cutModifier(term)
		switch {
		case modifier:
			if !r.modifier(name, value) {
				return nil, false
			}
		default:
			m, ok := parseMechanism(term)
			if !ok {
				return nil, false
			}
			r.mechanisms = append(r.mechanisms, m)
		}
	}
	// RFC 7208 §6.1: with "all", redirect has no meaning.
	for _, m := range r.mechanisms {
		if m.name == "all" {
			r.redirect = ""
		}
	}
	return r, true
}

// cutModifier tells "name=value" from a mechanism: its "=" comes before any ":" or "/".
func cutModifier(term string) (name, value string, ok bool) {
	i := strings.IndexAny(term, "=:/")
	if i < 1 || term[i] != '=' || !isModifierName(term[:i]) {
		return "", "", false
	}
	return strings.ToLower(term[:i]), term[i+1:], true
}

func isModifierName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || strings.IndexByte("-_.", c) >= 0)) {
			return false
		}
	}
	return true
}

// modifier keeps redirect and exp, each once at most; others are passed over (RFC 7208 §6).
func (r *spfRecord) modifier(name, value string) bool {
	keep := &r.redirect
	switch name {
	case "redirect":
	case "exp":
		keep = &r.explain
	default:
		return validMacros(value, false)
	}
	if *keep != "" || !validDomainSpec(value) {
		return false
	}
	*keep = value
	return true
}

func parseMechanism(term string) (m spfMechanism, ok bool) {
	m = spfMechanism{text: term, qualifier: Pass, bits4: 32, bits6: 128}
	if q, ok := qualifiers[term[0]]; ok {
		m.qualifier, term = q, term[1:]
	}
	end := strings.IndexAny(term, ":/")
	if end < 0 {
		end = len(term)
	}
	var rest string
	m.name, rest = strings.ToLower(term[:end]), term[end:]
	switch m.name {
	case "all":
		return m, rest == ""
	case "ip4", "ip6":
		return m, m.parseNetwork(rest)
	case "a", "mx":
		if !m.parseBits(&rest) {
			return m, false
		}
		fallthrough
	case "ptr":
		if rest == "" {
			return m, true
		}
		fallthrough
	case "include", "exists":
		if !strings.HasPrefix(rest, ":") || !validDomainSpec(rest[1:]) {
			return m, false
		}
		m.domain = rest[1:]
		return m, true
	}
	return m, false
}

// parseNetwork reads what stands behind ip4 and ip6.
func (m *spfMechanism) parseNetwork(rest string) bool {
	text, ok := strings.CutPrefix(rest, ":")
	if !ok {
		return false
	}
	text, length, cut := strings.Cut(text, "/")
	address, err := netip.ParseAddr(text)
	if err != nil || address.Is4() != (m.name == "ip4") || address.Zone() != "" {
		return false
	}
	bits := address.BitLen()
	if cut {
		if bits, ok = parseLength(length, bits); !ok {
			return false
		}
	}
	m.network, err = address.Prefix(bits)
	return err == nil
}

// parseBits takes "/24//64" off the end of an a or mx.
func (m *spfMechanism) parseBits(rest *string) bool {
	// A slash within a macro, such as the delimiter of %{d/}, is not the one.
	at := strings.LastIndexByte(*rest, '}') + 1
	slash := strings.IndexByte((*rest)[at:], '/')
	if slash < 0 {
		return true
	}
	lengths := (*rest)[at+slash:]
	*rest = (*rest)[:at+slash]
	four, six, both := strings.Cut(lengths, "//")
	ok := true
	if four != "" {
		m.bits4, ok = parseLength(four[1:], 32)
	}
	if both && ok {
		m.bits6, ok = parseLength(six, 128)
	}
	return ok
}

// parseLength reads the length of a network's prefix, without zeros before it.
func parseLength(s string, limit int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= limit && strconv.Itoa(n) == s
}

func decimal(n int) string { return strconv.Itoa(n) }
