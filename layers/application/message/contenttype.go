package message

import (
	"strconv"
	"strings"
)

// A ContentType is the value of a Content-Type field (RFC 2045 §5.1).
type ContentType struct {
	Type, Subtype string // as they were written; compared in any case
	Params        Params
}

// ParseContentType reads a field body, unfolded. What is no type and subtype is text/plain, RFC 2045 §5.2.
func ParseContentType(s string) ContentType {
	l := lexer{s: s}
	c := ContentType{Type: l.token()}
	if l.accept('/') {
		c.Subtype = l.token()
	}
	if c.Type == "" || c.Subtype == "" {
		return ContentType{Type: "text", Subtype: "plain"}
	}
	c.Params = l.params()
	return c
}

// Is says whether c is of a type ("text") or of a type and subtype ("text/plain"), in any case.
func (c ContentType) Is(name string) bool {
	kind, subtype, both := strings.Cut(name, "/")
	return strings.EqualFold(c.Type, kind) && (!both || strings.EqualFold(c.Subtype, subtype))
}

// IsMessage says whether c says that the part holds a whole message: message/rfc822, or message/global of RFC 6532.
func (c ContentType) IsMessage() bool { return c.Is("message/rfc822") || c.Is("message/global") }

// boundary is the parameter of a multipart that parts its parts, "" where there is none. RFC 2046 §5.1.1: it does not end
// with a blank, for a delimiter may be followed by blanks that mean nothing.
func (c ContentType) boundary() string { return strings.TrimRight(c.Params.Get("boundary"), " \t") }

// String is type and subtype in lower case, without parameters.
func (c ContentType) String() string { return strings.ToLower(c.Type + "/" + c.Subtype) }

// A Param is a parameter of a field, as it was written: "filename*0*" is a name of its own here.
type Param struct{ Name, Value string }

// Params are the parameters of a field in their order.
type Params []Param

// Get returns the value of the parameter name, in any case: put together and decoded where it came in pieces or with a
// charset (RFC 2231 §3, §4), its encoded words decoded where a program wrongly used those; "" when there is none.
func (ps Params) Get(name string) string {
	if v, ok := ps.extended(name); ok {
		return v
	}
	for _, p := range ps {
		if strings.EqualFold(p.Name, name) {
			if strings.EqualFold(name, "boundary") {
				return p.Value
			}
			return DecodeWords(p.Value)
		}
	}
	return ""
}

// extended puts name*, or name*0, name*1 … together.
func (ps Params) extended(name string) (string, bool) {
	var pieces []byte
	charset, found, encoded := "", false, false
	for n := 0; n <= len(ps); n++ {
		p, star, ok := ps.piece(name, n)
		if !ok {
			break
		}
		value := p.Value
		if star {
			if !found {
				charset, value = cutCharset(value)
			}
			value, encoded = percentDecoded(value), true
		}
		pieces, found = append(pieces, value...), true
	}
	if encoded {
		return decodeCharset(charset, pieces), true
	}
	return string(pieces), found
}

// piece finds piece n of name: "name*n" or "name*n*"; for n 0 "name*" too. Star says that it is percent-encoded.
func (ps Params) piece(name string, n int) (p Param, star, ok bool) {
	for _, p := range ps {
		if len(p.Name) <= len(name) || p.Name[len(name)] != '*' || !strings.EqualFold(p.Name[:len(name)], name) {
			continue
		}
		number, star := strings.CutSuffix(p.Name[len(name)+1:], "*")
		if number == strconv.Itoa(n) || n == 0 && number == "" {
			return p, star || number == "", true
		}
	}
	return Param{}, false, false
}

// cutCharset takes the charset and the language off "utf-8'en'text".
func cutCharset(s string) (charset, rest string) {
	charset, rest, ok := strings.Cut(s, "'")
	if !ok {
		return "", s
	}
	if _, text, ok := strings.Cut(rest, "'"); ok {
		return charset, text
	}
	return "", s
}

func percentDecoded(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := fromHex(s[i+1]), fromHex(s[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

func fromHex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// paramsMax bounds how many parameters of a field are read: putting pieces together looks at all of them for each.
const paramsMax = 100

// params reads "; name=value" as often as it comes. What is between two semicolons and no parameter is passed over.
func (l *lexer) params() Params {
	var ps Params
	for len(ps) < paramsMax {
		l.until(";")
		if !l.accept(';') {
			break
		}
		name := l.token()
		if name == "" || !l.accept('=') {
			continue
		}
		ps = append(ps, Param{Name: name, Value: l.paramValue()})
	}
	return ps
}

// paramValue reads a token or quoted string. Unquoted values with characters that RFC 2045 wants quoted are frequent.
func (l *lexer) paramValue() string {
	if l.peek() == '"' {
		return l.quoted()
	}
	return l.run(func(c byte) bool { return c > ' ' && c != ';' && c != '"' && c != '(' })
}
