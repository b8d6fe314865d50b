package smtp

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// A Mailbox is an address: the local part, which only the server of the domain may interpret, and the domain.
type Mailbox struct {
	Local  string // without quotes and backslashes
	Domain string // as written; an address literal with its brackets; "" for Postmaster alone (RFC 5321 §4.1.1.3)
}

// A Path is what stands between < and >. The zero Path is the null reverse-path (RFC 5321 §4.5.5).
type Path struct {
	Route   []string // domains of a source route, which servers ignore (RFC 5321 appendix C)
	Mailbox Mailbox
}

// Null says whether p is <>.
func (p Path) Null() bool { return p.Mailbox == Mailbox{} }

// String is the path with its brackets, without the source route.
func (p Path) String() string { return "<" + p.Mailbox.String() + ">" }

// String is the address as it is written on the wire, quoted where it must be; "" for the zero Mailbox.
func (m Mailbox) String() string {
	local := m.Local
	if m != (Mailbox{}) && !isDotString(local) {
		local = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
	}
	if m.Domain == "" {
		return local
	}
	return local + "@" + m.Domain
}

// ASCII says whether every byte of the path is ASCII; if not, it needs SMTPUTF8 (RFC 6531 §3.3).
func (p Path) ASCII() bool { return ascii(p.Mailbox.Local) && ascii(p.Mailbox.Domain) }

// Is says whether two addresses are the same as far as a stranger can tell: domains in any case, local parts exactly
// (RFC 5321 §2.4), Postmaster in any case (§4.5.1).
func (m Mailbox) Is(other Mailbox) bool {
	return strings.EqualFold(m.Domain, other.Domain) &&
		(m.Local == other.Local || m.Postmaster() && other.Postmaster())
}

// Postmaster says whether the local part is "postmaster" in any case, which every domain must accept (RFC 5321 §4.5.1).
func (m Mailbox) Postmaster() bool { return strings.EqualFold(m.Local, "postmaster") }

// ParseMailbox reads an address without brackets: local@domain, "quoted local"@domain, local@[192.0.2.1].
func ParseMailbox(s string) (Mailbox, error) {
	c := scanner{s: s}
	m, fault := c.mailbox()
	if fault == nil && !c.end() {
		fault = c.fault(501, "an address ends here", "RFC 5321 §4.1.2")
	}
	if fault != nil {
		return m, fault
	}
	return m, nil
}

// ParsePath reads a path with its brackets; <> is the null path.
func ParsePath(s string) (Path, error) {
	c := scanner{s: s}
	p, bare, fault := c.path()
	switch {
	case fault != nil:
		return p, fault
	case bare:
		return p, &SyntaxError{At: 1, Code: 501, Why: noBrackets, Ref: "RFC 5321 §4.1.2"}
	case !c.end():
		return p, c.fault(501, "a path ends with >", "RFC 5321 §4.1.2")
	}
	return p, nil
}

// MustPath is ParsePath for texts known to be right; it panics otherwise.
func MustPath(s string) Path {
	p, err := ParsePath(s)
	if err != nil {
		panic(err)
	}
	return p
}

// A scanner reads a line from left to right.
type scanner struct {
	s string
	i int
}

func (c *scanner) end() bool { return c.i == len(c.s) }

func (c *scanner) peek() byte {
	if c.end() {
		return 0
	}
	return c.s[c.i]
}

func (c *scanner) skip(b byte) bool {
	if c.peek() != b || c.end() {
		return false
	}
	c.i++
	return true
}

func (c *scanner) while(accept func(byte) bool) string {
	start := c.i
	for c.i < len(c.s) && accept(c.s[c.i]) {
		c.i++
	}
	return c.s[start:c.i]
}

func (c *scanner) fault(code int, why, ref string) *SyntaxError {
	return &SyntaxError{At: c.i + 1, Code: code, Why: why, Ref: ref}
}

// The lengths of RFC 5321 §4.5.3.1.1 to §4.5.3.1.3, and of a label (RFC 1035 §2.3.4).
const (
	localMax  = 64
	domainMax = 255
	pathMax   = 256
	labelMax  = 63
)

const noBrackets = `a path begins with "<"`

// path reads RFC 5321 §4.1.2: Path = "<" [ A-d-l ":" ] Mailbox ">", and "<>". Without brackets it reads an address all the
// same, and says that they are missing: bare.
func (c *scanner) path() (p Path, bare bool, fault *SyntaxError) {
	bare = !c.skip('<')
	if !bare && c.skip('>') {
		return p, bare, nil
	}
	if !bare && c.peek() == '@' {
		if p.Route, fault = c.route(); fault != nil {
			return p, bare, fault
		}
	}
	if p.Mailbox, fault = c.mailboxOrPostmaster(); fault != nil {
		return p, bare, fault
	}
	if !bare && !c.skip('>') {
		return p, bare, c.fault(501, `a path ends with ">"`, "RFC 5321 §4.1.2")
	}
	return p, bare, nil
}

// route reads RFC 5321 §4.1.2: A-d-l = At-domain *( "," At-domain ), and the colon behind it.
func (c *scanner) route() (route []string, fault *SyntaxError) {
	for c.skip('@') {
		d, fault := c.domain()
		if fault != nil {
			return route, fault
		}
		route = append(route, d)
		if c.skip(',') && c.peek() != '@' {
			return route, c.fault(501, `a domain of a source route begins with "@"`, "RFC 5321 §4.1.2")
		}
	}
	if !c.skip(':') {
		return route, c.fault(501, `a source route ends with ":"`, "RFC 5321 §4.1.2")
	}
	return route, nil
}

func (c *scanner) mailboxOrPostmaster() (Mailbox, *SyntaxError) {
	const postmaster = "postmaster"
	if rest := c.s[c.i:]; len(rest) >= len(postmaster) && strings.EqualFold(rest[:len(postmaster)], postmaster) &&
		(len(rest) == len(postmaster) || rest[len(postmaster)] == '>' || isSpace(rest[len(postmaster)])) {
		c.i += len(postmaster)
		return Mailbox{Local: rest[:len(postmaster)]}, nil
	}
	return c.mailbox()
}

// mailbox reads RFC 5321 §4.1.2: Mailbox = Local-part "@" ( Domain / address-literal ).
func (c *scanner) mailbox() (m Mailbox, fault *SyntaxError) {
	if m.Local, fault = c.local(); fault != nil {
		return m, fault
	}
	if len(m.Local) > localMax {
		return m, c.fault(501, "a local part has at most 64 bytes", "RFC 5321 §4.5.3.1.1")
	}
	if !c.skip('@') {
		return m, c.fault(501, `an address has "@" between local part and domain`, "RFC 5321 §4.1.2")
	}
	m.Domain, fault = c.domainOrLiteral()
	return m, fault
}

// local reads a Dot-string or a Quoted-string.
func (c *scanner) local() (string, *SyntaxError) {
	if c.peek() == '"' {
		return c.quoted()
	}
	s := c.while(func(b byte) bool { return isAtext(b) || b == '.' })
	if !isDotString(s) {
		return s, c.fault(501, "a local part is atoms joined by single dots, or quoted", "RFC 5321 §4.1.2")
	}
	return s, nil
}

func (c *scanner) quoted() (string, *SyntaxError) {
	c.i++
	var local []byte
	for !c.end() {
		b := c.s[c.i]
		switch {
		case b == '"':
			c.i++
			if !utf8.Valid(local) {
				return string(local), c.fault(501, "a quoted local part holds text", "RFC 5321 §4.1.2")
			}
			return string(local), nil
		case b == '\\' && c.i+1 < len(c.s) && c.s[c.i+1] >= ' ' && c.s[c.i+1] < 0x7f:
			local = append(local, c.s[c.i+1])
			c.i += 2
		case b < ' ' || b == 0x7f || b == '\\':
			return string(local), c.fault(501, "a quoted local part has no control characters", "RFC 5321 §4.1.2")
		default:
			local = append(local, b)
			c.i++
		}
	}
	return string(local), c.fault(501, "a quoted local part ends with a quotation mark", "RFC 5321 §4.1.2")
}

func (c *scanner) domainOrLiteral() (string, *SyntaxError) {
	if c.peek() == '[' {
		return c.literal()
	}
	return c.domain()
}

// domain reads labels of letters, digits and inner hyphens. The underscore, which names in real use have, and a dot at the
// end are let pass.
func (c *scanner) domain() (string, *SyntaxError) {
	start := c.i
	d := c.while(func(b byte) bool { return isLetterOrDigit(b) || b == '-' || b == '.' || b == '_' || b >= 0x80 })
	sound := d != "" && utf8.ValidString(d)
	for rest := strings.TrimSuffix(d, "."); sound && rest != ""; {
		label, behind, more := strings.Cut(rest, ".")
		sound = label != "" && label[0] != '-' && label[len(label)-1] != '-' && len(label) <= labelMax && !(more && behind == "")
		rest = behind
	}
	switch {
	case !sound || d == ".":
		c.i = start
		return d, c.fault(501, "a domain is labels of letters, digits and inner hyphens joined by dots", "RFC 5321 §4.1.2")
	case len(d) > domainMax:
		c.i = start
		return d, c.fault(501, "a domain has at most 255 bytes", "RFC 5321 §4.5.3.1.2")
	}
	return d, nil
}

// literal reads RFC 5321 §4.1.3: [192.0.2.1], [IPv6:2001:db8::1] or [tag:content].
func (c *scanner) literal() (string, *SyntaxError) {
	start := c.i
	length := strings.IndexByte(c.s[start:], ']') + 1
	if length == 0 {
		return c.s[start:], c.fault(501, `an address literal ends with "]"`, "RFC 5321 §4.1.3")
	}
	text := c.s[start : start+length]
	if !isLiteral(text) {
		return text, c.fault(501, "an address literal is [192.0.2.1] or [IPv6:2001:db8::1]", "RFC 5321 §4.1.3")
	}
	c.i += length
	return text, nil
}

func isLiteral(s string) bool {
	inside := s[1 : len(s)-1]
	if len(inside) > 5 && strings.EqualFold(inside[:5], "IPv6:") {
		a, err := netip.ParseAddr(inside[5:])
		return err == nil && a.Is6() && a.Zone() == ""
	}
	if a, err := netip.ParseAddr(inside); err == nil {
		return a.Is4()
	}
	tag, content, ok := strings.Cut(inside, ":")
	if !ok || tag == "" || content == "" || tag[len(tag)-1] == '-' {
		return false
	}
	for i := range len(inside) {
		if b := inside[i]; b < 33 || b > 126 || b == '[' || b == '\\' || i < len(tag) && !isLetterOrDigit(b) && b != '-' {
			return false
		}
	}
	return true
}

func isDotString(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") || !utf8.ValidString(s) {
		return false
	}
	for i := range len(s) {
		if !isAtext(s[i]) && s[i] != '.' {
			return false
		}
	}
	return true
}

func isLetter(b byte) bool        { return b|0x20 >= 'a' && b|0x20 <= 'z' }
func isDigit(b byte) bool         { return b >= '0' && b <= '9' }
func isLetterOrDigit(b byte) bool { return isLetter(b) || isDigit(b) }

// isAtext is RFC 5322 §3.2.3, with the bytes of UTF-8 (RFC 6531 §3.3).
func isAtext(b byte) bool {
	return isLetterOrDigit(b) || b >= 0x80 || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", b) >= 0
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
