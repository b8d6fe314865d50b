package authenticity

import (
	"encoding/base64"
	"strings"

	"mailwire/layers/application/message"
)

// Results is what a host found out about a mail, as its Authentication-Results field says (RFC 8601 §2.2).
type Results struct {
	Host    string // authserv-id: the host, or the group of hosts, that checked
	Methods []MethodResult
}

// A MethodResult is what one check found.
type MethodResult struct {
	Method     string // "spf", "dkim", "dmarc", "auth", "iprev", "arc" …
	Result     string // "pass", "fail" …
	Reason     string
	Properties []Property
}

// A Property says what a check looked at: smtp.mailfrom=example.net, header.d=example.net.
type Property struct {
	Type  string // "smtp", "header", "body", "policy"
	Name  string
	Value string
}

// resultsMax bounds how many results, and properties of one, are read.
const resultsMax = 100

// DKIMResults says what came of each signature (RFC 8601 §2.7.1). Property b, the beginning of the signature, tells apart
// those of one domain (RFC 6008).
func DKIMResults(all []Verified) []MethodResult {
	var results []MethodResult
	for _, v := range all {
		r := MethodResult{Method: "dkim", Result: string(v.Result)}
		if s := v.Signature; s != nil {
			r.add("header", "d", s.Domain)
			r.add("header", "i", s.Identity)
			r.add("header", "s", s.Selector)
			r.add("header", "a", s.Algorithm)
			r.add("header", "b", base64.StdEncoding.EncodeToString(s.Value)[:min(8, base64.StdEncoding.EncodedLen(len(s.Value)))])
		}
		if v.Why != "" && v.Why != WhyUnsigned {
			r.Reason = string(v.Why)
		}
		results = append(results, r)
	}
	return results
}

// SPFResultOf says what SPF found (RFC 8601 §2.7.2).
func SPFResultOf(request SPFRequest, r SPFResult) MethodResult {
	m := MethodResult{Method: "spf", Result: string(r.Result), Reason: string(r.Why)}
	if request.Sender != "" {
		m.add("smtp", "mailfrom", request.Sender)
	} else {
		m.add("smtp", "helo", request.Hello)
	}
	return m
}

// DMARCResultOf says what DMARC found (RFC 7489 §11.1).
func DMARCResultOf(from string, r DMARCResult) MethodResult {
	m := MethodResult{Method: "dmarc", Result: string(r.Result)}
	if r.Result == Fail {
		m.Reason = string(r.Why)
	}
	m.add("header", "from", from)
	if r.Result == Pass || r.Result == Fail {
		m.add("policy", "dmarc", string(r.Record.Policy))
	}
	return m
}

func (r *MethodResult) add(kind, name, value string) {
	if value != "" {
		r.Properties = append(r.Properties, Property{kind, name, value})
	}
}

// Property is the value of one: Property("header", "d"); "" where it is not told.
func (r *MethodResult) Property(kind, name string) string {
	for _, p := range r.Properties {
		if strings.EqualFold(p.Type, kind) && strings.EqualFold(p.Name, name) {
			return p.Value
		}
	}
	return ""
}

// Append adds the whole field to dst (RFC 8601 §2.2): it goes on top of the mail.
func (r *Results) Append(dst []byte) []byte {
	words := []string{quoted(r.Host) + ";"}
	if len(r.Methods) == 0 {
		words = append(words, "none")
	}
	for i, m := range r.Methods {
		piece := []string{m.Method + "=" + m.Result}
		if m.Reason != "" {
			piece = append(piece, "reason="+quoted(m.Reason))
		}
		for _, p := range m.Properties {
			piece = append(piece, p.Type+"."+p.Name+"="+quoted(p.Value))
		}
		if i < len(r.Methods)-1 {
			piece[len(piece)-1] += ";"
		}
		words = append(words, piece...)
	}
	return append(folded(dst, "Authentication-Results:", words), "\r\n"...)
}

// quoted is a value: as it is where it is a token or an address, else in quotes. Controls are left out.
func quoted(s string) string {
	plain := s != ""
	for i := range len(s) {
		plain = plain && s[i] > ' ' && s[i] != 0x7f && strings.IndexByte(`()<>,;:\"/[]?=`, s[i]) < 0
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.Write([]byte{'\\', c})
		case c >= ' ' && c != 0x7f:
			b.WriteByte(c)
		}
	}
	return b.String() + `"`
}

// ParseResults reads the body of an Authentication-Results field, unfolded; ok is false when it breaks the grammar.
func ParseResults(s string) (r *Results, ok bool) {
	r = &Results{}
	w := scanner{s: s}
	// RFC 8601 §2.5: the name of who checked. What nobody can see is none.
	if r.Host = strings.Trim(w.value(), blanks); !strings.ContainsFunc(r.Host, func(c rune) bool { return c > ' ' && c != 0x7f }) {
		return r, false
	}
	w.value() // the version of the grammar, where it is told: 1
	for w.accept(';') && len(r.Methods) < resultsMax {
		m := MethodResult{Method: w.word()}
		if m.Method == "none" && w.next() == 0 {
			return r, true
		}
		if m.Method == "" && w.next() == 0 {
			return r, true // many end with a semicolon
		}
		if w.accept('/') { // the version of the method
			w.word()
		}
		if m.Method == "" || !w.accept('=') {
			return r, false
		}
		m.Result = w.word()
		for c := w.next(); c != 0 && c != ';'; c = w.next() {
			if len(m.Properties) >= resultsMax || !m.property(&w) {
				return r, false
			}
		}
		r.Methods = append(r.Methods, m)
	}
	return r, w.next() == 0
}

// property reads "reason=…", or "header.d=example.net".
func (r *MethodResult) property(w *scanner) bool {
	kind := w.word()
	if kind == "reason" && w.accept('=') {
		r.Reason = w.value()
		return true
	}
	kind, name, ok := strings.Cut(kind, ".")
	if !ok || kind == "" || !w.accept('=') {
		return false
	}
	r.Properties = append(r.Properties, Property{kind, name, w.value()})
	return true
}

// WithoutClaims is a mail without the Authentication-Results fields that claim to be of a host: whoever checks a mail takes
// them out first, for they came from outside (RFC 8601 §5).
func WithoutClaims(mail []byte, host string) []byte {
	h, _ := message.ParseHeader(mail)
	var out []byte
	start := 0
	for i := range h {
		if !h[i].Is("Authentication-Results") {
			continue
		}
		w := scanner{s: h[i].Unfolded()}
		if strings.EqualFold(w.value(), host) {
			out = append(out, mail[start:h[i].Range.Offset]...)
			start = h[i].Range.End()
		}
	}
	if start == 0 {
		return mail
	}
	return append(out, mail[start:]...)
}

// AppendReceivedSPF adds the field by which SPF tells its result alone (RFC 7208 §9.1).
func AppendReceivedSPF(dst []byte, request SPFRequest, r SPFResult, host string) []byte {
	words := []string{string(r.Result), "client-ip=" + request.Client.String() + ";", "envelope-from=" + quoted(request.Sender) + ";", "helo=" + quoted(request.Hello) + ";",
		"receiver=" + quoted(host) + ";"}
	if r.Matched != "" {
		words = append(words, "mechanism="+quoted(r.Matched)+";")
	}
	if r.Why != "" {
		words = append(words, "problem="+quoted(string(r.Why))+";")
	}
	return append(folded(dst, "Received-SPF:", words), "\r\n"...)
}
