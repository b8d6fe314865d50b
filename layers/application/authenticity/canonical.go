package authenticity

import (
	"bytes"
	"strings"

	"mailwire/layers/application/message"
)

// A Canonicalization says which changes on the way a signature survives (RFC 6376 §3.4).
type Canonicalization string

// The two canonicalizations.
const (
	Simple  Canonicalization = "simple"  // hardly any: empty lines at the end of the body
	Relaxed Canonicalization = "relaxed" // blanks, folding, the case of names
)

// CanonicalHeader is a header field as it is signed, its line end included.
func (c Canonicalization) CanonicalHeader(field []byte) []byte {
	if c == Simple {
		return field
	}
	name, value, _ := bytes.Cut(field, []byte(":"))
	out := bytes.ToLower(bytes.TrimRight(name, " \t"))
	out = append(out, ':')
	start := len(out)
	blank := false
	for _, b := range value {
		switch {
		case b == '\r' || b == '\n': // RFC 6376 §3.4.2: unfolded
		case b == ' ' || b == '\t':
			blank = true
		default:
			if blank && len(out) > start {
				out = append(out, ' ')
			}
			blank = false
			out = append(out, b)
		}
	}
	return append(out, "\r\n"...)
}

// CanonicalBody is the body as it is signed. Line ends are CRLF (RFC 6376 §5.3).
func (c Canonicalization) CanonicalBody(body []byte) []byte {
	b := message.CRLF(body)
	if c == Relaxed {
		b = relaxedLines(b)
	}
	// RFC 6376 §3.4.3, §3.4.4: empty lines at the end do not count, and the last line has its line end.
	for bytes.HasSuffix(b, []byte("\r\n\r\n")) {
		b = b[:len(b)-2]
	}
	switch {
	case string(b) == "\r\n", len(b) == 0:
		if c == Relaxed {
			return nil
		}
		return []byte("\r\n")
	case !bytes.HasSuffix(b, []byte("\r\n")):
		b = append(b, "\r\n"...)
	}
	return b
}

// relaxedLines makes blanks within lines one, and takes those at their ends off.
func relaxedLines(b []byte) []byte {
	out := b[:0]
	blank := false
	for i, c := range b {
		switch {
		case c == ' ' || c == '\t':
			blank = true
			continue
		case blank && c == '\r' && i+1 < len(b) && b[i+1] == '\n':
		case blank:
			out = append(out, ' ')
		}
		blank = false
		out = append(out, c)
	}
	return out
}

// withoutSignature is a DKIM-Signature field with the value of its b= taken out (RFC 6376 §3.7).
func withoutSignature(field []byte) []byte {
	colon := bytes.IndexByte(field, ':') + 1
	out := append([]byte{}, field[:colon]...)
	rest := string(field[colon:])
	for rest != "" {
		piece, after, more := strings.Cut(rest, ";")
		if name, _, ok := strings.Cut(piece, "="); ok && strings.Trim(name, blanks) == "b" {
			out = append(append(out, name...), '=')
			if !more && bytes.HasSuffix(field, []byte("\r\n")) {
				out = append(out, "\r\n"...)
			}
		} else {
			out = append(out, piece...)
		}
		if more {
			out = append(out, ';')
		}
		rest = after
	}
	return out
}
