package authenticity

import (
	"slices"
	"strconv"
	"strings"
)

// A macro is "%{d2r.}" by its pieces (RFC 7208 §7.1).
type macro struct {
	letter     byte // in lower case
	escape     bool // an upper-case letter: as in a URL
	digits     int  // how many labels from the right; 0 for all
	reversed   bool
	delimiters string
}

// nextMacro cuts text before its first "%" and reads what follows; ok is false when that is no macro. More says that there was
// one: a macro, or a literal that stands for one character.
func nextMacro(text string) (before string, m macro, literal, rest string, more, ok bool) {
	i := strings.IndexByte(text, '%')
	if i < 0 {
		return text, macro{}, "", "", false, true
	}
	before, rest = text[:i], text[i+1:]
	if rest == "" {
		return before, macro{}, "", "", true, false
	}
	switch rest[0] {
	case '%':
		return before, macro{}, "%", rest[1:], true, true
	case '_':
		return before, macro{}, " ", rest[1:], true, true
	case '-':
		return before, macro{}, "%20", rest[1:], true, true
	case '{':
		end := strings.IndexByte(rest, '}')
		if end < 2 {
			return before, macro{}, "", "", true, false
		}
		m, ok = parseMacro(rest[1:end])
		return before, m, "", rest[end+1:], true, ok
	}
	return before, macro{}, "", "", true, false
}

func parseMacro(s string) (m macro, ok bool) {
	m.letter, m.escape = s[0]|0x20, s[0] < 'a'
	s = s[1:]
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 {
		digits, err := strconv.Atoi(s[:n])
		if err != nil || digits == 0 {
			return m, false
		}
		m.digits = digits
	}
	s = s[n:]
	if s != "" && s[0]|0x20 == 'r' {
		m.reversed, s = true, s[1:]
	}
	m.delimiters = s
	return m, strings.IndexByte("slodipvhcrt", m.letter) >= 0 && strings.Trim(s, ".-+,/_=") == ""
}

// validMacros says whether all that follows a "%" in text is a macro. Those of explanations alone are c, r and t.
func validMacros(text string, explanation bool) bool {
	for {
		_, m, literal, rest, more, ok := nextMacro(text)
		if !ok || more && literal == "" && !explanation && strings.IndexByte("crt", m.letter) >= 0 {
			return false
		}
		if !more {
			return true
		}
		text = rest
	}
}

// validDomainSpec obeys RFC 7208 §7.1: a domain-spec ends with a macro, or with a label that is a top-level domain.
func validDomainSpec(s string) bool {
	if s == "" || !validMacros(s, false) {
		return false
	}
	if strings.HasSuffix(s, "}") || strings.HasSuffix(s, "%%") || strings.HasSuffix(s, "%_") || strings.HasSuffix(s, "%-") {
		return true
	}
	s = strings.TrimSuffix(s, ".")
	dot := strings.LastIndexByte(s, '.')
	label := s[dot+1:]
	if dot < 0 || label == "" || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	numeric := true
	for i := range len(label) {
		c := label[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !(c >= '0' && c <= '9') && c != '-' {
			return false
		}
		numeric = numeric && c >= '0' && c <= '9'
	}
	return !numeric
}

// expand puts values in place of macros (RFC 7208 §7); ok is false while an answer is awaited. Of a name that is too long,
// labels are taken off the left (§7.3).
func (h *hostCheck) expand(text, domain string, explanation bool) (string, bool) {
	var b strings.Builder
	for {
		before, m, literal, rest, more, _ := nextMacro(text)
		b.WriteString(before)
		if !more {
			break
		}
		if literal != "" {
			b.WriteString(literal)
		} else {
			value, ok := h.macro(m.letter, domain)
			if !ok {
				return "", false
			}
			b.WriteString(m.transform(value))
		}
		text = rest
	}
	name := b.String()
	if !explanation {
		name = strings.TrimSuffix(name, ".")
		for len(name) > 253 {
			_, shorter, ok := strings.Cut(name, ".")
			if !ok {
				break
			}
			name = shorter
		}
	}
	return name, true
}

// macro is the value of a letter (RFC 7208 §7.2); ok is false while an answer is awaited.
func (h *hostCheck) macro(letter byte, domain string) (string, bool) {
	at := strings.LastIndexByte(h.sender, '@')
	switch letter {
	case 's':
		return h.sender, true
	case 'l':
		return h.sender[:at], true
	case 'o':
		return h.sender[at+1:], true
	case 'd':
		return domain, true
	case 'i':
		return dotted(h), true
	case 'p':
		return h.name(domain)
	case 'v':
		if h.client.Is4() {
			return "in-addr", true
		}
		return "ip6", true
	case 'h':
		return h.request.Hello, true
	case 'c':
		return h.client.String(), true
	case 'r':
		if h.request.Receiver == "" {
			return "unknown", true
		}
		return h.request.Receiver, true
	}
	return "0", true // t: the time; an explanation that tells it would be another each time
}

// dotted is the client's address as a name has it: each hexadecimal digit of a long one is a label.
func dotted(h *hostCheck) string {
	if h.client.Is4() {
		return h.client.String()
	}
	labels := strings.Split(strings.TrimSuffix(reverseName(h.client), ".ip6.arpa"), ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}

// name is the validated name of the client, best the domain itself, else one within it, else any (RFC 7208 §7.3).
func (h *hostCheck) name(domain string) (string, bool) {
	valid, ok := h.validated()
	if !ok {
		return "", false
	}
	domain = strings.ToLower(domain)
	best := "unknown"
	for _, name := range valid {
		switch {
		case name == domain:
			return name, true
		case isSubdomain(name, domain) && !isSubdomain(best, domain), best == "unknown":
			best = name
		}
	}
	return best, true
}

// transform cuts a value at the delimiters, reverses it, keeps labels of its right, and joins them with dots.
func (m macro) transform(value string) string {
	delimiters := m.delimiters
	if delimiters == "" {
		delimiters = "."
	}
	if m.digits > 0 || m.reversed || m.delimiters != "" {
		labels := splitAny(value, delimiters)
		if m.reversed {
			slices.Reverse(labels)
		}
		if m.digits > 0 && m.digits < len(labels) {
			labels = labels[len(labels)-m.digits:]
		}
		value = strings.Join(labels, ".")
	}
	if m.escape {
		value = urlEscaped(value)
	}
	return value
}

// splitAny cuts s at each of the characters; between two of them stands an empty piece.
func splitAny(s, characters string) []string {
	var pieces []string
	for {
		i := strings.IndexAny(s, characters)
		if i < 0 {
			return append(pieces, s)
		}
		pieces, s = append(pieces, s[:i]), s[i+1:]
	}
}

// urlEscaped obeys RFC 7208 §7.3: what is not unreserved in a URL becomes percent signs.
func urlEscaped(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}
