package http

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// A Field is a field of a head, as it is written on the wire (RFC 9110 §5).
type Field struct{ Name, Value string }

// A Request is what a client asks for (RFC 9112 §3).
type Request struct {
	Method string // GET, POST
	Target string // in origin form: a path, with a query where there is one
	Fields []Field
	Body   []byte
}

// A Response is what a server answers (RFC 9112 §4).
type Response struct {
	Code   int
	Reason string
	Fields []Field
	Body   []byte
}

// Get is the value of the first field of a name, which is the same in upper and lower case; "" for none.
func (r *Request) Get(name string) string { return get(r.Fields, name) }

// Get is the value of the first field of a name, which is the same in upper and lower case; "" for none.
func (r *Response) Get(name string) string { return get(r.Fields, name) }

func get(fields []Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Append appends the bytes of the request. Content-Length is added where there is a body.
func (r *Request) Append(b []byte) []byte {
	b = fmt.Appendf(b, "%s %s HTTP/1.1\r\n", clean(r.Method), clean(r.Target))
	return appendRest(b, r.Fields, r.Body, len(r.Body) > 0 || r.Method == "POST")
}

// Append appends the bytes of the response, with Content-Length (RFC 9112 §6.3).
func (r *Response) Append(b []byte) []byte {
	b = fmt.Appendf(b, "HTTP/1.1 %03d %s\r\n", r.Code, clean(r.Reason))
	return appendRest(b, r.Fields, r.Body, r.Code >= 200 && r.Code != 204 && r.Code != 304)
}

func appendRest(b []byte, fields []Field, body []byte, length bool) []byte {
	for _, f := range fields {
		b = append(append(append(append(b, clean(f.Name)...), ": "...), clean(f.Value)...), "\r\n"...)
	}
	if length {
		b = fmt.Appendf(b, "Content-Length: %d\r\n", len(body))
	}
	return append(append(b, "\r\n"...), body...)
}

// clean takes line ends out of what stands in a head: with them somebody could write further fields (RFC 9110 §5.5).
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return ' '
		}
		return r
	}, s)
}

// A SyntaxError says what the peer sent that is no HTTP, or more than an engine takes.
type SyntaxError struct {
	Code int // with which a server answers
	Why  string
	Ref  string
}

// Error is "http: a request line has a method, a target and a version (RFC 9112 §3)".
func (e *SyntaxError) Error() string { return "http: " + e.Why + " (" + e.Ref + ")" }

// The most that an engine keeps of a message.
const bodyMax = 4 << 20

// A reader gathers the bytes of one side until a message is whole.
type reader struct{ in []byte }

// next takes the next whole message: its first line, its fields and its body. Without one, first is "".
func (r *reader) next() (first string, fields []Field, body []byte, err error) {
	r.in = bytes.TrimLeft(r.in, "\r\n") // RFC 9112 §2.2
	end := bytes.Index(r.in, []byte("\r\n\r\n"))
	if end < 0 {
		if len(r.in) > headMax {
			return "", nil, nil, &SyntaxError{431, "the head is too long", "RFC 6585 §5"}
		}
		return "", nil, nil, nil
	}
	head, rest := r.in[:end+4], r.in[end+4:]
	first, _, _ = strings.Cut(string(head), "\r\n")
	for line := range strings.SplitSeq(string(head[len(first)+2:end+2]), "\r\n") {
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return "", nil, nil, &SyntaxError{400, "a field is a name, a colon and a value", "RFC 9112 §5"}
		}
		fields = append(fields, Field{name, strings.Trim(value, " \t")})
	}
	length, err := lengthOf(fields)
	switch {
	case err != nil:
		return "", nil, nil, err
	case int64(len(rest)) < length:
		return "", nil, nil, nil
	}
	r.in = rest[length:]
	return first, fields, rest[:length:length], nil
}

// lengthOf is how many bytes of body follow (RFC 9112 §6.3).
func lengthOf(fields []Field) (int64, error) {
	if get(fields, "Transfer-Encoding") != "" {
		return 0, &SyntaxError{501, "bodies in chunks are not read here", "RFC 9112 §6.1"}
	}
	text := get(fields, "Content-Length")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 62)
	switch {
	case err != nil:
		return 0, &SyntaxError{400, "Content-Length is a decimal number", "RFC 9110 §8.6"}
	case n > bodyMax:
		return 0, &SyntaxError{413, "the body is too long", "RFC 9110 §15.5.14"}
	}
	return int64(n), nil
}
