package smtp

import (
	"net/netip"
	"strconv"
	"strings"

	"mailwire/layers/application"
)

// A Command is one line that a client sends, read. Which fields are filled depends on the verb.
type Command struct {
	Verb   string // upper case
	Arg    string // all behind the verb, as written, without the space before it
	Path   Path   // MAIL, RCPT
	Params []Param

	Domain    string // EHLO, HELO, LHLO: a domain or an address literal
	Mechanism string // AUTH, upper case
	Initial   string // AUTH: the initial response in base64, "=" for an empty one, "" for none
	Size      int64  // BDAT: bytes that follow the line
	Last      bool   // BDAT: the last chunk

	// Overlooked is a fault that servers let pass, such as a space behind "FROM:"; nil where there is none.
	Overlooked *SyntaxError

	pathAt [2]int // from and to, in the line
}

// A Param is one parameter of MAIL or RCPT: SIZE=1000, SMTPUTF8.
type Param struct {
	Keyword string // upper case
	Value   string
	Valued  bool // there is a "="

	at [2]int // from and to, in the line
}

// String is the parameter as it is written.
func (p Param) String() string {
	if !p.Valued {
		return p.Keyword
	}
	return p.Keyword + "=" + p.Value
}

// Param returns the value of the parameter keyword; ok is false when it is not there.
func (c Command) Param(keyword string) (value string, ok bool) {
	return find(c.Params, keyword)
}

func find(params []Param, keyword string) (value string, ok bool) {
	for _, p := range params {
		if p.Keyword == keyword {
			return p.Value, true
		}
	}
	return "", false
}

// ParseCommand reads a command line without its line end. A verb is anything up to the first space: what it means is for
// the caller to know. With an error the command holds what could be read; the error is a *SyntaxError.
func ParseCommand(line string) (Command, error) {
	// RFC 5321 §4.1.1: white space at the end of a line is tolerated.
	trimmed := strings.TrimRight(line, " \t")
	verb, arg, _ := strings.Cut(trimmed, " ")
	c := Command{Verb: application.Upper(verb), Arg: strings.TrimSpace(arg)}
	s := &scanner{s: trimmed, i: len(verb)}
	if fault := verbFault(verb); fault != nil {
		return c, fault
	}
	var fault *SyntaxError
	switch c.Verb {
	case "EHLO", "HELO", "LHLO":
		fault = c.parseDomain(s)
	case "MAIL":
		fault = c.parsePath(s, "FROM:", "RFC 5321 §4.1.1.2")
	case "RCPT":
		fault = c.parsePath(s, "TO:", "RFC 5321 §4.1.1.3")
	case "AUTH", "X-EXPS":
		fault = c.parseAuth(s)
	case "BDAT":
		fault = c.parseBdat(s)
	case "VRFY", "EXPN":
		if c.Arg == "" {
			fault = s.fault(501, c.Verb+" needs a name or an address", "RFC 5321 §4.1.1.6")
		}
	case "DATA", "RSET", "QUIT", "STARTTLS":
		// RFC 5321 §4.1.1: a command without parameters is answered 501 when it has one.
		if c.Arg != "" {
			s.i++
			fault = s.fault(501, c.Verb+" has no parameter", "RFC 5321 §4.1.1")
		}
	}
	if fault == nil {
		fault = controlFault(line)
	}
	if fault == nil {
		fault = asciiFault(c.Verb, line)
	}
	if fault != nil {
		return c, fault
	}
	return c, nil
}

// controlFault finds a control character: a CR or LF that stands alone ends no line (RFC 5321 §2.3.8).
func controlFault(line string) *SyntaxError {
	for i := range len(line) {
		if b := line[i]; b < ' ' && b != '\t' || b == 0x7f {
			return &SyntaxError{At: i + 1, Code: 500, Why: "a command has no control characters", Ref: "RFC 5321 §2.3.8"}
		}
	}
	return nil
}

// asciiFault finds a byte above 127 in a command that no extension lets have one (RFC 5321 §2.4). Those with addresses and names
// may have them by SMTPUTF8, which the server knows about.
func asciiFault(verb, line string) *SyntaxError {
	switch verb {
	case "MAIL", "RCPT", "VRFY", "EXPN":
		return nil
	}
	for i := range len(line) {
		if line[i] >= 0x80 {
			return &SyntaxError{At: i + 1, Code: 500, Why: "a command is ASCII", Ref: "RFC 5321 §2.4, §4.1.2"}
		}
	}
	return nil
}

func verbFault(verb string) *SyntaxError {
	for i := range len(verb) {
		if !isLetter(verb[i]) && !(i > 0 && (isDigit(verb[i]) || verb[i] == '-')) {
			return &SyntaxError{At: i + 1, Code: 500, Why: "a command begins with a verb of letters", Ref: "RFC 5321 §2.4"}
		}
	}
	if verb == "" {
		return &SyntaxError{At: 1, Code: 500, Why: "a command begins with a verb", Ref: "RFC 5321 §2.4"}
	}
	return nil
}

// parseDomain reads what EHLO, HELO and LHLO say: a domain, or an address literal.
func (c *Command) parseDomain(s *scanner) *SyntaxError {
	s.while(isSpace)
	if s.end() {
		return s.fault(501, c.Verb+" needs the client's domain or an address literal", "RFC 5321 §4.1.1.1")
	}
	start := s.i
	if address, ok := untagged(c.Arg); ok {
		c.Domain = Literal(address)
		c.Overlooked = s.fault(501, "an IPv6 address is written [IPv6:2001:db8::1]", "RFC 5321 §4.1.3")
		return nil
	}
	c.Domain = c.Arg
	if _, fault := s.domainOrLiteral(); fault != nil {
		return fault
	}
	if c.Domain = s.s[start:s.i]; !s.end() {
		if !isSpace(s.peek()) {
			return s.fault(501, "a domain is labels of letters, digits and inner hyphens joined by dots", "RFC 5321 §4.1.2")
		}
		c.Overlooked = s.fault(501, c.Verb+" has one parameter", "RFC 5321 §4.1.1.1")
	}
	return nil
}

// untagged reads [2001:db8::1], an address literal that lacks its tag, as some mail programs say it.
func untagged(s string) (netip.Addr, bool) {
	if len(s) < 2 || s[0] != '[' || s[len(s)-1] != ']' {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s[1 : len(s)-1])
	return a, err == nil && a.Is6()
}

// parsePath reads "FROM:" or "TO:", the path and the parameters. What Postfix and others let pass is let pass: a space behind
// the colon, and an address without its brackets.
func (c *Command) parsePath(s *scanner, keyword, ref string) *SyntaxError {
	s.while(isSpace)
	if rest := s.s[s.i:]; len(rest) < len(keyword) || !strings.EqualFold(rest[:len(keyword)], keyword) {
		return s.fault(501, c.Verb+" is followed by "+keyword, ref)
	}
	s.i += len(keyword)
	if isSpace(s.peek()) {
		// RFC 5321 §3.3: no space stands on either side of the colon; many clients send one.
		c.Overlooked = s.fault(501, "no space stands behind the colon", "RFC 5321 §3.3")
		s.while(isSpace)
	}
	c.pathAt[0] = s.i
	p, bare, fault := s.path()
	c.Path, c.pathAt[1] = p, s.i
	switch {
	case fault != nil:
		return fault
	case s.i-c.pathAt[0] > pathMax:
		return s.fault(501, "a path has at most 256 bytes", "RFC 5321 §4.5.3.1.3")
	case c.Verb == "RCPT" && p.Null():
		return &SyntaxError{At: c.pathAt[0] + 1, Code: 501, Why: "a recipient is not empty", Ref: "RFC 5321 §4.1.1.3"}
	case c.Verb == "MAIL" && !p.Null() && p.Mailbox.Domain == "":
		return &SyntaxError{At: c.pathAt[0] + 1, Code: 501, Why: "a sender has a domain", Ref: "RFC 5321 §4.1.2"}
	case bare:
		c.Overlooked = &SyntaxError{At: c.pathAt[0] + 1, Code: 501, Why: noBrackets, Ref: "RFC 5321 §4.1.2"}
	}
	return c.parseParams(s)
}

// parseParams reads RFC 5321 §4.1.2: esmtp-param = esmtp-keyword ["=" esmtp-value].
func (c *Command) parseParams(s *scanner) *SyntaxError {
	for !s.end() {
		if s.while(isSpace) == "" {
			return s.fault(501, "a space stands before each parameter", "RFC 5321 §4.1.2")
		}
		p := Param{at: [2]int{s.i, s.i}}
		p.Keyword = application.Upper(s.while(func(b byte) bool { return isLetterOrDigit(b) || b == '-' }))
		if p.Keyword == "" || p.Keyword[0] == '-' {
			return s.fault(501, "a parameter begins with a letter or a digit", "RFC 5321 §4.1.2")
		}
		if p.Valued = s.skip('='); p.Valued {
			p.Value = s.while(func(b byte) bool { return b > ' ' && b != 0x7f })
			if p.Value == "" {
				return s.fault(501, `a value stands behind "="`, "RFC 5321 §4.1.2")
			}
			if at := strings.IndexByte(p.Value, '='); at >= 0 && c.Overlooked == nil {
				c.Overlooked = &SyntaxError{At: s.i - len(p.Value) + at + 1, Code: 501, Why: `a value has no "="`, Ref: "RFC 5321 §4.1.2"}
			}
		}
		p.at[1] = s.i
		if _, twice := c.Param(p.Keyword); twice {
			return &SyntaxError{At: p.at[0] + 1, Code: 501, Why: "a parameter stands once", Ref: "RFC 5321 §4.1.2"}
		}
		c.Params = append(c.Params, p)
	}
	return nil
}

// parseAuth reads RFC 4954 §4: AUTH mechanism [initial-response].
func (c *Command) parseAuth(s *scanner) *SyntaxError {
	words := strings.Fields(c.Arg)
	if len(words) == 0 {
		return s.fault(501, "AUTH needs the name of a mechanism", "RFC 4954 §4")
	}
	c.Mechanism = application.Upper(words[0])
	if len(words) > 1 {
		c.Initial = words[1]
	}
	if len(words) > 2 {
		s.i = len(s.s)
		return s.fault(501, "AUTH has at most two parameters", "RFC 4954 §4")
	}
	return nil
}

// parseBdat reads RFC 3030 §2: BDAT chunk-size [LAST].
func (c *Command) parseBdat(s *scanner) *SyntaxError {
	words := strings.Fields(c.Arg)
	if len(words) == 0 || len(words) > 2 || len(words) == 2 && !strings.EqualFold(words[1], "LAST") {
		return s.fault(501, "BDAT is followed by a size and perhaps LAST", "RFC 3030 §2")
	}
	n, err := strconv.ParseUint(words[0], 10, 62)
	if err != nil || !isDigit(words[0][0]) {
		s.i++
		return s.fault(501, "the size of a chunk is a decimal number", "RFC 3030 §2")
	}
	c.Size, c.Last = int64(n), len(words) == 2
	return nil
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' }
